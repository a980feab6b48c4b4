"""Painting on the canvas: one gesture is one edit, a given up one is none."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest

from gesso.documents.painting import Layer, Painting, Tiles, composite
from gesso.documents.painting.edits import SetProperty, SetSelection, add_layer
from gesso.operations.painting.brush import Brush
from gesso.operations.painting.select import rectangle
from gesso.values import Box, Colour, Size, Trouble
from tests.desktop.ui.canvas.conftest import Hand, Show, white

RED, WHITE = (255, 0, 0, 255), (255, 255, 255, 255)


def seen(hand: Hand, x: int, y: int) -> tuple[int, ...]:
    return tuple(int(part) for part in composite(hand.history.document, Box(x, y, 1, 1))[0, 0])


def test_a_stroke_paints_under_the_pointer_and_shows(hand: Hand) -> None:
    finished = []
    hand.view.gesture_finished.connect(lambda: finished.append(True))
    hand.drag((50, 60), (120, 60), (200, 60))
    assert seen(hand, 120, 60) == RED and seen(hand, 200, 60) == RED and seen(hand, 120, 90) == WHITE
    assert hand.colour(120, 60).name() == "#ff0000" and hand.colour(120, 90).name() == "#ffffff"
    assert hand.history.titles == ["Brush stroke"] and finished == [True]


def test_a_stroke_is_seen_before_it_is_finished(hand: Hand) -> None:
    hand.press(50, 60)
    for x in range(60, 130, 10):
        hand.move(x, 60)
    assert hand.colour(100, 60).name() == "#ff0000"
    assert seen(hand, 100, 60) == WHITE and hand.history.titles == []
    hand.release(130, 60)
    assert seen(hand, 100, 60) == RED


def test_undo_brings_the_bits_back_and_the_screen_too(show: Show) -> None:
    noise = np.random.default_rng(5).integers(0, 256, (300, 400, 4)).astype(np.uint8)
    hand = show(Painting.from_array(noise, "noise"))
    before = hand.history.document.snapshot()
    hand.view.point_at(None)
    hand.settle()
    picture = hand.view.grab().toImage()
    hand.drag((30, 30), (370, 270))
    hand.move(5, 5)
    hand.settle()
    assert not hand.history.document.same_as(before)
    hand.history.undo()
    assert hand.history.document.same_as(before)
    hand.view.point_at(None)
    hand.settle()
    assert hand.view.grab().toImage() == picture


def test_the_selection_limits_a_stroke_to_the_bit(show: Show) -> None:
    noise = np.random.default_rng(6).integers(0, 256, (300, 400, 4)).astype(np.uint8)
    hand = show(Painting.from_array(noise, "noise"))
    mask = rectangle(Size(400, 300), Box(100, 0, 100, 300))
    hand.history.apply("Select", SetSelection(Tiles.from_array(mask[..., None])))
    hand.drag((20, 150), (380, 150))
    found = hand.history.document.layers()[0].tiles.read()
    inside = mask == 255
    assert np.array_equal(found[~inside], noise[~inside])
    assert tuple(found[150, 150]) == RED


def test_pen_and_its_echo_as_mouse_are_one_stroke(hand: Hand) -> None:
    hand.pen(QEvent.Type.TabletPress, 60, 100, 0.4)
    hand.press(60, 100)
    for x in range(70, 200, 10):
        hand.pen(QEvent.Type.TabletMove, x, 100, 0.4)
        hand.move(x, 100)
    hand.pen(QEvent.Type.TabletRelease, 200, 100, 0.0)
    hand.release(200, 100)
    assert hand.history.titles == ["Brush stroke"]
    middle = seen(hand, 130, 100)
    assert middle[0] == 255 and 130 < middle[1] < 180, "at two fifths of the pressure it covers two fifths"
    assert seen(hand, 130, 108) == WHITE, "and is thinner"


def test_a_mouse_press_before_the_pen_does_not_make_two_strokes(hand: Hand) -> None:
    hand.press(60, 100)
    hand.pen(QEvent.Type.TabletPress, 60, 100, 1.0)
    hand.pen(QEvent.Type.TabletMove, 90, 100, 1.0)
    hand.pen(QEvent.Type.TabletRelease, 120, 100, 1.0)
    hand.release(120, 100)
    assert hand.history.titles == ["Brush stroke"]


def test_escape_gives_a_stroke_up(hand: Hand) -> None:
    before = hand.history.document.snapshot()
    hand.press(50, 60)
    hand.move(150, 60)
    hand.move(200, 60)
    QTest.keyClick(hand.view, Qt.Key.Key_Escape)
    hand.move(250, 60)
    hand.release(300, 60)
    assert hand.history.document.same_as(before) and hand.history.titles == []
    hand.view.point_at(None)
    assert hand.colour(150, 60).name() == "#ffffff"


def test_an_undo_in_the_middle_gives_the_stroke_up(hand: Hand) -> None:
    hand.drag((50, 60), (120, 60))
    hand.press(50, 200)
    hand.move(120, 200)
    hand.history.undo()
    assert not hand.view.is_busy and hand.history.position == 0
    hand.release(130, 200)
    assert seen(hand, 120, 200) == WHITE and hand.history.titles == ["Brush stroke"]


def test_the_eraser_takes_paint_away(hand: Hand) -> None:
    hand.view.tool = "eraser"
    hand.drag((50, 60), (200, 60))
    assert seen(hand, 120, 60) == (0, 0, 0, 0) and hand.history.titles == ["Erase"]


def test_sixteen_bits_stay_sixteen(show: Show) -> None:
    hand = show(Painting.from_array(np.full((300, 400, 4), 65535, np.uint16), "deep"))
    hand.view.brush = Brush(20, hardness=1.0, opacity=0.5, colour=Colour(0.0, 0.0, 0.0))
    hand.drag((50, 60), (200, 60))
    assert hand.history.document.layers()[0].tiles.read().dtype == np.uint16
    assert abs(seen(hand, 120, 60)[0] - 32768) <= 1


def test_painting_on_a_hidden_or_missing_layer_is_refused_in_one_sentence(hand: Hand) -> None:
    refused: list[Trouble] = []
    hand.view.refused.connect(refused.append)
    painting = hand.history.document
    hand.history.apply("Hide", SetProperty(painting.active, "visible", False))
    hand.drag((50, 60), (120, 60))
    assert "hidden" in str(refused[0]) and "ground" in str(refused[0])
    hand.history.undo()
    painting.active = ""
    hand.drag((50, 60), (120, 60))
    assert len(refused) == 2 and hand.history.position == 0 and not hand.view.is_busy


def test_a_journal_that_cannot_be_written_takes_the_stroke_back(hand: Hand) -> None:
    refused: list[Trouble] = []
    hand.view.refused.connect(refused.append)
    before = hand.history.document.snapshot()

    def full(*_: object) -> None:
        raise Trouble("The disk is full.")

    hand.history.journal(full)
    hand.drag((50, 60), (120, 60))
    assert str(refused[0]) == "The disk is full." and hand.history.document.same_as(before)
    assert hand.colour(80, 60).name() == "#ffffff"


def test_a_live_stroke_is_composited_below_what_lies_above(show: Show) -> None:
    painting = white(400, 300)
    hand = show(painting)
    ground = painting.active
    cover = np.zeros((300, 400, 4), np.uint8)
    cover[:, :200] = (0, 0, 255, 255)
    hand.history.apply("Cover", *add_layer(painting, Layer("cover", "cover", tiles=Tiles.from_array(cover))))
    painting.active = ground
    hand.press(50, 60)
    for x in range(60, 380, 20):
        hand.move(x, 60)
    assert hand.colour(120, 60).name() == "#0000ff" and hand.colour(300, 60).name() == "#ff0000"
    hand.release(380, 60)
    assert hand.colour(120, 60).name() == "#0000ff" and hand.colour(300, 60).name() == "#ff0000"


def test_a_stroke_over_the_edge_stays_inside(hand: Hand) -> None:
    hand.drag((-30, 150), (430, 150))
    assert seen(hand, 0, 150) == RED and seen(hand, 399, 150) == RED
