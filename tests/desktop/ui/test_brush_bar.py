"""The brush's bar: two colours, three numbers, and room for them in a narrow window."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QMainWindow
from pytestqt.qtbot import QtBot

from gesso.ui import brush_bar
from gesso.ui.brush_bar import BrushBar
from gesso.ui.look import Look
from gesso.ui.speech import Speech
from gesso.values import Colour


@pytest.fixture
def bar(look: Look, speech: Speech, qtbot: QtBot) -> BrushBar:
    made = BrushBar(look, speech)
    qtbot.addWidget(made)
    made.seen = []
    made.changed.connect(made.seen.append)
    return made


def test_numbers_make_the_brush(bar: BrushBar) -> None:
    bar.size.setValue(60)
    bar.opacity.setValue(50)
    bar.hardness.setValue(10)
    assert (bar.seen[-1].size_px, bar.seen[-1].opacity, bar.seen[-1].hardness) == (60.0, 0.5, 0.1)
    assert [slider.value() for slider in bar.sliders[1:]] == [50, 10]


def test_brackets_grow_and_shrink_it_by_what_one_sees(bar: BrushBar) -> None:
    bar.size.setValue(2)
    bar.resize_brush(1)
    assert bar.size.value() == 3
    bar.size.setValue(900)
    bar.resize_brush(1)
    bar.resize_brush(1)
    bar.resize_brush(1)
    assert bar.size.value() == 1000
    bar.size.setValue(1)
    bar.resize_brush(-1)
    assert bar.size.value() == 1


def test_the_size_slider_gives_small_sizes_room_and_never_jumps(bar: BrushBar) -> None:
    slider = bar.sliders[0]
    for step in range(slider.maximum() + 1):
        slider.setValue(step)
        assert slider.value() == step
    assert bar.size.value() == 1000
    slider.setValue(slider.maximum() // 2)
    assert bar.size.value() == 250 == bar.seen[-1].size_px
    for size in (1, 2, 7, 640):
        bar.size.setValue(size)
        assert bar.brush.size_px == size


def test_two_colours_change_places(bar: BrushBar) -> None:
    bar.set_colour(Colour(1, 0, 0))
    bar.second.click()
    assert bar.brush.colour == Colour(1, 1, 1) and bar.other == Colour(1, 0, 0)
    bar.swap()
    assert bar.seen[-1].colour == Colour(1, 0, 0)


def test_swatches_are_painted_in_their_colours(bar: BrushBar) -> None:
    bar.set_colour(Colour(1, 0, 0))
    bar.show()
    assert bar.colour.grab().toImage().pixelColor(12, 12) == QColor("red")
    assert bar.second.grab().toImage().pixelColor(9, 9) == QColor("white")


def test_a_colour_is_asked_for(bar: BrushBar, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(brush_bar.QColorDialog, "getColor", lambda *_: QColor("blue"))
    bar.colour.click()
    assert bar.brush.colour.hex.lower() == "#0000ff"
    monkeypatch.setattr(brush_bar.QColorDialog, "getColor", lambda *_: QColor())
    bar.colour.click()
    assert bar.brush.colour.hex.lower() == "#0000ff", "giving up changes nothing"


def test_a_narrow_window_keeps_the_numbers(bar: BrushBar, qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    window.setCentralWidget(bar)
    window.resize(900, 60)
    window.show()
    QApplication.processEvents()
    assert all(slider.isVisible() for slider in bar.sliders)
    window.resize(570, 60)
    QApplication.processEvents()
    assert not any(slider.isVisible() for slider in bar.sliders) and bar.width() == 570
    assert bar.hardness.isVisible() and bar.hardness.geometry().right() <= 570
    window.takeCentralWidget()


def test_names(bar: BrushBar, speech: Speech) -> None:
    speech.set_language("zh_CN")
    assert [n.accessibleName() for n in (bar.size, bar.opacity, bar.hardness)] == ["大小", "不透明度", "硬度"]
    assert bar.second.accessibleName() == "交换颜色" and "X" in bar.second.toolTip()
