"""Everything the window can do stands in one list, from which menus, bars, shortcuts and palette are drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from gesso.ui.actions import MENUS, Act, Actions
from gesso.ui.look import Look
from gesso.ui.speech import Speech
from gesso.ui.window import Window


def test_an_act_is_enabled_by_what_it_needs(look: Look, speech: Speech, qtbot: QtBot) -> None:
    owner, done = QWidget(), []
    qtbot.addWidget(owner)
    acts = [Act("save", "Save", lambda: done.append("save"), keys="Ctrl+S", needs="painting"), Act("new", "New…", list)]
    actions = Actions(acts, owner, look, speech)
    actions.enable({"painting": False})
    actions["save"].trigger()
    assert not done and actions["new"].isEnabled()
    actions.enable({"painting": True})
    actions["save"].trigger()
    assert done == ["save"] and actions["new"].iconText() == "New"
    speech.set_language("zh_CN")
    assert actions["save"].text() == "保存" and "Ctrl+S" in actions["save"].toolTip()


def test_no_two_acts_share_a_key(window: Window) -> None:
    keys = Counter(
        QKeySequence(one).toString()
        for act in window.actions_.acts.values()
        for one in (act.keys.split(" | ") if act.keys else [])
    )
    assert not [key for key, count in keys.items() if count > 1]


def within(menu: QMenu) -> Iterator[QAction]:
    """What a menu offers, and the menus in it."""
    for action in menu.actions():
        yield action
        if action.menu() is not None:
            yield from within(action.menu())


def test_every_act_can_be_found_in_a_menu_or_on_a_bar_or_by_the_palette(window: Window) -> None:
    known = {id for id, _ in MENUS}
    for act in window.actions_.acts.values():
        assert act.menu in known | {""}, act.id
        assert not act.icon or not window.actions_[act.id].icon().isNull(), act.id
    listed = {action.objectName() for menu in window.menus.values() for action in within(menu)}
    assert listed >= {act.id for act in window.actions_.acts.values() if act.menu}


def test_menus_tick_theme_language_and_live(window: Window, photograph: Path, qtbot: QtBot) -> None:
    window.actions_["theme-light"].trigger()
    window.actions_["language-zh_CN"].trigger()
    asked = ("theme-", "language-", "live", "mirror", "rulers", "symmetry-", "mask-", "quick-mask")
    ticked = {id for id, action in window.actions_.by_id.items() if action.isChecked() and id.startswith(asked)}
    assert ticked == {"theme-light", "language-zh_CN", "symmetry-none"}
