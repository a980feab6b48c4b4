"""Laws of the brush: chopping makes no difference, opacity is bounded, what is not touched keeps its bits."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import pairwise
from math import hypot

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesso.operations.painting.brush import Brush, Dab, Point, Stroke, dabs, lay, stamp
from gesso.values import Box, Colour

RED = Colour(1.0, 0.0, 0.0)
angles = st.floats(0, 6.28)
shares = st.lists(st.floats(0.01, 0.99), max_size=12, unique=True)


def on_line(angle: float, length: float, share: float, first: float, last: float) -> Point:
    x, y = 50 + share * length * np.cos(angle), 60 + share * length * np.sin(angle)
    return Point(float(x), float(y), first + (last - first) * share, share)


@given(angles, st.floats(5, 300), shares, st.floats(0.1, 1), st.floats(0.1, 1), st.sampled_from([0.05, 0.1, 0.5, 2.0]))
def test_a_straight_stroke_is_the_same_however_it_was_chopped(
    angle: float, length: float, cuts: list[float], first: float, last: float, spacing: float
) -> None:
    brush = Brush(20, spacing=spacing)
    whole = list(dabs(brush, [on_line(angle, length, s, first, last) for s in (0, 1)]))
    chopped = list(dabs(brush, [on_line(angle, length, s, first, last) for s in (0, *sorted(cuts), 1)]))
    assert len(whole) == len(chopped)
    for a, b in zip(whole, chopped, strict=True):
        assert (a.x, a.y, a.radius, a.alpha) == pytest.approx((b.x, b.y, b.radius, b.alpha), abs=1e-2)


def test_dabs_lie_at_even_distances_along_a_curve() -> None:
    brush = Brush(40, spacing=0.25)
    circle = [Point(200 + 100 * float(np.cos(a)), 200 + 100 * float(np.sin(a))) for a in np.linspace(0, 6, 25)]
    found = list(dabs(brush, circle))
    gaps = [hypot(b.x - a.x, b.y - a.y) for a, b in pairwise(found)]
    assert len(found) == pytest.approx(600 / 10, abs=2)
    assert max(gaps) < 10.05 and min(gaps) > 9.9
    assert all(abs(hypot(d.x - 200, d.y - 200) - 100) < 0.6 for d in found), "the path is smooth, not a polygon"


def test_a_tap_leaves_one_dab_of_its_greatest_pressure() -> None:
    stroke = Stroke(Brush(30))
    first = stroke.to(Point(10, 10, 0.1))
    assert stroke.to(Point(10, 10, 0.9)) == [] and len(first) == 1
    (last,) = stroke.end()
    assert (last.x, last.y) == (10, 10) and last.alpha == 0.9 > first[0].alpha and last.radius > first[0].radius


def test_pressure_makes_a_dab_larger_and_stronger() -> None:
    soft, firm = (next(dabs(Brush(30), [Point(0, 0, p)])) for p in (0.2, 1.0))
    assert soft.radius < firm.radius == 15 and soft.alpha < firm.alpha == 1


@given(st.floats(3, 40), st.floats(0, 1), st.floats(0.05, 1), st.floats(0.05, 1))
def test_coverage_never_exceeds_the_dabs(radius: float, hardness: float, flow: float, alpha: float) -> None:
    coverage = np.zeros((100, 100), np.float32)
    for x in range(20, 80, 2):
        stamp(coverage, Dab(x, 50, radius, alpha, hardness, flow))
    assert 0 < coverage.max() <= alpha + 1e-6


def test_flow_builds_up_towards_full_coverage() -> None:
    coverage = np.zeros((40, 40), np.float32)
    seen = []
    for _ in range(40):
        stamp(coverage, Dab(20, 20, 10, 1.0, 1.0, 0.2))
        seen.append(float(coverage[20, 20]))
    assert seen[0] == pytest.approx(0.2) and seen == sorted(seen) and seen[-1] > 0.99


@given(st.floats(2, 30), st.floats(-0.5, 0.5), st.floats(-0.5, 0.5))
def test_a_hard_dab_covers_the_area_of_its_circle(radius: float, dx: float, dy: float) -> None:
    coverage = np.zeros((80, 80), np.float32)
    stamp(coverage, Dab(40 + dx, 40 + dy, radius, 1.0, 1.0))
    assert float(coverage.sum()) == pytest.approx(np.pi * radius**2, rel=0.05)


def test_a_stamp_seen_from_tiles_is_the_stamp_seen_whole() -> None:
    whole = np.zeros((64, 64), np.float32)
    dab = Dab(31.3, 30.8, 14, 0.8, 0.4, 0.6)
    touched = stamp(whole, dab)
    assert not whole[:, : touched.x].any() and not whole[touched.bottom :].any()
    for x in (0, 32):
        for y in (0, 32):
            part = np.zeros((32, 32), np.float32)
            stamp(part, dab, (x, y))
            assert np.array_equal(part, whole[y : y + 32, x : x + 32])
    assert stamp(np.zeros((8, 8), np.float32), dab, (200, 200)) == Box(0, 0, 0, 0)


@given(st.sampled_from([np.uint8, np.uint16]), st.booleans(), st.integers(0, 99), st.floats(0.1, 1))
def test_what_is_not_covered_or_not_selected_keeps_its_bits(
    dtype: type, eraser: bool, seed: int, opacity: float
) -> None:
    random = np.random.default_rng(seed)
    base = random.integers(0, np.iinfo(dtype).max + 1, (30, 40, 4)).astype(dtype)
    base[5:9] = 0
    coverage = random.random((30, 40), np.float32)
    coverage[:, :10] = 0
    selection = random.integers(0, 256, (30, 40, 1)).astype(np.uint8)
    selection[:10] = 0
    before = base.copy()
    found = lay(base, coverage, Brush(10, opacity=opacity, colour=RED, eraser=eraser), selection)
    assert found.dtype == dtype and np.array_equal(base, before)
    assert np.array_equal(found[:, :10], base[:, :10]) and np.array_equal(found[:10], base[:10])
    assert not np.array_equal(found, base)


@given(st.sampled_from([np.uint8, np.uint16]), st.integers(0, 99))
def test_paint_is_laid_as_premultiplied_colours(dtype: type, seed: int) -> None:
    random = np.random.default_rng(seed)
    top = np.iinfo(dtype).max
    base = random.integers(0, top + 1, (20, 20, 4)).astype(dtype)
    coverage = random.random((20, 20), np.float32)
    brush = Brush(10, opacity=0.7, colour=Colour(0.2, 0.9, 0.4))
    found = lay(base, coverage, brush).astype(np.float64) / top
    share, old = coverage.astype(np.float64)[..., None] * 0.7, base.astype(np.float64) / top
    alpha = share + old[..., 3:] * (1 - share)
    colour = (np.array([0.2, 0.9, 0.4]) * share + old[..., :3] * old[..., 3:] * (1 - share)) / alpha
    assert np.abs(found[..., 3:] - alpha).max() <= 1 / top
    assert np.abs(found[..., :3] - colour)[alpha[..., 0] > 0.02].max() <= 1.1 / top


def test_full_coverage_is_the_brush_colour_and_erasing_it_leaves_nothing() -> None:
    base = np.full((9, 9, 4), 77, np.uint8)
    full = np.ones((9, 9), np.float32)
    painted = lay(base, full, Brush(10, colour=RED))
    assert (painted == (255, 0, 0, 255)).all()
    assert not lay(painted, full, Brush(10, eraser=True)).any()
    half = lay(painted, full, Brush(10, opacity=0.5, eraser=True))
    assert (half == (255, 0, 0, 128)).all()


def test_a_brush_refuses_the_impossible() -> None:
    for wrong in ({"size_px": 0}, {"hardness": 1.2}, {"spacing": 0}, {"flow": -1}):
        with pytest.raises(ValueError):
            replace(Brush(), **wrong)


def test_a_dab_of_64_px_is_quick() -> None:
    base = np.full((256, 256, 4), 200, np.uint8)
    coverage = np.zeros((256, 256), np.float32)
    brush, taken = Brush(64, colour=RED), []
    for i in range(15):
        start = time.perf_counter()
        box = stamp(coverage, Dab(100 + i, 100, 32, 1.0))
        lay(base[box.slices()], coverage[box.slices()], brush)
        taken.append(time.perf_counter() - start)
    assert sorted(taken)[7] < 0.004
