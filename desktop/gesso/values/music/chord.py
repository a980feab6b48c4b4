"""Chords as symbols."""

from __future__ import annotations

from dataclasses import dataclass

from gesso.values.music.note import Span
from gesso.values.time import Beat

KINDS: dict[str, tuple[int, ...]] = {
    "major": (0, 4, 7),
    "minor": (0, 3, 7),
    "diminished": (0, 3, 6),
    "augmented": (0, 4, 8),
    "dominant": (0, 4, 7, 10),
    "major-seventh": (0, 4, 7, 11),
    "minor-seventh": (0, 3, 7, 10),
    "diminished-seventh": (0, 3, 6, 9),
    "half-diminished": (0, 3, 6, 10),
    "augmented-seventh": (0, 4, 8, 10),
    "major-minor": (0, 3, 7, 11),
    "major-sixth": (0, 4, 7, 9),
    "minor-sixth": (0, 3, 7, 9),
    "dominant-ninth": (0, 4, 7, 10, 2),
    "major-ninth": (0, 4, 7, 11, 2),
    "minor-ninth": (0, 3, 7, 10, 2),
    "dominant-11th": (0, 4, 7, 10, 2, 5),
    "dominant-13th": (0, 4, 7, 10, 2, 9),
    "suspended-second": (0, 2, 7),
    "suspended-fourth": (0, 5, 7),
    "power": (0, 7),
}
"""By the names of MusicXML 4.0's `kind-value`: semitones above the root, as pitch classes."""


@dataclass(frozen=True, order=True)
class Chord:
    """A chord symbol over a span; a gap between two is no chord."""

    onset: Beat
    length: Beat
    root: int
    """Pitch class, 0 for C."""
    kind: str = "major"
    bass: int | None = None
    """Pitch class of another lowest note."""
    locked: bool = False

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"'{self.kind}' is no kind of chord")
        if not 0 <= self.root < 12 or not (self.bass is None or 0 <= self.bass < 12):
            raise ValueError("roots and basses are pitch classes from 0 to 11")
        if self.length.value <= 0:
            raise ValueError("a chord has a length above 0")

    @property
    def end(self) -> Beat:
        return self.onset + self.length

    @property
    def span(self) -> Span:
        return Span(self.onset, self.end)

    @property
    def pitch_classes(self) -> frozenset[int]:
        """Its own notes, with another bass."""
        own = {(self.root + step) % 12 for step in KINDS[self.kind]}
        return frozenset(own if self.bass is None else own | {self.bass})
