"""The hand that fills a room of the drawing with the brush's colour."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt

from gesso.documents.history import History
from gesso.documents.painting import Layer, Painting
from gesso.documents.painting.edits import AnyEdit
from gesso.documents.painting.sheets import MaskSheet, colour_on, edit_of, limit_of
from gesso.operations.painting.fill import laid_on, room
from gesso.operations.painting.select_colour import tight
from gesso.ui.canvas.hands.hand import Gesture, Hand, Touch
from gesso.ui.canvas.hands.options import Filling, options_of
from gesso.ui.canvas.hands.select_colour import pixel_of
from gesso.ui.canvas.marquee import looked_at
from gesso.ui.canvas.stroke import copies_of, layer_to_paint_on
from gesso.ui.speech import mark
from gesso.values import Box, Colour, Size

if TYPE_CHECKING:
    from gesso.ui.canvas.view import CanvasView

Floats = NDArray[np.float32]


def painted_over(painting: Painting, layer: Layer, place: Box, paint_in: Any, noise_in: Any = None) -> AnyEdit | None:
    """Paint laid on a layer where the selection lets it; None when that changes nothing.

    `paint_in(box)` gives the paint (4,) or (h, w, 4) and the share (h, w) of it for the part of one tile, `noise_in(box)`
    what dithers it.
    """
    changed: dict[tuple[int, int], NDArray[Any] | None] = {}
    selection = limit_of(painting, layer)
    for index in layer.tiles.touched(place):
        tile_box = layer.tiles.tile_box(index)
        box = tile_box.intersect(place)
        inside = box.moved(-tile_box.x, -tile_box.y).slices()
        chosen = None if selection is None else selection.tiles.get(index)
        if selection is not None and chosen is None:
            continue
        old = layer.tiles.tiles.get(index)
        if old is None:
            if layer.alpha_locked:
                continue
            old = np.zeros((tile_box.height, tile_box.width, 4), layer.tiles.dtype)
        paint, share = paint_in(box)
        if chosen is not None:
            share = share * (chosen[inside][..., 0].astype(np.float32) / 255)
        noise = noise_in(box) if noise_in is not None else None
        new = old.copy()
        new[inside] = laid_on(old[inside], paint, share, alpha_locked=layer.alpha_locked, noise=noise)
        if not np.array_equal(new, old):
            new.flags.writeable = False
            changed[index] = new
    return edit_of(painting, layer, changed) if changed else None


def paint_of(layer: Layer, colour: Colour) -> Floats:
    colour = colour_on(layer, colour)
    return np.array([colour.red, colour.green, colour.blue, colour.alpha], np.float32)


def filled(painting: Painting, layer: Layer, colour: Colour) -> AnyEdit | None:
    """All of the selection, or of the layer, in one colour."""
    paint = paint_of(layer, colour)

    def paint_in(box: Box) -> tuple[Floats, Floats]:
        return paint, np.ones((box.height, box.width), np.float32)

    return painted_over(painting, layer, painting.size.box, paint_in)


class Fill(Gesture):
    """Raises `Trouble` when there is nothing to paint on."""

    def __init__(self, view: CanvasView, history: History[Painting], touch: Touch) -> None:
        self._view, self._history = view, history
        self._layer = layer_to_paint_on(history.document)
        self._at = pixel_of(touch, history.document)

    def _places(self, at: tuple[int, int], size: Size) -> list[tuple[int, int]]:
        """The pixel that was clicked and its copies inside the picture."""
        found = [copy.place(at[0] + 0.5, at[1] + 0.5) for copy in copies_of(self._history.document)]
        pixels = dict.fromkeys((floor(x), floor(y)) for x, y in found)
        return [(x, y) for x, y in pixels if 0 <= x < size.width and 0 <= y < size.height]

    def end(self) -> None:
        if self._at is None:
            return
        self._view.setCursor(Qt.CursorShape.WaitCursor)
        painting, wish = self._history.document, options_of(self._view)[Filling]
        is_mask = isinstance(self._layer, MaskSheet) and not wish.everything
        pixels = (
            self._layer.tiles.read() if is_mask else looked_at(painting, painting.size.box, everything=wish.everything)
        )
        mask = np.zeros(pixels.shape[:2], np.uint8)
        for at in self._places(self._at, painting.size):
            if mask[at[1], at[0]] < 255:
                np.maximum(mask, room(
                    pixels, at, wish.tolerance, gap_px=wish.gap_px, expand_px=wish.expand_px,
                    contiguous=wish.contiguous, antialias=wish.antialias,
                ), out=mask)  # fmt: skip
        paint, opacity = paint_of(self._layer, self._view.brush.colour), np.float32(wish.opacity / 255)

        def paint_in(box: Box) -> tuple[Floats, Floats]:
            return paint, mask[box.slices()].astype(np.float32) * opacity

        edit = painted_over(painting, self._layer, tight(mask), paint_in)
        if edit is not None:
            self._history.apply(mark("Fill"), edit)


FILL = Hand("fill", mark("Fill"), "fill", "F", "shape", Fill, "fill", keywords="bucket flood gap closing")
