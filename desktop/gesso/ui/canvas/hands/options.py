"""What the option bars say to the hands, and what a hand at work says to its bar. It belongs to one canvas."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, TypeVar, cast

from PySide6.QtCore import QObject, Qt, Signal

from gesso.documents.painting import Text
from gesso.operations.painting.gradient import Kind
from gesso.operations.painting.select import Mode
from gesso.operations.painting.transform import How
from gesso.values import Colour

T = TypeVar("T")


@dataclass(frozen=True)
class Selecting:
    """How selections are made."""

    mode: Mode = "replace"
    """What happens to the selection that is there; keys held at the press go before it."""
    tolerance: float = 16.0
    """As the eye measures it: 100 from black to white."""
    contiguous: bool = True
    """Only what hangs together with the place that was clicked."""
    everything: bool = False
    """Look at all that is seen rather than at the active layer."""
    antialias: bool = True
    fuzziness: float = 40.0
    """Of a colour range."""


@dataclass(frozen=True)
class Filling:
    """How the fill works."""

    opacity: float = 1.0
    tolerance: float = 16.0
    gap_px: int = 0
    """Openings in an outline up to so wide are taken for closed."""
    expand_px: int = 1
    """So far the paint goes under the outline."""
    contiguous: bool = True
    everything: bool = True
    antialias: bool = True


@dataclass(frozen=True)
class Grading:
    """What a gradient is like."""

    opacity: float = 1.0
    kind: Kind = "linear"
    to_clear: bool = False
    """From the colour to nothing, instead of to the second colour."""
    turned_round: bool = False
    dithered: bool = True


@dataclass(frozen=True)
class Transforming:
    """How a transform is made."""

    how: How = "bicubic"
    in_perspective: bool = False
    """Corners are pulled one by one."""
    proportional: bool = True
    """A corner scales both ways alike."""


@dataclass(frozen=True)
class Cropping:
    """What a crop keeps to."""

    ratio: tuple[int, int] | None = None
    """Width to height; None is free, (0, 0) that of the picture."""


class HandOptions(QObject):
    """One for each canvas; see `options_of`."""

    changed = Signal()
    """The artist chose something else."""
    live_changed = Signal()
    """Another gesture that stays is under way, or it moved, or none is any more."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._values: dict[type[Any], Any] = {
            kind: kind() for kind in (Selecting, Filling, Grading, Text, Transforming, Cropping)
        }
        self.second = Colour(1, 1, 1)
        """The colour that waits behind the brush's own."""
        self.live: Any = None
        """The gesture that stays, for the bar that shows its numbers."""

    def __getitem__(self, kind: type[T]) -> T:
        return cast(T, self._values[kind])

    def set(self, kind: type[Any], /, **parts: Any) -> None:
        """Choose some of the options of a kind."""
        wanted = replace(self._values[kind], **parts)
        if wanted != self._values[kind]:
            self._values[kind] = wanted
            self.changed.emit()

    def tell_live(self, gesture: Any) -> None:
        """A gesture began to stay, or moved; None when it ended."""
        self.live = gesture
        self.live_changed.emit()


def options_of(canvas: QObject) -> HandOptions:
    """The options of a canvas; made when they are first asked for."""
    found = canvas.findChild(HandOptions, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return found if found is not None else HandOptions(canvas)
