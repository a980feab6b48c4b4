"""Making a brush one's own: its form, a pad to try it on, and where it is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from gesso.documents.history import History
from gesso.operations.painting.brush import Brush
from gesso.ui.brush_form import BrushForm
from gesso.ui.brush_preview import bands, paper
from gesso.ui.brush_shelf import SUFFIX, BrushShelf, KeptBrush, read_brush, write_brush
from gesso.ui.canvas import CanvasView
from gesso.ui.look import Look
from gesso.ui.speech import Speech, mark
from gesso.ui.widgets.controls import button, label
from gesso.values import Size, Trouble

PAD = Size(720, 560)
FORM_PX = 380


class BrushEditor(QDialog):
    """Beside the canvas, not before it: the brush in hand changes with every knob."""

    changed = Signal(object)
    """A `Brush`: the one in hand, as it is now."""
    kept = Signal(str)
    """The id of a brush that was kept, renamed or taken in: it is in hand now."""
    deleted = Signal(str)

    def __init__(self, shelf: BrushShelf, look: Look, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shelf, self._speech = shelf, speech
        self._kept: KeptBrush | None = None
        self.form = BrushForm(look, speech)
        self.form.changed.connect(self._changed)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(self.form)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setMinimumWidth(FORM_PX)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.pad = CanvasView(look, speech)
        self.pad.setMinimumSize(QSize(PAD.width // 2, PAD.height // 2))
        self.pad.tool = "brush"
        speech.tell(self.pad, lambda: self.pad.setAccessibleName(speech.say("Scratch pad")))
        self.name = QLineEdit()
        name_label = QLabel()
        name_label.setBuddy(self.name)
        self.note = QLabel()
        self.note.setWordWrap(True)
        self.note.setProperty("role", "muted")

        def knob(title: str, run: Callable[[], object], icon: str = "", role: str = "") -> QWidget:
            found = button(speech, title, role, look if icon else None, icon)
            found.setAutoDefault(False)
            found.clicked.connect(lambda: self._attempt(run))
            return found

        self.clear = knob(mark("Clear the pad"), self.clear_pad)
        self.colours = knob(mark("Wet colours"), self.put_colours)
        self.reset = knob(mark("As it was"), self._reset, "undo")
        self.keep = knob(mark("Keep as my brush"), self._keep, "keep", "primary")
        self.save = knob(mark("Save changes"), self._save, "save")
        self.rename = knob(mark("Rename"), self._rename)
        self.delete = knob(mark("Delete"), self._delete, "trash")
        self.take_in = knob(mark("Import…"), self._import, "open")
        self.give_out = knob(mark("Export…"), self._export, "export")
        right = QVBoxLayout()
        right.addWidget(label(speech, mark("Scratch pad"), "heading"))
        right.addWidget(self.pad, 1)
        for row in (
            (self.clear, self.colours, None, self.reset),
            (name_label, self.name, self.rename),
            (self.keep, self.save, None, self.delete),
            (self.take_in, self.give_out, None),
        ):
            line = QHBoxLayout()
            for widget in row:
                line.addStretch(1) if widget is None else line.addWidget(widget, 1 if widget is self.name else 0)
            right.addLayout(line)
        right.addWidget(self.note)
        whole = QHBoxLayout(self)
        whole.addWidget(scroll)
        whole.addLayout(right, 1)
        self.resize(900, 660)

        def say() -> None:
            self.setWindowTitle(speech.say("Brush editor"))
            name_label.setText(speech.say("Name"))
            self.name.setAccessibleName(speech.say("Name"))

        speech.tell(self, say)
        self.clear_pad()

    # --- what is shown -------------------------------------------------------------------------------------------

    def show_brush(self, brush: Brush, kept: KeptBrush | None) -> None:
        """The brush in hand, and which of the shelf it was."""
        is_other = kept is not self._kept
        self._kept = kept
        self.form.show_brush(brush)
        self.pad.brush = replace(brush, eraser=False)
        if is_other or not self.name.text():
            self.name.setText(kept.name(self._speech.language) if kept else "")
        if is_other:
            self.note.clear()
        self._show_state()

    def _show_state(self) -> None:
        is_own = self._kept is not None and self._kept.is_own
        for widget in (self.save, self.rename, self.delete):
            widget.setEnabled(is_own)
        self.reset.setEnabled(self._kept is not None)

    def _changed(self, brush: Brush) -> None:
        self.pad.brush = replace(brush, eraser=False)
        self.changed.emit(brush)

    def clear_pad(self) -> None:
        self.pad.show_document(History(paper(PAD)))

    def put_colours(self) -> None:
        """Something to smear and mix."""
        made = paper(PAD)
        bands(made, 0.15 * PAD.height, 0.85 * PAD.height)
        self.pad.show_document(History(made))

    def showEvent(self, event: QShowEvent) -> None:
        self.pad.fit()
        super().showEvent(event)

    # --- the shelf -----------------------------------------------------------------------------------------------

    def _attempt(self, run: Callable[[], object]) -> None:
        """What cannot be done is said below the buttons."""
        try:
            run()
        except Trouble as trouble:
            self._tell(trouble.sentence(self._speech.say), "warn")

    def _tell(self, text: str, role: str = "muted") -> None:
        self.note.setProperty("role", role)
        self.note.style().unpolish(self.note)
        self.note.style().polish(self.note)
        self.note.setText(text)

    def _reset(self) -> None:
        if self._kept is not None:
            brush = replace(self._kept.brush, colour=self.form.brush.colour)
            self.form.show_brush(brush)
            self._changed(brush)

    def _keep(self) -> None:
        say, name = self._speech.say, self.name.text().strip()
        if not name or (self._kept is not None and name == self._kept.name(self._speech.language)):
            name = say("{name}, mine", name=name or say("Brush"))
        self._take(self.shelf.keep(name, self.form.brush), say("“{name}” is kept.", name=name))

    def _save(self) -> None:
        if self._kept is not None:
            made = self.shelf.change(self._kept.id, self.form.brush)
            self._take(made, self._speech.say("“{name}” is kept.", name=made.title))

    def _rename(self) -> None:
        if self._kept is not None:
            made = self.shelf.rename(self._kept.id, self.name.text())
            self._take(made, self._speech.say("It is called “{name}” now.", name=made.title))

    def _take(self, made: KeptBrush, told: str) -> None:
        self._kept = made
        self.name.setText(made.name(self._speech.language))
        self._show_state()
        self._tell(told)
        self.kept.emit(made.id)

    def _delete(self) -> None:
        if self._kept is not None:
            gone = self._kept
            self.shelf.delete(gone.id)
            self._kept = None
            self._show_state()
            self._tell(
                self._speech.say(
                    "“{name}” is deleted. It is still in your hand: keep it to have it back.", name=gone.title
                )
            )
            self.deleted.emit(gone.id)

    def _filter(self) -> str:
        return f"{self._speech.say('Brush of Gesso')} (*{SUFFIX} *.json)"

    def _import(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, self._speech.say("Import…"), "", self._filter())
        if path:
            made = self.shelf.take_in(Path(path))
            brush = replace(made.brush, colour=self.form.brush.colour)
            self.form.show_brush(brush)
            self._changed(brush)
            self._take(made, self._speech.say("“{name}” is kept.", name=made.title))

    def _export(self) -> None:
        name = self.name.text().strip() or self._speech.say("Brush")
        path, _ = QFileDialog.getSaveFileName(self, self._speech.say("Export…"), f"{name}{SUFFIX}", self._filter())
        if path:
            file = Path(path) if Path(path).suffix else Path(path + SUFFIX)
            write_brush(KeptBrush("", name, self.form.brush), file)
            read_brush(file)  # what was written can be read
            self._tell(self._speech.say("{name} is written.", name=file.name))
