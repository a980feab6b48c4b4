"""The hand that cuts the canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from gesso.documents.history import History
from gesso.documents.painting import Painting
from gesso.ui.canvas.camera import Camera
from gesso.ui.canvas.hands.frame import Grip, Point, draw_frame, grip_at
from gesso.ui.canvas.hands.hand import Gesture, Hand, Touch
from gesso.ui.canvas.hands.options import Cropping, options_of
from gesso.ui.canvas_steps import cut, seen_of
from gesso.ui.speech import mark
from gesso.values import Box

if TYPE_CHECKING:
    from gesso.ui.canvas.view import CanvasView

VEIL = QColor(0, 0, 0, 130)
THIRDS = QColor(255, 255, 255, 110)


class Crop(Gesture):
    """Stays until Enter. The frame begins as the selection or the whole canvas; it may reach beyond it."""

    def __init__(self, view: CanvasView, history: History[Painting], touch: Touch) -> None:
        self._view, self._history, self._options = view, history, options_of(view)
        painting = history.document
        chosen = Box(0, 0, 0, 0) if painting.selection is None else seen_of(painting.selection)
        self.box = painting.size.box if chosen.is_empty else chosen
        self._began, self._press = self.box, touch
        self._grip: Grip | None = None
        self._is_new = False
        self._options.changed.connect(self._keep_ratio)
        self.press(touch)
        self._keep_ratio()

    @property
    def _quad(self) -> list[Point]:
        box = self.box
        return [(box.x, box.y), (box.right, box.y), (box.right, box.bottom), (box.x, box.bottom)]

    @property
    def ratio(self) -> float | None:
        """Width by height that is kept to."""
        wish, size = self._options[Cropping].ratio, self._history.document.size
        if wish is None:
            return None
        return wish[0] / wish[1] if wish[1] else size.width / max(1, size.height)

    def _keep_ratio(self) -> None:
        """Another ratio: as large as fits into the frame, around its middle."""
        ratio, box = self.ratio, self.box
        if ratio is not None:
            width = min(box.width, round(box.height * ratio))
            height = min(box.height, max(1, round(width / ratio)))
            width = max(1, width)
            self.set_box(Box(box.x + (box.width - width) // 2, box.y + (box.height - height) // 2, width, height))
        else:
            self.set_box(box)

    def set_box(self, box: Box) -> None:
        """Another frame; an empty one is passed over."""
        if not box.is_empty:
            self.box = box
            self._options.tell_live(self)
            self._view.update()

    def press(self, touch: Touch) -> None:
        self._began, self._press = self.box, touch
        self._grip = grip_at(self._view, self._quad, touch)
        self._is_new = self._grip is None

    def to(self, touch: Touch) -> None:
        way = touch.image - self._press.image
        dx, dy = round(way.x()), round(way.y())
        if not dx and not dy:
            return
        if self._is_new:
            first, last = (self._view.aids.snapped_point(at) for at in (self._press.image, touch.image))
            x, y = round(first.x()), round(first.y())
            grip = 1 if dx > 0 else -1, 1 if dy > 0 else -1
            self.set_box(self._shaped(x, y, round(last.x()), round(last.y()), grip))
        elif self._grip == (0, 0):
            box = self._began.moved(dx, dy)
            snap_x, snap_y = self._view.aids.shift((box.x, box.right), (box.y, box.bottom))
            self.set_box(box.moved(round(snap_x), round(snap_y)))
        elif self._grip is not None:
            box, (across, down) = self._began, self._grip
            left, right = (box.right, box.x) if across < 0 else (box.x, box.right)
            top, bottom = (box.bottom, box.y) if down < 0 else (box.y, box.bottom)
            right, bottom = right + (dx if across else 0), bottom + (dy if down else 0)
            snap_x, snap_y = self._view.aids.shift((right,), (bottom,))
            right, bottom = right + (round(snap_x) if across else 0), bottom + (round(snap_y) if down else 0)
            self.set_box(self._shaped(left, top, right, bottom, self._grip))

    def _shaped(self, x0: int, y0: int, x1: int, y1: int, grip: Grip) -> Box:
        """Between a place that stays and one that follows the pointer, at the ratio."""
        ratio, across, down = self.ratio, x1 - x0, y1 - y0
        if ratio is not None:
            if grip[1] == 0 or (grip[0] != 0 and abs(across) > abs(down) * ratio):
                down = round(abs(across) / ratio) * (-1 if down < 0 else 1)
            else:
                across = round(abs(down) * ratio) * (-1 if across < 0 else 1)
        x1, y1 = x0 + across, y0 + down
        return Box.around(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))

    def lift(self) -> bool:
        return True

    def hover(self, touch: Touch) -> None:
        self._grip = grip_at(self._view, self._quad, touch)

    def cursor(self) -> Qt.CursorShape:
        shapes = {None: Qt.CursorShape.CrossCursor, (0, 0): Qt.CursorShape.SizeAllCursor}
        return shapes.get(self._grip, Qt.CursorShape.PointingHandCursor)

    def draw(self, painter: QPainter, camera: Camera, ratio: float) -> None:
        inner = QPolygonF([camera.point(x, y) for x, y in self._quad])
        frame = inner.boundingRect()
        path = QPainterPath()
        path.addRect(QRectF(0, 0, camera.view.width, camera.view.height).united(frame))
        path.addPolygon(inner)
        painter.fillPath(path, VEIL)
        painter.setPen(QPen(THIRDS, ratio))
        for third in (1 / 3, 2 / 3):
            x, y = frame.left() + frame.width() * third, frame.top() + frame.height() * third
            painter.drawLine(
                QRectF(x, frame.top(), 0, frame.height()).topLeft(), QRectF(x, frame.bottom(), 0, 0).topLeft()
            )
            painter.drawLine(QRectF(frame.left(), y, 0, 0).topLeft(), QRectF(frame.right(), y, 0, 0).topLeft())
        draw_frame(painter, camera, ratio, self._quad)

    def _leave(self) -> None:
        self._options.changed.disconnect(self._keep_ratio)
        self._options.tell_live(None)
        self._view.update()

    def end(self) -> None:
        self._leave()
        painting = self._history.document
        if self.box != painting.size.box:
            self._history.apply(mark("Crop"), cut(painting, self.box))

    def cancel(self) -> None:
        self._leave()


CROP = Hand("crop", mark("Crop"), "crop", "C", "shape", Crop, "crop", keywords="cut trim canvas thirds ratio")
