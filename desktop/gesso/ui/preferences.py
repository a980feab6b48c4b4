"""What the artist chooses for the whole studio, and what it remembers of them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
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
    QVBoxLayout,
    QWidget,
)

from gesso.feedback import Feedback
from gesso.files.settings import Settings
from gesso.ui.look import THEMES, Look
from gesso.ui.speech import Speech, mark
from gesso.values import Trouble
from gesso.values.words import LANGUAGES

THEME_TITLES = {"dark": mark("Dark"), "light": mark("Light"), "system": mark("As the system")}
DEVICE_TITLES = {"auto": mark("The fastest that tells the truth"), "cpu": mark("CPU only")}


class Preferences(QDialog):
    """Language and theme change at once; the device with the next start."""

    troubled = Signal(object)

    def __init__(
        self, settings: Settings, look: Look, speech: Speech, feedback: Feedback, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.settings, self.look, self.speech, self.feedback = settings, look, speech, feedback
        self.language, self.theme, self.device = QComboBox(self), QComboBox(self), QComboBox(self)
        for code, title in LANGUAGES.items():
            self.language.addItem(title, code)
        for theme in THEMES:
            self.theme.addItem("", theme)
        for device in DEVICE_TITLES:
            self.device.addItem("", device)
        self.labels = [QLabel(self) for _ in range(3)]
        self.later = self._muted()
        self.remember = QCheckBox(self)
        self.explained, self.tally = self._muted(), self._muted()
        self.export, self.erase = QPushButton(self), QPushButton(self)
        form = QFormLayout()
        for label, box in zip(self.labels, (self.language, self.theme, self.device), strict=True):
            form.addRow(label, box)
            label.setBuddy(box)
        form.addRow("", self.later)
        row = QHBoxLayout()
        row.addWidget(self.export)
        row.addWidget(self.erase)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(8)
        column.addLayout(form)
        column.addSpacing(12)
        for widget in (self.remember, self.explained, self.tally):
            column.addWidget(widget)
        column.addLayout(row)
        column.addSpacing(12)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.buttons.rejected.connect(self.accept)
        column.addWidget(self.buttons)
        self.language.setCurrentIndex(self.language.findData(speech.language))
        self.theme.setCurrentIndex(self.theme.findData(look.theme))
        self.device.setCurrentIndex(max(0, self.device.findData(settings.device)))
        self.remember.setChecked(not feedback.paused)
        self.language.activated.connect(lambda _: self._set("language", self.language.currentData()))
        self.theme.activated.connect(lambda _: self._set("theme", self.theme.currentData()))
        self.device.activated.connect(lambda _: self._set("device", self.device.currentData()))
        self.remember.clicked.connect(lambda on: setattr(feedback, "paused", not on))
        self.export.clicked.connect(self._export)
        self.erase.clicked.connect(self._erase)
        self.setMinimumWidth(480)
        speech.tell(self, self._say)

    def _muted(self) -> QLabel:
        label = QLabel(self)
        label.setWordWrap(True)
        label.setProperty("role", "muted")
        return label

    def _export(self) -> None:
        title = self.speech.say("Export what was remembered")
        chosen, _ = QFileDialog.getSaveFileName(
            self, title, str(Path.home() / "gesso-proposals.jsonl"), "JSON (*.jsonl)"
        )
        if chosen:
            try:
                self.feedback.export(Path(chosen))
            except Trouble as trouble:
                self.troubled.emit(trouble)

    def _erase(self) -> None:
        try:
            self.feedback.erase()
        except Trouble as trouble:
            self.troubled.emit(trouble)
        self._count()

    def _count(self) -> None:
        """What the log holds now, in numbers."""
        try:
            tallies = self.feedback.summary()
        except Trouble:
            tallies = []
        counts = {
            "count": sum(t.proposed for t in tallies),
            "kept": sum(t.kept + t.edited for t in tallies),
            "rejected": sum(t.rejected for t in tallies),
        }
        self.tally.setText(
            self.speech.say("{count} proposals remembered: {kept} kept, {rejected} rejected.", **counts)
            if counts["count"]
            else self.speech.say("No proposals are remembered.")
        )
        for button in (self.export, self.erase):
            button.setEnabled(bool(counts["count"]))

    def _set(self, name: str, value: str) -> None:
        setattr(self.settings, name, value)
        self.settings.save()
        if name == "language":
            self.speech.set_language(value)
        elif name == "theme":
            self.look.theme = value

    def _say(self) -> None:
        say = self.speech.say
        self.setWindowTitle(say("Preferences"))
        for label, text in zip(self.labels, (say("Language"), say("Theme"), say("Models run on")), strict=True):
            label.setText(text)
        for box, titles in ((self.theme, THEME_TITLES), (self.device, DEVICE_TITLES)):
            for row in range(box.count()):
                box.setItemText(row, say(titles[box.itemData(row)]))
        for label, box in zip(self.labels, (self.language, self.theme, self.device), strict=True):
            box.setAccessibleName(label.text())
        self.later.setText(say("Counts from the next start of Gesso."))
        self.remember.setText(say("Remember which proposals I keep"))
        self.explained.setText(
            say("Settings and verdicts only, never pictures; they stay on this computer and can be erased at any time.")
        )
        self.export.setText(say("Export…"))
        self.export.setAccessibleName(say("Export what was remembered"))
        self.erase.setText(say("Erase what was remembered"))
        self.buttons.button(QDialogButtonBox.StandardButton.Close).setText(say("Close"))
        self._count()
