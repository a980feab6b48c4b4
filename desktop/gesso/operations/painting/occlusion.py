"""Which parts of a picture moved the result at one place: grey patches are slid over it (Zeiler and Fergus, arXiv 1311.2901)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.values import Box, Progress, Size

Pixels = NDArray[Any]
Heat = NDArray[np.float32]
SIDES = (5, 9, 15, 25)
"""Patches along each side of the area, from coarse to fine: each pass is seen while the next is under way."""
OVERLAP = 2
"""A patch is about this many steps wide, so that every pixel is covered by several."""


def patches(area: Box, side: int) -> list[Box]:
    """`side` times `side` overlapping patches that cover an area, fewer where it has fewer pixels; cut off at its edges."""

    def spans(start: int, length: int) -> list[tuple[int, int]]:
        edges = np.linspace(0, length, min(side, length) + 1).round().astype(int)
        more = (length / min(side, length)) * (OVERLAP - 1) / 2
        lefts = [max(0, round(left - more)) for left in edges[:-1]]
        rights = [min(length, round(right + more)) for right in edges[1:]]
        return [(start + left, right - left) for left, right in zip(lefts, rights, strict=True)]

    columns = spans(area.x, area.width)
    return [Box(x, y, width, height) for y, height in spans(area.y, area.height) for x, width in columns]


def covered(colour: Pixels, patch: Box) -> Pixels:
    """A copy with a patch of middle grey."""
    found = np.array(colour)
    found[patch.slices()] = 32768 if colour.dtype == np.uint16 else 128
    return found


def moved(before: Pixels, after: Pixels, spot: Box) -> float:
    """How far a spot of the result went, of 0-1, the mean over its pixels and colours."""
    place = spot.clip(Size(before.shape[1], before.shape[0])).slices()
    top = float(np.iinfo(before.dtype).max)
    return float(np.abs(before[place].astype(np.float64) - after[place]).mean() / top)


def spread(area: Box, listed: Sequence[Box], changes: Sequence[float]) -> Heat:
    """(height, width) of the area: for each pixel, the mean change of the patches that cover it."""
    total, count = np.zeros((2, area.height, area.width), np.float64)
    for patch, change in zip(listed, changes, strict=True):
        place = patch.moved(-area.x, -area.y).slices()
        total[place] += change
        count[place] += 1
    return np.asarray(total / np.maximum(count, 1), np.float32)


def heats(
    run: Callable[[Pixels, Progress], Pixels],
    colour: Pixels,
    area: Box,
    spot: Box,
    progress: Progress,
    goes_on: Callable[[int], bool] = lambda runs: True,
) -> Iterator[Heat]:
    """What moved `spot` of `run(colour)`, pass by pass, each finer than the one before.

    `area` is the part of the input that patches are slid over, `spot` lies in the result. Before each pass but the first
    `goes_on` is asked with the number of runs that it takes. Where the whole area has no more pixels than patches, the
    next pass would be the same and is left out.
    """
    grids = [patches(area, side) for side in SIDES]
    grids = [grid for at, grid in enumerate(grids) if not at or len(grid) > len(grids[at - 1])]
    total, done = sum(len(grid) for grid in grids), 0
    before = run(colour, progress.part(0, 0))
    for number, grid in enumerate(grids):
        if number and not goes_on(len(grid)):
            return
        changes = []
        for patch in grid:
            progress.at(done / total)
            changes.append(moved(before, run(covered(colour, patch), progress.part(0, 0)), spot))
            done += 1
        yield spread(area, grid, changes)
