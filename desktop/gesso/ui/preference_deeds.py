"""Preferences, themes, and the ways through the window by key: for the menus and the palette."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from gesso.ui.actions import Act
from gesso.ui.panels import BELOW
from gesso.ui.preferences import Preferences
from gesso.ui.regions import BarKeys, Regions
from gesso.ui.speech import mark

if TYPE_CHECKING:
    from gesso.ui.window import Window

MB = 1024 * 1024


class PreferenceDesk(QObject):
    """Opens the preferences of a window and does there what they say."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self.regions = Regions(window, self._parts)
        window.easel.opened.connect(self.heed)
        self.heed()
        QTimer.singleShot(0, self, self._begin)  # once there are bars

    def _begin(self) -> None:
        for bar in (self._window.top, self._window.side):
            BarKeys(bar)

    def heed(self) -> None:
        """What the settings say about the canvas and the painting on it."""
        window = self._window
        window.canvas.pane.shows_grid = window.settings.pixel_grid
        window.canvas.pane.spoil()
        window.canvas.update()
        if window.easel.history is not None:
            window.easel.history.limit_bytes = window.settings.undo_mb * MB

    def show(self, page: str = "") -> None:
        """Open the preferences, at a page if one is named."""
        window = self._window
        dialogue = Preferences(
            window.settings,
            window.look,
            window.speech,
            window.feedback,
            jobs=window.jobs,
            keymap=window.actions_.keymap,
            histories=window.easel.generations.folder,
            parent=window,
        )
        dialogue.troubled.connect(window.trouble)
        dialogue.changed.connect(self.heed)
        dialogue.finished.connect(dialogue.deleteLater)
        if page:
            dialogue.show_page(page)
        dialogue.open()

    def _parts(self) -> list[QWidget]:
        """Canvas, bars, options, tabs, panels, proposals, status; menus have their letters."""
        window = self._window
        middle: list[QWidget] = (
            [window.canvas, window.side, window.top, window.options, window.tabs]
            if window.pages.currentWidget() is not window.home
            else [window.home, window.tabs]
        )
        docks = [dock for name, dock in window.panels.docks.items() if name != BELOW]
        return [*middle, *docks, window.panels[BELOW], window.status]


def preference_acts(window: Window) -> list[Act]:
    """For the Edit and the View menu."""
    desk = PreferenceDesk(window)
    return [
        Act("preferences", mark("Preferences…"), desk.show, "settings", "Ctrl+,", "edit", keywords="settings options configuration"),
        Act("shortcuts", mark("Keyboard shortcuts…"), lambda: desk.show("shortcuts"), "", "Ctrl+Alt+K", "edit", keywords="keys hotkeys keymap krita photoshop"),
        Act("region-next", mark("Next part of the window"), desk.regions.go, "", "F6", "", keywords="keyboard focus accessibility"),
        Act("region-previous", mark("Part of the window before"), lambda: desk.regions.go(-1), "", "Ctrl+Shift+F6", "", keywords="keyboard focus accessibility"),
    ]  # fmt: skip
