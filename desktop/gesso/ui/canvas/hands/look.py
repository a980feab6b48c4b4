"""Hands that only look."""

from __future__ import annotations

from math import atan2, degrees
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from gesso.documents.history import History
from gesso.documents.painting import Painting
from gesso.ui.canvas.hands.hand import Gesture, Hand, Touch
from gesso.ui.speech import mark

if TYPE_CHECKING:
    from gesso.ui.canvas.view import CanvasView


STEP_DEGREES = 15.0


class Pan(Gesture):
    """The picture follows the pointer."""

    def __init__(self, view: CanvasView, history: History[Painting], touch: Touch) -> None:
        self._view, self._last = view, touch.device

    def to(self, touch: Touch) -> None:
        moved, self._last = touch.device - self._last, touch.device
        self._view.pan(moved.x(), moved.y())

    def cursor(self) -> Qt.CursorShape:
        return Qt.CursorShape.ClosedHandCursor


class Spin(Gesture):
    """The view turns with the pointer around its middle; with ctrl in steps of 15 degrees."""

    def __init__(self, view: CanvasView, history: History[Painting], touch: Touch) -> None:
        self._view = view
        self._began, self._angle = self._direction(touch), view.angle

    def _direction(self, touch: Touch) -> float:
        """Where the pointer is seen from the middle, in degrees clockwise."""
        middle = self._view.turn.view
        return degrees(atan2(touch.device.y() - middle.height / 2, touch.device.x() - middle.width / 2))

    def to(self, touch: Touch) -> None:
        moved = self._direction(touch) - self._began
        angle = self._angle + (-moved if self._view.is_mirrored else moved)
        if touch.modifiers & Qt.KeyboardModifier.ControlModifier:
            angle = round(angle / STEP_DEGREES) * STEP_DEGREES
        self._view.angle = angle

    def cursor(self) -> Qt.CursorShape:
        return Qt.CursorShape.ClosedHandCursor


HAND = Hand("hand", mark("Hand"), "hand", "H", "look", Pan, cursor=Qt.CursorShape.OpenHandCursor, keywords="pan move")
