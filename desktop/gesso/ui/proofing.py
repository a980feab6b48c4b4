"""Colours of screen and print: the profile of the screen, the soft proof, and the warning of colours that a device lacks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QWidget,
)

from gesso.files.settings import Settings
from gesso.ui.actions import Act
from gesso.ui.speech import Speech, mark
from gesso.values import Colour, Trouble

if TYPE_CHECKING:
    from gesso.ui.canvas import CanvasView

INTENT_TITLES = {
    "relative": mark("Relative colorimetric"),
    "perceptual": mark("Perceptual"),
    "saturation": mark("Saturation"),
    "absolute": mark("Absolute colorimetric"),
}
ALARM = Colour(1.0, 0.0, 0.78)
"""A pink that hardly any painting has all over."""
PROFILES = "ICC (*.icc *.icm)"
NAME_PX = 220


class Proofing(QObject):
    """Lets the canvas show what screen and print make of the colours; the painting itself stays as it is."""

    changed = Signal()
    troubled = Signal(object)

    def __init__(self, canvas: CanvasView, settings: Settings, speech: Speech, window: QWidget) -> None:
        super().__init__(window)
        self._canvas, self._settings, self._speech, self._window = canvas, settings, speech, window
        self.is_on = self.is_warning = False

    def acts(self) -> list[Act]:
        return [
            Act("proof", mark("Soft proof"), self.toggle, "", "Ctrl+Alt+Y", "view", "painting", checkable=True, keywords="icc cmyk print press"),
            Act("gamut", mark("Mark colours that print lacks"), self.toggle_warning, "", "Ctrl+Shift+Y", "view", "painting", checkable=True, keywords="icc cmyk gamut warning"),
            Act("proof-setup", mark("Colours of screen and print…"), self.ask, "", "", "view", "", keywords="icc profile monitor display colour management"),
        ]  # fmt: skip

    def start(self) -> None:
        """Once the window listens: see through the screen's profile, where one was chosen."""
        if self._settings.screen_profile:
            self.show()

    def toggle(self) -> None:
        """Look at the painting as it will be in print, or as it is."""
        self.is_on = not self.is_on
        if self.is_on and not self._settings.proof_profile:
            self.ask()
        self.show()

    def toggle_warning(self) -> None:
        self.is_warning = not self.is_warning
        if self.is_warning and not self._settings.proof_profile:
            self.ask()
        self.show()

    def show(self) -> None:
        """As chosen; a profile that is gone or unfit is told and no longer asked for."""
        from gesso.operations.painting.proof import INTENTS, Proof, sight

        kept = self._settings
        try:
            screen = _read(kept.screen_profile)
        except Trouble as trouble:
            screen, kept.screen_profile = b"", ""
            self.troubled.emit(trouble)
        proof = None
        if self.is_on or self.is_warning:
            try:
                profile = _read(kept.proof_profile)
                intent = next((one for one in INTENTS if one == kept.proof_intent), INTENTS[1])
                if profile:
                    alarm = ALARM if self.is_warning else None
                    proof = Proof(profile, intent, kept.proof_black_point, kept.proof_paper, alarm)
            except Trouble as trouble:
                kept.proof_profile = ""
                self.troubled.emit(trouble)
        self.is_on, self.is_warning = self.is_on and proof is not None, self.is_warning and proof is not None
        try:
            self._canvas.sight = sight(screen, proof)
        except Trouble as trouble:
            self.is_on = self.is_warning = False
            self._canvas.sight = None
            self.troubled.emit(trouble)
        self.changed.emit()

    @property
    def is_proofed(self) -> bool:
        return self.is_on or self.is_warning

    def ask(self) -> None:
        dialogue = ProofDialogue(self._settings, self._speech, self._window)
        dialogue.troubled.connect(self.troubled)
        if dialogue.exec() == QDialog.DialogCode.Accepted:
            dialogue.keep()
            self.show()
        dialogue.deleteLater()


