"""Upscale-restore: its recipe of damage, its judge, its network."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gesso_training import package, signing
from gesso_training.corpora.resample import bicubic_bytes
from gesso_training.ledger import Run
from gesso_training.loop import Schedule, fit
from gesso_training.models.denoise.network import ALIGN
from gesso_training.models.upscale.judge import bicubic_enlarge
from gesso_training.models.upscale_restore import publish
from gesso_training.models.upscale_restore.data import USUAL, degraded, judged
from gesso_training.models.upscale_restore.judge import scores, through
from gesso_training.models.upscale_restore.network import Restore
from gesso_training.models.upscale_restore.recipe import RECIPES, Recipe
from gesso_training.models.upscale_restore.room import MODEL
from gesso_training.perceptual import Look
from gesso_training.registry import Places
from tests.training.conftest import drawn

TINY = Recipe(2, Schedule(2, warm_up=1), widths=(8, 12, 16), blocks=1, patch=64, count=2)


@given(st.integers(0, 300), st.sampled_from([2, 4]))
def test_what_is_degraded_is_small_alike_and_the_same_again(seed: int, scale: int) -> None:
    large = drawn(seed % 5, 96, 128)
    small = degraded(large, scale, USUAL, np.random.default_rng(seed))
    assert small.shape == (96 // scale, 128 // scale, 3) and small.dtype == np.uint8
    assert np.array_equal(small, degraded(large, scale, USUAL, np.random.default_rng(seed)))
    plain = bicubic_bytes(large, 1 / scale)
    assert np.abs(small.astype(int) - plain).mean() < 25


def test_some_stay_clean_and_judged_ones_never_do() -> None:
    large = drawn(1, 64, 64)
    always_clean = degraded(large, 2, replace(USUAL, clean_share=1.0), np.random.default_rng(1))
    assert np.array_equal(always_clean, bicubic_bytes(large, 0.5))
    for pair in judged([drawn(seed, 67, 90) for seed in range(4)], 4):
        assert pair.large.shape[:2] == tuple(4 * side for side in pair.small.shape[:2])
        assert not np.array_equal(pair.small, bicubic_bytes(pair.large, 0.25))


@pytest.mark.parametrize("scale", [2, 4])
def test_a_network_whose_body_is_silent_is_bicubic(scale: int) -> None:
    torch.manual_seed(1)
    ours = Restore(scale, TINY.widths, TINY.blocks).eval()
    with torch.no_grad():
        ours.tail.weight.zero_()
    small = drawn(1, 43, 51)
    inside = (slice(3 * scale, -3 * scale),) * 2
    one, other = (enlarge(small).astype(int)[inside] for enlarge in (through(ours), bicubic_enlarge(scale)))
    assert one.shape == other.shape and np.abs(one - other).max() <= 1


def test_an_output_pixel_looks_no_further_than_the_card_says() -> None:
    torch.manual_seed(2)
    ours = Restore(2, (4, 6, 8), 1).eval()
    middle = (ours.halo_px // ALIGN + 2) * ALIGN
    picture = torch.rand(1, 3, 2 * middle, 2 * middle)
    other = picture.clone()
    other[:, :, middle, middle] = 1 - other[:, :, middle, middle]
    with torch.inference_mode():
        changed = (ours(picture) != ours(other)).any(1)[0].nonzero() // 2 - middle
    assert changed.abs().max() <= ours.halo_px


def test_looks_are_apart_by_nothing_for_equal_pictures_and_more_for_worse_ones(data: Path) -> None:
    look, picture = Look(data), drawn(1, 96, 96)
    rng = np.random.default_rng(1)
    little, much = (
        np.clip(picture + rng.normal(0, spread, picture.shape), 0, 255).astype(np.uint8) for spread in (3, 30)
    )
    assert look.distance(picture, picture) == 0
    assert 0 < look.distance(picture, little) < look.distance(picture, much)
    assert look.distance(picture, much) == pytest.approx(look.distance(much, picture))


def test_without_the_perceptual_network_it_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="perceptual network"):
        Look(tmp_path)


def test_scores_rank_the_large_picture_itself_first(data: Path) -> None:
    pairs = judged([drawn(1, 128, 128)], 2)
    look = Look(data)
    perfect = scores(lambda small: pairs[0].large, pairs, 2, look)
    worn = scores(bicubic_enlarge(2), pairs, 2, look)
    assert perfect["psnr_db"] > worn["psnr_db"] and perfect["looks_apart"] == 0 < worn["looks_apart"]


def test_it_learns_and_is_packaged(
    data: Path, own_manifests: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(RECIPES, "x2", TINY)
    monkeypatch.delitem(RECIPES, "x4")
    places = Places(data, tmp_path / "runs", tmp_path / "shelf")
    outcome = fit(
        MODEL.task(TINY, places), TINY.schedule, places.run("upscale-restore", "x2"), report=lambda line: None
    )
    assert outcome.finished and {"psnr_db", "ssim"} <= set(outcome.scores)
    signing.new_key(tmp_path / "private", tmp_path / "keys", "tests")
    recipe = {"scale": 2, "widths": [8, 12, 16], "blocks": 1}
    run = Run("upscale-restore", "x2", recipe, {}, 1, 2, 0.1, True, {}, "", "", {}, "")
    folder = MODEL.publish("x2", "1.0.0", run, places, signing.read_private(tmp_path / "private"))
    assert package.verify(folder, tmp_path / "keys") == []
    back = publish.weights_in(folder)
    assert all(torch.equal(back[name], value) for name, value in outcome.network.state_dict().items())
    rows = MODEL.judge(places, {}, lambda line: None)
    assert [row["model"] for row in rows] == ["bicubic", "upscale-restore-x2"]
