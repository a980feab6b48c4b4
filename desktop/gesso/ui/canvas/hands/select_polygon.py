"""The hand that selects by corners, one click each."""

from __future__ import annotations

from math import atan2, cos, hypot, pi, sin
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter

from gesso.documents.history import History
from gesso.documents.painting import Painting
from gesso.ui.canvas.camera import Camera
from gesso.ui.canvas.hands.hand import Hand, Touch
from gesso.ui.canvas.hands.select import DRAG_PX, SHIFT, Choose, Point, draw_outline
from gesso.ui.canvas.marquee import lasso
from gesso.ui.speech import mark

if TYPE_CHECKING:
    from gesso.ui.canvas.view import CanvasView

CLOSE_PX = 9.0
"""A click so near to the first corner closes the outline."""
STEP = pi / 4
"""Shift keeps a side to eighths of a turn."""


class Polygon(Choose):
    """Stays from corner to corner; a click on the first one, a double click or Enter closes it."""

    def __init__(self, view: CanvasView, history: History[Painting], touch: Touch) -> None:
        super().__init__(view, history, touch)
        self._corners: list[Point] = [(touch.image.x(), touch.image.y())]
        self._next: Point | None = None
        self._is_closed = False

    def _placed(self, touch: Touch, before: Point) -> Point:
        """Where a corner comes to lie, seen from the one before."""
        x, y = touch.image.x(), touch.image.y()
        if not self._keys.held(touch.modifiers, SHIFT):
            return x, y
        angle = round(atan2(y - before[1], x - before[0]) / STEP) * STEP
        length = hypot(x - before[0], y - before[1])
        return before[0] + length * cos(angle), before[1] + length * sin(angle)

    def _is_home(self, touch: Touch) -> bool:
        if len(self._corners) < 3:
            return False
        ratio = self._view.devicePixelRatioF()
        first = self._view.from_image(QPointF(*self._corners[0])) * ratio
        return (first - touch.device).manhattanLength() < CLOSE_PX * ratio

    def press(self, touch: Touch) -> None:
        if self._is_home(touch):
            self._is_closed = True
        else:
            self._corners.append(self._placed(touch, self._corners[-1]))
        self._next = None
        self._view.update()

    def to(self, touch: Touch) -> None:
        """The corner just set can still be dragged."""
        if self._is_closed:
            return
        before = self._corners[-2] if len(self._corners) > 1 else self._corners[0]
        self._corners[-1] = (
            self._placed(touch, before) if len(self._corners) > 1 else (touch.image.x(), touch.image.y())
        )
        self._view.update()

    def hover(self, touch: Touch) -> None:
        self._next = self._corners[0] if self._is_home(touch) else self._placed(touch, self._corners[-1])
        self._view.update()

    def lift(self) -> bool:
        return not self._is_closed

    def end(self) -> None:
        self._view.update()
        box = [max(values) - min(values) for values in zip(*self._corners, strict=True)]
        if len(self._corners) > 2:
            self.take(*lasso(self._corners, self._history.document.size))
        elif max(box) < DRAG_PX:
            self.take_none()

    def draw(self, painter: QPainter, camera: Camera, ratio: float) -> None:
        points = [*self._corners, *([self._next] if self._next is not None else [])]
        if len(points) > 1:
            draw_outline(painter, camera, ratio, points, closed=len(points) > 2 and self._next is None)


POLYGON = Hand(
    "polygon", mark("Polygon selection"), "polygon", "Shift+L", "select", Polygon, "select",
    snaps=True, keywords="polygonal lasso corners",
)  # fmt: skip
