"""Adjustments that look at the pixels around each: blur and sharpen.

A tile is worked on with no more than its surroundings, so every sum must come out the same wherever it is made and in
whatever order: pixels and weights are whole numbers small enough that no sum of products is ever rounded.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from gesso.documents.painting.adjustments.declaration import Neighbours, Values
from gesso.documents.painting.blend import TINY, Floats

TOP = 65535
WEIGHT_BITS = 16
MOST_SIGMA = 6.0
"""Beyond it the picture is blurred at a half, a quarter and so on: no difference can be seen, and it costs no more."""


def weights(sigma: float) -> NDArray[np.float64]:
    """Of a Gaussian cut at three sigma, whole numbers that add up to 2 ** WEIGHT_BITS."""
    reach = max(1, math.ceil(3 * sigma))
    at = np.arange(-reach, reach + 1)
    bell = np.exp(-(at**2) / (2 * sigma**2))
    found = np.rint(bell / bell.sum() * 2**WEIGHT_BITS)
    found[reach] += 2**WEIGHT_BITS - found.sum()
    return np.asarray(found, np.float64)


def shrink_of(sigma: float) -> int:
    """How many pixels each way are taken together first: a power of two."""
    return 1 << max(0, math.ceil(math.log2(max(sigma, 1e-3) / MOST_SIGMA)))


def halo_of(sigma: float) -> int:
    shrink = shrink_of(sigma)
    return shrink * (max(1, math.ceil(3 * sigma / shrink)) + 2)


def blurred(planes: Floats, sigma: float) -> Floats:
    """Premultiplied (4, height, width), its sides multiples of `shrink_of`; right up to a halo from the border."""
    import cv2

    shrink = shrink_of(sigma)
    whole = np.floor(planes * np.float32(TOP) + np.float32(0.5))
    count, height, width = whole.shape
    if shrink > 1:
        parts = whole.reshape(count, height // shrink, shrink, width // shrink, shrink)
        whole = np.floor(parts.astype(np.float64).sum(axis=(2, 4)) / shrink**2 + 0.5)
    bell = weights(sigma / shrink)
    found = np.empty(planes.shape, np.float32)
    for plane in range(count):
        soft = cv2.sepFilter2D(whole[plane], cv2.CV_64F, bell, bell, borderType=cv2.BORDER_REPLICATE)
        if shrink > 1:
            soft = cv2.resize(np.rint(soft / 2**WEIGHT_BITS), (width, height), interpolation=cv2.INTER_LINEAR)
            soft *= 2.0**WEIGHT_BITS
        found[plane] = soft * (1 / (TOP * 2.0 ** (2 * WEIGHT_BITS)))
    return np.minimum(found, 1, out=found)


def blur(values: Values) -> Neighbours:
    """Premultiplied, so that no colour leaks out of what is transparent; edges of shapes grow soft with their alpha."""
    sigma = values["radius"]
    return Neighbours(halo_of(sigma), shrink_of(sigma), lambda planes: blurred(planes, sigma))


def sharpen(values: Values) -> Neighbours:
    """Unsharp mask: away from the blurred picture; alpha stays. Of numbers always: in light it burns out bright edges."""
    sigma, amount, least = values["radius"], np.float32(values["amount"]), np.float32(values["threshold"])

    def work(planes: Floats) -> Floats:
        soft = blurred(planes, sigma)
        alpha = planes[3]
        own = planes[:3] / np.maximum(alpha, TINY)
        apart = own - soft[:3] / np.maximum(soft[3], TINY)
        if least > 0:  # fine grain is left alone, and the effect sets in without a jump
            apart = np.sign(apart) * np.maximum(np.abs(apart) - least, 0)
        own += amount * apart
        np.clip(own, 0, 1, out=own)
        found = planes.copy()
        np.multiply(own, alpha, out=found[:3])
        return found

    return Neighbours(halo_of(sigma), shrink_of(sigma), work, mixes_light=False)
