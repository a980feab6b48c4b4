"""Workspaces: ours and the artist's own are used, kept, renamed, deleted and reset; Tab leaves the canvas alone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gesso.files.settings import Settings
from gesso.ui.window import Window
from gesso.ui.workspaces import BUILT_IN, NameDialogue
from tests.desktop.ui.conftest import stripes

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def room(window: Window) -> Window:
    window.easel.put(window.easel.begin(stripes()))
    return window


def seen(window: Window) -> set[str]:
    return {name for name, dock in window.panels.docks.items() if not dock.isHidden()}


@pytest.mark.parametrize("id", BUILT_IN)
def test_each_of_ours_shows_its_panels(room: Window, id: str) -> None:
    room.actions_[f"workspace-{id}"].trigger()
    assert seen(room) == {name for group in BUILT_IN[id][1] for name in group}
    assert room.workspaces.current == id and room.actions_[f"workspace-{id}"].isChecked()
    assert Settings.load(room.settings.file).workspace == id


def test_panels_that_wait_can_be_shown_and_reset_hides_them_again(room: Window) -> None:
    room.workspaces.use("painting")
    room.actions_["dock-jobs"].trigger()
    assert "jobs" in seen(room)
    room.actions_["workspace-reset"].trigger()
    assert seen(room) == {"layers", "reference", "history"}


def test_the_menu_switches_each_panel_and_ticks_what_is_in_sight(room: Window, qtbot: QtBot) -> None:
    room.resize(1280, 800)  # all of them share one place
    room.workspaces.use("assist")
    layers, assist = room.actions_["dock-layers"], room.actions_["dock-assist"]
    qtbot.waitUntil(lambda: assist.isChecked() and not layers.isChecked())
    layers.trigger()
    qtbot.waitUntil(lambda: layers.isChecked() and not assist.isChecked())
    layers.trigger()
    assert "layers" not in seen(room) and not layers.isChecked()
    layers.trigger()
    assert "layers" in seen(room) and layers.isChecked()
    room.workspaces.toggle_bare()
    assert not layers.isEnabled() and not layers.isChecked()
    room.workspaces.toggle_bare()
    qtbot.waitUntil(layers.isChecked)


def test_tab_leaves_the_canvas_alone_and_brings_all_back(room: Window, qtbot: QtBot) -> None:
    room.workspaces.use("painting")
    before = seen(room)
    room.activateWindow()
    room.canvas.setFocus()
    qtbot.keyClick(room.canvas, Qt.Key.Key_Tab)
    assert room.workspaces.is_bare and not seen(room)
    assert not (room.top.isVisible() or room.side.isVisible() or room.options.isVisible())
    assert room.actions_["canvas-only"].isChecked() and room.canvas.hasFocus()
    room.easel.show(None)
    room.easel.show(room.easel.paintings[0])
    assert not seen(room), "still alone"
    qtbot.keyClick(room.canvas, Qt.Key.Key_Tab)
    assert seen(room) == before and room.top.isVisible() and room.options.isVisible()


def test_one_of_the_artists_own_is_kept_used_renamed_and_deleted(room: Window) -> None:
    work = room.workspaces
    room.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, room.panels["layers"])
    room.panels["jobs"].hide()
    work.keep("{细} 线")
    work.use("assist")
    assert room.dockWidgetArea(room.panels["layers"]) == Qt.DockWidgetArea.RightDockWidgetArea
    [found] = work.commands(lambda: True)
    assert found.title == "{细} 线"
    found.run()
    assert room.dockWidgetArea(room.panels["layers"]) == Qt.DockWidgetArea.LeftDockWidgetArea
    assert "jobs" not in seen(room) and room.actions_["workspace-rename"].isEnabled()
    assert not any(room.actions_[f"workspace-{id}"].isChecked() for id in BUILT_IN)
    work.rename("Inking")
    assert Settings.load(room.settings.file).workspaces.keys() == {"Inking"}
    work._put_own()
    assert "Inking" in [action.text() for action in work._menu.actions()]
    work.delete()
    assert not work.own and work.current == "assist" and not room.actions_["workspace-delete"].isEnabled()


def test_a_name_is_asked_for_and_none_is_no_name(room: Window, qtbot: QtBot) -> None:
    room.actions_["workspace-save"].trigger()
    dialogue = room.findChild(NameDialogue)
    assert not dialogue._save.isEnabled()
    qtbot.keyClicks(dialogue.field, "  Ink ")
    dialogue._save.click()
    assert room.workspaces.own == ["Ink"]


def test_the_menu_names_them_in_both_languages(room: Window) -> None:
    menu = room.workspaces._menu
    assert menu.title() == "Workspaces"
    room.speech.set_language("zh_CN")
    assert menu.title() == "工作区" and "重置工作区" in [action.text() for action in menu.actions()]
