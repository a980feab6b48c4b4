"""The form of a tool comes from its declaration and from nothing else."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from gesso.tools import TOOLS, tool
from gesso.tools.painting.on_layer import EVERYTHING
from gesso.ui import layer_steps
from gesso.ui.inspector import Inspector
from gesso.ui.look import Look
from gesso.ui.speech import Speech
from tests.desktop.ui.conftest import Desk, Until, stripes


@pytest.fixture
def inspector(desk: Desk, look: Look, speech: Speech, qtbot: QtBot) -> Inspector:
    made = Inspector(look, speech, desk.assist, desk.easel)
    qtbot.addWidget(made)
    return made


def test_every_tool_has_a_control_for_every_knob(inspector: Inspector, desk: Desk) -> None:
    for one in TOOLS:
        inspector.tool_buttons[one.id].click()
        assert desk.assist.tool is one and list(inspector.controls) == [knob.name for knob in one.knobs]
        assert inspector.tool_buttons[one.id].isChecked()


def test_a_control_moves_the_value_and_a_value_the_control(inspector: Inspector, desk: Desk) -> None:
    inspector.controls["strength"].number.setValue(40)
    assert desk.assist.values["strength"] == 0.4
    desk.assist.set_value("keep_colours", 0.7)
    assert inspector.controls["keep_colours"].slider.value() == 70


def test_a_form_is_as_it_was_left_when_its_tool_comes_back(inspector: Inspector, desk: Desk) -> None:
    inspector.controls["strength"].number.setValue(40)
    first = inspector.controls["strength"]
    desk.assist.set_tool(tool("painting.upscale"))
    desk.assist.set_tool(tool("painting.stylise"))
    assert inspector.controls["strength"] is first and first.number.value() == 40
    assert len(inspector.findChildren(type(first))) == 3, "strength, colours, variation: no form lies about twice"


def test_enlarging_says_so_and_works_on_everything(inspector: Inspector, desk: Desk) -> None:
    assert inspector.apply.text() == "Apply as layer" and not inspector.source.isHidden()
    desk.assist.set_tool(tool("painting.upscale"))
    assert inspector.apply.text() == "Enlarge picture" == inspector.apply.accessibleName()
    assert inspector.source.isHidden(), "every layer is enlarged"


def test_the_source_is_the_layer_that_was_opened_and_follows_the_layers(
    inspector: Inspector, desk: Desk, until: Until
) -> None:
    painting = desk.put(stripes())
    assert inspector.source.currentData() == painting.active and inspector.source.currentText() == "Background"
    desk.easel.history.apply("New layer", *layer_steps.new_layer(painting, "Sketch"))
    until(lambda: inspector.source.count() == 3)
    assert inspector.source.currentText() == "Background"
    inspector.source.setCurrentIndex(0)
    inspector.source.activated.emit(0)
    assert desk.assist.source_layer == EVERYTHING


def test_without_a_painting_nothing_can_be_asked(inspector: Inspector, desk: Desk) -> None:
    for control in (inspector.suggest, inspector.apply, inspector.live):
        assert not control.isEnabled()
    desk.put(stripes())
    assert inspector.suggest.isEnabled() and inspector.apply.isEnabled()


def test_styles_come_once_they_are_read(inspector: Inspector, desk: Desk, until: Until) -> None:
    assert inspector.controls["style"].grid.count() == 0
    desk.put(stripes())
    until(lambda: inspector.controls["style"].grid.count() == 2)
    assert inspector.controls["style"].value == (("great-wave", 1.0),)


def test_live_is_shown_wherever_it_was_switched(inspector: Inspector, desk: Desk) -> None:
    desk.put(stripes())
    desk.assist.set_live(True)
    assert inspector.live.isChecked()
    inspector.live.click()
    assert not desk.assist.is_live
