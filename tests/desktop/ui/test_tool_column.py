"""The tools at the left are all in sight, however low the window is, and arrows follow their columns."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from gesso.ui.canvas import HANDS
from gesso.ui.window import Window
from tests.desktop.ui.conftest import stripes

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def buttons(window: Window) -> list[QToolButton]:
    return [one for family in window.side.rows.families for one in family]


@pytest.mark.parametrize(("size", "columns"), [((1280, 900), 1), ((1024, 640), 2), ((960, 600), 2)])
def test_every_tool_is_in_sight(window: Window, qtbot: QtBot, size: tuple[int, int], columns: int) -> None:
    window.resize(*size)
    window.easel.put(window.easel.begin(stripes()))
    qtbot.waitUntil(lambda: window.side.rows.columns == columns)
    found = buttons(window)
    assert [one.defaultAction().objectName() for one in found] == [f"tool-{hand.id}" for hand in HANDS]
    assert all(one.visibleRegion().boundingRect() == one.rect() for one in found)
    places = {one.geometry().topLeft().toTuple() for one in found}
    assert len(places) == len(found), "none lies upon another"
    assert (window.width(), window.height()) == size


def test_arrows_follow_the_columns(window: Window, qtbot: QtBot) -> None:
    window.resize(1024, 640)
    window.easel.put(window.easel.begin(stripes()))
    qtbot.waitUntil(lambda: window.side.rows.columns == 2)
    window.activateWindow()
    found = buttons(window)
    second = found[2]
    second.setFocus()
    qtbot.keyClick(second, Qt.Key.Key_Down)
    below = QApplication.focusWidget()
    assert below.x() == second.x() and below.y() > second.y()
    qtbot.keyClick(below, Qt.Key.Key_Right)
    assert QApplication.focusWidget() is found[found.index(below) + 1]
