"""Jobs under way and ended: how far, how long, and a way to stop them."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, QTime, QTimer, Signal
from PySide6.QtGui import QHideEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gesso.jobs import Job, Jobs, State
from gesso.ui.look import Look
from gesso.ui.moments import time_of_day
from gesso.ui.speech import Speech, mark
from gesso.ui.widgets.controls import button, icon_button, label


class _Row(QFrame):
    """One job: while it runs how far it is, afterwards what came of it and the way there."""

    troubled = Signal(object)

    def __init__(self, look: Look, speech: Speech, job: Job) -> None:
        super().__init__()
        self.job, self._speech, self._look = job, speech, look
        self.setProperty("role", "card")
        self._title = label(speech, "")
        self._note = label(speech, "", "muted")
        self._made = label(speech, "", "muted")
        self._bar = QProgressBar()
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        self._cancel = icon_button(look, speech, "cancel", mark("Cancel"))
        self._cancel.clicked.connect(self._stop)
        self._again = icon_button(look, speech, "eye", mark("Show what was made"))
        self._again.clicked.connect(self.tell_again)
        layout = QGridLayout(self)
        layout.setContentsMargins(12, 8, 8, 8)
        layout.setHorizontalSpacing(8)
        layout.setVerticalSpacing(4)
        layout.setColumnStretch(0, 1)
        layout.addWidget(self._title, 0, 0)
        for found in (self._cancel, self._again):
            layout.addWidget(found, 0, 1, 4, 1, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self._bar, 1, 0)
        layout.addWidget(self._made, 2, 0)
        layout.addWidget(self._note, 3, 0)
        self._cancelling = False
        speech.tell(self, self.put)
        look.tell(self, self.put)  # after the button has put its usual icon there

    def _stop(self) -> None:
        self._cancelling = True
        self.job.cancel()
        self.put()

    @property
    def can_tell_again(self) -> bool:
        job = self.job
        return job.is_ended and (job.reveal is not None or job.trouble is not None)

    def tell_again(self) -> None:
        """Show what was made, or say once more why nothing was."""
        if self.job.trouble is not None:
            self.troubled.emit(self.job.trouble)
        elif self.job.reveal is not None:
            self.job.reveal()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.can_tell_again and self.rect().contains(event.position().toPoint()):
            self.tell_again()

    def put(self) -> None:
        """Show the job as it is now."""
        job, say = self.job, self._speech.say
        title = say(job.title)
        self._title.setText(title)
        self._bar.setVisible(not job.is_ended)
        self._bar.setValue(round(job.fraction * 1000))
        self._bar.setAccessibleName(say("Progress of {title}", title=title))
        self._cancel.setVisible(not job.is_ended)
        self._cancel.setEnabled(not self._cancelling)
        self._cancel.setAccessibleName(say("Cancel {title}", title=title))
        self._again.setVisible(self.can_tell_again)
        failed = job.trouble is not None
        self._again.setIcon(self._look.icon("warning" if failed else "eye", 18))
        self._again.setToolTip(say("Say it again") if failed else say("Show what was made"))
        self._again.setAccessibleName(f"{self._again.toolTip()}: {title}")
        self.setCursor(Qt.CursorShape.PointingHandCursor if self.can_tell_again else Qt.CursorShape.ArrowCursor)
        self._made.setText(job.made.sentence(say) if job.made is not None else "")
        self._made.setVisible(job.made is not None)
        self._note.setText(self._words())
        role = "warn" if job.state is State.FAILED else "muted"
        if self._note.property("role") != role:
            self._note.setProperty("role", role)
            self._note.style().unpolish(self._note)
            self._note.style().polish(self._note)

    def _words(self) -> str:
        job, say = self.job, self._speech.say
        if job.state is State.WAITING:
            return say("Cancelling…") if self._cancelling else say("Waiting for its turn")
        if job.state is State.RUNNING:
            if self._cancelling:
                return say("Cancelling…")
            percent = say("{percent} %", percent=round(job.fraction * 100))
            return f"{percent} · {say(job.note)}" if job.note else percent
        if job.state is State.DONE:
            return f"{self._when()} · {say('Done in {seconds} s', seconds=f'{job.seconds:.1f}')}"
        if job.state is State.CANCELLED:
            return f"{self._when()} · {say('Cancelled')}"
        why = (
            job.trouble.sentence(say)
            if job.trouble
            else say("It stopped at a mistake of Gesso's; the log has been kept.")
        )
        return f"{self._when()} · {why}"

    def _when(self) -> str:
        """The time of day at which it ended, as the language writes it."""
        ended = self.job.ended
        assert ended is not None
        return time_of_day(QTime(ended.hour, ended.minute), self._speech)


class JobList(QWidget):
    """Every job since the start that the queue still knows, the newest on top."""

    troubled = Signal(object)
    """A `Trouble` of a job that ended, to be said again."""

    def __init__(self, look: Look, speech: Speech, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._speech, self._jobs = look, speech, jobs
        self._rows: dict[int, _Row] = {}
        self._empty = label(
            speech,
            mark(
                "Nothing is being worked on. Longer work shows here, can be cancelled, and stays listed with what came of it. "
                "Ask for proposals in the panel Assist, or save, and look again."
            ),
            "muted",
        )
        self._empty.setContentsMargins(12, 8, 12, 8)
        self._clear: QPushButton = button(speech, mark("Clear ended"), "quiet")
        self._clear.clicked.connect(self._forget)
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(8, 8, 8, 8)
        self._column.setSpacing(8)
        self._column.addStretch(1)
        self._area = QScrollArea()
        self._area.setWidget(inside)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._empty)
        layout.addWidget(self._area, 1)
        layout.addWidget(self._clear, 0, Qt.AlignmentFlag.AlignRight)
        layout.addStretch(0)
        speech.tell(self, lambda: self._area.setAccessibleName(speech.say("Jobs")))
        self.refresh()

    def refresh(self, job: Job | None = None) -> None:
        """Show the jobs as they are; give the one that changed, as the queue's `changed` does, to look at it alone."""
        if job is not None and job.number in self._rows:
            self._rows[job.number].put()
            if not job.is_ended:
                return
        listed = {one.number: one for one in self._jobs.listed}
        for number in [number for number in self._rows if number not in listed]:
            row = self._rows.pop(number)
            row.hide()
            row.deleteLater()
        for number, one in listed.items():
            if number not in self._rows:
                self._rows[number] = _Row(self._look, self._speech, one)
                self._rows[number].troubled.connect(self.troubled)
                self._column.insertWidget(0, self._rows[number])
            self._rows[number].put()
        self._empty.setVisible(not listed)
        self._area.setVisible(bool(listed))
        self._clear.setVisible(any(one.is_ended for one in listed.values()))

    def _forget(self) -> None:
        self._jobs.listed[:] = self._jobs.running
        self.refresh()


