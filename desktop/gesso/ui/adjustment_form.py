"""The form of an adjustment layer, drawn from its declaration."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from gesso.documents.painting import Adjustment
from gesso.documents.painting.adjustments import ADJUSTMENTS, Curve, Flag, Kind, Number, Range, Setting
from gesso.tools import Amount, Switch
from gesso.ui.adjustment_curves import CurveGraph
from gesso.ui.adjustment_gradient import GradientEditor
from gesso.ui.adjustment_levels import LevelsEditor
from gesso.ui.knobs import AmountControl, SwitchControl
from gesso.ui.look import Look
from gesso.ui.speech import Speech, mark
from gesso.ui.widgets.controls import icon_button

Control = AmountControl | SwitchControl | CurveGraph | LevelsEditor | GradientEditor


def control_of(setting: Setting, look: Look, speech: Speech) -> Control:
    """The control for one setting of an adjustment."""
    if isinstance(setting, Number):
        return AmountControl(Amount(**vars(setting)), look, speech)
    if isinstance(setting, Flag):
        return SwitchControl(Switch(**vars(setting)), look, speech)
    if isinstance(setting, Curve):
        return CurveGraph(setting, look, speech)
    if isinstance(setting, Range):
        return LevelsEditor(setting, look, speech)
    return GradientEditor(setting, look, speech)


class Channels(QWidget):
    """Curves or levels of several channels, one at a time."""

    def __init__(self, settings: tuple[Setting, ...], look: Look, speech: Speech) -> None:
        super().__init__()
        self._settings, self._speech = settings, speech
        self.box = QComboBox(self)
        self.pages = QStackedWidget(self)
        self.controls: dict[str, Control] = {}
        for setting in settings:
            self.box.addItem("", setting.name)
            self.controls[setting.name] = control_of(setting, look, speech)
            self.pages.addWidget(self.controls[setting.name])
        self.box.currentIndexChanged.connect(self.pages.setCurrentIndex)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.box)
        column.addWidget(self.pages)
        speech.tell(self, self._say)

    def _say(self) -> None:
        say = self._speech.say
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.box.setAccessibleName(say("Channel"))
        self.box.setToolTip(say("Channel"))
        for row, setting in enumerate(self._settings):
            self.box.setItemText(row, say(setting.title))


class AdjustmentForm(QWidget):
    """Shows one adjustment at a time; tells what the artist wants of it."""

    moved = Signal(object)
    """The values, complete."""

    def __init__(self, look: Look, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._speech = look, speech
        self._kind: Kind | None = None
        self._values: dict[str, Any] = {}
        self._unknown = False
        self.controls: dict[str, Control] = {}
        self.title, self.summary = QLabel(self), QLabel(self)
        self.title.setProperty("role", "heading")
        self.summary.setProperty("role", "muted")
        for part in (self.title, self.summary):
            part.setWordWrap(True)
        self.reset = icon_button(look, speech, "again", mark("Back to the defaults"))
        self.reset.clicked.connect(lambda: self._choose({}))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(4, 4, 4, 4)
        self._column.setSpacing(8)
        row = QHBoxLayout()
        row.addWidget(self.title, 1)
        row.addWidget(self.reset)
        self._column.addLayout(row)
        self._column.addWidget(self.summary)
        self._body: QWidget | None = None
        self._column.addStretch(1)
        speech.tell(self, self._say)

    @property
    def wants_histogram(self) -> bool:
        return any(isinstance(control, (CurveGraph, LevelsEditor)) for control in self.controls.values())

    def show_node(self, node: Adjustment) -> None:
        """Fit the form to an adjustment."""
        kind = ADJUSTMENTS.get(node.kind)
        if kind is not self._kind or self._unknown != (kind is None):
            self._kind, self._unknown = kind, kind is None
            self._build()
        if kind is not None:
            self._values = kind.checked(node.values)
            for name, control in self.controls.items():
                control.show_value(self._values[name])

    def show_histogram(self, counts: np.ndarray) -> None:
        """(4, bins): brightness, red, green and blue."""
        for row, name in enumerate(("all", "red", "green", "blue")):
            control = self.controls.get(name)
            if isinstance(control, (CurveGraph, LevelsEditor)):
                control.counts = counts[row]
                control.update()

    def _build(self) -> None:
        if self._body is not None:
            self._body.hide()
            self._column.removeWidget(self._body)
            self._body.deleteLater()
        self.controls, self._body = {}, QWidget(self)
        column = QVBoxLayout(self._body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        settings = self._kind.settings if self._kind is not None else ()
        if settings and all(isinstance(setting, (Curve, Range)) for setting in settings):
            channels = Channels(settings, self._look, self._speech)
            self.controls |= channels.controls
            column.addWidget(channels)
        else:
            for setting in settings:
                self.controls[setting.name] = control_of(setting, self._look, self._speech)
                column.addWidget(self.controls[setting.name])
        for name, control in self.controls.items():
            control.moved.connect(lambda value, name=name: self._choose({**self._values, name: value}))
        self.reset.setVisible(bool(settings))
        self._column.insertWidget(2, self._body)
        self._say()

    def _say(self) -> None:
        say = self._speech.say
        if self._kind is not None:
            self.title.setText(say(self._kind.title))
            self.summary.setText(say(self._kind.summary))
        elif self._unknown:
            self.title.setText(say("Unknown adjustment"))
            self.summary.setText(say("A newer Gesso made it. It is kept, and changes nothing here."))

    def _choose(self, values: dict[str, Any]) -> None:
        if self._kind is None:
            return
        self._values = self._kind.checked(values)
        for name, control in self.controls.items():
            control.show_value(self._values[name])
        self.moved.emit(dict(self._values))
