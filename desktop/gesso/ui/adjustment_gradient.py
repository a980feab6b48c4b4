"""The colours of a gradient map on a bar: stops are added, dragged, coloured and taken away."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QLinearGradient, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import (
    QColorDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gesso.documents.painting.adjustments import Gradient
from gesso.ui.look import Look
from gesso.ui.speech import Speech, mark
from gesso.ui.widgets.controls import button, icon_button, spin_box

Stop = tuple[float, float, float, float]
Stops = tuple[Stop, ...]
BAR_PX, HANDLE_PX, MARGIN_PX = 26, 16, 9
GRAB_PX = 9
AWAY_PX = 34
LEAST_APART = 1 / 255


class GradientBar(QWidget):
    """The bar. With keys: left and right choose a stop, with Ctrl they move it, Insert adds one, Delete takes it away."""

    moved = Signal(object)
    chosen_changed = Signal()
    colour_asked = Signal()
    """A stop was double-clicked, or Enter pressed on it."""

    def __init__(self, setting: Gradient, look: Look, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._setting, self._look, self._speech = setting, look, speech
        self.stops: Stops = setting.default
        self.chosen = 0
        self._dragged = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        speech.tell(self, self._say)
        look.tell(self, self.update)

    def sizeHint(self) -> QSize:
        return QSize(240, BAR_PX + HANDLE_PX + 4)

    def minimumSizeHint(self) -> QSize:
        return QSize(140, BAR_PX + HANDLE_PX + 4)

    def _say(self) -> None:
        say = self._speech.say
        place, *colour = self.stops[self.chosen]
        self.setAccessibleName(say("Gradient"))
        self.setAccessibleDescription(
            say("Colour {number} of {count}, {name}, at {percent} %", number=self.chosen + 1, count=len(self.stops),
                name=QColor.fromRgbF(*colour).name(), percent=round(place * 100))
        )  # fmt: skip
        self.setToolTip(say("Click below the bar to add a colour, drag one away to remove it."))

    @property
    def frame(self) -> QRectF:
        return QRectF(MARGIN_PX, 2, self.width() - 2 * MARGIN_PX, BAR_PX)

    def x_of(self, stop: int) -> float:
        return self.frame.left() + self.stops[stop][0] * self.frame.width()

    def show_value(self, stops: Stops) -> None:
        self.stops = stops
        self.chosen = min(self.chosen, len(stops) - 1)
        self._say()
        self.update()
        self.chosen_changed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = self.frame
        gradient = QLinearGradient(frame.topLeft(), frame.topRight())
        for place, *colour in self.stops:
            gradient.setColorAt(place, QColor.fromRgbF(*colour))
        painter.fillRect(frame, gradient)
        painter.setPen(QPen(self._look.colour("line"), 1))
        painter.drawRect(frame)
        for number, (_, *colour) in enumerate(self.stops):
            x, top = self.x_of(number), frame.bottom() + 1
            is_chosen = number == self.chosen
            painter.setPen(QPen(self._look.colour("accent" if is_chosen else "text"), 2 if is_chosen else 1))
            painter.setBrush(QColor.fromRgbF(*colour))
            painter.drawPolygon(
                QPolygonF([
                    QPointF(x, top), QPointF(x + 6, top + 6), QPointF(x + 6, top + 14), QPointF(x - 6, top + 14),
                    QPointF(x - 6, top + 6),
                ])
            )  # fmt: skip

    # --- hands ---------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        x = event.position().x()
        nearest = min(range(len(self.stops)), key=lambda number: abs(self.x_of(number) - x))
        if abs(self.x_of(nearest) - x) <= GRAB_PX:
            self.choose(nearest)
        elif not self.add((x - self.frame.left()) / self.frame.width()):
            return
        self._dragged = True

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self._dragged:
            return
        if not -AWAY_PX < event.position().y() < self.height() + AWAY_PX and self.remove():
            self._dragged = False
            return
        self._move((event.position().x() - self.frame.left()) / self.frame.width())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragged = False

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._dragged = False
        self.colour_asked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, ctrl = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        across = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(key, 0)
        if across and ctrl:
            self._move(self.stops[self.chosen][0] + across / 100)
        elif across:
            self.choose((self.chosen + across) % len(self.stops))
        elif key in (Qt.Key.Key_Insert, Qt.Key.Key_Plus):
            self.add_between()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Minus):
            self.remove()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.colour_asked.emit()
        else:
            super().keyPressEvent(event)

    def choose(self, number: int) -> None:
        self.chosen = number
        self._say()
        self.update()
        self.chosen_changed.emit()

    def _tell(self, stops: Stops) -> None:
        self.show_value(stops)
        self.moved.emit(stops)

    def _move(self, place: float) -> None:
        """A stop stays between its neighbours."""
        stops, number = self.stops, self.chosen
        low = stops[number - 1][0] + LEAST_APART if number else 0.0
        high = stops[number + 1][0] - LEAST_APART if number < len(stops) - 1 else 1.0
        place = min(high, max(low, place))
        if place != stops[number][0]:
            self._tell((*stops[:number], (place, *stops[number][1:]), *stops[number + 1 :]))

    def place(self, place: float) -> None:
        """The chosen stop at a place of the bar."""
        self._move(place)

    def add_between(self) -> bool:
        """A stop halfway to the next one."""
        low = max(0, min(self.chosen, len(self.stops) - 2))
        high = self.stops[low + 1][0] if len(self.stops) > 1 else 1.0
        return self.add((self.stops[low][0] + high) / 2)

    def add(self, place: float) -> bool:
        """A stop of the colour that is there."""
        if (
            not 0 <= place <= 1
            or len(self.stops) >= self._setting.most
            or any(abs(stop[0] - place) < LEAST_APART for stop in self.stops)
        ):
            return False
        places = [stop[0] for stop in self.stops]
        red, green, blue = (float(np.interp(place, places, [stop[c] for stop in self.stops])) for c in (1, 2, 3))
        self.chosen = sum(at < place for at in places)
        self._tell((*self.stops[: self.chosen], (place, red, green, blue), *self.stops[self.chosen :]))
        return True

    def remove(self) -> bool:
        """One colour always stays."""
        if len(self.stops) <= 1:
            return False
        stops = (*self.stops[: self.chosen], *self.stops[self.chosen + 1 :])
        self.chosen = max(0, self.chosen - 1)
        self._tell(stops)
        return True

    def paint_stop(self, colour: QColor) -> None:
        """Give the chosen stop another colour."""
        stop = (self.stops[self.chosen][0], colour.redF(), colour.greenF(), colour.blueF())
        self._tell((*self.stops[: self.chosen], stop, *self.stops[self.chosen + 1 :]))


class GradientEditor(QWidget):
    """The bar, and below it the place and the colour of the chosen stop."""

    moved = Signal(object)

    def __init__(self, setting: Gradient, look: Look, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speech = speech
        self.bar = GradientBar(setting, look, speech, self)
        self.colour: QPushButton = button(speech, mark("Colour…"))
        self.place = spin_box(0, 100, " %")
        self.more: QToolButton = icon_button(look, speech, "plus", mark("Add a colour"))
        self.less: QToolButton = icon_button(look, speech, "trash", mark("Remove this colour"))
        self.caption = QLabel(self)
        self.caption.setBuddy(self.place)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.bar)
        row = QHBoxLayout()
        row.setSpacing(4)
        for part in (self.colour, self.caption, self.place):
            row.addWidget(part)
        self.place.setMinimumWidth(60)
        self.place.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        row.setStretchFactor(self.place, 1)
        row.addWidget(self.more)
        row.addWidget(self.less)
        column.addLayout(row)
        speech.tell(self, self._say)
        self.bar.moved.connect(self.moved.emit)
        self.bar.chosen_changed.connect(self._show_chosen)
        self.bar.colour_asked.connect(self.ask_colour)
        self.colour.clicked.connect(self.ask_colour)
        self.place.valueChanged.connect(lambda percent: self.bar.place(percent / 100))
        self.more.clicked.connect(lambda: self.bar.add_between())
        self.less.clicked.connect(lambda: self.bar.remove())
        self._show_chosen()

    def _say(self) -> None:
        self.caption.setText(self._speech.say("Place"))
        self.place.setAccessibleName(self._speech.say("Place"))

    def _show_chosen(self) -> None:
        self.place.blockSignals(True)
        self.place.setValue(round(self.bar.stops[self.bar.chosen][0] * 100))
        self.place.blockSignals(False)
        self.less.setEnabled(len(self.bar.stops) > 1)

    def show_value(self, stops: Stops) -> None:
        self.bar.show_value(stops)

    def ask_colour(self) -> None:
        """Choose a colour for the stop; it is seen in the picture while one chooses."""
        before = QColor.fromRgbF(*self.bar.stops[self.bar.chosen][1:])
        dialogue = QColorDialog(before, self)
        dialogue.setOption(QColorDialog.ColorDialogOption.DontUseNativeDialog)
        dialogue.setWindowTitle(self._speech.say("Colour of the gradient"))
        dialogue.currentColorChanged.connect(self.bar.paint_stop)
        dialogue.rejected.connect(lambda: self.bar.paint_stop(before))
        dialogue.finished.connect(dialogue.deleteLater)
        dialogue.open()
