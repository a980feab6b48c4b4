"""The card beside the heat: what it means in a sentence, a closer look where it is small, and how far the asking is."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from gesso.tools.why import Why
from gesso.ui.look import Look
from gesso.ui.speech import Speech, mark
from gesso.ui.why.heat import Ramp, coloured
from gesso.ui.widgets.controls import button, label
from gesso.values import Trouble

WIDTH_PX = 330
INSET_PX = 150
ARM_PX = 6
UNSEEN = 0.5 / 255
"""A change that no picture of 8 bit would show."""


def draw_frame(painter: QPainter, outline: QPolygonF) -> None:
    """Dashed, seen on dark and light."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(Qt.GlobalColor.black, 1.5))
    painter.drawPolygon(outline)
    painter.setPen(QPen(Qt.GlobalColor.white, 1.5, Qt.PenStyle.DashLine))
    painter.drawPolygon(outline)


def draw_cross(painter: QPainter, at: QPointF, arm_px: float) -> None:
    """Where the place is that was asked about."""
    for colour, thick in ((Qt.GlobalColor.black, 3.5), (Qt.GlobalColor.white, 1.5)):
        painter.setPen(QPen(colour, thick))
        painter.drawLine(at - QPointF(arm_px, 0), at + QPointF(arm_px, 0))
        painter.drawLine(at - QPointF(0, arm_px), at + QPointF(0, arm_px))


class Inset(QWidget):
    """The part that was asked about, large."""

    def __init__(self, look: Look, speech: Speech) -> None:
        super().__init__()
        self._look = look
        self._picture, self._heat, self._why = QImage(), QImage(), None
        self.setFixedSize(WIDTH_PX - 26, INSET_PX)
        speech.tell(self, lambda: self.setAccessibleName(speech.say("The place, closer")))

    def put(self, picture: QImage, why: Why) -> None:
        """`picture` is the painting within the box of the answer."""
        self._picture, self._heat, self._why = picture, coloured(why.heat), why
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, why = QPainter(self), self._why
        painter.fillRect(self.rect(), self._look.colour("canvas"))
        if why is None or self._picture.isNull():
            return
        zoom = min(self.width() / 2 / why.box.width, self.height() / why.box.height)
        wide, high = why.box.width * zoom, why.box.height * zoom
        for half, is_heated in ((0.0, False), (self.width() / 2, True)):
            place = QRectF(half + (self.width() / 2 - wide) / 2, (self.height() - high) / 2, wide, high)
            painter.drawImage(place, self._picture)
            if is_heated:
                painter.drawImage(place, self._heat)
            if why.reach is not None:
                reach = why.reach.intersect(why.box)
                frame = QRectF(
                    place.x() + (reach.x - why.box.x) * zoom, place.y() + (reach.y - why.box.y) * zoom,
                    reach.width * zoom, reach.height * zoom,
                )  # fmt: skip
                draw_frame(painter, QPolygonF(frame))
            x, y = place.x() + (why.point[0] - why.box.x) * zoom, place.y() + (why.point[1] - why.box.y) * zoom
            draw_cross(painter, QPointF(x, y), ARM_PX)


class Legend(QFrame):
    """Stands in a corner of the canvas."""

    close_asked = Signal()
    stop_asked = Signal()

    def __init__(self, look: Look, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speech = speech
        self._why: Why | None = None
        self._trouble: Trouble | None = None
        self.is_running = False
        self.setProperty("role", "card")
        self.setFixedWidth(WIDTH_PX)
        self.title = label(speech, mark("Why does it look so here?"), "heading")
        self.words = label(speech, "")
        self.reach = label(speech, "", "muted")
        self.ramp, self.inset = Ramp(look, speech), Inset(look, speech)
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.stop = button(speech, mark("Cancel"))
        self.stop.clicked.connect(self.stop_asked)
        self.close_button = button(speech, mark("Close"))
        self.close_button.clicked.connect(self.close_asked)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(8)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.bar, 1)
        foot.addStretch(0)
        foot.addWidget(self.stop)
        foot.addWidget(self.close_button)
        for part in (self.title, self.words, self.inset, self.ramp, self.reach):
            column.addWidget(part)
        column.addLayout(foot)
        speech.tell(self, self._say)

    def ask(self) -> None:
        """Nothing was pointed at yet."""
        self._why, self._trouble, self.is_running = None, None, False
        self._say()

    def run(self) -> None:
        """The answer is being looked for."""
        self._why, self._trouble, self.is_running = None, None, True
        self.bar.setValue(0)
        self._say()

    def put(self, why: Why, is_done: bool) -> None:
        self._why, self.is_running = why, not is_done
        self._say()

    def stand(self, trouble: Trouble | None = None) -> None:
        """It came to its end, or was stopped."""
        self._trouble, self.is_running = trouble, False
        self._say()

    def show_inset(self, picture: QImage | None) -> None:
        """A closer look, where the part is small on the screen."""
        if picture is not None and self._why is not None:
            self.inset.put(picture, self._why)
        self.inset.setVisible(picture is not None)
        self.fit()

    def _say(self) -> None:
        say, why = self._speech.say, self._why
        self.bar.setAccessibleName(say("Progress of {title}", title=say("Why?")))
        self.words.setText(self._words())
        self.ramp.setVisible(why is not None)
        self.inset.setVisible(self.inset.isVisibleTo(self) and why is not None)
        self.reach.setVisible(why is not None)
        if why is not None:
            self.reach.setText(
                say("The model looks at the whole picture: any part can count.")
                if why.reach is None
                else say("The dashed frame is all that the model can see from there.")
            )
        self.bar.setVisible(self.is_running)
        self.stop.setVisible(self.is_running)
        self.fit()

    def _words(self) -> str:
        say, why = self._speech.say, self._why
        if self._trouble is not None:
            return self._trouble.sentence(say)
        if why is None and not self.is_running:
            return say("Point at a place of the picture: what moved the result there is shown.")
        if why is None:
            return say("Grey patches are laid over the picture one by one, and the place is watched…")
        if why.peak < UNSEEN:
            return say("Whatever was covered, the result at the cross stayed as it was.")
        return say("The brighter a part glows, the more the result at the cross changed when it was covered with grey.")

    def fit(self) -> None:
        """As high as its words, at the lower left of what it stands on."""
        self.layout().activate()
        high = self.layout().heightForWidth(WIDTH_PX) if self.layout().hasHeightForWidth() else self.sizeHint().height()
        self.resize(WIDTH_PX, max(high, self.minimumSizeHint().height()))
        if self.parentWidget() is not None:
            place = QRect(12, self.parentWidget().height() - self.height() - 12, self.width(), self.height())
            self.setGeometry(place)
