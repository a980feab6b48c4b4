"""Stylise: recolouring, the objective, the optimisation beside it, and a painter that looks only near by."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from gesso_training.corpora.corpus import read_picture
from gesso_training.models.stylise import judge, own, recipe
from gesso_training.models.stylise.colour import recolour, statistics
from gesso_training.models.stylise.data import Bytes, describe, square, tensor, views
from gesso_training.models.stylise.grain import grain
from gesso_training.models.stylise.judge import (
    Kept,
    Verdict,
    bordered,
    contents_for_judging,
    contents_for_showing,
    gatys,
    judge_pair,
    recoloured_square,
    summary,
)
from gesso_training.models.stylise.network import BEARING_PX, BORDER_PX, Painter, Stylise
from gesso_training.models.stylise.own import OWN, LearningOwn, packed, painter_of, shipped, unpacked
from gesso_training.models.stylise.perception import LAYERS, Perception, gram, objective, relative
from gesso_training.models.stylise.publish import ALIGN_PX
from gesso_training.models.stylise.recipe import roughness_beyond, unsteadiness
from gesso_training.models.stylise.styles import SHIPPED, Work
from tests.training.conftest import drawn, perceptual_file


@pytest.fixture(scope="module")
def perception(tmp_path_factory: pytest.TempPathFactory) -> Perception:
    return Perception(perceptual_file(tmp_path_factory.mktemp("vgg") / "vgg.npz"))


@given(st.integers(0, 60))
def test_recolouring_reaches_the_styles_mean_and_covariance(seed: int) -> None:
    torch.manual_seed(seed)
    content, style = (
        0.5 + torch.einsum("ij,njhw->nihw", torch.randn(3, 3) * 0.03, torch.randn(1, 3, 20, side))
        + 0.03 * torch.randn(1, 3, 20, side)
        for side in (20, 28)
    )  # fmt: skip
    made = recolour(content, statistics(content), statistics(style))
    assume(bool(((made > 0) & (made < 1)).all()))  # clipping comes after the law
    for found, wanted in zip(statistics(made), statistics(style), strict=True):
        assert torch.allclose(found, wanted, atol=2e-5)


def test_recolouring_to_its_own_colours_changes_nothing_and_grey_does_no_harm() -> None:
    picture = tensor([drawn(1)])
    own = statistics(picture)
    assert float((recolour(picture, own, own) - picture).abs().max()) < 1e-3
    grey = torch.full((1, 3, 16, 16), 0.5)
    for made in (recolour(grey, statistics(grey), own), recolour(picture, own, statistics(grey))):
        assert bool(made.isfinite().all()) and float(made.min()) >= 0 and float(made.max()) <= 1


def test_the_judged_picture_has_the_styles_colours_already(perception: Perception) -> None:
    style = describe(square(drawn(8), 256), perception)
    mean, _ = statistics(recoloured_square(drawn(9), style))
    assert torch.allclose(mean[0], style.mean, atol=0.03)


def test_a_gram_matrix_is_known_symmetric_and_blind_to_place() -> None:
    features = torch.tensor([[[[1.0, 2.0]], [[3.0, 4.0]]]])
    assert torch.equal(gram(features), torch.tensor([[[2.5, 5.5], [5.5, 12.5]]]))
    some = torch.randn(2, 5, 6, 7)
    shuffled = some.flatten(2)[:, :, torch.randperm(42)].view(2, 5, 6, 7)
    assert torch.allclose(gram(some), gram(some).transpose(1, 2))
    assert torch.allclose(gram(some), gram(shuffled), atol=1e-5)


def test_a_relative_distance_does_not_depend_on_how_bright_features_are() -> None:
    a, b = torch.rand(2, 4, 4), torch.rand(2, 4, 4)
    assert torch.allclose(relative(a, b), relative(10 * a, 10 * b), rtol=1e-4)
    assert torch.equal(relative(b, b), torch.zeros(2))
    assert torch.allclose(relative(torch.zeros_like(b), b), torch.ones(2))


def test_the_objective_is_thirty_times_style_plus_content(perception: Perception) -> None:
    content, style = tensor([square(drawn(n), 64) for n in (1, 2)]).split(1)
    seen = perception(content)
    grams = [gram(f) for f in perception(style)]
    each, s, c = objective(perception(style), seen[-1], grams)
    assert float(s) < 1e-9 and float(each) == pytest.approx(float(c))
    each, s, c = objective(seen, seen[-1], grams)
    by_hand = np.mean(
        [float((gram(f) - g).square().sum() / g.square().sum()) for f, g in zip(seen, grams, strict=True)]
    )
    assert float(c) == 0 and float(s) == pytest.approx(by_hand, rel=1e-5)
    assert float(each) == pytest.approx(30 * by_hand, rel=1e-5)


def test_perception_sees_the_four_layers_at_their_scales(perception: Perception) -> None:
    assert LAYERS == ("relu1_1", "relu2_1", "relu3_1", "relu3_4")
    assert [tuple(f.shape[2:]) for f in perception(torch.rand(1, 3, 64, 48))] == [
        (64, 48),
        (32, 24),
        (16, 12),
        (16, 12),
    ]


def test_gatys_lowers_the_objective_step_by_step_and_begins_at_the_recoloured_picture(perception: Perception) -> None:
    style = describe(square(drawn(4), 256), perception)
    start = recoloured_square(drawn(5), style, 64)
    targets = [g[None] for g in style.grams]

    def value(picture: torch.Tensor) -> float:
        return float(objective(perception(picture), perception(start)[-1], targets)[0])

    found = gatys(start, style, perception, (1, 4, 12))
    values = [value(start), *(value(found[step]) for step in (1, 4, 12))]
    assert values == sorted(values, reverse=True) and values[-1] < 0.7 * values[0]


def test_a_verdict_sets_ours_beside_the_recoloured_picture_and_gatys(perception: Perception) -> None:
    style = describe(square(drawn(4), 256), perception)
    verdict = judge_pair(("c", drawn(5)), ("s", style), lambda recoloured, _: recoloured, perception, (2,))
    assert verdict.ours == pytest.approx(verdict.recoloured)  # a tint earns nothing
    assert verdict.ours_content < 1e-3 and set(verdict.gatys) == {2} and verdict.gatys[2] < verdict.recoloured


def test_what_gatys_reached_is_kept_by_pair_and_reused_only_when_asked(
    perception: Perception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    style = describe(square(drawn(4), 256), perception)
    runs: list[int] = []

    def counted(start: torch.Tensor, *_: object) -> dict[int, torch.Tensor]:
        runs.append(1)
        return {2: start * 0.9}

    monkeypatch.setattr(judge, "gatys", counted)

    def judged(reuse: bool, content: int = 5, mark: int = 2) -> float:
        kept = Kept(tmp_path / "gatys.json", perception)
        pair = ("c", drawn(content)), ("s", style)
        return judge_pair(*pair, lambda recoloured, _: recoloured, perception, (mark,), kept, reuse).gatys[2]

    first = judged(reuse=True)
    assert judged(reuse=True) == first and len(runs) == 1
    assert judged(reuse=False) == first and len(runs) == 2
    judged(reuse=True, content=6)
    assert len(runs) == 3
    other = Perception(perceptual_file(tmp_path / "other.npz", seed=6))
    assert Kept(tmp_path / "gatys.json", other).get(drawn(5), style, (2,)) is None


def test_the_closed_share_is_one_for_gatys_50_and_none_for_recolouring() -> None:
    def verdict(ours: float) -> Verdict:
        return Verdict("c", "s", 8.0, ours, 0, 0, {20: 3.0, 50: 2.0})

    assert summary([verdict(2.0)])["closed_to_gatys_50"] == pytest.approx(1)
    assert summary([verdict(8.0)])["closed_to_gatys_50"] == pytest.approx(0)
    assert summary([verdict(4.0)])["closed_to_gatys_50"] == pytest.approx(0.5)
    assert summary([verdict(4.0), verdict(2.0)])["gatys_20"] == 3.0


def changed_by(painter: Painter, code: torch.Tensor, side: int, at: int) -> tuple[int, int]:
    """How far to the left and right of an input pixel the output changes with it, the picture's bearing given."""
    torch.manual_seed(at)
    picture, field = torch.rand(1, 3, 16, side), grain(16, side)
    other = picture.clone()
    other[:, :, :, at] = 1 - other[:, :, :, at]
    with torch.inference_mode():
        bearing = painter.measured(picture, field, code)
        changed = painter(picture, field, code, bearing) != painter(other, field, code, bearing)
        columns = changed.any(1)[0].any(0).nonzero()
    return at - int(columns.min()), int(columns.max()) - at


