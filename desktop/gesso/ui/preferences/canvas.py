"""What is seen on the canvas, and how far back undo goes."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox

from gesso.ui.preferences.page import Page
from gesso.ui.speech import mark
from gesso.ui.widgets.controls import spin_box


class CanvasPage(Page):
    """Heeded at once."""

    id, title = "canvas", mark("Canvas and pen")

    def build(self) -> None:
        self.grid = QCheckBox()
        self.grid.setChecked(self.settings.pixel_grid)
        self.grid.clicked.connect(lambda on: self.keep("pixel_grid", bool(on)))
        self.row(
            mark("Lines between pixels when they are seen very large"),
            self.grid,
            named=False,
            keywords=("pixel grid", "像素网格"),
        )
        self.undo = spin_box(64, 16384, " MB")
        self.undo.setSingleStep(64)
        self.undo.setValue(self.settings.undo_mb)
        self.undo.valueChanged.connect(lambda value: self.keep("undo_mb", value))
        self.row(
            mark("Memory for undo"),
            self.undo,
            about=mark("For each open painting; the oldest steps are forgotten first, the last one never."),
            keywords=("undo steps", "history memory", "撤销 内存"),
        )
