"""The levels of an adjustment: black, middle and white below the histogram, and where black and white go."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QDoubleSpinBox, QGridLayout, QLabel, QSizePolicy, QSpinBox, QVBoxLayout, QWidget

from gesso.documents.painting.adjustments import Range
from gesso.ui.adjustment_curves import channel_colour, draw_histogram
from gesso.ui.look import Look
from gesso.ui.speech import Speech, mark
from gesso.ui.widgets.controls import spin_box

BLACK, WHITE, GAMMA, LOW, HIGH = range(5)
HANDLES_PX = 14
MARGIN_PX = 8
TITLES = {
    BLACK: mark("Black point"),
    GAMMA: mark("Middle"),
    WHITE: mark("White point"),
    LOW: mark("Black becomes"),
    HIGH: mark("White becomes"),
}


class LevelsGraph(QWidget):
    """The histogram with three handles below it; the numbers beside it do the same by keys."""

    moved = Signal(object)

    def __init__(self, setting: Range, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._setting, self._look = setting, look
        self.limits: tuple[float, ...] = setting.default
        self.counts: np.ndarray | None = None
        self._dragged: int | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(140)
        look.tell(self, self.update)

    def sizeHint(self) -> QSize:
        return QSize(240, 110)

    @property
    def frame(self) -> QRectF:
        return QRectF(self.rect()).adjusted(MARGIN_PX, 2, -MARGIN_PX, -HANDLES_PX)

    def place_of(self, handle: int) -> float:
        """Where a handle stands: the middle one where the result is halfway."""
        black, white, gamma = self.limits[BLACK], self.limits[WHITE], self.limits[GAMMA]
        at = {BLACK: black, WHITE: white, GAMMA: black + (white - black) * 0.5**gamma}[handle]
        return self.frame.left() + at * self.frame.width()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        look, frame = self._look, self.frame
        painter.fillRect(frame, look.colour("window"))
        draw_histogram(painter, frame, self.counts, channel_colour(look, self._setting.name))
        painter.setPen(QPen(look.colour("line"), 1))
        painter.drawRect(frame)
        for handle, fill in ((BLACK, QColor("black")), (GAMMA, QColor("#808080")), (WHITE, QColor("white"))):
            x, top = self.place_of(handle), frame.bottom()
            painter.setPen(QPen(look.colour("text"), 1))
            painter.drawLine(QPointF(x, frame.top()), QPointF(x, top))
            painter.setBrush(fill)
            painter.drawPolygon(QPolygonF([QPointF(x, top), QPointF(x - 6, top + 12), QPointF(x + 6, top + 12)]))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            x = event.position().x()
            self._dragged = min((BLACK, WHITE, GAMMA), key=lambda handle: abs(self.place_of(handle) - x))
            self._drag(x)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._drag(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragged = None

    def _drag(self, x: float) -> None:
        if self._dragged is None:
            return
        at = min(1.0, max(0.0, (x - self.frame.left()) / self.frame.width()))
        limits = list(self.limits)
        if self._dragged == GAMMA:
            share = (at - limits[BLACK]) / max(1e-6, limits[WHITE] - limits[BLACK])
            limits[GAMMA] = round(math.log(min(0.99, max(0.01, share))) / math.log(0.5), 2)
        elif self._dragged == BLACK:
            limits[BLACK] = min(at, limits[WHITE] - 2 / 255)
        else:
            limits[WHITE] = max(at, limits[BLACK] + 2 / 255)
        self.moved.emit(self._setting.check(limits))


class LevelsEditor(QWidget):
    """One channel's range."""

    moved = Signal(object)

    def __init__(self, setting: Range, look: Look, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._setting, self._speech = setting, speech
        self.graph = LevelsGraph(setting, look, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.graph)
        grid = QGridLayout()
        grid.setHorizontalSpacing(6)
        self.boxes: dict[int, QSpinBox | QDoubleSpinBox] = {}
        for number, part in enumerate((BLACK, GAMMA, WHITE, LOW, HIGH)):
            box = self._box(part)
            caption = QLabel(self)
            caption.setBuddy(box)
            speech.tell(caption, lambda c=caption, p=part: c.setText(speech.say(TITLES[p])))
            speech.tell(box, lambda b=box, p=part: b.setAccessibleName(speech.say(TITLES[p])))
            row, place = divmod(number, 3)
            grid.addWidget(caption, 2 * row, place)
            grid.addWidget(box, 2 * row + 1, place)
            box.setMinimumWidth(64)
            box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            grid.setColumnStretch(place, 1)
            self.boxes[part] = box
        column.addLayout(grid)
        self.graph.moved.connect(self._choose)
        speech.tell(self.graph, self._say)

    def _say(self) -> None:
        say = self._speech.say
        self.graph.setAccessibleName(say("Levels of {channel}", channel=say(self._setting.title)))
        self.graph.setToolTip(say("Drag black, middle and white to where they belong in the histogram."))

    def _box(self, part: int) -> QSpinBox | QDoubleSpinBox:
        if part == GAMMA:
            found = QDoubleSpinBox(self)
            found.setRange(0.1, 10)
            found.setSingleStep(0.05)
            found.setKeyboardTracking(False)
            found.lineEdit().setTextMargins(6, 0, 0, 0)  # as in `spin_box`
            found.valueChanged.connect(lambda value: self._type(GAMMA, value))
            return found
        whole = spin_box(0, 255)
        whole.valueChanged.connect(lambda value: self._type(part, value / 255))
        return whole

    def _type(self, part: int, value: float) -> None:
        limits = list(self.graph.limits)
        limits[part] = value
        if part == WHITE:  # typed on its own, white pushes nothing: it stops above black
            limits[WHITE] = max(value, limits[BLACK] + 1 / 255)
        elif part == BLACK:
            limits[BLACK] = min(value, limits[WHITE] - 1 / 255)
        self._choose(self._setting.check(limits))

    def _choose(self, limits: tuple[float, ...]) -> None:
        self.show_value(limits)
        self.moved.emit(limits)

    @property
    def counts(self) -> np.ndarray | None:
        return self.graph.counts

    @counts.setter
    def counts(self, counts: np.ndarray | None) -> None:
        self.graph.counts = counts
        self.graph.update()

    def show_value(self, limits: tuple[float, ...]) -> None:
        self.graph.limits = limits
        self.graph.update()
        for part, box in self.boxes.items():
            box.blockSignals(True)
            if isinstance(box, QSpinBox):
                box.setValue(round(limits[part] * 255))
            else:
                box.setValue(limits[part])
            box.blockSignals(False)