@pytest.mark.parametrize("blocks", [1, 3])
def test_the_painter_looks_no_further_than_its_halo_from_any_place(blocks: int) -> None:
    torch.manual_seed(4)
    painter = Painter(8, blocks).eval()
    code = torch.randn(1, painter.code_size) * 0.3
    assert painter.halo_px % ALIGN_PX == 0
    reach = [max(changed_by(painter, code, 256, 128 + shift)) for shift in range(ALIGN_PX)]
    assert painter.halo_px >= max(reach) > painter.halo_px // 2


def test_a_tile_with_its_halo_equals_the_whole_picture() -> None:
    torch.manual_seed(6)
    painter = Painter(8, 2).eval()
    halo = painter.halo_px
    code = torch.randn(1, painter.code_size) * 0.3
    picture = torch.rand(1, 3, 3 * halo + 16, 3 * halo + 24)
    with torch.inference_mode():
        field = grain(picture.shape[2], picture.shape[3])
        whole, bearing = painter.painted(picture, field, code)
        rows, columns = slice(0, 2 * halo + 16), slice(8, 2 * halo + 8 + 16)
        tile = painter(picture[:, :, rows, columns], field[:, :, rows, columns], code, bearing)
    inside = tile[:, :, halo : halo + 16, halo : halo + 16]
    assert torch.allclose(inside, whole[:, :, halo : halo + 16, halo + 8 : halo + 24], atol=1e-5)


