"""The form of a filter layer: which model made it, whether it is up to date, and the knobs to make it anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gesso.documents.painting import Layer, Recipe, filters
from gesso.tools import TOOLS, Tool
from gesso.tools.painting.stylise import ShippedStyle
from gesso.ui.knobs import KnobControl
from gesso.ui.look import Look
from gesso.ui.speech import Speech, mark
from gesso.ui.styles import CONTROLS, StylesControl
from gesso.ui.widgets.controls import button
from gesso.values import Trouble

UP_TO_DATE = mark("Up to date.")
Versions = Callable[[str], Sequence[str]]


class FilterForm(QWidget):
    """Shows one filter layer at a time."""

    update_asked = Signal(str, object)
    """The layer's id, and the values it is to be made with."""
    raster_asked = Signal(str)

    def __init__(
        self,
        look: Look,
        speech: Speech,
        versions: Versions,
        styles: Callable[[str], Sequence[ShippedStyle]],
        parent: QWidget | None = None,
    ) -> None:
        """`versions` tells which versions of a model are there, `styles` which ones come with a tool."""
        super().__init__(parent)
        self._look, self._speech, self._versions, self._styles = look, speech, versions, styles
        self._id = ""
        self._recipe: Recipe | None = None
        self._state = filters.FRESH
        self._tool: Tool | None = None
        self.values: dict[str, Any] = {}
        self.controls: dict[str, KnobControl] = {}
        self.title, self.made, self.state = QLabel(self), QLabel(self), QLabel(self)
        self.title.setProperty("role", "heading")
        self.made.setProperty("role", "muted")
        self.update_button = button(speech, mark("Update"), "primary")
        self.raster_button = button(speech, mark("Make it editable"))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(4, 4, 4, 4)
        self._column.setSpacing(8)
        for part in (self.title, self.made, self.state):
            part.setWordWrap(True)
            self._column.addWidget(part)
        row = QHBoxLayout()
        row.addWidget(self.update_button, 1)
        row.addWidget(self.raster_button, 1)
        self._column.addLayout(row)
        self._body: QWidget | None = None
        self._column.addStretch(1)
        self.update_button.clicked.connect(lambda: self.update_asked.emit(self._id, dict(self.values)))
        self.raster_button.clicked.connect(lambda: self.raster_asked.emit(self._id))
        speech.tell(self, self._say)

    def show_layer(self, layer: Layer, state: str) -> None:
        """Fit the form to a filter layer and its freshness; knobs that were turned but not used yet stay while it is the same recipe."""
        recipe = layer.recipe
        assert recipe is not None
        self._state = state
        if (layer.id, recipe) != (self._id, self._recipe):
            self._id, self._recipe = layer.id, recipe
            tool = next((tool for tool in TOOLS if tool.id == recipe.tool), None)
            self.values = _values(tool, recipe)
            if tool is not self._tool or self._body is None:
                self._tool = tool
                self._build()
            for name, control in self.controls.items():
                control.show_value(self.values[name])
        self._say()

    def show_styles(self) -> None:
        """The styles of a tool were read."""
        for control in self.controls.values():
            if isinstance(control, StylesControl) and self._tool is not None:
                control.set_shipped(list(self._styles(self._tool.id)))

    def _build(self) -> None:
        if self._body is not None:
            self._body.hide()
            self._column.removeWidget(self._body)
            self._body.deleteLater()
        self._body, self.controls = QWidget(self), {}
        column = QVBoxLayout(self._body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        for knob in self._tool.knobs if self._tool is not None else ():
            control = CONTROLS[type(knob)](knob, self._look, self._speech)
            control.moved.connect(lambda value, name=knob.name: self._turn(name, value))
            self.controls[knob.name] = control
            column.addWidget(control)
        self._column.insertWidget(4, self._body)
        self.show_styles()

    def _turn(self, name: str, value: object) -> None:
        assert self._tool is not None
        try:
            self.values[name] = self._tool.knob(name).check(value)
        except Trouble:  # a half-typed value: what was there stays
            self.controls[name].show_value(self.values[name])
        self._say()

    @property
    def is_turned(self) -> bool:
        """Whether an update would use other values than those the pixels were made with."""
        return self._recipe is not None and self.values != _values(self._tool, self._recipe)

    def _say(self) -> None:
        say, recipe = self._speech.say, self._recipe
        if recipe is None:
            return
        self.title.setText(say("Filter layer: {tool}", tool=say(self._tool.title) if self._tool else recipe.tool))
        self.made.setText(say("Made by {model} {version}", model=recipe.model, version=recipe.model_version))
        sentence = self._sentence(recipe)
        self.state.setText(say(sentence, model=recipe.model, version=recipe.model_version))
        self.state.setProperty("role", "muted" if sentence == UP_TO_DATE else "warn")
        self.state.style().polish(self.state)
        self.update_button.setEnabled(self._tool is not None and self._state != filters.ORPHAN)

    def _sentence(self, recipe: Recipe) -> str:
        """What the artist should know before the next update."""
        if self._tool is None:
            return mark("This Gesso does not have its tool. The picture it made is kept.")
        if self._state == filters.ORPHAN:
            return mark("The layer it was made from is gone. The picture it made is kept.")
        there = self._versions(recipe.model)
        if recipe.model_version not in there:
            return (
                mark(
                    "Model {model} {version} is not installed: the picture is kept, and an update would use another version."
                )
                if there
                else mark("Model {model} is not installed: the picture is kept until you install it and update.")
            )
        if self._state == filters.STALE:
            return mark("Its source has changed since. Update it to follow.")
        if self.is_turned:
            return mark("Update it to see these settings.")
        return UP_TO_DATE


def _values(tool: Tool | None, recipe: Recipe) -> dict[str, Any]:
    """A recipe's knobs as its tool takes them; one that the tool does not know or take any more stands at its default."""
    if tool is None:
        return dict(recipe.knobs)
    found = tool.defaults()
    for knob in tool.knobs:
        if knob.name in recipe.knobs:
            try:
                found[knob.name] = knob.check(recipe.knobs[knob.name])
            except Trouble:
                continue
    return found
