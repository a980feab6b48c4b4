"""Where the canvas looks: zoom, place, angle and mirror, and the way between widget and picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF

from gesso.ui.canvas.turn import held
from gesso.values import Size

if TYPE_CHECKING:
    from gesso.ui.canvas.view import CanvasView

MARGIN_PX = 28
"""Ground left free around a picture that is fitted."""


class Looking:
    """The part of `CanvasView` that knows its camera."""

    @property
    def _ratio(self: CanvasView) -> float:
        return self.devicePixelRatioF()

    @property
    def zoom(self: CanvasView) -> float:
        return self.pane.camera.zoom

    @property
    def is_fitted(self: CanvasView) -> bool:
        """Whether all of the picture is shown, whatever size the window has."""
        return self._is_fitted

    def to_image(self: CanvasView, at: QPointF) -> QPointF:
        """A place in the widget, in the picture."""
        return self.pane.camera.to_image(self.turn.to_sheet(at * self._ratio))

    def from_image(self: CanvasView, at: QPointF) -> QPointF:
        """A place in the picture, in the widget."""
        return self.turn.to_view(self.pane.camera.point(at.x(), at.y())) / self._ratio

    def set_zoom(self: CanvasView, zoom: float, anchor: QPointF | None = None) -> None:
        """At once; the place under `anchor` (in the widget; its middle without one) stays there."""
        self._glide.stop()
        self.pane.camera.settle()
        self._zoom_to(zoom, anchor if anchor is not None else QRectF(self.rect()).center())

    def zoom_by(self: CanvasView, factor: float, anchor: QPointF | None = None) -> None:
        """Gliding."""
        camera = self.pane.camera
        if not self._glide.is_moving:
            camera.settle()
        goal = camera.held(self._glide.goal(self.zoom) * factor)
        self._glide.towards(self.zoom, goal, anchor if anchor is not None else QRectF(self.rect()).center())

    def fit(self: CanvasView) -> None:
        """All of the picture; it stays fitted while the window changes, until it is moved."""
        self._glide.stop()
        self._is_fitted = True
        self._fit()

    def actual_size(self: CanvasView) -> None:
        """One pixel on one pixel."""
        self.set_zoom(1.0)

    def pan(self: CanvasView, dx: float, dy: float) -> None:
        """Move the picture, in device pixels."""
        self._is_fitted = False
        self.pane.camera.pan(*self.turn.way(dx, dy))
        self._moved()

    # --- turning -------------------------------------------------------------------------------------------------

    @property
    def angle(self: CanvasView) -> float:
        """How far the view is turned, in degrees clockwise; the picture itself is not."""
        return self.turn.angle

    @angle.setter
    def angle(self: CanvasView, angle: float) -> None:
        self._lay(held(angle), self.turn.is_mirrored)

    @property
    def is_mirrored(self: CanvasView) -> bool:
        """Whether left and right of the view are exchanged; the picture itself is not."""
        return self.turn.is_mirrored

    @is_mirrored.setter
    def is_mirrored(self: CanvasView, is_mirrored: bool) -> None:
        self._lay(self.turn.angle, is_mirrored)

    def _lay(self: CanvasView, angle: float, is_mirrored: bool) -> None:
        """Another angle or mirror; what is in the middle stays there."""
        if (angle, is_mirrored) == (self.turn.angle, self.turn.is_mirrored):
            return
        self._glide.stop()
        middle = self.to_image(QRectF(self.rect()).center())
        self.turn.angle, self.turn.is_mirrored = angle, is_mirrored
        self._measure()
        self.aids.stand()
        if self._is_fitted:
            self._fit()
        else:
            moved = self.from_image(middle) - QRectF(self.rect()).center()
            self.pane.camera.pan(*self.turn.way(-moved.x() * self._ratio, -moved.y() * self._ratio))
        self._moved()
        self.turned.emit(angle, is_mirrored)

    def _zoom_to(self: CanvasView, zoom: float, anchor: QPointF) -> None:
        self._is_fitted = False
        before = self.zoom
        self.pane.camera.zoom_to(zoom, self.turn.to_sheet(anchor * self._ratio))
        self._moved()
        if self.zoom != before:
            self.zoom_changed.emit(self.zoom)

    def _fit(self: CanvasView) -> None:
        self._measure()
        camera, before = self.pane.camera, self.zoom
        ruler = round(self.aids.ruler_px * self._ratio)
        room = Size(max(1, self.turn.view.width - ruler), max(1, self.turn.view.height - ruler))
        camera.zoom = camera.fitting(room, self.turn.bounds(camera.size), MARGIN_PX * self._ratio)
        camera.centre()
        if ruler:
            camera.pan(*self.turn.way(ruler // 2, ruler // 2))
        self._moved()
        if camera.zoom != before:
            self.zoom_changed.emit(camera.zoom)

    def _moved(self: CanvasView) -> None:
        self._stand_handle()
        self.aids.moved()
        self.update()

    def _measure(self: CanvasView) -> None:
        ratio = self._ratio
        self.turn.view = Size(max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio)))
        self.pane.resize(self.turn.sheet, ratio)
