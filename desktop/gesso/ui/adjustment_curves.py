"""The curve of an adjustment, drawn over the histogram of what lies below: points are added, dragged and taken away."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from gesso.documents.painting.adjustments import Curve
from gesso.documents.painting.adjustments.tables import curve
from gesso.ui.look import Look
from gesso.ui.speech import Speech

Points = tuple[tuple[float, float], ...]
GRAB_PX = 11
AWAY_PX = 28
"""A point dragged this far out of the frame is taken away."""
MARGIN_PX = 7
STEP, FINE = 1 / 64, 1 / 255
CHANNEL_COLOURS = {"all": "text", "red": "#e5594d", "green": "#4caf58", "blue": "#5a8be8"}


def channel_colour(look: Look, channel: str) -> QColor:
    """Red, green and blue as themselves, everything else in the colour of the text."""
    name = CHANNEL_COLOURS.get(channel, "text")
    return QColor(name) if name.startswith("#") else look.colour(name)


def draw_histogram(painter: QPainter, frame: QRectF, counts: np.ndarray | None, colour: QColor) -> None:
    """Bars by the root of their counts, so that a few bright pixels are seen beside a large dark ground."""
    if counts is None or not counts.any():
        return
    heights = np.sqrt(counts / counts.max())
    shape = QPolygonF([QPointF(frame.left(), frame.bottom())])
    for place, height in enumerate(heights):
        x = frame.left() + frame.width() * place / (len(heights) - 1)
        shape.append(QPointF(x, frame.bottom() - height * frame.height()))
    shape.append(QPointF(frame.right(), frame.bottom()))
    soft = QColor(colour)
    soft.setAlpha(60)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(soft)
    painter.drawPolygon(shape)
    painter.setBrush(Qt.BrushStyle.NoBrush)


class CurveGraph(QWidget):
    """One curve. With keys: left and right choose a point, arrows with Ctrl move it, Insert adds one, Delete takes it away."""

    moved = Signal(object)
    """The points, as the artist wants them."""

    def __init__(self, setting: Curve, look: Look, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._setting, self._look, self._speech = setting, look, speech
        self._points: Points = setting.default
        self._chosen = 0
        self._dragged = False
        self.counts: np.ndarray | None = None
        """(bins,) of this channel's histogram."""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        speech.tell(self, self._say)
        look.tell(self, self.update)

    def sizeHint(self) -> QSize:
        return QSize(240, 190)

    def minimumSizeHint(self) -> QSize:
        return QSize(140, 190)

    @property
    def points(self) -> Points:
        return self._points

    def show_value(self, points: Points) -> None:
        self._points = points
        self._chosen = min(self._chosen, len(points) - 1)
        self._say()
        self.update()

    def _say(self) -> None:
        say = self._speech.say
        x, y = self._points[self._chosen]
        self.setAccessibleName(say("Curve of {channel}", channel=say(self._setting.title)))
        self.setAccessibleDescription(
            say("Point {number} of {count}: {x} becomes {y}", number=self._chosen + 1, count=len(self._points),
                x=round(x * 255), y=round(y * 255))
        )  # fmt: skip
        self.setToolTip(
            say(
                "Click to add a point, drag it, and drag it away to remove it. Ctrl with the arrow keys moves it as well."
            )
        )

    # --- drawing -------------------------------------------------------------------------------------------------

    @property
    def frame(self) -> QRectF:
        return QRectF(self.rect()).adjusted(MARGIN_PX, MARGIN_PX, -MARGIN_PX, -MARGIN_PX)

    def place_of(self, point: tuple[float, float]) -> QPointF:
        frame = self.frame
        return QPointF(frame.left() + point[0] * frame.width(), frame.bottom() - point[1] * frame.height())

    def _point_at(self, place: QPointF) -> tuple[float, float]:
        frame = self.frame
        x, y = (place.x() - frame.left()) / frame.width(), (frame.bottom() - place.y()) / frame.height()
        return min(1.0, max(0.0, x)), min(1.0, max(0.0, y))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        look, frame = self._look, self.frame
        colour = channel_colour(look, self._setting.name)
        painter.fillRect(frame, look.colour("window"))
        draw_histogram(painter, frame, self.counts, colour)
        painter.setPen(QPen(look.colour("line"), 1))
        for part in (0.25, 0.5, 0.75):
            painter.drawLine(self.place_of((part, 0)), self.place_of((part, 1)))
            painter.drawLine(self.place_of((0, part)), self.place_of((1, part)))
        painter.drawLine(self.place_of((0, 0)), self.place_of((1, 1)))
        painter.drawRect(frame)
        at = np.linspace(0, 1, max(2, round(frame.width())))
        line = curve(self._points, at)
        painter.setPen(QPen(colour, 1.75))
        painter.drawPolyline(QPolygonF([self.place_of((float(x), float(y))) for x, y in zip(at, line, strict=True)]))
        for number, point in enumerate(self._points):
            chosen = number == self._chosen and self.hasFocus()
            painter.setBrush(look.colour("accent") if chosen else look.colour("panel"))
            painter.drawEllipse(self.place_of(point), 4.5, 4.5)

    # --- hands ---------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        place = event.position()
        apart = [(self.place_of(point) - place).manhattanLength() for point in self._points]
        nearest = int(np.argmin(apart))
        if apart[nearest] <= GRAB_PX:
            self._chosen = nearest
        elif not self._add(self._point_at(place)):
            return
        self._dragged = True
        self._say()
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self._dragged:
            return
        place, away = event.position(), self.frame.adjusted(-AWAY_PX, -AWAY_PX, AWAY_PX, AWAY_PX)
        if not away.contains(place) and self._remove():
            self._dragged = False
            return
        self._move(self._point_at(place))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragged = False

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._remove()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, ctrl = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        x, y = self._points[self._chosen]
        step = FINE if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else STEP
        across = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(key, 0)
        up = {Qt.Key.Key_Down: -1, Qt.Key.Key_Up: 1}.get(key, 0)
        if (across or up) and (ctrl or up):
            self._move((x + across * step, y + up * step))
        elif across:
            self._chosen = (self._chosen + across) % len(self._points)
            self._say()
            self.update()
        elif key in (Qt.Key.Key_Insert, Qt.Key.Key_Plus):
            low = min(self._chosen, len(self._points) - 2)
            at = (self._points[low][0] + self._points[low + 1][0]) / 2
            self._add((at, float(curve(self._points, np.array([at]))[0])))
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Minus):
            self._remove()
        else:
            super().keyPressEvent(event)

    def _tell(self, points: Points) -> None:
        self._points = points
        self._say()
        self.update()
        self.moved.emit(points)

    def _move(self, to: tuple[float, float]) -> None:
        """A point stays between its neighbours."""
        points, number = self._points, self._chosen
        low = points[number - 1][0] + FINE if number else 0.0
        high = points[number + 1][0] - FINE if number < len(points) - 1 else 1.0
        moved = (min(high, max(low, to[0])), min(1.0, max(0.0, to[1])))
        if moved != points[number]:
            self._tell((*points[:number], moved, *points[number + 1 :]))

    def _add(self, point: tuple[float, float]) -> bool:
        points = self._points
        if len(points) >= self._setting.most or any(abs(point[0] - x) < FINE for x, _ in points):
            return False
        self._chosen = sum(x < point[0] for x, _ in points)
        self._tell(tuple(sorted((*points, point))))
        return True

    def _remove(self) -> bool:
        """Two points always stay."""
        if len(self._points) <= 2:
            return False
        points = (*self._points[: self._chosen], *self._points[self._chosen + 1 :])
        self._chosen = max(0, self._chosen - 1)
        self._tell(points)
        return True
