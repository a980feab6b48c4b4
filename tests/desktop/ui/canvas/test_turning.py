"""The view turned and mirrored: the pointer still meets the pixel that is under it, and the picture itself is as it was."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtTest import QTest

from gesso.documents.painting import Painting, composite
from gesso.ui.canvas.turn import Turn, held
from gesso.values import Box, Size
from tests.desktop.ui.canvas.conftest import Hand, Show

angles = st.one_of(st.sampled_from([0.0, 90.0, 180.0, -90.0]), st.floats(-180, 180))


def turned(angle: float, is_mirrored: bool, view: Size) -> Turn:
    turn = Turn()
    turn.angle, turn.is_mirrored, turn.view = held(angle), is_mirrored, view
    return turn


@given(angles, st.booleans(), st.integers(1, 900), st.integers(1, 900))
def test_the_sheet_covers_the_view_and_there_is_a_way_back(angle: float, is_mirrored: bool, w: int, h: int) -> None:
    turn = turned(angle, is_mirrored, Size(w, h))
    sheet = QRectF(0, 0, turn.sheet.width, turn.sheet.height).adjusted(-1e-6, -1e-6, 1e-6, 1e-6)
    for corner in (QPointF(0, 0), QPointF(w, 0), QPointF(0, h), QPointF(w, h)):
        there = turn.to_sheet(corner)
        assert sheet.contains(there)
        back = turn.to_view(there)
        assert abs(back.x() - corner.x()) + abs(back.y() - corner.y()) < 1e-6


@given(st.floats(-2000, 2000))
def test_an_angle_is_kept_within_a_turn(angle: float) -> None:
    assert -180 < held(angle) <= 180
    assert abs((held(angle) - angle + 180) % 360 - 180) < 1e-5


def speckled(width: int, height: int) -> Painting:
    pixels = np.random.default_rng(3).integers(0, 255, (height, width, 4), dtype=np.uint8)
    pixels[..., 3] = 255
    return Painting.from_array(pixels)


def seen(hand: Hand, box: Box) -> np.ndarray:
    """What the widget shows where a box of the painting lies, as (h, w, 3)."""
    corners = [hand.view.from_image(QPointF(x, y)) for x in (box.x, box.right) for y in (box.y, box.bottom)]
    xs, ys = [round(c.x()) for c in corners], [round(c.y()) for c in corners]
    return hand.shown()[min(ys) : max(ys), min(xs) : max(xs)]


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
@pytest.mark.parametrize("is_mirrored", [False, True])
def test_right_angles_and_mirrors_show_every_pixel_as_it_is(show: Show, turns: int, is_mirrored: bool) -> None:
    painting, box = speckled(200, 120), Box(40, 30, 90, 50)
    hand = show(painting)
    hand.view.angle, hand.view.is_mirrored = 90.0 * turns, is_mirrored
    expected = np.rot90(composite(painting, box)[..., :3], -turns)
    expected = expected[:, ::-1] if is_mirrored else expected
    assert np.array_equal(seen(hand, box), expected)


@pytest.mark.parametrize("angle", [30.0, -90.0, 137.0])
def test_a_stroke_lands_under_the_pointer(hand: Hand, angle: float) -> None:
    hand.view.is_mirrored = True
    hand.view.angle = angle
    hand.press(150, 120)
    hand.release(150, 120)
    assert composite(hand.history.document, Box(150, 120, 1, 1))[0, 0, :3].tolist() == [255, 0, 0]
    assert composite(hand.history.document, Box(150, 160, 1, 1))[0, 0, :3].tolist() == [255, 255, 255]


def test_what_is_in_the_middle_stays_there_and_fitting_shows_all_of_it(hand: Hand) -> None:
    view = hand.view
    view.pan(-40, 30)
    middle = QRectF(view.rect()).center()
    place = view.to_image(middle)
    for angle in (20.0, 90.0, -120.0):
        view.angle = angle
        now = view.to_image(middle)
        assert abs(now.x() - place.x()) <= 2 and abs(now.y() - place.y()) <= 2
    view.angle = 45.0
    view.fit()
    for x, y in ((0, 0), (400, 0), (0, 300), (400, 300)):
        assert QRectF(view.rect()).contains(view.from_image(QPointF(x, y)))


def test_shift_and_space_turn_the_view_with_the_pointer(hand: Hand) -> None:
    view, shift = hand.view, Qt.KeyboardModifier.ShiftModifier
    middle = view.rect().center()
    QTest.keyPress(view, Qt.Key.Key_Space)
    QTest.mousePress(view, Qt.MouseButton.LeftButton, shift, middle + QPointF(100, 0).toPoint())
    QTest.mouseMove(view, middle + QPointF(0, 100).toPoint())
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, shift, middle + QPointF(0, 100).toPoint())
    QTest.keyRelease(view, Qt.Key.Key_Space)
    assert abs(view.angle - 90) < 2 and not hand.history.can_undo


def test_another_painting_lies_straight(hand: Hand, show: Show) -> None:
    hand.view.angle, hand.view.is_mirrored = 30.0, True
    show(speckled(50, 50))
    assert hand.view.angle == 0 and not hand.view.is_mirrored
