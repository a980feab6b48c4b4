"""Pixels lifted off a layer, to be put down again elsewhere: all of it, or what is selected."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.documents.painting import Layer, Painting, Tiles
from gesso.documents.painting.edits import AnyEdit, ReplaceTiles, SetMask, SetSelection, masked
from gesso.documents.painting.tiles import Index
from gesso.operations.painting.fill import laid_on
from gesso.operations.painting.transform import How, Matrix, reach, transformed
from gesso.ui.canvas_steps import mask_by_matrix, seen_of
from gesso.values import Box

Pixels = NDArray[Any]


class Lifted:
    """What was lifted, where it lay, and what was left behind."""

    def __init__(self, painting: Painting, layer: Layer) -> None:
        self.layer, self._painting = layer, painting
        self.box = seen_of(layer.tiles)
        self._selection = painting.selection
        if self._selection is not None:
            self.box = self.box.intersect(seen_of(self._selection))
        self.pixels = layer.tiles.read(self.box)
        self.rest: dict[Index, Pixels] = {}
        """The layer's tiles without it, as far as they are others."""
        if self._selection is None:
            self.rest = {index: np.zeros_like(tile) for index, tile in layer.tiles.tiles.items()}
        else:
            chosen = self._selection.read(self.box)
            self.pixels[..., 3:] = _shared(self.pixels[..., 3:], chosen)
            self.pixels[self.pixels[..., 3] == 0] = 0
            self._cut(self._selection)
            if not self.pixels.any():
                self.box = Box(0, 0, 0, 0)

    def _cut(self, selection: Tiles) -> None:
        for index in self.layer.tiles.touched(self.box):
            tile, chosen = self.layer.tiles.tiles.get(index), selection.tiles.get(index)
            if tile is not None and chosen is not None:
                self.rest[index] = masked(tile, np.zeros_like(tile), chosen)

    def put(self, matrix: Matrix, how: How) -> dict[Index, Pixels]:
        """The layer's tiles with it put down through a matrix, as far as they are others than `rest`."""
        tiles, found = self.layer.tiles, {}
        where = reach(matrix, self.box).clip(tiles.size)
        if where.is_empty:
            return found
        above = transformed(self.pixels, self.box, matrix, where, how)
        for index in tiles.touched(where):
            place = tiles.tile_box(index)
            part = place.intersect(where)
            new = above[part.moved(-where.x, -where.y).slices()]
            if not new.any():
                continue
            below = self.rest.get(index, tiles.tiles.get(index))
            tile = np.zeros((place.height, place.width, 4), tiles.dtype) if below is None else below.copy()
            inside = part.moved(-place.x, -place.y).slices()
            tile[inside] = _over(tile[inside], new) if self._selection is not None else new
            found[index] = tile
        return found

    def edits(self, tiles: dict[Index, Pixels], matrix: Matrix, how: How) -> list[AnyEdit]:
        """One transaction: the pixels, and the mask or the selection with them."""
        changed: dict[Index, Pixels | None] = {}
        for index, tile in {**self.rest, **tiles}.items():
            old = self.layer.tiles.tiles.get(index)
            if not tile.any():
                if old is not None:
                    changed[index] = None
            elif old is None or not np.array_equal(old, tile):
                tile.flags.writeable = False
                changed[index] = tile
        found: list[AnyEdit] = [ReplaceTiles(self.layer.id, changed)] if changed else []
        if self._selection is not None:
            found.append(SetSelection(self._moved_selection(self._selection, matrix, how)))
        elif self.layer.mask is not None:
            found.append(SetMask(self.layer.id, mask_by_matrix(self.layer.mask, self.layer.tiles.size, matrix, how)))
        return found

    def _moved_selection(self, selection: Tiles, matrix: Matrix, how: How) -> Tiles | None:
        box, size = seen_of(selection), selection.size
        where, empty = reach(matrix, box).clip(size), Tiles(size, np.uint8, 1)
        if where.is_empty:
            return None
        found = empty.written(where, transformed(selection.read(box), box, matrix, where, how))
        return found if found.tiles else None


def _shared(alpha: Pixels, share: Pixels) -> Pixels:
    return np.asarray(np.rint(alpha.astype(np.float64) * share / 255).astype(alpha.dtype))


def _over(base: Pixels, above: Pixels) -> Pixels:
    paint = above.astype(np.float32) / np.float32(np.iinfo(above.dtype).max)
    return laid_on(base, paint, np.ones(base.shape[:2], np.float32))
