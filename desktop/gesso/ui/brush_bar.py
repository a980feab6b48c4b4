"""What the brush is like: size, opacity, hardness, colour."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QColorDialog, QHBoxLayout, QLabel, QSlider, QSpinBox, QToolButton, QWidget

from gesso.operations.painting.brush import Brush
from gesso.ui.look import Look
from gesso.ui.speech import Speech, mark
from gesso.ui.widgets.controls import spin_box
from gesso.values import Colour

LARGEST_PX = 500


class BrushBar(QWidget):
    """A row above the canvas, shown with the brush and the eraser."""

    changed = Signal(object)
    """The brush is a different one now."""

    def __init__(self, look: Look, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look, self.speech = look, speech
        self.brush = Brush(size_px=24, hardness=0.6, opacity=1.0, flow=1.0)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(8)
        self.colour = QToolButton(self)
        self.colour.clicked.connect(self._ask_colour)
        row.addWidget(self.colour)
        self.size = self._slider(row, mark("Size"), 1, LARGEST_PX, 24, " px", lambda v: {"size_px": float(v)})
        self.opacity = self._slider(row, mark("Opacity"), 1, 100, 100, " %", lambda v: {"opacity": v / 100})
        self.hardness = self._slider(row, mark("Hardness"), 0, 100, 60, " %", lambda v: {"hardness": v / 100})
        row.addStretch(1)
        speech.tell(self, self._say)
        self._show_colour()

    def _slider(
        self, row: QHBoxLayout, title: str, low: int, high: int, start: int, unit: str, part: Callable[[int], dict]
    ) -> QSpinBox:
        label, slider, number = QLabel(self), QSlider(Qt.Orientation.Horizontal, self), spin_box(low, high, unit)
        slider.setRange(low, high)
        slider.setFixedWidth(96)
        number.setFixedWidth(86)
        slider.setValue(start)
        number.setValue(start)
        slider.valueChanged.connect(number.setValue)
        number.valueChanged.connect(slider.setValue)
        number.valueChanged.connect(lambda value: self._change(**part(value)))
        label.setBuddy(number)
        for widget in (label, slider, number):
            row.addWidget(widget)

        def put() -> None:
            label.setText(self.speech.say(title))
            slider.setAccessibleName(self.speech.say(title))
            number.setAccessibleName(self.speech.say(title))

        self.speech.tell(label, put)
        return number

    def _change(self, **parts: object) -> None:
        self.brush = replace(self.brush, **parts)
        self.changed.emit(self.brush)

    def resize(self, step: int) -> None:
        """One notch larger or smaller, as the bracket keys ask."""
        now = self.size.value()
        self.size.setValue(now + step * max(1, now // 8))

    def _ask_colour(self) -> None:
        now = QColor.fromRgbF(self.brush.colour.red, self.brush.colour.green, self.brush.colour.blue)
        found = QColorDialog.getColor(now, self, self.speech.say("Colour"))
        if found.isValid():
            self.set_colour(Colour(found.redF(), found.greenF(), found.blueF()))

    def set_colour(self, colour: Colour) -> None:
        self._change(colour=colour)
        self._show_colour()

    def _show_colour(self) -> None:
        pixmap = QPixmap(40, 40)
        pixmap.fill(QColor(self.brush.colour.hex))
        self.colour.setIcon(QIcon(pixmap))

    def _say(self) -> None:
        self.colour.setToolTip(self.speech.say("Colour"))
        self.colour.setAccessibleName(self.speech.say("Colour"))
