"""Where the picture lies on the screen. Counted in device pixels: at zoom 1 a pixel is a pixel on any screen."""

from __future__ import annotations

from math import floor, log2

from PySide6.QtCore import QPointF, QRect, QRectF

from gesso.values import Box, Size

LARGEST = 64.0
SMALLEST = 0.01


class Camera:
    """Zoom, and the place of the picture's upper left corner in the view."""

    def __init__(self) -> None:
        self.size = Size(0, 0)
        """Of the picture."""
        self.view = Size(1, 1)
        """Of the sheet that is drawn on, in device pixels."""
        self.zoom = 1.0
        self._x = self._y = 0.0

    @property
    def origin(self) -> tuple[int, int]:
        """The corner on a whole device pixel, so that panning moves pixels and never blurs them."""
        return round(self._x), round(self._y)

    @property
    def scale(self) -> tuple[float, float]:
        """The zoom each way; a picture never gets thinner than one device pixel."""
        if self.size.is_empty:
            return self.zoom, self.zoom
        return max(self.zoom, 1 / self.size.width), max(self.zoom, 1 / self.size.height)

    @property
    def level(self) -> int:
        """How often the picture may be halved and still be at least as fine as the screen."""
        return max(0, floor(log2(1 / self.zoom) + 1e-6))

    @property
    def picture(self) -> QRectF:
        """The whole picture, on the screen."""
        return self.to_device(self.size.box)

    def to_image(self, device: QPointF) -> QPointF:
        x, y = self.origin
        sx, sy = self.scale
        return QPointF((device.x() - x) / sx, (device.y() - y) / sy)

    def point(self, x: float, y: float) -> QPointF:
        """A place in the picture, on the screen."""
        left, top = self.origin
        sx, sy = self.scale
        return QPointF(left + x * sx, top + y * sy)

    def to_device(self, box: Box) -> QRectF:
        return QRectF(self.point(box.x, box.y), self.point(box.right, box.bottom))

    def seen(self, device: QRect) -> Box:
        """The pixels of the picture that a part of the screen shows."""
        first, last = self.to_image(QPointF(device.topLeft())), self.to_image(QPointF(device.bottomRight()))
        return Box.around(floor(first.x()), floor(first.y()), floor(last.x()) + 1, floor(last.y()) + 1).clip(self.size)

    # --- moving --------------------------------------------------------------------------------------------------

    def fitting(self, room: Size, taken: Size, margin_px: float, largest: float = LARGEST) -> float:
        """The zoom at which the whole picture, which takes so much at zoom 1, is seen in so much room."""
        if self.size.is_empty:
            return 1.0
        width, height = (max(16.0, side - 2 * margin_px) for side in (room.width, room.height))
        return min(largest, self.held(min(width / taken.width, height / taken.height)))

    def held(self, zoom: float) -> float:
        """Within what is useful: a picture too large for the smallest zoom can still be seen whole."""
        longest = max(self.size.width, self.size.height, 1)
        return min(LARGEST, max(zoom, min(SMALLEST, 64 / longest)))

    def zoom_to(self, zoom: float, anchor: QPointF) -> None:
        """The place in the picture under the anchor stays there."""
        zoom = self.held(zoom)
        self._x = anchor.x() - (anchor.x() - self._x) * zoom / self.zoom
        self._y = anchor.y() - (anchor.y() - self._y) * zoom / self.zoom
        self.zoom = zoom
        self._keep()

    def settle(self) -> None:
        """Go on from the place that is shown, on whole pixels."""
        self._x, self._y = map(float, self.origin)

    def centre(self) -> None:
        picture = self.picture
        self._x = float(round((self.view.width - picture.width()) / 2))
        self._y = float(round((self.view.height - picture.height()) / 2))

    def pan(self, dx: float, dy: float) -> None:
        self._x += dx
        self._y += dy
        self._keep()

    def resize(self, view: Size) -> None:
        """What was in the middle stays there."""
        self._x += (view.width - self.view.width) / 2
        self._y += (view.height - self.view.height) / 2
        self.view = view
        self._keep()

    def _keep(self) -> None:
        """Some of the picture always stays in the middle half of the view."""
        width, height = self.picture.width(), self.picture.height()
        near_x, near_y = self.view.width / 4, self.view.height / 4
        self._x = min(max(self._x, near_x - width), self.view.width - near_x)
        self._y = min(max(self._y, near_y - height), self.view.height - near_y)
