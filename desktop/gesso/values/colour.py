"""A colour in sRGB."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Colour:
    """Red, green, blue and alpha in 0-1, sRGB, straight alpha."""

    red: float
    green: float
    blue: float
    alpha: float = 1.0

    def __post_init__(self) -> None:
        for part in (self.red, self.green, self.blue, self.alpha):
            if not 0 <= part <= 1:
                raise ValueError(f"parts of a colour lie in 0-1, not {part}")

    @classmethod
    def from_hex(cls, text: str) -> Colour:
        """From `#rgb`, `#rrggbb` or `#rrggbbaa`."""
        digits = text.strip().lstrip("#")
        if len(digits) == 3:
            digits = "".join(digit * 2 for digit in digits)
        if not re.fullmatch(r"[0-9a-fA-F]{6}([0-9a-fA-F]{2})?", digits):
            raise ValueError(f"not a colour: {text!r}")
        parts = [int(digits[i : i + 2], 16) / 255 for i in range(0, len(digits), 2)]
        return cls(*parts)

    def bytes(self) -> tuple[int, int, int, int]:
        red, green, blue, alpha = (round(part * 255) for part in (self.red, self.green, self.blue, self.alpha))
        return red, green, blue, alpha

    @property
    def hex(self) -> str:
        red, green, blue, alpha = self.bytes()
        return f"#{red:02x}{green:02x}{blue:02x}" + ("" if alpha == 255 else f"{alpha:02x}")
