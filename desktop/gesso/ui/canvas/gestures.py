"""What a pointer does between press and release. One gesture is one transaction, or none when it is given up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPolygonF

from gesso.documents.history import History
from gesso.documents.painting import Painting
from gesso.documents.painting.edits import SetSelection
from gesso.operations.painting.brush import Brush, Point
from gesso.operations.painting.select import Mask, Mode
from gesso.ui.canvas.ants import dashes
from gesso.ui.canvas.camera import Camera
from gesso.ui.canvas.marquee import joined, lasso, rectangle_between
from gesso.ui.canvas.stroke import LiveStroke, layer_to_paint_on
from gesso.ui.speech import mark
from gesso.values import Box, Size

if TYPE_CHECKING:
    from gesso.ui.canvas.view import CanvasView

DRAG_PX = 3.0
"""Less than this is a click."""


@dataclass(frozen=True)
class Touch:
    """The pointer, at one moment."""

    device: QPointF
    image: QPointF
    pressure: float = 1.0
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    seconds: float = 0.0

    @property
    def point(self) -> Point:
        return Point(self.image.x(), self.image.y(), self.pressure, self.seconds)


class Gesture(Protocol):
    """Begins when it is made."""

    def to(self, touch: Touch) -> None: ...

    def end(self) -> None: ...

    def cancel(self) -> None: ...

    def draw(self, painter: QPainter, camera: Camera, ratio: float) -> None:
        """What it shows over the picture while it lasts."""
        ...


class Pan:
    """The picture follows the pointer."""

    def __init__(self, view: CanvasView, touch: Touch) -> None:
        self._view, self._last = view, touch.device

    def to(self, touch: Touch) -> None:
        moved, self._last = touch.device - self._last, touch.device
        self._view.pan(moved.x(), moved.y())

    def end(self) -> None:
        pass

    def cancel(self) -> None:
        pass

    def draw(self, painter: QPainter, camera: Camera, ratio: float) -> None:
        pass


class Paint:
    """A stroke on the active layer; raises `Trouble` when there is nothing to paint on."""

    def __init__(self, view: CanvasView, history: History[Painting], brush: Brush, touch: Touch) -> None:
        self._view, self._history = view, history
        self._stroke = LiveStroke(history.document, layer_to_paint_on(history.document), brush)
        view.show_live(self._stroke.layer.id, self._stroke.live)
        self.to(touch)

    def to(self, touch: Touch) -> None:
        self._view.spoil(self._stroke.to(touch.point))

    def end(self) -> None:
        self._view.spoil(self._stroke.end())
        edit = self._stroke.edit()
        title = mark("Erase") if self._stroke.brush.eraser else mark("Brush stroke")
        try:
            if edit is not None:
                self._history.apply(title, edit)
        finally:
            self.cancel()

    def cancel(self) -> None:
        """Show the layer's own tiles again."""
        self._view.show_live("", {})
        tiles, touched = self._stroke.layer.tiles, Box(0, 0, 0, 0)
        for index in self._stroke.live:
            touched = touched.union(tiles.tile_box(index))
        self._view.spoil(touched)

    def draw(self, painter: QPainter, camera: Camera, ratio: float) -> None:
        pass


class Choose:
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
