"""The view turned and mirrored: a sheet, on which the picture lies straight, laid over the widget at an angle."""

from __future__ import annotations

from math import ceil, cos, hypot, radians, sin

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QTransform

from gesso.values import Size


class Turn:
    """An angle and a mirror. Everything on the sheet is drawn as if there were none."""

    def __init__(self) -> None:
        self.angle = 0.0
        """Degrees clockwise, -180 < angle <= 180."""
        self.is_mirrored = False
        """Left and right of the widget are exchanged, whatever the angle."""
        self.view = Size(1, 1)
        """Of the widget, in device pixels."""

    @property
    def is_straight(self) -> bool:
        return self.angle == 0 and not self.is_mirrored

    @property
    def sheet(self) -> Size:
        """Large enough to cover the widget at this angle; both centres lie on each other."""
        if self.angle in (0, 180):
            return self.view
        if self.angle in (90, -90):
            return Size(self.view.height, self.view.width)
        side = 2 * ceil(hypot(self.view.width, self.view.height) / 2)
        return Size(side, side)

    @property
    def transform(self) -> QTransform:
        """From the sheet to the widget, both in device pixels."""
        sheet, found = self.sheet, QTransform()
        found.translate(self.view.width / 2, self.view.height / 2)
        found.scale(-1 if self.is_mirrored else 1, 1)
        found.rotate(self.angle)
        found.translate(-sheet.width / 2, -sheet.height / 2)
        return found

    def to_sheet(self, at: QPointF) -> QPointF:
        return at if self.is_straight else self.transform.inverted()[0].map(at)

    def to_view(self, at: QPointF) -> QPointF:
        return at if self.is_straight else self.transform.map(at)

    def way(self, dx: float, dy: float) -> tuple[float, float]:
        """A movement in the widget, on the sheet."""
        moved = self.to_sheet(QPointF(dx, dy)) - self.to_sheet(QPointF(0, 0))
        return moved.x(), moved.y()

    def seen(self, sheet: QRectF) -> QRectF:
        """Where a part of the sheet lies in the widget."""
        return sheet if self.is_straight else self.transform.mapRect(sheet)

    def behind(self, view: QRectF) -> QRectF:
        """The part of the sheet that a part of the widget shows."""
        return view if self.is_straight else self.transform.inverted()[0].mapRect(view)

    def bounds(self, picture: Size) -> Size:
        """How much room a picture takes at this angle."""
        turned = radians(self.angle)
        c, s = abs(cos(turned)), abs(sin(turned))
        return Size(
            max(1, ceil(picture.width * c + picture.height * s - 1e-6)),
            max(1, ceil(picture.width * s + picture.height * c - 1e-6)),
        )


def held(angle: float) -> float:
    """Within -180 to 180, on a right angle when it is all but there."""
    angle = (angle + 180) % 360 - 180
    angle = 180.0 if angle == -180 else angle
    nearest = round(angle / 90) * 90
    return float(nearest if abs(angle - nearest) < 1e-6 else angle)
