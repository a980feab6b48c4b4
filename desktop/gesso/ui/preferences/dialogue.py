"""The window of the preferences: pages at the left, search above them."""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gesso.engine.gpu_pack import GpuPacks
from gesso.feedback import Feedback
from gesso.files.settings import Settings
from gesso.jobs import Jobs
from gesso.ui.keymap import Keymap
from gesso.ui.look import Look
from gesso.ui.preferences.appearance import AppearancePage
from gesso.ui.preferences.canvas import CanvasPage
from gesso.ui.preferences.files import FilesPage
from gesso.ui.preferences.memory import MemoryPage
from gesso.ui.preferences.models import ModelsPage
from gesso.ui.preferences.page import Page, Row
from gesso.ui.preferences.shortcuts import FITS, ShortcutsPage
from gesso.ui.speech import Speech
from gesso.ui.widgets.controls import label
from gesso.values.ranking import forms, learn_sounds, score
from gesso.values.words import LANGUAGES


class Preferences(QDialog):
    """What is changed here is kept at once; there is nothing to accept."""

    troubled = Signal(object)
    changed = Signal()
    _learnt = Signal()

    def __init__(
        self,
        settings: Settings,
        look: Look,
        speech: Speech,
        feedback: Feedback,
        *,
        keymap: Keymap,
        jobs: Jobs | None = None,
        histories: Path | None = None,
        packs: GpuPacks | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """`histories` is the folder of older states; without `jobs` no GPU pack can be installed."""
        super().__init__(parent)
        self.speech = speech
        self._has_sounds = self._learns = False
        self.appearance = AppearancePage(settings, look, speech)
        self.canvas = CanvasPage(settings, speech)
        self.files = FilesPage(settings, speech, histories)
        self.models = ModelsPage(settings, speech, jobs, packs or GpuPacks.of_the_artist())
        self.shortcuts = ShortcutsPage(settings, speech, keymap)
        self.memory = MemoryPage(settings, speech, feedback)
        self.pages: list[Page] = [
            self.appearance, self.canvas, self.files, self.models, self.shortcuts, self.memory,
        ]  # fmt: skip
        self.query = QLineEdit(self)
        self.query.setClearButtonEnabled(True)
        self.list = QListWidget(self)
        self.list.setProperty("role", "pages")
        self.list.setFixedWidth(190)
        self.stack = QStackedWidget(self)
        policy = self.stack.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.stack.setSizePolicy(policy)
        self.nothing = label(speech, "", "muted")
        for page in self.pages:
            self.list.addItem(QListWidgetItem(""))
            self.stack.addWidget(page)
            page.troubled.connect(self.troubled)
            page.changed.connect(self.changed)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.buttons.rejected.connect(self.accept)
        across = QHBoxLayout()
        across.addWidget(self.list)
        across.addWidget(self.stack, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 12)
        column.setSpacing(8)
        column.addWidget(self.query)
        column.addWidget(self.nothing)
        column.addLayout(across, 1)
        column.addWidget(self.buttons)
        self.list.currentRowChanged.connect(self.stack.setCurrentIndex)
        self.list.setCurrentRow(0)
        self.query.textChanged.connect(self.search)
        self._learnt.connect(self._search_again, Qt.ConnectionType.QueuedConnection)
        room = QGuiApplication.primaryScreen().availableSize()
        self.resize(min(900, room.width() - 40), min(620, room.height() - 60))
        speech.tell(self, self._say)

    def _say(self) -> None:
        say = self.speech.say
        self.setWindowTitle(say("Preferences"))
        self.query.setPlaceholderText(say("Search preferences"))
        self.query.setAccessibleName(say("Search preferences"))
        self.list.setAccessibleName(say("Pages"))
        for at, page in enumerate(self.pages):
            self.list.item(at).setText(say(page.title))
        self.buttons.button(QDialogButtonBox.StandardButton.Close).setText(say("Close"))
        self.nothing.setText(say("No setting by that name. Try another word, or its pinyin initials."))
        self.search()

    def show_page(self, id: str) -> None:
        """Turn to a page by its id."""
        self.list.setCurrentRow([page.id for page in self.pages].index(id))

    # --- search --------------------------------------------------------------------------------------------------

    def search(self) -> None:
        """List the pages that hold what is looked for, and lay a ground under it."""
        query = self.query.text().strip()
        if query and not self._learns:
            self._learns = True
            threading.Thread(target=self._learn, name="gesso-sounds", daemon=True).start()
        there = []
        for at, page in enumerate(self.pages):
            is_named = bool(query) and self._scores(query, page.title) >= FITS
            found = [row for row in page.rows if query and self._fits(query, row)]
            for row in page.rows:
                row.mark(row in found)
            is_there = not query or is_named or bool(found)
            self.list.item(at).setHidden(not is_there)
            if is_there:
                there.append((not found, at))
        self.nothing.setVisible(not there)
        self.stack.setVisible(bool(there))
        if there and self.list.currentRow() not in [at for _, at in there]:
            self.list.setCurrentRow(min(there)[1])
        if query and there:
            page = self.pages[self.list.currentRow()]
            first = next((row for row in page.rows if row.frame.property("found")), None)
            if first is not None:
                page.ensureWidgetVisible(first.frame)

    def _fits(self, query: str, row: Row) -> bool:
        return self._scores(query, row.title, row.keywords) >= FITS * 0.85

    def _scores(self, query: str, title: str, keywords: tuple[str, ...] = ()) -> float:
        names = dict.fromkeys(self.speech.words_of(code).say(title) for code in LANGUAGES)
        return max(score(query, form) for form in forms(names, keywords, self._has_sounds))

    def _learn(self) -> None:
        """In a thread: the dictionary of sounds takes longer to load than a window may wait."""
        learn_sounds()
        with suppress(RuntimeError):  # the dialogue is gone
            self._learnt.emit()

    @Slot()
    def _search_again(self) -> None:
        self._has_sounds = True
        self.search()
