"""Soft maps of boundaries made thin, as the benchmark wants them: first across each line, then by taking off its sides."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Truth = NDArray[np.bool_]

SMOOTH = 4
"""Radius of the triangle by which a map is smoothed before it is asked which way its lines run."""
FAVOUR = 1.01
"""A pixel stays where it is stronger than this share above it allows its neighbours across the line to be."""
MARGIN = 5
"""Pixels along the picture's edge in which lines fade: the edge of a picture is no boundary in it."""


def across(strength: Floats) -> NDArray[np.float64]:
    """The angle, at each pixel, at which one leaves the line that runs there: where the map bends most."""
    import cv2

    line = np.convolve(np.ones(SMOOTH + 1), np.ones(SMOOTH + 1))
    line /= line.sum()
    smooth = cv2.sepFilter2D(strength.astype(np.float64), -1, line, line, borderType=cv2.BORDER_REFLECT)
    dy, dx = np.gradient(smooth)
    dxy, dxx = np.gradient(dx)
    dyy, _ = np.gradient(dy)
    # On a crest it bends down, on the flanks up: either way most strongly across the line.
    bends_down = dxx + dyy < 0
    return np.asarray(0.5 * np.arctan2(2 * dxy, dxx - dyy) + np.where(bends_down, np.pi / 2, 0))


def ridges(strength: Floats, margin: int = MARGIN) -> Floats:
    """The map with 0 wherever a pixel beside it, across its line, is stronger."""
    import cv2

    angle = across(strength)
    height, width = strength.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    dx, dy = np.cos(angle).astype(np.float32), np.sin(angle).astype(np.float32)
    plain = strength.astype(np.float32)
    kept = plain.copy()
    for side in (-1, 1):
        beside = cv2.remap(plain, x + side * dx, y + side * dy, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        kept[plain * FAVOUR < beside] = 0
    if margin:
        inwards = [np.minimum(np.arange(n), np.arange(n)[::-1]) for n in (height, width)]
        fade = np.minimum(inwards[0][:, None], inwards[1][None, :]) / margin
        kept *= np.clip(fade, 0, 1).astype(np.float32)
    return kept


@cache
def _removable() -> NDArray[np.bool_]:
    """(2, 256): whether a pixel with these neighbours goes, in each of two turns (Guo and Hall, CACM 1989).

    Bit i of a neighbourhood is the i-th pixel clockwise from the north.
    """
    found = np.zeros((2, 256), bool)
    for code in range(256):
        p = [bool(code >> i & 1) for i in range(8)]  # n, ne, e, se, s, sw, w, nw
        crossings = sum(not p[i] and (p[(i + 1) % 8] or p[(i + 2) % 8]) for i in (0, 2, 4, 6))
        pairs = (sum(p[(i - 1) % 8] or p[i] for i in (0, 2, 4, 6)), sum(p[i] or p[i + 1] for i in (0, 2, 4, 6)))
        if crossings == 1 and 2 <= min(pairs) <= 3:
            found[0, code] = not ((p[0] or p[1] or not p[3]) and p[2])
            found[1, code] = not ((p[4] or p[5] or not p[7]) and p[6])
    return found


def thinned(shape: Truth) -> Truth:
    """Taken down to lines of one pixel, without tearing anything apart."""
    import cv2

    weights = np.array([[128, 1, 2], [64, 0, 4], [32, 16, 8]], np.float32)
    kept = shape.astype(np.uint8)
    while True:
        before = int(kept.sum())
        for turn in _removable():
            code = cv2.filter2D(kept.astype(np.float32), -1, weights[::1, ::1], borderType=cv2.BORDER_CONSTANT)
            kept[(kept > 0) & turn[code.astype(np.uint8)]] = 0
        if int(kept.sum()) == before:
            return kept.astype(bool)
