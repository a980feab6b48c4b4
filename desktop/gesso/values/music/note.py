"""A note as it sounds, and a span of time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Flag
from fractions import Fraction

from gesso.values.time import Beat

LOWEST, HIGHEST = 0, 127
"""MIDI note numbers; 60 is middle C (MIDI 1.0, table of note numbers)."""
ZERO = Beat(Fraction(0))
ANY_VOICE = -1


class Lock(Flag):
    """What of a note a proposal must leave as it is."""

    NONE = 0
    PITCH = 1
    RHYTHM = 2
    """Onset and length."""
    ALL = 3


@dataclass(frozen=True, order=True)
class Span:
    """Time from a beat up to another, which is not part of it."""

    start: Beat
    end: Beat

    def __post_init__(self) -> None:
        if self.start < ZERO or self.end < self.start:
            raise ValueError("a span starts at or after 0 and ends no earlier than it starts")

    @property
    def length(self) -> Beat:
        return self.end - self.start

    def __contains__(self, beat: Beat) -> bool:
        return self.start <= beat < self.end

    def meets(self, other: Span) -> bool:
        """Whether they share any time."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, order=True)
class Note:
    """One sounding note. Ties are a matter of notation: what is tied is one note."""

    onset: Beat
    """From the start of the piece."""
    pitch: int
    """0-127."""
    length: Beat
    """Above 0."""
    velocity: int = 80
    """1-127."""
    voice: int = 0
    """Within its track, from the top down."""
    lyric: str = ""
    """A syllable; a trailing hyphen goes on with the next note."""
    fifths: int | None = None
    """How it is spelled, on the line of fifths: F -1, C 0, G 1, F sharp 6, B flat -2; None as the key has it."""
    lock: Lock = Lock.NONE

    def __post_init__(self) -> None:
        if not LOWEST <= self.pitch <= HIGHEST:
            raise ValueError(f"{self.pitch} is no MIDI note number")
        if self.onset < ZERO or self.length <= ZERO:
            raise ValueError("a note starts at or after 0 and has a length above 0")
        if not 1 <= self.velocity <= 127:
            raise ValueError(f"{self.velocity} is no velocity from 1 to 127")

    @property
    def end(self) -> Beat:
        return self.onset + self.length

    @property
    def span(self) -> Span:
        return Span(self.onset, self.end)


def moved(note: Note, by: Beat = ZERO, semitones: int = 0) -> Note:
    """The same note later and higher, spelled anew where its pitch changed; raises `ValueError` out of range."""
    fifths = note.fifths if semitones == 0 else None
    return replace(note, onset=note.onset + by, pitch=note.pitch + semitones, fifths=fifths)
