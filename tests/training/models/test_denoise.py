"""Denoise: the papers' judge, the network's laws, and noise as it is added."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gesso_training import package, signing
from gesso_training.ledger import Run
from gesso_training.loop import Schedule, fit, plain
from gesso_training.models.denoise import publish
from gesso_training.models.denoise.data import camera, grey, judged, noisy, white
from gesso_training.models.denoise.judge import (
    colour_pictures,
    grey_pictures,
    non_local_means,
    padded,
    psnr,
    score,
    through,
)
from gesso_training.models.denoise.network import ALIGN, Denoise
from gesso_training.models.denoise.recipe import RECIPES, Recipe
from gesso_training.models.denoise.room import FLOORS, MODEL
from gesso_training.registry import Places
from tests.training.conftest import drawn

TINY = Recipe(Schedule(2, warm_up=1), widths=(8, 12, 16), blocks=1, patch=32, count=3)


def network() -> Denoise:
    torch.manual_seed(3)
    found = Denoise(TINY.widths, TINY.blocks).eval()
    with torch.no_grad():
        for weight in found.parameters():
            weight.mul_(2)
    return found


@given(st.floats(0.1, 8))
def test_twice_as_bright_comes_out_twice_as_bright(times: float) -> None:
    picture = torch.rand(1, 3, 24, 32)
    ours = network()
    with torch.inference_mode():
        assert torch.allclose(ours(picture * times), ours(picture) * times, rtol=1e-3, atol=1e-4 * times)


@pytest.mark.parametrize("blocks", [1, 2])
def test_an_output_pixel_looks_no_further_than_the_card_says(blocks: int) -> None:
    torch.manual_seed(blocks)
    ours = Denoise((4, 6, 8), blocks).eval()
    middle = (ours.halo_px // ALIGN + 2) * ALIGN
    picture = torch.rand(1, 3, 2 * middle, 2 * middle)
    for place in (middle, middle + 7):
        other = picture.clone()
        other[:, :, place, place] = 1 - other[:, :, place, place]
        with torch.inference_mode():
            changed = (ours(picture) != ours(other)).any(1)[0].nonzero() - place
        assert 0.5 * ours.halo_px < changed.abs().max() <= ours.halo_px


@given(st.sampled_from([15.0, 25.0, 50.0]), st.booleans())
def test_judged_noise_is_as_strong_as_said_and_always_the_same(sigma: float, is_grey: bool) -> None:
    pictures = [drawn(seed) for seed in range(2)]
    first, again = judged(pictures, sigma, is_grey), judged(pictures, sigma, is_grey)
    for (dirty, clean), (same, _) in zip(first, again, strict=True):
        assert np.array_equal(dirty, same)
        assert (dirty - clean).std() == pytest.approx(sigma, rel=0.02)
        assert not is_grey or np.ptp(dirty, axis=2).max() < 1e-3
    assert not np.array_equal(first[0][0] - first[0][1], first[1][0] - first[1][1])


def test_psnr_of_known_noise_is_known() -> None:
    clean = np.full((200, 200, 3), 128, np.float32)
    dirty = white(clean, 25, np.random.default_rng(1), False)
    assert psnr(dirty, clean) == pytest.approx(20 * np.log10(255 / 25), abs=0.05)
    assert psnr(clean, clean) == float("inf")


def test_camera_noise_grows_with_light_and_is_whole() -> None:
    clean = np.zeros((64, 128, 3), np.float32)
    clean[:, 64:] = 220
    clean += 15
    wins = 0
    for seed in range(10):
        found = camera(clean, 12, np.random.default_rng(seed))
        assert np.array_equal(found, np.rint(found)) and found.min() >= 0 and found.max() <= 255
        wins += int(found[:, 80:].std() > found[:, :48].std())
    assert wins >= 8


def test_a_batch_holds_grey_coloured_and_photographed_noise() -> None:
    patches = np.stack([drawn(seed, 32, 32) for seed in range(30)])
    dirty, clean = noisy(patches, np.random.default_rng(1), 0.4, 0.3)
    greys = sum(bool((one == one[..., :1]).all()) for one in clean)
    whole = sum(bool((one == np.rint(one)).all()) for one in dirty)
    assert 5 <= greys <= 20 and 3 <= whole <= 18
    assert all(np.array_equal(a, b) or (a == a[..., :1]).all() for a, b in zip(clean, patches, strict=True))


def test_colour_originals_are_found_by_their_look(data: Path) -> None:
    greys, colours = grey_pictures(data), colour_pictures(data)
    assert len(greys) == len(colours) == 3
    for one, other in zip(greys, colours, strict=True):
        assert np.abs(grey(other) - one).mean() < 6


def test_a_picture_of_odd_size_is_continued_and_cut_again() -> None:
    picture = drawn(1, 37, 51).astype(np.float32)
    assert all(side % ALIGN == 0 for side in padded(picture).shape[:2])
    assert through(network())(picture).shape == picture.shape


@pytest.mark.parametrize("is_grey", [True, False])
def test_the_baseline_takes_noise_out(is_grey: bool) -> None:
    pairs = judged([drawn(1, 96, 96)], 25, is_grey)
    assert score(non_local_means(25), pairs) > score(lambda dirty: dirty, pairs) + 3


def test_every_recipe_learns_from_free_pictures_alone_and_has_floors() -> None:
    assert set(FLOORS) == {"grey", "colour"}
    for recipe in RECIPES.values():
        assert set(recipe.terms) <= {"free", "attribution"}


def test_it_learns_and_is_packaged(
    data: Path, own_manifests: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(RECIPES, "blind", TINY)
    places = Places(data, tmp_path / "runs", tmp_path / "shelf")
    folder, about = places.run("denoise", "blind"), {"recipe": plain(TINY), "data": {}}
    outcome = fit(MODEL.task(TINY, places), TINY.schedule, folder, about=about, report=lambda line: None)
    assert outcome.finished and set(outcome.scores) == {"colour_25_db", "grey_25_db"}
    signing.new_key(tmp_path / "private", tmp_path / "keys", "tests")
    run = Run("denoise", "blind", {"widths": [8, 12, 16], "blocks": 1}, {}, 1, 2, 0.1, True, {}, "", "", {}, "")
    folder = MODEL.publish("blind", "1.0.0", run, places, signing.read_private(tmp_path / "private"))
    assert package.verify(folder, tmp_path / "keys") == []
    back = publish.weights_in(folder)
    assert all(torch.equal(back[name], value) for name, value in outcome.network.state_dict().items())
    assert MODEL.items is not None
    ours, run_ = MODEL.items(folder, places), MODEL.items(places.run("denoise", "blind"), places)
    assert ours.keys() == run_.keys() and all(abs(ours[name] - run_[name]) < 0.01 for name in ours)
    rows = MODEL.judge(places, {}, lambda line: None)
    assert {row["model"] for row in rows} == {"non-local means", "denoise-blind"} and len(rows) == 12
