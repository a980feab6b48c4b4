"""Several results side by side: look at one on the canvas, keep it, go on from it, or put it away."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QToolButton, QVBoxLayout, QWidget

from gesso.jobs import State
from gesso.tools import Amount, Choice, SeedKnob, Styles, Tool, Values
from gesso.tools.painting.on_layer import shown
from gesso.ui.assist import Assist
from gesso.ui.canvas.pyramid import image_of
from gesso.ui.look import Look
from gesso.ui.proposal import Proposal
from gesso.ui.speech import Speech

LEAST_PX, MOST_PX = 124, 208
"""A card's picture is as wide as lets all cards stand side by side, within this."""
SHAPE = 0.68
"""Its height, in widths."""
EDGE_PX = 6
GAP_PX = 6
KEYS = tuple(range(Qt.Key.Key_1.value, Qt.Key.Key_9.value + 1))


def differences(tool: Tool, base: Values, values: Values, speech: Speech) -> list[str]:
    """What a proposal does otherwise than the settings it started from, one by one."""
    found, say = [], speech.say
    seeds_first = sorted(tool.knobs, key=lambda knob: not isinstance(knob, SeedKnob))  # what tells two neighbours apart
    for knob in seeds_first:
        value = values[knob.name]
        if value == base[knob.name] or isinstance(knob, Styles):
            continue
        title = say(knob.title)
        if isinstance(knob, Amount) and knob.unit == "%":
            found.append(say("{title} {percent} %", title=title, percent=f"{value * 100:.0f}"))
        elif isinstance(knob, Choice):
            option = next(o for o in knob.options if o.value == value)
            found.append(say("{title}: {option}", title=title, option=say(option.title)))
        else:
            found.append(f"{title} {value:g}" if isinstance(knob, Amount) else f"{title} {value}")
    return found


def difference(tool: Tool, base: Values, values: Values, speech: Speech) -> str:
    """In a few words, what a proposal does otherwise."""
    found = differences(tool, base, values, speech)
    if not found:
        return speech.say("As set")
    return speech.say("{first}, {second}", first=found[0], second=found[1]) if len(found) > 1 else found[0]


