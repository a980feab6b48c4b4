"""Hands that select by a shape drawn in one go: rectangle, ellipse and lasso."""

from __future__ import annotations

from collections.abc import Callable
from math import copysign, floor
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPolygonF, QTransform

from gesso.documents.history import History
from gesso.documents.painting import Painting
from gesso.documents.painting.edits import SetSelection
from gesso.operations.painting.select import Mask, Mode
from gesso.operations.painting.select_shapes import round_line
from gesso.ui.canvas.ants import dashes
from gesso.ui.canvas.camera import Camera
from gesso.ui.canvas.hands.hand import Gesture, Hand, Touch
from gesso.ui.canvas.hands.options import Selecting, options_of
from gesso.ui.canvas.marquee import joined, lasso, rectangle_between
from gesso.ui.canvas_steps import seen_of, tiles_by_matrix
from gesso.ui.speech import mark
from gesso.values import Box

if TYPE_CHECKING:
    from gesso.ui.canvas.view import CanvasView

DRAG_PX = 3.0
"""Less than this is a click."""
SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier
Point = tuple[float, float]


def mode_of(modifiers: Qt.KeyboardModifier, chosen: Mode = "replace") -> Mode:
    """With shift it adds, with alt it takes away, with both it keeps what they share; else as the bar says."""
    adds, takes = bool(modifiers & SHIFT), bool(modifiers & ALT)
    return "intersect" if adds and takes else "add" if adds else "subtract" if takes else chosen


class FreshKeys:
    """Keys held at the press say what becomes of the selection; the same keys pressed anew during the drag, or let go
    and pressed again, say something about the shape."""

    def __init__(self, modifiers: Qt.KeyboardModifier) -> None:
        self._old = modifiers

    def held(self, modifiers: Qt.KeyboardModifier, key: Qt.KeyboardModifier) -> bool:
        self._old &= modifiers
        return bool(modifiers & key) and not self._old & key


class Choose(Gesture):
    """A gesture that ends in a selection."""

    def __init__(self, view: CanvasView, history: History[Painting], touch: Touch) -> None:
        self._view, self._history = view, history
        self._mode = mode_of(touch.modifiers, options_of(view)[Selecting].mode)
        self._keys = FreshKeys(touch.modifiers)

    def take(self, box: Box, mask: Mask) -> None:
        """Join a mask with the selection that is there: one step, if it changes something."""
        painting = self._history.document
        if box.is_empty and self._mode in ("add", "subtract"):
            return
        self._history.apply(mark("Select"), SetSelection(joined(painting, box, mask, self._mode)))

    def take_none(self) -> None:
        """What a click beside everything means."""
        if self._mode == "replace" and self._history.document.selection is not None:
            self._history.apply(mark("Deselect"), SetSelection(None))

    def cancel(self) -> None:
        self._view.update()


class ChooseBetween(Choose):
    """A rectangle or an ellipse between two places; shift during the drag makes it as wide as high, alt centres it."""

    def __init__(self, view: CanvasView, history: History[Painting], touch: Touch, *, is_round: bool) -> None:
        super().__init__(view, history, touch)
        self._is_round = is_round
        self._start, self._device, self._last = touch.image, touch.device, touch.device
        self._ends: tuple[Point, Point] = ((touch.image.x(), touch.image.y()),) * 2
        self._is_click = True

    def to(self, touch: Touch) -> None:
        if touch.device == self._last:
            return  # keys pressed or let go as the pointer is lifted mean nothing any more
        self._last = touch.device
        x, y = self._start.x(), self._start.y()
        across, down = touch.image.x() - x, touch.image.y() - y
        if self._keys.held(touch.modifiers, SHIFT):
            side = max(abs(across), abs(down))
            across, down = copysign(side, across), copysign(side, down)
        first = (x - across, y - down) if self._keys.held(touch.modifiers, ALT) else (x, y)
        self._ends = first, (x + across, y + down)
        self._is_click = (touch.device - self._device).manhattanLength() < DRAG_PX
        self._view.update()

    def _outline(self) -> list[Point]:
        """On whole pixels, as the selection will be."""
        (ax, ay), (bx, by) = ((round(x), round(y)) for x, y in self._ends)
        if self._is_round:
            return round_line(((ax + bx) / 2, (ay + by) / 2), (bx - ax) / 2, (by - ay) / 2)
        return [(ax, ay), (bx, ay), (bx, by), (ax, by)]

    def end(self) -> None:
        self._view.update()
        size = self._history.document.size
        if self._is_click:
            self.take_none()
        elif self._is_round and len({x for x, _ in self._outline()}) > 1:
            self.take(*lasso(self._outline(), size))
        else:
            self.take(*rectangle_between(*self._ends, size))

    def draw(self, painter: QPainter, camera: Camera, ratio: float) -> None:
        if not self._is_click:
            draw_outline(painter, camera, ratio, self._outline())


