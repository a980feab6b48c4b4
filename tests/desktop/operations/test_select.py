"""Selections: whole boxes, lassos by area, combining, and outlines that enclose exactly what is selected."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gesso.operations.painting.select import combine, feather, invert, outline, polygon, rectangle
from gesso.values import Box, Size

SIZE = Size(60, 40)


@given(st.integers(-20, 80), st.integers(-20, 60), st.integers(0, 80), st.integers(0, 60))
def test_a_rectangle_selects_its_pixels_inside_the_picture(x: int, y: int, width: int, height: int) -> None:
    box = Box(x, y, width, height)
    mask = rectangle(SIZE, box)
    assert mask.shape == (40, 60) and int((mask == 255).sum()) == box.clip(SIZE).size.area


def test_a_lasso_along_pixel_edges_is_a_rectangle() -> None:
    corners = [(10.0, 5.0), (30.0, 5.0), (30.0, 25.0), (10.0, 25.0)]
    wanted = rectangle(SIZE, Box(10, 5, 20, 20)).astype(int)
    assert np.abs(polygon(SIZE, corners, antialias=True).astype(int) - wanted).max() <= 64


@given(st.lists(st.tuples(st.floats(0, 60), st.floats(0, 40)), min_size=3, max_size=3))
def test_a_lasso_covers_its_area(points: list[tuple[float, float]]) -> None:
    (ax, ay), (bx, by), (cx, cy) = points
    area = abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) / 2
    edges = sum(np.hypot(p[0] - q[0], p[1] - q[1]) for p, q in zip(points, points[1:] + points[:1], strict=True))
    found = float(polygon(SIZE, points).sum()) / 255
    assert abs(found - area) <= 0.3 * edges + 1


def test_a_lasso_of_a_line_selects_nothing_and_one_far_outside_neither() -> None:
    assert not polygon(SIZE, [(1, 1), (5, 5)]).any()
    assert not polygon(SIZE, [(-50, -50), (-10, -50), (-30, -10)]).any()
    assert not polygon(Size(0, 0), [(0, 0), (1, 0), (1, 1)]).any()


def test_combining() -> None:
    a, b = rectangle(SIZE, Box(0, 0, 20, 20)), rectangle(SIZE, Box(10, 10, 20, 20))
    assert np.array_equal(combine(a, b, "replace"), b)
    assert combine(a, b, "add").astype(bool).sum() == 700
    assert combine(a, b, "subtract").astype(bool).sum() == 300
    assert np.array_equal(combine(a, b, "intersect"), rectangle(SIZE, Box(10, 10, 10, 10)))
    assert np.array_equal(invert(invert(a)), a) and combine(a, invert(a), "add").min() == 255


def test_feathering_softens_edges_but_not_the_border_of_the_picture() -> None:
    mask = rectangle(SIZE, Box(0, 0, 30, 40))
    soft = feather(mask, 6)
    assert (soft[:, :10] == 255).all() and not soft[:, 45:].any()
    assert 100 < soft[20, 29] < 155 and (np.diff(soft[20].astype(int)) <= 0).all()
    assert np.array_equal(feather(mask, 0), mask)


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.2, 0.5, 0.8]))
def test_outlines_enclose_exactly_what_is_selected(seed: int, share: float) -> None:
    mask = np.where(np.random.default_rng(seed).random((14, 17)) < share, 255, 0).astype(np.uint8)
    crossings = np.zeros((14, 18), int)
    for line in outline(mask):
        for (x0, y0), (x1, y1) in zip(line, np.roll(line, -1, axis=0), strict=True):
            assert x0 == x1 or y0 == y1, "outlines follow the edges of pixels"
            if x0 == x1:
                crossings[int(min(y0, y1)) : int(max(y0, y1)), int(x0)] += 1
    inside = np.cumsum(crossings, axis=1)[:, :-1] % 2 == 1
    assert np.array_equal(inside, mask == 255)


def test_nothing_selected_has_no_outline() -> None:
    assert outline(np.zeros((5, 5), np.uint8)) == [] and outline(np.zeros((0, 0), np.uint8)) == []
