"""A control for each kind of knob; the form of a tool is made of these and of nothing else."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gesso.tools import Amount, Choice, Knob, SeedKnob, Switch
from gesso.ui.look import Look
from gesso.ui.speech import Speech
from gesso.ui.widgets.controls import spin_box

LARGEST_SHOWN = 2**31 - 1


class _Still(QObject):
    """Lets the wheel scroll the form: it never turns a knob that happens to lie under it."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel:
            event.ignore()
            return True
        return super().eventFilter(watched, event)


class KnobControl(QWidget):
    """Title, control and help of one knob."""

    moved = Signal(object)
    """The artist chose this value."""

    def __init__(self, knob: Knob, look: Look, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.knob, self.look, self.speech = knob, look, speech
        self._still = _Still(self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self.title = QLabel(self)
        self._column.addWidget(self.title)
        speech.tell(self, self._say)

    def _say(self) -> None:
        self.title.setText(self.speech.say(self.knob.title))
        self.setToolTip(self.speech.say(self.knob.help))

    def name(self, control: QWidget, buddy: bool = True) -> None:
        """Tell a control's name and help to screen readers."""
        if buddy:
            self.title.setBuddy(control)
        control.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        control.installEventFilter(self._still)

        def put() -> None:
            control.setAccessibleName(self.speech.say(self.knob.title))
            control.setAccessibleDescription(self.speech.say(self.knob.help))

        self.speech.tell(control, put)

    def show_value(self, value: Any) -> None:
        """Without telling anybody; each kind of knob has its own."""


class AmountControl(KnobControl):
    """A slider and its number: in percent, or as the knob itself counts."""

    knob: Amount

    def __init__(self, knob: Amount, look: Look, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(knob, look, speech, parent)
        self.steps = round((knob.high - knob.low) / knob.step)
        self._factor = 100 if knob.unit == "%" else 1
        row = QHBoxLayout()
        row.setSpacing(8)
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(0, self.steps)
        self.slider.setPageStep(max(1, self.steps // 10))
        self.number = QDoubleSpinBox(self)
        self.number.setDecimals(_decimals(knob.step * self._factor))
        self.number.setRange(knob.low * self._factor, knob.high * self._factor)
        self.number.setSingleStep(knob.step * self._factor)
        self.number.setSuffix(f" {knob.unit}" if knob.unit else "")
        self.number.setKeyboardTracking(False)
        self.number.lineEdit().setTextMargins(6, 0, 0, 0)  # Qt ignores a style sheet's padding at the left here
        self.number.setFixedWidth(84)
        row.addWidget(self.slider, 1)
        row.addWidget(self.number)
        self._column.addLayout(row)
        self.name(self.slider)
        self.name(self.number, buddy=False)
        self.slider.valueChanged.connect(lambda step: self._choose(self.knob.low + step * self.knob.step))
        self.number.valueChanged.connect(lambda shown: self._choose(shown / self._factor))

    def _choose(self, value: float) -> None:
        value = round(min(self.knob.high, max(self.knob.low, value)), 6)
        self.show_value(value)
        self.moved.emit(value)

    def show_value(self, value: float) -> None:
        for control, shown in (
            (self.slider, round((value - self.knob.low) / self.knob.step)),
            (self.number, value * self._factor),
        ):
            control.blockSignals(True)
            control.setValue(shown)
            control.blockSignals(False)


def _decimals(step: float) -> int:
    """As many as it takes to write a step exactly: 0 for 1, 2 for 0.25."""
    return next((count for count in range(4) if abs(step * 10**count - round(step * 10**count)) < 1e-6), 4)


class ChoiceControl(KnobControl):
    knob: Choice

    def __init__(self, knob: Choice, look: Look, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(knob, look, speech, parent)
        self.box = QComboBox(self)
        for option in knob.options:
            self.box.addItem("", option.value)
        self._column.addWidget(self.box)
        self.name(self.box)
        speech.tell(self.box, self._say_options)
        self.box.activated.connect(lambda index: self.moved.emit(self.box.itemData(index)))

    def _say_options(self) -> None:
        for index, option in enumerate(self.knob.options):
            self.box.setItemText(index, self.speech.say(option.title))

    def show_value(self, value: str) -> None:
        self.box.setCurrentIndex(self.box.findData(value))


class SwitchControl(KnobControl):
    knob: Switch

    def __init__(self, knob: Switch, look: Look, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(knob, look, speech, parent)
        self.title.hide()
        self.check = QCheckBox(self)
        self._column.addWidget(self.check)
        self.name(self.check, buddy=False)
        speech.tell(self.check, lambda: self.check.setText(speech.say(knob.title)))
        self.check.clicked.connect(lambda on: self.moved.emit(on))

    def show_value(self, value: bool) -> None:
        self.check.setChecked(value)


class SeedControl(KnobControl):
    knob: SeedKnob

    def __init__(self, knob: SeedKnob, look: Look, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(knob, look, speech, parent)
        row = QHBoxLayout()
        self.number = spin_box(0, LARGEST_SHOWN)
        self.dice = QToolButton(self)
        row.addWidget(self.number, 1)
        row.addWidget(self.dice)
        self._column.addLayout(row)
        self.name(self.number)
        look.tell(self.dice, lambda: self.dice.setIcon(look.icon("again")))
        speech.tell(self.dice, self._say_dice)
        self.number.valueChanged.connect(lambda number: self.moved.emit(number))
        self.dice.clicked.connect(lambda: self.number.setValue(random.randrange(10_000)))

    def _say_dice(self) -> None:
        self.dice.setToolTip(self.speech.say("Another seed"))
        self.dice.setAccessibleName(self.speech.say("Another seed"))

    def show_value(self, value: int) -> None:
        self.number.blockSignals(True)
        self.number.setValue(min(value, LARGEST_SHOWN))
        self.number.blockSignals(False)


CONTROLS: dict[type, Callable[..., KnobControl]] = {
    Amount: AmountControl,
    Choice: ChoiceControl,
    Switch: SwitchControl,
    SeedKnob: SeedControl,
}
"""Kind of knob -> its control; `styles.py` adds the one for styles."""
