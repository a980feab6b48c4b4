"""Flat pictures of a painting and its layers, as they are seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.documents.painting import Group, Layer, Painting, Tiles, composite
from gesso.documents.painting.composite import composite_tile
from gesso.documents.painting.painting import ROOT
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
    return replace(Picture.from_rgba(pixels), dpi=painting.dpi)


def together(painting: Painting, ids: Sequence[str]) -> Tiles:
    """How some neighbours look by themselves."""
    part = replace(painting, nodes={**painting.nodes, ROOT: Group(ROOT, "", children=tuple(ids))})
    empty = painting.empty_tiles()
    found: dict[Index, NDArray[Any] | None] = {}
    for index in empty.touched(painting.size.box):
        tile = composite_tile(part, index)
        if tile is not None and tile.any():
            found[index] = tile
    return empty.replaced(found)


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


def shown(painting: Painting, id: str) -> Tiles:
    """What a layer or a group shows by itself, where it is selected; a layer's colours stay exactly as they are."""
    node = painting.nodes[id]
    if isinstance(node, Layer):
        tiles = node.tiles if node.mask_in_force is None else veiled(node.tiles, node.mask_in_force)
    else:
        bare = replace(node, opacity=1.0, visible=True, blend="normal", clipped=False)
        tiles = together(replace(painting, nodes={**painting.nodes, id: bare}), (id,))
    return tiles if painting.selection is None else veiled(tiles, painting.selection)


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