class Lasso(Choose):
    """A line drawn by hand, closed at its end."""

    def __init__(self, view: CanvasView, history: History[Painting], touch: Touch) -> None:
        super().__init__(view, history, touch)
        self._points: list[Point] = [(touch.image.x(), touch.image.y())]
        self._start = self._last = touch.device

    @property
    def _is_click(self) -> bool:
        return (self._last - self._start).manhattanLength() < DRAG_PX and len(self._points) < 8

    def to(self, touch: Touch) -> None:
        if (touch.device - self._last).manhattanLength() >= 1:
            self._points.append((touch.image.x(), touch.image.y()))
        self._last = touch.device
        self._view.update()

    def end(self) -> None:
        self._view.update()
        if self._is_click:
            self.take_none()
        else:
            self.take(*lasso(self._points, self._history.document.size))

    def draw(self, painter: QPainter, camera: Camera, ratio: float) -> None:
        if not self._is_click:
            draw_outline(painter, camera, ratio, self._points)


def moves_selection(view: CanvasView, painting: Painting, touch: Touch) -> bool:
    """Whether a press takes hold of the selection that is there: inside of it, when a new one would replace it."""
    mode = mode_of(touch.modifiers, options_of(view)[Selecting].mode)
    x, y = floor(touch.image.x()), floor(touch.image.y())
    inside = painting.selection is not None and not Box(x, y, 1, 1).clip(painting.size).is_empty
    if mode != "replace" or not inside or painting.selection is None:
        return False
    return bool(painting.selection.read(Box(x, y, 1, 1))[0, 0, 0] > 127)


class MoveSelection(Choose):
    """The edge of the selection elsewhere; what is painted stays. A click takes it away, as everywhere."""

    def __init__(self, view: CanvasView, history: History[Painting], touch: Touch) -> None:
        super().__init__(view, history, touch)
        assert history.document.selection is not None
        self._selection = history.document.selection
        self._box = seen_of(self._selection)
        self._press = touch
        self._way = 0, 0
        self._is_click = True

    def to(self, touch: Touch) -> None:
        self._is_click &= (touch.device - self._press.device).manhattanLength() < DRAG_PX
        # Not where the pointer snapped to: the edges do that.
        ratio = self._view.devicePixelRatioF()
        moved = self._view.to_image(touch.device / ratio) - self._view.to_image(self._press.device / ratio)
        dx, dy = round(moved.x()), round(moved.y())
        if self._keys.held(touch.modifiers, SHIFT):
            dx, dy = (dx, 0) if abs(dx) > abs(dy) else (0, dy)
        box = self._box.moved(dx, dy)
        snap_x, snap_y = self._view.aids.shift((box.x, box.right), (box.y, box.bottom))
        self._way = dx + round(snap_x), dy + round(snap_y)
        self._view.update()

    def carries(self, camera: Camera) -> QTransform:
        across, down = camera.scale
        return QTransform.fromTranslate(self._way[0] * across, self._way[1] * down)

    def cursor(self) -> Qt.CursorShape:
        return Qt.CursorShape.SizeAllCursor

    def end(self) -> None:
        self._view.update()
        if self._is_click:
            self.take_none()
        elif self._way != (0, 0):
            matrix = np.eye(3)
            matrix[:2, 2] = self._way
            moved = tiles_by_matrix(self._selection, self._selection.size, matrix, "nearest")
            self._history.apply(mark("Move selection"), SetSelection(moved if moved.tiles else None))


def draw_outline(painter: QPainter, camera: Camera, ratio: float, points: list[Point], closed: bool = True) -> None:
    """A dashed line through places of the picture."""
    path = QPainterPath()
    corners = [camera.point(x, y) for x, y in points]
    path.addPolygon(QPolygonF([*corners, QPointF(corners[0])] if closed else corners))
    dashes(painter, path, ratio, 0)


def _between(*, is_round: bool) -> Callable[[CanvasView, History[Painting], Touch], Gesture]:
    def begin(view: CanvasView, history: History[Painting], touch: Touch) -> Gesture:
        if moves_selection(view, history.document, touch):
            return MoveSelection(view, history, touch)
        return ChooseBetween(view, history, touch, is_round=is_round)

    return begin


def _lasso(view: CanvasView, history: History[Painting], touch: Touch) -> Gesture:
    moves = moves_selection(view, history.document, touch)
    return (MoveSelection if moves else Lasso)(view, history, touch)


RECTANGLE = Hand(
    "rectangle", mark("Rectangle selection"), "rectangle", "M", "select", _between(is_round=False), "select",
    snaps=True, keywords="marquee square",
)  # fmt: skip
ELLIPSE = Hand(
    "ellipse", mark("Ellipse selection"), "ellipse", "Shift+O", "select", _between(is_round=True), "select",
    snaps=True, keywords="marquee circle round",
)  # fmt: skip
LASSO = Hand(
    "lasso", mark("Lasso"), "lasso", "L", "select", _lasso, "select", snaps=True, keywords="freehand selection"
)
