"""Selecting: a shape drawn with the pointer becomes a selection, joined with the one that was there."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from gesso.documents.painting import Painting, Tiles
from gesso.operations.painting.select import Mask, Mode, combine, invert, polygon
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
    corners = np.asarray(points, np.float64)
    low, high = np.floor(corners.min(axis=0)).astype(int), np.ceil(corners.max(axis=0)).astype(int)
    box = Box.around(int(low[0]), int(low[1]), int(high[0]), int(high[1])).clip(size)
    inside: NDArray[np.float64] = corners - (box.x, box.y)
    return box, polygon(box.size, [(float(x), float(y)) for x, y in inside])


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
