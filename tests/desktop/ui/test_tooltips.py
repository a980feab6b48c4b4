"""Every button says what it does when the pointer rests on it, and by which keys it is done as well."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QAbstractButton, QDockWidget, QTabBar, QToolBar, QToolButton

from gesso.ui.window import Window
from tests.desktop.ui.conftest import Until

NATIVE = QKeySequence.SequenceFormat.NativeText


def buttons(window: Window) -> list[QAbstractButton]:
    """Of Gesso's own: Qt's in tab bars, calendars and the like have their own ways."""
    return [
        found
        for found in window.findChildren(QAbstractButton)
        if not found.visibleRegion().isEmpty()
        and not found.objectName().startswith("qt_")
        and not isinstance(found.parent(), (QTabBar, QDockWidget))
    ]


def worked(window: Window, photograph: Path, until: Until) -> None:
    window.resize(1400, 900)
    window.paperwork.open(photograph)
    until(lambda: window.easel.painting is not None)
    window.assist.propose()
    until(lambda: window.assist.proposals and all(p.result for p in window.assist.proposals))


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_buttons_without_words_have_a_tooltip(window: Window, photograph: Path, until: Until, language: str) -> None:
    worked(window, photograph, until)
    window.speech.set_language(language)
    silent: set[str] = set()
    seen = 0
    for panel in window.panels.docks:
        window.panels.show(panel)
        until(lambda panel=panel: not window.panels[panel].visibleRegion().isEmpty())
        for hand in ("brush", "lasso", "wand", "fill", "gradient", "transform", "crop"):
            window.set_tool(hand)
            for button in buttons(window):
                seen += 1
                is_icon = isinstance(button, QToolButton) or not button.text()
                if is_icon and not button.toolTip().strip():
                    silent.add(
                        f"{type(button).__name__} {button.accessibleName()!r} in {type(button.parent()).__name__}"
                    )
    window.canvas.cancel_gesture()
    assert seen > 100 and not silent


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_a_button_that_does_a_command_shows_its_keys(
    window: Window, photograph: Path, until: Until, language: str
) -> None:
    window.speech.set_language(language)
    lacking = lacks(window)
    worked(window, photograph, until)
    for panel in window.panels.docks:
        window.panels.show(panel)
        until(lambda panel=panel: not window.panels[panel].visibleRegion().isEmpty())
        lacking |= lacks(window)
    assert not lacking


def lacks(window: Window) -> set[str]:
    """Buttons named as a command that has keys, whose tooltips do not end in them."""
    keys = {}
    for act in window.actions_.acts.values():
        shortcut = window.actions_[act.id].shortcut().toString(NATIVE)
        if shortcut:
            keys[window.speech.say(act.title).rstrip("…")] = shortcut
    found = set()
    for button in buttons(window):
        if isinstance(button.parent(), QToolBar) and isinstance(button, QToolButton) and button.defaultAction():
            continue  # drawn from the action, and looked at below
        wanted = {keys[name] for name in (button.text().rstrip("…"), button.accessibleName()) if name in keys}
        if wanted and not any(shortcut in button.toolTip() for shortcut in wanted):
            found.add(f"{type(button.parent()).__name__}: {button.accessibleName() or button.text()} {wanted}")
    return found


def test_the_tools_and_the_bar_show_their_keys(window: Window) -> None:
    for bar in (window.top, window.side):
        actions = [button.defaultAction() for button in bar.findChildren(QToolButton) if button.defaultAction()]
        assert len(actions) > 10
        for action in actions:
            assert action.shortcut().toString(NATIVE) in action.toolTip(), action.objectName()


def test_the_tooltip_follows_another_key_and_another_language(window: Window, photograph: Path, until: Until) -> None:
    tip = window.inspector.suggest.toolTip
    assert tip().endswith("Ctrl+G")
    window.actions_["suggest"].setShortcut(QKeySequence("Ctrl+Alt+Q"))
    assert tip().endswith("Ctrl+Alt+Q") and "Ctrl+G" not in tip()
    words = tip()
    window.speech.set_language("zh_CN")
    assert tip().endswith("Ctrl+Alt+Q") and tip() != words
    window.actions_["suggest"].setShortcut(QKeySequence())
    assert "Ctrl" not in tip() and not tip().endswith(" ")
