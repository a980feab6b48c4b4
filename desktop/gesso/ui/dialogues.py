"""The few questions that are asked before something begins or ends: a new canvas, unsaved work, a file in the way."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QMessageBox,
    QWidget,
)

from gesso.ui.speech import Speech, mark
from gesso.ui.widgets.controls import spin_box
from gesso.values import Colour, Size

SIZES = (
    (mark("Screen, 1920 × 1080"), Size(1920, 1080)),
    (mark("Square, 2048 × 2048"), Size(2048, 2048)),
    (mark("A4 at 300 dpi, 2480 × 3508"), Size(2480, 3508)),
    (mark("4K, 3840 × 2160"), Size(3840, 2160)),
)
GROUNDS = ((mark("White"), Colour(1, 1, 1)), (mark("Mid grey"), Colour(0.5, 0.5, 0.5)), (mark("Transparent"), None))
LARGEST_PX = 30_000
LINEAR = mark("Blend layers in linear light")
LINEAR_HELP = mark(
    "Layers mix as light does, so that soft edges between strong colours stay bright. The Image menu has it, too."
)


class NewDialogue(QDialog):
    """Size and ground of a new canvas."""

    def __init__(self, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        say = speech.say
        self.setWindowTitle(say("New painting"))
        form = QFormLayout(self)
        self.preset = QComboBox(self)
        self.preset.addItem(say("Own size"), None)
        for title, size in SIZES:
            self.preset.addItem(say(title), size)
        self.width_px, self.height_px = (spin_box(1, LARGEST_PX, " px") for _ in range(2))
        self.ground = QComboBox(self)
        for title, colour in GROUNDS:
            self.ground.addItem(say(title), colour)
        for title, control in (
            (say("Format"), self.preset),
            (say("Width"), self.width_px),
            (say("Height"), self.height_px),
            (say("Ground"), self.ground),
        ):
            form.addRow(title, control)
            control.setAccessibleName(title)
        self.linear = QCheckBox(say(LINEAR), self)
        self.linear.setAccessibleName(self.linear.text())
        self.linear.setToolTip(say(LINEAR_HELP))
        form.addRow(self.linear)
        self.estimate = QLabel(self)
        self.estimate.setWordWrap(True)
        form.addRow(self.estimate)
        self.speech = speech
        self.buttons = _buttons(self, say("Create"), say("Cancel"))
        form.addRow(self.buttons)
        self.preset.activated.connect(lambda _: self._take(self.preset.currentData()))
        for number in (self.width_px, self.height_px):
            number.setKeyboardTracking(True)
            number.valueChanged.connect(lambda _: self._measure())
        self.setMinimumWidth(380)
        self._take(SIZES[0][1])

    def _take(self, size: Size | None) -> None:
        if size is not None:
            self.width_px.setValue(size.width)
            self.height_px.setValue(size.height)
        self._measure()

    def _measure(self) -> None:
        """What one layer takes once it is painted all over; a canvas that the memory cannot hold is not begun."""
        from gesso.files.limits import free_bytes, spoken  # loads the readers of pictures

        size, _ = self.chosen
        known = [self.preset.itemData(row) for row in range(self.preset.count())]
        self.preset.setCurrentIndex(known.index(size) if size in known else 0)
        need, free = size.area * 4, free_bytes()
        fits = need * 2 < free
        need_text, free_text = spoken(need), spoken(free)
        self.estimate.setText(
            self.speech.say("A full layer takes {need} of memory.", need=need_text)
            if fits
            else self.speech.say(
                "Too large for this computer now: a full layer takes {need}, and {free} are free.",
                need=need_text,
                free=free_text,
            )
        )
        self.estimate.setProperty("role", "muted" if fits else "warn")
        self.estimate.style().unpolish(self.estimate)
        self.estimate.style().polish(self.estimate)
        self.buttons.buttons()[0].setEnabled(fits)

    @property
    def chosen(self) -> tuple[Size, Colour | None]:
        return Size(self.width_px.value(), self.height_px.value()), self.ground.currentData()


def _buttons(dialogue: QDialog, accept: str, reject: str) -> QDialogButtonBox:
    buttons = QDialogButtonBox(dialogue)
    buttons.addButton(accept, QDialogButtonBox.ButtonRole.AcceptRole)
    buttons.addButton(reject, QDialogButtonBox.ButtonRole.RejectRole)
    buttons.accepted.connect(dialogue.accept)
    buttons.rejected.connect(dialogue.reject)
    return buttons


def ask_unsaved(title: str, speech: Speech, parent: QWidget) -> str:
    """`save`, `discard` or `cancel`."""
    answers = (
        ("save", speech.say("Save"), QMessageBox.ButtonRole.AcceptRole),
        ("discard", speech.say("Do not save"), QMessageBox.ButtonRole.DestructiveRole),
        ("cancel", speech.say("Cancel"), QMessageBox.ButtonRole.RejectRole),
    )
    text = speech.say("{title} has changes that are not saved.", title=title)
    return _asked(parent, text, answers, default="save")


def ask_replace(name: str, speech: Speech, parent: QWidget) -> bool:
    """Whether a file that is there already may be written over."""
    return _allowed(speech.say("{name} is there already.", name=name), speech.say("Replace it"), speech, parent)


def ask_losses(name: str, losses: list[str], speech: Speech, parent: QWidget) -> str:
    """`save`, `project` or `cancel`, when a file cannot hold all of a painting."""
    answers = (
        ("save", speech.say("Save anyway"), QMessageBox.ButtonRole.AcceptRole),
        ("project", speech.say("Save as project instead"), QMessageBox.ButtonRole.ActionRole),
        ("cancel", speech.say("Cancel"), QMessageBox.ButtonRole.RejectRole),
    )
    text = speech.say("{name} cannot hold all of this painting.", name=name)
    return _asked(parent, text, answers, "\n\n".join(losses), QMessageBox.Icon.Information, default="save")


def ask_leave(titles: list[str], speech: Speech, parent: QWidget) -> bool:
    """Whether work on files that is under way may be stopped."""
    text = speech.say("Still under way: {titles}.", titles=", ".join(speech.say(title) for title in titles))
    return _allowed(text, speech.say("Stop it and leave"), speech, parent)


def ask_changed(name: str, is_modified: bool, speech: Speech, parent: QWidget) -> str:
    """What to do about a file that another program has changed: `reload`, `save-as`, `overwrite` or `later`."""
    say = speech.say
    answers = (
        ("reload", say("Open it again"), QMessageBox.ButtonRole.AcceptRole),
        ("save-as", say("Save as…"), QMessageBox.ButtonRole.AcceptRole),
        ("overwrite", say("Overwrite it"), QMessageBox.ButtonRole.DestructiveRole),
        ("later", say("Decide later"), QMessageBox.ButtonRole.RejectRole),
    )
    more = (
        say(
            "Opening it again puts what you painted here with the unsaved work on the home page. Overwriting keeps the other state in the history."
        )
        if is_modified
        else say("You have changed nothing since. Overwriting keeps the other state in the history.")
    )
    return _asked(
        parent, say("{name} was changed by another program since it was opened here.", name=name), answers, more
    )


def ask_repair(sentence: str, has_history: bool, speech: Speech, parent: QWidget) -> str:
    """What to do about a damaged project: `repair`, `history` or `cancel`."""
    answers = [("repair", speech.say("Open what is whole"), QMessageBox.ButtonRole.AcceptRole)]
    if has_history:
        answers.append(("history", speech.say("History of this file…"), QMessageBox.ButtonRole.AcceptRole))
    answers.append(("cancel", speech.say("Cancel"), QMessageBox.ButtonRole.RejectRole))
    return _asked(parent, sentence, answers, icon=QMessageBox.Icon.Warning)


def _allowed(text: str, yes: str, speech: Speech, parent: QWidget) -> bool:
    answers = (
        ("yes", yes, QMessageBox.ButtonRole.DestructiveRole),
        ("cancel", speech.say("Cancel"), QMessageBox.ButtonRole.RejectRole),
    )
    return _asked(parent, text, answers) == "yes"


def _asked(
    parent: QWidget,
    text: str,
    answers: Sequence[tuple[str, str, QMessageBox.ButtonRole]],
    more: str = "",
    icon: QMessageBox.Icon = QMessageBox.Icon.Question,
    default: str = "",
) -> str:
    """The answer given, of (answer, its words, its part). The last one harms nothing: Escape gives it, and Enter unless
    `default` says another."""
    box = QMessageBox(parent)
    box.setIcon(icon)
    box.setText(text)
    box.setInformativeText(more)
    buttons = {answer: box.addButton(words, role) for answer, words, role in answers}
    harmless = answers[-1][0]
    box.setDefaultButton(buttons[default or harmless])
    box.setEscapeButton(buttons[harmless])
    box.exec()
    return next((answer for answer, button in buttons.items() if button is box.clickedButton()), harmless)
