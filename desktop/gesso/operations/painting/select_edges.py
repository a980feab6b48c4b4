"""The edge of a selection moved, framed and smoothed. Masks are (height, width) uint8; the picture's border is no edge."""

from __future__ import annotations

from math import ceil, pi, sqrt

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.uint8]
LEVELS = (32, 96, 160, 224)
"""A soft edge is moved level by level, so that it stays as soft as it was."""


def grow(mask: Mask, px: float) -> Mask:
    """All that lies within `px` of what is selected, round at corners."""
    if px <= 0 or not mask.any():
        return mask.copy()
    hard = bool(((mask == 0) | (mask == 255)).all())
    found = np.zeros(mask.shape, np.float32)
    levels = (128,) if hard else LEVELS
    for level in levels:
        found += _reached(mask >= level, px)
    moved = np.asarray(np.rint(found * np.float32(255 / len(levels))), np.uint8)
    return np.maximum(mask, moved)


def _reached(inside: NDArray[np.bool_], px: float) -> NDArray[np.float32]:
    """In 0-1, how much of each pixel lies within `px`, seen from the nearest pixel that is inside."""
    import cv2

    if not inside.any():
        return np.zeros(inside.shape, np.float32)
    away = cv2.distanceTransform((~inside).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.asarray(np.clip(np.float32(px + 1) - away, 0, 1), np.float32)


def shrink(mask: Mask, px: float) -> Mask:
    """Without all that lies within `px` of what is not selected."""
    return np.asarray(255 - grow(np.asarray(255 - mask, np.uint8), px), np.uint8)


def border(mask: Mask, px: float) -> Mask:
    """A band `px` wide along the edge, half of it to each side."""
    outer, inner = ceil(px / 2), px - ceil(px / 2)
    band = np.minimum(grow(mask, outer), 255 - shrink(mask, inner))
    return np.asarray(band, np.uint8)


def smooth(mask: Mask, px: float) -> Mask:
    """Corners, teeth and specks smaller than about `px` rounded off; the edge stays as sharp as it can be."""
    if px <= 0 or mask.size == 0:
        return mask.copy()
    import cv2

    sigma = px / 2
    soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
    # Across a straight edge the blur rises by 1 / (sigma sqrt(2 pi)) a pixel: so steep it is one pixel wide again.
    steep = np.float32(max(1.0, sigma * sqrt(2 * pi)))
    return np.asarray(np.rint(np.clip((soft - 127.5) * steep + 127.5, 0, 255)), np.uint8)
