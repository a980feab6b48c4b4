"""Fitting a copied patch in: its texture stays, its colours follow those around it.

Between the patch and the picture lies a difference, known outside a stroke. Inside, the smoothest one (Laplace's equation,
the membrane of Georgiev 2005, Perez and others 2003) is added to the patch, so that no seam is left.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gesso.operations.painting.brush.lay import Paint

MOST_PIXELS = 300_000
"""The difference is smooth: a larger stroke is solved at a smaller size."""
TURNS, COARSE_TURNS, COARSE_PX = 12, 60, 24


def healed(base: Paint, patch: Paint, inside: NDArray[np.bool_]) -> Paint:
    """The patch with the colours of `base` around `inside`; all (h, w, ...), premultiplied, 0-1."""
    known = ~inside & (base[..., 3] > 0.5) & (patch[..., 3] > 0.5)
    if not known.any() or not inside.any():
        return patch
    import cv2

    height, width = inside.shape
    shrink = min(1.0, float(np.sqrt(MOST_PIXELS / (height * width))))
    size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
    weight = known.astype(np.float32)
    difference = np.asarray(base[..., :3] - patch[..., :3], np.float32) * weight[..., None]
    # Grain in the difference would be drawn out into streaks: what is known is evened out a little first.
    difference, weight = (
        cv2.resize(cv2.blur(part, (5, 5)), size, interpolation=cv2.INTER_AREA) for part in (difference, weight)
    )
    fixed = cv2.resize(known.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.5
    if not fixed.any():
        return patch
    values = np.where(fixed[..., None], difference / np.maximum(weight, 1e-6)[..., None], 0).astype(np.float32)
    membrane = cv2.resize(_membrane(values, fixed), (width, height), interpolation=cv2.INTER_LINEAR)
    found = patch.copy()
    found[..., :3] = np.clip(patch[..., :3] + membrane, 0, patch[..., 3:])
    return found


def _membrane(values: NDArray[np.float32], fixed: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Harmonic where it is not fixed: solved small first, then made finer."""
    import cv2

    height, width = fixed.shape
    weight = fixed.astype(np.float32)
    if max(height, width) <= COARSE_PX or min(height, width) < 4:
        total = max(float(weight.sum()), 1e-6)
        start = np.where(fixed[..., None], values, (values * weight[..., None]).sum(axis=(0, 1)) / total)
        return _relaxed(start.astype(np.float32), values, fixed, COARSE_TURNS)
    size = (-(-width // 2), -(-height // 2))
    thin = cv2.resize(weight, size, interpolation=cv2.INTER_AREA)
    few = cv2.resize(values * weight[..., None], size, interpolation=cv2.INTER_AREA)
    coarse = _membrane((few / np.maximum(thin, 1e-6)[..., None]).astype(np.float32), thin > 0.25)
    start = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    return _relaxed(np.asarray(start, np.float32), values, fixed, TURNS)


def _relaxed(
    start: NDArray[np.float32], values: NDArray[np.float32], fixed: NDArray[np.bool_], turns: int
) -> NDArray[np.float32]:
    """Each loose pixel becomes the mean of its neighbours, time and again (Jacobi)."""
    import cv2

    kernel = np.array([[0, 0.25, 0], [0.25, 0, 0.25], [0, 0.25, 0]], np.float32)
    found, held = start, fixed[..., None]
    for _ in range(turns):
        found = np.where(held, values, cv2.filter2D(found, -1, kernel, borderType=cv2.BORDER_REPLICATE))
    return np.asarray(found, np.float32)
