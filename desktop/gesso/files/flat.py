"""Flat pictures of a painting and its layers, as they are seen."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.documents.painting import Layer, Painting, Tiles, composite
from gesso.documents.painting.tiles import Index
from gesso.values import Box, Picture, Progress

STRIP_PX = 1024
"""So many rows are flattened at a time."""


def flat(painting: Painting, progress: Progress) -> Picture:
    """All that is seen as one picture, a strip at a time so that it can be cancelled."""
    size = painting.size
    pixels = np.empty((size.height, size.width, 4), painting.dtype)
    for top in range(0, size.height, STRIP_PX):
        strip = Box(0, top, size.width, min(STRIP_PX, size.height - top))
        pixels[strip.slices()] = composite(painting, strip)
        progress.at(strip.bottom / size.height)
    return Picture.from_rgba(pixels)


def veiled(tiles: Tiles, mask: Tiles) -> Tiles:
    """Pixels with a mask in their alpha; nothing stays where it hides all."""
    found: dict[Index, NDArray[Any] | None] = {}
    for index, tile in tiles.tiles.items():
        veil = mask.tiles.get(index)
        if veil is None:
            found[index] = None
        elif veil.min() < 255:
            new = tile.copy()
            new[..., 3] = (tile[..., 3].astype(np.uint32) * veil[..., 0] + 127) // 255
            new[veil[..., 0] == 0] = 0
            found[index] = new if new.any() else None
    return tiles.replaced(found)


def shown(layer: Layer, selection: Tiles | None = None) -> Tiles:
    """A layer's pixels with its mask in their alpha, and only what is selected of them."""
    tiles = layer.tiles
    for mask in (layer.mask_in_force, selection):
        if mask is not None:
            tiles = veiled(tiles, mask)
    return tiles


def tight(tiles: Tiles) -> Box:
    """The smallest box around all that is not empty."""
    found = Box(0, 0, 0, 0)
    for index, tile in tiles.tiles.items():
        place = tiles.tile_box(index)
        seen = tile.max(axis=2)
        rows, columns = np.flatnonzero(seen.max(axis=1)), np.flatnonzero(seen.max(axis=0))
        if len(rows):
            own = Box.around(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
            found = found.union(own.moved(place.x, place.y))
    return found
