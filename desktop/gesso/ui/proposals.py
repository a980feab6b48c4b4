"""Several results side by side: look at one on the canvas, keep it, go on from it, or put it away."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QToolButton, QVBoxLayout, QWidget

from gesso.tools import Amount, Choice, Styles, Tool, Values
from gesso.tools.painting.on_layer import shown
from gesso.ui.assist import Assist, Proposal
from gesso.ui.canvas.pyramid import image_of
from gesso.ui.look import Look
from gesso.ui.speech import Speech

PICTURE = QSize(176, 124)


def difference(tool: Tool, base: Values, values: Values, speech: Speech) -> str:
    """What a proposal does otherwise than the settings it started from."""
    found = []
    for knob in tool.knobs:
        value = values[knob.name]
        if value == base[knob.name] or isinstance(knob, Styles):
            continue
        title = speech.say(knob.title)
        if isinstance(knob, Amount):
            found.append(f"{title} {value * 100:.0f} %" if knob.unit == "%" else f"{title} {value:g}")
        elif isinstance(knob, Choice):
            option = next(o for o in knob.options if o.value == value)
            found.append(f"{title}: {speech.say(option.title)}")
        else:
            found.append(f"{title} {value}")
    if not found:
        return speech.say("As set")
    return ", ".join(found[:2])


class Card(QFrame):
    """One proposal."""

    chosen = Signal()
    kept = Signal()

    def __init__(self, proposal: Proposal, look: Look, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.proposal, self.look, self.speech = proposal, look, speech
        self.is_chosen = False
        self._pixmap: QPixmap | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, PICTURE.height() + 16, 8, 8)
        column.setSpacing(6)
        self.caption = QLabel(self)
        self.caption.setFixedWidth(PICTURE.width())
        column.addWidget(self.caption)
        row = QHBoxLayout()
        row.setSpacing(4)
        self.keep = QPushButton(self)
        self.keep.clicked.connect(self.kept)
        self.adjust = QToolButton(self)
        self.reject = QToolButton(self)
        for button, name in ((self.adjust, "settings"), (self.reject, "trash")):
            look.tell(button, lambda b=button, n=name: b.setIcon(look.icon(n)))
        row.addWidget(self.keep, 1)
        row.addWidget(self.adjust)
        row.addWidget(self.reject)
        column.addLayout(row)
        speech.tell(self, self._say)
        look.tell(self, self.update)
        self.show_result()

    def _say(self) -> None:
        say, proposal = self.speech.say, self.proposal
        text = difference(proposal.tool, proposal.base, proposal.values, self.speech)
        shown_text = self.caption.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, PICTURE.width())
        self.caption.setText(shown_text)
        self.caption.setToolTip(text)
        self.setAccessibleName(text)
        self.keep.setText(say("Enlarge picture") if proposal.tool.scale_of(proposal.values) > 1 else say("Keep"))
        self.keep.setToolTip(say("Make it in full and keep it; undo takes it back."))
        self.adjust.setToolTip(say("Take these settings over and go on from them"))
        self.reject.setToolTip(say("Put this proposal away"))
        self.keep.setAccessibleName(f"{self.keep.text()}: {text}")
        for button in (self.adjust, self.reject):
            button.setAccessibleName(f"{button.toolTip()}: {text}")

    def show_result(self) -> None:
        ready = self.proposal.result is not None
        if ready and self._pixmap is None:
            assert self.proposal.result is not None
            self._pixmap = QPixmap.fromImage(image_of(shown(self.proposal.source, self.proposal.result).rgba()))
        for button in (self.keep, self.adjust):
            button.setEnabled(ready)
        self.update()

    def choose(self, is_chosen: bool) -> None:
        self.is_chosen = is_chosen
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing)
        place = QRectF(8, 8, PICTURE.width(), PICTURE.height())
        painter.fillRect(place, self.look.colour("window"))
        if self._pixmap is not None:
            size = self._pixmap.size().scaled(PICTURE, Qt.AspectRatioMode.KeepAspectRatio)
            inner = QRectF(0, 0, size.width(), size.height())
            inner.moveCenter(place.center())
            painter.drawPixmap(inner, self._pixmap, QRectF(self._pixmap.rect()))
        else:
            painter.setPen(self.look.colour("muted"))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, self._waiting())
        if self.is_chosen or self.hasFocus():
            painter.setPen(QPen(self.look.colour("accent"), 3 if self.is_chosen else 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(2, 2, -2, -2), 6, 6)

    def _waiting(self) -> str:
        trouble = self.proposal.trouble
        return self.speech.say("Did not come out") if trouble is not None else self.speech.say("Being made…")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus()
        self.chosen.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.keep.isEnabled():
            self.kept.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Space, Qt.Key.Key_Enter):
            self.chosen.emit()
        elif event.key() == Qt.Key.Key_Delete:
            self.reject.click()
        else:
            super().keyPressEvent(event)


class ProposalsStrip(QWidget):
    """The row of cards, with the ways to ask again or to put all away."""

    closed = Signal()

    def __init__(self, look: Look, speech: Speech, assist: Assist, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look, self.speech, self.assist = look, speech, assist
        self.cards: list[Card] = []
        outer = QHBoxLayout(self)
        outer.setContentsMargins(12, 8, 12, 8)
        outer.setSpacing(12)
        side = QVBoxLayout()
        side.setSpacing(8)
        self.heading = QLabel(self)
        self.heading.setProperty("role", "heading")
        self.again = QPushButton(self)
        self.again.clicked.connect(assist.again)
        self.away = QPushButton(self)
        self.away.clicked.connect(self._put_away)
        look.tell(self.again, lambda: self.again.setIcon(look.icon("again")))
        look.tell(self.away, lambda: self.away.setIcon(look.icon("close")))
        for widget in (self.heading, self.again, self.away):
            side.addWidget(widget)
        side.addStretch(1)
        outer.addLayout(side)
        self.scroll = QScrollArea(self)
        self.scroll.setWidgetResizable(True)
        self.scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self.scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        outer.addWidget(self.scroll, 1)
        self.setFixedHeight(PICTURE.height() + 116)
        speech.tell(self, self._say)
        assist.proposals_changed.connect(self._show)
        assist.chosen_changed.connect(self._show_chosen)
        self._show()

    def _say(self) -> None:
        say = self.speech.say
        self.heading.setText(say("Proposals"))
        self.again.setText(say("Ask again"))
        self.again.setToolTip(say("Other possibilities around the same settings"))
        self.away.setText(say("Put all away"))
        for button in (self.again, self.away):
            button.setAccessibleName(button.text())

    def _put_away(self) -> None:
        for proposal in list(self.assist.proposals):
            self.assist.reject(proposal)
        self.closed.emit()

    def _show(self) -> None:
        if [card.proposal for card in self.cards] != self.assist.proposals:
            self._rebuild()
        for card in self.cards:
            card.show_result()
        self._show_chosen()

    def _rebuild(self) -> None:
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        self.cards = []
        for proposal in self.assist.proposals:
            card = Card(proposal, self.look, self.speech, row)
            card.chosen.connect(lambda p=proposal: self.assist.choose(p))
            card.kept.connect(lambda p=proposal: self.assist.keep(p))
            card.adjust.clicked.connect(lambda checked=False, p=proposal: self.assist.adopt(p))
            card.reject.clicked.connect(lambda checked=False, p=proposal: self.assist.reject(p))
            self.cards.append(card)
            line.addWidget(card)
        line.addStretch(1)
        self.scroll.setWidget(row)

    def _show_chosen(self) -> None:
        for card in self.cards:
            card.choose(card.proposal is self.assist.chosen)
