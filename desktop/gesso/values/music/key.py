"""Keys, and how their notes are spelled."""

from __future__ import annotations

from dataclasses import dataclass

MODES = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "locrian": (0, 1, 3, 5, 6, 8, 10),
}
"""Semitones above the tonic."""
_TONIC_FIFTHS = {
    "major": 0, "minor": 3, "dorian": 2, "phrygian": 4, "lydian": -1, "mixolydian": 1, "locrian": 5,
}  # fmt: skip
"""How far the tonic lies from that of the major key with the same signature, on the line of fifths."""
LETTERS = "FCGDAEB"
"""The line of fifths from F, -1."""


@dataclass(frozen=True)
class Key:
    """A key signature and what is heard as its tonic."""

    fifths: int = 0
    """Sharps in the signature; flats are negative. -7 to 7."""
    mode: str = "major"

    def __post_init__(self) -> None:
        if not -7 <= self.fifths <= 7:
            raise ValueError(f"{self.fifths} is no signature of -7 to 7 fifths")
        if self.mode not in MODES:
            raise ValueError(f"'{self.mode}' is no mode")

    @property
    def tonic(self) -> int:
        """Pitch class, 0 for C."""
        return 7 * (self.fifths + _TONIC_FIFTHS[self.mode]) % 12

    @property
    def scale(self) -> tuple[int, ...]:
        """Its seven pitch classes from the tonic up."""
        return tuple((self.tonic + step) % 12 for step in MODES[self.mode])

    def spelling(self, pitch: int) -> int:
        """Of a pitch in this key, on the line of fifths: within the signature as it stands, else the nearest to it.

        The seven notes of the signature, five sharpwards of the tonic's middle and the rest flatwards: in C F sharp,
        C sharp, G sharp, E flat and B flat.
        """
        lowest = self.fifths - 3  # in C from E flat, -3, to G sharp, 8
        return lowest + (7 * pitch - lowest) % 12

    def name(self) -> str:
        """Such as `E♭ major`."""
        return f"{spelled(self.fifths + _TONIC_FIFTHS[self.mode])} {self.mode}"


def spelled(fifths: int) -> str:
    """A place on the line of fifths as a note's name: 0 is C, 6 F♯, -2 B♭."""
    sharps, letter = divmod(fifths + 1, 7)
    return LETTERS[letter] + ("♯" * sharps if sharps > 0 else "♭" * -sharps)
