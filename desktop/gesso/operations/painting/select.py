"""Selections as masks: (height, width) uint8, 0 outside, 255 inside, between them at soft edges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gesso.values import Box, Size

Mask = NDArray[np.uint8]
Line = NDArray[np.float64]
"""Corners of a closed outline, (corners, 2), x before y."""
Mode = Literal["replace", "add", "subtract", "intersect"]

FINE_AREA, COARSE_AREA = 1_000_000, 8_000_000
"""Up to these areas an outline is filled at 4 and 2 times its size; a larger one has softness to spare."""


def rectangle(size: Size, box: Box) -> Mask:
    """Whole pixels inside a box."""
    found = np.zeros((size.height, size.width), np.uint8)
    found[box.clip(size).slices()] = 255
    return found


def polygon(size: Size, points: Sequence[tuple[float, float]], antialias: bool = True) -> Mask:
    """What a closed line encloses, by the even-odd rule; with `antialias`, pixels at its edge count by their area."""
    found = np.zeros((size.height, size.width), np.uint8)
    if len(points) < 3 or size.is_empty:
        return found
    import cv2

    corners = np.asarray(points, np.float64)
    low, high = np.floor(corners.min(axis=0)), np.ceil(corners.max(axis=0))
    box = Box.around(int(low[0]), int(low[1]), int(high[0]), int(high[1])).clip(size)
    if box.is_empty:
        return found
    fine = 1 if not antialias or box.size.area > COARSE_AREA else 2 if box.size.area > FINE_AREA else 4
    large = np.zeros((box.height * fine, box.width * fine), np.uint8)
    # The filler counts from pixel centres and takes the edge pixels in; 1/256 pixels keep it off them.
    inside = (corners - (box.x, box.y)) * fine - 0.5
    fixed = np.clip(np.rint(inside * 256), -(2**30), 2**30).astype(np.int32)
    line = cv2.LINE_AA if antialias and fine == 1 else cv2.LINE_8
    cv2.fillPoly(large, [fixed.reshape(-1, 1, 2)], 255, lineType=line, shift=8)
    if fine > 1:
        large = cv2.resize(large, (box.width, box.height), interpolation=cv2.INTER_AREA)
    found[box.slices()] = large
    return found


def combine(old: Mask, new: Mask, mode: Mode) -> Mask:
    """Two selections as one."""
    if mode == "replace":
        return new.copy()
    if mode == "add":
        return np.maximum(old, new)
    if mode == "subtract":
        return np.minimum(old, 255 - new)
    return np.minimum(old, new)


def invert(mask: Mask) -> Mask:
    """What was outside."""
    return np.asarray(255 - mask, np.uint8)


def feather(mask: Mask, px: float) -> Mask:
    """Edges that fade over about `px` to each side; the picture's own border does not fade."""
    if px <= 0 or mask.size == 0:
        return mask.copy()
    import cv2

    return np.asarray(cv2.GaussianBlur(mask, (0, 0), px / 2, borderType=cv2.BORDER_REPLICATE), np.uint8)


def outline(mask: Mask) -> list[Line]:
    """Closed lines along the edges of all pixels that are at least half selected, holes included."""
    import cv2

    if not mask.size:
        return []
    hard = cv2.threshold(mask, 127, 255, cv2.THRESH_BINARY)[1]
    # The tracer walks pixel centres. At twice the size these lie a quarter pixel inside the edges and round to them.
    twice = cv2.resize(hard, None, fx=2, fy=2, interpolation=cv2.INTER_NEAREST)
    lines, _ = cv2.findContours(twice, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    found = []
    for line in lines:
        corners = np.rint((line[:, 0, :] + 0.5) / 2)
        moved = (corners != np.roll(corners, 1, axis=0)).any(axis=1)
        found.append(corners[moved])
    return found
