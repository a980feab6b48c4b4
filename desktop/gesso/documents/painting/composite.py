"""What a painting looks like: layers and groups composited tile by tile."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.documents.painting.blend import over
from gesso.documents.painting.painting import ROOT, Group, Layer, Node, Painting
from gesso.documents.painting.tiles import TILE, Index, Tiles
from gesso.values import Box

Floats = NDArray[np.float32]
Pair = tuple[Floats, Floats]
"""Premultiplied colour (h, w, 3) and alpha (h, w, 1)."""


def composite(painting: Painting, box: Box | None = None, exclude: Collection[str] = ()) -> NDArray[Any]:
    """The painting, or a box of it, as (h, w, 4) of its depth, straight alpha; without the excluded nodes."""
    box = box or painting.size.box
    out = np.zeros((box.height, box.width, 4), painting.dtype)
    grid = Tiles(painting.size, painting.dtype)
    for index in grid.touched(box):
        place = grid.tile_box(index)
        common = place.intersect(box)
        tile = composite_tile(painting, index, exclude)
        if tile is not None:
            out[common.moved(-box.x, -box.y).slices()] = tile[common.moved(-place.x, -place.y).slices()]
    return out


def composite_tile(painting: Painting, index: Index, exclude: Collection[str] = ()) -> NDArray[Any] | None:
    """One tile as it looks, of the painting's depth; None when it is empty."""
    shown = [c for c in painting.root.children if c not in exclude and _shows(painting, painting.nodes[c], index)]
    if not shown:
        return None
    top = float(np.iinfo(painting.dtype).max)
    last = painting.nodes[shown[-1]]
    if isinstance(last, Layer) and last.opacity == 1 and last.mask is None and last.blend == "normal":
        tile = last.tiles.tiles[index]
        # A plain layer that stands alone or covers all: its own pixels, exactly.
        if len(shown) == 1 or bool((tile[..., 3] == top).all()):
            return tile
    colour, alpha = _group(painting, painting.root, index, exclude)
    with np.errstate(divide="ignore", invalid="ignore"):
        plain = np.where(alpha > 0, colour / alpha, 0)
    found = np.concatenate([plain, alpha], axis=2)
    return np.asarray(np.rint(np.clip(found, 0, 1) * np.float32(top)), painting.dtype)


def _shows(painting: Painting, node: Node, index: Index) -> bool:
    if not node.visible or node.opacity <= 0:
        return False
    if node.mask is not None and index not in node.mask.tiles:
        return False
    if isinstance(node, Layer):
        return index in node.tiles.tiles
    assert isinstance(node, Group)
    return any(_shows(painting, painting.nodes[child], index) for child in node.children)


def _group(painting: Painting, group: Group, index: Index, exclude: Collection[str]) -> Pair:
    place = Box(index[0] * TILE, index[1] * TILE, TILE, TILE).clip(painting.size)
    colour = np.zeros((place.height, place.width, 3), np.float32)
    alpha = np.zeros((place.height, place.width, 1), np.float32)
    for child in group.children:
        node = painting.nodes[child]
        if child in exclude or not _shows(painting, node, index):
            continue
        if isinstance(node, Group):
            inner, inner_alpha = _group(painting, node, index, exclude)
            with np.errstate(divide="ignore", invalid="ignore"):
                source = np.where(inner_alpha > 0, inner / inner_alpha, 0).astype(np.float32)
            source_alpha = inner_alpha
        else:
            assert isinstance(node, Layer)
            tile = node.tiles.tiles[index]
            pixels = tile.astype(np.float32) * np.float32(1 / node.tiles.top)
            source, source_alpha = pixels[..., :3], pixels[..., 3:]
        if node.opacity < 1:
            source_alpha = source_alpha * np.float32(node.opacity)
        if node.mask is not None:
            source_alpha = source_alpha * (node.mask.tiles[index].astype(np.float32) * np.float32(1 / 255))
        colour, alpha = over(colour, alpha, source, source_alpha, node.blend)
    return colour, alpha


__all__ = ["ROOT", "composite", "composite_tile"]
