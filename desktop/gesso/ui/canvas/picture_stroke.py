"""Strokes that lay a picture instead of a colour."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.documents.painting import Layer, Painting
from gesso.documents.painting.tiles import Index
from gesso.operations.painting.brush import Brush, Coverage, Dab, lay_picture
from gesso.operations.painting.brush.copies import in_order, prints, stamp_together
from gesso.operations.painting.brush.lay import Paint
from gesso.ui.canvas.stroke import NOWHERE, LiveStroke
from gesso.values import Box

Look = Callable[[Box], Paint]
"""A box of a picture, premultiplied."""


class PictureStroke(LiveStroke):
    """Lays a picture instead of a colour: a part of the layer from elsewhere, or a softer one of the same place."""

    def __init__(self, painting: Painting, layer: Layer, brush: Brush, pictures: Sequence[Look], *, over: bool) -> None:
        """The pictures of all copies, or one for all; they are laid over the pixels, or in their place."""
        super().__init__(painting, layer, brush)
        self._pictures, self._over = list(pictures), over
        self._shares: list[dict[Index, Coverage]] = [{} for _ in pictures]
        """The coverage of each copy, where their pictures differ."""

    @property
    def _differ(self) -> bool:
        return len(self._pictures) > 1

    def _put_copies(self, dab: Dab, dirty: dict[Index, Box]) -> None:
        super()._put_copies(dab, dirty)
        if not self._differ:
            return
        tiles = self.layer.tiles
        for one, shares in zip(prints(dab, self.copies), self._shares, strict=True):
            for index in tiles.touched(one.box):
                place = tiles.tile_box(index)
                touched = stamp_together(self._covered(shares, index), dab, [one], (place.x, place.y))
                if index in self._coverage:
                    dirty[index] = dirty.get(index, NOWHERE).union(touched)

    def _of(self, copy: int) -> dict[Index, Coverage]:
        return self._shares[copy] if self._differ else self._coverage

    def covered(self, copy: int = 0) -> Box:
        """The box around the whole of one copy."""
        found = NOWHERE
        for index, coverage in self._of(copy).items():
            rows, columns = np.flatnonzero(coverage.any(axis=1)), np.flatnonzero(coverage.any(axis=0))
            if len(rows):
                place = self.layer.tiles.tile_box(index)
                box = Box.around(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
                found = found.union(box.moved(place.x, place.y))
        return found

    def coverage(self, box: Box, copy: int = 0) -> Coverage:
        """The coverage that one copy leaves on a box of the picture."""
        found = np.zeros((box.height, box.width), np.float32)
        for index, coverage in self._of(copy).items():
            place = self.layer.tiles.tile_box(index)
            common = place.intersect(box)
            if not common.is_empty:
                found[common.moved(-box.x, -box.y).slices()] = coverage[common.moved(-place.x, -place.y).slices()]
        return found

    def lay_again(self, pictures: Sequence[Look], box: Box) -> list[Box]:
        """The stroke, all of which lies in this box, with other pictures."""
        self._pictures = list(pictures)
        dirty = {}
        for index in self._coverage:
            place = self.layer.tiles.tile_box(index)
            dirty[index] = place.intersect(box).moved(-place.x, -place.y)
        return self._lay_all(dirty)

    def _mixed(self, old: NDArray[Any], index: Index, box: Box, chosen: NDArray[np.uint8] | None) -> NDArray[Any]:
        place = self.layer.tiles.tile_box(index)
        picture = self._seen(index, box, box.moved(place.x, place.y))
        covered = self._coverage[index][box.slices()]
        return lay_picture(old, covered, picture, self.brush.opacity, chosen, over=self._over)

    def _seen(self, index: Index, box: Box, place: Box) -> Paint:
        """The picture at a place; where copies overlap, theirs by what each covers, whatever their order."""
        there = [
            (shares[index][box.slices()], picture)
            for shares, picture in zip(self._shares, self._pictures, strict=True)
            if index in shares
        ]
        there = [(share, picture) for share, picture in there if share.any()]
        if not self._differ or not there:
            return self._pictures[0](place)
        if len(there) == 1:
            return there[0][1](place)
        shares = np.stack([share for share, _ in there])
        total = in_order(shares)[..., None]
        paint = in_order(np.stack([share[..., None] * picture(place) for share, picture in there]))
        return np.asarray(np.divide(paint, total, out=np.zeros_like(paint), where=total > 0), np.float32)
