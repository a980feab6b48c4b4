"""What is kept of older states of files, what comes back at the start, and whom exports name."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCheckBox, QLineEdit

from gesso.files.settings import Settings
from gesso.ui.preferences.page import Page
from gesso.ui.speech import Speech, mark
from gesso.ui.widgets.controls import label, spin_box

MB = 1_000_000
LONGEST = 500


class FilesPage(Page):
    """Histories, the last paintings, and the artist's name."""

    id, title = "files", mark("Files and safety")

    def __init__(self, settings: Settings, speech: Speech, histories: Path | None) -> None:
        self._histories = histories
        super().__init__(settings, speech)

    def build(self) -> None:
        self.histories = spin_box(0, 1_000_000, " MB")
        self.histories.setSingleStep(500)
        self.histories.setValue(self.settings.history_mb)
        self.histories.valueChanged.connect(self._bound)
        self.row(
            mark("Space for the histories of files"),
            self.histories,
            about=mark(
                "Every saved state can be had back from “History of this file”; the oldest go first. 0 keeps none."
            ),
            keywords=("versions", "backup", "generations", "备份 版本"),
        )
        self.taken = label(self.speech, "", "muted")
        self.taken.setContentsMargins(8, 0, 8, 4)
        self.column.addWidget(self.taken)
        self.again = QCheckBox()
        self.again.setChecked(self.settings.open_again)
        self.again.clicked.connect(lambda on: self.keep("open_again", bool(on)))
        self.row(
            mark("Open what was open when Gesso was left"),
            self.again,
            named=False,
            keywords=("session restore", "reopen last", "恢复 会话"),
        )
        self.author, self.rights = self._line("author"), self._line("rights")
        self.row(
            mark("Author in exported pictures"),
            self.author,
            about=mark("Written into each picture that names nobody yet. Left empty, none is written."),
            keywords=("name", "creator", "artist", "credit", "署名 姓名"),
        )
        self.row(mark("Copyright line"), self.rights, keywords=("rights", "licence", "©", "权利 许可"))
        self.speech.tell(self, self._tell_taken)

    def _line(self, name: str) -> QLineEdit:
        """A line of text that is kept as it is left."""
        field = QLineEdit(getattr(self.settings, name))
        field.setMaxLength(LONGEST)
        field.setMinimumWidth(260)
        field.editingFinished.connect(lambda: self.keep(name, field.text().strip()))
        return field

    def _bound(self, value: int) -> None:
        self.keep("history_mb", value)
        self._tell_taken()

    def _tell_taken(self) -> None:
        files = list(self._histories.glob("*.gesso")) if self._histories is not None else []
        size = 0
        for file in files:
            try:
                size += file.stat().st_size
            except OSError:  # another window has just thrown it away
                continue
        say = self.speech.say
        found = (
            say("They take {size} MB now, for {count} files.", size=f"{size / MB:.1f}", count=len(files))
            if files
            else say("There are none yet.")
        )
        if files and self.settings.history_mb == 0:
            found += " " + say("What is kept already stays; no new states are added.")
        elif size > self.settings.history_mb * MB:
            found += " " + say("The next saving throws away the oldest states.")
        self.taken.setText(found)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._tell_taken()
