"""Selecting: a shape drawn with the pointer becomes a selection, joined with the one that was there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gesso.documents.painting import Painting, Tiles
from gesso.operations.painting.select import Mask, Mode, combine, invert, polygon
from gesso.values import Box, Size


def empty(size: Size) -> Tiles:
    """A selection of nothing."""
    return Tiles(size, np.uint8, 1)


def joined(painting: Painting, box: Box, mask: Mask, mode: Mode) -> Tiles | None:
    """The new selection; None when it selects everything, or nothing any more.

    Only the tiles that the shape meets are looked at. Without a selection everything is selected, but adding to it
    begins a new one: that is what the gesture is for.
    """
    old = painting.selection
    if old is None:
        if mode == "subtract":
            old = inverse(empty(painting.size), painting.size)
        else:
            old, mode = empty(painting.size), "replace"
    box_clipped = box.clip(painting.size)
    mask = mask[box_clipped.moved(-box.x, -box.y).slices()]
    new = combine(old.read(box_clipped)[..., 0], mask, mode)[..., None]
    ground = old if mode in ("add", "subtract") else empty(painting.size)
    found = ground.written(box_clipped, new) if new.size else ground
    return found if found.tiles else None


def inverse(selection: Tiles, size: Size) -> Tiles | None:
    """Everything that was not selected; None when that is nothing."""
    found = {}
    for index in selection.touched(size.box):
        place = selection.tile_box(index)
        tile = selection.tiles.get(index)
        new = np.full((place.height, place.width, 1), 255, np.uint8) if tile is None else invert(tile)
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


def extent(selection: Tiles) -> tuple[Box, Mask]:
    """The part of a selection that its tiles cover."""
    box = selection.extent()
    return box, selection.read(box)[..., 0]
