"""The few questions that are asked before something begins: a new canvas, unsaved work, preferences."""

from __future__ import annotations

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gesso.feedback import Feedback
from gesso.files.settings import Settings
from gesso.ui.look import THEMES, Look
from gesso.ui.speech import Speech, mark
from gesso.ui.widgets.controls import spin_box
from gesso.values import Colour, Size
from gesso.values.words import LANGUAGES

SIZES = (
    (mark("Screen, 1920 × 1080"), Size(1920, 1080)),
    (mark("Square, 2048 × 2048"), Size(2048, 2048)),
    (mark("A4 at 300 dpi, 2480 × 3508"), Size(2480, 3508)),
    (mark("4K, 3840 × 2160"), Size(3840, 2160)),
)
GROUNDS = ((mark("White"), Colour(1, 1, 1)), (mark("Mid grey"), Colour(0.5, 0.5, 0.5)), (mark("Transparent"), None))
LARGEST_PX = 30_000
THEME_TITLES = {"dark": mark("Dark"), "light": mark("Light"), "system": mark("As the system")}
DEVICE_TITLES = {"auto": mark("The fastest that tells the truth"), "cpu": mark("CPU only")}


class NewDialogue(QDialog):
    """Size and ground of a new canvas."""

    def __init__(self, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        say = speech.say
        self.setWindowTitle(say("New painting"))
        form = QFormLayout(self)
        self.preset = QComboBox(self)
        for title, size in SIZES:
            self.preset.addItem(say(title), size)
        self.width_px, self.height_px = (spin_box(1, LARGEST_PX, " px") for _ in range(2))
        self.ground = QComboBox(self)
        for title, colour in GROUNDS:
            self.ground.addItem(say(title), colour)
        form.addRow(say("Format"), self.preset)
        form.addRow(say("Width"), self.width_px)
        form.addRow(say("Height"), self.height_px)
        form.addRow(say("Ground"), self.ground)
        self.preset.currentIndexChanged.connect(lambda _: self._take(self.preset.currentData()))
        self._take(SIZES[0][1])
        form.addRow(_buttons(self, say("Create"), say("Cancel")))

    def _take(self, size: Size) -> None:
        self.width_px.setValue(size.width)
        self.height_px.setValue(size.height)

    @property
    def chosen(self) -> tuple[Size, Colour | None]:
        return Size(self.width_px.value(), self.height_px.value()), self.ground.currentData()


class Preferences(QDialog):
    """Language and theme change at once; the device with the next model that is opened."""

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
        self.remember = QCheckBox(self)
        self.erase = QPushButton(self)
        self.labels = [QLabel(self) for _ in range(3)]
        self.explained = QLabel(self)
        self.explained.setWordWrap(True)
        self.explained.setProperty("role", "muted")
        column = QVBoxLayout(self)
        form = QFormLayout()
        for label, box in zip(self.labels, (self.language, self.theme, self.device), strict=True):
            form.addRow(label, box)
            label.setBuddy(box)
        column.addLayout(form)
        column.addSpacing(12)
        for widget in (self.remember, self.explained, self.erase):
            column.addWidget(widget)
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
        self.erase.clicked.connect(feedback.erase)
        self.setMinimumWidth(460)
        speech.tell(self, self._say)

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
        self.remember.setText(say("Remember which proposals I keep"))
        self.explained.setText(
            say("Settings and verdicts only, never pictures; they stay on this computer and can be erased at any time.")
        )
        self.erase.setText(say("Erase what was remembered"))
        self.buttons.button(QDialogButtonBox.StandardButton.Close).setText(say("Close"))


def _buttons(dialogue: QDialog, accept: str, reject: str) -> QDialogButtonBox:
    buttons = QDialogButtonBox(dialogue)
    buttons.addButton(accept, QDialogButtonBox.ButtonRole.AcceptRole)
    buttons.addButton(reject, QDialogButtonBox.ButtonRole.RejectRole)
    buttons.accepted.connect(dialogue.accept)
    buttons.rejected.connect(dialogue.reject)
    return buttons


def ask_unsaved(title: str, speech: Speech, parent: QWidget) -> str:
    """`save`, `discard` or `cancel`."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setText(speech.say("{title} has changes that are not saved.", title=title))
    save = box.addButton(speech.say("Save"), QMessageBox.ButtonRole.AcceptRole)
    discard = box.addButton(speech.say("Do not save"), QMessageBox.ButtonRole.DestructiveRole)
    cancel = box.addButton(speech.say("Cancel"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(save)
    box.setEscapeButton(cancel)
    box.exec()
    return {save: "save", discard: "discard"}.get(box.clickedButton(), "cancel")
