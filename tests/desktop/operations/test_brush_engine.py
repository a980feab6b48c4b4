"""Laws of the brush engine: curves, senses, the string, tips, grain, wet paint, healing, and brushes in words."""

from __future__ import annotations

import json
from dataclasses import replace
from math import hypot, sin

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesso.operations.painting.brush import (
    LINEAR,
    PARTS,
    SENSES,
    Brush,
    Curve,
    Dab,
    Dynamic,
    Point,
    dabs,
    mask_of,
    stamp,
)
from gesso.operations.painting.brush.heal import healed
from gesso.operations.painting.brush.names import GRAINS, TIPS
from gesso.operations.painting.brush.stamp import bitten
from gesso.operations.painting.brush.tips import grain_of
from gesso.operations.painting.brush.wet import Hair
from gesso.operations.painting.brush.written import brush_from, written
from gesso.values import Box, Colour

shares = st.floats(0, 1)


@st.composite
def curves(draw: st.DrawFn) -> Curve:
    inner = draw(st.lists(st.integers(1, 99), max_size=6, unique=True))
    xs = [0.0, *(x / 100 for x in sorted(inner)), 1.0]
    return Curve(tuple((x, draw(shares)) for x in xs))


@st.composite
def any_brush(draw: st.DrawFn) -> Brush:
    return Brush(
        size_px=draw(st.floats(0.5, 1000)), hardness=draw(shares), opacity=draw(shares), flow=draw(shares),
        spacing=draw(st.floats(0.01, 10)), tip=draw(st.sampled_from(TIPS)), angle=draw(st.floats(-360, 360)),
        roundness=draw(st.floats(0.02, 1)), builds_up=draw(st.booleans()), antialias=draw(st.booleans()),
        scatter=draw(st.floats(0, 5)), texture=draw(st.sampled_from(("", *GRAINS))), texture_depth=draw(shares),
        wet_edge=draw(shares), smudge=draw(shares), wetness=draw(shares), charge=draw(shares),
        stabiliser_px=draw(st.floats(0, 300)),
        dynamics=tuple(draw(st.lists(st.builds(
            Dynamic, st.sampled_from(PARTS), st.sampled_from(SENSES), curves(), st.floats(0.1, 8)), max_size=4))),
    )  # fmt: skip


# --- curves ----------------------------------------------------------------------------------------------------------


@given(curves(), shares)
def test_a_curve_goes_through_its_points_and_never_leaves_its_neighbours(curve: Curve, x: float) -> None:
    for px, py in curve.points:
        assert curve(px) == pytest.approx(py, abs=1e-9)
    at = max(i for i, (px, _) in enumerate(curve.points) if px <= x)
    around = curve.points[at : at + 2]
    assert min(y for _, y in around) - 1e-9 <= curve(x) <= max(y for _, y in around) + 1e-9


def test_a_straight_curve_changes_nothing() -> None:
    assert [LINEAR(x) for x in (0.0, 0.3, 0.9, 1.0, 7.0, -1.0)] == [0.0, 0.3, 0.9, 1.0, 1.0, 0.0]


@pytest.mark.parametrize(
    "points", [((0, 0),), ((0, 0), (0.5, 1)), ((0, 0), (0.5, 1), (0.5, 0), (1, 1)), ((0, 0), (1, 1.2))]
)
def test_a_curve_refuses_the_impossible(points: tuple) -> None:
    with pytest.raises(ValueError):
        Curve(points)


# --- senses ----------------------------------------------------------------------------------------------------------


def line(speed_px_s: float = 500, **held: float) -> list[Point]:
    return [Point(10.0 * s, 50, time=10 * s / speed_px_s, **held) for s in range(40)]


def sized(sense: str, points: list[Point], seed: int = 0) -> list[float]:
    brush = Brush(40, dynamics=(Dynamic("size", sense),))  # type of names is checked when it is made
    return [2 * d.radius for d in dabs(brush, points, seed)]


