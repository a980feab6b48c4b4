"""Musical and film time, both exact."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, order=True)
class Beat:
    """A position or length in quarter notes, as an exact fraction."""

    value: Fraction

    @classmethod
    def of(cls, number: int | str | Fraction, parts: int = 1) -> Beat:
        return cls(Fraction(number) / parts)

    def __add__(self, other: Beat) -> Beat:
        return Beat(self.value + other.value)

    def __sub__(self, other: Beat) -> Beat:
        return Beat(self.value - other.value)

    def seconds(self, beats_per_minute: Fraction) -> Fraction:
        return self.value * 60 / beats_per_minute

    def __str__(self) -> str:
        return str(self.value)


@dataclass(frozen=True)
class Timecode:
    """A frame number at a frame rate; written as SMPTE ST 12-1 text, drop-frame for 29.97 and 59.94."""

    frame: int
    rate: Fraction

    def __post_init__(self) -> None:
        if self.frame < 0 or self.rate <= 0:
            raise ValueError("a timecode has a frame of at least 0 and a rate above 0")

    @property
    def seconds(self) -> Fraction:
        return Fraction(self.frame) / self.rate

    @property
    def _base(self) -> int:
        """Frames counted as one second on the clock."""
        return -(-self.rate.numerator // self.rate.denominator)

    @property
    def is_drop_frame(self) -> bool:
        return self.rate.denominator == 1001 and self._base % 30 == 0

    def __str__(self) -> str:
        base, frame = self._base, self.frame
        if self.is_drop_frame:
            dropped = base // 15
            per_minute, per_ten = base * 60 - dropped, base * 600 - 9 * dropped
            tens, rest = divmod(frame, per_ten)
            frame += 9 * dropped * tens + (dropped * ((rest - dropped) // per_minute) if rest > dropped else 0)
        seconds, frames = divmod(frame, base)
        mark = ";" if self.is_drop_frame else ":"
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{mark}{frames:02}"

    @classmethod
    def parse(cls, text: str, rate: Fraction) -> Timecode:
        """Raises ValueError for text that names no frame at this rate."""
        found = re.fullmatch(r"(\d\d+):(\d\d):(\d\d)[:;](\d\d)", text)
        if not found:
            raise ValueError(f"not a timecode: {text!r}")
        hours, minutes, seconds, frames = (int(part) for part in found.groups())
        probe = cls(0, rate)
        base = probe._base
        if minutes > 59 or seconds > 59 or frames >= base:
            raise ValueError(f"not a timecode at {rate} frames a second: {text!r}")
        frame = ((hours * 60 + minutes) * 60 + seconds) * base + frames
        if probe.is_drop_frame:
            dropped, total = base // 15, hours * 60 + minutes
            if frames < dropped and seconds == 0 and minutes % 10:
                raise ValueError(f"drop-frame time skips {text!r}")
            frame -= dropped * (total - total // 10)
        return cls(frame, rate)
