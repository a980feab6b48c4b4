"""Takes a colour up from the canvas while Alt is held with the brush."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QCursor, QKeyEvent, QMouseEvent, QTabletEvent

from gesso.documents.painting import composite
from gesso.ui.canvas import CanvasView
from gesso.values import Box, Colour

KEY = Qt.KeyboardModifier.AltModifier


class Eyedropper(QObject):
    """Stands before the canvas: with Alt, pointer and pen take up a colour instead of painting."""

    taken = Signal(object)
    """A `Colour` of the picture as it is seen, without its preview."""

    def __init__(self, canvas: CanvasView, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._is_down = False
        self._cursor: QCursor | None = None
        canvas.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Alt:
            self._show_cursor(kind == QEvent.Type.KeyPress)
        elif kind in (QEvent.Type.FocusOut, QEvent.Type.Leave):
            self._show_cursor(False)
        elif isinstance(event, (QMouseEvent, QTabletEvent)):
            return self._touch(event)
        return False

    @property
    def _is_wanted(self) -> bool:
        """Whether the hand in use leaves Alt to it."""
        return self._canvas.hand.has_ring and self._canvas.hand.takes_colour

    def _touch(self, event: QMouseEvent | QTabletEvent) -> bool:
        """Whether it was for the eyedropper."""
        kind, left = event.type(), Qt.MouseButton.LeftButton
        pressed = kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick, QEvent.Type.TabletPress)
        if pressed and event.button() == left and event.modifiers() & KEY and self._is_wanted:
            self._is_down = True
        if not self._is_down:
            return False
        event.accept()
        self._take(event.position())
        if kind in (QEvent.Type.MouseButtonRelease, QEvent.Type.TabletRelease) and event.button() == left:
            self._is_down = False
        return True

    def _take(self, at: QPointF) -> None:
        painting, place = self._canvas.painting, self._canvas.to_image(at)
        if painting is None:
            return
        box = Box(int(place.x() // 1), int(place.y() // 1), 1, 1).clip(painting.size)
        if box.is_empty:
            return
        red, green, blue, alpha = (float(part) for part in composite(painting, box)[0, 0])
        if alpha > 0:
            top = 65535 if painting.depth == 16 else 255
            self.taken.emit(Colour(red / top, green / top, blue / top))

    def _show_cursor(self, held: bool) -> None:
        if held and self._cursor is None and self._is_wanted:
            self._cursor = self._canvas.cursor()
            self._canvas.setCursor(Qt.CursorShape.CrossCursor)
        elif not held and self._cursor is not None:
            self._canvas.setCursor(self._cursor)
            self._cursor = None
