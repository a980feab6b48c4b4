"""Denoise as it is used."""

from __future__ import annotations

import numpy as np
import pytest

from gesso.tools.painting.denoise import DENOISE
from gesso.tools.studio import Studio
from gesso.values import Picture, Progress


def shaded(seed: int, sigma: float, dtype: type = np.uint8, *, alpha: bool = False) -> tuple[Picture, np.ndarray]:
    """A soft ramp with an edge, noisy and clean."""
    top = np.iinfo(dtype).max
    y, x = np.mgrid[0:88, 0:104] / 104
    clean = np.stack([0.3 + 0.4 * x, 0.6 - 0.3 * y, 0.4 + 0.2 * (x > y)], axis=2)
    noisy = clean + np.random.default_rng(seed).normal(0, sigma / 255, clean.shape)
    pixels = np.clip(np.rint(noisy * top), 0, top).astype(dtype)
    return Picture(pixels, np.full((88, 104), top, dtype) if alpha else None, (300.0, 300.0)), clean


def off(picture: Picture, clean: np.ndarray) -> float:
    return float(np.sqrt(np.mean((picture.colour / np.iinfo(picture.colour.dtype).max - clean) ** 2)) * 255)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("sigma", [25, 50])
def test_most_of_the_noise_goes_whatever_its_strength(studio: Studio, sigma: float, dtype: type) -> None:
    picture, clean = shaded(1, sigma, dtype, alpha=True)
    found, made = studio.apply(DENOISE, picture, DENOISE.defaults(), Progress.silent())
    assert off(found, clean) < 0.4 * off(picture, clean)
    assert found.colour.dtype == dtype and found.dpi == picture.dpi and made.model == "denoise-blind"
    assert found.alpha is not None and picture.alpha is not None and np.array_equal(found.alpha, picture.alpha)


def test_nothing_asked_for_is_nothing_changed(studio: Studio) -> None:
    picture, _ = shaded(2, 20)
    found, _ = studio.apply(DENOISE, picture, DENOISE.checked({"light": 0, "colour": 0}), Progress.silent())
    assert np.array_equal(found.colour, picture.colour)


def test_a_grey_picture_stays_grey(studio: Studio) -> None:
    picture, _ = shaded(3, 20)
    grey = Picture(np.repeat(picture.colour[..., :1], 3, axis=2))
    found, _ = studio.apply(DENOISE, grey, DENOISE.defaults(), Progress.silent())
    assert np.ptp(found.colour.astype(int), axis=2).max() <= 1


def test_coarse_grain_takes_the_coarse_setting(studio: Studio) -> None:
    rng = np.random.default_rng(4)
    coarse = np.kron(rng.normal(0, 25, (24, 26, 3)), np.ones((4, 4, 1)))
    picture = Picture(np.clip(np.rint(128 + coarse), 0, 255).astype(np.uint8))
    even = np.full(picture.colour.shape, 128 / 255)
    fine, _ = studio.apply(DENOISE, picture, DENOISE.defaults(), Progress.silent())
    deep, _ = studio.apply(DENOISE, picture, DENOISE.checked({"grain": "4"}), Progress.silent())
    assert off(deep, even) < 0.6 * off(fine, even)


def test_proposals_differ_in_what_is_left_and_in_the_grain() -> None:
    found = DENOISE.proposals(DENOISE.defaults())
    assert len({(one["light"], one["grain"]) for one in found}) == len(found) == 4
