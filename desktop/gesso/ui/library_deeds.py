"""What a window does with the library: opens its window, and takes pictures out of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from gesso.ui.actions import Act
from gesso.ui.speech import mark

if TYPE_CHECKING:
    from gesso.files.library import Library
    from gesso.ui.library import LibraryWindow
    from gesso.ui.window import Window


class LibraryDesk(QObject):
    """Holds the library of a window; both are made when they are first asked for."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self._library: Library | None = None
        self.shown: LibraryWindow | None = None

    def show(self) -> LibraryWindow:
        """Open it, or bring it forward."""
        from gesso.tools.library import open_library  # it brings the decoders, which the first start must not wait for
        from gesso.ui.library import LibraryWindow

        window = self._window
        if self.shown is None:
            library = self._library = open_library()
            self.destroyed.connect(lambda: library.close())
            self.shown = LibraryWindow(
                library, window.studio, window.jobs, window.look, window.speech,
                lambda: window.easel.painting is not None, window,
            )  # fmt: skip
            self.shown.open_asked.connect(window.paperwork.open)
            self.shown.layers_asked.connect(self._place)
            self.shown.references_asked.connect(self._refer)
        self.shown.show()
        self.shown.raise_()
        self.shown.activateWindow()
        return self.shown

    def _place(self, files: list[Path]) -> None:
        for file in files:
            self._window.paperwork.place(file)

    def _refer(self, files: list[Path]) -> None:
        self._window.panels.show("reference")
        self._window.reference.add(files)


def library_acts(window: Window) -> list[Act]:
    """For the menu File."""
    desk = LibraryDesk(window)
    return [
        Act("library", mark("Library…"), desk.show, "search", "Ctrl+Shift+L", "file", keywords="pictures folders find tags similar browse gallery collection"),
    ]  # fmt: skip
