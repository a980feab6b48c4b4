"""Mouse, pen, touch pad and keys of the canvas, told apart and handed on as gestures."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import (
    QEnterEvent,
    QFocusEvent,
    QInputMethodEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPointingDevice,
    QTabletEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QGestureEvent, QPinchGesture, QWidget

from gesso.ui.canvas.hands import Begin, Pan, Spin, Touch

if TYPE_CHECKING:
    from gesso.ui.canvas.view import CanvasView

NOTCH = 120
"""What one notch of a wheel counts in Qt."""
NOTCH_ZOOM = 1.2
STEP_PX = 48
"""An arrow key moves the picture this far."""
LOOSE_DEGREES = 12.0
"""Two fingers that zoom turn a little, too; the view follows only beyond this."""
SECOND_DIGIT_MS = 700
PEN_S = 0.3
"""For so long after the pen, mouse events are its echo."""


class Input:
    """The half of `CanvasView` that listens."""

    def _begin_input(self) -> None:
        self._pen_is_down = False
        self._pen_seen = float("-inf")
        self._button = Qt.MouseButton.NoButton
        self._space = False
        self._by_key = False
        self._digit: tuple[int | None, int] = None, 0

    @property
    def wants_to_pan(self) -> bool:
        """Whether space is held."""
        return self._space

    @property
    def shows_focus(self) -> bool:
        """Whether the keyboard has come here by the keyboard."""
        return self._by_key

    def _touch(
        self: CanvasView,
        at: QPointF,
        pressure: float,
        modifiers: Qt.KeyboardModifier,
        milliseconds: int,
        rubs: bool = False,
    ) -> Touch:
        return Touch(at * self._ratio, self.to_image(at), pressure, modifiers, milliseconds / 1000, rubs)

    def touch_of(self: CanvasView, event: QMouseEvent, child: QWidget) -> Touch:
        """The pointer over a part that lies on the canvas, as the canvas sees it."""
        return self._touch(child.mapTo(self, event.position()), 1.0, event.modifiers(), event.timestamp())

    def _beside_of(self, middle: bool, modifiers: Qt.KeyboardModifier) -> Begin | None:
        """The way of looking that is asked for: space or the middle button moves, with shift it turns."""
        if not middle and not self._space:
            return None
        return Spin if modifiers & Qt.KeyboardModifier.ShiftModifier else Pan

    # --- mouse ---------------------------------------------------------------------------------------------------

    def _is_echo(self: CanvasView, event: QMouseEvent) -> bool:
        """A mouse event that the system made of a pen's."""
        return (
            self._pen_is_down
            or event.deviceType() == QPointingDevice.DeviceType.Stylus
            or time.monotonic() - self._pen_seen < PEN_S
        )

    def mousePressEvent(self: CanvasView, event: QMouseEvent) -> None:
        event.accept()
        another = self._button != Qt.MouseButton.NoButton and event.buttons() != event.button()
        if self._is_echo(event) or another:
            return
        self._by_key = False
        middle = event.button() == Qt.MouseButton.MiddleButton
        if not middle and event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        self._button = event.button()
        touch = self._touch(event.position(), 1.0, event.modifiers(), event.timestamp())
        self.begin_gesture(touch, self._beside_of(middle, event.modifiers()))

    def mouseMoveEvent(self: CanvasView, event: QMouseEvent) -> None:
        event.accept()
        if self._is_echo(event):
            return
        self.point_at(event.position())
        touch = self._touch(event.position(), 1.0, event.modifiers(), event.timestamp())
        if self._button != Qt.MouseButton.NoButton:
            self.move_gesture(touch)
        else:
            self.hover_gesture(touch)

    def mouseDoubleClickEvent(self: CanvasView, event: QMouseEvent) -> None:
        """The second press of two; in a gesture that stays, the end of it."""
        if self.stays and event.button() == Qt.MouseButton.LeftButton and not self._is_echo(event):
            event.accept()
            self._button = Qt.MouseButton.NoButton
            if not self._gesture.twice(self._touch(event.position(), 1.0, event.modifiers(), event.timestamp())):
                self.finish_gesture()
        else:
            self.mousePressEvent(event)

    def mouseReleaseEvent(self: CanvasView, event: QMouseEvent) -> None:
        event.accept()
        if event.button() != self._button or self._pen_is_down:
            return
        self._button = Qt.MouseButton.NoButton
        self.move_gesture(self._touch(event.position(), 1.0, event.modifiers(), event.timestamp()))
        self.lift_gesture()

    def leaveEvent(self: CanvasView, event: QEvent) -> None:
        self.point_at(None)

    def enterEvent(self: CanvasView, event: QEnterEvent) -> None:
        self.point_at(event.position())

    # --- pen -----------------------------------------------------------------------------------------------------

    def tabletEvent(self: CanvasView, event: QTabletEvent) -> None:
        """Accepted, so that Qt makes no mouse events of it; those that come all the same are passed over."""
        event.accept()
        self._pen_seen = time.monotonic()
        rubs = event.pointerType() == QPointingDevice.PointerType.Eraser
        touch = replace(
            self._touch(event.position(), event.pressure(), event.modifiers(), event.timestamp(), rubs),
            tilt_x=event.xTilt(),
            tilt_y=event.yTilt(),
            rotation=event.rotation(),
        )
        if event.type() == QEvent.Type.TabletPress and event.button() in (
            Qt.MouseButton.LeftButton,
            Qt.MouseButton.MiddleButton,
        ):
            self._pen_is_down, self._button, self._by_key = True, Qt.MouseButton.NoButton, False
            middle = event.button() == Qt.MouseButton.MiddleButton
            self.begin_gesture(touch, self._beside_of(middle, event.modifiers()))
        elif event.type() == QEvent.Type.TabletMove:
            self.point_at(event.position())
            if self._pen_is_down:
                self.move_gesture(touch)
            else:
                self.hover_gesture(touch)
        elif event.type() == QEvent.Type.TabletRelease and self._pen_is_down:
            self._pen_is_down = False
            self.lift_gesture()

    # --- wheel and fingers ---------------------------------------------------------------------------------------

    def wheelEvent(self: CanvasView, event: QWheelEvent) -> None:
        """A wheel zooms; two fingers move, and zoom with ctrl."""
        event.accept()
        turned = event.angleDelta().y() or event.angleDelta().x()
        fingers = event.phase() != Qt.ScrollPhase.NoScrollPhase or not event.pixelDelta().isNull()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier and fingers:
            self.set_zoom(self.zoom * NOTCH_ZOOM ** (turned / NOTCH), event.position())
        elif fingers:
            moved = event.pixelDelta() if not event.pixelDelta().isNull() else event.angleDelta() / 2
            self.pan(moved.x() * self._ratio, moved.y() * self._ratio)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.pan(turned / NOTCH * STEP_PX * self._ratio, 0)
        else:
            self.zoom_by(NOTCH_ZOOM ** (turned / NOTCH), event.position())
        self.point_at(event.position())

    def event(self: CanvasView, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and self._gesture is not None and self._gesture.wants(event):
            event.accept()
            return True
        is_tab = event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Tab
        if is_tab and self._gesture is not None and self._gesture.key(event):
            return True  # or Qt would take it for the way to the next control
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self.set_zoom(self.zoom * (1 + event.value()), event.position())
            elif event.gestureType() == Qt.NativeGestureType.RotateNativeGesture:
                self.angle += event.value()
            elif event.gestureType() == Qt.NativeGestureType.SmartZoomNativeGesture:
                self.fit()
            return True
        if isinstance(event, QGestureEvent):
            pinch = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                self._pinch(pinch)
                return True
        return super().event(event)

    def _pinch(self: CanvasView, pinch: QPinchGesture) -> None:
        self.cancel_gesture()  # the first finger had begun to paint
        centre = QPointF(self.mapFromGlobal(pinch.centerPoint().toPoint()))
        moved = pinch.centerPoint() - pinch.lastCenterPoint()
        if pinch.state() != Qt.GestureState.GestureStarted:
            self.pan(moved.x() * self._ratio, moved.y() * self._ratio)
        self.set_zoom(self.zoom * pinch.scaleFactor(), centre)
        if abs(pinch.totalRotationAngle()) > LOOSE_DEGREES:
            self.angle += pinch.rotationAngle() - pinch.lastRotationAngle()

    # --- keys ----------------------------------------------------------------------------------------------------

    def inputMethodEvent(self: CanvasView, event: QInputMethodEvent) -> None:
        if self._gesture is not None:
            self._gesture.compose(event)
            event.accept()

    def inputMethodQuery(self: CanvasView, what: Qt.InputMethodQuery) -> Any:
        answer = self._gesture.query(what) if self._gesture is not None else None
        return super().inputMethodQuery(what) if answer is None else answer

    def keyPressEvent(self: CanvasView, event: QKeyEvent) -> None:
        if self._gesture is not None and self._gesture.key(event):
            event.accept()
            return
        key, plain = (
            event.key(),
            not event.modifiers()
            & (
                Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
            ),
        )
        arrows = {Qt.Key.Key_Left: (1, 0), Qt.Key.Key_Right: (-1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1)}
        if (key == Qt.Key.Key_Escape and self.cancel_gesture()) or (
            key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain and self.finish_gesture()
        ):
            self._pen_is_down, self._button = False, Qt.MouseButton.NoButton
        elif key == Qt.Key.Key_Space and plain:
            if not event.isAutoRepeat():
                self._hold_space(True)
        elif not plain:
            event.ignore()
        elif key in arrows:
            far = STEP_PX * self._ratio * (5 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
            self.pan(arrows[key][0] * far, arrows[key][1] * far)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_by(1.5)
        elif key in (Qt.Key.Key_Minus, Qt.Key.Key_Underscore):
            self.zoom_by(1 / 1.5)
        elif Qt.Key.Key_0 <= key <= Qt.Key.Key_9 and not event.isAutoRepeat():
            self._type_opacity(key - Qt.Key.Key_0, event.timestamp())
        else:
            event.ignore()

    def _type_opacity(self: CanvasView, digit: int, milliseconds: int) -> None:
        """One digit is tens of a percent, 0 all of it; a second one soon after makes it exact."""
        first, at = self._digit
        if first is not None and milliseconds - at <= SECOND_DIGIT_MS:
            self._digit = None, 0
            self.opacity_typed.emit(10 * first + digit)
        else:
            self._digit = digit, milliseconds
            self.opacity_typed.emit(10 * digit or 100)

    def keyReleaseEvent(self: CanvasView, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._hold_space(False)
        else:
            event.ignore()

    def _hold_space(self: CanvasView, held: bool) -> None:
        self._space = held
        self._set_cursor()
        self.update()

    def focusInEvent(self: CanvasView, event: QFocusEvent) -> None:
        self._by_key = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self.update()

    def focusOutEvent(self: CanvasView, event: QFocusEvent) -> None:
        self._by_key = False
        self._hold_space(False)
        if self._gesture is not None and self._gesture.ends_with_focus(event.reason()):
            self.finish_gesture()