def test_a_border_is_given_and_taken_again_and_the_bearing_is_that_of_a_square() -> None:
    seen: list[tuple[int, ...]] = []

    def paint(picture: torch.Tensor, field: torch.Tensor, bearing: torch.Tensor) -> torch.Tensor:
        seen.append(tuple(picture.shape))
        assert torch.equal(field[0, 0, BORDER_PX:, BORDER_PX:], grain(64 + BORDER_PX, 72 + BORDER_PX)[0, 0])
        return picture * bearing

    def measure(square: torch.Tensor, field: torch.Tensor) -> torch.Tensor:
        seen.append(tuple(square.shape))
        assert torch.equal(field, grain(BEARING_PX, BEARING_PX))
        assert (square.mean((2, 3)) - picture.mean((2, 3))).abs().max() < 0.01
        return torch.tensor(2.0)

    picture = torch.rand(1, 3, 64, 72)
    assert torch.equal(bordered(paint, measure, picture), (picture * 2).clamp(0, 1))
    assert seen == [(1, 3, BEARING_PX, BEARING_PX), (1, 3, 64 + 2 * BORDER_PX, 72 + 2 * BORDER_PX)]


def test_a_code_says_how_and_the_encoder_reads_it_off_any_style() -> None:
    torch.manual_seed(7)
    network = Stylise(8, 1).eval()
    styles = tensor([square(drawn(n), 256) for n in (1, 2)])
    with torch.inference_mode():
        codes = network.encoder(styles)
        twice = torch.rand(1, 3, 32, 32).expand(2, -1, -1, -1)
        painted = network.painter(twice, grain(32, 32).expand(2, -1, -1, -1), codes)
    assert codes.shape == (2, network.painter.code_size)
    assert not torch.equal(codes[0], codes[1]) and not torch.equal(painted[0], painted[1])


def test_a_bearing_that_was_taken_before_gives_the_same_picture() -> None:
    torch.manual_seed(9)
    painter = Painter(8, 1).eval()
    picture, field, code = torch.rand(1, 3, 48, 40), grain(48, 40), torch.randn(1, painter.code_size) * 0.3
    with torch.inference_mode():
        bearing = painter.measured(picture, field, code)
        assert bearing.shape == code.shape
        assert torch.allclose(painter(picture, field, code), painter(picture, field, code, bearing), atol=1e-6)


