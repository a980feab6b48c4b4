"""Hands that only look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from gesso.documents.history import History
from gesso.documents.painting import Painting
from gesso.ui.canvas.hands.hand import Gesture, Hand, Touch
from gesso.ui.speech import mark

if TYPE_CHECKING:
    from gesso.ui.canvas.view import CanvasView


class Pan(Gesture):
    """The picture follows the pointer."""

    def __init__(self, view: CanvasView, history: History[Painting], touch: Touch) -> None:
        self._view, self._last = view, touch.device

    def to(self, touch: Touch) -> None:
        moved, self._last = touch.device - self._last, touch.device
        self._view.pan(moved.x(), moved.y())

    def cursor(self) -> Qt.CursorShape:
        return Qt.CursorShape.ClosedHandCursor


HAND = Hand("hand", mark("Hand"), "hand", "H", "look", Pan, cursor=Qt.CursorShape.OpenHandCursor, keywords="pan move")
