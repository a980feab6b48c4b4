"""More ways to select, with real events: ellipses, corners, by colour, with a brush; keys for the mode and the shape."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gesso.documents.painting import Layer, Painting, Tiles, new_id
from gesso.documents.painting.edits import add_layer
from gesso.operations.painting.select import feather
from gesso.operations.painting.select_edges import border, grow, shrink, smooth
from gesso.ui.canvas.hands.options import Selecting, options_of
from gesso.ui.canvas.marquee import of_alpha, reshaped
from tests.desktop.ui.canvas.conftest import Hand, Show, white

SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier
NONE = Qt.KeyboardModifier.NoModifier


def selected(hand: Hand) -> np.ndarray:
    selection = hand.history.document.selection
    assert selection is not None
    return selection.read()[..., 0]


def move(hand: Hand, x: float, y: float, keys: Qt.KeyboardModifier = NONE, held: bool = True) -> None:
    """The pointer moves with keys held."""
    at = QPointF(hand.at(x, y))
    buttons = Qt.MouseButton.LeftButton if held else Qt.MouseButton.NoButton
    event = QMouseEvent(
        QEvent.Type.MouseMove, at, QPointF(hand.view.mapToGlobal(at)), Qt.MouseButton.NoButton, buttons, keys
    )
    QApplication.sendEvent(hand.view, event)


def red_squares() -> Painting:
    """Two red squares of 60 on white, 400 x 300, and one on a layer of its own would be no different."""
    painting = white(400, 300)
    pixels = painting.layers()[0].tiles.read()
    pixels[50:110, 50:110, 1:3] = 0
    pixels[50:110, 200:260, 1:3] = 0
    return Painting.from_array(pixels, "squares")


# --- ellipse and rectangle ---------------------------------------------------------------------------------------


def test_an_ellipse_has_a_soft_edge_and_is_one_step(hand: Hand) -> None:
    hand.view.tool = "ellipse"
    hand.drag((100, 100), (200, 180))
    mask = selected(hand)
    assert abs(mask.sum() / 255 - np.pi * 50 * 40) < 2 and mask[140, 150] == 255 and not mask[101, 101]
    assert np.unique(mask).size > 30 and hand.history.titles == ["Select"]
    hand.history.undo()
    assert hand.history.document.selection is None


def test_keys_pressed_during_the_drag_shape_and_keys_before_it_join(hand: Hand) -> None:
    hand.view.tool = "rectangle"
    hand.press(100, 100)
    move(hand, 150, 120, SHIFT)
    hand.release(150, 120, SHIFT)
    assert (selected(hand) > 0).sum() == 50 * 50, "a square"
    hand.press(200, 150)
    move(hand, 220, 160, ALT)
    hand.release(220, 160, ALT)
    assert (selected(hand) > 0).sum() == 40 * 20 and selected(hand)[141, 181], "around the middle"
    hand.press(0, 0, SHIFT)
    move(hand, 10, 20, SHIFT)
    hand.release(10, 20, SHIFT)
    assert (selected(hand) > 0).sum() == 40 * 20 + 10 * 20, "added, and not made square"
    hand.press(0, 0, SHIFT)
    move(hand, 10, 20)
    move(hand, 10, 30, SHIFT)
    hand.release(10, 30, SHIFT)
    assert (selected(hand) > 0).sum() == 40 * 20 + 30 * 30, "let go and pressed again it makes it square"


def test_the_bar_says_what_a_bare_drag_does(hand: Hand) -> None:
    hand.view.tool = "rectangle"
    hand.drag((0, 0), (50, 50))
    options_of(hand.view).set(Selecting, mode="subtract")
    hand.drag((0, 0), (25, 50))
    assert (selected(hand) > 0).sum() == 25 * 50
    hand.drag((0, 0), (25, 50), modifiers=SHIFT)
    assert (selected(hand) > 0).sum() == 50 * 50, "keys go before the bar"


# --- polygon -----------------------------------------------------------------------------------------------------


def click(hand: Hand, x: float, y: float, keys: Qt.KeyboardModifier = NONE) -> None:
    hand.press(x, y, keys)
    hand.release(x, y, keys)


def test_corners_are_closed_by_enter_by_the_first_of_them_and_by_a_double_click(hand: Hand) -> None:
    hand.view.tool = "polygon"
    for corner in ((50, 50), (150, 50), (150, 150)):
        click(hand, *corner)
    assert hand.view.stays and hand.history.titles == []
    QTest.keyClick(hand.view, Qt.Key.Key_Return)
    assert not hand.view.is_busy and abs(selected(hand).sum() / 255 - 5000) < 3
    for corner in ((200, 50), (300, 50), (300, 150), (200, 150), (202, 52)):
        click(hand, *corner)
    assert not hand.view.is_busy and abs(selected(hand).sum() / 255 - 10000) < 3
    for corner in ((20, 200), (60, 200), (60, 280)):
        click(hand, *corner)
    QTest.mouseDClick(hand.view, Qt.MouseButton.LeftButton, NONE, hand.at(60, 280))
    assert not hand.view.is_busy and abs(selected(hand).sum() / 255 - 1600) < 3 and len(hand.history.titles) == 3


def test_escape_gives_corners_up_and_another_tool_keeps_them(hand: Hand) -> None:
    hand.view.tool = "polygon"
    for corner in ((50, 50), (150, 50), (150, 150)):
        click(hand, *corner)
    QTest.keyClick(hand.view, Qt.Key.Key_Escape)
    assert not hand.view.is_busy and hand.history.titles == []
    for corner in ((50, 50), (150, 50), (150, 150)):
        click(hand, *corner)
    hand.view.tool = "brush"
    assert hand.history.titles == ["Select"]


def test_shift_keeps_sides_straight_and_the_line_follows_the_pointer(hand: Hand) -> None:
    hand.view.tool = "polygon"
    click(hand, 50, 50)
    click(hand, 150, 53, SHIFT)
    move(hand, 160, 150, SHIFT, held=False)
    click(hand, 148, 150, SHIFT)
    QTest.keyClick(hand.view, Qt.Key.Key_Return)
    mask = selected(hand)
    assert mask[50, 100] == 255 and not mask[49].any() and abs(mask.sum() / 255 - 5000) < 120


# --- colour ------------------------------------------------------------------------------------------------------


def test_the_wand_takes_one_square_or_both(show: Show) -> None:
    hand = show(red_squares())
    hand.view.tool = "wand"
    click(hand, 80, 80)
    assert (selected(hand) > 0).sum() == 60 * 60 and hand.history.titles == ["Select"]
    click(hand, 220, 80, SHIFT)
    assert (selected(hand) > 0).sum() == 2 * 60 * 60
    options_of(hand.view).set(Selecting, contiguous=False)
    click(hand, 80, 80)
    assert (selected(hand) > 0).sum() == 2 * 60 * 60
    click(hand, -10, -10)
    assert hand.history.document.selection is None, "a click beside the picture selects everything again"


def test_it_looks_at_the_active_layer_or_at_everything(show: Show) -> None:
    painting = red_squares()
    over = Layer(new_id(), "empty", tiles=painting.empty_tiles())
    hand = show(painting)
    hand.history.apply("layer", *add_layer(painting, over))
    hand.view.tool = "wand"
    click(hand, 80, 80)
    assert (selected(hand) == 255).all(), "the active layer is empty everywhere"
    options_of(hand.view).set(Selecting, everything=True)
    click(hand, 80, 80)
    assert (selected(hand) > 0).sum() == 60 * 60


def test_a_colour_range_is_shown_while_it_is_tried_and_kept_with_enter(show: Show) -> None:
    hand = show(red_squares())
    hand.view.tool = "colour-range"
    click(hand, 80, 80)
    assert hand.view.stays and hand.history.titles == []
    assert hand.colour(300, 200).name() != "#ffffff", "a veil over what is not selected"
    assert hand.colour(220, 80).name() == "#ff0000"
    click(hand, 300, 200, SHIFT)
    assert hand.colour(300, 200).name() == "#ffffff", "both colours now"
    click(hand, 80, 80)
    QTest.keyClick(hand.view, Qt.Key.Key_Return)
    assert (selected(hand) == 255).sum() == 2 * 60 * 60 and hand.history.titles == ["Select"]
    click(hand, 300, 200)
    QTest.keyClick(hand.view, Qt.Key.Key_Escape)
    assert hand.history.titles == ["Select"]
    assert options_of(hand.view).live is None


def test_fuzziness_is_tried_live(show: Show) -> None:
    painting = white(200, 100)
    pixels = painting.layers()[0].tiles.read()
    pixels[..., :3] = np.linspace(0, 255, 200).astype(np.uint8)[None, :, None]
    hand = show(Painting.from_array(pixels, "ramp"))
    hand.view.tool = "colour-range"
    options_of(hand.view).set(Selecting, fuzziness=20)
    click(hand, 2, 50)
    before = hand.colour(90, 50).red()
    options_of(hand.view).set(Selecting, fuzziness=150)
    assert hand.colour(90, 50).red() != before
    QTest.keyClick(hand.view, Qt.Key.Key_Return)
    assert selected(hand)[50, 90] == 255


# --- brush -------------------------------------------------------------------------------------------------------


def test_a_brush_paints_the_selection_and_alt_takes_away(hand: Hand) -> None:
    hand.view.tool = "select-brush"
    hand.drag((50, 100), (150, 100), (250, 100))
    mask = selected(hand)
    assert abs(mask.sum() / 255 - (200 * 20 + np.pi * 100)) < 40 and mask[100, 150] == 255 and not mask[115].any()
    hand.drag((50, 150), (250, 150))
    assert selected(hand)[150, 150] == 255 and selected(hand)[100, 150] == 255, "strokes make one selection"
    hand.drag((150, 80), (150, 170), modifiers=ALT)
    assert selected(hand)[100, 150] == 0 and selected(hand)[100, 100] == 255
    assert hand.history.titles == ["Select"] * 3


def test_a_stroke_of_selection_can_be_given_up(hand: Hand) -> None:
    hand.view.tool = "select-brush"
    hand.press(50, 100)
    hand.move(150, 100)
    QTest.keyClick(hand.view, Qt.Key.Key_Escape)
    hand.release(150, 100)
    assert hand.history.titles == []


# --- edges -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["grow", "shrink", "border", "feather", "smooth"])
def test_reshaping_block_by_block_is_reshaping_the_whole(name: str) -> None:
    shape = {
        "grow": lambda mask: grow(mask, 9),
        "shrink": lambda mask: shrink(mask, 9),
        "border": lambda mask: border(mask, 9),
        "feather": lambda mask: feather(mask, 9),
        "smooth": lambda mask: smooth(mask, 9),
    }[name]
    mask = np.zeros((700, 900), np.uint8)
    mask[100:660, 200:900] = 255
    mask[300:420, 400:520] = 0
    found = reshaped(Tiles.from_array(mask[..., None]), 20, shape)
    assert found is not None
    assert np.abs(found.read()[..., 0].astype(int) - shape(mask)).max() <= 1


def test_shrinking_to_nothing_leaves_no_selection() -> None:
    mask = np.zeros((300, 300, 1), np.uint8)
    mask[10:20, 10:20] = 255
    assert reshaped(Tiles.from_array(mask), 8, lambda part: shrink(part, 6)) is None


def test_alpha_becomes_a_selection_in_either_depth() -> None:
    for dtype, top in ((np.uint8, 255), (np.uint16, 65535)):
        pixels = np.zeros((40, 40, 4), dtype)
        pixels[5:10, 5:10] = top
        pixels[20, 20, 3] = top // 2
        found = of_alpha(Painting.from_array(pixels).layers()[0])
        assert found is not None and found.read()[6, 6, 0] == 255 and abs(int(found.read()[20, 20, 0]) - 127) <= 1
    assert of_alpha(Painting.from_array(np.zeros((8, 8, 4), np.uint8)).layers()[0]) is None
