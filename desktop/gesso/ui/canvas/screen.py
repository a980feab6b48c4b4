"""What the view shows, kept as one picture in device pixels: panning shifts it, and only what is new is drawn."""

from __future__ import annotations

import time
from functools import cache
from math import ceil, floor

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPen, QRegion, QTransform

from gesso.ui.canvas.camera import Camera
from gesso.ui.canvas.preview import Shown
from gesso.ui.canvas.pyramid import Key, Pyramid
from gesso.values import Box, Size

CRISP_ZOOM = 2.0
"""Above it pixels are squares, below they are smoothed."""
GRID_ZOOM = 8.0
SHADOW_PX = 18
SHADOW_DOWN_PX = 4


def around(rect: QRectF) -> QRect:
    """The whole pixels that a rectangle touches."""
    left, top = floor(rect.left()), floor(rect.top())
    return QRect(left, top, ceil(rect.right()) - left, ceil(rect.bottom()) - top)


def rounded(rect: QRectF) -> QRect:
    """With each edge on the nearest whole pixel, at least one wide."""
    left, top = round(rect.left()), round(rect.top())
    return QRect(left, top, max(1, round(rect.right()) - left), max(1, round(rect.bottom()) - top))


@cache
def chequers(dark: bool) -> QImage:
    """Two by two squares of a pixel each."""
    low, high = (QColor("#5a5a5a"), QColor("#6a6a6a")) if dark else (QColor("#cfcfcf"), QColor("#e9e9e9"))
    found = QImage(2, 2, QImage.Format.Format_RGB32)
    for x in range(2):
        for y in range(2):
            found.setPixelColor(x, y, low if x == y else high)
    return found