def test_another_seed_of_grain_paints_otherwise_even_where_the_picture_is_flat() -> None:
    torch.manual_seed(10)
    painter = Painter(8, 1).eval()
    flat, code = torch.full((1, 3, 64, 64), 0.5), torch.randn(1, painter.code_size) * 0.3
    with torch.inference_mode():
        one, other = (painter(flat, grain(64, 64, seed=seed), code) for seed in (1, 2))
    assert float((one - other).abs().mean()) > 1e-3


def test_moving_the_picture_moves_the_paint_or_is_paid_for() -> None:
    torch.manual_seed(11)
    network = Stylise(8, 1).eval()
    picture, field = torch.rand(1, 3, 96, 96), grain(96, 96)
    code = torch.zeros(1, network.painter.code_size)
    with torch.inference_mode():
        painted = network.painter.painted(picture, field, code)
        paid = float(unsteadiness(network, painted, picture, field, code, 3))
        network.painter.tail.weight.zero_()  # paints nothing: the picture alone moves along
        still = network.painter.painted(picture, field, code)
        assert float(unsteadiness(network, still, picture, field, code, 3)) == 0 < paid


def test_noise_in_a_flat_sky_is_paid_for_and_noise_in_a_thicket_is_not() -> None:
    torch.manual_seed(8)
    flat, thicket, noise = torch.full((1, 3, 32, 32), 0.5), torch.rand(1, 3, 32, 32), torch.randn(1, 3, 32, 32) * 0.05
    assert float(roughness_beyond(flat, flat)) == 0
    assert float(roughness_beyond(flat + noise, flat)) > 20 * float(roughness_beyond(thicket + noise, thicket))


def test_views_of_a_painting_are_squares_and_the_first_is_the_whole() -> None:
    picture = drawn(3)
    found = views(picture, 5, np.random.default_rng(1))
    assert len(found) == 5 and {view.shape for view in found} == {(256, 256, 3)}
    assert np.array_equal(found[0], square(picture, 256))
    assert len({view.tobytes() for view in found}) == 5


def test_contents_are_held_out_and_what_is_shown_may_travel(data: Path, own_manifests: Path) -> None:
    judged = {name for name, _ in contents_for_judging(data)}
    assert judged == {"p7.png", "val/0.jpg", "val/1.jpg", "val/2.jpg"}
    assert {name for name, _ in contents_for_showing(data)} == {"p7.png", "c0.png"}


def test_a_shipped_style_learns_what_is_its_own_and_leaves_the_encoder_to_the_others() -> None:
    network = Stylise(8, 1)
    styles = torch.rand(2, 3, 256, 256)
    code = network.code(styles, torch.tensor([3, 0]))
    assert torch.allclose(code[1], network.encoder(styles[1:])[0], atol=1e-5)
    network.code(styles[:1], torch.tensor([3])).sum().backward()
    assert all(p.grad is None or not p.grad.any() for p in network.encoder.parameters())
    assert network.own.weight.grad is not None and network.own.weight.grad[3].all()
    assert not network.own.weight.grad[[0, 1, 2]].any()


def test_twenty_four_styles_ship_each_of_its_own_work() -> None:
    assert len(SHIPPED) == 24
    for field in ("id", "file", "title", "title_zh"):
        assert len({getattr(work, field) for work in SHIPPED}) == 24


def gone_on(network: Stylise, runs: Path, work: Work, **about: object) -> dict[str, torch.Tensor]:
    """A checkpoint as a style's own run leaves it: another painter, another code, the same encoder."""
    own = {name: value.clone() for name, value in network.state_dict().items()}
    for name, value in own.items():
        if name.startswith("painter."):
            value += 0.05 * torch.randn_like(value)
    own["own.weight"][1] += 0.1
    recipe = {"start_from": "whole-128", "schedule": {"steps": 3}}
    (runs / f"own-{work.id}").mkdir(parents=True)
    kept = {"average": own, "step": 3, "seconds": 120.0, "about": {"recipe": recipe}, **about}
    torch.save(kept, runs / f"own-{work.id}" / "checkpoint.pt")
    return own


