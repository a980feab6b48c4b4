"""What the brush is like: which of the shelf, two colours, size, opacity, hardness."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QColorDialog,
    QHBoxLayout,
    QLabel,
    QSlider,
    QSpinBox,
    QToolButton,
    QWidget,
)

from gesso.operations.painting.brush import Brush
from gesso.ui.brush_editor import BrushEditor
from gesso.ui.brush_form import LARGEST_PX, bind_size
from gesso.ui.brush_picker import BrushPicker
from gesso.ui.brush_shelf import BrushShelf, KeptBrush
from gesso.ui.look import Look
from gesso.ui.option_bar import BAR_PX
from gesso.ui.speech import Speech, mark
from gesso.ui.widgets.controls import spin_box
from gesso.values import Colour

NAME_PX, ICON_PX, SLIDER_PX = 136, 34, 66
SPARE_PX = 3 * (SLIDER_PX + 8) + NAME_PX - ICON_PX
"""What the sliders beside the numbers and the name of the brush take, where there is room for them."""
BLACK, WHITE = Colour(0, 0, 0), Colour(1, 1, 1)


class Swatch(QAbstractButton):
    """A square of colour."""

    def __init__(self, look: Look, side_px: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._colour = look, QColor("black")
        self.setFixedSize(QSize(side_px, side_px))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        look.tell(self, self.update)

    def show_colour(self, colour: Colour) -> None:
        self._colour = QColor(colour.hex)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ring = "accent" if self.hasFocus() else "text" if self.underMouse() else "muted"
        painter.setPen(QPen(self._look.colour(ring), 2 if self.hasFocus() else 1))
        painter.setBrush(self._colour)
        painter.drawRoundedRect(QRect(self.rect()).adjusted(1, 1, -2, -2), 3, 3)


class BrushBar(QWidget):
    """A row above the canvas, shown with the brush and the eraser."""

    changed = Signal(object)
    """The brush is a different one now."""

    def __init__(self, look: Look, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look, self.speech = look, speech
        self.shelf = BrushShelf()
        self.kept: KeptBrush | None = None
        """The brush of the shelf that is in hand; it may have been changed since it was taken."""
        self._is_showing = False
        self.picker: BrushPicker | None = None
        self.editor: BrushEditor | None = None
        self.brush = Brush(size_px=24, hardness=0.6, opacity=1.0, flow=1.0)
        self.other = WHITE
        """The colour that waits behind the brush's own."""
        self.setMinimumHeight(BAR_PX)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(8)
        self.choice = QToolButton(self)
        self.choice.setAutoRaise(True)
        self.choice.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.choice.setIconSize(QSize(20, 20))
        self.choice.clicked.connect(self.show_picker)
        look.tell(self.choice, lambda: self.choice.setIcon(look.icon("brush", 20)))
        row.addWidget(self.choice)
        self.colour, self.second = Swatch(look, 24, self), Swatch(look, 18, self)
        self.colour.clicked.connect(self._ask_colour)
        self.second.clicked.connect(self.swap)
        row.addWidget(self.colour)
        row.addWidget(self.second)
        row.addSpacing(4)
        self.sliders: list[QSlider] = []
        self.size = self._slider(row, mark("Size"), 1, LARGEST_PX, 24, " px", lambda v: {"size_px": float(v)})
        self.opacity = self._slider(row, mark("Opacity"), 1, 100, 100, " %", lambda v: {"opacity": v / 100})
        self.hardness = self._slider(row, mark("Hardness"), 0, 100, 60, " %", lambda v: {"hardness": v / 100})
        row.addStretch(1)
        self._is_roomy = False
        self._arrange()
        speech.tell(self, self._say)
        self._show_colours()
        if self.shelf.last:
            self.choose(self.shelf.last)

    def _slider(
        self, row: QHBoxLayout, title: str, low: int, high: int, start: int, unit: str, part: Callable[[int], dict]
    ) -> QSpinBox:
        label, slider, number = QLabel(self), QSlider(Qt.Orientation.Horizontal, self), spin_box(low, high, unit)
        slider.setFixedWidth(SLIDER_PX)
        number.setFixedWidth(82)
        number.setValue(start)
        if high == LARGEST_PX:
            bind_size(slider, number)
        else:
            slider.setRange(low, high)
            slider.setValue(start)
            slider.valueChanged.connect(number.setValue)
            number.valueChanged.connect(slider.setValue)
        number.valueChanged.connect(lambda value: self._change(**part(value)))
        label.setBuddy(number)
        for widget in (label, slider, number):
            row.addWidget(widget)
        row.addSpacing(4)
        self.sliders.append(slider)

        def put() -> None:
            label.setText(self.speech.say(title))
            slider.setAccessibleName(self.speech.say(title))
            number.setAccessibleName(self.speech.say(title))

        self.speech.tell(label, put)
        return number

    def add(self, widget: QWidget) -> None:
        """Something more that belongs to painting, at the end of the row."""
        self.layout().addWidget(widget)

    def _fit(self) -> None:
        """A narrow window keeps the numbers and lets the sliders go."""
        roomy = self.width() >= self.minimumSizeHint().width() + SPARE_PX
        if roomy != self._is_roomy:
            self._is_roomy = roomy
            self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()
        super().resizeEvent(event)

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:  # in another language its words are longer or shorter
            self._fit()
        return done

    def _arrange(self) -> None:
        for slider in self.sliders:
            slider.setVisible(self._is_roomy)
        style = Qt.ToolButtonStyle
        self.choice.setToolButtonStyle(style.ToolButtonTextBesideIcon if self._is_roomy else style.ToolButtonIconOnly)
        self.choice.setFixedWidth(NAME_PX if self._is_roomy else ICON_PX)

    def minimumSizeHint(self) -> QSize:
        """Of the narrow row."""
        return super().minimumSizeHint() - QSize(SPARE_PX if self._is_roomy else 0, 0)

    def _change(self, **parts: object) -> None:
        if self._is_showing:
            return
        self.brush = replace(self.brush, **parts)
        if self.editor is not None and self.editor.isVisible():
            self.editor.show_brush(self.brush, self.kept)
        self.changed.emit(self.brush)

    # --- the shelf -----------------------------------------------------------------------------------------------

    def choose(self, id: str) -> None:
        """Take a brush of the shelf in hand; the colours stay. Raises KeyError."""
        kept = self.shelf.brushes[id]
        self.kept = kept
        self._take(kept.brush)
        self.shelf.used(id)

    def _take(self, brush: Brush) -> None:
        self.brush = replace(brush, colour=self.brush.colour, eraser=False)
        self._show_numbers()
        if self.editor is not None:
            self.editor.show_brush(self.brush, self.kept)
        self._show_name()
        self.changed.emit(self.brush)

    def _show_numbers(self) -> None:
        """What the brush says, without its being said back."""
        brush, self._is_showing = self.brush, True
        self.size.setValue(round(brush.size_px))
        self.opacity.setValue(round(100 * brush.opacity))
        self.hardness.setValue(round(100 * brush.hardness))
        self._is_showing = False

    def show_picker(self) -> None:
        """All brushes, below the bar's first button."""
        if self.picker is None:
            self.picker = BrushPicker(self.shelf, self.look, self.speech, self)
            self.picker.chosen.connect(self.choose)
            self.picker.edit_asked.connect(self.show_editor)
        self.picker.open_below(self.choice, self.kept.id if self.kept else "")

    def show_editor(self) -> None:
        """The brush in hand, with all its parts."""
        if self.editor is None:
            self.editor = BrushEditor(self.shelf, self.look, self.speech, self.window())
            self.editor.changed.connect(self._edited)
            self.editor.kept.connect(self._kept_by_editor)
            self.editor.deleted.connect(lambda id: self._kept_by_editor(""))
        self.editor.show_brush(self.brush, self.kept)
        if self.editor.isVisible():
            self.editor.raise_()
        self.editor.show()

    def _edited(self, brush: Brush) -> None:
        self.brush = brush
        self._show_numbers()
        self.changed.emit(brush)

    def _kept_by_editor(self, id: str) -> None:
        self.kept = self.shelf.brushes.get(id)
        if self.kept is not None:
            self.shelf.used(id)
        self._show_name()
        if self.picker is not None:
            self.picker.refresh()

    def _show_name(self) -> None:
        say = self.speech.say
        name = self.kept.name(self.speech.language) if self.kept else say("Round brush")
        self.choice.setText(self.choice.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, NAME_PX - 48))
        self.choice.setToolTip(f"{say('Choose a brush')}\n{name}")
        self.choice.setAccessibleName(f"{say('Choose a brush')}, {name}")

    def resize_brush(self, step: int) -> None:
        """One notch larger or smaller, as the bracket keys ask."""
        now = self.size.value()
        self.size.setValue(now + step * max(1, now // 8))

    def harden(self, step: int) -> None:
        """A tenth harder or softer, as Shift and the bracket keys ask."""
        self.hardness.setValue(self.hardness.value() + 10 * step)

    # --- colours -------------------------------------------------------------------------------------------------

    def _ask_colour(self) -> None:
        now = QColor.fromRgbF(self.brush.colour.red, self.brush.colour.green, self.brush.colour.blue)
        found = QColorDialog.getColor(now, self, self.speech.say("Colour"))
        if found.isValid():
            self.set_colour(Colour(found.redF(), found.greenF(), found.blueF()))

    def set_colour(self, colour: Colour) -> None:
        self._change(colour=colour)
        self._show_colours()

    def swap(self) -> None:
        """The colour that waited comes to the front."""
        self.other, front = self.brush.colour, self.other
        self.set_colour(front)

    def reset(self) -> None:
        """Black before white."""
        self.other = WHITE
        self.set_colour(BLACK)

    def _show_colours(self) -> None:
        self.colour.show_colour(self.brush.colour)
        self.second.show_colour(self.other)

    def _say(self) -> None:
        say = self.speech.say
        self._show_name()
        self.colour.setAccessibleName(say("Colour"))
        self.colour.setToolTip(f"{say('Colour')}\n{say('Alt and a click on the canvas takes one up.')}")
        self.second.setAccessibleName(say("Swap colours"))
        self.second.setToolTip(f"{say('Swap colours')}  X")
