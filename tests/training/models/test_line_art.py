"""Line art: convolutions over differences, labels of several people, the Berkeley benchmark, and a run from start to shelf."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, PngImagePlugin

from gesso_training import package, signing
from gesso_training.ledger import Run
from gesso_training.loop import Schedule, fit, plain
from gesso_training.models.line_art import baselines, publish
from gesso_training.models.line_art.data import (
    DRAWN,
    UNSURE,
    Patches,
    Turning,
    agreement,
    items,
    labels,
    outlined,
    read,
)
from gesso_training.models.line_art.differences import KINDS, DifferenceConv, made_plain
from gesso_training.models.line_art.judge import Kept, score
from gesso_training.models.line_art.matching import above, counts, human, matched, offsets, scores
from gesso_training.models.line_art.near import best_f
from gesso_training.models.line_art.network import ALIGN_PX, LineArt
from gesso_training.models.line_art.recipe import RECIPES, Recipe, balanced
from gesso_training.models.line_art.room import MODEL
from gesso_training.models.line_art.thin import ridges, thinned
from gesso_training.registry import Places
from tests.training.conftest import drawn

TINY = Recipe(
    Schedule(2, warm_up=1, validate_every=2),
    widths=(4, 6, 8, 8),
    blocks=(1, 1, 1, 1),
    merged=6,
    fine=4,
    side=64,
    count=2,
)


@pytest.mark.parametrize("kind", KINDS)
def test_a_convolution_over_differences_is_an_ordinary_one(kind: str) -> None:
    torch.manual_seed(1)
    ours = DifferenceConv(3, 5, kind)
    picture = torch.rand(1, 3, 14, 17)
    with torch.inference_mode():
        assert torch.allclose(ours(picture), ours.plain()(picture), atol=1e-5)


@pytest.mark.parametrize("kind", KINDS[1:])
def test_it_is_blind_to_how_light_a_flat_picture_is(kind: str) -> None:
    ours = DifferenceConv(1, 2, kind)
    with torch.inference_mode():
        inner = (ours(torch.full((1, 1, 12, 12), 0.7)) - ours(torch.zeros(1, 1, 12, 12)))[..., 3:-3, 3:-3]
    assert inner.abs().max() < 1e-5


def test_radial_differences_are_those_of_the_outer_ring_from_the_inner() -> None:
    ours = DifferenceConv(1, 1, "radial")
    with torch.no_grad():
        ours.weight.zero_()
        ours.weight[0, 0, 0, 1] = 1.0  # north
        picture = torch.zeros(1, 1, 9, 9)
        picture[0, 0, 2, 4], picture[0, 0, 3, 4] = 5.0, 3.0
        assert ours(picture)[0, 0, 4, 4] == pytest.approx(2.0)


def test_no_other_kinds() -> None:
    with pytest.raises(ValueError, match="kind 'round'"):
        DifferenceConv(1, 1, "round")


def test_an_output_pixel_looks_no_further_than_the_card_says() -> None:
    torch.manual_seed(2)
    ours = LineArt((4, 4, 4, 4), (1, 1, 1, 1), 4, 2).eval()
    with torch.no_grad():
        for name, weight in ours.named_parameters():  # nothing is switched off on the way
            weight.fill_(9.0) if name.endswith("bias") else weight.uniform_(0.05, 0.1)
    side = 2 * (ours.halo_px // ALIGN_PX + 2) * ALIGN_PX
    picture = torch.rand(1, 3, side, side, requires_grad=True)
    farthest = 0
    for place in range(side // 2, side // 2 + ALIGN_PX, 5):
        [moved] = torch.autograd.grad(ours(picture)[0, :, place, place].sum(), picture)
        reached = moved.abs().sum((0, 1)).nonzero() - place
        farthest = max(farthest, int(reached.abs().max()))
    assert 0.8 * ours.halo_px < farthest <= ours.halo_px


def test_the_shipped_network_says_the_same_and_holds_only_what_it_uses() -> None:
    torch.manual_seed(3)
    ours = LineArt(TINY.widths, TINY.blocks, TINY.merged, TINY.fine).eval()
    shipped = publish.shipped(ours)
    picture = torch.rand(1, 3, 48, 32)
    with torch.inference_mode():
        assert torch.allclose(ours(picture), shipped(picture), atol=1e-5)
        assert len(ours.sides(picture)) == 5
    assert not any(isinstance(part, DifferenceConv) for part in shipped.modules())
    assert any(isinstance(part, DifferenceConv) for part in ours.modules()), "the learning network is left as it was"
    assert made_plain(shipped) is shipped


# --- labels ---------------------------------------------------------------------------------------------------------


def people(*columns: int, side: int = 24) -> NDArray[np.bool_]:
    """Each drew one upright line."""
    found = np.zeros((len(columns), side, side), bool)
    for number, column in enumerate(columns):
        found[number, :, column] = True
    return found


def test_lines_side_by_side_agree() -> None:
    shares = agreement(people(5, 6, 15, 5), 1)
    assert shares[10, 5] == shares[10, 6] == pytest.approx(0.75)
    assert shares[10, 15] == pytest.approx(0.25) and shares[10, 10] == 0


def test_who_drew_alone_is_believed_by_one_reading_and_not_held_against_the_others() -> None:
    plane = labels(people(5, 6, 15, 5), 1, 0.3, 0.8)
    assert plane[10, 15].tolist() == [DRAWN, UNSURE, UNSURE]
    assert plane[10, 5].tolist() == [DRAWN, DRAWN, UNSURE]
    assert plane[10, 10].tolist() == [0, 0, 0]


def test_lines_and_the_rest_weigh_the_same_and_the_unsure_nothing() -> None:
    drawn_, empty = torch.zeros(1, 1, 10, 10), torch.ones(1, 1, 10, 10)
    drawn_[0, 0, 0, :5] = 1
    empty[0, 0, 0] = 0
    logits = torch.zeros(1, 1, 10, 10, requires_grad=True)
    [moved] = torch.autograd.grad(balanced(logits, drawn_, empty, 1.0), logits)
    assert -moved[drawn_ > 0].sum() == pytest.approx(float(moved[empty > 0].sum()), rel=1e-5)
    assert moved[0, 0, 0, 5:].abs().max() == 0


def votes_file(path: Path, truths: NDArray[np.bool_], said: str | None = None) -> None:
    votes = sum(truth.astype(np.uint16) << i for i, truth in enumerate(truths))
    text = PngImagePlugin.PngInfo()
    text.add_text("annotators", str(len(truths)) if said is None else said)
    Image.fromarray(np.asarray(votes, np.uint16)).save(path, pnginfo=text)


@pytest.mark.parametrize("said", ["", "1", "40"])
def test_votes_that_do_not_say_whose_they_are_are_refused(tmp_path: Path, said: str) -> None:
    votes_file(tmp_path / "a.png", people(3, 7, 9), said)
    with pytest.raises(ValueError, match=r"a\.png does not say who"):
        read(tmp_path / "a.png")


@pytest.fixture
def boundaries(data: Path, tmp_path: Path, own_manifests: Path) -> Path:
    """A data folder with a few outlined pictures for learning and judging."""
    root = tmp_path / "data"
    rng = np.random.default_rng(4)
    for folder, numbers in (("train", range(12)), ("val", range(12, 20)), ("test", range(20, 23))):
        (root / "images" / "bsds500" / folder).mkdir(parents=True)
        for number in numbers:
            picture = drawn(700 + number, 112, 128)
            Image.fromarray(picture).save(root / "images" / "bsds500" / folder / f"{number}.jpg", quality=95)
            truths = np.zeros((3, 112, 128), bool)
            truths[:, 56] = True
            truths[rng.integers(3), :, 64] = True
            votes_file(root / "images" / "bsds500" / folder / f"{number}.png", truths)
    return root


def test_splits_are_those_of_boundary_papers(boundaries: Path) -> None:
    folders = {split: {item.file.split("/")[0] for item in items(split, boundaries)} for split in ("train", "test")}
    assert folders == {"train": {"train", "val"}, "test": {"test"}}
    files = [item.file for split in ("train", "validation", "test") for item in items(split, boundaries)]
    assert len(files) == len(set(files)) == 23 and len(items("validation", boundaries)) == 1
    one = outlined("test", boundaries)[0]
    assert one.truths().shape == (3, 112, 128) and one.truths()[:, 56].all()


def test_no_votes_is_said(boundaries: Path) -> None:
    (boundaries / "images" / "bsds500" / "test" / "21.png").unlink()
    with pytest.raises(FileNotFoundError, match=r"lacks test/21\.png"):
        outlined("test", boundaries)


@given(st.integers(0, 60))
def test_a_patch_and_its_lines_stay_together(seed: int) -> None:
    side = 96
    picture = np.full((side, side, 3), 40, np.uint8)
    picture[:, side // 2 :] = 220
    truths = people(side // 2, side=side)
    one = type("One", (), {"picture": picture})()
    rng = np.random.default_rng(seed)
    patch, plane = Patches([one], [labels(truths, 1, 0.3, 0.6)], 64, 1, Turning(light=0, grey=0)).one(0, rng)
    lightness = patch.mean(axis=2)
    steep = np.hypot(*np.gradient(lightness))
    line = (plane[..., 0] == DRAWN) & (plane[..., 0] != UNSURE)
    if line[8:-8, 8:-8].sum() > 20:
        assert steep[line].mean() > 3 * steep.mean()
    assert patch.min() >= 0 and patch.max() <= 1 and patch.dtype == np.float32


# --- the benchmark --------------------------------------------------------------------------------------------------


def test_ridges_are_thin_whichever_way_a_line_runs() -> None:
    y, x = np.mgrid[0:61, 0:61] - 30.0
    for angle in range(0, 180, 20):
        away = x * np.cos(np.radians(angle)) + y * np.sin(np.radians(angle))
        kept = ridges(np.exp(-(away**2) / 8).astype(np.float32))[8:-8, 8:-8]
        assert not kept[np.abs(away[8:-8, 8:-8]) > 1].any() and (kept > 0.5).sum() >= 40


def test_thinning_keeps_a_line_whole() -> None:
    thick = np.zeros((20, 40), bool)
    thick[8:12, 5:35] = True
    thin = thinned(thick)
    assert thin.sum(axis=0).max() == 1 and thin[:, 9:31].any(axis=0).all()


def test_steps_reach_as_far_as_said() -> None:
    assert len(offsets(1.0)) == 5 and offsets(4.3)[0] == (0, 0)
    assert max(y * y + x * x for y, x in offsets(4.3)) <= 4.3**2


def test_one_pixel_matches_one_and_the_nearest_are_taken() -> None:
    found, truth = np.zeros((20, 20), bool), np.zeros((20, 20), bool)
    found[10, [5, 7, 8]] = True
    truth[10, [6, 9]] = True
    partnered, pairs = matched(found, truth, 2.0)
    assert pairs == 2 and partnered.sum() == 2 and partnered[10, 8]
    assert matched(found, truth, 0.9)[1] == 0
    assert matched(found, np.zeros_like(truth), 2.0) == (pytest.approx(np.zeros_like(truth)), 0)


@given(st.integers(0, 100), st.floats(1, 4))
def test_matching_is_as_large_as_it_can_be(seed: int, reach: float) -> None:
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_bipartite_matching

    rng = np.random.default_rng(seed)
    found, truth = rng.random((16, 16)) < 0.15, rng.random((16, 16)) < 0.15
    a, b = np.argwhere(found), np.argwhere(truth)
    near = np.hypot(*(a[:, None] - b[None]).transpose(2, 0, 1)) <= reach
    largest = int((maximum_bipartite_matching(csr_array(near.astype(np.int8))) >= 0).sum()) if near.any() else 0
    assert matched(found, truth, reach)[1] == largest


def test_a_perfect_map_scores_one_and_a_shifted_one_as_well_within_reach() -> None:
    truths = people(12, 12, 12, side=48)
    for shift in (0, 0.4):
        strength = np.zeros((48, 48), np.float32)
        strength[:, 12 + round(shift)] = 0.9
        found = scores([counts(above(strength), truths)])
        assert found.ods == found.ois == pytest.approx(1.0)


def test_every_line_of_everybody_counts_for_recall_and_any_for_precision() -> None:
    truths = people(12, 30, side=48)
    strength = np.zeros((48, 48), np.float32)
    strength[:, 12] = 0.9
    told = counts(above(strength), truths)[0]
    assert told.tolist() == [48, 96, 48, 48]
    assert scores([counts(above(strength), truths)]).ods == pytest.approx(2 / 3)


def test_ods_takes_one_threshold_for_all_and_ois_each_its_own() -> None:
    truths = people(12, side=48)
    good, faint = (np.zeros((48, 48), np.float32) for _ in range(2))
    good[:, 12], good[:, 30] = 0.9, 0.6
    faint[:, 12] = 0.3
    found = scores([counts(above(good), truths), counts(above(faint), truths)])
    assert found.ois == pytest.approx(1.0) and found.ods < 0.9 and found.own == pytest.approx((1.0, 1.0))


def test_people_who_drew_the_same_agree_wholly_and_others_not() -> None:
    assert human([list(people(12, 12, 12))]) == pytest.approx(1.0)
    assert human([list(people(4, 20))]) == 0


def test_the_quick_count_knows_good_from_bad() -> None:
    truths = people(24, 24, side=48)
    good, bad = (np.zeros((48, 48), np.float32) for _ in range(2))
    good[:, 24], bad[:, 8] = 0.9, 0.9
    assert best_f([good], [truths]) > 0.95 > 0.1 > best_f([bad], [truths])


@pytest.mark.parametrize("method", [baselines.canny, baselines.sobel])
def test_baselines_find_a_step(method: baselines.Method) -> None:
    picture = np.full((192, 192, 3), 60, np.uint8)
    picture[:, 96:] = 190
    assert scores([counts(method(picture), people(96, side=192))]).ods > 0.8


def test_canny_keeps_weak_pieces_only_where_they_touch_strong_ones() -> None:
    grey = np.zeros((96, 128), np.uint8)
    grey[:48, 30:60], grey[48:, 30:60] = 153, 76  # an edge that is strong above and weak below
    grey[:, 60:] = np.linspace(153, 0, 68).astype(np.uint8)
    grey[60:, 60:100] = 76
    grey[:, 100:] = 0  # and one that is weak alone
    kept = baselines.canny(np.repeat(grey[..., None], 3, axis=2))(0.7)
    assert kept[10:40, 28:32].any(axis=1).all() and kept[56:86, 28:32].any(axis=1).all()
    assert not kept[70:86, 96:104].any()


def test_counts_are_kept_and_not_made_again(boundaries: Path, tmp_path: Path) -> None:
    pictures = outlined("test", boundaries)
    store, asked = Kept(tmp_path / "kept"), []

    def method(picture: NDArray[np.uint8]) -> baselines.Map:
        asked.append(picture)
        return baselines.sobel(picture)

    assert not store.holds("ours", pictures)
    first = score("ours", method, pictures, store)
    assert store.holds("ours", pictures) and score("ours", method, pictures, store) == first
    assert len(asked) == len(pictures)


# --- from start to shelf --------------------------------------------------------------------------------------------


def test_it_learns_and_is_packaged_on_non_commercial_terms(
    boundaries: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(RECIPES, "best", TINY)
    places = Places(boundaries, tmp_path / "runs", tmp_path / "shelf")
    folder = places.run("line-art", "best")
    outcome = fit(
        MODEL.task(TINY, places), TINY.schedule, folder, about={"recipe": plain(TINY)}, report=lambda line: None
    )
    assert outcome.finished and 0 <= outcome.scores["near_f"] <= 1
    assert set(MODEL.items(folder, places)) == {
        item.file.split("/")[1][:-4] for item in items("validation", boundaries)
    }
    signing.new_key(tmp_path / "private", tmp_path / "keys", "tests")
    run = Run("line-art", "best", plain(TINY), {}, 1, 2, 0.1, True, {}, "", "", {}, "")
    made = MODEL.publish("best", "0.1.0", run, places, signing.read_private(tmp_path / "private"))
    assert package.verify(made, tmp_path / "keys") == []
    assert '"terms": "non-commercial"' in (made / "card.json").read_text(encoding="utf-8")
    rows = MODEL.judge(places, {"every": 2}, lambda line: None)
    assert [row["model"] for row in rows] == ["Canny", "Sobel", "line-art", "one person against the others"]
    assert rows[0]["judge"] == "bsds500 test, one picture in 2" and rows[0]["pictures"] == 2
    on = Recipe(**{**vars(TINY), "start_from": "package:line-art", "differences": False})
    begun = MODEL.task(on, places).network
    picture = torch.rand(1, 3, 32, 48)
    with torch.inference_mode():
        assert torch.allclose(begun(picture), outcome.network(picture), atol=1e-4)
    [timed] = MODEL.timed(places)
    assert timed.title.startswith("line-art")