def test_each_sense_is_what_the_pen_says() -> None:
    assert sized("pressure", line(pressure=0.5))[5] == pytest.approx(20)
    slow, fast = sized("speed", line(250))[-1], sized("speed", line(1250))[-1]
    assert slow == pytest.approx(4, abs=0.3) and fast == pytest.approx(20, abs=1)
    assert sized("tilt", line(tilt_x=30.0))[5] == pytest.approx(20)
    assert sized("lean", line(tilt_x=0.0, tilt_y=20.0))[5] == pytest.approx(10)
    assert sized("rotation", line(rotation=180.0))[5] == pytest.approx(20)
    down = [Point(50, 10.0 * s, time=s / 50) for s in range(20)]
    assert sized("direction", down)[5] == pytest.approx(10)


def test_chance_is_even_and_comes_from_the_seed() -> None:
    first, again, other = (sized("random", line(), seed) for seed in (7, 7, 8))
    assert first == again and first != other
    assert min(first) < 8 and max(first) > 32


def test_a_pen_that_turns_past_north_does_not_spin_round() -> None:
    points = [Point(10.0 * s, 0, rotation=(350 + 2 * s) % 360) for s in range(12)]
    brush = Brush(20, dynamics=(Dynamic("angle", "rotation"),))
    assert all(d.angle % 360 >= 349 or d.angle % 360 <= 13 for d in dabs(brush, points))


def test_a_flat_brush_lies_across_its_way_from_the_first_dab() -> None:
    brush = Brush(20, tip="flat", dynamics=(Dynamic("angle", "direction"),))
    found = list(dabs(brush, [Point(50, 10.0 * s) for s in range(10)]))
    assert (found[0].x, found[0].y) == (50, 0) and all(d.angle == pytest.approx(90) for d in found)
    assert len(list(dabs(brush, [Point(5, 5)]))) == 1, "a tap leaves a dab all the same"


@given(st.floats(0, 3), st.integers(0, 99))
def test_dabs_stray_no_further_than_they_may(scatter: float, seed: int) -> None:
    brush = Brush(20, scatter=scatter, spacing=0.5, dynamics=())
    for dab in dabs(brush, line()[:12], seed):
        assert abs(dab.y - 50) <= scatter * 20 + 1e-6


# --- the string ------------------------------------------------------------------------------------------------------


def test_a_string_calms_a_trembling_hand_and_arrives_where_the_pen_was_lifted() -> None:
    shaking = [Point(4.0 * s, 50 + 4 * sin(2.1 * s)) for s in range(100)]
    loose = list(dabs(Brush(4, dynamics=()), shaking))
    calm = list(dabs(Brush(4, stabiliser_px=40, dynamics=()), shaking))
    tremor = [np.std([d.y for d in found if 60 < d.x < 330]) for found in (loose, calm)]
    assert tremor[1] < 0.25 * tremor[0]
    last = shaking[-1]
    assert hypot(calm[-1].x - last.x, calm[-1].y - last.y) < 1


@given(st.lists(st.floats(0.01, 0.99), max_size=8, unique=True))
def test_a_pulled_stroke_is_the_same_however_often_the_pen_reports(cuts: list[float]) -> None:
    brush = Brush(10, stabiliser_px=30, dynamics=())
    ends = [Point(0, 0, 1.0, 0.0), Point(300, 120, 1.0, 1.0)]
    between = [Point(300 * s, 120 * s, 1.0, s) for s in sorted(cuts)]
    whole, chopped = list(dabs(brush, ends)), list(dabs(brush, [ends[0], *between, ends[1]]))
    assert len(whole) == len(chopped)
    assert [d.x for d in whole] == pytest.approx([d.x for d in chopped], abs=0.02)


# --- tips and grain --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tip", TIPS)
def test_a_tip_stays_within_its_dab_and_turns_about_its_middle(tip: str) -> None:
    for angle in (0.0, 90.0, 180.0):
        mask, box = mask_of(Dab(50.5, 50.5, 20, 1.0, 1.0, tip=tip, angle=angle))
        assert mask.shape == (box.height, box.width) and mask.min() >= 0 and mask.max() <= 1
        assert box == Dab(50.5, 50.5, 20, 1.0).box
        assert not mask[0].any() and not mask[:, 0].any() and not mask[-1].any() and not mask[:, -1].any()
    upright, _ = mask_of(Dab(50.5, 50.5, 20, 1.0, 1.0, tip=tip, angle=0.0))
    over, _ = mask_of(Dab(50.5, 50.5, 20, 1.0, 1.0, tip=tip, angle=180.0))
    assert np.abs(upright - over[::-1, ::-1]).mean() < 0.05


