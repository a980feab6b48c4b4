"""What the option bars of the hands are made of: numbers, switches and choices that speak, in a row that may break."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QWidget,
)

from gesso.ui.canvas.hands.options import HandOptions
from gesso.ui.look import Look
from gesso.ui.speech import Speech
from gesso.ui.widgets.controls import button, icon_button
from gesso.ui.widgets.flow import Flow

BAR_PX = 37
"""Every bar of one line is as high, so that the picture stays where it is when another hand is taken."""


class OptionBar(Flow):
    """Shows some of a canvas's options; tells nobody else."""

    def __init__(self, options: HandOptions, look: Look, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.options, self.look, self.speech = options, look, speech
        self.setContentsMargins(8, 4, 8, 4)

    def heightForWidth(self, width: int) -> int:
        return max(BAR_PX, super().heightForWidth(width))

    def tell_texts(self, control: QWidget, title: str, help: str = "") -> None:
        """Give a control its name for screen readers, and its help as a tooltip."""

        def put() -> None:
            say = self.speech.say
            control.setAccessibleName(say(title))
            control.setToolTip(f"{say(title)}\n{say(help)}" if help else say(title))

        self.speech.tell(control, put)

    def _labelled(self, control: QWidget, title: str) -> None:
        part, label = QWidget(self), QLabel(self)
        row = QHBoxLayout(part)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(label)
        row.addWidget(control)
        label.setBuddy(control)
        self.speech.tell(label, lambda: label.setText(self.speech.say(title)))
        self.add(part)

    def number(
        self, title: str, low: float, high: float, unit: str, chosen: Callable[[float], None], *,
        help: str = "", decimals: int = 0, step: float = 1,
    ) -> QDoubleSpinBox:  # fmt: skip
        """A number with its label; `chosen` is called with what the artist sets."""
        found = QDoubleSpinBox(self)
        found.setDecimals(decimals)
        found.setRange(low, high)
        found.setSingleStep(step)
        found.setSuffix(unit)
        found.setKeyboardTracking(False)
        found.lineEdit().setTextMargins(6, 0, 0, 0)  # Qt ignores a style sheet's padding at the left here
        found.setFixedWidth(88)
        found.valueChanged.connect(chosen)
        self.tell_texts(found, title, help)
        self._labelled(found, title)
        return found

    def switch(self, title: str, chosen: Callable[[bool], None], *, help: str = "") -> QCheckBox:
        found = QCheckBox(self)
        found.toggled.connect(chosen)
        self.speech.tell(found, lambda: found.setText(self.speech.say(title)))
        self.tell_texts(found, title, help)
        self.add(found)
        return found

    def choice(
        self, title: str, entries: Sequence[tuple[str, Any]], chosen: Callable[[Any], None], *,
        help: str = "", is_labelled: bool = True,
    ) -> QComboBox:  # fmt: skip
        """One of several, each with its words and what it stands for; a label is left out where these say enough."""
        found = QComboBox(self)
        for _, value in entries:
            found.addItem("", value)

        def put() -> None:
            for place, (words, _) in enumerate(entries):
                found.setItemText(place, self.speech.say(words))

        self.speech.tell(found, put)
        found.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        found.activated.connect(lambda place: chosen(found.itemData(place)))
        self.tell_texts(found, title, help)
        if is_labelled:
            self._labelled(found, title)
        else:
            self.add(found)
        return found

    def buttons(
        self, entries: Sequence[tuple[str, str, Any]], chosen: Callable[[Any], None]
    ) -> dict[Any, QAbstractButton]:
        """One of several as buttons, each with its icon, its words and what it stands for."""
        group, part = QButtonGroup(self), QWidget(self)
        row = QHBoxLayout(part)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        found: dict[Any, QAbstractButton] = {}
        for icon, words, value in entries:
            one = icon_button(self.look, self.speech, icon, words)
            one.setCheckable(True)
            group.addButton(one)
            row.addWidget(one)
            one.clicked.connect(lambda _=False, v=value: chosen(v))
            found[value] = one
        self.add(part)
        return found

    def icon(self, icon: str, title: str, run: Callable[[], object]) -> QAbstractButton:
        found = icon_button(self.look, self.speech, icon, title)
        found.clicked.connect(lambda: run())
        self.add(found)
        return found

    def push(self, title: str, run: Callable[[], object], role: str = "") -> QPushButton:
        found = button(self.speech, title, role)
        found.clicked.connect(lambda: run())
        self.add(found)
        return found


def show_value(control: QWidget, value: Any) -> None:
    """Put a value on a control without anybody being told."""
    blocked = QSignalBlocker(control)
    if isinstance(control, QDoubleSpinBox):
        control.setValue(value)
    elif isinstance(control, QComboBox):
        control.setCurrentIndex(max(0, control.findData(value)))
    elif isinstance(control, QAbstractButton):
        control.setChecked(value)
    blocked.unblock()
