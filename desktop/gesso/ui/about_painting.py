"""About this painting: what it is called, who made it and whose it is, and which models had a part in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLabel, QLineEdit, QWidget

from gesso.documents.painting import Credit, Painting
from gesso.documents.painting.beside import SetCredit
from gesso.files.settings import Settings
from gesso.tools import TOOLS
from gesso.ui.sizes import ask
from gesso.ui.speech import Speech, mark

if TYPE_CHECKING:
    from gesso.ui.window import Window

WIDE_PX = 440


class AboutPainting(QDialog):
    """A line each for title, author and copyright; what is left empty, the preferences say where a picture is exported."""

    def __init__(self, painting: Painting, settings: Settings, speech: Speech, parent: QWidget | None = None) -> None:
        from gesso.files import xmp

        super().__init__(parent)
        say, credit = speech.say, painting.credit
        self.setWindowTitle(say("About this painting"))
        self._form = QFormLayout(self)
        self.title, self.author, self.rights = (
            self._line(say(name), text, xmp.LONGEST)
            for name, text in (
                (mark("Title"), credit.title),
                (mark("Author"), credit.author),
                (mark("Copyright"), credit.rights),
            )
        )
        for line in (self.author, self.rights):  # the preferences stand in for both or for none
            line.textChanged.connect(lambda _: self._hint(settings))
        self._hint(settings)
        size = painting.size
        self._told(say("Size"), say("{width} × {height} px, {depth} bit", width=size.width, height=size.height, depth=painting.depth))  # fmt: skip
        titles = {tool.id: tool.title for tool in TOOLS}
        records = xmp.provenance_of(painting)
        parts = dict.fromkeys(
            f"{say(titles.get(one.tool, one.tool))} ({one.model} {one.model_version})" for one in records
        )
        self._told(say("Models in it"), "\n".join(parts) or say("None had a part in what is seen."))
        note = QLabel(say("Exported pictures say all of this. An author and a copyright line for all your pictures stand in the preferences."), self)  # fmt: skip
        note.setWordWrap(True)
        note.setProperty("role", "muted")
        self._form.addRow(note)
        buttons = QDialogButtonBox(self)
        buttons.addButton(say("Apply"), QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(say("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self._form.addRow(buttons)
        self.setMinimumWidth(WIDE_PX)

    @property
    def credit(self) -> Credit:
        """As written now."""
        from gesso.files import xmp

        return xmp.credited(self.author.text(), self.rights.text(), self.title.text())

    def _line(self, name: str, text: str, longest: int) -> QLineEdit:
        found = QLineEdit(text, self)
        found.setMaxLength(longest)
        found.setAccessibleName(name)
        self._form.addRow(name, found)
        return found

    def _told(self, name: str, text: str) -> None:
        told = QLabel(text, self)
        told.setWordWrap(True)
        told.setAccessibleName(f"{name}: {text}")
        self._form.addRow(name, told)

    def _hint(self, settings: Settings) -> None:
        """What an export would say, where nothing is written here."""
        said = self.credit.or_else(Credit(settings.author, settings.rights))
        self.author.setPlaceholderText(said.author)
        self.rights.setPlaceholderText(said.rights)


def ask_about(window: Window) -> None:
    """Of the painting that is shown; what is written is one step."""
    history = window.easel.history
    if history is None:
        return
    dialogue = AboutPainting(history.document, window.settings, window.speech, window)

    def do() -> None:
        if dialogue.credit != history.document.credit and window.easel.has(history):
            window.attempt(lambda: history.apply(mark("About this painting"), SetCredit(dialogue.credit)))

    ask(dialogue, do)
