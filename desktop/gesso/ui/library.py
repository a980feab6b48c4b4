"""The library's window: folders at the left, a line to search by and colours above, the pictures as tiles."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QFileSystemWatcher, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QMenu,
    QProgressBar,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gesso.files.library import Finds, Library
from gesso.jobs import Job, Jobs, Outcome
from gesso.tools.library import Updated, only, place_of, summed_up, title, understand, update
from gesso.tools.studio import Studio
from gesso.ui.library_colours import ColourRow
from gesso.ui.library_grid import Grid
from gesso.ui.look import Look
from gesso.ui.speech import Speech, mark
from gesso.ui.widgets.controls import button, icon_button, label
from gesso.ui.widgets.flow import Flow
from gesso.values import Progress, Trouble

MOST = 600
"""Pictures that are shown: who wants to see more asks for less."""
TYPING_MS = 120
LOOK_MS = 150
CHANGED_MS = 2500
"""After a change in a folder, so that a copy of many files is read once."""
MOST_WATCHED = 400
SIDE_PX = 210
TEACHING_PX = 460


class LibraryWindow(QDialog):
    """Searches beside the window's thread; the newest search counts."""

    open_asked = Signal(Path)
    layers_asked = Signal(list)
    references_asked = Signal(list)

    def __init__(
        self, library: Library, studio: Studio, jobs: Jobs, look: Look, speech: Speech,
        has_painting: Callable[[], bool], parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._library, self._studio, self._jobs = library, studio, jobs
        self._speech, self._has_painting = speech, has_painting
        self._like: Path | None = None
        """The picture that others are to be like, while that is asked for."""
        self._finds = Finds()
        self._asked = 0
        self._updating: Job | None = None
        self._noted: Callable[[], str] = lambda: ""
        self.grid = Grid(look, speech)
        self.colours = ColourRow(look, speech)
        self._build_side(look)
        self._build_top(look)
        self._build_pages(look)
        self._lay_out()
        self._wire()
        speech.tell(self, self._say)
        self.resize(1080, 700)
        self._show_folders()

    # --- parts ---------------------------------------------------------------------------------------------------

    def _build_side(self, look: Look) -> None:
        speech = self._speech
        self.folders = QListWidget()
        self.folders.setTextElideMode(Qt.TextElideMode.ElideLeft)
        self.add_folder = icon_button(look, speech, "plus", mark("Add a folder…"))
        self.remove_folder = icon_button(look, speech, "trash", mark("Forget the chosen folder"))
        self.renew = icon_button(look, speech, "again", mark("Look for new and changed pictures"))
        self.side = QWidget()
        row = QHBoxLayout()
        row.setSpacing(2)
        head = label(speech, mark("Folders"), "heading")
        head.setBuddy(self.folders)
        row.addWidget(head, 1)
        for one in (self.add_folder, self.remove_folder, self.renew):
            row.addWidget(one)
        column = QVBoxLayout(self.side)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(6)
        column.addLayout(row)
        column.addWidget(self.folders, 1)

    def _build_top(self, look: Look) -> None:
        self.line = QLineEdit()
        self.line.setClearButtonEnabled(True)
        self.understood = QLabel()
        self.understood.setWordWrap(True)
        self.understood.setTextFormat(Qt.TextFormat.PlainText)
        self.understood.setProperty("role", "muted")
        self.back = button(self._speech, mark("Show all"))
        self.back.hide()

    def _build_pages(self, look: Look) -> None:
        speech = self._speech
        inner = QWidget()  # as wide as a line is read well; the labels inside are as high as they then need
        inner.setFixedWidth(TEACHING_PX)
        column = QVBoxLayout(inner)
        column.setSpacing(12)
        icon = QLabel()
        icon.setAlignment(Qt.AlignmentFlag.AlignCenter)
        look.tell(icon, lambda: icon.setPixmap(look.pixmap("picture", 48, look.colour("muted"), 2.0)))
        column.addWidget(icon)
        for text, role in (
            (mark("Find your pictures by what is in them"), "heading"),
            (
                mark(
                    "Choose a folder. Gesso reads its pictures on this computer, and finds them by words such as sea or portrait, by colours, or by likeness to one of them. Nothing is read that you did not choose, and no file is changed."
                ),
                "muted",
            ),
        ):
            one = label(speech, text, role)
            one.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(one)
        self.first_folder = button(speech, mark("Choose a folder…"), "primary")
        column.addWidget(self.first_folder, 0, Qt.AlignmentFlag.AlignHCenter)
        teaching = QWidget()
        row, rows = QHBoxLayout(), QVBoxLayout(teaching)
        row.addStretch(1)
        row.addWidget(inner)
        row.addStretch(1)
        rows.addStretch(2)
        rows.addLayout(row)
        rows.addStretch(3)
        self.nothing = label(speech, "", "muted")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.pages = QStackedWidget()
        self.teaching = teaching
        for page in (self.grid, self.nothing, teaching):
            self.pages.addWidget(page)

    def _lay_out(self) -> None:
        speech = self._speech
        right = QWidget()
        inner = QVBoxLayout(right)
        inner.setContentsMargins(8, 0, 0, 0)
        inner.setSpacing(8)
        inner.addWidget(self.line)
        inner.addWidget(self.colours)
        told = QHBoxLayout()
        told.addWidget(self.understood, 1)
        told.addWidget(self.back)
        inner.addLayout(told)
        inner.addWidget(self.pages, 1)
        self.searching = right
        both = QSplitter()
        both.setChildrenCollapsible(False)
        both.addWidget(self.side)
        both.addWidget(right)
        both.setStretchFactor(1, 1)
        both.setSizes([SIDE_PX, 840])
        self.open = button(speech, mark("Open"))
        self.place = button(speech, mark("Add as layer"))
        self.refer = button(speech, mark("Lay beside the canvas"))
        self.alike = button(speech, mark("More like this"))
        self.deeds = Flow(gap_px=8)
        for one in (self.open, self.place, self.refer, self.alike):
            self.deeds.add(one)
        self.note = QLabel()
        self.note.setProperty("role", "muted")
        self.note.setWordWrap(True)
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(140)
        self.stop = button(speech, mark("Cancel"))
        close = button(speech, mark("Close"))
        close.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.note, 1)
        for part in (self.bar, self.stop, close):
            foot.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 12)
        column.setSpacing(10)
        column.addWidget(both, 1)
        inner.addWidget(self.deeds)
        column.addLayout(foot)
        for part in (self.bar, self.stop):
            part.hide()

    def _wire(self) -> None:
        self._typing = _timer(self, TYPING_MS, self.search)
        self._changed = _timer(self, CHANGED_MS, self.update_library)
        self._clock = QTimer(self)
        self._clock.setInterval(LOOK_MS)
        self._clock.timeout.connect(self._look)
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(lambda path: self._changed.start())
        self.line.textChanged.connect(self._typed)
        self.line.returnPressed.connect(self.search)
        self.colours.changed.connect(self._typed)
        self.grid.opened.connect(self.open_asked)
        self.grid.menu_asked.connect(self._menu)
        self.grid.selectionModel().selectionChanged.connect(lambda new, old: self._show_deeds())
        self.folders.itemSelectionChanged.connect(self._show_deeds)
        self.add_folder.clicked.connect(self.ask_folder)
        self.first_folder.clicked.connect(self.ask_folder)
        self.remove_folder.clicked.connect(self._remove)
        self.renew.clicked.connect(self.update_library)
        self.stop.clicked.connect(lambda: self._updating is not None and self._updating.cancel())
        self.back.clicked.connect(self._show_all)
        self.open.clicked.connect(lambda: [self.open_asked.emit(path) for path in self.grid.chosen])
        self.place.clicked.connect(lambda: self.layers_asked.emit(self.grid.chosen))
        self.refer.clicked.connect(lambda: self.references_asked.emit(self.grid.chosen))
        self.alike.clicked.connect(lambda: self.grid.chosen and self.show_like(self.grid.chosen[0]))

    # --- words ---------------------------------------------------------------------------------------------------

    def _say(self) -> None:
        say = self._speech.say
        self.setWindowTitle(say("Library"))
        self.line.setPlaceholderText(say("portrait blue -photograph"))
        self.line.setAccessibleName(say("What must be in the pictures"))
        self.line.setToolTip(
            say(
                "Words for what is in them, colours, or letters of their names. A minus before a word means that it must not be there."
            )
        )
        self.folders.setAccessibleName(say("Folders"))
        self.bar.setAccessibleName(say("Progress of {title}", title=say("Library")))
        self._show_folders()
        self._tell_finds()
        self.note.setText(self._noted())

    def tell(self, words: Callable[[], str], role: str = "muted") -> None:
        """A line at the foot, said again in another language."""
        self._noted = words
        self.note.setText(words())
        self.note.setProperty("role", role)
        self.note.style().unpolish(self.note)
        self.note.style().polish(self.note)

    def warn(self, trouble: Trouble) -> None:
        """One sentence at the foot."""
        self.tell(lambda: trouble.sentence(self._speech.say), "warn")

    # --- folders -------------------------------------------------------------------------------------------------

    def _show_folders(self) -> None:
        say, row = self._speech.say, self.folders.currentRow()
        self.folders.clear()
        for folder in self._library.folders:
            self.folders.addItem(folder.name or str(folder))
            item = self.folders.item(self.folders.count() - 1)
            item.setToolTip(str(folder) if folder.is_dir() else say("{folder} (not there now)", folder=folder))
            item.setData(Qt.ItemDataRole.UserRole, str(folder))
        self.folders.setCurrentRow(row)
        has_folders = bool(self._library.folders)
        self.side.setVisible(has_folders)
        for part in (self.line, self.colours, self.understood, self.deeds):
            part.setVisible(has_folders)
        if not has_folders:
            self.pages.setCurrentWidget(self.teaching)
        self._show_deeds()

    def ask_folder(self) -> None:
        """Let the artist choose one."""
        chosen = QFileDialog.getExistingDirectory(self, self._speech.say("Choose a folder…").rstrip("…"))
        if chosen:
            self.add(Path(chosen))

    def add(self, folder: Path) -> None:
        """Choose a folder and read it."""
        try:
            self._library.add(folder)
        except Trouble as trouble:
            self.warn(trouble)
            return
        self._show_folders()
        self.update_library()

    def _remove(self) -> None:
        item = self.folders.currentItem()
        if item is None:
            return
        if self._updating is not None:
            self._updating.cancel()
        try:
            count = self._library.remove(Path(str(item.data(Qt.ItemDataRole.UserRole))))
        except Trouble as trouble:
            self.warn(trouble)
            return
        self._show_folders()
        self.tell(
            lambda: self._speech.say("{count} pictures are forgotten; the files stay where they are.", count=count)
        )
        self.search()

    def update_library(self) -> None:
        """Read what is new or changed, in the background."""
        self._changed.stop()
        if not self._library.folders:
            return
        if self._updating is not None:  # what changed meanwhile is looked at once this is done
            self._changed.start()
            return

        def done(outcome: Outcome[Updated]) -> None:
            with suppress(RuntimeError):  # the window is gone
                self._updated(outcome)

        self._updating = self._jobs.submit(
            mark("Update the library"),
            lambda progress: update(self._library, self._studio, progress),
            done,
            lane="library",
        )
        self._clock.start()

    def _updated(self, outcome: Outcome[Updated]) -> None:
        self._updating = None
        self._clock.stop()
        for part in (self.bar, self.stop):
            part.hide()
        found = outcome.value
        if found is not None:
            self._watch(found)
            if found.read or found.forgotten:
                self.grid.forget_pictures()
            self.tell(lambda: summed_up(found, self._speech.say))
        if outcome.trouble is not None:
            self.warn(outcome.trouble)
        self.search()
        if outcome.bug is not None:
            raise outcome.bug

    def _watch(self, found: Updated) -> None:
        before = self._watcher.directories()
        if before:
            self._watcher.removePaths(before)
        there = [str(folder) for folder in found.folders[:MOST_WATCHED]]
        if there:
            self._watcher.addPaths(there)

    def _look(self) -> None:
        """While an update runs."""
        if self._updating is not None:
            for part in (self.bar, self.stop):
                part.show()
            self.bar.setValue(round(1000 * self._updating.fraction))

    # --- searching -----------------------------------------------------------------------------------------------

    def _typed(self) -> None:
        self._like = None
        self._typing.start()

    def _show_all(self) -> None:
        self._clear()
        self.search()

    def _clear(self) -> None:
        """Nothing is asked for."""
        self._like = None
        self.line.clear()
        self.colours.clear()
        self._typing.stop()

    def show_like(self, path: Path) -> None:
        """Pictures like one of the library, or like any other file."""
        self._clear()
        self._like = path
        self._ask(self._alike_of(path))

    def _alike_of(self, path: Path) -> Callable[[Progress], Finds]:
        def work(progress: Progress) -> Finds:
            place: NDArray[np.int8] = place_of(self._library, self._studio, path, progress)
            return self._library.like(place, MOST, path)

        return work

    def search(self) -> None:
        """Look for what the line and the colours say."""
        self._typing.stop()
        if not self._library.folders:
            return
        if self._like is not None:
            self._ask(self._alike_of(self._like))
            return
        words = self._library.words
        wanted = [*understand(self.line.text(), words).wanted, *(only(name, words) for name in self.colours.chosen)]
        self._ask(lambda progress: self._library.search(wanted, MOST))

    def _ask(self, work: Callable[[Progress], Finds]) -> None:
        self._asked += 1
        number = self._asked

        def done(outcome: Outcome[Finds]) -> None:
            with suppress(RuntimeError):  # the window is gone
                if number == self._asked:
                    self._put(outcome)

        self._jobs.submit("", work, done, lane="search", quiet=True)

    def _put(self, outcome: Outcome[Finds]) -> None:
        if outcome.value is not None:
            self._finds = outcome.value
            self.grid.put(outcome.value.pictures)
            self._tell_finds()
        elif outcome.trouble is not None:
            self._like = None
            self.warn(outcome.trouble)
        elif outcome.bug is not None:
            raise outcome.bug

    def _tell_finds(self) -> None:
        """How many there are, and how the line was understood."""
        say, finds = self._speech.say, self._finds
        if not self._library.folders:
            return
        parts = [say("{count} pictures", count=finds.count)]
        if self._like is not None:
            parts = [say("Pictures like {name}, the nearest first", name=self._like.name)]
        else:
            for typed, names, is_not in understand(self.line.text(), self._library.words).said:
                said = ", ".join(title(name, say) for name in names)
                if said:
                    parts.append(say("not {words}", words=said) if is_not else said)
                else:
                    parts.append(say("“{letters}” in the name", letters=typed))
        if finds.count > len(finds.pictures) and self._like is None:
            parts.append(say("the first {count} are shown", count=len(finds.pictures)))
        self.understood.setText(" · ".join(parts))
        is_narrowed = bool(self._like or self.line.text().strip() or self.colours.chosen)
        self.back.setVisible(is_narrowed)
        self.nothing.setText(
            say("Nothing fits. Try another word, fewer colours, or a part of a name.")
            if is_narrowed
            else say("The pictures are being read…")
            if self._updating is not None
            else say("There are no pictures in these folders.")
        )
        self.pages.setCurrentWidget(self.grid if finds.pictures else self.nothing)
        self._show_deeds()

    # --- what can be done with what is chosen --------------------------------------------------------------------

    def _show_deeds(self) -> None:
        chosen, has_painting = self.grid.chosen, self._has_painting()
        self.open.setEnabled(bool(chosen))
        self.alike.setEnabled(len(chosen) == 1)
        for one in (self.place, self.refer):
            one.setEnabled(bool(chosen) and has_painting)
            one.setToolTip("" if has_painting else self._speech.say("Open a painting first."))
        self.remove_folder.setEnabled(self.folders.currentItem() is not None)

    def _menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for one in (self.open, self.place, self.refer, self.alike):
            action = menu.addAction(one.text())
            action.setEnabled(one.isEnabled())
            action.triggered.connect(one.click)
        menu.popup(at)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.search()
        self.update_library()
        self.line.setFocus()


def _timer(parent: QWidget, ms: int, call: Callable[[], Any]) -> QTimer:
    found = QTimer(parent)
    found.setSingleShot(True)
    found.setInterval(ms)
    found.timeout.connect(call)
    return found
