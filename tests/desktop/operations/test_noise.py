"""Noise taken out as far as wanted, at every size of its grain."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesso.operations.painting.noise import Pixels, mixed, without_noise
from gesso.operations.painting.resize import enlarged
from gesso.values import Cancelled, Progress, Size


def averaged(pixels: Pixels, progress: Progress) -> Pixels:
    """Stands for a network: a blur that takes out fine noise only."""
    import cv2

    progress.at(1.0)
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), 1.2))


def speckled(grain: int, dtype: type = np.uint8) -> Pixels:
    """An even grey with noise whose grains are so large."""
    top = np.iinfo(dtype).max
    noise = np.random.default_rng(1).normal(0, 0.08 * top, (96 // grain, 96 // grain, 3)).astype(np.float32)
    return np.clip(enlarged(noise, Size(96, 96)) + top / 2, 0, top).astype(dtype)


def rough(pixels: Pixels) -> float:
    return float(pixels[16:-16, 16:-16].std() / np.iinfo(pixels.dtype).max)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_coarse_grains_go_when_asked_for_and_only_then(dtype: type) -> None:
    coarse = speckled(4, dtype)
    fine = without_noise(coarse, averaged, 1, Progress.silent())
    both = without_noise(coarse, averaged, 4, Progress.silent())
    assert both.dtype == dtype and both.shape == coarse.shape
    assert rough(both) < 0.7 * rough(fine) < rough(coarse)


def test_a_picture_too_small_to_shrink_is_cleaned_as_it_is() -> None:
    small = speckled(1)[:20, :20]
    assert np.array_equal(without_noise(small, averaged, 4, Progress.silent()), averaged(small, Progress.silent()))


@pytest.mark.parametrize("size", [(64, 64), (65, 79), (70, 66)])
def test_any_size_comes_back(size: tuple[int, int]) -> None:
    picture = np.tile(speckled(1), (2, 2, 1))[: size[0], : size[1]]
    assert without_noise(picture, averaged, 4, Progress.silent()).shape == (*size, 3)


@given(st.integers(0, 100), st.floats(0, 1), st.floats(0, 1))
def test_amounts_go_from_nothing_to_everything(seed: int, light: float, colour: float) -> None:
    rng = np.random.default_rng(seed)
    picture = rng.integers(0, 256, (9, 7, 3)).astype(np.uint8)
    clean = rng.integers(0, 256, (9, 7, 3)).astype(np.uint8)
    assert np.array_equal(mixed(picture, clean, 0, 0), picture)
    assert np.array_equal(mixed(picture, clean, 1, 1), clean)
    assert np.array_equal(mixed(picture, picture, light, colour), picture)


def test_light_alone_keeps_every_colour_difference() -> None:
    picture = np.full((8, 8, 3), (120, 100, 90), np.uint8)
    clean = np.full((8, 8, 3), (110, 110, 110), np.uint8)
    found = mixed(picture, clean, 1, 0).astype(int)
    assert np.ptp(found - picture.astype(int)) <= 1  # all three channels moved alike
    only_colour = mixed(picture, clean, 0, 1).astype(int)
    assert (
        abs(only_colour[0, 0] @ np.array([0.299, 0.587, 0.114]) - picture[0, 0] @ np.array([0.299, 0.587, 0.114])) < 1
    )


def test_it_says_how_far_it_is_and_can_be_stopped() -> None:
    said: list[float] = []
    without_noise(speckled(2), averaged, 4, Progress(lambda fraction, note: said.append(fraction), None))
    assert said == sorted(said) and said[-1] == pytest.approx(1) and len(said) == 3
    with pytest.raises(Cancelled):
        without_noise(speckled(2), averaged, 4, Progress(None, lambda: True))
