"""Every control of the window can be reached without a mouse, and is seen to be."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QMenu,
    QScrollBar,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from gesso.ui.actions import MNEMONICS
from gesso.ui.preference_deeds import PreferenceDesk
from gesso.ui.window import Window

from .conftest import Until

CONTROLS = (QAbstractButton, QAbstractItemView, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit)
MOST = 400
"""Presses of Tab before a walk is given up."""


def controls(window: Window) -> set[QWidget]:
    """What can be used now. Parts of a control, such as the field of a box with arrows or the cross of a tab, go with it."""
    found = set()
    for widget in window.findChildren(QWidget):
        if not isinstance(widget, CONTROLS) or isinstance(widget, QScrollBar):
            continue
        if not widget.isVisible() or not widget.isEnabled() or widget.visibleRegion().isEmpty():
            continue
        parent, is_part = widget.parentWidget(), widget.objectName().startswith("qt_")
        while parent is not None:
            is_part = is_part or isinstance(parent, (*CONTROLS, QTabBar))
            parent = parent.parentWidget()
        if not is_part:
            found.add(widget)
    return found


def name(widget: QWidget) -> str:
    words = widget.accessibleName() or getattr(widget, "text", str)() or widget.objectName()
    return f"{type(widget).__name__} {words} in {type(widget.parentWidget()).__name__}"


def pressed(window: Window, qtbot: QtBot, key: Qt.Key) -> QWidget:
    qtbot.keyClick(QApplication.focusWidget() or window, key)
    QApplication.processEvents()
    found = QApplication.focusWidget()
    assert found is not None
    return found


def walk(window: Window, qtbot: QtBot) -> set[QWidget]:
    """F6 to each part in turn, and in it Tab and Shift+Tab until it is left; on the canvas, Tab is a command."""
    seen: set[QWidget] = set()
    parts = window.findChild(PreferenceDesk).regions.parts
    for part in parts:
        for _ in parts:
            begun = stop = pressed(window, qtbot, Qt.Key.Key_F6)
            if part is begun or part.isAncestorOf(begun):
                break
        for key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            begun.setFocus()
            stop = begun
            for _ in range(MOST):
                if part is not stop and not part.isAncestorOf(stop):
                    break
                seen.add(stop)
                if isinstance(stop, QAbstractButton) and stop.group() is not None and stop.group().exclusive():
                    seen.update(stop.group().buttons())  # arrows choose among them
                if stop is window.canvas:
                    break
                stop = pressed(window, qtbot, key)
                if stop is begun:
                    break
    return seen


@pytest.fixture
def opened(window: Window, photograph: Path, until: Until) -> Window:
    window.paperwork.open(photograph)
    until(lambda: window.easel.painting is not None and not window.jobs.running)
    return window


def test_every_control_of_the_home_page_can_be_reached(window: Window, qtbot: QtBot) -> None:
    window.activateWindow()
    assert {name(one) for one in controls(window) - walk(window, qtbot)} == set()


@pytest.mark.parametrize("panel", ["assist", "layers", "history", "jobs", "reference"])
def test_every_control_beside_an_open_painting_can_be_reached(opened: Window, qtbot: QtBot, panel: str) -> None:
    opened.panels.show(panel)
    opened.assist.propose()
    qtbot.waitUntil(
        lambda: bool(opened.assist.proposals) and all(p.result for p in opened.assist.proposals), timeout=60000
    )
    opened.canvas.setFocus()
    assert {name(one) for one in controls(opened) - walk(opened, qtbot)} == set()


def test_f6_goes_round_and_comes_back_to_where_one_stood(opened: Window, qtbot: QtBot) -> None:
    opened.canvas.setFocus()
    side = pressed(opened, qtbot, Qt.Key.Key_F6)
    assert opened.side.isAncestorOf(side)
    third = pressed(opened, qtbot, Qt.Key.Key_Tab)
    for _ in opened.findChild(PreferenceDesk).regions.parts:
        pressed(opened, qtbot, Qt.Key.Key_F6)
    assert QApplication.focusWidget() is third
    opened.actions_["region-previous"].trigger()
    assert QApplication.focusWidget() is opened.canvas


def test_arrows_step_through_a_bar(opened: Window, qtbot: QtBot) -> None:
    buttons = [one for family in opened.side.rows.families for one in family]
    buttons[0].setFocus()
    assert pressed(opened, qtbot, Qt.Key.Key_Down) is buttons[1]
    assert pressed(opened, qtbot, Qt.Key.Key_Home) is buttons[0]
    assert pressed(opened, qtbot, Qt.Key.Key_Up) is buttons[-1]
    pressed(opened, qtbot, Qt.Key.Key_Home)
    pressed(opened, qtbot, Qt.Key.Key_Down)
    pressed(opened, qtbot, Qt.Key.Key_Space)
    assert opened.canvas.tool == buttons[1].defaultAction().objectName().removeprefix("tool-")


@pytest.mark.parametrize("theme", ["dark", "light", "contrast"])
def test_whoever_has_the_focus_is_seen_to_have_it(opened: Window, qtbot: QtBot, theme: str) -> None:
    opened.look.theme = theme
    opened.canvas.setFocus()
    unseen = []
    for stop in sorted(walk(opened, qtbot), key=name):
        if stop is opened.canvas or not stop.isVisible():
            continue
        stop.clearFocus()
        QApplication.processEvents()
        before = opened.grab().toImage()
        stop.setFocus(Qt.FocusReason.TabFocusReason)
        QApplication.processEvents()
        if QApplication.focusWidget() is stop and opened.grab().toImage() == before:
            unseen.append(name(stop))
    assert not unseen


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_menu_has_a_letter_of_its_own(window: Window, language: str) -> None:
    window.speech.set_language(language)
    titles = [menu.title() for menu in window.menus.values()]
    assert [title[title.index("&") + 1].upper() for title in titles] == list(MNEMONICS.values())
    assert len(set(MNEMONICS.values())) == len(titles) and all(isinstance(m, QMenu) for m in window.menus.values())
