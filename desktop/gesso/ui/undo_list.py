"""The undo history as a list: every step by name, a click goes there."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QBrush
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from gesso.documents.history import History
from gesso.ui.look import Look
from gesso.ui.speech import Speech, mark
from gesso.ui.widgets.controls import label
from gesso.values import Trouble


class UndoList(QWidget):
    """Past steps plain, undone ones pale, the present one chosen."""

    failed = Signal(object)
    """A `Trouble`: the step could not be taken."""

    def __init__(self, look: Look, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._speech = look, speech
        self._history: History[Any] | None = None
        self._stop = lambda: None
        self._steps = QListWidget()
        self._steps.setUniformItemSizes(True)
        self._steps.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._empty = label(speech, mark("Every step you take is listed here. Click one to go back to it."), "muted")
        self._empty.setContentsMargins(12, 8, 12, 8)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._empty)
        layout.addWidget(self._steps, 1)
        self._later = QTimer(self)  # a history tells of every edit, and before it has counted the step
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self.refresh)
        self._steps.itemClicked.connect(self._go)
        self._steps.itemActivated.connect(self._go)
        speech.tell(self, self._put)
        look.tell(self, self.refresh)

    def _put(self) -> None:
        self._steps.setAccessibleName(self._speech.say("History"))
        self.refresh()

    def set_history(self, history: History[Any] | None) -> None:
        """Show another document's steps, or nothing."""
        self._stop()
        self._history = history
        self._stop = history.watch(lambda change: self._later.start()) if history is not None else lambda: None
        self.refresh()

    def refresh(self) -> None:
        """Show the steps as they are now."""
        history = self._history
        self._steps.clear()
        titles = history.titles if history is not None else []
        self._empty.setVisible(not titles)
        self._steps.setVisible(bool(titles))
        if history is None or not titles:
            return
        pale = QBrush(self._look.faint)
        for step, title in enumerate([mark("Opened"), *titles]):
            item = QListWidgetItem(self._speech.say(title), self._steps)
            item.setSizeHint(QSize(0, 28))
            item.setToolTip(item.text())
            if step > history.position:
                item.setForeground(pale)
                item.setData(Qt.ItemDataRole.AccessibleTextRole, self._speech.say("{step}, undone", step=item.text()))
        self._steps.setCurrentRow(history.position)

    def _go(self, item: QListWidgetItem) -> None:
        history, step = self._history, self._steps.row(item)
        if history is None or step == history.position:
            return
        try:
            history.go_to(step)
        except Trouble as trouble:
            self.failed.emit(trouble)
        self._later.start()
