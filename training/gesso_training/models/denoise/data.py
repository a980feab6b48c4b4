"""Noise as the papers add it, and as cameras do."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gesso_training.patches import Bytes

Floats = NDArray[np.float32]
LUMA = np.array([0.299, 0.587, 0.114], np.float32)
MOST = 55.0
"""Standard deviation, of 255: a little above the 50 that it is made for."""


def grey(pictures: Bytes) -> Floats:
    """(..., 3) bytes -> the same shape of rounded luma (BT.601) in all three."""
    y = np.rint(pictures.astype(np.float32) @ LUMA)
    return np.repeat(y[..., None], 3, axis=-1)


def white(clean: Floats, sigma: float, rng: np.random.Generator, is_grey: bool) -> Floats:
    """Gaussian noise of one strength, as in every table: not rounded, not clipped; a grey picture gets one for all."""
    shape = (*clean.shape[:-1], 1 if is_grey else 3)
    return clean + np.float32(sigma) * rng.standard_normal(shape, np.float32)


def camera(clean: Floats, strength: float, rng: np.random.Generator) -> Floats:
    """Noise of a developed photograph: more in light than in dark, smeared a little, partly common to all channels,
    rounded, and in half of all cases compressed.
    """
    import cv2

    shot = np.sqrt(np.clip(clean, 0, 255) / 255 * rng.uniform(0.3, 1) + rng.uniform(0.05, 0.5))
    noise = rng.standard_normal(clean.shape, np.float32)
    common = rng.uniform(0, 0.8)
    noise = (1 - common) * noise + common * rng.standard_normal((*clean.shape[:2], 1), np.float32)
    smear = float(rng.uniform(0, 0.9))
    if smear > 0.3:
        noise = cv2.GaussianBlur(noise, (0, 0), smear) * (1 + 2.2 * smear**2)
    found = np.clip(np.rint(clean + strength * shot * noise), 0, 255)
    if rng.integers(2):
        found = compressed(found.astype(np.uint8), int(rng.integers(60, 96))).astype(np.float32)
    return np.asarray(found, np.float32)


def compressed(picture: Bytes, quality: int) -> Bytes:
    """A picture after JPEG."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file))


def noisy(patches: Bytes, rng: np.random.Generator, grey_share: float, camera_share: float) -> tuple[Floats, Floats]:
    """What goes in and what should come out, (n, height, width, 3) of 255 each."""
    clean, dirty = patches.astype(np.float32), np.empty(patches.shape, np.float32)
    for place, patch in enumerate(patches):
        sigma, kind = float(rng.uniform(0, MOST)), rng.uniform()
        if kind < grey_share:
            clean[place] = grey(patch)
            dirty[place] = white(clean[place], sigma, rng, True)
        elif kind < grey_share + camera_share:
            dirty[place] = camera(clean[place], sigma / 2, rng)
        else:
            dirty[place] = white(clean[place], sigma, rng, False)
    return dirty, clean


def judged(pictures: Sequence[Bytes], sigma: float, is_grey: bool) -> list[tuple[Floats, Floats]]:
    """Noisy and clean of each picture, always with the same noise: that of the picture's place in the list."""
    found = []
    for place, picture in enumerate(pictures):
        clean = grey(picture) if is_grey else picture.astype(np.float32)
        found.append((white(clean, sigma, np.random.default_rng((place, int(sigma))), is_grey), clean))
    return found
