"""Strokes of wet paint, and which kind of stroke a brush makes."""

from __future__ import annotations

import numpy as np

from gesso.documents.painting import Layer, Painting
from gesso.documents.painting.locks import keep_alpha
from gesso.documents.painting.tiles import Index
from gesso.operations.painting.brush import Brush, Coverage, Dab
from gesso.operations.painting.brush.copies import Print, mixed, overlap, prints
from gesso.operations.painting.brush.lay import Paint, paint_of, pixels_of
from gesso.operations.painting.brush.wet import Hair
from gesso.ui.canvas.stroke import NOWHERE, LiveStroke
from gesso.values import Box

Made = tuple[Coverage, Paint, Paint, Box]
"""What a dab wanted of a box inside the picture, the paint beneath, and what it made of that."""


class WetStroke(LiveStroke):
    """Mixes with what lies there, dab by dab, in finer steps than the layer's own so that rounding does not add up."""

    def __init__(self, painting: Painting, layer: Layer, brush: Brush, seed: int | None = None) -> None:
        super().__init__(painting, layer, brush, seed)
        self._hairs = [Hair(self.brush) for _ in self.copies]
        self._wet: dict[Index, Paint] = {}

    def _put(self, dabs: list[Dab]) -> list[Box]:
        dirty: dict[Index, Box] = {}
        for dab in dabs:
            # All copies see what lay there before the first of them.
            made = [
                found
                for hair, one in zip(self._hairs, prints(dab, self.copies), strict=True)
                if (found := self._pressed(hair, one, dab)) is not None
            ]
            if overlap([box for *_, box in made]):
                around = NOWHERE
                for *_, box in made:
                    around = around.union(box)
                under = self._read(around)
                parts = [(wanted, paint, box) for wanted, _, paint, box in made]
                self._write(around, under, mixed(under, parts, around), dirty)
            else:
                for _, under, paint, box in made:
                    self._write(box, under, paint, dirty)
        return self._lay_all(dirty)

    def _pressed(self, hair: Hair, one: Print, dab: Dab) -> Made | None:
        """What one copy of a dab makes; None beside the picture."""
        whole, inside = one.box, one.box.clip(self.layer.tiles.size)
        if inside.is_empty:
            return None
        wide = under = self._read(inside)
        if inside != whole:
            # Beyond the border lies what lies at it, so that nothing empty is dragged in.
            above, left = inside.y - whole.y, inside.x - whole.x
            beyond = ((above, whole.bottom - inside.bottom), (left, whole.right - inside.right), (0, 0))
            wide = np.pad(wide, beyond, mode="edge")
        way, part = one.way, inside.moved(-whole.x, -whole.y).slices()
        made = way.laid(hair.press(way.lifted(wide), way.lifted(one.wanted), dab))
        return one.wanted[part], under, made[part], inside

    def _tile(self, index: Index) -> Paint:
        if index not in self._wet:
            place = self.layer.tiles.tile_box(index)
            self._wet[index] = paint_of(self._old(index, Box(0, 0, place.width, place.height)))
        return self._wet[index]

    def _read(self, box: Box) -> Paint:
        found = np.empty((box.height, box.width, 4), np.float32)
        for index in self.layer.tiles.touched(box):
            place = self.layer.tiles.tile_box(index)
            common = place.intersect(box)
            part = common.moved(-place.x, -place.y).slices()
            found[common.moved(-box.x, -box.y).slices()] = self._tile(index)[part]
        return found

    def _write(self, box: Box, under: Paint, made: Paint, dirty: dict[Index, Box]) -> None:
        for index in self.layer.tiles.touched(box):
            if self._selection is not None and index not in self._selection.tiles:
                continue
            place = self.layer.tiles.tile_box(index)
            common = place.intersect(box)
            part, here = common.moved(-place.x, -place.y), common.moved(-box.x, -box.y).slices()
            new, old = made[here], under[here]
            if self._selection is not None:
                share = self._selection.tiles[index][part.slices()] * np.float32(1 / 255)
                new = old + (new - old) * share
            if self.layer.alpha_locked:
                new = new * (old[..., 3:] / np.maximum(new[..., 3:], np.float32(1e-6)))
            self._tile(index)[part.slices()] = new
            dirty[index] = dirty.get(index, NOWHERE).union(part)

    def _lay(self, index: Index, box: Box) -> None:
        part, old = box.slices(), self._old(index, box)
        new = pixels_of(self._wet[index][part], old)
        if self.layer.alpha_locked:
            new = keep_alpha(old, new)
        if self._selection is not None:
            np.copyto(new, old, where=self._selection.tiles[index][part] == 0)
        self._shown(index)[part] = new


def begin_stroke(painting: Painting, layer: Layer, brush: Brush, seed: int | None = None) -> LiveStroke:
    """The kind of stroke that a brush makes."""
    return (WetStroke if brush.is_wet else LiveStroke)(painting, layer, brush, seed)
