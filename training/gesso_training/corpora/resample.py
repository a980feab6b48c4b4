"""Bicubic resampling as the super-resolution papers use it: MATLAB's `imresize` with antialiasing.

Keys, "Cubic convolution interpolation for digital image processing", IEEE TASSP 1981, with a = -0.5; when a
picture shrinks, the kernel is widened by the scale and its weights are normalised; borders are mirrored.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def keys_kernel(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """The weight at a distance in pixels."""
    x = np.abs(x)
    near = (1.5 * x - 2.5) * x * x + 1.0
    far = ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0
    return np.where(x <= 1, near, np.where(x < 2, far, 0.0))


def _weights(length: int, out_length: int, scale: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    shrink = min(scale, 1.0)
    width = 4.0 / shrink
    centres = (np.arange(out_length) + 0.5) / scale - 0.5
    first = np.floor(centres - width / 2).astype(np.int64)
    taps = first[:, None] + np.arange(math.ceil(width) + 2)[None, :]
    weights = shrink * keys_kernel(shrink * (centres[:, None] - taps))
    weights /= weights.sum(axis=1, keepdims=True)
    mirror = np.concatenate([np.arange(length), np.arange(length)[::-1]])
    return mirror[np.mod(taps, 2 * length)], weights


def bicubic(picture: NDArray[np.floating], scale: float) -> Floats:
    """Resize (height, width, channels) by `scale`; the size is rounded up, as MATLAB does. Not clipped."""
    result = np.asarray(picture, np.float64)
    for axis in (0, 1):
        out_length = math.ceil(result.shape[axis] * scale - 1e-9)
        taps, weights = _weights(result.shape[axis], out_length, scale)
        moved = np.moveaxis(result, axis, 0)
        summed = np.zeros((out_length, *moved.shape[1:]))
        for k in range(taps.shape[1]):
            column = weights[:, k]
            if np.any(column):
                summed += moved[taps[:, k]] * column.reshape(-1, *([1] * (moved.ndim - 1)))
        result = np.moveaxis(summed, 0, axis)
    return result.astype(np.float32)


def bicubic_bytes(picture: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    """As `bicubic`, on 8-bit pictures, rounded and clipped as the papers' test pictures are."""
    return np.clip(np.rint(bicubic(picture.astype(np.float32), scale)), 0, 255).astype(np.uint8)


def luma(picture: NDArray[np.floating]) -> Floats:
    """Y of ITU-R BT.601 in 16-235 from RGB in 0-255, as MATLAB's `rgb2ycbcr`: (height, width)."""
    y = picture @ np.array([65.481, 128.553, 24.966], np.float64) / 255.0 + 16.0
    return np.asarray(y, np.float32)
