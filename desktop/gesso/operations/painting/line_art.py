"""Line art: from the chance of a line at each pixel to thin lines, as an inker would keep them.

A line runs along the crest of the chances: pixels beside it, across it, are weaker (Canny, PAMI 1986). Weak pieces stay
where they hang on strong ones. What is left is taken down to one pixel (Guo and Hall, CACM 1989).
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Truth = NDArray[np.bool_]

READINGS = 3
"""Of the model: the chance that anybody, some, most of those who outline a picture would draw here."""
SMOOTH_PX = 2
"""Radius of the triangle by which chances are smoothed before they are asked which way their lines run."""
FAVOUR = 1.01
"""A pixel counts as the crest up to this share below its neighbour, so that level crests do not tear."""
WEAK = 0.55
"""A piece of a line may fall to this share of what a line has to reach somewhere."""


def mixed(chances: Floats, detail: float) -> Floats:
    """(3, h, w) -> (h, w): what most would draw at no detail, what some would at half, what anybody would at full."""
    anybody, some, most = chances
    if detail < 0.5:
        return np.asarray(most + (some - most) * (2 * detail), np.float32)
    return np.asarray(some + (anybody - some) * (2 * detail - 1), np.float32)


def across(strength: Floats) -> NDArray[np.float64]:
    """The angle, at each pixel, at which one leaves the line that runs there: where the chances bend most."""
    import cv2

    line = np.convolve(np.ones(SMOOTH_PX + 1), np.ones(SMOOTH_PX + 1))
    line /= line.sum()
    smooth = cv2.sepFilter2D(strength.astype(np.float64), -1, line, line, borderType=cv2.BORDER_REFLECT)
    dy, dx = np.gradient(smooth)
    dxy, dxx = np.gradient(dx)
    dyy, _ = np.gradient(dy)
    # On a crest it bends down, on the flanks up: either way most strongly across the line.
    bends_down = dxx + dyy < 0
    return np.asarray(0.5 * np.arctan2(2 * dxy, dxx - dyy) + np.where(bends_down, np.pi / 2, 0))


def crests(strength: Floats) -> Floats:
    """The chances with 0 wherever a pixel beside it, across its line, is stronger."""
    import cv2

    angle = across(strength)
    y, x = np.mgrid[0 : strength.shape[0], 0 : strength.shape[1]].astype(np.float32)
    dx, dy = np.cos(angle).astype(np.float32), np.sin(angle).astype(np.float32)
    kept = strength.copy()
    for side in (-1, 1):
        beside = cv2.remap(strength, x + side * dx, y + side * dy, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        kept[strength * FAVOUR < beside] = 0
    return kept


def hanging_together(crest: Floats, strong: float) -> Truth:
    """Pixels of at least `strong`, and weaker ones that touch them through pixels that are not too weak."""
    import cv2

    count, numbers = cv2.connectedComponents((crest >= strong * WEAK).astype(np.uint8), connectivity=8)
    stays = np.zeros(count, bool)
    stays[numbers[crest >= strong]] = True
    stays[0] = False
    return np.asarray(stays[numbers])


def thinned(shape: Truth) -> Truth:
    """Taken down to lines of one pixel, without tearing anything apart."""
    import cv2

    weights = np.array([[128, 1, 2], [64, 0, 4], [32, 16, 8]], np.float32)
    kept = shape.astype(np.uint8)
    while True:
        before = int(kept.sum())
        for goes in _goes():
            code = cv2.filter2D(kept.astype(np.float32), -1, weights, borderType=cv2.BORDER_CONSTANT)
            kept[(kept > 0) & goes[code.astype(np.uint8)]] = 0
        if int(kept.sum()) == before:
            return kept.astype(bool)


@cache
def _goes() -> NDArray[np.bool_]:
    """(2, 256): whether a pixel with these neighbours goes, in each of two turns; bit i is the i-th clockwise from north."""
    found = np.zeros((2, 256), bool)
    for code in range(256):
        p = [bool(code >> i & 1) for i in range(8)]  # n, ne, e, se, s, sw, w, nw
        crossings = sum(not p[i] and (p[(i + 1) % 8] or p[(i + 2) % 8]) for i in (0, 2, 4, 6))
        pairs = (sum(p[(i - 1) % 8] or p[i] for i in (0, 2, 4, 6)), sum(p[i] or p[i + 1] for i in (0, 2, 4, 6)))
        if crossings == 1 and 2 <= min(pairs) <= 3:
            found[0, code] = not ((p[0] or p[1] or not p[3]) and p[2])
            found[1, code] = not ((p[4] or p[5] or not p[7]) and p[6])
    return found
