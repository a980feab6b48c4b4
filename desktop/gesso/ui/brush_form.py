"""The numbers of a brush as a form, and its dynamics: which part follows which sense of the pen, by what curve."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QSlider,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from gesso.operations.painting.brush import Brush, Dynamic
from gesso.operations.painting.brush.brush import LARGEST_FACTOR, PARTS, SENSES
from gesso.operations.painting.brush.brush import LARGEST_PX as MOST_PX
from gesso.operations.painting.brush.names import GRAINS, TIPS
from gesso.ui.brush_curve import CurveEdit
from gesso.ui.look import Look
from gesso.ui.speech import Speech, mark
from gesso.ui.widgets.controls import icon_button, label, spin_box

ROW_PX = 28
TIP_TITLES = {
    "round": mark("Round tip"), "square": mark("Chisel"), "bristle": mark("Bristles"), "flat": mark("Flat hair"),
    "chalk": mark("Chalk stick"), "charcoal": mark("Charcoal stick"), "sponge": mark("Pool"), "rough": mark("Full hair"),
    "hairs": mark("Ink hair"),
}  # fmt: skip
GRAIN_TITLES = {
    "": mark("Smooth"), "paper": mark("Fine paper"), "rough": mark("Rough paper"), "canvas": mark("Woven canvas"),
}  # fmt: skip
PART_TITLES = {
    "size": mark("Size"), "opacity": mark("Opacity"), "flow": mark("Flow"), "hardness": mark("Hardness"),
    "spacing": mark("Spacing"), "angle": mark("Angle"), "roundness": mark("Roundness"), "scatter": mark("Scatter"),
    "texture": mark("Grain depth"), "smudge": mark("Dragging"), "wetness": mark("Mixing"),
}  # fmt: skip
SENSE_TITLES = {
    "pressure": mark("Pressure"), "speed": mark("Speed"), "tilt": mark("Tilt"), "lean": mark("Direction of tilt"),
    "rotation": mark("Rotation of the pen"), "direction": mark("Direction of the stroke"), "random": mark("Chance"),
}  # fmt: skip


SLIDER_STEPS = 200
LARGEST_PX = round(MOST_PX)


def bind_size(slider: QSlider, number: QSpinBox) -> None:
    """A slider for sizes: the small ones, where a pixel counts, have most of its way (its square is the size)."""
    slider.setRange(0, SLIDER_STEPS)

    def px(step: int) -> int:
        return max(1, round((step / SLIDER_STEPS) ** 2 * LARGEST_PX))

    def follow(size: int) -> None:
        if px(slider.value()) != size:
            slider.blockSignals(True)
            slider.setValue(round(sqrt(size / LARGEST_PX) * SLIDER_STEPS))
            slider.blockSignals(False)

    slider.valueChanged.connect(lambda step: number.setValue(px(step)))
    number.valueChanged.connect(follow)
    follow(number.value())


@dataclass(frozen=True)
class Number:
    """A field of `Brush` as an artist sees it: `factor` times as large, in whole steps."""

    field: str
    title: str
    low: int
    high: int
    factor: float = 100.0
    unit: str = " %"


GROUPS: tuple[tuple[str, tuple[Number, ...]], ...] = (
    (
        mark("Shape"),
        (
            Number("size_px", mark("Size"), 1, LARGEST_PX, 1, " px"),
            Number("hardness", mark("Hardness"), 0, 100),
            Number("angle", mark("Angle"), -180, 180, 1, "°"),
            Number("roundness", mark("Roundness"), 5, 100),
            Number("spacing", mark("Spacing"), 1, 200),
            Number("scatter", mark("Scatter"), 0, 300),
        ),
    ),
    (
        mark("Paint"),
        (
            Number("opacity", mark("Opacity"), 1, 100),
            Number("flow", mark("Flow"), 1, 100),
            Number("wet_edge", mark("Wet edge"), 0, 100),
        ),
    ),
    (
        mark("Paper and canvas"),
        (
            Number("texture_depth", mark("Grain depth"), 0, 100),
            Number("texture_scale", mark("Grain size"), 10, 800),
        ),
    ),
    (
        mark("Mixing with what is there"),
        (
            Number("smudge", mark("Dragging"), 0, 99),
            Number("wetness", mark("Mixing"), 0, 100),
            Number("charge", mark("Own colour"), 0, 100),
        ),
    ),
    (mark("Steady hand"), (Number("stabiliser_px", mark("Stabiliser"), 0, 300, 1, " px"),)),
)


class BrushForm(QWidget):
    """Everything a brush is, changed in place."""

    changed = Signal(object)
    """A `Brush`."""

    def __init__(self, look: Look, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._speech = look, speech
        self.brush = Brush()
        self._is_showing = False
        self.numbers: dict[str, QSpinBox] = {}
        self._names: list[QLabel] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 8, 0)
        for title, numbers in GROUPS:
            column.addWidget(label(speech, title, "heading"))
            form = QFormLayout()
            form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
            if title == "Shape":
                self.tip = self._choice(form, mark("Tip"), "tip", TIPS, TIP_TITLES)
            if title == "Paper and canvas":
                self.texture = self._choice(form, mark("Texture"), "texture", ("", *GRAINS), GRAIN_TITLES)
            for number in numbers:
                self._number(form, number)
            if title == "Shape":
                self.antialias = self._switch(form, mark("Smooth edges"), "antialias")
            if title == "Paint":
                self.builds_up = self._switch(form, mark("Paint gathers while it is held"), "builds_up")
            column.addLayout(form)
        column.addWidget(label(speech, mark("Answers to the pen"), "heading"))
        self.dynamics = DynamicsForm(look, speech, self)
        self.dynamics.changed.connect(lambda dynamics: self._change("dynamics", dynamics))
        column.addWidget(self.dynamics)
        column.addStretch(1)
        speech.tell(self, self._align)

    def _align(self) -> None:
        """The sliders of all groups begin below each other."""
        widest = max(name.fontMetrics().horizontalAdvance(name.text()) for name in self._names)
        for name in self._names:
            name.setMinimumWidth(widest)

    def _row(self, form: QFormLayout, title: str, widget: QWidget, named: tuple[QWidget, ...]) -> None:
        name = QLabel()
        name.setBuddy(named[-1])
        name.setMinimumHeight(ROW_PX)  # beside its control, not above the middle
        self._names.append(name)
        form.addRow(name, widget)

        def put() -> None:
            name.setText(self._speech.say(title))
            for one in named:
                one.setAccessibleName(self._speech.say(title))

        self._speech.tell(name, put)

    def _number(self, form: QFormLayout, number: Number) -> None:
        pair, slider = QWidget(), QSlider(Qt.Orientation.Horizontal)
        spin = spin_box(number.low, number.high, number.unit)
        slider.setMinimumWidth(90)
        spin.setFixedWidth(86)
        row = QHBoxLayout(pair)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(slider, 1)
        row.addWidget(spin)
        if number.field == "size_px":
            bind_size(slider, spin)
        else:
            slider.setRange(number.low, number.high)
            slider.valueChanged.connect(spin.setValue)
            spin.valueChanged.connect(slider.setValue)
        spin.valueChanged.connect(lambda value: self._change(number.field, value / number.factor))
        self.numbers[number.field] = spin
        self._row(form, number.title, pair, (slider, spin))

    def _choice(
        self, form: QFormLayout, title: str, field: str, values: tuple[str, ...], titles: dict[str, str]
    ) -> QComboBox:
        found = QComboBox()
        for value in values:
            found.addItem("", value)
        found.currentIndexChanged.connect(lambda: self._change(field, found.currentData()))
        self._row(form, title, found, (found,))
        self._speech.tell(
            found,
            lambda: [found.setItemText(at, self._speech.say(titles[value])) for at, value in enumerate(values)],
        )
        return found

    def _switch(self, form: QFormLayout, title: str, field: str) -> QCheckBox:
        found = QCheckBox()
        found.toggled.connect(lambda on: self._change(field, on))
        self._speech.tell(found, lambda: found.setText(self._speech.say(title)))
        form.addRow(found)
        return found

    def show_brush(self, brush: Brush) -> None:
        """Without saying that it changed."""
        self._is_showing, self.brush = True, brush
        for _, numbers in GROUPS:
            for number in numbers:
                self.numbers[number.field].setValue(round(getattr(brush, number.field) * number.factor))
        self.tip.setCurrentIndex(self.tip.findData(brush.tip))
        self.texture.setCurrentIndex(self.texture.findData(brush.texture))
        self.antialias.setChecked(brush.antialias)
        self.builds_up.setChecked(brush.builds_up)
        self.dynamics.show_dynamics(brush.dynamics)
        self._is_showing = False

    def _change(self, field: str, value: object) -> None:
        if not self._is_showing:
            self.brush = replace(self.brush, **{field: value})
            self.changed.emit(self.brush)


class DynamicsForm(QWidget):
    """A list of parts that follow a sense, and the curve of the one chosen."""

    changed = Signal(object)
    """A tuple of `Dynamic`."""

    def __init__(self, look: Look, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speech = speech
        self.dynamics: list[Dynamic] = []
        self._is_showing = False
        self.part, self.sense = QComboBox(), QComboBox()
        for combo, names in ((self.part, PARTS), (self.sense, SENSES)):
            for name in names:
                combo.addItem("", name)
        self.add = icon_button(look, speech, "plus", mark("Let it follow"))
        self.remove = icon_button(look, speech, "trash", mark("Follow no more"))
        self.list = QListWidget(self)
        self.list.setMaximumHeight(130)
        self.curve = CurveEdit(look, speech, self)
        self.most = QDoubleSpinBox(self)
        self.most.setRange(0.1, LARGEST_FACTOR)
        self.most.setSingleStep(0.1)
        self.most.setPrefix("× ")
        column, new, below = QVBoxLayout(self), QHBoxLayout(), QHBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        for widget in (self.part, self.sense, self.add):
            new.addWidget(widget, 0 if widget is self.add else 1)
        self._most_label = QLabel(self)
        self._most_label.setBuddy(self.most)
        for widget in (self._most_label, self.most):
            below.addWidget(widget)
        below.addStretch(1)
        below.addWidget(self.remove)
        column.addLayout(new)
        column.addWidget(self.list)
        column.addWidget(self.curve)
        column.addLayout(below)
        self.add.clicked.connect(self._add)
        self.remove.clicked.connect(self._remove)
        self.list.currentRowChanged.connect(lambda row: self._show_one())
        self.curve.changed.connect(lambda curve: self._change(curve=curve))
        self.most.valueChanged.connect(lambda most: self._change(most=most))
        speech.tell(self, self._say)

    def _say(self) -> None:
        say = self._speech.say
        for combo, titles in ((self.part, PART_TITLES), (self.sense, SENSE_TITLES)):
            for at in range(combo.count()):
                combo.setItemText(at, say(titles[combo.itemData(at)]))
        self.part.setAccessibleName(say("Part of the brush"))
        self.sense.setAccessibleName(say("Sense of the pen"))
        self.list.setAccessibleName(say("Answers to the pen"))
        self._most_label.setText(say("Top of the curve"))
        self.most.setAccessibleName(say("Top of the curve"))
        self._name_all()

    def show_dynamics(self, dynamics: tuple[Dynamic, ...]) -> None:
        row = max(0, self.list.currentRow())
        self.dynamics = list(dynamics)
        self._is_showing = True
        self.list.clear()
        self.list.addItems([""] * len(self.dynamics))
        self._name_all()
        self.list.setCurrentRow(min(row, len(self.dynamics) - 1))
        self._is_showing = False
        self._show_one()

    def _name_all(self) -> None:
        say = self._speech.say
        for row, one in enumerate(self.dynamics):
            part, sense = say(PART_TITLES[one.part]), say(SENSE_TITLES[one.sense])
            self.list.item(row).setText(say("{part} follows {sense}", part=part, sense=sense))

    def _show_one(self) -> None:
        row = self.list.currentRow()
        there = 0 <= row < len(self.dynamics)
        for widget in (self.curve, self.most, self.remove, self._most_label):
            widget.setEnabled(there)
        if there:
            self._is_showing = True
            self.curve.show_curve(self.dynamics[row].curve)
            self.most.setValue(self.dynamics[row].most)
            self._is_showing = False

    def _change(self, **parts: object) -> None:
        row = self.list.currentRow()
        if not self._is_showing and 0 <= row < len(self.dynamics):
            self.dynamics[row] = replace(self.dynamics[row], **parts)
            self.changed.emit(tuple(self.dynamics))

    def _add(self) -> None:
        self.show_dynamics((*self.dynamics, Dynamic(self.part.currentData(), self.sense.currentData())))
        self.list.setCurrentRow(len(self.dynamics) - 1)
        self.changed.emit(tuple(self.dynamics))

    def _remove(self) -> None:
        row = self.list.currentRow()
        if 0 <= row < len(self.dynamics):
            del self.dynamics[row]
            self.show_dynamics(tuple(self.dynamics))
            self.changed.emit(tuple(self.dynamics))
