"""Selecting by colour. Near and far are measured as the eye does: as distances in CIELAB (CIE 1976), 100 from black to white."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.values import Box

Pixels = NDArray[Any]
Mask = NDArray[np.uint8]
Distance = NDArray[np.float32]
BAND_PX = 1 << 20
"""So many pixels are measured at a time."""


def distance(pixels: Pixels, colour: Pixels) -> Distance:
    """(h, w): how far each pixel (h, w, 4) looks from a colour (4,) of the same depth, straight alpha.

    Colours count as far as both can be seen; alpha from nothing to all counts 100.
    """
    import cv2

    height, width = pixels.shape[:2]
    found = np.empty((height, width), np.float32)
    whole = np.iinfo(pixels.dtype).max
    wanted, alpha = _lab(colour[None, None])[0, 0], np.float32(colour[3]) / np.float32(whole)
    rows = max(1, BAND_PX // max(1, width))
    for start in range(0, height, rows):
        band = np.ascontiguousarray(pixels[start : start + rows])
        squares = _squares(band, wanted)
        if alpha < 1 or band[..., 3].min() < whole:
            there = band[..., 3].astype(np.float32) / np.float32(whole)
            squares *= np.square(np.minimum(there, alpha))
            squares += np.square((there - alpha) * 100)
        cv2.sqrt(squares, found[start : start + rows])
    return found


def _squares(band: Pixels, wanted: Pixels) -> Distance:
    """Squares of the distances from a colour in CIELAB, of colours alone."""
    import cv2

    if band.dtype == np.uint8:  # by tables of the 256 levels of each axis
        lab = np.asarray(cv2.cvtColor(cv2.cvtColor(band, cv2.COLOR_RGBA2RGB), cv2.COLOR_RGB2LAB))
        levels = np.arange(256, dtype=np.float32)[:, None] * np.array([100 / 255, 1, 1], np.float32)
        parts = cv2.LUT(lab, np.square(levels - wanted)[None])
    else:
        parts = np.square(_lab(band) - wanted)
    return np.asarray(cv2.transform(parts, np.ones((1, 3), np.float32)))


def _lab(pixels: Pixels) -> NDArray[np.float32]:
    """L in 0-100, a and b about -128 to 127, or 0 to 255 for 8 bit."""
    import cv2

    if pixels.dtype == np.uint8:
        found = np.asarray(cv2.cvtColor(np.ascontiguousarray(pixels[..., :3]), cv2.COLOR_RGB2LAB)).astype(np.float32)
        found[..., 0] *= np.float32(100 / 255)
        return found
    return np.asarray(cv2.cvtColor(pixels[..., :3].astype(np.float32) / np.float32(65535), cv2.COLOR_RGB2LAB))


def connected(inside: NDArray[np.bool_], seed: tuple[int, int]) -> NDArray[np.bool_]:
    """What hangs together with a place (x, y), over edges of pixels and not over corners."""
    import cv2

    if not inside[seed[1], seed[0]]:
        return np.zeros_like(inside)
    open_ = inside.astype(np.uint8)
    around = np.zeros((inside.shape[0] + 2, inside.shape[1] + 2), np.uint8)
    cv2.floodFill(open_, around, seed, 2, flags=4)
    return np.asarray(open_ == 2)


def similar(
    pixels: Pixels, seed: tuple[int, int], tolerance: float, *, contiguous: bool = True, antialias: bool = True
) -> Mask:
    """What looks like the pixel at a place (x, y), within a tolerance; the seed itself always does."""
    away = distance(pixels, pixels[seed[1], seed[0]])
    inside = away <= tolerance
    if contiguous:
        inside = connected(inside, seed)
    return edged(inside, away, tolerance) if antialias else inside.astype(np.uint8) * np.uint8(255)


def edged(inside: NDArray[np.bool_], away: Distance, tolerance: float) -> Mask:
    """A mask whose rim follows the softness of the picture: a pixel just outside that mixes the colour wanted with
    another one counts by its share. What is hard in the picture stays hard.
    """
    import cv2

    found = inside.astype(np.uint8) * np.uint8(255)
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    rim = (cv2.dilate(found, cross) > 0) & ~inside
    rows, columns = np.flatnonzero(rim.any(axis=1)), np.flatnonzero(rim.any(axis=0))
    if not len(rows):
        return found
    # The other colour of the mixture is the farthest one nearby; the share is where between the two the pixel lies.
    part = slice(max(0, rows[0] - 1), rows[-1] + 2), slice(max(0, columns[0] - 1), columns[-1] + 2)
    farthest = np.asarray(cv2.dilate(np.ascontiguousarray(away[part]), np.ones((3, 3), np.uint8)))
    mixed = rim[part] & (farthest > away[part] + 1)
    share = 1 - away[part] / np.maximum(farthest, 1e-3)
    np.copyto(found[part], np.rint(np.clip(share, 0, 1) * 255).astype(np.uint8), where=mixed)
    return found


def colour_range(pixels: Pixels, colours: Sequence[Pixels], fuzziness: float) -> Mask:
    """All over the picture: full up to half of the fuzziness from the nearest of the colours, nothing beyond all of it."""
    found = np.zeros(pixels.shape[:2], np.uint8)
    for colour in colours:
        share = 2 - 2 * distance(pixels, colour) / np.float32(max(fuzziness, 1e-3))
        np.maximum(found, np.rint(np.clip(share, 0, 1) * 255).astype(np.uint8), out=found)
    return found


def tight(mask: Mask) -> Box:
    """The smallest box around what is selected."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return Box(0, 0, 0, 0)
    return Box.around(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
