"""Strokes with copies: symmetric to the bit where the axes lie on pixels, one edit, the same again when replayed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt

from gesso.documents.painting import Layer, Painting, Symmetry, Tiles
from gesso.documents.painting.painting import ROOT, Group
from gesso.operations.painting.brush import Brush, Copy, Point
from gesso.ui.canvas.hands.retouch import ROUND, SMUDGED
from gesso.ui.canvas.stroke import copies_of
from gesso.ui.canvas.wet_stroke import begin_stroke
from gesso.values import Box, Colour, Size
from tests.desktop.ui.canvas.conftest import Hand, Show
from tests.desktop.ui.canvas.strokes import brushes

SIDE = 300
"""Across the border of two tiles each way, about whose middle nothing else is symmetric."""
ALT = Qt.KeyboardModifier.AltModifier
places = st.floats(-20, SIDE + 20, allow_nan=False)
ways = st.lists(st.tuples(places, places, st.floats(0.1, 1.0)), min_size=1, max_size=5)
kinds = st.sampled_from(("vertical", "horizontal", "both"))


def sheet(size: int = SIDE, *, plain: bool = True) -> Painting:
    """White and half-transparent; or with rings about the middle, which look the same mirrored and turned by quarters."""
    pixels = np.full((size, size, 4), 255, np.uint8)
    if not plain:
        at = np.abs(np.arange(size) - (size - 1) / 2)
        rings = ((at[:, None] ** 2 + at[None, :] ** 2) / 37).astype(np.int64)
        pixels[..., 0], pixels[..., 1] = rings % 256, (rings * 7) % 256
        pixels[..., 3] = 128 + rings % 128
    made = Painting(Size(size, size), active="sheet")
    made.nodes = {
        ROOT: Group(ROOT, "", children=("sheet",)),
        "sheet": Layer("sheet", "", tiles=Tiles.from_array(pixels)),
    }
    return made


def points(way: list[tuple[float, float, float]]) -> list[Point]:
    return [Point(x, y, pressure, at / 50) for at, (x, y, pressure) in enumerate(way)]


def painted(painting: Painting, brush: Brush, way: list[Point], seed: int | None = None) -> np.ndarray:
    stroke = begin_stroke(painting, painting.layer("sheet"), brush, seed)
    for point in way:
        stroke.to(point)
    stroke.end()
    edit = stroke.edit()
    if edit is not None:
        edit.flip(painting)
    return painting.layer("sheet").tiles.read()


def is_symmetric(pixels: np.ndarray, kind: str) -> bool:
    across, down = np.array_equal(pixels, pixels[:, ::-1]), np.array_equal(pixels, pixels[::-1])
    return {"vertical": across, "horizontal": down, "both": across and down}[kind]


@settings(max_examples=40, deadline=None)
@given(
    ways, kinds, st.floats(1, 60), st.floats(0, 1), st.floats(0.05, 1), st.booleans(), st.booleans(), st.booleans(),
    st.sampled_from((SIDE, SIDE - 1)),
)  # fmt: skip
def test_a_stroke_is_symmetric_to_the_bit(
    way: list[tuple[float, float, float]], kind: str, size: float, hardness: float, flow: float, builds_up: bool,
    eraser: bool, antialias: bool, side: int,
) -> None:  # fmt: skip
    painting = sheet(side, plain=False)
    painting.symmetry = Symmetry.amid(painting.size, kind)
    brush = Brush(size, hardness, 0.8, flow, eraser=eraser, builds_up=builds_up, antialias=antialias)
    assert is_symmetric(painted(painting, brush, points(way)), kind)


@pytest.mark.parametrize("kind", ["vertical", "horizontal", "both"])
@pytest.mark.parametrize("id", sorted(brushes()))
def test_every_brush_of_ours_is_symmetric_to_the_bit(id: str, kind: str) -> None:
    """With grain, scatter, drawn tips, dragging and mixing; across the axis, where copies overlap."""
    painting = sheet(plain=False)
    painting.symmetry = Symmetry.amid(painting.size, kind)
    brush = replace(brushes()[id], size_px=min(brushes()[id].size_px, 40), colour=Colour(0.7, 0.2, 0.1))
    before = painting.layer("sheet").tiles.read()
    after = painted(painting, brush, points([(60, 70, 0.5), (120, 130, 1.0), (170, 160, 0.8), (140, 30, 0.6)]), 5)
    assert is_symmetric(before, kind) and is_symmetric(after, kind)
    assert not np.array_equal(after, before)


def test_a_finger_smudges_both_sides_alike() -> None:
    painting = sheet(plain=False)
    painting.symmetry = Symmetry.amid(painting.size, "vertical")
    brush = replace(Brush(50), **{**ROUND, **SMUDGED})
    after = painted(painting, brush, points([(100, 90, 1.0), (160, 100, 1.0), (190, 150, 1.0)]))
    assert is_symmetric(after, "vertical") and not np.array_equal(after, sheet(plain=False).layer("sheet").tiles.read())


@given(st.integers(2, 32))
@settings(max_examples=8, deadline=None)
def test_rays_put_as_many_spots_around_the_centre(rays: int) -> None:
    painting = sheet()
    painting.symmetry = Symmetry.amid(painting.size, "radial", rays)
    found = painted(painting, Brush(5, 1.0, colour=Colour(0, 0, 0)), points([(150, 20, 1.0)]))
    for ray in range(rays):
        turn = 2 * np.pi * ray / rays
        x, y = 150 + 130 * np.sin(turn), 150 - 130 * np.cos(turn)
        assert found[int(y), int(x), 0] < 60


@pytest.mark.parametrize(("kind", "rays"), [("radial", 2), ("radial", 4)])
def test_half_and_quarter_turns_are_exact_too(kind: str, rays: int) -> None:
    painting = sheet()
    painting.symmetry = Symmetry.amid(painting.size, kind, rays)
    found = painted(painting, Brush(31, 0.4, 0.7, 0.3), points([(150, 20, 1.0), (160, 140, 0.5), (90, 160, 1.0)]))
    assert np.array_equal(found, np.rot90(found, 4 // rays))


def test_a_turned_axis_mirrors_across_it() -> None:
    painting = sheet()
    painting.symmetry = Symmetry("vertical", 150, 150, 45.0)
    found = painted(painting, Brush(9, 1.0, colour=Colour(0, 0, 0)), points([(150, 60, 1.0)]))
    assert found[60, 150, 0] == 0 and found[150, 240, 0] < 5, "from above to the right, across the falling line"
    assert found[240, 150, 0] == 255 and found[150, 60, 0] == 255


@given(st.integers(0, 1), st.integers(-40, 40), st.integers(0, 3), st.booleans())
def test_an_exact_copy_knows_the_way_back(half: int, at: int, quarters: int, is_mirrored: bool) -> None:
    copy = Copy(at + half / 2, half / 2 - at, 90.0 * quarters, is_mirrored)
    assert copy.is_exact
    box, pixels = Box(3, -5, 7, 4), np.arange(28).reshape(4, 7)
    assert copy.before(copy.box(box)) == box
    laid, there = copy.laid(pixels), copy.box(box)
    assert np.array_equal(copy.lifted(laid), pixels)
    x, y = copy.place(3 + 2.5, -5 + 1.5)
    assert laid[int(y - there.y), int(x - there.x)] == pixels[1, 2]


def test_without_symmetry_there_is_the_stroke_alone() -> None:
    assert len(copies_of(sheet())) == 1
    painting = sheet()
    painting.symmetry = Symmetry("none", 10, 10)
    way = points([(40, 40, 1.0), (90, 60, 0.4)])
    assert np.array_equal(painted(painting, Brush(20), way), painted(sheet(), Brush(20), way))


# --- with the hands ----------------------------------------------------------------------------------------------------


def pixels(hand: Hand) -> np.ndarray:
    return hand.history.document.layers()[0].tiles.read()


@pytest.fixture
def mirrored(show: Show) -> Hand:
    """Rings on a canvas whose upright axis is in the middle."""
    painting = sheet(plain=False)
    painting.symmetry = Symmetry.amid(painting.size, "vertical")
    return show(painting)


def test_a_mirrored_stroke_is_one_step_and_replays(mirrored: Hand) -> None:
    before = pixels(mirrored)
    mirrored.drag((50, 60), (120, 100), (140, 180))
    after = pixels(mirrored)
    assert mirrored.history.titles == ["Brush stroke"] and is_symmetric(after, "vertical")
    mirrored.history.undo()
    assert np.array_equal(pixels(mirrored), before)
    mirrored.history.redo()
    assert np.array_equal(pixels(mirrored), after)


def test_what_is_seen_of_both_sides_is_what_is_kept(mirrored: Hand) -> None:
    mirrored.drag((50, 60), (120, 100))
    shown = mirrored.shown()
    mirrored.view.pane.pyramid.spoil(mirrored.history.document.size.box)
    mirrored.view.pane.spoil()
    assert np.array_equal(mirrored.shown(), shown)


def test_clone_copies_to_the_other_side_what_lies_mirrored(mirrored: Hand) -> None:
    mirrored.view.tool, mirrored.view.brush = "clone", Brush(24, hardness=1.0)
    mirrored.drag((40, 40), modifiers=ALT)
    before = pixels(mirrored)
    mirrored.drag((110, 200), (118, 204))
    after = pixels(mirrored)
    assert is_symmetric(after, "vertical") and not np.array_equal(after, before)
    assert mirrored.history.titles == ["Clone"]


def test_heal_repairs_both_sides(mirrored: Hand) -> None:
    mirrored.view.tool, mirrored.view.brush = "heal", Brush(20, hardness=0.8)
    mirrored.drag((40, 40), modifiers=ALT)
    before = pixels(mirrored)
    mirrored.drag((100, 200), (104, 200))
    changed = (pixels(mirrored) != before).any(axis=2)
    assert changed[:, :150].any() and changed[:, 150:].any()
    assert mirrored.history.titles == ["Heal"]


def test_a_fill_runs_into_both_rooms(show: Show) -> None:
    painting = sheet()
    walls = painting.layer("sheet").tiles.read()
    walls[:, 148:152, :3] = 0
    painting.nodes["sheet"] = replace(painting.layer("sheet"), tiles=Tiles.from_array(walls))
    painting.symmetry = Symmetry.amid(painting.size, "vertical")
    hand = show(painting)
    hand.view.tool = "fill"
    hand.drag((20, 20))
    assert hand.history.titles == ["Fill"]
    assert tuple(pixels(hand)[200, 20]) == tuple(pixels(hand)[200, 280]) == (255, 0, 0, 255)


def test_a_selection_keeps_the_copies_out(mirrored: Hand) -> None:
    from gesso.documents.painting.edits import SetSelection
    from gesso.operations.painting.select import rectangle

    before = pixels(mirrored)
    chosen = rectangle(Size(SIDE, SIDE), Box(0, 0, 150, SIDE))
    mirrored.history.apply("Select", SetSelection(Tiles.from_array(chosen[..., None])))
    mirrored.drag((50, 60), (120, 100))
    after = pixels(mirrored)
    assert np.array_equal(after[:, 150:], before[:, 150:]) and not np.array_equal(after, before)
