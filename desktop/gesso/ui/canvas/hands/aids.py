"""Gestures that move guides and the axes of symmetry, whatever hand is in use."""

from __future__ import annotations

from dataclasses import replace
from math import atan2, degrees
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt

from gesso.documents.history import History
from gesso.documents.painting import Guide, Painting, Symmetry
from gesso.documents.painting.beside import SetGuides, SetSymmetry
from gesso.documents.painting.guides import VERTICAL
from gesso.ui.canvas.hands.hand import Gesture, Touch
from gesso.ui.speech import mark

if TYPE_CHECKING:
    from gesso.ui.canvas.view import CanvasView

STEP_DEGREES = 15.0
"""Shift turns an axis in steps."""
STICKY_DEGREES = 1.5
"""So near to an eighth of a turn, an axis lies on it."""


class MoveGuide(Gesture):
    """A guide under the pointer; let go of beside the canvas or over a ruler, it is gone."""

    def __init__(
        self, view: CanvasView, history: History[Painting], touch: Touch, way: str, old: Guide | None = None
    ) -> None:
        """Without `old` it is a new one."""
        self._view, self._history, self._way, self._old = view, history, way, old
        self._rest = tuple(guide for guide in history.document.guides if guide != old)
        self.to(touch)

    def to(self, touch: Touch) -> None:
        ratio = self._view.devicePixelRatioF()
        ruler = self._view.aids.ruler_px
        inside = QRectF(self._view.rect()).adjusted(ruler, ruler, 0, 0)
        at = touch.image.x() if self._way == VERTICAL else touch.image.y()
        self._guide = Guide(self._way, float(round(at))) if inside.contains(touch.device / ratio) else None
        self._view.aids.show_guides((*self._rest, *((self._guide,) if self._guide is not None else ())))

    def cursor(self) -> Qt.CursorShape:
        return self._view.aids.cursor_of(self._way)

    def cancel(self) -> None:
        self._view.aids.show_guides(None)

    def end(self) -> None:
        self.cancel()
        guides = self._rest if self._guide is None else (*self._rest, self._guide)
        if set(guides) == set(self._history.document.guides):
            return
        title = mark("Move guide") if self._old is not None else mark("New guide")
        self._history.apply(mark("Remove guide") if self._guide is None else title, SetGuides(guides))


class MoveAxis(Gesture):
    """The axes of symmetry moved with their centre, or turned about it."""

    def __init__(
        self, view: CanvasView, history: History[Painting], touch: Touch, began: Symmetry, *, turns: bool
    ) -> None:
        self._view, self._history, self._began, self._turns = view, history, began, turns
        self._press, self._now = touch, began

    def to(self, touch: Touch) -> None:
        if self._turns:
            self._now = replace(self._began, degrees=self._turned(touch))
        else:
            at = QPointF(self._began.x, self._began.y) + touch.image - self._press.image
            size = self._history.document.size
            at = self._view.aids.snapped_point(at, (size.width / 2,), (size.height / 2,))
            self._now = self._began.moved_to(at.x(), at.y())
        self._view.aids.show_symmetry(self._now)

    def _turned(self, touch: Touch) -> float:
        def angle(at: QPointF) -> float:
            return degrees(atan2(at.y() - self._began.y, at.x() - self._began.x))

        turned = self._began.degrees + angle(touch.image) - angle(self._press.image)
        if touch.modifiers & Qt.KeyboardModifier.ShiftModifier:
            turned = round(turned / STEP_DEGREES) * STEP_DEGREES
        eighth = round(turned / 45) * 45.0
        turned = eighth if abs(turned - eighth) < STICKY_DEGREES else turned
        return turned % (360 if self._began.kind == "radial" else 180)

    def cursor(self) -> Qt.CursorShape:
        return Qt.CursorShape.ClosedHandCursor

    def cancel(self) -> None:
        self._view.aids.show_symmetry(None)

    def end(self) -> None:
        self.cancel()
        if self._now != self._began:
            title = mark("Turn the axis") if self._turns else mark("Move the axis")
            self._history.apply(title, SetSymmetry(self._now))
