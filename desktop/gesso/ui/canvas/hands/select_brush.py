"""The hand that paints a selection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from gesso.documents.history import History
from gesso.documents.painting import Painting, Tiles
from gesso.operations.painting.select import Mask
from gesso.operations.painting.select_shapes import around, brushed
from gesso.ui.canvas.camera import Camera
from gesso.ui.canvas.hands.hand import Hand, Touch
from gesso.ui.canvas.hands.select import Choose, Point
from gesso.ui.speech import mark
from gesso.values import Box

if TYPE_CHECKING:
    from gesso.ui.canvas.view import CanvasView

ADDED, TAKEN = QColor(60, 140, 255, 110), QColor(255, 70, 70, 110)


class PaintSelection(Choose):
    """Adds where the brush goes, or takes away with alt; as large and as hard as the brush."""

    def __init__(self, view: CanvasView, history: History[Painting], touch: Touch) -> None:
        super().__init__(view, history, touch)
        if self._mode == "replace":
            self._mode = "add"  # strokes make one selection together
        self._tiles: dict[tuple[int, int], Mask] = {}
        self._grid = Tiles(history.document.size, np.uint8, 1)
        self._radius, self._hardness = max(0.5, view.brush.size_px / 2), view.brush.hardness
        self._last: Point = (touch.image.x(), touch.image.y())
        self._path = QPainterPath(touch.image)
        self._put(self._last)

    def to(self, touch: Touch) -> None:
        self._put((touch.image.x(), touch.image.y()))

    def _put(self, point: Point) -> None:
        reach = self._radius + 1
        ends = [(x + dx, y + dy) for x, y in (self._last, point) for dx in (-reach, reach) for dy in (-reach, reach)]
        box = around(ends, self._grid.size)
        for index in self._grid.touched(box):
            place = self._grid.tile_box(index)
            part = place.intersect(box)
            start, stop = ((x - part.x, y - part.y) for x, y in (self._last, point))
            new = brushed(part.size, start, stop, self._radius, self._hardness)
            tile = self._tiles.setdefault(index, np.zeros((place.height, place.width), np.uint8))
            inside = part.moved(-place.x, -place.y).slices()
            np.maximum(tile[inside], new, out=tile[inside])
        self._path.lineTo(QPointF(*point))
        self._last = point
        self._view.update()

    def end(self) -> None:
        self._view.update()
        box = Box(0, 0, 0, 0)
        for index in self._tiles:
            box = box.union(self._grid.tile_box(index))
        mask = np.zeros((box.height, box.width), np.uint8)
        for index, tile in self._tiles.items():
            mask[self._grid.tile_box(index).moved(-box.x, -box.y).slices()] = tile
        self.take(box, mask)

    def draw(self, painter: QPainter, camera: Camera, ratio: float) -> None:
        colour = TAKEN if self._mode == "subtract" else ADDED
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.translate(camera.point(0, 0))
        painter.scale(*camera.scale)
        painter.setPen(
            QPen(colour, 2 * self._radius, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        )
        painter.drawPath(self._path)
        painter.restore()


SELECT_BRUSH = Hand(
    "select-brush", mark("Selection brush"), "select-brush", "Shift+Q", "select", PaintSelection, "select-brush",
    has_ring=True, takes_colour=False, keywords="paint mask quick",
)  # fmt: skip
