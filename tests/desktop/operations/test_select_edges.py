"""Moving the edge of a selection: what grows holds what there was, and colour is told apart as the eye does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesso.operations.painting.select import invert, rectangle
from gesso.operations.painting.select_colour import colour_range, distance, similar, tight
from gesso.operations.painting.select_edges import border, grow, shrink, smooth
from gesso.operations.painting.select_shapes import brushed, coverage, ellipse
from gesso.values import Box, Size

SIZE = Size(60, 40)
places = st.tuples(st.floats(-10, 70), st.floats(-10, 50))


# --- shapes ------------------------------------------------------------------------------------------------------


@given(st.floats(-5, 55), st.floats(-5, 35), st.floats(0.1, 60), st.floats(0.1, 40))
def test_a_rectangle_covers_each_pixel_by_its_exact_area(x: float, y: float, width: float, height: float) -> None:
    found = coverage(SIZE, [(x, y), (x + width, y), (x + width, y + height), (x, y + height)])
    across = np.clip(np.minimum(np.arange(60) + 1, x + width) - np.maximum(np.arange(60), x), 0, 1)
    down = np.clip(np.minimum(np.arange(40) + 1, y + height) - np.maximum(np.arange(40), y), 0, 1)
    assert np.abs(found - 255 * down[:, None] * across[None, :]).max() <= 0.51


@given(st.lists(places, min_size=3, max_size=9))
def test_which_way_round_a_line_is_drawn_and_where_it_begins_makes_no_difference(points: list) -> None:
    found = coverage(SIZE, points).astype(int)
    assert np.abs(found - coverage(SIZE, points[::-1])).max() <= 1
    assert np.abs(found - coverage(SIZE, points[2:] + points[:2])).max() <= 1


@given(st.lists(st.tuples(st.floats(0, 60), st.floats(0, 40)), min_size=3, max_size=3))
def test_a_triangle_covers_its_area_to_a_thousandth(points: list[tuple[float, float]]) -> None:
    (ax, ay), (bx, by), (cx, cy) = points
    area = abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) / 2
    touched = (coverage(SIZE, points) > 0).sum()
    assert abs(float(coverage(SIZE, points).sum()) / 255 - area) <= 0.002 * touched + 0.002 * 150


def test_an_ellipse_has_its_area_and_its_symmetry() -> None:
    found = ellipse(Size(100, 80), (10, 20, 90, 60)).astype(int)
    assert abs(found.sum() / 255 - np.pi * 40 * 20) < 0.5
    assert np.abs(found - found[::-1]).max() <= 1 and np.abs(found - found[:, ::-1]).max() <= 1
    assert np.unique(found).size > 40, "its edge is soft"


def test_twice_around_is_outside_again() -> None:
    star = [
        (10.0, 10.0),
        (50.0, 10.0),
        (50.0, 30.0),
        (10.0, 30.0),
        (10.0, 10.0),
        (50.0, 10.0),
        (50.0, 30.0),
        (10.0, 30.0),
    ]
    assert not coverage(SIZE, star).any()


def test_a_brush_covers_a_strip_with_round_ends() -> None:
    hard = brushed(SIZE, (15, 20), (45, 20), 8, 1.0)
    assert abs(hard.sum() / 255 - (30 * 16 + np.pi * 64)) < 6 and hard[20, 30] == 255 and hard[20, 56] == 0
    soft = brushed(SIZE, (15, 20), (45, 20), 8, 0.0)
    assert (np.diff(soft[20:30, 30].astype(int)) < 0).sum() > 6
    assert brushed(SIZE, (15, 20), (15, 20), 8, 1.0)[20, 15] == 255


# --- edges -------------------------------------------------------------------------------------------------------


def random_mask(seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    mask = np.zeros((40, 60), np.uint8)
    for _ in range(4):
        x, y = random.integers(0, 55), random.integers(0, 35)
        mask[y : y + random.integers(1, 18), x : x + random.integers(1, 25)] = random.choice([255, 255, 128])
    return mask


@given(st.integers(0, 999), st.integers(1, 9))
def test_growing_holds_what_there_was_and_shrinking_is_growing_of_the_rest(seed: int, px: int) -> None:
    mask = random_mask(seed)
    assert (grow(mask, px) >= mask).all() and (shrink(mask, px) <= mask).all()
    assert np.array_equal(shrink(mask, px), invert(grow(invert(mask), px)))
    assert (grow(mask, px + 1) >= grow(mask, px)).all()


def test_a_square_grows_straight_at_its_sides_and_round_at_its_corners() -> None:
    mask = rectangle(SIZE, Box(20, 10, 20, 20))
    found = grow(mask, 5)
    assert tight(found) == Box(15, 5, 30, 30) and found[5, 30] == 255 and found[4, 30] == 0 and found[5, 15] == 0
    assert tight(shrink(mask, 5)) == Box(25, 15, 10, 10) and shrink(mask, 5)[25 - 10, 25] == 255
    assert not shrink(mask, 10).any()


def test_a_soft_edge_stays_as_soft_when_it_is_moved() -> None:
    ramp = np.repeat(np.clip(np.arange(60) - 20, 0, 8)[None, :] * 32, 40, axis=0).clip(0, 255).astype(np.uint8)
    moved = grow(ramp, 10).astype(int)
    assert np.abs(moved[20, 5:45] - ramp[20, 15:55]).max() <= 64


def test_the_border_of_the_picture_is_no_edge() -> None:
    everything = np.full((40, 60), 255, np.uint8)
    assert shrink(everything, 10).min() == 255 and not border(everything, 10).any()
    half = rectangle(SIZE, Box(0, 0, 30, 40))
    assert (shrink(half, 5)[:, :25] == 255).all() and not shrink(half, 5)[:, 25:].any()


def test_a_frame_lies_half_inside_and_half_outside() -> None:
    frame = border(rectangle(SIZE, Box(15, 10, 30, 20)), 4)
    assert frame[20, 12:18].tolist() == [0, 255, 255, 255, 255, 0]
    assert frame[20, 42:48].tolist() == [0, 255, 255, 255, 255, 0]


def test_smoothing_removes_specks_and_leaves_a_straight_edge() -> None:
    mask = rectangle(SIZE, Box(0, 0, 30, 40))
    mask[10, 50] = 255
    found = smooth(mask, 6)
    assert not found[:, 32:].any() and (found[:, :28] == 255).all() and found[0, 29] > 127 > found[0, 30]


# --- colour ------------------------------------------------------------------------------------------------------


def painted(dtype: type = np.uint8) -> np.ndarray:
    """A red field, a slightly other red beside it, a black line with a half covered edge, and transparency."""
    top = np.iinfo(dtype).max
    pixels = np.zeros((40, 60, 4), dtype)
    pixels[..., 3] = top
    pixels[:, :20, 0] = round(0.8 * top)
    pixels[:, 20:30, 0] = round(0.82 * top)
    pixels[:, 30, :3] = round(0.5 * top)
    pixels[:, 31:40, :3] = top
    pixels[:, 50:] = 0
    return pixels


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_black_and_white_are_a_hundred_apart_and_a_colour_is_at_no_distance_from_itself(dtype: type) -> None:
    pixels = painted(dtype)
    away = distance(pixels, pixels[0, 35])
    assert away[0, 35] == 0 and abs(away[0, 45] - 100) < 1 and away[0, 55] == 100
    assert 0 < distance(pixels, pixels[0, 0])[0, 25] < 3, "two reds that hardly differ"


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_the_wand_takes_what_hangs_together_within_its_tolerance(dtype: type) -> None:
    pixels = painted(dtype)
    assert tight(similar(pixels, (5, 5), 1, antialias=False)) == Box(0, 0, 20, 40)
    assert tight(similar(pixels, (5, 5), 5, antialias=False)) == Box(0, 0, 30, 40)
    pixels[:, 41:43] = pixels[0, 0]
    assert tight(similar(pixels, (5, 5), 1)) == Box(0, 0, 20, 40)
    everywhere = similar(pixels, (5, 5), 1, contiguous=False, antialias=False)
    assert (everywhere > 0).sum() == 40 * 22 and similar(pixels, (55, 5), 0)[0, 50] == 255


def test_corners_do_not_connect() -> None:
    pixels = np.zeros((4, 4, 4), np.uint8)
    pixels[..., 3] = 255
    pixels[:2, :2, :3] = pixels[2:, 2:, :3] = 255
    assert (similar(pixels, (0, 0), 5) > 0).sum() == 4


def test_its_rim_is_as_soft_as_the_picture() -> None:
    pixels = painted()
    rim = similar(pixels, (35, 5), 5)
    assert 90 < rim[5, 30] < 170, "half white, half red"
    assert rim[5, 40] == 0, "a hard edge stays hard"


def test_a_colour_range_fades_with_distance() -> None:
    pixels = np.zeros((1, 256, 4), np.uint8)
    pixels[..., :3], pixels[..., 3] = np.arange(256)[None, :, None], 255
    found = colour_range(pixels, [pixels[0, 0]], 40)[0].astype(int)
    assert found[0] == 255 and (np.diff(found) <= 0).all() and not found[120:].any() and np.unique(found).size > 20
    both = colour_range(pixels, [pixels[0, 0], pixels[0, 255]], 40)[0]
    assert both[0] == both[255] == 255 and not both[128]
