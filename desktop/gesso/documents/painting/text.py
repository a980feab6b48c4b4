"""Text layers: what is written, in which letters and where; the layer's tiles are how that looked when it was last set.

Setting letters is not the document's work. A machine that lacks the font keeps the pixels until somebody edits the text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from math import isfinite
from typing import TYPE_CHECKING, Any

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


STYLE = ("family", "size_px", "weight", "italic", "underline", "colour", "spacing")
"""What each letter may have of its own; all else belongs to the whole text."""


@dataclass(frozen=True)
class Style:
    """What some letters are like. Raises ValueError for what no letters are like."""

    family: str = ""
    """Of the font; empty for the one that the desktop uses."""
    size_px: float = 48.0
    weight: int = 400
    """1 to 1000; 400 is regular, 700 bold."""
    italic: bool = False
    underline: bool = False
    colour: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """In 0-1 of the painting's own colours."""
    spacing: float = 0.0
    """Between letters, in heights of the letters."""

    def __post_init__(self) -> None:
        numbers = (self.size_px, self.spacing, *self.colour)
        if (
            not isinstance(self.family, str)
            or len(self.colour) != 3
            or not all(isfinite(number) for number in numbers)
            or not LEAST_PX <= self.size_px <= MOST_PX
            or not 1 <= self.weight <= 1000
        ):
            raise ValueError("an impossible text")


@dataclass(frozen=True)
class Run:
    """Letters with a style of their own, from one place of the string to before another."""

    start: int
    end: int
    style: Style


