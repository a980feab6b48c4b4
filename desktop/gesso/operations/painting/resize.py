"""Making pictures and masks larger and smaller."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.values import Size

Pixels = NDArray[Any]


def shrunk(pixels: Pixels, size: Size) -> Pixels:
    """Smaller, by averaging areas: (h, w) or (h, w, c) of 8 or 16 bit."""
    return _resized(pixels, size, "INTER_AREA")


def enlarged(pixels: Pixels, size: Size) -> Pixels:
    """Larger, bicubic."""
    return _resized(pixels, size, "INTER_CUBIC")


def fitted(pixels: Pixels, size: Size) -> Pixels:
    """To a size, by what suits the direction."""
    if size.width <= pixels.shape[1] and size.height <= pixels.shape[0]:
        return shrunk(pixels, size)
    return enlarged(pixels, size)


def _resized(pixels: Pixels, size: Size, how: str) -> Pixels:
    import cv2  # after Qt, and only when something is resized

    if (size.height, size.width) == pixels.shape[:2]:
        return pixels
    found = cv2.resize(np.ascontiguousarray(pixels), (size.width, size.height), interpolation=getattr(cv2, how))
    return np.asarray(found).reshape(size.height, size.width, *pixels.shape[2:])


def middle_square(colour: Pixels, side: int) -> NDArray[np.uint8]:
    """The middle square, Lanczos-resized to (side, side, 3) of 8 bit: how a style is looked at, in training too."""
    from PIL import Image

    short = min(colour.shape[:2])
    y, x = ((length - short) // 2 for length in colour.shape[:2])
    square = colour[y : y + short, x : x + short]
    if square.dtype == np.uint16:
        square = (square >> 8).astype(np.uint8)
    image = Image.fromarray(np.ascontiguousarray(square)).resize((side, side), Image.Resampling.LANCZOS)
    return np.asarray(image, np.uint8)
