"""How beats become seconds and bars: tempo and metre maps."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import TypeVar

from gesso.values.music.note import ZERO, Span
from gesso.values.time import Beat

T = TypeVar("T")


def at_beat(changes: Sequence[tuple[Beat, T]], beat: Beat) -> T:
    """What is in force at a beat: the last change at or before it, or the first of all."""
    return changes[max(0, bisect_right(changes, beat, key=lambda change: change[0]) - 1)][1]


def _check(changes: Sequence[tuple[Beat, object]], what: str) -> None:
    if not changes or changes[0][0] != ZERO:
        raise ValueError(f"a map of {what} begins at beat 0")
    if any(a[0] >= b[0] for a, b in pairwise(changes)):
        raise ValueError(f"a map of {what} goes on from beat to beat")


@dataclass(frozen=True)
class TempoMap:
    """Quarter notes a minute from each beat on; exact both ways."""

    changes: tuple[tuple[Beat, Fraction], ...] = ((ZERO, Fraction(120)),)
    _seconds: tuple[Fraction, ...] = field(init=False, repr=False, compare=False)
    """When each change comes."""

    def __post_init__(self) -> None:
        _check(self.changes, "tempo")
        if any(tempo <= 0 for _, tempo in self.changes):
            raise ValueError("a tempo is above 0")
        found = [Fraction(0)]
        for (beat, tempo), (following, _) in pairwise(self.changes):
            found.append(found[-1] + (following - beat).seconds(tempo))
        object.__setattr__(self, "_seconds", tuple(found))

    def tempo(self, beat: Beat) -> Fraction:
        return at_beat(self.changes, beat)

    def seconds(self, beat: Beat) -> Fraction:
        """When a beat comes."""
        at = max(0, bisect_right(self.changes, beat, key=lambda change: change[0]) - 1)
        since, tempo = self.changes[at]
        return self._seconds[at] + (beat - since).seconds(tempo)

    def beat(self, seconds: Fraction) -> Beat:
        """Which beat comes then."""
        at = max(0, bisect_right(self._seconds, seconds) - 1)
        since, tempo = self.changes[at]
        return since + Beat((seconds - self._seconds[at]) * tempo / 60)


@dataclass(frozen=True)
class Metre:
    """Such as 6/8."""

    beats: int = 4
    unit: int = 4
    """A power of two."""

    def __post_init__(self) -> None:
        if not 1 <= self.beats <= 255 or self.unit not in (1, 2, 4, 8, 16, 32, 64):
            raise ValueError(f"{self.beats}/{self.unit} is no metre")

    @property
    def bar(self) -> Beat:
        """The length of a bar."""
        return Beat(Fraction(4 * self.beats, self.unit))

    @property
    def pulse(self) -> Beat:
        """What is counted: a dotted note where the beats go in threes, as in 6/8."""
        is_compound = self.beats > 3 and self.beats % 3 == 0 and self.unit >= 8
        return Beat(Fraction(12 if is_compound else 4, self.unit))

    def __str__(self) -> str:
        return f"{self.beats}/{self.unit}"


@dataclass(frozen=True)
class MetreMap:
    """Metres from each beat on, after an upbeat. Bars are counted from 0; a change inside a bar cuts it short."""

    changes: tuple[tuple[Beat, Metre], ...] = ((ZERO, Metre()),)
    upbeat: Beat = ZERO
    """The length of an incomplete first bar; 0 for none."""

    def __post_init__(self) -> None:
        _check(self.changes, "metres")
        if not ZERO <= self.upbeat < self.changes[0][1].bar:
            raise ValueError("an upbeat is shorter than a bar")

    def metre(self, beat: Beat) -> Metre:
        return at_beat(self.changes, beat)

    def _stretches(self) -> list[tuple[int, Beat, Beat, Beat | None]]:
        """First bar, where it begins, a bar's length and where the stretch ends; the upbeat is one of its own."""
        found: list[tuple[int, Beat, Beat, Beat | None]] = []
        bars = 0
        starts = [(beat, metre.bar) for beat, metre in self.changes]
        if self.upbeat > ZERO:
            starts = [(ZERO, self.upbeat), (self.upbeat, starts[0][1]), *(s for s in starts[1:] if s[0] > self.upbeat)]
        for (beat, length), following in zip(starts, [*starts[1:], None], strict=True):
            end = following[0] if following else None
            found.append((bars, beat, length, end))
            if end is not None:
                bars += -(-(end - beat).value // length.value)
        return found

    def bar_at(self, beat: Beat) -> int:
        """The number of the bar that a beat lies in."""
        stretches = self._stretches()
        at = max(0, bisect_right(stretches, beat, key=lambda stretch: stretch[1]) - 1)
        first, start, length, _ = stretches[at]
        return first + max(0, (beat - start).value // length.value)

    def bar(self, number: int) -> Span:
        """Where a bar lies."""
        if number < 0:
            raise ValueError("bars are counted from 0")
        stretches = self._stretches()
        at = bisect_right(stretches, number, key=lambda stretch: stretch[0]) - 1
        first, start, length, end = stretches[at]
        begins = Beat(start.value + (number - first) * length.value)
        return Span(begins, begins + length if end is None else min(begins + length, end))
