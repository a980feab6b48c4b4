"""Files that fall on the window: opened, or placed on the painting as layers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QMenu

from gesso.files.project import SUFFIX

if TYPE_CHECKING:
    from gesso.ui.window import Window


def files_of(event: QDropEvent) -> list[Path]:
    """What an event carries that lies on this computer."""
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]


def dropped(window: Window, files: list[Path], at: QPoint) -> None:
    """Pictures on an open painting may be meant as layers; anything else is opened, each file in a tab of its own."""
    paper, say = window.paperwork, window.speech.say
    if window.easel.painting is None or any(path.suffix.lower() == SUFFIX for path in files):
        _open(window, files)
        return
    menu = QMenu(window)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    add = menu.addAction(window.look.icon("layer-add"), say("Add as layer"))
    add.triggered.connect(lambda: [paper.place(path) for path in files])
    other = menu.addAction(window.look.icon("open"), say("Open in a tab"))
    other.triggered.connect(lambda: _open(window, files))
    menu.addSeparator()
    menu.addAction(say("Cancel"))
    menu.setActiveAction(add)
    menu.popup(at)


def _open(window: Window, files: list[Path]) -> None:
    for path in files:
        window.paperwork.open(path)