class ProofDialogue(QDialog):
    """Which profiles, and how colours are brought into their range."""

    troubled = Signal(object)

    def __init__(self, settings: Settings, speech: Speech, parent: QWidget) -> None:
        super().__init__(parent)
        self._settings, say = settings, speech.say
        self.speech = speech
        self.setWindowTitle(say("Colours of screen and print"))
        form = QFormLayout(self)
        self.screen_row = ProfileRow(
            say("Profile of the screen"), say("None: sRGB"), settings.screen_profile, True, speech, self
        )
        self.proof_row = ProfileRow(
            say("Profile of the print"), say("None chosen"), settings.proof_profile, False, speech, self
        )
        for row in (self.screen_row, self.proof_row):
            row.troubled.connect(self.troubled)
        self.intent = QComboBox(self)
        for intent, title in INTENT_TITLES.items():
            self.intent.addItem(say(title), intent)
        self.intent.setCurrentIndex(max(0, self.intent.findData(settings.proof_intent)))
        self.black_point = QCheckBox(say("Black point compensation"), self)
        self.black_point.setChecked(settings.proof_black_point)
        self.paper = QCheckBox(say("Show the white of the paper"), self)
        self.paper.setChecked(settings.proof_paper)
        form.addRow(say("Profile of the screen"), self.screen_row)
        form.addRow(
            self._note(say("Ask for it where your screen was measured. Without one, colours are shown as sRGB."))
        )
        form.addRow(say("Profile of the print"), self.proof_row)
        form.addRow(say("Rendering intent"), self.intent)
        form.addRow(self.black_point)
        form.addRow(self.paper)
        form.addRow(
            self._note(
                say(
                    "Your printer's maker, your press or your paper's maker gives these files away. Only what you see changes, never the painting."
                )
            )
        )
        for control, title in ((self.intent, say("Rendering intent")), (self.black_point, ""), (self.paper, "")):
            control.setAccessibleName(title or control.text())
        buttons = QDialogButtonBox(self)
        buttons.addButton(say("Use these"), QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(say("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        form.addRow(buttons)
        self.setMinimumWidth(460)

    def _note(self, text: str) -> QLabel:
        found = QLabel(text, self)
        found.setWordWrap(True)
        found.setProperty("role", "muted")
        return found

    def keep(self) -> None:
        """Write what was chosen into the settings."""
        kept = self._settings
        kept.screen_profile, kept.proof_profile = self.screen_row.file, self.proof_row.file
        kept.proof_intent = self.intent.currentData()
        kept.proof_black_point, kept.proof_paper = self.black_point.isChecked(), self.paper.isChecked()
        kept.save()


class ProfileRow(QWidget):
    """A profile's name, with buttons to choose another or none."""

    troubled = Signal(object)

    def __init__(self, title: str, nothing: str, file: str, is_screen: bool, speech: Speech, parent: QWidget) -> None:
        super().__init__(parent)
        self.file, self._title, self._nothing, self._is_screen = file, title, nothing, is_screen
        self.name = QLabel(self)
        self.name.setMinimumWidth(NAME_PX)
        self.choose = QPushButton(speech.say("Choose…"), self)
        self.drop = QPushButton(speech.say("None"), self)
        self.choose.setAccessibleName(f"{title}: {self.choose.text()}")
        self.drop.setAccessibleName(f"{title}: {self.drop.text()}")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.name, 1)
        row.addWidget(self.choose)
        row.addWidget(self.drop)
        self.choose.clicked.connect(self._ask)
        self.drop.clicked.connect(lambda: self.take(""))
        self.take(file)

    def _ask(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, self._title, str(Path(self.file).parent), PROFILES)
        if chosen:
            self.take(chosen)

    def take(self, file: str) -> None:
        """Have this one, if it can be read as a profile; trouble is told and leaves what was."""
        from gesso.operations.painting.proof import profile_name, screen_profile_name

        named = screen_profile_name if self._is_screen else profile_name
        try:
            name = named(_read(file)) if file else self._nothing
        except Trouble as trouble:
            self.troubled.emit(trouble)
            if self.file == file:
                self.take("")
            return
        self.file = file
        self.name.setText(self.name.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, NAME_PX))
        self.name.setToolTip(file)
        self.drop.setEnabled(bool(file))


def _read(file: str) -> bytes:
    """The bytes of a profile; none for no file. Raises `Trouble`."""
    from gesso.operations.painting.proof import LARGEST_BYTES

    if not file:
        return b""
    try:
        with Path(file).open("rb") as opened:
            return opened.read(LARGEST_BYTES + 1)
    except OSError:
        raise Trouble(
            "The colour profile {name} cannot be read any more.",
            "Colours are shown without it.",
            "Choose it again under View, Colours of screen and print.",
            name=Path(file).name,
        ) from None