class Card(QFrame):
    """One proposal."""

    def __init__(
        self, proposal: Proposal, number: int, assist: Assist, look: Look, speech: Speech, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.proposal, self.number, self.assist, self.look, self.speech = proposal, number, assist, look, speech
        self.is_chosen = False
        self._pixmap: QPixmap | None = None
        self._picture = QSize(LEAST_PX, round(LEAST_PX * SHAPE))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._column = QVBoxLayout(self)
        self._column.setSpacing(4)
        self.caption = QLabel(self)
        self.caption.setTextFormat(Qt.TextFormat.PlainText)
        self._column.addWidget(self.caption)
        row = QHBoxLayout()
        row.setSpacing(2)
        self.keep = QPushButton(self)
        self.adjust, self.reject = QToolButton(self), QToolButton(self)
        for button, name in ((self.adjust, "settings"), (self.reject, "trash")):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            look.tell(button, lambda b=button, n=name: b.setIcon(look.icon(n)))
        self.keep.clicked.connect(lambda: assist.keep(proposal))
        self.adjust.clicked.connect(lambda: assist.adopt(proposal))
        self.reject.clicked.connect(lambda: assist.reject(proposal))
        row.addWidget(self.keep, 1)
        row.addWidget(self.adjust)
        row.addWidget(self.reject)
        self._column.addLayout(row)
        speech.tell(self, self._say)
        look.tell(self, self.update)
        self.fit(LEAST_PX)
        self.refresh()

    def fit(self, width_px: int) -> None:
        """Make the picture so wide."""
        self._picture = QSize(width_px, round(width_px * SHAPE))
        self._column.setContentsMargins(EDGE_PX, self._picture.height() + 2 * EDGE_PX, EDGE_PX, EDGE_PX)
        self.setFixedWidth(width_px + 2 * EDGE_PX)
        self._say()

    def _say(self) -> None:
        say, proposal = self.speech.say, self.proposal
        text = difference(proposal.tool, proposal.base, proposal.values, self.speech)
        # What comes first tells it from its neighbours, in every language and at every width; the tooltip has all of it.
        first = next(iter(differences(proposal.tool, proposal.base, proposal.values, self.speech)), text)
        metrics, width = self.caption.fontMetrics(), self._picture.width()
        self.caption.setText(metrics.elidedText(first, Qt.TextElideMode.ElideRight, width))
        self.setAccessibleName(f"{self.number}: {text}")
        enlarges = proposal.tool.scale_of(proposal.values) > 1
        self.keep.setText(say("Enlarge") if enlarges else say("Keep"))
        self.keep.setToolTip(say("Make it in full and keep it; undo takes it back."))
        self.adjust.setToolTip(say("Take these settings over and go on from them"))
        self.reject.setToolTip(say("Put this proposal away"))
        key = f"  {self.number}" if self.number <= len(KEYS) else ""
        self.setToolTip(f"{text}{key}")
        self.keep.setAccessibleName(f"{self.keep.text()}: {text}")
        for button in (self.adjust, self.reject):
            button.setAccessibleName(f"{button.toolTip()}: {text}")

    def refresh(self) -> None:
        """Show how far it is."""
        proposal = self.proposal
        if proposal.result is not None and proposal.source is not None and self._pixmap is None:
            self._pixmap = QPixmap.fromImage(image_of(shown(proposal.source, proposal.result).rgba()))
        self.keep.setEnabled(proposal.result is not None and proposal.keeping is None)
        self.adjust.setEnabled(proposal.result is not None)
        self.is_chosen = proposal is self.assist.chosen
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing)
        place = QRectF(EDGE_PX, EDGE_PX, self._picture.width(), self._picture.height())
        painter.fillRect(place, self.look.colour("canvas"))
        if self._pixmap is not None:
            size = self._pixmap.size().scaled(self._picture, Qt.AspectRatioMode.KeepAspectRatio)
            inner = QRectF(0, 0, size.width(), size.height())
            inner.moveCenter(place.center())
            painter.drawPixmap(inner, self._pixmap, QRectF(self._pixmap.rect()))
        note = self._note()
        if note:
            if self._pixmap is not None:
                veil = self.look.colour("window")
                veil.setAlphaF(0.75)
                painter.fillRect(place, veil)
            painter.setPen(self.look.colour("text"))
            painter.drawText(
                place.adjusted(6, 6, -6, -6), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, note
            )
        if self.is_chosen or self.hasFocus():
            painter.setPen(QPen(self.look.colour("accent" if self.is_chosen else "text"), 3 if self.is_chosen else 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(2, 2, -2, -2), 6, 6)

    def _note(self) -> str:
        """What stands over the picture while there is something to say."""
        proposal, say = self.proposal, self.speech.say
        if proposal.keeping is not None:
            return say("Made in full…")
        if proposal.result is not None:
            return ""
        ended = proposal.job is not None and proposal.job.state in (State.FAILED, State.CANCELLED)
        return say("Did not come out") if ended else say("Being made…")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setFocus()
            self.assist.choose(self.proposal)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.keep.isEnabled():
            self.assist.keep(self.proposal)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space or (
            event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self.is_chosen
        ):
            self.assist.choose(self.proposal)
        elif event.key() == Qt.Key.Key_Delete:
            self.reject.click()
        else:
            super().keyPressEvent(event)


class ProposalsStrip(QWidget):
    """The row of cards, with the ways to ask again, to ask why, or to put all away."""

    why_asked = Signal()

    def __init__(self, look: Look, speech: Speech, assist: Assist, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look, self.speech, self.assist = look, speech, assist
        self.cards: list[Card] = []
        outer = QVBoxLayout(self)
        outer.setContentsMargins(12, 6, 12, 6)
        outer.setSpacing(4)
        head = QHBoxLayout()
        head.setSpacing(8)
        self.heading, self.note = QLabel(self), QLabel(self)
        self.heading.setProperty("role", "heading")
        self.note.setProperty("role", "muted")
        self.note.setMinimumWidth(0)
        self.again, self.why, self.away = QPushButton(self), QPushButton(self), QPushButton(self)
        for button, icon in ((self.again, "again"), (self.why, "why"), (self.away, "close")):
            button.setProperty("role", "quiet")
            look.tell(button, lambda b=button, i=icon: b.setIcon(look.icon(i)))
        self.again.clicked.connect(assist.again)
        self.why.clicked.connect(self.why_asked)
        self.away.clicked.connect(self._put_away)
        head.addWidget(self.heading)
        head.addWidget(self.note, 1)
        head.addWidget(self.again)
        head.addWidget(self.why)
        head.addWidget(self.away)
        outer.addLayout(head)
        self.scroll = QScrollArea(self)
        self.scroll.setWidgetResizable(True)
        self.scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self.scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        outer.addWidget(self.scroll, 1)
        speech.tell(self, self._say)
        assist.proposals_changed.connect(self._show)
        assist.chosen_changed.connect(self._show)
        self._show()

    def _say(self) -> None:
        say = self.speech.say
        self.heading.setText(say("Proposals"))
        self.again.setText(say("Ask again"))
        self.again.setToolTip(say("Other possibilities around the same settings"))
        self.away.setText(say("Put all away"))
        self.why.setText(say("Why?"))
        self.why.setToolTip(say("Point at a place of the picture, and see what moved the result there."))
        for button in (self.again, self.why, self.away):
            button.setAccessibleName(button.text())
        self._say_note()

    def _say_note(self) -> None:
        """That these are not the real thing yet."""
        first = self.assist.proposals[0] if self.assist.proposals else None
        enlarges = first is not None and first.tool.scale_of(first.values) > 1
        text = (
            self.speech.say("A part of the picture, as it would look in full.")
            if enlarges
            else self.speech.say("Made small to compare; what you keep is made in full.")
        )
        self.note.setToolTip(text)
        self.note.setText(self.note.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, self._note_px()))

    def _note_px(self) -> int:
        taken = sum(widget.sizeHint().width() for widget in (self.heading, self.again, self.why, self.away))
        return max(0, self.width() - taken - 24 - 24)

    def _put_away(self) -> None:
        for proposal in list(self.assist.proposals):
            self.assist.reject(proposal)

    def _show(self) -> None:
        if [card.proposal for card in self.cards] != self.assist.proposals:
            self._rebuild()
        for card in self.cards:
            card.refresh()

    def _rebuild(self) -> None:
        """Cards of proposals that stay are made anew too: their numbers may be others."""
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(GAP_PX)
        self.cards = []
        for number, proposal in enumerate(self.assist.proposals, 1):
            card = Card(proposal, number, self.assist, self.look, self.speech, row)
            self.cards.append(card)
            line.addWidget(card)
        line.addStretch(1)
        self.scroll.setWidget(row)
        self._fit()
        self._say_note()

    def _fit(self) -> None:
        """All side by side if that is possible, and no higher than they need."""
        count = len(self.cards)
        if not count:
            return
        wish = (self.width() - 24 - (count - 1) * GAP_PX) // count - 2 * EDGE_PX
        for card in self.cards:
            card.fit(min(MOST_PX, max(LEAST_PX, wish)))
        bar = self.scroll.horizontalScrollBar().sizeHint().height() if wish < LEAST_PX else 0
        height = self.cards[0].sizeHint().height() + bar
        self.scroll.setFixedHeight(height)
        self.setFixedHeight(height + 16 + max(self.again.sizeHint().height(), self.heading.sizeHint().height()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()
            self._say_note()

    # --- keys ----------------------------------------------------------------------------------------------------

    def takes(self, event: QKeyEvent) -> bool:
        """1 to 9 choose, Enter keeps, Esc looks away; wherever these keys mean nothing else."""
        key, assist = event.key(), self.assist
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        if key == Qt.Key.Key_Escape and assist.chosen is not None:
            assist.choose(None)
        elif key == Qt.Key.Key_Escape and assist.is_live:
            assist.set_live(False)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and assist.chosen is not None and assist.chosen.result:
            assist.keep(assist.chosen)
        elif key in KEYS and KEYS.index(key) < len(assist.proposals):
            assist.choose(assist.proposals[KEYS.index(key)])
        else:
            return False
        return True
