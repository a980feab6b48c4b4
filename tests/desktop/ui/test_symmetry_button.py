"""The switch beside the brush shows the symmetry that there is, in both languages, and offers the kinds."""

from __future__ import annotations

import pytest

from gesso.ui.symmetry_button import SymmetryButton
from gesso.ui.window import Window
from tests.desktop.ui.conftest import Until, stripes

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def test_it_follows_the_painting(window: Window, until: Until) -> None:
    window.easel.put(window.easel.begin(stripes()))
    window.set_tool("brush")
    switch = window.brush_bar.findChild(SymmetryButton)
    assert switch.isVisible() and not switch.isChecked() and switch.accessibleName() == "Symmetry"
    kinds = {action.text(): action for action in switch.menu().actions() if not action.isSeparator()}
    kinds["Mirror left and right"].trigger()
    until(switch.isChecked)
    assert window.easel.painting.symmetry.kind == "vertical"
    assert switch.toolTip() == "Symmetry: Mirror left and right"
    window.speech.set_language("zh_CN")
    assert switch.toolTip().startswith("对称：")
    window.undo()
    assert not switch.isChecked() and switch.toolTip() == "对称"
