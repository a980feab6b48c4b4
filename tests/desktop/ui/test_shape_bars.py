"""The bars of selecting, filling and transforming: they say what the hands do, follow them, and speak."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gesso.documents.history import History
from gesso.documents.painting import Painting
from gesso.operations.painting.transform import Pose
from gesso.ui.brush_bar import BrushBar
from gesso.ui.canvas import CanvasView
from gesso.ui.canvas.hands.options import Cropping, Filling, Grading, Selecting, options_of
from gesso.ui.look import Look
from gesso.ui.shape_bars import shape_bars
from gesso.ui.speech import Speech
from gesso.values import Box, Colour, Size


class Desk:
    def __init__(self, look: Look, speech: Speech, qtbot: QtBot) -> None:
        self.widget = QWidget()
        self.canvas, self.brush_bar = CanvasView(look, speech), BrushBar(look, speech)
        self.bars = shape_bars(self.canvas, self.brush_bar, look, speech)
        column = QVBoxLayout(self.widget)
        for bar in (self.brush_bar, *self.bars.values(), self.canvas):
            column.addWidget(bar)
        qtbot.addWidget(self.widget)
        self.widget.resize(900, 900)
        self.widget.show()
        qtbot.waitExposed(self.widget)
        pixels = np.zeros((200, 300, 4), np.uint8)
        pixels[50:100, 60:140] = (10, 20, 30, 255)
        self.history = History(Painting.from_array(pixels))
        self.canvas.show_document(self.history)
        self.options = options_of(self.canvas)


@pytest.fixture
def desk(look: Look, speech: Speech, qtbot: QtBot) -> Iterator[Desk]:
    made = Desk(look, speech, qtbot)
    yield made
    made.canvas.show_document(None)


def test_every_control_has_a_name_in_both_languages(desk: Desk, speech: Speech) -> None:
    controls = [
        one
        for bar in desk.bars.values()
        for one in bar.findChildren(QWidget)
        if isinstance(one, QAbstractButton | QAbstractSpinBox | QComboBox)
    ]
    assert len(controls) > 50
    english = [one.accessibleName() for one in controls]
    assert all(english)
    speech.set_language("zh_CN")
    same = {a for a, one in zip(english, controls, strict=True) if a == one.accessibleName()}
    assert same <= {"X", "Y"}, "all the rest is said in Chinese"


def test_numbers_switches_and_choices_reach_the_hands(desk: Desk) -> None:
    wand, fill, gradient = desk.bars["wand"], desk.bars["fill"], desk.bars["gradient"]
    wand.parts["tolerance"].setValue(33)
    wand.parts["contiguous"].click()
    wand.modes["add"].click()
    wish = desk.options[Selecting]
    assert (wish.tolerance, wish.contiguous, wish.mode) == (33, False, "add")
    assert desk.bars["select"].modes["add"].isChecked(), "one mode for all that select"
    fill.parts["gap_px"].setValue(7)
    assert desk.options[Filling].gap_px == 7
    gradient.parts["kind"].setCurrentIndex(2)
    gradient.parts["kind"].activated.emit(2)
    assert desk.options[Grading].kind == "conical"


def test_colours_and_size_are_those_of_the_brush(desk: Desk) -> None:
    desk.brush_bar.set_colour(Colour(1, 0, 0))
    desk.bars["fill"].colours[1].click()
    assert desk.brush_bar.brush.colour == Colour(1, 1, 1) and desk.options.second == Colour(1, 0, 0)
    desk.bars["select-brush"].size.setValue(70)
    assert desk.brush_bar.brush.size_px == 70
    desk.brush_bar.size.setValue(12)
    assert desk.bars["select-brush"].size.value() == 12


def test_choosing_transform_shows_its_frame_at_once_and_the_numbers_drive_it(desk: Desk) -> None:
    bar = desk.bars["transform"]
    assert not bar.keep.isEnabled()
    desk.canvas.tool = "transform"
    assert desk.canvas.stays and bar.keep.isEnabled() and bar.live.box == Box(60, 50, 80, 50)
    bar.parts["x"].setValue(20)
    bar.parts["width"].setValue(200)
    assert bar.live.pose == Pose(move=(20.0, 0.0), scale=(2.0, 2.0)) and bar.parts["height"].value() == 200
    bar.parts["flip-x"].click()
    assert bar.live.pose.scale == (-2.0, 2.0) and bar.parts["width"].value() == -200
    bar.proportional.click()
    bar.parts["height"].setValue(100)
    bar.parts["angle"].setValue(90)
    assert bar.live.pose == Pose(move=(20.0, 0.0), scale=(-2.0, 1.0), degrees=90.0)
    bar.keep.click()
    assert not desk.canvas.is_busy and desk.history.titles == ["Transform"] and not bar.parts["x"].isEnabled()


def test_cancel_gives_back(desk: Desk) -> None:
    desk.canvas.tool = "transform"
    desk.bars["transform"].parts["x"].setValue(20)
    desk.bars["transform"].away.click()
    assert desk.history.titles == [] and not desk.canvas.is_busy


def test_the_crop_follows_its_numbers_and_its_ratio(desk: Desk) -> None:
    bar = desk.bars["crop"]
    desk.canvas.tool = "crop"
    assert bar.live.box == Box(0, 0, 300, 200)
    bar.parts["width"].setValue(100)
    bar.parts["x"].setValue(10)
    assert bar.live.box == Box(10, 0, 100, 200)
    desk.options.set(Cropping, ratio=(1, 1))
    assert bar.live.box.size == Size(100, 100)
    QTest.keyClick(desk.canvas, Qt.Key.Key_Return)
    assert desk.history.document.size == Size(100, 100) and desk.history.titles == ["Crop"]


def test_a_narrow_window_breaks_the_row_instead_of_hiding_anything(desk: Desk) -> None:
    bar = desk.bars["transform"]
    high = bar.heightForWidth(1600)
    assert bar.heightForWidth(500) >= 2 * high - 8
    desk.widget.resize(520, 900)
    assert all(one.geometry().right() <= bar.width() for one in bar.children() if isinstance(one, QWidget))
