"""Transparency: colours that nobody sees are replaced by those of the neighbourhood, so that no network drags them in."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[Any]


def bled(colour: Pixels, alpha: Pixels) -> Pixels:
    """Visible colours grown under full transparency by push and pull (Gortler et al. 1996); visible ones unchanged.

    A copy of (h, w, 3) when anything is transparent, otherwise the picture itself.
    """
    hidden = alpha == 0
    if not hidden.any():
        return colour
    if hidden.all():
        return np.zeros_like(colour)
    import cv2

    step = max(1, max(colour.shape[:2]) // 2048)  # under transparency a coarse colour is enough
    weight = (alpha[::step, ::step] > 0).astype(np.float32)
    levels = [(colour[::step, ::step].astype(np.float32) * weight[..., None], weight)]
    while min(levels[-1][1].shape) > 1 and float(levels[-1][1].min()) < 0.5:
        width, height = (max(1, -(-side // 2)) for side in levels[-1][1].shape[::-1])
        smaller = [np.asarray(cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA)) for part in levels[-1]]
        levels.append((smaller[0], smaller[1]))
    above = None
    for total, weight in reversed(levels):
        plain = total / np.maximum(weight, 1e-6)[..., None]
        if above is not None:
            grown = cv2.resize(above, weight.shape[::-1], interpolation=cv2.INTER_LINEAR)
            plain = np.where(weight[..., None] > 0, plain, grown)
        elif not (weight > 0).all():
            mean = total.reshape(-1, 3).sum(0) / max(float(weight.sum()), 1e-6)
            plain = np.where(weight[..., None] > 0, plain, mean)
        above = plain.astype(np.float32)
    assert above is not None
    filled = np.rint(np.clip(above, 0, np.iinfo(colour.dtype).max)).astype(colour.dtype)
    if step > 1:
        filled = cv2.resize(filled, colour.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    return np.where(hidden[..., None], filled, colour)