@dataclass(frozen=True)
class Text:
    """One text: its letters, the style that they have unless a run says otherwise, and how they are set.

    Raises ValueError for what no text is like.
    """

    string: str = ""
    family: str = ""
    size_px: float = 48.0
    weight: int = 400
    italic: bool = False
    colour: tuple[float, float, float] = (0.0, 0.0, 0.0)
    alignment: str = "start"
    """Of all paragraphs, unless `paragraphs` says otherwise."""
    line_height: float = 1.2
    """From line to line, in heights of the letters."""
    spacing: float = 0.0
    direction: str = "auto"
    """`auto` goes by the first letter of each paragraph."""
    width_px: float | None = None
    """Of the box that lines break in, along the lines; None breaks only where the artist does."""
    antialias: bool = True
    matrix: tuple[float, ...] = UPRIGHT
    """a b c d e f: (x, y) of the text comes to lie at (ax + cy + e, bx + dy + f) of the canvas."""
    underline: bool = False
    vertical: bool = False
    """In columns from the right to the left; they begin at x = 0 and go to where x is negative."""
    runs: tuple[Run, ...] = ()
    """In their order, apart from each other, none in the style of the text."""
    paragraphs: tuple[str, ...] = ()
    """How each is aligned, where they differ; `alignment` is then that of the first."""

    def __post_init__(self) -> None:
        numbers = (self.line_height, *self.matrix, self.width_px or 1.0)
        if (
            self.alignment not in ALIGNMENTS
            or self.direction not in DIRECTIONS
            or len(self.matrix) != 6
            or len(self.string) > LONGEST
            or not all(isfinite(number) for number in numbers)
            or not 0 < self.line_height <= 20
            or (self.width_px is not None and self.width_px <= 0)
            or not self.style  # which looks into itself
        ):
            raise ValueError("an impossible text")
        place = 0
        for run in self.runs:
            is_run = isinstance(run, Run) and isinstance(run.style, Style)
            if not is_run or {type(run.start), type(run.end)} != {int} or not place <= run.start < run.end:
                raise ValueError("an impossible text")
            place = run.end
        if place > len(self.string):
            raise ValueError("an impossible text")
        if self.paragraphs and (
            len(self.paragraphs) != self.string.count("\n") + 1
            or not set(self.paragraphs) <= {*ALIGNMENTS}
            or len(set(self.paragraphs)) == 1
            or self.paragraphs[0] != self.alignment
        ):
            raise ValueError("an impossible text")

    # --- letters and their styles --------------------------------------------------------------------------------

    @property
    def style(self) -> Style:
        """Of the letters that no run is about."""
        return Style(
            self.family, self.size_px, self.weight, self.italic, self.underline, self.colour, self.spacing
        )  # fmt: skip

    @property
    def pieces(self) -> tuple[Run, ...]:
        """The whole string in runs, each as long as its style goes."""
        found, place, style = [], 0, self.style
        for run in self.runs:
            if place < run.start:
                found.append(Run(place, run.start, style))
            found.append(run)
            place = run.end
        if place < len(self.string):
            found.append(Run(place, len(self.string), style))
        return tuple(found)

    def within(self, start: int, end: int) -> tuple[Style, ...]:
        """The styles between two places, each once; at one place that of what would be written there."""
        if start == end:
            return (self.style_at(start),)
        return tuple(dict.fromkeys(run.style for run in self.pieces if run.start < end and run.end > start))

    def style_at(self, place: int) -> Style:
        """Of a letter that is written there: that of the letter before, and at the start that of the first."""
        return next((run.style for run in self.pieces if run.start < max(place, 1) <= run.end), self.style)

    @property
    def styles(self) -> tuple[Style, ...]:
        """All that letters have, each once; of a text without letters its own."""
        return tuple(dict.fromkeys(run.style for run in self.pieces)) or (self.style,)

    def styled(self, start: int, end: int, **parts: Any) -> Text:
        """The letters between two places in another style, as far as `parts` say."""
        found = []
        for run in self.pieces:
            first, last = max(run.start, start), min(run.end, end)
            if first >= last:
                found.append((run.end - run.start, run.style))
                continue
            found.append((first - run.start, run.style))
            found.append((last - first, replace(run.style, **parts)))
            found.append((run.end - last, run.style))
        return _composed(self, self.string, found)

    def restyled(self, **parts: Any) -> Text:
        """All letters in another style, and the text set in another way, as far as `parts` say."""
        own = {name: value for name, value in parts.items() if name in STYLE}
        if "alignment" in parts:
            parts["paragraphs"] = ()
        return self._each(lambda style: replace(style, **own), parts)

    def in_families(self, families: dict[str, str]) -> Text:
        """With some fonts in place of others."""
        own = {"family": families.get(self.family, self.family)}
        return self._each(lambda style: replace(style, family=families.get(style.family, style.family)), own)

    def _each(self, change: Callable[[Style], Style], parts: dict[str, Any]) -> Text:
        pieces = [(run.end - run.start, change(run.style)) for run in self.pieces]
        return _composed(replace(self, runs=(), **parts), self.string, pieces)

    def written(self, start: int, end: int, string: str, style: Style | None = None) -> Text:
        """Other letters in place of those between two places, in `style`, or else that of what they replace or follow."""
        found = [(min(run.end, start) - run.start, run.style) for run in self.pieces if run.start < start]
        found.append((len(string), style or self.style_at(start + 1 if start < end else start)))
        found += [(run.end - max(run.start, end), run.style) for run in self.pieces if run.end > end]
        plain = replace(self, paragraphs=())
        made = _composed(plain, self.string[:start] + string + self.string[end:], found)
        return made._set_as(self._alignments_after(start, end, string))

    # --- paragraphs ----------------------------------------------------------------------------------------------

    @property
    def alignments(self) -> tuple[str, ...]:
        """Of every paragraph."""
        return self.paragraphs or (self.alignment,) * (self.string.count("\n") + 1)

    def _among(self, start: int, end: int) -> tuple[int, int]:
        """The first and the last paragraph between two places; one of which no letter is meant does not count."""
        if start < end and self.string[end - 1] == "\n":
            end -= 1
        return self.string.count("\n", 0, start), self.string.count("\n", 0, end)

    def alignments_within(self, start: int, end: int) -> tuple[str, ...]:
        """Those of the paragraphs between two places, each once."""
        first, last = self._among(start, end)
        return tuple(dict.fromkeys(self.alignments[first : last + 1]))

    def aligned(self, start: int, end: int, alignment: str) -> Text:
        """The paragraphs between two places aligned in another way."""
        first, last = self._among(start, end)
        now = self.alignments
        return self._set_as((*now[:first], *[alignment] * (last + 1 - first), *now[last + 1 :]))

    def _set_as(self, alignments: tuple[str, ...]) -> Text:
        return replace(self, alignment=alignments[0], paragraphs=alignments if len(set(alignments)) > 1 else ())

    def _alignments_after(self, start: int, end: int, string: str) -> tuple[str, ...]:
        """What `written` makes of them: paragraphs that become one, or come anew, are as the first of them was.

        One that is rubbed out from its head leaves the next as it is.
        """
        now = self.alignments
        first, last = self.string.count("\n", 0, start), self.string.count("\n", 0, end)
        is_whole = not string and (start == 0 or self.string[start - 1] == "\n")
        kept = now[last if is_whole else first]
        return (*now[:first], *[kept] * (1 + string.count("\n")), *now[last + 1 :])

    # --- its layer -----------------------------------------------------------------------------------------------

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


def _composed(text: Text, string: str, pieces: Iterable[tuple[int, Style]]) -> Text:
    """Another string in pieces of so many letters and their styles, written down in the one way that there is."""
    merged: list[tuple[int, Style]] = []
    for length, style in pieces:
        if merged and merged[-1][1] == style:
            merged[-1] = merged[-1][0] + length, style
        elif length > 0:
            merged.append((length, style))
    if len(merged) == 1:  # one style for all is the text's own
        own = {name: getattr(merged[0][1], name) for name in STYLE}
        return replace(text, string=string, runs=(), **own)
    runs, place = [], 0
    for length, style in merged:
        if style != text.style:
            runs.append(Run(place, place + length, style))
        place += length
    return replace(text, string=string, runs=tuple(runs))


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

    def absorb(self, later: object) -> bool:
        return isinstance(later, SetText) and later.id == self.id

    @property
    def byte_size(self) -> int:
        return SMALL + (len(self.text.string) + SMALL * len(self.text.runs) if self.text is not None else 0)
