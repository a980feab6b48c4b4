"""Panels at the right: among tabs without a title of their own, alone with one."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow
from pytestqt.qtbot import QtBot

from gesso.ui.panels import TITLES, Panels
from gesso.ui.speech import Speech

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def made(speech: Speech, qtbot: QtBot, height: int) -> Panels:
    window = QMainWindow()
    qtbot.addWidget(window)
    window.setCentralWidget(QLabel("canvas"))
    window.resize(1200, height)
    panels = Panels(window, speech, {name: QLabel(name) for name in TITLES})
    window.show()
    panels.show_all(True)
    panels.window = window
    QApplication.processEvents()
    return panels


def titled(panels: Panels) -> set[str]:
    return {name for name, dock in panels.docks.items() if dock.titleBarWidget() is None}


@pytest.mark.parametrize(("height", "alone"), [(800, set()), (1100, {"assist"})])
def test_only_what_stands_alone_has_a_title(speech: Speech, qtbot: QtBot, height: int, alone: set[str]) -> None:
    panels = made(speech, qtbot, height)
    qtbot.waitUntil(lambda: titled(panels) == alone)


def test_a_panel_taken_out_of_its_tabs_gets_a_title_to_be_moved_by(speech: Speech, qtbot: QtBot) -> None:
    panels = made(speech, qtbot, 800)
    panels["history"].setFloating(True)
    qtbot.waitUntil(lambda: titled(panels) == {"history"})
    panels["history"].setFloating(False)
    qtbot.waitUntil(lambda: not titled(panels))


def test_an_arrangement_comes_back_and_nonsense_does_no_harm(speech: Speech, qtbot: QtBot) -> None:
    first = made(speech, qtbot, 800)
    first.window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, first["layers"])
    second = made(speech, qtbot, 800)
    second.restore(first.state)
    assert second.window.dockWidgetArea(second["layers"]) == Qt.DockWidgetArea.LeftDockWidgetArea
    second.restore("bm9uc2Vuc2U=")
    assert second["assist"].isVisible() and not second["proposals"].isVisible()


def test_titles_follow_the_language(speech: Speech, qtbot: QtBot) -> None:
    panels = made(speech, qtbot, 800)
    speech.set_language("zh_CN")
    panels.say()
    assert panels["layers"].windowTitle() == "图层"
