"""Resampling as MATLAB's `imresize` does it: laws, and arrays whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesso_training.corpora.resample import _weights, bicubic, bicubic_bytes, luma


@given(st.integers(1, 40), st.sampled_from([0.25, 1 / 3, 0.5, 0.6, 0.8, 2, 3, 4]))
def test_the_weights_of_every_pixel_sum_to_one(length: int, scale: float) -> None:
    taps, weights = _weights(length, int(np.ceil(length * scale)), scale)
    assert np.allclose(weights.sum(axis=1), 1)
    assert taps.min() >= 0 and taps.max() < length


@given(st.integers(1, 20), st.integers(1, 20), st.sampled_from([0.25, 0.5, 0.7, 2, 4]), st.integers(0, 255))
def test_one_colour_stays_itself(height: int, width: int, scale: float, value: int) -> None:
    made = bicubic_bytes(np.full((height, width, 3), value, np.uint8), scale)
    assert (made == value).all()


@given(st.integers(2, 30), st.sampled_from([0.5, 2.0]), st.integers(0, 99))
def test_a_mirrored_picture_gives_the_mirrored_result(length: int, scale: float, seed: int) -> None:
    length += length % 2
    picture = np.random.default_rng(seed).uniform(0, 255, (length, 6, 1))
    assert np.allclose(bicubic(picture, scale)[::-1], bicubic(picture[::-1], scale), atol=1e-3)


def test_a_row_that_doubles_as_matlab_doubles_it() -> None:
    # imresize([0 0 1 0 0 0], [1 12], 'bicubic'): Keys' weights at a quarter and three quarters of a pixel, as 128ths.
    row = np.array([0, 0, 1, 0, 0, 0], np.float32).reshape(1, 6, 1)
    found = bicubic(np.repeat(row, 6, axis=0), 2)[0, :, 0] * 128
    assert np.allclose(found, [0, -3, -9, 29, 111, 111, 29, -9, -3, 0, 0, 0], atol=1e-4)


def test_a_row_that_halves_as_matlab_halves_it_with_antialiasing() -> None:
    # imresize(row, 0.5): the kernel made twice as wide, [-3 -9 29 111 111 29 -9 -3] / 256, of which a pixel meets half.
    row = np.zeros((2, 16, 1), np.float32)
    row[:, 8] = 256
    assert np.allclose(bicubic(row, 0.5)[0, :, 0], [0, 0, -3, 29, 111, -9, 0, 0], atol=1e-4)


def test_borders_are_mirrored_not_darkened() -> None:
    ramp = np.tile(np.arange(8, dtype=np.float32)[:, None, None], (1, 4, 1))
    made = bicubic(ramp, 0.5)[:, 0, 0]
    assert made[0] == pytest.approx(0.5, abs=0.15) and made[-1] == pytest.approx(6.5, abs=0.15)


def test_luma_is_studio_range_bt601() -> None:
    swatches = np.array([[[0, 0, 0], [255, 255, 255], [255, 0, 0], [0, 255, 0], [0, 0, 255]]], np.float32)
    assert np.allclose(luma(swatches)[0], [16, 235, 81.481, 144.553, 40.966], atol=1e-3)


def test_sizes_are_rounded_up_as_matlab_does() -> None:
    assert bicubic(np.zeros((7, 5, 3)), 0.5).shape == (4, 3, 3)
