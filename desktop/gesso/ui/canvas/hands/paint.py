"""Hands that paint on the active layer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from gesso.documents.history import History
from gesso.documents.painting import Painting
from gesso.operations.painting.brush import Brush
from gesso.ui.canvas.hands.hand import Gesture, Hand, Touch
from gesso.ui.canvas.stroke import LiveStroke, layer_to_paint_on
from gesso.ui.speech import mark
from gesso.values import Box

if TYPE_CHECKING:
    from gesso.ui.canvas.view import CanvasView


class Paint(Gesture):
    """A stroke on the active layer; raises `Trouble` when there is nothing to paint on."""

    def __init__(self, view: CanvasView, history: History[Painting], brush: Brush, touch: Touch) -> None:
        self._view, self._history = view, history
        self._stroke = LiveStroke(history.document, layer_to_paint_on(history.document), brush)
        view.show_live(self._stroke.layer.id, self._stroke.live)
        self.to(touch)

    def to(self, touch: Touch) -> None:
        self._view.spoil(self._stroke.to(touch.point))

    def end(self) -> None:
        self._view.spoil(self._stroke.end())
        edit = self._stroke.edit()
        title = mark("Erase") if self._stroke.brush.eraser else mark("Brush stroke")
        try:
            if edit is not None:
                self._history.apply(title, edit)
        finally:
            self.cancel()

    def cancel(self) -> None:
        """Show the layer's own tiles again."""
        self._view.show_live("", {})
        tiles, touched = self._stroke.layer.tiles, Box(0, 0, 0, 0)
        for index in self._stroke.live:
            touched = touched.union(tiles.tile_box(index))
        self._view.spoil(touched)


def _painting(*, erases: bool) -> Callable[[CanvasView, History[Painting], Touch], Gesture]:
    def begin(view: CanvasView, history: History[Painting], touch: Touch) -> Gesture:
        return Paint(view, history, replace(view.brush, eraser=erases or touch.rubs), touch)

    return begin


BRUSH = Hand("brush", mark("Brush"), "brush", "B", "paint", _painting(erases=False), "brush", has_ring=True)
ERASER = Hand("eraser", mark("Eraser"), "eraser", "E", "paint", _painting(erases=True), "brush", has_ring=True)
