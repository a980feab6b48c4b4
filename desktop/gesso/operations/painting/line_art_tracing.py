"""Ink that is there already, drawn by hand or by a tool, as strokes down its middle."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from gesso.operations.painting.line_art import thinned
from gesso.operations.painting.line_art_chains import Chain, strokes_of
from gesso.operations.painting.line_art_curves import fitted, smoothed
from gesso.operations.painting.line_art_drawing import Drawing, Stroke
from gesso.values import Progress, Size

INK = 128
"""Of 255: what covers at least half of a pixel is ink."""
TOLERANCE_PX = 0.7
SPECK_PX = 4
"""Pieces of fewer pixels are dust."""


def traced_ink(cover: NDArray[np.uint8], progress: Progress | None = None) -> Drawing:
    """(height, width) of 0-255 -> strokes as wide as the ink. A dot becomes a stroke of its own width."""
    import cv2

    progress = progress or Progress.silent()
    ink = cover >= INK
    size = Size(cover.shape[1], cover.shape[0])
    if not ink.any():
        return Drawing(size, ())
    # The nearest paper begins half a pixel before its centre, and the middle of an even width lies between two pixels.
    half = cv2.distanceTransform(np.pad(ink, 1).astype(np.uint8), cv2.DIST_L2, 5)[1:-1, 1:-1] - 0.25
    progress.at(0.1)
    thin = thinned(ink)
    progress.at(0.5)
    usual = 2 * float(np.median(half[thin]))
    chains = strokes_of(thin, max(2.0, usual), 0)
    progress.at(0.8)
    strokes = [_stroke(chain, half) for chain in chains]
    return Drawing(size, (*strokes, *_dots(ink, chains)))


def _stroke(chain: Chain, half: NDArray[np.float32]) -> Stroke:
    """A chain as curves, as wide at its knots as the ink is there."""
    x, y = np.floor(chain.points).astype(int).T
    widths = 2 * half[np.clip(y, 0, half.shape[0] - 1), np.clip(x, 0, half.shape[1] - 1)].astype(np.float64)
    curves = fitted(smoothed(chain.points, 2, chain.is_closed), TOLERANCE_PX, chain.is_closed)
    nearest = ((curves[::3, None] - chain.points[None]) ** 2).sum(axis=2).argmin(axis=1)
    nearest[-1] = len(widths) - 1
    # Each knot speaks for the half of the way to the next ones: at the very ends ink runs out.
    cuts = np.maximum.accumulate([0, *((nearest[:-1] + nearest[1:]) // 2)])
    even = np.array([np.median(widths[low : max(high, low + 1)]) for low, high in pairwise([*cuts, len(widths)])])
    return Stroke(curves, np.maximum(even, 0.5), chain.is_closed)


def _dots(ink: NDArray[np.bool_], chains: list[Chain]) -> list[Stroke]:
    """Pieces of ink that no stroke runs through."""
    import cv2

    count, numbers, facts, middles = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    met = np.zeros(count, bool)
    met[0] = True
    for chain in chains:
        x, y = np.floor(chain.points).astype(int).T
        met[numbers[np.clip(y, 0, ink.shape[0] - 1), np.clip(x, 0, ink.shape[1] - 1)]] = True
    found = []
    for number in np.flatnonzero(~met & (facts[:, cv2.CC_STAT_AREA] >= SPECK_PX)):
        width = 2 * float(np.sqrt(facts[number, cv2.CC_STAT_AREA] / np.pi))
        middle = middles[number] + 0.5
        little = np.array([0.01, 0.0])
        curves = np.stack([middle - little, middle, middle, middle + little])
        found.append(Stroke(curves, np.array([width, width])))
    return found
