"""What a hand on the canvas is: a tool of the tool bar, and the gesture that it makes of a touch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent, QPainter, QTransform

from gesso.documents.history import History
from gesso.documents.painting import Painting
from gesso.operations.painting.brush import Point
from gesso.ui.canvas.camera import Camera

if TYPE_CHECKING:
    from gesso.ui.canvas.view import CanvasView


@dataclass(frozen=True)
class Touch:
    """The pointer, at one moment."""

    device: QPointF
    image: QPointF
    pressure: float = 1.0
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    seconds: float = 0.0
    rubs: bool = False
    """Whether it is the rubber end of a pen."""
    tilt_x: float = 0.0
    tilt_y: float = 0.0
    """Degrees that a pen leans to the right, and towards the artist."""
    rotation: float = 0.0
    """Degrees that it is turned about itself."""

    @property
    def point(self) -> Point:
        at = self.image
        return Point(at.x(), at.y(), self.pressure, self.seconds, self.tilt_x, self.tilt_y, self.rotation)


class Gesture:
    """What happens between a press and the end of what it began: one transaction, or none when it is given up.

    Most end with the lifting of the pointer. One whose `lift` says True stays: it is pressed, moved and hovered over
    again until Enter, a double click or another tool ends it, or Escape cancels it.
    """

    def to(self, touch: Touch) -> None:
        """The pointer moved while it is down."""

    def lift(self) -> bool:
        """The pointer was lifted; whether the gesture goes on all the same."""
        return False

    def press(self, touch: Touch) -> None:
        """The pointer goes down again, in a gesture that stays."""

    def hover(self, touch: Touch) -> None:
        """The pointer moves above, in a gesture that stays."""

    def twice(self, touch: Touch) -> bool:
        """The second press of a double click, in a gesture that stays; whether it means something else than its end."""
        return False

    def wants(self, event: QKeyEvent) -> bool:
        """Whether a key that is a shortcut of the window is the gesture's."""
        return False

    def key(self, event: QKeyEvent) -> bool:
        """A key went down; whether it was for the gesture."""
        return False

    def compose(self, event: QInputMethodEvent) -> None:
        """An input method writes."""

    def query(self, what: Qt.InputMethodQuery) -> Any:
        """What an input method asks; None where Qt is to answer."""
        return None

    def ends_with_focus(self, reason: Qt.FocusReason) -> bool:
        """Whether it is done when the keyboard goes elsewhere."""
        return False

    def outlives(self, painting: Painting) -> bool:
        """Whether it goes on after the painting was changed by something else."""
        return False

    def cursor(self) -> Qt.CursorShape | None:
        """What the pointer looks like; None for what the hand says."""
        return None

    def end(self) -> None:
        """Do it. Raises `Trouble` when it cannot be done."""

    def cancel(self) -> None:
        """Give it up: the painting looks as before."""

    def carries(self, camera: Camera) -> QTransform | None:
        """Where it takes the edge of the selection along, in device pixels; None where that stays."""
        return None

    def draw(self, painter: QPainter, camera: Camera, ratio: float) -> None:
        """What it shows over the picture while it lasts, in device pixels."""


Begin = Callable[["CanvasView", History[Painting], Touch], Gesture]
"""Begins a gesture on a document; raises `Trouble` when there is nothing to begin on."""


@dataclass(frozen=True)
class Hand:
    """One tool of the tool bar. It stands in `HANDS`; everything else is drawn from it."""

    id: str
    title: str
    """Its name; a marked English text."""
    icon: str
    """A file of `resources/icons`."""
    keys: str
    """Its shortcut."""
    family: str
    """`look`, `paint`, `select` or `shape`: what stands together in the tool bar."""
    begin: Begin
    options: str = ""
    """The option bar that belongs to it (`ui.option_bars`), or none."""
    has_ring: bool = False
    """Whether the pointer is a ring as large as the brush."""
    takes_colour: bool = True
    """Whether Alt takes a colour up, where the pointer is a ring; else Alt is the hand's own."""
    snaps: bool = False
    """Whether the places it is given lie on guides when they are near to one."""
    cursor: Qt.CursorShape = Qt.CursorShape.CrossCursor
    keywords: str = ""
    """Other words that the palette finds it by."""
