"""Tabs in the window: several paintings side by side, each with its own sight, steps and results; home in between."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QTabBar
from pytestqt.qtbot import QtBot

from gesso.documents.painting.edits import SetProperty, SetSelection
from gesso.ui import paperwork
from gesso.ui.canvas.marquee import empty, inverse
from gesso.ui.window import Window
from tests.desktop.ui.conftest import Until, stripes

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def three(window: Window) -> Window:
    for side in (100, 120, 140):
        window.easel.put(window.easel.begin(stripes(side, side)))
    return window


def texts(window: Window) -> list[str]:
    return [window.tabs.bar.tabText(place) for place in range(window.tabs.bar.count())]


def fade(window: Window, place: int) -> None:
    one = window.easel.paintings[place]
    one.history.apply("Fade", SetProperty(one.painting.active, "opacity", 0.5))


def close_button(window: Window, place: int) -> object:
    return window.tabs.bar.tabButton(place, QTabBar.ButtonPosition.RightSide)


def test_no_painting_no_tabs(window: Window, qtbot: QtBot) -> None:
    assert not window.tabs.isVisible()
    window.easel.put(window.easel.begin(stripes()))
    assert window.tabs.isVisible() and texts(window) == ["stripes"]


def test_a_tab_shows_what_is_not_saved_where_it_lies_and_its_name_to_screen_readers(
    three: Window, until: Until, tmp_path: Path
) -> None:
    fade(three, 1)
    until(lambda: texts(three) == ["stripes", "● stripes", "stripes"])
    bar = three.tabs.bar
    assert bar.accessibleTabName(1) == "stripes, not saved" and "In no file yet" in bar.tabToolTip(1)
    one = three.easel.paintings[1]
    three.easel.saved(tmp_path / "海 & 天.gesso", one.session.changes, None, one)
    assert texts(three)[1] == "海 && 天.gesso" and str(tmp_path) in bar.tabToolTip(1)
    three.speech.set_language("zh_CN")
    assert close_button(three, 1).accessibleName() == "关闭 海 & 天.gesso"


def test_tabs_are_chosen_by_click_and_key_and_dragged_into_another_order(three: Window, qtbot: QtBot) -> None:
    bar, easel = three.tabs.bar, three.easel
    qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(0).center())
    assert easel.painting.size.width == 100 and three.canvas.painting is easel.painting
    three.actions_["tab-previous"].trigger()
    assert easel.painting.size.width == 140
    three.actions_["tab-next"].trigger()
    assert easel.painting.size.width == 100
    bar.moveTab(0, 2)
    assert [one.painting.size.width for one in easel.paintings] == [120, 140, 100]
    assert easel.painting.size.width == 100 and bar.currentIndex() == 2


def test_a_tab_closes_by_its_button_the_middle_button_and_key(three: Window, qtbot: QtBot) -> None:
    bar, easel = three.tabs.bar, three.easel
    qtbot.mouseClick(bar, Qt.MouseButton.MiddleButton, pos=bar.tabRect(0).center())
    assert [one.painting.size.width for one in easel.paintings] == [120, 140]
    qtbot.mouseClick(close_button(three, 0), Qt.MouseButton.LeftButton)
    assert [one.painting.size.width for one in easel.paintings] == [140]
    three.actions_["close-tab"].trigger()
    assert not easel.paintings and three.pages.currentWidget() is three.home and not three.tabs.isVisible()


def test_an_unsaved_tab_is_shown_and_asked_about(three: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    fade(three, 0)
    seen: list[int] = []
    monkeypatch.setattr(
        paperwork, "ask_unsaved", lambda *_: (seen.append(three.easel.painting.size.width), "cancel")[1]
    )
    qtbot.mouseClick(close_button(three, 0), Qt.MouseButton.LeftButton)
    assert seen == [100] and len(three.easel.paintings) == 3
    three.close()
    assert seen == [100, 100] and three.isVisible()


def test_home_is_reached_while_paintings_are_open_and_they_are_there_again(three: Window, qtbot: QtBot) -> None:
    three.panels.show("history")
    qtbot.mouseClick(three.tabs.plus, Qt.MouseButton.LeftButton)
    assert three.pages.currentWidget() is three.home and three.tabs.isVisible()
    assert three.tabs.plus.isChecked() and not three.actions_["save"].isEnabled()
    assert not three.panels["layers"].isVisible() and len(three.easel.paintings) == 3
    bar = three.tabs.bar
    qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(bar.currentIndex()).center())
    assert three.easel.painting.size.width == 140 and three.panels["history"].isVisible()
    assert not three.tabs.plus.isChecked() and three.actions_["save"].isEnabled()


def test_each_painting_is_looked_at_as_it_was_left(three: Window) -> None:
    canvas, easel = three.canvas, three.easel
    canvas.set_zoom(7.0)
    canvas.angle, canvas.is_mirrored = 30.0, True
    canvas.pan(40, -25)
    middle = canvas.to_image(QPointF(canvas.rect().center()))
    easel.show(easel.paintings[0])
    assert canvas.angle == 0 and canvas.is_fitted and not canvas.is_mirrored
    easel.show(easel.paintings[2])
    again = canvas.to_image(QPointF(canvas.rect().center()))
    assert (canvas.zoom, canvas.angle, canvas.is_mirrored) == (7.0, 30.0, True)
    assert (again - middle).manhattanLength() < 0.5 and not canvas.is_fitted
    easel.show(easel.paintings[0])
    assert canvas.is_fitted


def test_steps_are_taken_back_in_the_painting_that_is_shown(three: Window) -> None:
    fade(three, 0)
    assert not three.actions_["undo"].isEnabled()
    three.easel.show(three.easel.paintings[0])
    assert three.actions_["undo"].isEnabled()
    three.actions_["undo"].trigger()
    assert three.easel.painting.active_layer.opacity == 1
    assert len(three.easel.history._watchers) == len({id(w) for w in three.easel.history._watchers})


def test_what_is_under_the_hand_is_done_before_another_painting_is_shown(three: Window, qtbot: QtBot) -> None:
    canvas, first = three.canvas, three.easel.shown
    three.set_tool("brush")
    start = canvas.from_image(QPointF(30, 30)).toPoint()
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(canvas, canvas.from_image(QPointF(60, 60)).toPoint())
    three.easel.show(three.easel.paintings[0])
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=start)
    assert first.history.can_undo and not three.easel.history.can_undo


# --- jobs that end behind another tab ----------------------------------------------------------------------------------


def test_a_change_of_the_canvas_belongs_to_the_painting_it_was_asked_for(three: Window, until: Until) -> None:
    asked, other = three.easel.shown, three.easel.paintings[0]
    three.actions_["image-turn-right"].trigger()
    three.easel.show(other)
    until(lambda: asked.history.can_undo)
    assert asked.history.titles == ["Turn image right"] and not other.history.can_undo


def test_a_placed_picture_belongs_to_the_painting_it_was_asked_for(
    three: Window, until: Until, photograph: Path
) -> None:
    asked, other = three.easel.shown, three.easel.paintings[0]
    three.paperwork.place(photograph)
    three.easel.show(other)
    until(lambda: len(asked.painting.layers()) == 2)
    assert len(other.painting.layers()) == 1


def test_a_merge_belongs_to_the_painting_it_was_asked_for(three: Window, until: Until) -> None:
    asked, other = three.easel.shown, three.easel.paintings[0]
    three.layers.add_layer()
    three.layers.work.flatten()
    three.easel.show(other)
    until(lambda: asked.history.titles[-1] == "Flatten picture")
    assert len(asked.painting.layers()) == 1 and not other.history.can_undo


def test_what_comes_for_a_closed_painting_is_dropped(three: Window, until: Until, photograph: Path) -> None:
    asked = three.easel.shown
    three.paperwork.place(photograph)
    three.actions_["image-turn-right"].trigger()
    three.easel.close(asked)
    until(lambda: not three.jobs.running)
    assert all(not one.history.can_undo for one in three.easel.paintings) and not three.door.banners


def test_each_painting_remembers_what_was_selected_in_it(three: Window) -> None:
    one, other = three.easel.shown, three.easel.paintings[0]
    everything = inverse(empty(one.painting.size), one.painting.size)
    one.history.apply("Select", SetSelection(everything))
    one.history.apply("Deselect", SetSelection(None))
    three.easel.show(other)
    three.actions_["reselect"].trigger()
    assert other.painting.selection is None
    three.easel.show(one)
    three.actions_["reselect"].trigger()
    assert one.painting.selection is not None


def test_a_painting_that_is_not_shown_keeps_only_its_tiles(three: Window) -> None:
    hidden = three.easel.paintings[0]
    three.canvas.grab()
    assert three.canvas.pane.pyramid.size.width == 140
    assert three.undo_list._history is three.layers.history is three.canvas.history is not hidden.history
    assert np.shares_memory(
        next(iter(hidden.painting.active_layer.tiles.tiles.values())),
        next(iter(hidden.painting.snapshot().active_layer.tiles.tiles.values())),
    )
