"""The edge of the selection, marching."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from gesso.documents.painting import TILE, Tiles
from gesso.operations.painting.select import Line, outline
from gesso.ui.canvas.camera import Camera
from gesso.ui.canvas.marquee import thinned
from gesso.values import Box

STEP_MS = 120
DASH = 4.0


def dashes(painter: QPainter, path: QPainterPath, ratio: float, offset: float) -> None:
    """A line that is seen on dark and light; the painter counts device pixels."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    width = max(1.0, round(ratio))
    for colour, dashed in ((QColor(255, 255, 255), False), (QColor(0, 0, 0), True)):
        pen = QPen(colour, width)
        pen.setCosmetic(True)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        if dashed:
            pen.setDashPattern([DASH * ratio / width, DASH * ratio / width])
            pen.setDashOffset(offset * ratio / width)
        painter.setPen(pen)
        painter.drawPath(path)


class Ants(QObject):
    """Traces a selection when it is first shown, and moves only while it is seen."""

    moved = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._selection: Tiles | None = None
        self._lines: list[Line] = []
        self._stride, self._known = 0, Box(0, 0, 0, 0)
        self._path = QPainterPath()
        self._path_at: object = None
        self._offset = 0.0
        self._is_seen = False
        self._timer = QTimer(self)
        self._timer.setInterval(STEP_MS)
        self._timer.timeout.connect(self._march)

    @property
    def is_marching(self) -> bool:
        return self._timer.isActive()

    def show(self, selection: Tiles | None) -> bool:
        """Take another selection; whether it is another one."""
        if selection is self._selection:
            return False
        self._selection = selection
        self._lines, self._stride = [], 0
        self._path_at = None
        self._pace()
        return True

    def set_seen(self, seen: bool) -> None:
        """The timer rests while the view is hidden."""
        self._is_seen = seen
        self._pace()

    def _pace(self) -> None:
        if self._is_seen and self._selection is not None:
            self._timer.start()
        else:
            self._timer.stop()

    def _march(self) -> None:
        self._offset = (self._offset + 1) % (2 * DASH)
        self.moved.emit()

    def path(self, camera: Camera) -> QPainterPath:
        """The edge in device pixels."""
        now = (camera.zoom, camera.origin)
        if now != self._path_at:
            self._path_at, self._path = now, self._trace(camera)
        return self._path

    def seen(self, camera: Camera) -> QRectF:
        """Where the edge lies."""
        return self.path(camera).boundingRect().adjusted(-2, -2, 2, 2)

    def draw(self, painter: QPainter, camera: Camera, ratio: float) -> None:
        if self._selection is not None:
            dashes(painter, self.path(camera), ratio, self._offset)

    def _trace(self, camera: Camera) -> QPainterPath:
        self._find(camera)
        path = QPainterPath()
        for line in self._lines:
            corners = [camera.point(x, y) for x, y in line.tolist()]
            if corners:
                path.addPolygon(QPolygonF([*corners, QPointF(corners[0])]))
        return path

    def _find(self, camera: Camera) -> None:
        """As finely as the screen shows it, and for some way around what is seen."""
        if self._selection is None:
            return
        stride = min(TILE, 1 << camera.level)
        whole = self._selection.extent()
        seen = camera.seen(QRect(0, 0, camera.view.width, camera.view.height)).intersect(whole)
        if stride == self._stride and (seen.is_empty or self._known.contains(seen)):
            return
        near = seen.grow(max(seen.width, seen.height) // 2).intersect(whole)
        tiles = Box(0, 0, 0, 0)
        for index in self._selection.touched(near):
            tiles = tiles.union(self._selection.tile_box(index))
        limit = np.array([tiles.width, tiles.height])
        corner = np.array([tiles.x, tiles.y])
        lines = outline(thinned(self._selection, tiles, stride)) if not tiles.is_empty else []
        self._lines = [np.minimum(line * stride, limit) + corner for line in lines]
        self._stride, self._known = stride, tiles
