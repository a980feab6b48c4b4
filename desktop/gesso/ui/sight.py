"""How a painting is looked at: remembered while another one is shown, and taken up again."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

from gesso.ui.canvas import CanvasView


@dataclass(frozen=True)
class Sight:
    """A zoom, the place in the middle of the view, and how the view is turned."""

    zoom: float
    middle: tuple[float, float]
    angle: float
    is_mirrored: bool
    is_fitted: bool

    @classmethod
    def of(cls, canvas: CanvasView) -> Sight:
        middle = canvas.to_image(QRectF(canvas.rect()).center())
        return cls(canvas.zoom, (middle.x(), middle.y()), canvas.angle, canvas.is_mirrored, canvas.is_fitted)

    def put(self, canvas: CanvasView) -> None:
        """Look so again; what was in the middle is there, though the view may have another size by now."""
        canvas.angle, canvas.is_mirrored = self.angle, self.is_mirrored
        if self.is_fitted:
            canvas.fit()
            return
        canvas.set_zoom(self.zoom)
        way = QRectF(canvas.rect()).center() - canvas.from_image(QPointF(*self.middle))
        ratio = canvas.devicePixelRatioF()
        canvas.pan(way.x() * ratio, way.y() * ratio)