class Screen:
    """Draws the painting, its ground and a preview into `image`."""

    def __init__(self) -> None:
        self.camera = Camera()
        self.image = QImage()
        self.ratio = 1.0
        """Device pixels to a pixel of the desktop."""
        self.pyramid: Pyramid | None = None
        self.shown: Shown | None = None
        self.split = 0.5
        self.ground = QColor("#454545")
        self.is_dark = True
        self.shows_grid = True
        """Whether single pixels that are seen very large have lines between them."""
        self._valid = QRegion()
        self._owed: set[Key] = set()
        """Tiles that were shown before they were ready."""
        self._drawn_at: tuple[float, tuple[int, int]] = (0.0, (0, 0))

    # --- what is out of date -------------------------------------------------------------------------------------

    def spoil(self, rect: QRect | None = None) -> None:
        """Draw a part again before it is shown, or all of it."""
        if rect is None:
            self._valid, self._owed = QRegion(), set()
        else:
            self._valid = self._valid.subtracted(QRegion(rect))

    def resize(self, view: Size, ratio: float) -> None:
        if (view.width, view.height) != (self.image.width(), self.image.height()) or ratio != self.ratio:
            self.image = QImage(view.width, view.height, QImage.Format.Format_RGB32)
            self.image.setDevicePixelRatio(1.0)
            self.ratio = ratio
            self.camera.resize(view)
            self.spoil()

    @property
    def is_owed(self) -> bool:
        """Whether something was shown before it was ready."""
        return bool(self._owed)

    def place(self, box: Box) -> QRect:
        """Where a box of the painting is seen, with the pixel around it that smoothing mixes in."""
        margin = 2 if self.camera.zoom < CRISP_ZOOM else 1
        return around(self.camera.to_device(box)).adjusted(-margin, -margin, margin, margin)

    def split_x(self) -> float:
        """The line between the painting and the preview, in device pixels."""
        picture = self.camera.picture
        return float(round(picture.left() + picture.width() * self.split))

    def refresh(self, region: QRegion, seconds: float) -> bool:
        """Draw what is missing of a region; whether there is nothing left to build."""
        self._follow()
        deadline = time.perf_counter() + seconds
        missing = region.intersected(self.image.rect()).subtracted(self._valid)
        if not missing.isEmpty():
            painter = QPainter(self.image)
            for rect in missing:
                painter.setClipRect(rect)
                self._draw(painter, rect, deadline)
            painter.end()
            self._valid = self._valid.united(missing)
        return not self._owed

    def _follow(self) -> None:
        """Shift what is there when the picture was only moved; start anew when it was zoomed."""
        now = (self.camera.zoom, self.camera.origin)
        if now == self._drawn_at:
            return
        (zoom, (x, y)), self._drawn_at = self._drawn_at, now
        shift = QPoint(now[1][0] - x, now[1][1] - y)
        if zoom != now[0] or abs(shift.x()) >= self.image.width() or abs(shift.y()) >= self.image.height():
            self.spoil()
            return
        moved = QImage(self.image.size(), self.image.format())
        painter = QPainter(moved)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.drawImage(shift, self.image)
        painter.end()
        self.image = moved
        self._valid = self._valid.translated(shift).intersected(moved.rect())

    # --- tiles ---------------------------------------------------------------------------------------------------

    def wanted(self, rect: QRect | None = None) -> list[Key]:
        """The tiles that are seen, from the middle outwards."""
        if self.pyramid is None:
            return []
        box = self.camera.seen(rect or self.image.rect())
        keys = list(self.pyramid.keys(min(self.camera.level, self.pyramid.levels - 1), box))
        x, y = box.x + box.width / 2, box.y + box.height / 2
        boxes = self.pyramid.box

        def away(key: Key) -> float:
            place = boxes(key)
            return (place.x + place.width / 2 - x) ** 2 + (place.y + place.height / 2 - y) ** 2

        return sorted(keys, key=away)

    def build(self, seconds: float) -> tuple[list[QRect], bool]:
        """Work on tiles that were shown too early; where some were finished, and whether all are."""
        finished: list[QRect] = []
        deadline = time.perf_counter() + seconds
        wanted = [key for key in self.wanted() if key in self._owed]
        self._owed = set(wanted)
        for key in wanted:
            assert self.pyramid is not None
            while not self.pyramid.step(key):
                if time.perf_counter() > deadline:
                    return finished, False
            place = self.place(self.pyramid.box(key))
            self.spoil(place)
            self._owed.discard(key)
            finished.append(place)
            if time.perf_counter() > deadline:
                break
        return finished, not self._owed

    # --- drawing -------------------------------------------------------------------------------------------------

    def _draw(self, painter: QPainter, rect: QRect, deadline: float) -> None:
        painter.resetTransform()
        painter.fillRect(rect, self.ground)
        if self.pyramid is None or self.pyramid.size.is_empty:
            return
        picture = self.camera.picture
        whole, reach = rounded(picture), ceil((SHADOW_PX + SHADOW_DOWN_PX) * self.ratio)
        if not whole.contains(rect) and whole.adjusted(-reach, -reach, reach, reach).intersects(rect):
            self._draw_shadow(painter, picture)
        inside = rect.intersected(whole)
        if inside.isEmpty():
            return
        painter.save()
        painter.setClipRect(inside)
        line = self.split_x()
        over = QRect()
        if self.shown is not None:
            over = inside.intersected(rounded(self.camera.to_device(self.shown.preview.box)))
            over.setLeft(max(over.left(), int(line)))
        if over != inside:
            self._draw_tiles(painter, inside, deadline)
        if not over.isEmpty() and self.shown is not None:
            painter.setClipRect(over)
            self._draw_preview(painter, over, self.shown)
            painter.setClipRect(inside)
        if self.shows_grid and self.camera.zoom >= GRID_ZOOM:
            self._draw_grid(painter, inside)
        painter.restore()

    def _draw_shadow(self, painter: QPainter, picture: QRectF) -> None:
        """Soft, a little lower than the picture, as from a lamp above."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        reach, down = round(SHADOW_PX * self.ratio), SHADOW_DOWN_PX * self.ratio
        strength = 95 if self.is_dark else 75
        for px in range(reach, 0, -1):
            alpha = round(strength * (1 - px / reach) ** 2)
            if alpha:
                painter.setPen(QPen(QColor(0, 0, 0, alpha), 1))
                shade = picture.adjusted(0.5 - px, 0.5 - px + down, px - 0.5, px - 0.5 + down)
                painter.drawRoundedRect(shade, px, px)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.fillRect(rounded(picture.translated(0, down)), QColor(0, 0, 0, strength))
        painter.fillRect(rounded(picture).adjusted(-1, -1, 1, 1), QColor(0, 0, 0, 150 if self.is_dark else 110))

    def _draw_tiles(self, painter: QPainter, rect: QRect, deadline: float) -> None:
        assert self.pyramid is not None
        pyramid = self.pyramid
        self._smooth(painter, self.camera.zoom <= CRISP_ZOOM)
        for key in self.wanted(rect):
            ready = pyramid.is_ready(key)
            while not ready and time.perf_counter() < deadline:
                ready = pyramid.step(key)
            if not ready:
                self._owed.add(key)
            box = pyramid.box(key)
            # Whole pixels, so that neither a gap nor an overlap is left between two tiles.
            place, image = rounded(self.camera.to_device(box)), pyramid.image(key)
            if image is None or not pyramid.is_opaque(key):
                self._draw_squares(painter, place.intersected(rect))
            if image is not None:
                painter.drawImage(place, image)
            else:
                coarse = pyramid.coarse()
                sx, sy = coarse.width() / pyramid.size.width, coarse.height() / pyramid.size.height
                part = QRectF(box.x * sx, box.y * sy, box.width * sx, box.height * sy)
                painter.drawImage(QRectF(place), coarse, part)

    def _draw_preview(self, painter: QPainter, rect: QRect, shown: Shown) -> None:
        place = self.camera.to_device(shown.preview.box)
        image = shown.image(place.width())
        self._draw_squares(painter, rect)
        self._smooth(painter, place.width() <= CRISP_ZOOM * image.width() or image.width() < shown.preview.box.width)
        painter.drawImage(rounded(place), image)  # as the tiles, or the ground would show at its edges

    def _smooth(self, painter: QPainter, smooth: bool) -> None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)

    def _draw_squares(self, painter: QPainter, rect: QRect) -> None:
        """The chequerboard that stands for nothing; it moves with the picture and keeps its size."""
        # Among single pixels its squares are the pixels; smaller ones would fight with the grid.
        side = self.camera.zoom if self.camera.zoom >= GRID_ZOOM else round(8 * self.ratio)
        brush = QBrush(chequers(self.is_dark))
        brush.setTransform(QTransform.fromScale(side, side))
        self._smooth(painter, False)
        x, y = self.camera.origin
        painter.setBrushOrigin(QPointF(x, y))
        painter.fillRect(rect, brush)
        self._smooth(painter, self.camera.zoom <= CRISP_ZOOM)

    def _draw_grid(self, painter: QPainter, rect: QRect) -> None:
        """Thin lines between pixels, seen on dark and light."""
        box = self.camera.seen(rect)
        strength = min(1.0, (self.camera.zoom / self.ratio - 6) / 10)
        if strength <= 0:
            return
        for colour, shift in (
            (QColor(0, 0, 0, round(44 * strength)), 0),
            (QColor(255, 255, 255, round(26 * strength)), 1),
        ):
            for x in range(box.x, box.right + 1):
                left = round(self.camera.point(x, 0).x()) - shift
                painter.fillRect(QRect(left, rect.top(), 1, rect.height()), colour)
            for y in range(box.y, box.bottom + 1):
                top = round(self.camera.point(0, y).y()) - shift
                painter.fillRect(QRect(rect.left(), top, rect.width(), 1), colour)
