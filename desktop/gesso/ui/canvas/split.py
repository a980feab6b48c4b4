"""The line between before and after: dragged with a pointer, moved with arrow keys, read out as a slider."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSlider, QWidget

from gesso.ui.look import Look
from gesso.ui.speech import Speech

STEPS = 1000
WIDTH_PX = 34
KNOB_PX = 13


class SplitHandle(QSlider):
    """Stands on the line over the canvas."""

    dragged = Signal(float)
    """To this place in the canvas, in its own pixels."""

    def __init__(self, look: Look, speech: Speech, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._look = look
        self._grip: float | None = None
        self.setRange(0, STEPS)
        self.setSingleStep(STEPS // 100)
        self.setPageStep(STEPS // 10)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        speech.tell(self, lambda: self.setAccessibleName(speech.say("Before and after")))
        speech.tell(
            self,
            lambda: self.setToolTip(
                speech.say("Left of the line is the painting, right of it the proposal. Drag, or use ← and →.")
            ),
        )
        self.hide()

    def stand(self, x: float, height: int) -> None:
        """Move over the line at `x`."""
        self.setGeometry(round(x) - WIDTH_PX // 2, 0, WIDTH_PX, height)

    def sizeHint(self) -> QSize:
        return QSize(WIDTH_PX, 200)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, height = WIDTH_PX / 2, float(self.height())
        painter.fillRect(QRectF(middle - 1.5, 0, 3, height), QColor(0, 0, 0, 90))
        painter.fillRect(QRectF(middle - 0.5, 0, 1, height), QColor(255, 255, 255))
        centre = QPointF(middle, height / 2)
        lit = self.underMouse() or self._grip is not None or self.hasFocus()
        painter.setPen(QPen(QColor(0, 0, 0, 90), 3))
        painter.setBrush(self._look.colour("accent") if lit else QColor(250, 250, 250))
        painter.drawEllipse(centre, KNOB_PX, KNOB_PX)
        painter.setPen(QPen(QColor(255, 255, 255), 1.5))
        painter.drawEllipse(centre, KNOB_PX - 0.5, KNOB_PX - 0.5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.colour("accent_text") if lit else QColor(40, 40, 40))
        for side in (-1, 1):
            tip = centre + QPointF(side * 8, 0)
            painter.drawPolygon(QPolygonF([tip, tip + QPointF(-side * 5, -4.5), tip + QPointF(-side * 5, 4.5)]))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._grip = event.position().x() - WIDTH_PX / 2
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grip is not None:
            self.dragged.emit(self.mapToParent(event.position()).x() - self._grip)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grip = None
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (
            Qt.Key.Key_Left,
            Qt.Key.Key_Right,
            Qt.Key.Key_Home,
            Qt.Key.Key_End,
            Qt.Key.Key_PageUp,
            Qt.Key.Key_PageDown,
        ):
            super().keyPressEvent(event)
        else:
            event.ignore()  # the canvas's own keys go on working

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Enter, QEvent.Type.Leave):
            self.update()
        if event.type() in (QEvent.Type.Wheel, QEvent.Type.NativeGesture):
            event.ignore()
            return False
        return super().event(event)
