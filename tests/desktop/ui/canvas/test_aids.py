"""Rulers, guides and axes over the canvas: dragged, snapped to, turned about, and right however the view lies."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtTest import QTest

from gesso.documents.painting import Guide, Painting, Symmetry, Tiles
from gesso.documents.painting.beside import SetGuides, SetSymmetry
from gesso.documents.painting.edits import SetSelection
from gesso.operations.painting.brush import Brush
from gesso.operations.painting.select import rectangle
from gesso.ui.canvas.rulers import Ruler, step_of
from gesso.values import Box, Size
from tests.desktop.ui.canvas.conftest import Hand, Show, white

CTRL = Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton


def guides(hand: Hand) -> tuple[Guide, ...]:
    return hand.history.document.guides


def put(hand: Hand, *lines: Guide) -> None:
    hand.history.apply("guides", SetGuides(lines))
    hand.history.forget_all()


def rulers(hand: Hand) -> dict[bool, Ruler]:
    """By whether they stand upright."""
    hand.view.aids.wish("rulers", True)
    return {ruler._is_upright: ruler for ruler in hand.view.findChildren(Ruler)}


def drag_out(hand: Hand, ruler: Ruler, x: float, y: float) -> None:
    """From the ruler to a place of the picture."""
    end = ruler.mapFrom(hand.view, hand.at(x, y))
    QTest.mousePress(ruler, LEFT, pos=ruler.rect().center())
    QTest.mouseMove(ruler, end)
    QTest.mouseRelease(ruler, LEFT, pos=end)


def selected(hand: Hand) -> Box:
    chosen = hand.history.document.selection
    assert chosen is not None
    rows, columns = np.nonzero(chosen.read()[..., 0] > 127)
    return Box.around(int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1)


# --- guides ------------------------------------------------------------------------------------------------------------


def test_a_guide_is_dragged_out_of_each_ruler(hand: Hand) -> None:
    both = rulers(hand)
    drag_out(hand, both[False], 200, 120)
    drag_out(hand, both[True], 90, 120)
    assert guides(hand) == (Guide("horizontal", 120.0), Guide("vertical", 90.0))
    assert hand.history.titles == ["New guide", "New guide"]
    hand.history.undo()
    assert guides(hand) == (Guide("horizontal", 120.0),)


def test_let_go_over_a_ruler_it_was_none(hand: Hand) -> None:
    both = rulers(hand)
    QTest.mousePress(both[True], LEFT, pos=both[True].rect().center())
    QTest.mouseMove(both[True], both[True].mapFrom(hand.view, hand.at(90, 90)))
    QTest.mouseRelease(both[True], LEFT, pos=both[True].rect().center())
    assert guides(hand) == () and hand.history.titles == []


def test_the_hand_moves_a_guide_and_takes_it_away(hand: Hand) -> None:
    put(hand, Guide("vertical", 100.0), Guide("horizontal", 50.0))
    hand.view.tool = "hand"
    hand.drag((101, 150), (140, 150), (180, 160))
    assert set(guides(hand)) == {Guide("vertical", 179.0 + 1), Guide("horizontal", 50.0)}
    hand.press(180, 150)
    QTest.mouseMove(hand.view, hand.at(180, 150) - hand.at(700, 0) + hand.at(0, 0))
    QTest.mouseRelease(hand.view, LEFT, pos=hand.at(180, 150) - hand.at(700, 0) + hand.at(0, 0))
    assert guides(hand) == (Guide("horizontal", 50.0),)
    assert hand.history.titles == ["Move guide", "Remove guide"]


def test_other_hands_take_hold_of_one_with_ctrl_alone(hand: Hand) -> None:
    put(hand, Guide("vertical", 100.0))
    hand.drag((100, 150), (120, 150))
    assert guides(hand) == (Guide("vertical", 100.0),) and hand.history.titles == ["Brush stroke"]
    hand.press(100, 150, CTRL)
    hand.move(150, 150)
    hand.release(150, 150)
    assert guides(hand) == (Guide("vertical", 150.0),)


def test_locked_guides_stay(hand: Hand) -> None:
    put(hand, Guide("vertical", 100.0))
    hand.view.aids.wish("lock-guides", True)
    hand.view.tool = "hand"
    hand.drag((100, 150), (180, 150))
    drag_out(hand, rulers(hand)[True], 90, 120)
    assert guides(hand) == (Guide("vertical", 100.0),)


def test_a_guide_is_seen_and_can_be_hidden(hand: Hand) -> None:
    before = hand.colour(100, 150)
    put(hand, Guide("vertical", 100.0))
    assert hand.colour(100, 150) != before
    hand.view.aids.wish("guides", False)
    assert hand.colour(100, 150) == before


def test_a_new_guide_by_number_shows_hidden_ones_and_clearing_is_one_step(hand: Hand) -> None:
    hand.view.aids.wish("guides", False)
    hand.view.aids.add_guide("horizontal", 40.0)
    hand.view.aids.add_guide("horizontal", 40.0)
    hand.view.aids.add_guide("vertical", 7.0)
    assert guides(hand) == (Guide("horizontal", 40.0), Guide("vertical", 7.0)) and hand.view.aids.wishes["guides"]
    hand.view.aids.clear_guides()
    assert guides(hand) == () and hand.history.titles == ["New guide", "New guide", "Clear guides"]


# --- snapping ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def lined(hand: Hand) -> Hand:
    put(hand, Guide("vertical", 100.0), Guide("vertical", 200.0), Guide("horizontal", 60.0), Guide("horizontal", 160.0))
    return hand


@pytest.mark.parametrize("tool", ["rectangle", "ellipse"])
def test_selections_lie_on_guides(lined: Hand, tool: str) -> None:
    lined.view.tool = tool
    lined.drag((103, 57), (150, 150), (196, 164))
    assert selected(lined) == Box(100, 60, 100, 100)


def test_without_snapping_they_lie_where_they_were_drawn(lined: Hand) -> None:
    lined.view.aids.wish("snap", False)
    lined.view.tool = "rectangle"
    lined.drag((103, 57), (150, 150), (196, 164))
    assert selected(lined) == Box(103, 57, 93, 107)


def test_the_reach_of_a_guide_is_counted_on_the_screen(lined: Hand) -> None:
    lined.view.set_zoom(4.0, lined.view.from_image(QPointF(100, 60)))
    lined.view.tool = "rectangle"
    lined.drag((105, 61), (120, 75), (130, 80))
    assert selected(lined) == Box(105, 60, 25, 20), "5 pixels are 20 on the screen"


def test_polygons_have_their_corners_on_guides(lined: Hand) -> None:
    lined.view.tool = "polygon"
    for corner in ((102, 62), (197, 63), (202, 158), (98, 163)):
        lined.drag(corner)
    lined.view.finish_gesture()
    assert selected(lined) == Box(100, 60, 100, 100)


def test_a_crop_is_pulled_onto_guides(lined: Hand) -> None:
    lined.view.tool = "crop"
    lined.drag((2, 150), (50, 150), (97, 150))
    lined.drag((250, 298), (250, 200), (250, 164))
    lined.view.finish_gesture()
    assert lined.history.document.size == Size(300, 160)
    assert guides(lined) == (
        Guide("vertical", 0.0), Guide("vertical", 100.0), Guide("horizontal", 60.0), Guide("horizontal", 160.0),
    )  # fmt: skip


def test_what_is_transformed_lies_on_guides_with_its_edges(show: Show) -> None:
    pixels = np.zeros((300, 400, 4), np.uint8)
    pixels[20:50, 30:70] = 255
    hand = show(Painting.from_array(pixels, "block"))
    put(hand, Guide("vertical", 200.0), Guide("horizontal", 100.0))
    hand.view.tool = "transform"
    hand.drag((50, 35), (120, 80), (183, 84))
    hand.view.finish_gesture()
    rows, columns = np.nonzero(hand.history.document.layers()[0].tiles.read()[..., 3])
    assert (columns.max() + 1, rows.max() + 1) == (200, 100)


# --- axes --------------------------------------------------------------------------------------------------------------


def test_symmetry_is_chosen_about_the_middle_and_keeps_its_place(hand: Hand) -> None:
    hand.view.aids.set_symmetry("vertical")
    assert hand.history.document.symmetry == Symmetry("vertical", 200.0, 150.0)
    hand.history.apply("move", SetSymmetry(Symmetry("vertical", 120.0, 150.0)))
    hand.view.aids.set_symmetry("radial", 9)
    assert hand.history.document.symmetry == Symmetry("radial", 120.0, 150.0, 0.0, 9)
    hand.view.aids.set_symmetry("none")
    assert hand.view.aids.symmetry is None
    hand.view.aids.set_symmetry("both")
    hand.view.aids.centre_symmetry()
    assert hand.history.document.symmetry == Symmetry("both", 200.0, 150.0, 0.0, 9)


def test_a_knob_moves_the_axis_whatever_hand_is_in_use(hand: Hand) -> None:
    hand.view.aids.set_symmetry("vertical")
    knob = hand.view.to_image(hand.view.aids._knobs()[0])
    hand.drag((knob.x(), knob.y()), (knob.x() - 30, knob.y()), (knob.x() - 61, knob.y() - 23))
    assert hand.history.titles == ["Symmetry", "Move the axis"]
    assert hand.history.document.symmetry == Symmetry("vertical", 139.0, 127.0)
    hand.history.undo()
    assert hand.history.document.symmetry == Symmetry("vertical", 200.0, 150.0)


def test_a_moved_axis_falls_into_the_middle_again(hand: Hand) -> None:
    hand.history.apply("axis", SetSymmetry(Symmetry("vertical", 180.0, 150.0)))
    knob = hand.view.to_image(hand.view.aids._knobs()[0])
    hand.drag((knob.x(), knob.y()), (knob.x() + 10, knob.y()), (knob.x() + 17, knob.y()))
    assert hand.history.document.symmetry == Symmetry("vertical", 200.0, 150.0)


def test_the_other_knob_turns_it_and_eighths_hold_it(hand: Hand) -> None:
    hand.view.aids.set_symmetry("vertical")
    knob = hand.view.to_image(hand.view.aids._knobs()[1])
    reach = 150 - knob.y()
    hand.drag((knob.x(), knob.y()), (knob.x() + 40, knob.y()), (200 + reach * 0.71, 150 - reach * 0.70))
    found = hand.history.document.symmetry
    assert found is not None and found.degrees == pytest.approx(45.0)
    assert hand.history.titles[-1] == "Turn the axis"


def test_escape_leaves_the_axis_alone(hand: Hand) -> None:
    hand.view.aids.set_symmetry("vertical")
    knob = hand.view.to_image(hand.view.aids._knobs()[0])
    hand.press(knob.x(), knob.y())
    hand.move(knob.x() + 50, knob.y())
    QTest.keyClick(hand.view, Qt.Key.Key_Escape)
    assert hand.history.titles == ["Symmetry"] and hand.view.aids.symmetry == Symmetry("vertical", 200.0, 150.0)


# --- rulers ------------------------------------------------------------------------------------------------------------


@given(st.floats(0.001, 1e6))
def test_steps_are_round_and_just_large_enough(pixels: float) -> None:
    step = step_of(pixels)
    assert step >= pixels and (step < 2.5 * pixels or step == 1)
    assert f"{step:g}".lstrip("0.")[0] in "125"


@pytest.mark.parametrize("angle", [0, 90, 180, -90])
@pytest.mark.parametrize("is_mirrored", [False, True])
def test_rulers_tell_the_truth_at_right_angles(hand: Hand, angle: float, is_mirrored: bool) -> None:
    both = rulers(hand)
    hand.view.angle, hand.view.is_mirrored = angle, is_mirrored
    assert both[False].isVisible() and both[True].isVisible()
    for x, y in ((50, 60), (180, 200)):
        at = hand.view.from_image(QPointF(x, y))
        wanted = {True: y, False: x}
        assert both[False].counted(at.x()) == pytest.approx(wanted[both[False].counts_down], abs=0.01)
        assert both[True].counted(at.y()) == pytest.approx(wanted[both[True].counts_down], abs=0.01)


def test_at_other_angles_they_are_put_away(hand: Hand) -> None:
    both = rulers(hand)
    hand.view.angle = 30
    assert not both[False].isVisible() and hand.view.aids.ruler_px == 0
    hand.view.angle = 0
    assert both[False].isVisible()


def test_a_guide_out_of_a_turned_ruler_lies_as_it_is_seen(hand: Hand) -> None:
    both = rulers(hand)
    hand.view.angle = 90
    drag_out(hand, both[False], 170, 120)
    assert guides(hand) == (Guide("vertical", 170.0),)


def test_the_pointer_is_marked(hand: Hand) -> None:
    both = rulers(hand)
    before = both[False].grab().toImage()
    hand.move(170, 120)
    assert both[False].grab().toImage() != before
    QTest.mouseMove(hand.view, hand.at(170, 140))
    assert both[False]._mark == pytest.approx(hand.at(170, 120).x(), abs=1)


# --- loose ends --------------------------------------------------------------------------------------------------------


def chosen(hand: Hand, box: Box) -> None:
    mask = rectangle(hand.history.document.size, box)
    hand.history.apply("Select", SetSelection(Tiles.from_array(mask[..., None])))


@pytest.mark.parametrize("tool", ["rectangle", "ellipse", "lasso"])
def test_a_selection_is_dragged_by_the_hands_that_make_it(hand: Hand, tool: str) -> None:
    chosen(hand, Box(50, 60, 40, 30))
    hand.view.tool = tool
    before = hand.history.document.layers()[0].tiles
    hand.drag((60, 70), (80, 90), (101, 107))
    assert selected(hand) == Box(91, 97, 40, 30) and hand.history.titles[-1] == "Move selection"
    assert hand.history.document.layers()[0].tiles is before, "what is painted stays"
    hand.history.undo()
    assert selected(hand) == Box(50, 60, 40, 30)


def test_a_click_into_the_selection_takes_it_away(hand: Hand) -> None:
    chosen(hand, Box(50, 60, 40, 30))
    hand.view.tool = "rectangle"
    hand.drag((60, 70))
    assert hand.history.document.selection is None


def test_the_edge_goes_along_with_a_transform(hand: Hand) -> None:
    chosen(hand, Box(50, 60, 40, 30))
    hand.view.tool = "transform"
    hand.drag((60, 70), (90, 100), (160, 130))
    camera = hand.view.pane.camera
    seen = hand.view._carried.mapRect(hand.view._ants.path(camera).boundingRect())
    wanted = camera.to_device(Box(150, 120, 40, 30))
    assert abs(seen.x() - wanted.x()) < 1 and abs(seen.y() - wanted.y()) < 1
    hand.view.cancel_gesture()
    assert hand.view._carried.isIdentity()


def test_a_guide_put_down_does_not_disturb_a_transform(hand: Hand) -> None:
    hand.view.tool = "transform"
    hand.drag((200, 150), (220, 150), (230, 150))
    hand.view.aids.add_guide("vertical", 20.0)
    assert hand.view.stays
    hand.view.finish_gesture()
    assert hand.history.titles == ["New guide", "Transform"]


def test_digits_set_an_opacity(hand: Hand) -> None:
    typed: list[int] = []
    hand.view.opacity_typed.connect(typed.append)

    def key(digit: str, milliseconds: int) -> None:
        from PySide6.QtGui import QKeyEvent

        event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_0 + int(digit), Qt.KeyboardModifier.NoModifier, digit)
        event.setTimestamp(milliseconds)
        hand.view.keyPressEvent(event)

    for digit, at in (("3", 1000), ("0", 4000), ("4", 8000), ("5", 8200), ("7", 8300), ("0", 12000), ("5", 12100)):
        key(digit, at)
    assert typed == [30, 100, 40, 45, 70, 100, 5]


def test_the_brush_paints_across_a_guide(hand: Hand) -> None:
    """Nothing but what wants to snaps."""
    put(hand, Guide("vertical", 100.0))
    hand.view.brush = replace(hand.view.brush, size_px=9)
    hand.drag((104, 50), (104, 90))
    assert isinstance(hand.view.brush, Brush)
    column = hand.history.document.layers()[0].tiles.read()[70, :, 1]
    assert column[104] == 0 and column[98] == 255
    assert white(2, 2).guides == ()
