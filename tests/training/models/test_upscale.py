"""Upscale: the papers' judge, the network's reach, and patches that belong together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gesso_training.corpora.resample import bicubic
from gesso_training.models.upscale.data import Patches, pair_of
from gesso_training.models.upscale.judge import (
    bicubic_enlarge,
    psnr,
    score,
    ssim,
    through,
)
from gesso_training.models.upscale.judge import (
    test_pairs as judged_pairs,
)
from gesso_training.models.upscale.network import Upscale
from gesso_training.models.upscale.recipe import RECIPES
from gesso_training.models.upscale.room import FLOORS
from tests.training.conftest import drawn


@given(st.integers(1, 60))
def test_psnr_of_an_even_error_is_known(error: int) -> None:
    a = np.full((20, 20), 100, np.float32)
    assert psnr(a, a + error) == pytest.approx(20 * np.log10(255 / error))
    assert psnr(a, a + error) == psnr(a + error, a)


def test_equal_pictures_are_infinitely_close_and_wholly_similar() -> None:
    picture = drawn(1)[:, :, 0].astype(np.float32)
    assert psnr(picture, picture) == float("inf")
    assert ssim(picture, picture) == pytest.approx(1)


@given(st.integers(0, 50))
def test_ssim_is_symmetric_below_one_and_falls_with_noise(seed: int) -> None:
    rng = np.random.default_rng(seed)
    picture = drawn(seed, 40, 40)[:, :, 1].astype(np.float32)
    noise = rng.normal(0, 1, picture.shape).astype(np.float32)
    little, much = picture + 3 * noise, picture + 30 * noise
    assert ssim(picture, little) == pytest.approx(ssim(little, picture))
    assert 1 > ssim(picture, little) > ssim(picture, much)


def test_ssim_of_two_even_greys_is_its_lightness_term() -> None:
    a, b, c1 = 100.0, 120.0, (0.01 * 255) ** 2
    found = ssim(np.full((16, 16), a, np.float32), np.full((16, 16), b, np.float32))
    assert found == pytest.approx((2 * a * b + c1) / (a * a + b * b + c1))


def test_a_border_as_wide_as_the_scale_is_not_judged() -> None:
    pair = pair_of(drawn(2, 64, 64), 4)

    def spoil(width: int) -> float:
        spoilt = pair.large.copy()
        spoilt[:width] = spoilt[-width:] = 0
        spoilt[:, :width] = spoilt[:, -width:] = 0
        return score(lambda _: spoilt, [pair], 4)["psnr_db"]

    assert spoil(4) == float("inf") > spoil(5)


def test_a_pair_is_cropped_to_the_scale_and_shrunk() -> None:
    picture = drawn(3, 67, 50)
    pair = pair_of(picture, 4)
    assert pair.large.shape == (64, 48, 3) and pair.small.shape == (16, 12, 3)
    expected = bicubic(pair.large.astype(np.float32), 0.25)
    assert np.abs(pair.small - np.clip(expected, 0, 255)).max() <= 0.5 + 1e-3


@given(st.integers(0, 200), st.sampled_from([2, 4]))
def test_patches_show_the_same_place_small_and_large(seed: int, scale: int) -> None:
    pairs = [pair_of(drawn(number, 128, 160), scale) for number in range(2)]
    small, large = Patches(pairs, 16, 3).draw(np.random.default_rng(seed))
    assert small.shape == (3, 3, 16, 16) and large.shape == (3, 3, 16 * scale, 16 * scale)
    shrunk = torch.nn.functional.avg_pool2d(large, scale)
    assert float((shrunk - small)[:, :, 4:-4, 4:-4].abs().mean()) < 0.02


@pytest.mark.parametrize("scale", [2, 4])
def test_a_network_whose_body_is_silent_is_bicubic(scale: int, data: Path) -> None:
    torch.manual_seed(1)
    pairs = judged_pairs(data, "set5", scale)
    network = Upscale(scale, 8, 1).eval()
    with torch.no_grad():
        network.tail.weight.zero_()
    assert len(pairs) == 2
    inside = (slice(3 * scale, -3 * scale),) * 2  # borders are mirrored by the one and grey to the other
    for pair in pairs:
        ours, baseline = (
            enlarge(pair.small).astype(int)[inside] for enlarge in (through(network), bicubic_enlarge(scale))
        )
        assert np.abs(ours - baseline).max() <= 1


@pytest.mark.parametrize("blocks", [1, 4])
def test_an_output_pixel_looks_as_far_as_the_card_says_and_no_further(blocks: int) -> None:
    torch.manual_seed(blocks)
    network = Upscale(2, 6, blocks).eval()
    side, middle = 41, 20
    picture = torch.rand(1, 3, side, side)
    other = picture.clone()
    other[:, :, middle, middle] = 1 - other[:, :, middle, middle]
    with torch.inference_mode():
        changed = (network(picture) != network(other)).any(1)[0].nonzero() // 2 - middle
    assert network.halo_px >= changed.abs().max() >= network.halo_px - 1


def test_every_variant_keeps_within_its_size_and_has_a_floor() -> None:
    assert FLOORS.keys() == RECIPES.keys()
    for recipe in RECIPES.values():
        network = Upscale(recipe.scale, recipe.width, recipe.blocks)
        assert sum(p.numel() for p in network.parameters()) <= 1_500_000
        assert "judging-only" not in recipe.terms and "non-commercial" not in recipe.terms
