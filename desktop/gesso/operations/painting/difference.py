"""How two pictures of one size differ, in numbers and as a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[Any]
ROWS = 256
SEEN = 3
"""A pixel whose colours differ by more than this, of 255, counts as different: less is not seen."""


@dataclass(frozen=True)
class Difference:
    """Of two pictures, in steps of 255."""

    mean: float
    largest: int
    share: float
    """Of the pixels, those that look different."""


def difference(a: Pixels, b: Pixels) -> Difference:
    """Of two (height, width, 3) pictures of the same size and depth; strip by strip, since they may be large."""
    if a.shape != b.shape:
        raise ValueError(f"not of one size: {a.shape} and {b.shape}")
    total, largest, different = 0.0, 0, 0
    for row in range(0, len(a), ROWS):
        apart = apart_of(a[row : row + ROWS], b[row : row + ROWS])
        total += float(apart.sum(dtype=np.float64))
        largest = max(largest, int(apart.max(initial=0)))
        different += int((apart.max(axis=2) > SEEN).sum())
    pixels = max(1, a.shape[0] * a.shape[1])
    return Difference(total / (3 * pixels), largest, different / pixels)


def apart_of(a: Pixels, b: Pixels) -> NDArray[np.uint8]:
    """(height, width, 3): how far each colour is from the other, 0-255."""
    apart = np.abs(a.astype(np.int32) - b.astype(np.int32))
    return np.asarray(apart >> 8 if a.dtype == np.uint16 else apart, np.uint8)


def shown(a: Pixels, b: Pixels, strength: int = 4) -> NDArray[np.uint8]:
    """The difference as a picture, so many times stronger than it is: black where they agree."""
    return np.asarray(np.minimum(apart_of(a, b).astype(np.uint16) * strength, 255), np.uint8)
