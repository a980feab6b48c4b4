"""A frame with handles around a part of the picture: where it is taken hold of, and how it is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from gesso.ui.canvas.ants import dashes
from gesso.ui.canvas.camera import Camera
from gesso.ui.canvas.hands.hand import Touch

if TYPE_CHECKING:
    from gesso.ui.canvas.view import CanvasView

Point = tuple[float, float]
Grip = tuple[int, int]
"""Which part of a frame: -1, 0 or 1 across and down from its middle; (0, 0) is its inside."""
CORNERS: tuple[Grip, ...] = ((-1, -1), (1, -1), (1, 1), (-1, 1))
SIDES: tuple[Grip, ...] = ((0, -1), (1, 0), (0, 1), (-1, 0))
"""Each lies between the corner of its number and the next one."""
GRAB_PX = 9.0
HANDLE_PX = 4.0


def grips(quad: Sequence[Point]) -> dict[Grip, Point]:
    """Where each handle of a frame lies."""
    found = dict(zip(CORNERS, quad, strict=True))
    for number, side in enumerate(SIDES):
        (ax, ay), (bx, by) = quad[number], quad[(number + 1) % 4]
        found[side] = ((ax + bx) / 2, (ay + by) / 2)
    return found


def grip_at(view: CanvasView, quad: Sequence[Point], touch: Touch) -> Grip | None:
    """The handle under the pointer, corners first; (0, 0) inside of the frame, None outside."""
    ratio = view.devicePixelRatioF()
    nearest, least = None, GRAB_PX * ratio
    for grip, (x, y) in grips(quad).items():
        away = view.from_image(QPointF(x, y)) * ratio - touch.device
        far = (away.x() ** 2 + away.y() ** 2) ** 0.5
        if far < least:
            nearest, least = grip, far
    if nearest is not None:
        return nearest
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(x, y) for x, y in quad]))
    return (0, 0) if path.contains(touch.image) else None


def draw_frame(painter: QPainter, camera: Camera, ratio: float, quad: Sequence[Point]) -> None:
    """The outline, and squares to take hold of."""
    path = QPainterPath()
    corners = [camera.point(x, y) for x, y in quad]
    path.addPolygon(QPolygonF([*corners, corners[0]]))
    dashes(painter, path, ratio, 0)
    painter.setPen(QPen(QColor(0, 0, 0), ratio))
    painter.setBrush(QColor(255, 255, 255))
    side = HANDLE_PX * ratio
    for x, y in grips(quad).values():
        at = camera.point(x, y)
        painter.drawRect(QRectF(at.x() - side, at.y() - side, 2 * side, 2 * side))
