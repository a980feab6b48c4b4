"""Transform and crop with real events: handles do what they say, Enter keeps one step, Escape gives back every bit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gesso.documents.painting import Painting, Tiles
from gesso.documents.painting.edits import SetMask, SetProperty, SetSelection
from gesso.operations.painting.transform import Pose
from gesso.ui.canvas.hands.crop import Crop
from gesso.ui.canvas.hands.options import Cropping, Transforming, options_of
from gesso.ui.canvas.hands.transform import Transform
from gesso.values import Box, Size, Trouble
from tests.desktop.ui.canvas.conftest import Hand, Show

SHIFT, ALT, CTRL = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
)
NONE = Qt.KeyboardModifier.NoModifier


def drag(hand: Hand, start: tuple, stop: tuple, keys: Qt.KeyboardModifier = NONE) -> None:
    """With keys held all the while."""
    hand.press(*start, keys)
    at = QPointF(hand.at(*stop))
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        at,
        QPointF(hand.view.mapToGlobal(at)),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.LeftButton,
        keys,
    )
    QApplication.sendEvent(hand.view, event)
    hand.release(*stop, keys)


def enter(hand: Hand) -> None:
    QTest.keyClick(hand.view, Qt.Key.Key_Return)


def blot() -> Painting:
    """Noise of 80 x 60 at (100, 90), on nothing."""
    pixels = np.zeros((300, 400, 4), np.uint8)
    pixels[90:150, 100:180] = np.random.default_rng(3).integers(1, 256, (60, 80, 4))
    return Painting.from_array(pixels, "blot")


def pixels(hand: Hand) -> np.ndarray:
    return hand.history.document.layers()[0].tiles.read()


def pose(hand: Hand) -> Pose:
    live = options_of(hand.view).live
    assert isinstance(live, Transform)
    return live.pose


@pytest.fixture
def held(show: Show) -> Hand:
    """The blot with the frame around it."""
    hand = show(blot())
    hand.view.tool = "transform"
    hand.press(140, 120)
    hand.release(140, 120)
    return hand


def select(hand: Hand, box: Box) -> None:
    size = hand.history.document.size
    mask = np.zeros((size.height, size.width, 1), np.uint8)
    mask[box.slices()] = 255
    hand.history.apply("select", SetSelection(Tiles.from_array(mask)))


def test_moving_there_and_back_changes_no_bit_and_enter_keeps_one_step(held: Hand) -> None:
    before = pixels(held)
    drag(held, (140, 120), (190, 150))
    assert held.view.stays and held.history.titles == []
    enter(held)
    assert held.history.titles == ["Transform"] and not held.view.is_busy
    assert np.array_equal(pixels(held)[120:180, 150:230], before[90:150, 100:180])
    drag(held, (190, 150), (140, 120))
    enter(held)
    assert np.array_equal(pixels(held), before)
    held.history.go_to(0)
    assert np.array_equal(pixels(held), before)


def test_doing_nothing_is_no_step_and_escape_gives_back(held: Hand) -> None:
    enter(held)
    assert held.history.titles == []
    before = pixels(held)
    drag(held, (140, 120), (200, 200))
    drag(held, (300, 50), (350, 150))
    assert held.view.pane.pyramid.live != {}
    QTest.keyClick(held.view, Qt.Key.Key_Escape)
    assert held.history.titles == [] and np.array_equal(pixels(held), before) and options_of(held.view).live is None
    assert held.view.pane.pyramid.live == {}


def test_what_is_seen_is_what_is_kept(held: Hand) -> None:
    drag(held, (140, 120), (240, 170))
    held.settle()
    shown = held.shown()
    enter(held)
    held.view.tool = "hand"
    held.view.point_at(None)
    inside = held.at(215, 155), held.at(260, 190)
    part = np.s_[inside[0].y() : inside[1].y(), inside[0].x() : inside[1].x()]
    assert np.array_equal(held.shown()[part], shown[part])


@pytest.mark.parametrize("grip", [(140, 120), (180, 150)])
def test_while_it_is_dragged_it_looks_as_it_will(held: Hand, grip: tuple[int, int]) -> None:
    held.press(*grip)
    held.move(grip[0] + 80, grip[1] + 60)
    dragged = held.shown().astype(int)
    held.release(grip[0] + 80, grip[1] + 60)
    let_go = held.shown().astype(int)
    held.view.cancel_gesture()
    changed = np.abs(let_go - held.shown()).max(axis=2) > 8
    assert changed.sum() > 2000 and np.abs(dragged - let_go)[changed].mean() < 12


def test_a_corner_scales_a_side_stretches_and_keys_say_otherwise(held: Hand) -> None:
    drag(held, (180, 150), (260, 210))
    assert pose(held).scale == (2.0, 2.0) and pose(held).move == (40.0, 30.0)
    drag(held, (100, 150), (60, 150))
    assert np.allclose(pose(held).scale, (2.5, 2.0)) and np.allclose(pose(held).move, (20.0, 30.0))
    QTest.keyClick(held.view, Qt.Key.Key_Escape)
    drag(held, (180, 150), (220, 150), SHIFT)
    assert np.allclose(pose(held).scale, (1.5, 1.0)), "freely"
    QTest.keyClick(held.view, Qt.Key.Key_Escape)
    drag(held, (180, 150), (220, 180), ALT)
    assert pose(held).scale == (2.0, 2.0) and pose(held).move == (0.0, 0.0), "about the middle"


def test_a_turned_and_mirrored_view_makes_no_difference(held: Hand) -> None:
    held.view.angle, held.view.is_mirrored = 30.0, True
    drag(held, (180, 150), (260, 210))
    assert np.allclose(pose(held).scale, (2, 2), atol=0.05)
    enter(held)
    assert held.history.titles == ["Transform"] and pixels(held)[200, 250, 3]


def test_what_is_large_is_drawn_by_the_screen_until_it_is_kept(held: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gesso.ui.canvas.hands.transform.TRUE_AREA", 100)
    before = pixels(held)
    drag(held, (140, 120), (190, 150))
    seen = held.shown().astype(int)
    enter(held)
    assert np.array_equal(pixels(held)[120:180, 150:230], before[90:150, 100:180])
    held.press(190, 150)
    held.release(190, 150)
    held.view.point_at(None)
    assert np.abs(held.shown() - seen).mean() < 2


def test_outside_it_turns_and_shift_turns_in_steps(held: Hand) -> None:
    drag(held, (240, 120), (140, 225))
    assert abs(pose(held).degrees - 90) < 2
    QTest.keyClick(held.view, Qt.Key.Key_Escape)
    before = pixels(held)
    drag(held, (240, 120), (142, 225), SHIFT)
    assert pose(held).degrees == 90
    enter(held)
    assert np.array_equal(pixels(held)[80:160, 110:170], np.rot90(before[90:150, 100:180], -1))


def test_four_quarter_turns_on_the_canvas_come_home_to_the_bit(held: Hand) -> None:
    before = pixels(held)
    for _ in range(4):
        live = options_of(held.view).live
        live.set_pose(replace(live.pose, degrees=90.0))
        enter(held)
        held.press(140, 120)
        held.release(140, 120)
    assert np.array_equal(pixels(held), before) and held.history.titles == ["Transform"] * 4


def test_ctrl_pulls_a_corner_and_the_bar_can_make_that_the_rule(held: Hand) -> None:
    drag(held, (180, 150), (200, 190), CTRL)
    assert pose(held).corners[2] == (20.0, 40.0) and pose(held).corners[0] == (0.0, 0.0)
    drag(held, (200, 190), (110, 95), CTRL)
    assert pose(held).corners[2] != (-70.0, -55.0), "no outline folded into itself"
    QTest.keyClick(held.view, Qt.Key.Key_Escape)
    options_of(held.view).set(Transforming, in_perspective=True)
    drag(held, (100, 90), (90, 80))
    assert pose(held).corners[0] == (-10.0, -10.0)
    enter(held)
    assert pixels(held)[82:88, 92:100, 3].any() and held.history.titles == ["Transform"]


def test_a_side_slants_with_ctrl(held: Hand) -> None:
    drag(held, (140, 90), (160, 95), CTRL)
    corners = pose(held).corners
    assert corners[0] == corners[1] == (20.0, 0.0) and corners[2] == corners[3] == (0.0, 0.0)


def test_the_selected_part_moves_with_its_selection_over_what_lies_there(show: Show) -> None:
    hand = show(blot())
    before = pixels(hand)
    select(hand, Box(100, 90, 40, 60))
    hand.view.tool = "transform"
    drag(hand, (120, 120), (220, 120))
    enter(hand)
    found, selection = pixels(hand), hand.history.document.selection
    assert np.array_equal(found[90:150, 200:240], before[90:150, 100:140]) and not found[90:150, 100:140].any()
    assert np.array_equal(found[90:150, 140:180], before[90:150, 140:180])
    assert selection is not None and selection.read()[120, 220, 0] == 255 and not selection.read()[120, 120, 0]
    hand.history.undo()
    assert np.array_equal(pixels(hand), before)
    assert hand.history.document.selection.read()[120, 120, 0] == 255


def test_the_mask_moves_with_its_layer(show: Show) -> None:
    hand = show(blot())
    mask = np.zeros((300, 400, 1), np.uint8)
    mask[100:140, 110:150] = 255
    hand.history.apply("mask", SetMask(hand.history.document.active, Tiles.from_array(mask)))
    hand.view.tool = "transform"
    drag(hand, (140, 120), (160, 125))
    enter(hand)
    moved = hand.history.document.layers()[0].mask.read()
    assert np.array_equal(moved, np.roll(mask, (5, 20), (0, 1))) and hand.history.titles == ["mask", "Transform"]


def test_what_is_empty_or_locked_is_not_taken_hold_of(show: Show) -> None:
    hand = show(Painting.from_array(np.zeros((300, 400, 4), np.uint8)))
    refused: list[Trouble] = []
    hand.view.refused.connect(refused.append)
    hand.view.tool = "transform"
    hand.press(50, 50)
    hand.release(50, 50)
    hand = show(blot())
    hand.history.apply("lock", SetProperty(hand.history.document.active, "locked", True))
    hand.view.tool = "transform"
    hand.press(50, 50)
    hand.release(50, 50)
    assert len(refused) == 2 and not hand.view.is_busy and hand.history.titles == ["lock"]


def test_undo_of_something_else_ends_it_and_leaves_no_trace(held: Hand) -> None:
    before = pixels(held)
    drag(held, (140, 120), (240, 220))
    held.history.apply("other", SetProperty(held.history.document.active, "label", "red"))
    assert not held.view.is_busy and np.array_equal(pixels(held), before) and held.view.pane.pyramid.live == {}


# --- crop --------------------------------------------------------------------------------------------------------


def crop(hand: Hand) -> Crop:
    live = options_of(hand.view).live
    assert isinstance(live, Crop)
    return live


def test_a_crop_cuts_layers_selection_and_canvas_in_one_step(show: Show) -> None:
    hand = show(blot())
    before = pixels(hand)
    select(hand, Box(100, 90, 80, 60))
    hand.view.tool = "crop"
    hand.press(140, 120)
    hand.release(140, 120)
    assert crop(hand).box == Box(100, 90, 80, 60), "begins as the selection"
    drag(hand, (180, 150), (200, 170))
    assert crop(hand).box == Box(100, 90, 100, 80)
    drag(hand, (150, 120), (140, 110))
    assert crop(hand).box == Box(90, 80, 100, 80)
    enter(hand)
    assert hand.history.document.size == Size(100, 80) and np.array_equal(pixels(hand), before[80:160, 90:190])
    assert hand.history.document.selection.read()[10:70, 10:90].min() == 255
    assert hand.history.titles == ["select", "Crop"]
    hand.history.undo()
    assert hand.history.document.size == Size(400, 300) and np.array_equal(pixels(hand), before)


def test_a_frame_drawn_anew_keeps_the_ratio_and_escape_leaves_the_canvas(show: Show) -> None:
    hand = show(blot())
    hand.view.tool = "crop"
    hand.press(200, 150)
    hand.release(200, 150)
    assert crop(hand).box == Box(0, 0, 400, 300)
    options_of(hand.view).set(Cropping, ratio=(1, 1))
    assert crop(hand).box == Box(50, 0, 300, 300)
    drag(hand, (20, 20), (40, 100))
    box = crop(hand).box
    assert box.width == box.height and box.x == 20 and box.y == 20
    QTest.keyClick(hand.view, Qt.Key.Key_Escape)
    assert hand.history.titles == [] and hand.history.document.size == Size(400, 300)


def test_the_canvas_may_be_cut_larger(show: Show) -> None:
    hand = show(blot())
    hand.view.tool = "crop"
    hand.press(200, 150)
    hand.release(200, 150)
    crop(hand).set_box(Box(-20, -10, 440, 330))
    enter(hand)
    assert hand.history.document.size == Size(440, 330) and pixels(hand)[100:160, 120:200].any()
    assert not pixels(hand)[:100].any()
