"""The colours of a picture as a whole: measured, moved to those of another, mixed and given back."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[Any]
Floats = NDArray[np.float64]
Statistics = tuple[Floats, Floats]
"""Mean (3,) and covariance (3, 3) of colours in 0-1."""
SMALLEST_VARIANCE = 1e-5
"""Below it a colour axis counts as flat and is not stretched; the same number as in training."""
MEASURED_PX = 512
BAND_ROWS = 256
LUMA = np.array([0.299, 0.587, 0.114], np.float32)
"""ITU-R BT.601."""


def statistics(colour: Pixels, alpha: Pixels | None = None) -> Statistics:
    """Of what can be seen of a picture, from every n-th pixel so that at most 512 x 512 are looked at."""
    step = max(1, max(colour.shape[:2]) // MEASURED_PX)
    seen = colour[::step, ::step].reshape(-1, 3).astype(np.float64) / np.iinfo(colour.dtype).max
    weight = np.ones(len(seen)) if alpha is None else alpha[::step, ::step].reshape(-1).astype(np.float64)
    if weight.sum() <= 0:
        weight = np.ones(len(seen))
    weight /= weight.sum()
    mean = weight @ seen
    centred = seen - mean
    return mean, (centred * weight[:, None]).T @ centred


def _power(covariance: Floats, exponent: float) -> Floats:
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray(vectors * np.maximum(values, SMALLEST_VARIANCE) ** exponent @ vectors.T)


def recolouring(own: Statistics, wanted: Statistics) -> NDArray[np.float32]:
    """The (3, 4) matrix that gives colours another mean and covariance: A (x - m) + m', A = C'^(1/2) C^(-1/2)."""
    matrix = _power(wanted[1], 0.5) @ _power(own[1], -0.5)
    return np.asarray(np.concatenate([matrix, (wanted[0] - matrix @ own[0])[:, None]], axis=1), np.float32)


def mixed_statistics(parts: list[Statistics], weights: list[float]) -> Statistics:
    """Between several palettes: means and square roots of covariances are averaged."""
    mean = sum((w * m for w, (m, _) in zip(weights, parts, strict=True)), np.zeros(3))
    root = sum((w * _power(c, 0.5) for w, (_, c) in zip(weights, parts, strict=True)), np.zeros((3, 3)))
    return mean, root @ root


def laid_over(original: Pixels, painted: Pixels, strength: float, keep_colours: float, out: Pixels) -> None:
    """Into `out`: the painted picture, part of its colours given back, mixed with the original by strength.

    Keeping colours takes the painted lightness and the original's hue and chroma. Band by band, so that a large
    picture costs no float copy; `out` may be `painted`.
    """
    top = np.float32(np.iinfo(original.dtype).max)
    for start in range(0, original.shape[0], BAND_ROWS):
        rows = slice(start, start + BAND_ROWS)
        below = original[rows].astype(np.float32)
        above = painted[rows].astype(np.float32)
        if keep_colours > 0:
            lighter = ((above - below) @ LUMA)[..., None]
            above += np.float32(keep_colours) * (below + lighter - above)
        if strength < 1:
            above = below + np.float32(strength) * (above - below)
        out[rows] = np.rint(np.clip(above, 0, top)).astype(out.dtype)
