"""The pane over the canvas on which a place is pointed at and its heat is seen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

from gesso.documents.painting import composite
from gesso.tools.why import Why
from gesso.ui.canvas import CanvasView
from gesso.ui.canvas.pyramid import image_of
from gesso.ui.look import Look
from gesso.ui.speech import Speech
from gesso.ui.why.heat import coloured
from gesso.ui.why.legend import Legend, draw_cross, draw_frame
from gesso.values import Box

SMALL_PX = 110
"""A part that is seen smaller than this is shown again, larger, in the legend."""
ARM_PX = 9
ARROWS = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
}  # fmt: skip


class WhyOverlay(QWidget):
    """A press asks, arrows move the cross, Enter asks, Esc closes; the wheel and other buttons are the canvas's."""

    asked = Signal(object)
    """A place of the painting, as (x, y)."""
    close_asked = Signal()

    def __init__(self, canvas: CanvasView, look: Look, speech: Speech) -> None:
        super().__init__(canvas)
        self._canvas, self._look = canvas, look
        self.point: tuple[float, float] | None = None
        self.why: Why | None = None
        self._heat = QImage()
        self.legend = Legend(look, speech, self)
        self.legend.close_asked.connect(self.close_asked)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.legend.setCursor(Qt.CursorShape.ArrowCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        canvas.installEventFilter(self)
        speech.tell(self, lambda: self.setAccessibleName(speech.say("Why? A place to point at")))
        self.hide()

    def begin(self) -> None:
        """Ask the artist to point; the cross waits in the middle of what is seen."""
        painting = self._canvas.painting
        if painting is None:
            return
        middle = self._canvas.to_image(QPointF(self._canvas.width() / 2, self._canvas.height() / 2))
        self.point = self._inside(middle)
        self.clear()
        self.legend.ask()
        self._cover()
        self.show()
        self.raise_()
        self.legend.show()
        self.legend.fit()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def clear(self) -> None:
        self.why, self._heat = None, QImage()
        self.legend.show_inset(None)
        self.update()

    def put(self, why: Why, is_done: bool) -> None:
        """An answer, or a coarser one while a finer is looked for."""
        self.why, self._heat = why, coloured(why.heat)
        self.legend.put(why, is_done)
        painting = self._canvas.painting
        seen = self._place(why.box)
        is_small = max(seen.width(), seen.height()) < SMALL_PX
        self.legend.show_inset(image_of(composite(painting, why.box)) if painting is not None and is_small else None)
        self.update()

    def _inside(self, at: QPointF) -> tuple[float, float]:
        size = self._canvas.painting.size if self._canvas.painting is not None else None
        if size is None:
            return at.x(), at.y()
        return min(max(0.0, at.x()), size.width - 1e-3), min(max(0.0, at.y()), size.height - 1e-3)

    # --- drawing -------------------------------------------------------------------------------------------------

    @property
    def _to_view(self) -> QTransform:
        """From the painting to this widget, however it is turned and mirrored."""
        origin, x, y = (self._canvas.from_image(QPointF(*at)) for at in ((0, 0), (100, 0), (0, 100)))
        along, down = (x - origin) / 100, (y - origin) / 100
        return QTransform(along.x(), along.y(), down.x(), down.y(), origin.x(), origin.y())

    def _place(self, box: Box) -> QRectF:
        return self._to_view.mapRect(QRectF(box.x, box.y, box.width, box.height))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, to_view = QPainter(self), self._to_view
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.why is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.setTransform(to_view)
            box = self.why.box
            painter.drawImage(QRectF(box.x, box.y, box.width, box.height), self._heat)
            painter.resetTransform()
            if self.why.reach is not None:
                reach = self.why.reach
                frame = QRectF(reach.x, reach.y, reach.width, reach.height)
                draw_frame(painter, to_view.map(QPolygonF(frame)))
        if self.point is not None:
            draw_cross(painter, to_view.map(QPointF(*self.point)), ARM_PX)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._look.colour("accent"), 2))
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))

    # --- hands ---------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._cover()
        return False

    def _cover(self) -> None:
        self.setGeometry(self._canvas.rect())
        self.legend.fit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        place = self._canvas.to_image(event.position())
        if self._inside(place) == (place.x(), place.y()):
            self.ask(place)

    def wheelEvent(self, event: QWheelEvent) -> None:
        QApplication.sendEvent(self._canvas, event)  # which lies at the very same place

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        event.setAccepted(bool(event.buttons() & Qt.MouseButton.LeftButton))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.setAccepted(event.button() == Qt.MouseButton.LeftButton)

    def ask(self, place: QPointF) -> None:
        """About a place of the painting."""
        self.point = self._inside(place)
        self.clear()
        self.asked.emit(self.point)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.close_asked.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.point is not None:
            self.ask(QPointF(*self.point))
        elif key in ARROWS and self.point is not None:
            far = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            x, y = ARROWS[Qt.Key(key)]
            self.point = self._inside(QPointF(self.point[0] + x * far, self.point[1] + y * far))
            self.update()
        else:
            event.ignore()
