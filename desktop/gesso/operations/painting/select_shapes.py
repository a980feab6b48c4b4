"""Shapes as masks: every pixel at an edge counts by the area of it that lies inside, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from math import acos, ceil, cos, pi, sin
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.values import Box, Size

Mask = NDArray[np.uint8]
Floats = NDArray[np.float64]
Point = tuple[float, float]

FINE = 1 << 16
"""Parts of a pixel that corners are rounded to."""
SAGITTA_PX = 1 / 1024
"""How far the corners' polygon may lie inside a round shape: less than a level of the mask."""


def coverage(size: Size, points: Sequence[Point]) -> Mask:
    """(height, width): what a closed line encloses by the even-odd rule, pixels at the edge by their area.

    Each piece of the line adds the signed area to the right of it to its row, and a running sum along the row gives the
    share that is covered (Raph Levien's font-rs, 2016). Exact to the rounding, except in a pixel in which the line
    crosses itself.
    """
    found = np.zeros((size.height, size.width), np.uint8)
    if len(points) < 3 or size.is_empty:
        return found
    pieces = _pieces(np.rint(np.asarray(points, np.float64) * FINE) / FINE, size)
    if pieces is None:
        return found
    row, column, rise, right = pieces
    wide = size.width + 1  # one more column, in which what lies right of the mask comes to its end
    at = row * wide + column
    # The part left of a piece belongs to the next pixel on.
    cells, place = np.unique(np.concatenate([at, at + 1]), return_inverse=True)
    wound = np.cumsum(np.bincount(place, np.concatenate([rise * right, rise * (1 - right)])))
    levels = _folded(wound)
    # Between two touched pixels nothing changes: only the steps are written down, and summed up in whole numbers.
    steps = np.diff(levels, prepend=np.uint8(0))
    flat = np.zeros(size.height * wide + 2, np.uint8)
    flat[cells] = steps
    return np.ascontiguousarray(np.cumsum(flat[: size.height * wide], dtype=np.uint8).reshape(-1, wide)[:, :-1])


def _folded(wound: NDArray[Any]) -> Mask:
    """By the even-odd rule: twice around is outside again."""
    return np.asarray(np.rint(np.abs(wound - 2 * np.rint(wound / 2)) * 255), np.uint8)


def _pieces(corners: Floats, size: Size) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats, Floats] | None:
    """The line cut at every row and column: row and column of each piece, its signed height, and the share of its
    pixel that lies to the right of it.

    What lies left of the mask counts at its left edge, what lies right of it not at all.
    """
    ends = np.roll(corners, -1, axis=0)
    keep = corners[:, 1] != ends[:, 1]
    a, b = _cut(corners[keep], ends[keep], 1, 0, size.height)
    inside = (np.maximum(a[:, 1], b[:, 1]) > 0) & (np.minimum(a[:, 1], b[:, 1]) < size.height)
    a, b = a[inside], b[inside]
    a, b = _cut(a, b, 0, 0, size.width)
    if not len(a):
        return None
    middle = (a + b) / 2
    rise = b[:, 1] - a[:, 1]
    x = np.clip(middle[:, 0], 0, size.width)
    column = np.minimum(np.floor(x).astype(np.int64), size.width)
    row = np.clip(np.floor(middle[:, 1]).astype(np.int64), 0, size.height - 1)
    return row, column, rise, 1 - (x - column)


def _cut(a: Floats, b: Floats, axis: int, low: int, high: int) -> tuple[Floats, Floats]:
    """Pieces cut wherever they cross a whole number of an axis, from low to high."""
    least, most = np.minimum(a[:, axis], b[:, axis]), np.maximum(a[:, axis], b[:, axis])
    first = np.clip(np.floor(least) + 1, low, high + 1).astype(np.int64)
    last = np.clip(np.ceil(most) - 1, low - 1, high).astype(np.int64)
    cuts = np.maximum(last - first + 1, 0)
    owner = np.repeat(np.arange(len(a)), cuts + 1)
    number = np.arange(len(owner)) - np.repeat(np.cumsum(cuts + 1) - (cuts + 1), cuts + 1)
    rising = (b[:, axis] >= a[:, axis])[owner]

    def at(step: NDArray[np.int64]) -> Floats:
        """The place of a piece's cut, counted along its direction; before the first its start, after the last its end."""
        inner = np.where(rising, first[owner] + step - 1, last[owner] - step + 1).astype(np.float64)
        way = (b - a)[owner]
        run = way[:, axis]
        share = np.divide(inner - a[owner][:, axis], run, out=np.zeros_like(run), where=run != 0)
        place = a[owner] + way * share[:, None]
        place[:, axis] = inner
        place = np.where((step == 0)[:, None], a[owner], place)
        return np.where((step > cuts[owner])[:, None], b[owner], place)

    return at(number), at(number + 1)


def round_line(centre: Point, radius_x: float, radius_y: float) -> list[Point]:
    """An ellipse as corners so close that nobody sees them."""
    longest = max(abs(radius_x), abs(radius_y), 0.5)
    count = max(16, ceil(pi / acos(1 - SAGITTA_PX / longest)))
    turns = (2 * pi * step / count for step in range(count))
    return [(centre[0] + radius_x * cos(turn), centre[1] + radius_y * sin(turn)) for turn in turns]


def ellipse(size: Size, box: tuple[float, float, float, float]) -> Mask:
    """The ellipse that fits between left, top, right and bottom."""
    left, top, right, bottom = box
    centre = ((left + right) / 2, (top + bottom) / 2)
    return coverage(size, round_line(centre, (right - left) / 2, (bottom - top) / 2))


def around(points: Sequence[Point], size: Size) -> Box:
    """The whole pixels that a line may touch, inside the picture."""
    corners = np.asarray(points, np.float64)
    low, high = np.floor(corners.min(axis=0)).astype(int), np.ceil(corners.max(axis=0)).astype(int)
    return Box.around(int(low[0]), int(low[1]), int(high[0]), int(high[1])).clip(size)


def brushed(size: Size, start: Point, stop: Point, radius: float, hardness: float) -> Mask:
    """A straight stroke of a round brush: covered within its radius, softer outside of `hardness` of it."""
    y, x = np.mgrid[0 : size.height, 0 : size.width].astype(np.float32)
    px, py = x + np.float32(0.5 - start[0]), y + np.float32(0.5 - start[1])
    way_x, way_y = stop[0] - start[0], stop[1] - start[1]
    length = way_x * way_x + way_y * way_y
    along = np.clip((px * way_x + py * way_y) / length, 0, 1) if length > 0 else np.float32(0)
    away = np.hypot(px - along * way_x, py - along * way_y)
    inner, outer = min(radius * hardness, radius - 0.5), radius + 0.5
    return np.asarray(np.rint(np.clip((outer - away) / (outer - inner), 0, 1) * 255), np.uint8)
