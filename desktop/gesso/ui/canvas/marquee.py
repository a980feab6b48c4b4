"""Selecting: a shape drawn with the pointer becomes a selection, joined with the one that was there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.documents.painting import TILE, Layer, Painting, Tiles, composite
from gesso.operations.painting.select import Mask, Mode, combine, invert
from gesso.operations.painting.select_shapes import around, coverage
from gesso.values import Box, Size


def empty(size: Size) -> Tiles:
    """A selection of nothing."""
    return Tiles(size, np.uint8, 1)


@cache
def full(width: int, height: int) -> Mask:
    """A tile that is selected throughout; one array serves them all."""
    found = np.full((height, width, 1), 255, np.uint8)
    found.flags.writeable = False
    return found


def joined(painting: Painting, box: Box, mask: Mask, mode: Mode) -> Tiles | None:
    """The new selection; None when it selects everything, or nothing any more.

    Only the tiles that the shape meets are looked at. Without a selection everything is selected, but adding to it
    begins a new one: that is what the gesture is for.
    """
    old, size = painting.selection, painting.size
    if old is None:
        if mode == "subtract":
            old = inverse(empty(size), size) or empty(size)
        else:
            old, mode = empty(size), "replace"
    found = dict(old.tiles) if mode in ("add", "subtract") else {}
    for index in old.touched(box):
        place = old.tile_box(index)
        common = place.intersect(box)
        part = mask[common.moved(-box.x, -box.y).slices()]
        tile = _joined_tile(old.tiles.get(index), part, common.moved(-place.x, -place.y), place.size, mode)
        if tile is None:
            found.pop(index, None)
        else:
            found[index] = tile
    return Tiles(size, np.uint8, 1, found) if found else None


def _joined_tile(old: Mask | None, part: Mask, place: Box, size: Size, mode: Mode) -> Mask | None:
    if place.size == size and part.min() == 255:
        return old if mode == "intersect" else None if mode == "subtract" else full(size.width, size.height)
    new = np.zeros((size.height, size.width, 1), np.uint8)
    new[place.slices()] = part[..., None]
    found = combine(np.zeros_like(new) if old is None else old, new, mode)
    if not found.any():
        return None
    found.flags.writeable = False
    return found


def inverse(selection: Tiles, size: Size) -> Tiles | None:
    """Everything that was not selected; None when that is nothing."""
    found = {}
    for index in selection.touched(size.box):
        place = selection.tile_box(index)
        tile = selection.tiles.get(index)
        new = full(place.width, place.height) if tile is None else invert(tile)
        if new.any():
            new.flags.writeable = False
            found[index] = new
    return Tiles(size, np.uint8, 1, found) if found else None


def rectangle_between(a: tuple[float, float], b: tuple[float, float], size: Size) -> tuple[Box, Mask]:
    """Whole pixels between two corners, and their mask."""
    xs, ys = sorted((round(a[0]), round(b[0]))), sorted((round(a[1]), round(b[1])))
    box = Box.around(xs[0], ys[0], xs[1], ys[1]).clip(size)
    return box, np.full((box.height, box.width), 255, np.uint8)


def lasso(points: Sequence[tuple[float, float]], size: Size) -> tuple[Box, Mask]:
    """What a drawn line encloses, and the box it lies in."""
    box = around(points, size)
    return box, coverage(box.size, [(x - box.x, y - box.y) for x, y in points])


def reshaped(selection: Tiles, margin_px: float, shape: Callable[[Mask], Mask]) -> Tiles | None:
    """A selection whose edge is moved or softened by at most `margin_px`; None when nothing is left.

    Worked on in blocks with so much around them; a block far from every edge stays as it is, or becomes empty when
    `shape` keeps edges alone.
    """
    size, margin = selection.size, ceil(margin_px) + 2
    side = TILE * max(1, ceil(2 * margin / TILE))
    whole, found = selection.extent().grow(margin).clip(size), Tiles(size, np.uint8, 1)
    inner = bool(shape(np.full((1, 1), 255, np.uint8))[0, 0])
    for y in range(whole.y // side * side, whole.bottom, side):
        for x in range(whole.x // side * side, whole.right, side):
            block = Box(x, y, side, side).clip(size)
            near = block.grow(margin).clip(size)
            mask = selection.read(near)[..., 0]
            if not mask.any() or (mask.min() == 255 and not inner):
                continue
            if mask.min() < 255:
                mask = shape(mask)
            part = np.ascontiguousarray(mask[block.moved(-near.x, -near.y).slices()])
            found = found.written(block, part[..., None])
    return found if found.tiles else None


def of_alpha(layer: Layer) -> Tiles | None:
    """What of a layer can be seen, as a selection; None when that is nothing."""
    found = {}
    for index, tile in layer.tiles.tiles.items():
        alpha = tile[..., 3:]
        part = alpha if alpha.dtype == np.uint8 else np.rint(alpha.astype(np.float32) / 257).astype(np.uint8)
        if part.any():
            part = np.ascontiguousarray(part)
            part.flags.writeable = False
            found[index] = part
    return Tiles(layer.tiles.size, np.uint8, 1, found) if found else None


def looked_at(painting: Painting, box: Box, *, everything: bool) -> NDArray[Any]:
    """The pixels (h, w, 4) that a wand or a fill goes by: of all that is seen, or of the active layer."""
    layer = painting.active_layer
    return composite(painting, box) if everything or layer is None else layer.tiles.read(box)


def thinned(selection: Tiles, box: Box, stride: int) -> Mask:
    """Every `stride`-th pixel of the whole tiles that a box is made of."""
    found = np.zeros((-(-box.height // stride), -(-box.width // stride)), np.uint8)
    for index in selection.touched(box):
        tile, place = selection.tiles.get(index), selection.tile_box(index)
        if tile is not None:
            part = tile[::stride, ::stride, 0]
            x, y = (place.x - box.x) // stride, (place.y - box.y) // stride
            found[y : y + part.shape[0], x : x + part.shape[1]] = part
    return found
