"""Hands that select."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPolygonF

from gesso.documents.history import History
from gesso.documents.painting import Painting
from gesso.documents.painting.edits import SetSelection
from gesso.operations.painting.select import Mask, Mode
from gesso.ui.canvas.ants import dashes
from gesso.ui.canvas.camera import Camera
from gesso.ui.canvas.hands.hand import Gesture, Hand, Touch
from gesso.ui.canvas.marquee import joined, lasso, rectangle_between
from gesso.ui.speech import mark
from gesso.values import Box, Size

if TYPE_CHECKING:
    from gesso.ui.canvas.view import CanvasView

DRAG_PX = 3.0
"""Less than this is a click."""


class Choose(Gesture):
    """A rectangle or a lasso; with shift it adds, with alt it takes away, with both it keeps what they share."""

    def __init__(self, view: CanvasView, history: History[Painting], touch: Touch, *, free: bool) -> None:
        self._view, self._history, self._free = view, history, free
        self._points = [touch.image]
        self._start = self._last = touch.device
        self._mode = mode_of(touch.modifiers)

    @property
    def _is_click(self) -> bool:
        return (self._last - self._start).manhattanLength() < DRAG_PX and len(self._points) < 8

    def to(self, touch: Touch) -> None:
        if self._free:
            if (touch.device - self._last).manhattanLength() >= 1:
                self._points.append(touch.image)
        else:
            self._points[1:] = [touch.image]
        self._last = touch.device
        self._view.update()

    def end(self) -> None:
        painting = self._history.document
        self._view.update()
        if self._is_click:
            if self._mode == "replace" and painting.selection is not None:
                self._history.apply(mark("Deselect"), SetSelection(None))
            return
        points = [(point.x(), point.y()) for point in self._points]
        box, mask = (lasso if self._free else _rectangle)(points, painting.size)
        if box.is_empty and self._mode in ("add", "subtract"):
            return
        self._history.apply(mark("Select"), SetSelection(joined(painting, box, mask, self._mode)))

    def cancel(self) -> None:
        self._view.update()

    def draw(self, painter: QPainter, camera: Camera, ratio: float) -> None:
        if self._is_click:
            return
        path = QPainterPath()
        if self._free:
            path.addPolygon(QPolygonF([camera.point(p.x(), p.y()) for p in (*self._points, self._points[0])]))
        else:
            a, b = ((p.x(), p.y()) for p in (self._points[0], self._points[-1]))
            box, _ = rectangle_between(a, b, camera.size)
            path.addRect(QRectF(camera.to_device(box)))
        dashes(painter, path, ratio, 0)


def _rectangle(points: list[tuple[float, float]], size: Size) -> tuple[Box, Mask]:
    return rectangle_between(points[0], points[-1], size)


def mode_of(modifiers: Qt.KeyboardModifier) -> Mode:
    adds = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
    takes = bool(modifiers & Qt.KeyboardModifier.AltModifier)
    return "intersect" if adds and takes else "add" if adds else "subtract" if takes else "replace"


def _choosing(*, free: bool) -> Callable[[CanvasView, History[Painting], Touch], Gesture]:
    return lambda view, history, touch: Choose(view, history, touch, free=free)


RECTANGLE = Hand("rectangle", mark("Rectangle selection"), "rectangle", "M", "select", _choosing(free=False))
LASSO = Hand("lasso", mark("Lasso"), "lasso", "L", "select", _choosing(free=True))
