"""Selections as masks: (height, width) uint8, 0 outside, 255 inside, between them at soft edges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gesso.operations.painting.select_shapes import around, coverage
from gesso.values import Box, Size

Mask = NDArray[np.uint8]
Line = NDArray[np.float64]
"""Corners of a closed outline, (corners, 2), x before y."""
Mode = Literal["replace", "add", "subtract", "intersect"]


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
    box = around(points, size)
    if box.is_empty:
        return found
    mask = coverage(box.size, [(x - box.x, y - box.y) for x, y in points])
    found[box.slices()] = mask if antialias else np.where(mask >= 128, 255, 0)
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
