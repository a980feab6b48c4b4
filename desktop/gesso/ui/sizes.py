"""The questions about sizes: of the canvas, of the picture, and of a change of the selection."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QGridLayout,
    QLabel,
    QSpinBox,
    QToolButton,
    QWidget,
)

from gesso.ui.dialogues import LARGEST_PX
from gesso.ui.speech import Speech, mark
from gesso.ui.widgets.controls import spin_box
from gesso.values import Size

ANCHORS = (
    (mark("Upper left"), mark("Upper middle"), mark("Upper right")),
    (mark("Middle left"), mark("In the middle"), mark("Middle right")),
    (mark("Lower left"), mark("Lower middle"), mark("Lower right")),
)
METHODS = (
    (mark("Lanczos"), "lanczos"),
    (mark("Bicubic"), "bicubic"),
    (mark("Bilinear"), "bilinear"),
    (mark("Nearest"), "nearest"),
    (mark("Upscale by a model, 2 times"), "model-2"),
    (mark("Upscale by a model, 4 times"), "model-4"),
)
CM = 2.54
"""To the inch."""
COPIES = 3
"""A canvas is there as it was and as it will be, and something of it is being worked on."""


class SizeDialogue(QDialog):
    """Width and height, kept in proportion or not."""

    def __init__(
        self, title: str, accept: str, size: Size, layers: int, speech: Speech, parent: QWidget | None
    ) -> None:
        super().__init__(parent)
        self.speech, self._old, self._layers = speech, size, max(1, layers)
        self.setWindowTitle(speech.say(title))
        self.form = QFormLayout(self)
        self.width_px, self.height_px = (spin_box(1, LARGEST_PX, " px") for _ in range(2))
        self.width_px.setValue(size.width)
        self.height_px.setValue(size.height)
        self.proportional = QCheckBox(speech.say("Keep the proportions"), self)
        self.row(speech.say("Width"), self.width_px)
        self.row(speech.say("Height"), self.height_px)
        self.form.addRow(self.proportional)
        self.proportional.setAccessibleName(self.proportional.text())
        for number in (self.width_px, self.height_px):
            number.setKeyboardTracking(True)
            number.valueChanged.connect(lambda _, n=number: self._moved(n))
        self._build()
        self.note = QLabel(self)
        self.note.setWordWrap(True)
        self.note.setProperty("role", "warn")
        self.form.addRow(self.note)
        self.buttons = QDialogButtonBox(self)
        self.buttons.addButton(speech.say(accept), QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(speech.say("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.form.addRow(self.buttons)
        self.setMinimumWidth(360)
        self.width_px.setFocus()
        self.width_px.selectAll()
        self._check()

    def _build(self) -> None:
        """What else is asked."""

    def row(self, title: str, control: QWidget) -> None:
        self.form.addRow(title, control)
        control.setAccessibleName(title)

    @property
    def size_px(self) -> Size:
        return Size(self.width_px.value(), self.height_px.value())

    def _moved(self, number: QSpinBox) -> None:
        """The other side follows."""
        if self.proportional.isChecked():
            old, other = self._old, self.height_px if number is self.width_px else self.width_px
            share = old.height / old.width if other is self.height_px else old.width / old.height
            blocked = QSignalBlocker(other)
            other.setValue(max(1, round(number.value() * share)))
            blocked.unblock()
        self._check()

    def _check(self) -> None:
        """What the memory cannot hold is not begun."""
        from gesso.files.limits import free_bytes, spoken  # loads the readers of pictures

        need, free = self.size_px.area * 4 * self._layers, free_bytes()
        fits = need * COPIES < free or self.size_px.area <= self._old.area
        self.note.setVisible(not fits)
        need_text, free_text = spoken(need), spoken(free)
        self.note.setText(
            self.speech.say(
                "Too large for this computer now: the layers take {need}, and {free} are free.",
                need=need_text,
                free=free_text,
            )
        )
        self.buttons.buttons()[0].setEnabled(fits)


class CanvasSize(SizeDialogue):
    """How large the canvas becomes, and which part of it stays where it is."""

    def __init__(self, size: Size, layers: int, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(mark("Canvas size"), mark("Change the canvas"), size, layers, speech, parent)

    def _build(self) -> None:
        box, grid = QWidget(self), QGridLayout()
        grid.setSpacing(3)
        grid.setAlignment(Qt.AlignmentFlag.AlignLeft)
        box.setLayout(grid)
        self._group = QButtonGroup(self)
        for row, titles in enumerate(ANCHORS):
            for column, title in enumerate(titles):
                one = QToolButton(box)
                one.setCheckable(True)
                one.setFixedSize(28, 28)
                one.setAccessibleName(self.speech.say(title))
                one.setToolTip(self.speech.say(title))
                one.setText("○")
                one.toggled.connect(lambda on, b=one: b.setText("●" if on else "○"))
                self._group.addButton(one, 3 * row + column)
                grid.addWidget(one, row, column)
        self._group.button(4).setChecked(True)
        self.row(self.speech.say("What stays in its place"), box)

    @property
    def anchor(self) -> tuple[float, float]:
        """Across and down: 0, 0.5 or 1."""
        row, column = divmod(self._group.checkedId(), 3)
        return column / 2, row / 2

    def set_anchor(self, across: float, down: float) -> None:
        self._group.button(round(3 * 2 * down + 2 * across)).setChecked(True)


class ImageSize(SizeDialogue):
    """How large the picture becomes, and how its pixels are found."""

    def __init__(
        self,
        size: Size,
        layers: int,
        speech: Speech,
        parent: QWidget | None = None,
        *,
        dpi: tuple[float, float] | None = None,
    ) -> None:
        self._dpi = dpi
        super().__init__(mark("Image size"), mark("Change the size"), size, layers, speech, parent)
        self.proportional.setChecked(True)

    def _build(self) -> None:
        self.per_inch = QDoubleSpinBox(self)
        self.per_inch.setDecimals(1)
        self.per_inch.setRange(0, 9999)
        self.per_inch.setSuffix(" dpi")
        self.per_inch.setSpecialValueText(self.speech.say("not set"))
        self.per_inch.lineEdit().setTextMargins(6, 0, 0, 0)
        self.per_inch.setValue(0.0 if self._dpi is None else self._dpi[0])
        self._shown = self.per_inch.value()
        self.in_print = QLabel(self)
        self.in_print.setProperty("role", "muted")
        self.row(self.speech.say("Resolution"), self.per_inch)
        self.row(self.speech.say("In print"), self.in_print)
        self.per_inch.valueChanged.connect(lambda _: self._measure())
        self.method = QComboBox(self)
        for title, method in METHODS:
            self.method.addItem(self.speech.say(title), method)
        self.row(self.speech.say("Interpolation"), self.method)
        self.method.activated.connect(lambda _: self._follow())

    @property
    def dpi(self) -> tuple[float, float] | None:
        """As it was, unless another was chosen: a picture's own may differ across and down."""
        chosen = self.per_inch.value()
        if chosen == self._shown:
            return self._dpi
        return (chosen, chosen) if chosen > 0 else None

    def _check(self) -> None:
        super()._check()
        self._measure()

    def _measure(self) -> None:
        """How large it is in print."""
        dpi, scale = self.dpi, max(1, self.model_scale)
        if dpi is None:
            self.in_print.setText("—")
            return
        # A model makes it finer, not larger.
        sides = zip((self.size_px.width, self.size_px.height), dpi, strict=True)
        width, height = (side / (one * scale) * CM for side, one in sides)
        self.in_print.setText(f"{width:.1f} × {height:.1f} cm")

    @property
    def model_scale(self) -> int:
        """2 or 4 when a model is to enlarge it, else 0."""
        return {"model-2": 2, "model-4": 4}.get(self.method.currentData(), 0)

    def choose(self, method: str) -> None:
        """One of `METHODS`."""
        self.method.setCurrentIndex(self.method.findData(method))
        self._follow()

    def _follow(self) -> None:
        """A model makes just so many times as much."""
        scale = self.model_scale
        for control in (self.width_px, self.height_px, self.proportional):
            control.setEnabled(not scale)
        if scale:
            for number, side in ((self.width_px, self._old.width), (self.height_px, self._old.height)):
                blocked = QSignalBlocker(number)
                number.setValue(side * scale)
                blocked.unblock()
        self._check()


class AmountDialogue(QDialog):
    """One number of pixels."""

    def __init__(self, title: str, start_px: int, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(speech.say(title).rstrip("…"))
        form = QFormLayout(self)
        self.amount = spin_box(1, 500, " px")
        self.amount.setValue(start_px)
        self.amount.selectAll()
        self.amount.setAccessibleName(speech.say("By how much"))
        form.addRow(speech.say("By how much"), self.amount)
        buttons = QDialogButtonBox(self)
        buttons.addButton(speech.say("Apply"), QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(speech.say("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        form.addRow(buttons)
        self.setMinimumWidth(280)


def ask(dialogue: QDialog, then: Callable[[], object]) -> None:
    """Open it over its window; `then` is done when it is accepted, and it goes when it is closed."""
    dialogue.accepted.connect(lambda: then())
    dialogue.finished.connect(lambda _: dialogue.deleteLater())
    dialogue.open()