@given(st.floats(0.3, 400), st.floats(0, 30), st.floats(0, 30), st.booleans())
def test_no_mask_reaches_out_of_the_box_of_its_dab(radius: float, x: float, y: float, antialias: bool) -> None:
    dab = Dab(x, y, radius, 1.0, antialias=antialias)
    assert dab.box.contains(mask_of(dab)[1])


@pytest.mark.parametrize(("size", "count"), [(1, 1), (2, 4), (3, 9), (4, 12), (5, 21)])
def test_an_aliased_brush_covers_whole_pixels(size: int, count: int) -> None:
    coverage = np.zeros((20, 20), np.float32)
    stamp(coverage, Dab(9.3, 9.8, size / 2, 1.0, 1.0, antialias=False))
    assert set(np.unique(coverage)) == {0.0, 1.0} and int(coverage.sum()) == count
    assert np.array_equal(coverage.sum(axis=0)[coverage.any(axis=0)], coverage.sum(axis=1)[coverage.any(axis=1)])


def test_roundness_presses_a_tip_flat() -> None:
    mask, _ = mask_of(Dab(50.5, 50.5, 30, 1.0, 1.0, roundness=0.25))
    wide, tall = (mask > 0.5).any(axis=0).sum(), (mask > 0.5).any(axis=1).sum()
    assert abs(wide - 60) <= 2 and abs(tall - 15) <= 2
    turned, _ = mask_of(Dab(50.5, 50.5, 30, 1.0, 1.0, roundness=0.25, angle=90))
    assert np.abs(turned - mask.T).max() < 0.02


@given(shares, shares, st.integers(-2000, 2000), st.integers(-2000, 2000), st.sampled_from(GRAINS))
def test_the_ground_takes_nothing_where_there_is_nothing(depth: float, m: float, x: int, y: int, name: str) -> None:
    dab = Dab(0, 0, 10, 1.0, texture=name, texture_depth=depth)
    wanted = np.full((20, 30), np.float32(m))
    wanted[:5] = 0
    taken = bitten(wanted, dab, Box(x, y, 30, 20))
    assert not taken[:5].any() and taken.min() >= 0 and taken.max() <= 1
    part = bitten(wanted[6:, 9:], dab, Box(x + 9, y + 6, 21, 14))
    assert np.array_equal(part, taken[6:, 9:]), "a part looks as it does in the whole"


@pytest.mark.parametrize("name", GRAINS)
def test_grain_is_even_and_repeats_without_a_seam(name: str) -> None:
    field = grain_of(name)
    assert field.min() == 0 and field.max() == 1 and abs(float(field.mean()) - 0.5) < 1e-3
    steps = np.abs(np.diff(field, axis=1)).mean(axis=0)
    assert np.abs(field[:, 0] - field[:, -1]).mean() < 1.1 * steps.max()


def test_a_can_fills_and_a_brush_stops_at_its_profile() -> None:
    can, brush = np.zeros((40, 40), np.float32), np.zeros((40, 40), np.float32)
    for _ in range(80):
        stamp(can, Dab(20, 20, 15, 0.5, 0.0, 0.2, builds_up=True))
        stamp(brush, Dab(20, 20, 15, 0.5, 0.0, 0.2))
    assert can.max() > 0.99 and 0.49 < brush.max() <= 0.5


# --- wet paint and healing -------------------------------------------------------------------------------------------


def test_a_brush_without_colour_of_its_own_keeps_an_even_ground() -> None:
    under = np.full((9, 9, 4), 0.5, np.float32)
    hair = Hair(Brush(8, smudge=0.5, wetness=0.4, charge=0.0, colour=Colour(1, 0, 0)))
    for _ in range(5):
        under = hair.press(under, np.ones((9, 9), np.float32), Dab(4, 4, 4, 1.0, smudge=0.5, wetness=0.4))
    assert np.allclose(under, 0.5, atol=1e-5)


