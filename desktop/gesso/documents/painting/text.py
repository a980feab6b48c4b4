"""Text layers: what is written, in which letters and where; the layer's tiles are how that looked when it was last set.

Setting letters is not the document's work. A machine that lacks the font keeps the pixels until somebody edits the text.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gesso.documents.edit import Change

if TYPE_CHECKING:
    from gesso.documents.painting.painting import Painting

Matrix = NDArray[np.float64]
"""(3, 3), from a place of the text to one of the canvas."""
ALIGNMENTS = ("start", "centre", "end", "justify")
"""By the direction of each paragraph: the start of a right-to-left one is at the right."""
DIRECTIONS = ("auto", "ltr", "rtl")
LEAST_PX, MOST_PX = 1.0, 5000.0
LONGEST = 100_000
"""Characters of one layer."""
SMALL = 200
"""Bytes that a small edit is counted with."""
UPRIGHT = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(frozen=True)
class Text:
    """One text in one style. Raises ValueError for what no text is like."""

    string: str = ""
    family: str = ""
    """Of the font; empty for the one that the desktop uses."""
    size_px: float = 48.0
    weight: int = 400
    """1 to 1000; 400 is regular, 700 bold."""
    italic: bool = False
    colour: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """In 0-1 of the painting's own colours."""
    alignment: str = "start"
    line_height: float = 1.2
    """From line to line, in heights of the letters."""
    spacing: float = 0.0
    """Between letters, in heights of the letters."""
    direction: str = "auto"
    """`auto` goes by the first letter of each paragraph."""
    width_px: float | None = None
    """Of the box that lines break in; None breaks only where the artist does."""
    antialias: bool = True
    matrix: tuple[float, ...] = UPRIGHT
    """a b c d e f: (x, y) of the text comes to lie at (ax + cy + e, bx + dy + f) of the canvas."""

    def __post_init__(self) -> None:
        numbers = (self.size_px, self.line_height, self.spacing, *self.colour, *self.matrix, self.width_px or 1.0)
        if (
            self.alignment not in ALIGNMENTS
            or self.direction not in DIRECTIONS
            or len(self.colour) != 3
            or len(self.matrix) != 6
            or len(self.string) > LONGEST
            or not all(isfinite(number) for number in numbers)
            or not LEAST_PX <= self.size_px <= MOST_PX
            or not 1 <= self.weight <= 1000
            or not 0 < self.line_height <= 20
            or (self.width_px is not None and self.width_px <= 0)
        ):
            raise ValueError("an impossible text")

    @property
    def name(self) -> str:
        """What its layer is called unless the artist says otherwise: how it begins."""
        first = next((line.strip() for line in self.string.splitlines() if line.strip()), "")
        return first if len(first) <= 32 else first[:31].rstrip() + "…"

    @property
    def placement(self) -> Matrix:
        a, b, c, d, e, f = self.matrix
        return np.array([[a, c, e], [b, d, f], [0.0, 0.0, 1.0]])

    def placed(self, matrix: Matrix) -> Text:
        """Moved along with the canvas by an affine matrix. Raises ValueError for a perspective."""
        if not is_affine(matrix):
            raise ValueError("a text lies in no perspective")
        (a, c, e), (b, d, f), _ = (matrix @ self.placement / matrix[2, 2]).tolist()
        return replace(self, matrix=(a, b, c, d, e, f))


def is_affine(matrix: Matrix) -> bool:
    """Whether what is parallel stays so."""
    return bool(np.abs(matrix[2, :2]).max() < 1e-12)


@dataclass
class SetText:
    """Exchange what a layer says; None makes it a layer like any other."""

    id: str
    text: Text | None

    def flip(self, painting: Painting) -> Change:
        layer = painting.layer(self.id)
        painting.nodes[self.id], self.text = replace(layer, text=self.text), layer.text
        return Change(structure=True)

    @property
    def byte_size(self) -> int:
        return SMALL + (len(self.text.string) if self.text is not None else 0)
