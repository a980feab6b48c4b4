"""Tooltips that end in the keys of the command that the button stands for, whatever the artist has set them to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QToolButton

from gesso.ui.speech import Speech

if TYPE_CHECKING:
    from gesso.ui.window import Window


class KeyedTip(QObject):
    """Keeps one button's tooltip right. The button's own words may change at any time: the keys are put behind them again."""

    def __init__(self, button: QAbstractButton, action: QAction, speech: Speech) -> None:
        super().__init__(button)
        self._button, self._action, self._added = button, action, ""
        action.changed.connect(self._put)
        speech.tell(self, self._put)

    def _put(self) -> None:
        """The words without the keys of before, and the keys of now."""
        button = self._button
        words = button.toolTip()
        if self._added and words.endswith(self._added):
            words = words.removesuffix(self._added)
        words = words or button.accessibleName() or button.text().rstrip("…")
        keys = self._action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        self._added = f"  {keys}" if keys else ""
        wanted = words + self._added
        if wanted != button.toolTip():
            button.setToolTip(wanted)


def tie(window: Window) -> None:
    """Every button of a window that is named as a command; those of the tool bars are drawn from their actions already."""
    say = window.speech.say
    ids = {say(act.title).rstrip("…"): act.id for act in window.actions_.acts.values()}
    for button in window.findChildren(QAbstractButton):
        id = ids.get(button.text().rstrip("…")) or ids.get(button.accessibleName())
        if id and not (isinstance(button, QToolButton) and button.defaultAction() is not None):
            KeyedTip(button, window.actions_[id], window.speech)
