"""Gestures of the canvas: begun, moved, left to stay, done or given up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gesso.ui.canvas.hands import Begin, Touch
from gesso.values import Trouble

if TYPE_CHECKING:
    from gesso.ui.canvas.view import CanvasView


class Gestures:
    """The part of `CanvasView` that knows what is under way."""

    @property
    def is_busy(self: CanvasView) -> bool:
        """Whether a gesture is under way."""
        return self._gesture is not None

    @property
    def stays(self: CanvasView) -> bool:
        """Whether it goes on though the pointer was lifted."""
        return self._gesture is not None and self._stays

    def begin_gesture(self: CanvasView, touch: Touch, beside: Begin | None = None) -> None:
        """A button or a pen went down; `beside` is a way of looking that a gesture under way does not mind."""
        if self._history is None:
            return
        if beside is not None:
            self._beside = beside(self, self._history, touch)
        elif self._gesture is not None and self._stays:
            self._gesture.press(self._snapped(touch))
        else:
            self.cancel_gesture()
            try:
                begin = self.aids.hold_at(touch) or self._hand.begin
                self._gesture = begin(self, self._history, self._snapped(touch))
            except Trouble as trouble:
                self.refused.emit(trouble)
        self._set_cursor()

    def _snapped(self: CanvasView, touch: Touch) -> Touch:
        return self.aids.snapped(touch) if self._hand.snaps else touch

    def move_gesture(self: CanvasView, touch: Touch) -> None:
        """It moved while it was down."""
        if self._beside is not None:
            self._beside.to(touch)
        elif self._gesture is not None:
            self._gesture.to(self._snapped(touch))

    def hover_gesture(self: CanvasView, touch: Touch) -> None:
        """It moves above the canvas."""
        if self._gesture is not None:
            self._gesture.hover(self._snapped(touch))
            self._set_cursor()
        elif self.aids.point_at(touch):
            self._set_cursor()

    def lift_gesture(self: CanvasView) -> None:
        """The button or the pen went up: what does not stay is done."""
        if self._beside is not None:
            self._beside = None
            self._set_cursor()
        elif self._gesture is not None:
            self._stays = self._gesture.lift()
            if not self._stays:
                self.finish_gesture()

    def finish_gesture(self: CanvasView) -> bool:
        """What is under way is done: one transaction, if it changed something. Whether there was something."""
        gesture = self._gesture
        if gesture is None:
            return False
        self._is_committing = True
        try:
            gesture.end()
        except Trouble as trouble:
            self.refused.emit(trouble)
        finally:
            self._gesture, self._stays, self._is_committing = None, False, False
        self._set_cursor()
        self.gesture_finished.emit()
        return True

    def cancel_gesture(self: CanvasView) -> bool:
        """Give up what is under way; whether there was something."""
        gesture, self._gesture, self._beside, self._stays = self._gesture, None, None, False
        if gesture is not None:
            gesture.cancel()
            self._set_cursor()
        return gesture is not None
