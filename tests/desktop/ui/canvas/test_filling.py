"""Fill and gradient on the canvas: one step each, within the selection and the shape of a locked layer."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from gesso.documents.painting import Painting, Tiles
from gesso.documents.painting.edits import SetProperty, SetSelection
from gesso.operations.painting.gradient import KINDS
from gesso.ui.canvas.hands.options import Filling, Grading, options_of
from gesso.values import Colour, Trouble
from tests.desktop.ui.canvas.conftest import Hand, Show, white


def click(hand: Hand, x: float, y: float) -> None:
    hand.press(x, y)
    hand.release(x, y)


def pixels(hand: Hand) -> np.ndarray:
    return hand.history.document.layers()[0].tiles.read()


def drawn_house() -> Painting:
    """A black outline of 200 x 150 with a gap of 4 px, on white, over several tiles."""
    found = np.full((300, 400, 4), 255, np.uint8)
    for wall in (np.s_[80:83, 100:300], np.s_[227:230, 100:300], np.s_[80:230, 100:103], np.s_[80:230, 297:300]):
        found[wall][..., :3] = 0
    found[150:154, 297:300, :3] = 255
    return Painting.from_array(found, "drawing")


def select(hand: Hand, x: int, y: int, width: int, height: int) -> None:
    size = hand.history.document.size
    mask = np.zeros((size.height, size.width, 1), np.uint8)
    mask[y : y + height, x : x + width] = 255
    hand.history.apply("select", SetSelection(Tiles.from_array(mask)))


# --- fill --------------------------------------------------------------------------------------------------------


def test_a_fill_runs_out_of_a_gap_or_is_held_in(show: Show) -> None:
    hand = show(drawn_house())
    hand.view.tool = "fill"
    before = pixels(hand)
    options_of(hand.view).set(Filling, expand_px=0)
    click(hand, 200, 150)
    assert tuple(pixels(hand)[10, 10]) == (255, 0, 0, 255), "out of the gap"
    hand.history.undo()
    assert np.array_equal(pixels(hand), before)
    options_of(hand.view).set(Filling, gap_px=6)
    click(hand, 200, 150)
    found = pixels(hand)
    assert tuple(found[150, 200]) == (255, 0, 0, 255) and tuple(found[83, 103]) == (255, 0, 0, 255)
    assert np.array_equal(found[10, 10], before[10, 10]) and np.array_equal(found[81], before[81])
    assert hand.history.titles == ["Fill"]


def test_a_fill_keeps_to_the_selection_and_to_locked_alpha(show: Show) -> None:
    hand = show(drawn_house())
    select(hand, 0, 0, 50, 50)
    hand.view.tool = "fill"
    click(hand, 10, 10)
    assert (pixels(hand)[..., 1] == 0).sum() - (pixels(hand)[..., 0] == 0).sum() == 50 * 50
    bare = np.zeros((300, 400, 4), np.uint8)
    bare[100:200, 100:200] = (10, 200, 10, 255)
    hand = show(Painting.from_array(bare))
    layer = hand.history.document.active
    hand.history.apply("lock", SetProperty(layer, "alpha_locked", True))
    options_of(hand.view).set(Filling, expand_px=0)
    hand.view.tool = "fill"
    click(hand, 10, 10)
    assert np.array_equal(pixels(hand)[..., 3], bare[..., 3]) and hand.history.titles == ["lock"]
    click(hand, 150, 150)
    assert np.array_equal(pixels(hand)[..., 3], bare[..., 3]) and tuple(pixels(hand)[150, 150, :3]) == (255, 0, 0)


def test_filling_beside_the_picture_or_on_a_hidden_layer_does_nothing(hand: Hand) -> None:
    hand.view.tool = "fill"
    click(hand, -5, 5)
    refused: list[Trouble] = []
    hand.view.refused.connect(refused.append)
    hand.history.apply("hide", SetProperty(hand.history.document.active, "visible", False))
    click(hand, 50, 50)
    assert hand.history.titles == ["hide"] and len(refused) == 1


# --- gradient ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_seen_during_the_drag_is_what_is_laid(hand: Hand, kind: str) -> None:
    hand.view.tool = "gradient"
    options_of(hand.view).set(Grading, kind=kind)
    options_of(hand.view).second = Colour(0, 0, 1)
    hand.press(150, 150)
    hand.move(250, 150)
    places = [(160, 80), (220, 100), (300, 220), (90, 150), (240, 200)]
    seen = [hand.colour(*place).getRgb()[:3] for place in places]
    assert hand.history.titles == []
    hand.release(250, 150)
    laid = [tuple(pixels(hand)[y, x, :3]) for x, y in places]
    assert np.abs(np.array(seen, int) - np.array(laid, int)).max() <= 6
    assert hand.history.titles == ["Gradient"] and (pixels(hand)[..., 3] == 255).all()
    hand.history.undo()
    assert (pixels(hand) == 255).all()


def test_a_gradient_to_nothing_keeps_to_the_selection(show: Show) -> None:
    hand = show(Painting.from_array(np.zeros((300, 400, 4), np.uint8)))
    select(hand, 100, 100, 100, 100)
    options_of(hand.view).set(Grading, to_clear=True)
    hand.view.tool = "gradient"
    hand.drag((100, 150), (150, 150), (200, 150))
    found = pixels(hand)
    assert found[150, 101, 3] > 245 and found[150, 198, 3] < 10 and (found[150, 110:190, :3] == (255, 0, 0)).all()
    assert not found[:, :100].any() and not found[:100].any()


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_gradient_on_locked_alpha_keeps_the_shape_and_only_8_bit_is_dithered(show: Show, dtype: type) -> None:
    top = np.iinfo(dtype).max
    bare = np.zeros((64, 64, 4), dtype)
    bare[16:48, 16:48] = (0, 0, 0, top)
    hand = show(Painting.from_array(bare))
    hand.history.apply("lock", SetProperty(hand.history.document.active, "alpha_locked", True))
    hand.view.tool = "gradient"
    options_of(hand.view).second = Colour(0.9, 0, 0)
    hand.drag((0, 32), (30, 32), (64, 32))
    found = pixels(hand)
    assert np.array_equal(found[..., 3], bare[..., 3]) and not found[:16].any() and found[32, 20, 0] > found[32, 40, 0]
    rows_differ = bool((found[16:48, 16:48] != found[16:17, 16:48]).any())
    assert rows_differ == (dtype == np.uint8)


def test_a_click_lays_nothing_and_escape_gives_it_up(hand: Hand) -> None:
    hand.view.tool = "gradient"
    click(hand, 50, 50)
    hand.press(50, 50)
    hand.move(150, 150)
    QTest.keyClick(hand.view, Qt.Key.Key_Escape)
    hand.release(150, 150)
    assert hand.history.titles == [] and hand.colour(50, 50).name() == "#ffffff"


def test_white_stays_white_under_a_transparent_brush(show: Show) -> None:
    hand = show(white(64, 64))
    hand.view.tool = "gradient"
    options_of(hand.view).set(Grading, turned_round=True, to_clear=True)
    hand.drag((10, 32), (30, 32), (50, 32))
    assert (pixels(hand)[:, 0] == 255).all() and tuple(pixels(hand)[5, 63]) == (255, 0, 0, 255)