class _Ring(QWidget):
    """A small ring that fills, and turns while nothing is known."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._fraction, self._turn = 0.0, 0
        self.setFixedSize(QSize(16, 16))
        self._timer = QTimer(self)
        self._timer.setInterval(60)
        self._timer.timeout.connect(self._step)

    def show_fraction(self, fraction: float) -> None:
        self._fraction = fraction
        self.update()

    def showEvent(self, event: QShowEvent) -> None:
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()

    def _step(self) -> None:
        if self._fraction <= 0:
            self._turn = (self._turn + 24) % 360
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        painter.setPen(QPen(self._look.colour("line"), 2.5))
        painter.drawEllipse(place)
        painter.setPen(QPen(self._look.colour("accent"), 2.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        if self._fraction > 0:
            painter.drawArc(place, 90 * 16, round(-self._fraction * 360 * 16))
        else:
            painter.drawArc(place, (90 - self._turn) * 16, -80 * 16)


class JobBadge(QWidget):
    """For the status bar: the job under way, how far it is, and its cancel button; hidden when there is none."""

    asked = Signal()
    """The artist wants to see the list."""

    def __init__(self, look: Look, speech: Speech, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speech, self._jobs = speech, jobs
        self._job: Job | None = None
        self._stopped: set[int] = set()
        self._ring = _Ring(look)
        self._text = QLabel()
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._cancel = icon_button(look, speech, "cancel", mark("Cancel this job"), size=16)
        self._cancel.clicked.connect(self._stop)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 0, 4, 0)
        layout.setSpacing(6)
        for part in (self._ring, self._text, self._cancel):
            layout.addWidget(part)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        speech.tell(self, lambda: self.setToolTip(speech.say("Show all jobs")))
        speech.tell(self, self.refresh)
        look.tell(self, self._ring.update)

    def refresh(self, job: Job | None = None) -> None:
        """Show the running job, or the first that waits; may be given to the queue as `changed`."""
        running = self._jobs.running
        self._job = next((one for one in running if one.state is State.RUNNING), running[0] if running else None)
        self.setVisible(self._job is not None)
        if self._job is None:
            return
        say, more = self._speech.say, len(running) - 1
        title, percent = say(self._job.title), round(self._job.fraction * 100)
        text = say("{title} {percent} %", title=title, percent=percent)
        if more:
            text = say("{job}, {count} more", job=text, count=more)
        self._text.setText(text)
        self.setAccessibleName(text)
        self._ring.show_fraction(self._job.fraction)
        self._cancel.setEnabled(self._job.number not in self._stopped)

    def _stop(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._stopped.add(self._job.number)
            self._cancel.setEnabled(False)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.rect().contains(event.position().toPoint()):
            self.asked.emit()