def test_taken_up_colour_is_given_back_until_the_own_one_returns() -> None:
    hair, mask = Hair(Brush(8, wetness=0.5, charge=0.2, colour=Colour(1, 0, 0))), np.ones((9, 9), np.float32)
    dab = Dab(4, 4, 4, 1.0, wetness=0.5)
    blue, white = (np.broadcast_to(np.array(c, np.float32), (9, 9, 4)) for c in ((0, 0, 1, 1), (1, 1, 1, 1)))
    hair.press(blue, mask, dab)
    hair.press(blue, mask, dab)
    mixed = hair.colour.copy()
    assert mixed[2] > 0.3 and mixed[3] == pytest.approx(1)
    for _ in range(12):
        hair.press(white, mask, replace(dab, wetness=0.0))
    assert hair.colour[0] > 0.95 and hair.colour[2] < 0.05


@given(st.floats(-0.2, 0.2), st.integers(0, 50))
def test_healing_adds_what_the_surroundings_ask_for(shift: float, seed: int) -> None:
    random = np.random.default_rng(seed)
    patch = np.ones((60, 80, 4), np.float32)
    patch[..., :3] = 0.5 + 0.02 * random.standard_normal((60, 80, 3))
    base = patch.copy()
    base[..., :3] += np.float32(shift)
    inside = np.zeros((60, 80), bool)
    inside[20:40, 25:60] = True
    spoilt = base.copy()
    spoilt[inside, :3] = 0
    assert np.abs(healed(spoilt, patch, inside)[inside] - base[inside]).max() < 0.01


def test_healing_follows_a_slope() -> None:
    patch, base = np.ones((60, 80, 4), np.float32), np.ones((60, 80, 4), np.float32)
    patch[..., :3], base[..., :3] = 0.5, np.linspace(0.2, 0.8, 80, dtype=np.float32)[None, :, None]
    inside = np.zeros((60, 80), bool)
    inside[20:40, 25:55] = True
    assert np.abs(healed(base, patch, inside) - base)[inside].max() < 0.05


def test_with_nothing_known_around_it_a_patch_stays_as_it_is() -> None:
    patch = np.random.default_rng(0).random((10, 10, 4), np.float32)
    assert healed(np.zeros((10, 10, 4), np.float32), patch, np.ones((10, 10), bool)) is patch


# --- in words --------------------------------------------------------------------------------------------------------


@given(any_brush())
def test_a_brush_comes_back_from_its_words(brush: Brush) -> None:
    assert brush_from(json.loads(json.dumps(written(brush)))) == brush


@pytest.mark.parametrize(
    "given_",
    [
        None, [], {"size_px": "big"}, {"size_px": 0}, {"size_px": 5000}, {"size_px": float("nan")}, {"tip": "laser"},
        {"tip": 3}, {"antialias": 1}, {"hardness": True}, {"hardness": 2}, {"dynamics": {}}, {"dynamics": [{}]},
        {"dynamics": [{"part": "size", "sense": "mood", "curve": [[0, 0], [1, 1]]}]},
        {"dynamics": [{"part": "size", "sense": "tilt", "curve": [[0, 0], [1]]}]},
        {"dynamics": [{"part": "size", "sense": "tilt", "curve": [[0, 0], [1, 1]], "most": 1e9}]},
        {"dynamics": [{"part": "size", "sense": "tilt", "curve": [[0, 0], [1, 1]]}] * 99},
        {"texture": "mud"}, {"stabiliser_px": 1e9}, {"roundness": 0}, {"angle": 1e9},
    ],
)  # fmt: skip
def test_words_that_are_no_brush_are_refused(given_: object) -> None:
    with pytest.raises(ValueError):
        brush_from(given_)


def test_words_from_a_later_gesso_do_not_disturb() -> None:
    assert brush_from({"size_px": 12, "bouncy": True}) == Brush(12)
