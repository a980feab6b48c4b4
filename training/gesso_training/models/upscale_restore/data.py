"""Small pictures as they are found: softened, noisy, compressed.

The recipe, in this order, every number drawn anew for each patch: a blur (Gaussian of unequal width, turned), shrinking by
one of three kernels, noise as cameras make it or white noise, JPEG with thinned colour; in a third of all cases the small
picture was saved twice. One in ten stays clean, so that a clean picture is not painted over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gesso_training.corpora.resample import bicubic_bytes
from gesso_training.models.denoise.data import Floats, camera, compressed, white
from gesso_training.models.upscale.data import Pair
from gesso_training.patches import Bytes


@dataclass(frozen=True)
class Degradation:
    """How badly; lengths in pixels of the large picture per unit of scale, strengths of 255."""

    blur: float = 0.9
    noise: float = 14.0
    quality: tuple[int, int] = (35, 95)
    clean_share: float = 0.1


USUAL = Degradation()


def degraded(large: Bytes, scale: int, how: Degradation, rng: np.random.Generator) -> Bytes:
    """A small picture (height / scale, width / scale, 3) of a large one whose sides are multiples of the scale."""
    import cv2

    height, width = large.shape[0] // scale, large.shape[1] // scale
    if rng.uniform() < how.clean_share:
        return bicubic_bytes(large, 1 / scale)
    found = large.astype(np.float32)
    if rng.uniform() < 0.7:
        found = cv2.filter2D(found, -1, _kernel(how.blur * scale, rng), borderType=cv2.BORDER_REFLECT)
    kinds = (cv2.INTER_AREA, cv2.INTER_CUBIC, cv2.INTER_LINEAR)
    if (kind := kinds[int(rng.integers(3))]) != cv2.INTER_AREA:  # these two would alias without a filter of their own
        found = cv2.GaussianBlur(found, (0, 0), 0.35 * scale)
    found = np.clip(cv2.resize(found, (width, height), interpolation=kind), 0, 255)
    found = _noisy(found, how.noise * float(rng.uniform()) ** 1.5, rng)
    small = np.clip(np.rint(found), 0, 255).astype(np.uint8)
    for _ in range(int(rng.choice(3, p=(0.15, 0.55, 0.3)))):
        small = compressed(small, int(rng.integers(*how.quality)))
    return small


def _kernel(most: float, rng: np.random.Generator) -> Floats:
    """A turned Gaussian, its two widths drawn up to `most`."""
    across, along = rng.uniform(0.2, most, 2)
    turn = rng.uniform(0, np.pi)
    reach = int(np.ceil(3 * most))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1].astype(np.float32)
    u, v = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    kernel = np.exp(-0.5 * ((u / across) ** 2 + (v / along) ** 2))
    return np.asarray(kernel / kernel.sum(), np.float32)


def _noisy(picture: Floats, strength: float, rng: np.random.Generator) -> Floats:
    if rng.uniform() < 0.7:
        return camera(picture, strength, rng)
    return white(picture, strength, rng, False)


def judged(pictures: Sequence[Bytes], scale: int) -> list[Pair]:
    """Small and large of each picture, degraded by the recipe's middle course, each always the same."""
    how = Degradation(clean_share=0.0)
    found = []
    for place, picture in enumerate(pictures):
        height, width = (side - side % scale for side in picture.shape[:2])
        large = picture[:height, :width]
        found.append(Pair(degraded(large, scale, how, np.random.default_rng((place, scale))), large))
    return found