def test_a_style_ships_with_what_its_own_run_learnt(tmp_path: Path) -> None:
    torch.manual_seed(12)
    network, work = Stylise(8, 1).eval(), SHIPPED[0]
    picture = tensor([square(drawn(3), 256)])
    without = shipped(network, "whole-128", picture, work, tmp_path)
    assert without.weights == b"" and painter_of(network, without) is network.painter
    before = network.painter.stem.convolution.weight.clone()
    own = gone_on(network, tmp_path, work)
    ship = shipped(network, "whole-128", picture, work, tmp_path)
    assert (ship.steps, ship.minutes) == (3, 2.0) and not torch.equal(ship.code, without.code)
    painter = painter_of(network, ship)
    for name, value in painter.state_dict().items():
        wanted, shared = own[f"painter.{name}"], network.painter.state_dict()[name]
        assert float((value - wanted).abs().max()) <= float((wanted - shared).abs().max()) / 253
    assert torch.equal(network.painter.stem.convolution.weight, before), "the shared painter stays"


@given(st.integers(0, 200))
def test_eight_bits_miss_by_half_a_step_at_most(seed: int) -> None:
    torch.manual_seed(seed)
    shared = {"w": torch.randn(5, 3, 2, 2), "b": torch.randn(5), "same": torch.ones(2, 2)}
    own = {
        "w": shared["w"] + torch.randn(5, 1, 1, 1) * torch.randn(5, 3, 2, 2),
        "b": torch.randn(5),
        "same": torch.ones(2, 2),
    }
    added = unpacked(packed(own, shared))
    step = (own["w"] - shared["w"]).abs().amax((1, 2, 3), keepdim=True) / 127
    assert bool(((shared["w"] + added["w"] - own["w"]).abs() <= 0.501 * step + 1e-6).all())
    assert torch.allclose(shared["b"] + added["b"], own["b"], atol=1e-6) and not added["same"].any()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"step": 2}, "stopped at step 2"),
        ({"about": {"recipe": {"start_from": "other", "schedule": {"steps": 3}}}}, "did not begin"),
    ],
)
def test_a_run_that_does_not_belong_here_is_refused(tmp_path: Path, change: dict[str, object], said: str) -> None:
    network, picture = Stylise(8, 1).eval(), torch.rand(1, 3, 256, 256)
    gone_on(network, tmp_path, SHIPPED[2], **change)
    with pytest.raises(ValueError, match=said):
        shipped(network, "whole-128", picture, SHIPPED[2], tmp_path)


def test_a_run_that_went_out_from_another_network_is_refused(tmp_path: Path) -> None:
    gone_on(Stylise(8, 1), tmp_path, SHIPPED[1])
    with pytest.raises(ValueError, match="did not begin"):
        shipped(Stylise(8, 1), "whole-128", torch.rand(1, 3, 256, 256), SHIPPED[1], tmp_path)


def test_every_shipped_style_has_a_recipe_and_learns_alone(
    data: Path, own_manifests: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [recipe.only for recipe in OWN.values()] == [work.id for work in SHIPPED]
    work = Work("first", "w1.png", "First", "一")
    for module in (own, recipe):
        monkeypatch.setattr(module, "SHIPPED", (work,))
    short = replace(OWN["own-great-wave"], only="first", width=8, blocks=1, picture_px=96, crop_px=64, context_px=8)
    start = Stylise(8, 1).state_dict()
    task = LearningOwn(short, data, Path(), start)
    batch = task.batch(0, np.random.default_rng(1))
    assert batch["number"].tolist() == [1] and torch.equal(batch["style"], tensor([square(read(data, work), 256)]))
    loss, _ = task.loss(task.network, batch, 0)
    loss.backward()
    assert isinstance(task.network, Stylise)
    assert all(parameter.grad is None for parameter in task.network.encoder.parameters())
    assert all(parameter.grad is not None and parameter.grad.any() for parameter in task.network.painter.parameters())
    scores = task.validate(task.network)
    assert scores["objective"] > 0 and scores["log_objective"] <= np.log(scores["objective"]) + 1e-6


def read(data: Path, work: Work) -> Bytes:
    return read_picture(data / "images" / "paintings" / work.file)
