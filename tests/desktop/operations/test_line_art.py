"""Line art: crests, thin lines, strokes, curves and ink."""

from __future__ import annotations

import io
import re
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest
import resvg_py
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from gesso.operations.painting.line_art import crests, hanging_together, mixed, thinned
from gesso.operations.painting.line_art_chains import chains, over_gaps, strokes_of, through_crossings, without_stubs
from gesso.operations.painting.line_art_curves import fitted, flattened, smoothed
from gesso.operations.painting.line_art_drawing import Drawing, Pen, Stroke, as_svg, drawn, inked
from gesso.operations.painting.line_art_tracing import traced_ink
from gesso.values import Cancelled, Progress, Size

PEN = Pen(width=3, reach=0.5, shortest=6, widest_gap=6, tolerance=0.8, calm=2)


def sheet(height: int = 60, width: int = 80) -> NDArray[np.uint8]:
    return np.zeros((height, width), np.uint8)


def chances(strength: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The same for all three readings, soft as a network's."""
    soft = cv2.GaussianBlur(strength.astype(np.float32) / 255, (0, 0), 1.5)
    return np.stack([soft / max(float(soft.max()), 1e-6)] * 3)


def test_detail_goes_from_most_to_anybody() -> None:
    readings = np.stack([np.full((2, 2), share, np.float32) for share in (0.9, 0.5, 0.1)])
    assert [round(float(mixed(readings, detail)[0, 0]), 6) for detail in (0, 0.25, 0.5, 1)] == [0.1, 0.3, 0.5, 0.9]


@pytest.mark.parametrize("angle", range(0, 180, 15))
def test_the_crest_of_a_soft_line_is_thin_whichever_way_it_runs(angle: int) -> None:
    y, x = np.mgrid[0:61, 0:61] - 30.0
    away = x * np.cos(np.radians(angle)) + y * np.sin(np.radians(angle))
    soft = np.exp(-(away**2) / 8).astype(np.float32)
    kept = crests(soft)[8:-8, 8:-8]
    beyond = np.abs(away[8:-8, 8:-8]) > 1
    assert not kept[beyond].any()
    assert (kept > 0).any(axis=0).all() or (kept > 0).any(axis=1).all()


def test_weak_pieces_stay_only_where_they_hang_on_strong_ones() -> None:
    crest = np.zeros((9, 30), np.float32)
    crest[2, 2:12] = 0.4
    crest[2, 6] = 0.8
    crest[6, 2:12] = 0.4
    kept = hanging_together(crest, 0.7)
    assert kept[2, 2:12].all() and not kept[6].any()


@given(st.integers(0, 200))
def test_thinning_tears_nothing_apart_and_can_be_done_once(seed: int) -> None:
    rng = np.random.default_rng(seed)
    shape = cv2.GaussianBlur(rng.random((40, 40)).astype(np.float32), (0, 0), 2) > 0.5
    thin = thinned(shape)
    assert not (thin & ~shape).any()
    assert cv2.connectedComponents(thin.astype(np.uint8))[0] == cv2.connectedComponents(shape.astype(np.uint8))[0]
    assert np.array_equal(thinned(thin), thin)
    squares = thin[:-1, :-1] & thin[1:, :-1] & thin[:-1, 1:] & thin[1:, 1:]
    assert squares.sum() <= 2, "lines of one pixel"


@given(st.integers(0, 200))
def test_every_pixel_of_a_line_lies_on_a_chain(seed: int) -> None:
    rng = np.random.default_rng(seed)
    thin = thinned(cv2.GaussianBlur(rng.random((40, 40)).astype(np.float32), (0, 0), 2) > 0.55)
    met = np.zeros_like(thin)
    for chain in chains(thin):
        x, y = np.floor(chain.points).astype(int).T
        met[y, x] = True
        assert np.abs(np.diff(chain.points, axis=0)).max() <= 1
    alone = thin & (cv2.filter2D(thin.astype(np.float32), -1, np.ones((3, 3)), borderType=cv2.BORDER_CONSTANT) == 1)
    assert np.array_equal(met | alone, thin)


def test_a_ring_is_one_closed_stroke() -> None:
    circle = sheet()
    cv2.circle(circle, (40, 30), 20, 255, 1)
    [ring] = strokes_of(thinned(circle > 0), 6, 3)
    assert ring.is_closed and ring.length == pytest.approx(2 * np.pi * 20, rel=0.15)


def test_two_lines_that_cross_are_two_strokes() -> None:
    cross = sheet()
    cv2.line(cross, (5, 5), (70, 55), 255, 1)
    cv2.line(cross, (70, 5), (5, 55), 255, 1)
    found = strokes_of(thinned(cross > 0), 6, 0)
    assert len(found) == 2
    for stroke in found:
        assert abs(stroke.points[0][0] - stroke.points[-1][0]) > 60


def test_stubs_go_and_their_line_is_whole_again() -> None:
    thin = sheet().astype(bool)
    thin[30, 10:70] = True
    thin[26:30, 40] = True
    found = through_crossings(without_stubs(chains(thin), 8))
    assert len(found) == 1 and found[0].length == pytest.approx(59, abs=2)
    assert len(without_stubs(chains(thin), 2)) == 3, "long enough to be meant"


@pytest.mark.parametrize(("gap", "strokes"), [(4, 1), (12, 2)])
def test_small_gaps_are_closed_where_one_line_goes_on_in_the_other(gap: int, strokes: int) -> None:
    thin = sheet().astype(bool)
    thin[30, 10:30] = True
    thin[30, 30 + gap : 60] = True
    assert len(over_gaps(chains(thin), 6)) == strokes


def test_ends_that_lie_side_by_side_are_not_joined() -> None:
    thin = sheet().astype(bool)
    thin[30, 10:40] = True
    thin[34, 10:40] = True
    assert len(over_gaps(chains(thin), 6)) == 2


def test_pieces_too_short_are_left_out() -> None:
    thin = sheet().astype(bool)
    thin[30, 10:40] = True
    thin[10, 10:14] = True
    assert len(strokes_of(thin, 8, 0)) == 1


@given(st.integers(0, 300), st.floats(0.3, 3))
def test_curves_pass_no_farther_than_the_tolerance_from_the_points(seed: int, tolerance: float) -> None:
    rng = np.random.default_rng(seed)
    steps = np.cumsum(rng.normal(0, 0.4, 60))
    points = np.cumsum(np.stack([np.cos(steps), np.sin(steps)], axis=1) * 2, axis=0)
    curves = fitted(points, tolerance)
    assert np.array_equal(curves[0], points[0]) and np.array_equal(curves[-1], points[-1])
    line = flattened(curves, 0.1)
    nearest = np.sqrt(((points[:, None] - line[None]) ** 2).sum(axis=2).min(axis=1))
    assert nearest.max() <= tolerance + 0.1


def test_a_circle_takes_few_curves_and_closes_without_a_corner() -> None:
    turn = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    points = 100 + 50 * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    curves = fitted(points, 0.5, is_closed=True)
    assert np.array_equal(curves[0], curves[-1])
    assert len(curves) <= 3 * 8 + 1
    out, back = curves[1] - curves[0], curves[-1] - curves[-2]
    assert float(out @ back) / float(np.hypot(*out) * np.hypot(*back)) > 0.99
    assert np.abs(np.hypot(*(flattened(curves, 1) - 100).T) - 50).max() < 0.6


def test_smoothing_calms_and_leaves_the_ends() -> None:
    points = np.stack([np.arange(20.0), np.arange(20) % 2.0], axis=1)
    calm = smoothed(points, 4, False)
    assert np.array_equal(calm[[0, -1]], points[[0, -1]])
    assert np.ptp(calm[5:-5, 1]) < 0.1 * np.ptp(points[5:-5, 1])


def test_two_points_and_repeated_points_are_curves_too() -> None:
    assert fitted(np.array([[1.0, 1.0], [4.0, 1.0]]), 1).shape == (4, 2)
    assert fitted(np.array([[1.0, 1.0], [1.0, 1.0], [4.0, 1.0]]), 1).shape == (4, 2)


def straight(width: float, closed: bool = False) -> Drawing:
    curves = np.array([[10.0, 20.0], [30.0, 20.0], [50.0, 20.0], [70.0, 20.0]])
    return Drawing(Size(80, 40), (Stroke(curves, np.array([width, width]), closed),))


@pytest.mark.parametrize("width", [1.0, 2.5, 6.0])
def test_ink_covers_as_much_as_the_stroke_is_wide(width: float) -> None:
    cover = inked(straight(width)).astype(float) / 255
    assert cover[:, 40].sum() == pytest.approx(width, abs=0.3)
    assert cover[:, 10].sum() < 0.7 * width, "it runs out at its end"
    assert not cover[:, :5].any() and not cover[:10].any()


def test_a_scaled_drawing_is_the_same_larger() -> None:
    large = straight(3).scaled(Size(240, 120))
    cover = inked(large).astype(float) / 255
    assert cover[:, 120].sum() == pytest.approx(9, abs=0.4) and cover.shape == (120, 240)


def test_bands_meet_without_a_seam() -> None:
    curves = np.array([[20.0, 5.0], [20.0, 200.0], [20.0, 400.0], [20.0, 595.0]])
    cover = inked(Drawing(Size(40, 600), (Stroke(curves, np.array([4.0, 4.0])),)))
    assert np.ptp(cover[100:500].astype(int), axis=0).max() <= 4


def test_ink_can_be_stopped() -> None:
    def stop(*_: object) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        inked(straight(3), Progress(stop))


def test_a_drawn_ring_and_line_come_back_as_strokes() -> None:
    lines = sheet(120, 160)
    cv2.circle(lines, (50, 60), 30, 255, 1)
    cv2.line(lines, (100, 10), (150, 110), 255, 1)
    found = drawn(chances(lines), 0.5, PEN)
    assert sorted(stroke.is_closed for stroke in found.strokes) == [False, True]
    cover = inked(found) > 60
    assert cover[lines > 0].mean() > 0.97
    assert not cover[cv2.dilate(lines, np.ones((9, 9))) == 0].any()


def test_nothing_there_is_an_empty_drawing() -> None:
    found = drawn(np.zeros((3, 20, 30), np.float32), 0.5, PEN)
    assert found.strokes == () and not inked(found).any()
    assert ElementTree.fromstring(as_svg(found, "#000000")).tag.endswith("svg")


def test_svg_is_paths_of_the_strokes() -> None:
    root = ElementTree.fromstring(as_svg(straight(2.5), "#141216"))
    [path] = root.iter("{http://www.w3.org/2000/svg}path")
    assert path.attrib == {"d": "M10 20C30 20 50 20 70 20", "stroke-width": "2.5"}
    assert root.attrib["viewBox"] == "0 0 80 40"
    closed = as_svg(straight(2, closed=True), "#000000")
    assert re.search(r'd="M[^"]*Z"', closed)


def test_ink_that_is_there_comes_back_as_strokes_of_its_width() -> None:
    ink = sheet(120, 160)
    ink[18:23, 20:140] = 255
    y, x = np.mgrid[0:120, 0:160]
    ink[np.abs(np.hypot(x - 60, y - 80) - 25) < 1.5] = 255
    ink[np.hypot(x - 130, y - 80) < 4.5] = 255
    found = traced_ink(ink).strokes
    assert len(found) == 3 and sum(stroke.is_closed for stroke in found) == 1
    assert sorted(round(stroke.width) for stroke in found) == pytest.approx([3, 5, 9], abs=1)
    told = as_svg(Drawing(Size(160, 120), found), "#000000")
    with Image.open(io.BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=told)))) as seen:
        again = (np.asarray(seen.convert("RGBA"))[..., 3] >= 128).astype(np.uint8)
    around = np.ones((3, 3), np.uint8)
    assert not ink[cv2.dilate(again, around) == 0].any() and cv2.dilate(ink, around)[again > 0].all()


@given(st.integers(0, 60))
def test_tracing_its_own_drawing_finds_it_again(seed: int) -> None:
    rng = np.random.default_rng(seed)
    corners = np.cumsum(np.concatenate([[[20.0, 30.0]], rng.uniform((10, -12), (25, 12), (3, 2))]), axis=0)
    drawing = Drawing(Size(120, 100), (Stroke(corners, np.array([4.0, 4.0])),))
    cover = inked(drawing)
    [found] = traced_ink(cover).strokes
    ends = np.array([found.curves[0], found.curves[-1]])
    ends = ends[np.argsort(ends[:, 0])]
    assert np.abs(ends - corners[[0, 3]]).max() < 5
    length = float(np.hypot(*np.diff(flattened(corners, 0.5), axis=0).T).sum())
    assert found.width == pytest.approx(float(cover.sum()) / 255 / length, abs=1)


def test_a_sheet_without_ink_has_no_strokes() -> None:
    assert traced_ink(sheet()).strokes == ()
