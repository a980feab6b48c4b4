"""A strip of paper to try the pen on: it shows whether pressure and tilt arrive."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPointingDevice, QTabletEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gesso.ui.look import Look
from gesso.ui.speech import Speech

WIDEST_PX = 18.0
MOST_POINTS = 4000


@dataclass(frozen=True)
class Felt:
    """What arrived last."""

    is_pen: bool
    pressure: float
    tilt: float
    """Degrees away from upright."""


class PenStrip(QWidget):
    """Lines as wide as the pressure. A mouse draws one of even width."""

    felt = Signal(object)
    """A `Felt`, with every point."""

    def __init__(self, look: Look, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.lines: list[list[tuple[QPointF, float]]] = []
        """Points with their pressure, line by line."""
        self.setMinimumSize(QSize(220, 96))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.CrossCursor)
        speech.tell(self, lambda: self.setAccessibleName(speech.say("Strip to try the pen on")))
        look.tell(self, self.update)

    def clear(self) -> None:
        self.lines.clear()
        self.update()

    def _take(self, at: QPointF, pressure: float, tilt: float, is_pen: bool, begins: bool) -> None:
        if begins or not self.lines:
            self.lines.append([])
        self.lines[-1].append((at, pressure))
        if sum(map(len, self.lines)) > MOST_POINTS:
            del self.lines[0]
        self.felt.emit(Felt(is_pen, pressure, tilt))
        self.update()

    def tabletEvent(self, event: QTabletEvent) -> None:
        event.accept()  # or the same point would come again as a mouse's
        is_down = bool(event.buttons())
        if event.type() == QTabletEvent.Type.TabletPress or (event.type() == QTabletEvent.Type.TabletMove and is_down):
            tilt = math.hypot(event.xTilt(), event.yTilt())
            begins = event.type() == QTabletEvent.Type.TabletPress
            is_pen = event.pointerType() != QPointingDevice.PointerType.Cursor
            self._take(event.position(), event.pressure(), tilt, is_pen, begins)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._take(event.position(), 0.4, 0.0, False, True)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._take(event.position(), 0.4, 0.0, False, False)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._look.colour("line"), 1))
        painter.setBrush(self._look.colour("raised"))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 4, 4)
        painter.setClipRect(self.rect().adjusted(1, 1, -1, -1))
        pen = QPen(self._look.colour("text"))
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        for line in self.lines:
            before = line[0][0]
            for at, pressure in line:
                pen.setWidthF(0.6 + pressure * WIDEST_PX)
                painter.setPen(pen)
                painter.drawLine(before, at + QPointF(0.01, 0))
                before = at
