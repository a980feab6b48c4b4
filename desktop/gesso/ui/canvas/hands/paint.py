"""Hands that paint on the active layer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from gesso.documents.history import History
from gesso.documents.painting import Painting
from gesso.documents.painting.sheets import live_of
from gesso.ui.canvas.hands.hand import Gesture, Hand, Touch
from gesso.ui.canvas.stroke import LiveStroke, layer_to_paint_on
from gesso.ui.canvas.wet_stroke import begin_stroke
from gesso.ui.speech import mark
from gesso.values import Box

if TYPE_CHECKING:
    from gesso.ui.canvas.view import CanvasView


class Paint(Gesture):
    """A stroke on the active layer, one edit with this title."""

    def __init__(
        self, view: CanvasView, history: History[Painting], stroke: LiveStroke, title: str, touch: Touch
    ) -> None:
        self._view, self._history, self._title = view, history, title
        self._stroke = stroke
        view.show_live(*live_of(stroke.layer, stroke.live))
        self.to(touch)

    def to(self, touch: Touch) -> None:
        self._spoil(self._stroke.to(touch.point))

    def end(self) -> None:
        self._spoil(self._stroke.end())
        self._finish()
        edit = self._stroke.edit()
        try:
            if edit is not None:
                self._history.apply(self._title, edit)
        finally:
            self.cancel()

    def _finish(self) -> None:
        """What is left to do when the whole stroke is known."""

    def cancel(self) -> None:
        """Show the layer's own tiles again."""
        self._view.show_live("", {})
        self._spoil([self._stroke.layer.tiles.tile_box(index) for index in self._stroke.live])

    def _spoil(self, boxes: list[Box]) -> None:
        for box in boxes:
            self._view.spoil(box)


def _painting(*, erases: bool) -> Callable[[CanvasView, History[Painting], Touch], Gesture]:
    def begin(view: CanvasView, history: History[Painting], touch: Touch) -> Gesture:
        brush = replace(view.brush, eraser=erases or touch.rubs)
        stroke = begin_stroke(history.document, layer_to_paint_on(history.document), brush)
        return Paint(view, history, stroke, mark("Erase") if brush.eraser else mark("Brush stroke"), touch)

    return begin


BRUSH = Hand("brush", mark("Brush"), "brush", "B", "paint", _painting(erases=False), "brush", has_ring=True)
ERASER = Hand("eraser", mark("Eraser"), "eraser", "E", "paint", _painting(erases=True), "brush", has_ring=True)
