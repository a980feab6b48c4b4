"""A curve to pull into shape: how strongly a part of the brush answers to the pen."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from gesso.operations.painting.brush import LINEAR, Curve
from gesso.operations.painting.brush.curve import MOST_POINTS
from gesso.ui.look import Look
from gesso.ui.speech import Speech

MARGIN_PX, REACH_PX = 10, 12
LEAST_GAP = 0.02
STEP = 0.05


class CurveEdit(QWidget):
    """Points that are dragged; a double click adds one, Delete takes one away."""

    changed = Signal(object)
    """A `Curve`."""

    def __init__(self, look: Look, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self.curve = look, LINEAR
        self.at = 0
        """The point that keys move."""
        self._is_dragging = False
        self.setMinimumSize(180, 140)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        look.tell(self, self.update)
        speech.tell(self, lambda: self.setAccessibleName(speech.say("Curve")))
        speech.tell(
            self,
            lambda: self.setAccessibleDescription(
                speech.say("Space goes to the next point, arrows move it, Insert adds one and Delete takes it away.")
            ),
        )
        speech.tell(
            self,
            lambda: self.setToolTip(speech.say("Drag the points. A double click adds one, Delete takes it away.")),
        )

    def sizeHint(self) -> QSize:
        return QSize(220, 160)

    def show_curve(self, curve: Curve) -> None:
        self.curve, self.at = curve, min(self.at, len(curve.points) - 1)
        self.update()

    def _put(self, points: list[tuple[float, float]]) -> None:
        try:
            self.curve = Curve(tuple(points))
        except ValueError:
            return
        self.update()
        self.changed.emit(self.curve)

    def move_point(self, at: int, x: float, y: float) -> None:
        """Between its neighbours; the ends keep their sides."""
        points = list(self.curve.points)
        low = points[at - 1][0] + LEAST_GAP if at else 0.0
        high = points[at + 1][0] - LEAST_GAP if at + 1 < len(points) else 1.0
        if at in (0, len(points) - 1):
            low = high = points[at][0]
        points[at] = (min(high, max(low, x)), min(1.0, max(0.0, y)))
        self._put(points)

    def add_point(self, x: float, y: float) -> None:
        points = list(self.curve.points)
        if len(points) < MOST_POINTS and all(abs(x - known) >= LEAST_GAP for known, _ in points) and 0 < x < 1:
            points.append((x, min(1.0, max(0.0, y))))
            points.sort()
            self.at = points.index((x, min(1.0, max(0.0, y))))
            self._put(points)

    def remove_point(self, at: int) -> None:
        """The ends stay."""
        if 0 < at < len(self.curve.points) - 1:
            points = list(self.curve.points)
            del points[at]
            self.at = at - 1
            self._put(points)

    # --- places --------------------------------------------------------------------------------------------------

    @property
    def _field(self) -> QRectF:
        return QRectF(self.rect()).adjusted(MARGIN_PX, MARGIN_PX, -MARGIN_PX, -MARGIN_PX)

    def place(self, x: float, y: float) -> QPointF:
        """Where a point of the curve lies in the widget."""
        field = self._field
        return QPointF(field.left() + x * field.width(), field.bottom() - y * field.height())

    def _value(self, at: QPointF) -> tuple[float, float]:
        field = self._field
        return (at.x() - field.left()) / field.width(), (field.bottom() - at.y()) / field.height()

    def _near(self, at: QPointF) -> int | None:
        found = [((self.place(x, y) - at).manhattanLength(), number) for number, (x, y) in enumerate(self.curve.points)]
        away, number = min(found)
        return number if away <= REACH_PX else None

    # --- hands ---------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        near = self._near(event.position())
        if near is not None:
            self.at, self._is_dragging = near, event.button() == Qt.MouseButton.LeftButton
            if event.button() == Qt.MouseButton.RightButton:
                self.remove_point(near)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._is_dragging:
            self.move_point(self.at, *self._value(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._is_dragging = False

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._near(event.position()) is None:
            self.add_point(*self._value(event.position()))
            self._is_dragging = True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, (x, y) = event.key(), self.curve.points[self.at]
        steps = {
            Qt.Key.Key_Left: (-STEP, 0.0), Qt.Key.Key_Right: (STEP, 0.0), Qt.Key.Key_Up: (0.0, STEP),
            Qt.Key.Key_Down: (0.0, -STEP),
        }  # fmt: skip
        if key in steps:
            self.move_point(self.at, x + steps[Qt.Key(key)][0], y + steps[Qt.Key(key)][1])
        elif key == Qt.Key.Key_Space:
            self.at = (self.at + 1) % len(self.curve.points)
            self.update()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_point(self.at)
        elif key == Qt.Key.Key_Insert:
            at = min(self.at, len(self.curve.points) - 2)
            middle = (self.curve.points[at][0] + self.curve.points[at + 1][0]) / 2
            self.add_point(middle, self.curve(middle))
        else:
            super().keyPressEvent(event)

    # --- drawing -------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, look, field = QPainter(self), self._look, self._field
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(field, look.colour("window"))
        painter.setPen(QPen(look.colour("line"), 1))
        for part in range(5):
            painter.drawLine(self.place(part / 4, 0), self.place(part / 4, 1))
            painter.drawLine(self.place(0, part / 4), self.place(1, part / 4))
        painter.setPen(QPen(look.colour("text"), 2))
        painter.drawPolyline(QPolygonF([self.place(x / 64, self.curve(x / 64)) for x in range(65)]))
        for number, (x, y) in enumerate(self.curve.points):
            is_at = number == self.at and self.hasFocus()
            painter.setBrush(look.colour("accent" if is_at else "raised"))
            painter.drawEllipse(self.place(x, y), 5, 5)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(look.colour("accent"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
