"""A control for every kind of knob: it says what it is, shows what it is given, and only the artist's hand moves it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gesso.tools import TOOLS, Amount, Choice, SeedKnob, Switch
from gesso.tools.declaration import Option
from gesso.ui.knobs import AmountControl, ChoiceControl, SeedControl, SwitchControl
from gesso.ui.look import Look
from gesso.ui.speech import Speech
from gesso.ui.styles import CONTROLS

PERCENT = Amount("strength", "Strength", "How much.", 1.0)
RADIUS = Amount("radius", "Radius", "How far.", 1.5, low=0.5, high=4.0, step=0.25, unit="px")
BRUSH = Choice("brush", "Brush size", "How large.", "fine", (Option("fine", "Fine"), Option("broad", "Broad")))
CALM = Switch("calm", "Calm", "Whether.", False)


@pytest.fixture
def make(look: Look, speech: Speech, qtbot: QtBot):
    def made(kind: type, knob: object):
        control = kind(knob, look, speech)
        qtbot.addWidget(control)
        control.chosen = []
        control.moved.connect(control.chosen.append)
        return control

    return made


def test_every_kind_of_knob_has_a_control() -> None:
    assert {type(knob) for tool in TOOLS for knob in tool.knobs} <= set(CONTROLS)


def test_percent(make) -> None:
    control = make(AmountControl, PERCENT)
    control.show_value(0.6)
    assert control.slider.value() == 60 and control.number.text() == "60 %" and not control.chosen
    control.number.setValue(35)
    assert control.chosen == [0.35] and control.slider.value() == 35
    control.slider.setValue(80)
    assert control.chosen[-1] == 0.8 and control.number.value() == 80


def test_an_amount_that_does_not_begin_at_nothing(make) -> None:
    control = make(AmountControl, RADIUS)
    control.show_value(1.5)
    assert (control.number.text(), control.slider.value(), control.slider.maximum()) == ("1.50 px", 4, 14)
    control.slider.setValue(14)
    assert control.chosen == [4.0]
    for chosen in control.chosen:
        RADIUS.check(chosen)


def test_a_choice_is_said_in_the_artists_language(make, speech: Speech) -> None:
    control = make(ChoiceControl, BRUSH)
    control.show_value("broad")
    assert control.box.currentText() == "Broad"
    speech.set_language("zh_CN")
    assert control.box.currentText() == "粗" and not control.chosen


def test_a_switch(make, qtbot: QtBot) -> None:
    control = make(SwitchControl, CALM)
    control.show_value(True)
    assert control.check.isChecked() and not control.chosen
    control.check.click()
    assert control.chosen == [False]


def test_dice_give_another_seed(make) -> None:
    control = make(SeedControl, SeedKnob())
    control.show_value(7)
    assert not control.chosen
    control.dice.click()
    assert len(control.chosen) == 1 and SeedKnob().check(control.chosen[0]) == control.number.value()


@pytest.mark.parametrize(
    ("kind", "knob", "part"),
    [
        (AmountControl, PERCENT, "slider"),
        (AmountControl, PERCENT, "number"),
        (ChoiceControl, BRUSH, "box"),
        (SeedControl, SeedKnob(), "number"),
    ],
)
def test_the_wheel_scrolls_the_form_and_leaves_the_knob(
    make, qtbot: QtBot, kind: type, knob: object, part: str
) -> None:
    control = make(kind, knob)
    control.show_value(knob.default)
    inside, area = QWidget(), QScrollArea()
    qtbot.addWidget(area)
    column = QVBoxLayout(inside)
    column.addWidget(control)
    filler = QWidget()
    filler.setFixedHeight(2000)
    column.addWidget(filler)
    area.setWidget(inside)
    area.setWidgetResizable(True)
    area.resize(300, 200)
    area.show()
    QApplication.processEvents()
    touched = getattr(control, part)
    middle = QPointF(touched.mapTo(area, touched.rect().center()))
    QTest.wheelEvent(area.windowHandle(), middle, QPoint(0, -120))
    QApplication.processEvents()
    assert not control.chosen and area.verticalScrollBar().value() > 0


def test_each_control_says_its_name_and_help_in_both_languages(make, speech: Speech) -> None:
    control = make(AmountControl, next(k for k in TOOLS[0].knobs if k.name == "strength"))
    assert control.slider.accessibleName() == control.number.accessibleName() == "Strength"
    speech.set_language("zh_CN")
    assert control.slider.accessibleName() == "强度" and control.slider.accessibleDescription()
