"""The letters of a text that was set, as outlines in its own pixels: each in its colour, in columns each as it stands there.

Fonts with signs of their own for columns are asked for them while the text is set. For all others the signs of a line are
turned and moved, so that punctuation stands where a column has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QGlyphRun, QPainterPath, QRawFont, QTextLayout, QTransform

from gesso.documents.painting.text import Style
from gesso.ui.text_fonts import units
from gesso.ui.text_setting import Line, Setting
from gesso.ui.text_upright import may_be_substituted, stand_of

AXIS_EM = 0.36
"""From the foot of letters up to the middle of a column, where a font has no Chinese to measure."""
MEASURED = "国"
"""A sign whose ink fills its square."""
SMALL_SHIFT_EM = 0.11
BESIDE_EM = 0.56
"""From the middle of a column to the line at its left that stands for an underline."""
ALIKE = 1.6
"""A sign for columns is turned or moved, but not so many times as large."""
GAP_EM = 0.6
"""Underlines of letters that are nearer hang together."""
Colour = tuple[float, float, float]
ALL = QTextLayout.GlyphRunRetrievalFlag.RetrieveAll


@dataclass(frozen=True)
class Letter:
    """One glyph, where it stands in its line."""

    font: QRawFont
    glyph: int
    at: QPointF
    """Its foot, along and across."""
    wide: float
    base: QPointF
    """Of the sign that it belongs to, such as the letter below an accent; and how wide that is."""
    base_wide: float
    sign: str
    style: Style
    line: Line
    is_for_columns: bool = False
    """Whether it is the sign that its font has for columns."""


@dataclass(frozen=True)
class Letters:
    """All that is drawn of a text."""

    outlines: dict[Colour, list[QPainterPath]]
    """Of each letter, by their colours, in the order in which these come."""
    pictures: list[tuple[QGlyphRun, QTransform]]
    """Signs that have no outline but are seen all the same, such as coloured ones; and where each is to be drawn."""


def letters_of(setting: Setting) -> Letters:
    """What is drawn, in the text's own pixels."""
    paths: dict[Colour, list[QPainterPath]] = {}
    signs: list[tuple[QGlyphRun, QTransform]] = []
    underlined: list[Letter] = []
    scale = QTransform.fromScale(setting.scale, setting.scale)
    for letter in _letters(setting):
        shape = letter.font.pathForGlyph(letter.glyph)
        if letter.style.underline:
            underlined.append(letter)
        if not shape.isEmpty():
            path = _in_column(letter).map(shape) if setting.text.vertical else shape.translated(letter.at)
            paths.setdefault(letter.style.colour, []).append(scale.map(path))
        elif not letter.font.boundingRect(letter.glyph).isEmpty():
            there = QTransform.fromTranslate(letter.at.x(), letter.at.y())
            signs.append((_picture(letter), (_in_column(letter) if setting.text.vertical else there) * scale))
    for colour, rect in _underlines(setting, underlined):
        bar = QPainterPath()
        bar.addRect(scale.mapRect(rect))
        paths.setdefault(colour, []).append(bar)
    return Letters(paths, signs)


def apart(paths: Iterable[QPainterPath], placed: QTransform) -> list[QPainterPath]:
    """Outlines where they are placed, together only where they touch: many small ones are filled far sooner than one.

    What shares a pixel has to be filled as one, or a seam is seen where letters join.
    """
    found: list[QPainterPath] = []
    rect = QRectF()
    for path in paths:
        path = placed.map(path)
        box = path.boundingRect().adjusted(-1, -1, 1, 1)
        if found and rect.intersects(box):
            found[-1].addPath(path)
            rect = rect.united(box)
        else:
            path.setFillRule(Qt.FillRule.WindingFill)  # strokes of one letter may overlap
            found.append(path)
            rect = box
    return found


def _picture(letter: Letter) -> QGlyphRun:
    run = QGlyphRun()
    run.setRawFont(letter.font)
    run.setGlyphIndexes([letter.glyph])
    run.setPositions([QPointF(0, 0)])
    return run


def _letters(setting: Setting) -> Iterator[Letter]:
    signs: Sequence[str] = ()
    for number, line in enumerate(setting.lines):
        if number == 0 or line.layout is not setting.lines[number - 1].layout:
            signs = _by_unit(line.layout.text())
        base: tuple[int, QPointF, float] | None = None
        for font, glyph, at, place in _glyphs(setting, line):
            wide = font.advancesForGlyphIndexes([glyph])[0].x()
            if base is None or base[0] != place:
                base = place, at, wide
            style = setting.style_at(line.offset + place)
            yield _substituted(Letter(font, glyph, at, wide, base[1], base[2], signs[place], style, line))


Placed = tuple[QRawFont, int, QPointF, int]
"""A font, a glyph of it, where that stands, and the position in the paragraph that it belongs to."""


def _glyphs(setting: Setting, line: Line) -> Iterator[Placed]:
    runs = line.line.glyphRuns(-1, -1, ALL)
    if not setting.text.vertical and len(setting.styles) < 2:  # whose letter it is makes no difference
        for run in runs:
            for glyph, at in zip(run.glyphIndexes(), run.positions(), strict=True):
                yield run.rawFont(), glyph, at, line.line.textStart()
    elif len({(run.rawFont().familyName(), run.rawFont().styleName()) for run in runs}) < 2:
        for run in runs:
            for placed in zip(run.glyphIndexes(), run.positions(), run.stringIndexes(), strict=True):
                yield run.rawFont(), *placed
    else:
        yield from _sign_by_sign(line)


def _sign_by_sign(line: Line) -> Iterator[Placed]:
    """Where one font helps another out, Qt 6 says nothing true about which glyph is whose: ask for each sign."""
    seen: set[tuple[int, float, float]] = set()
    place, end = line.line.textStart(), line.line.textStart() + line.line.textLength()
    while place < end:
        following = max(int(line.layout.nextCursorPosition(place)), place + 1)
        for run in line.line.glyphRuns(place, min(following, end) - place, ALL):
            for glyph, at in zip(run.glyphIndexes(), run.positions(), strict=True):
                if (key := (glyph, at.x(), at.y())) not in seen:  # a ligature is one for all its letters
                    seen.add(key)
                    yield run.rawFont(), glyph, at, place
        place = following


def _by_unit(string: str) -> Sequence[str]:
    """The character at each position; rare ones take two."""
    return string if units(string) == len(string) else [sign for sign in string for _ in range(units(sign))]


# --- columns -----------------------------------------------------------------------------------------------------


def _axis(letter: Letter) -> float:
    """From the foot of letters up to where the middle of a column is."""
    found = letter.font.glyphIndexesForString(MEASURED)
    if found and found[0]:
        return -letter.font.boundingRect(found[0]).center().y()
    return AXIS_EM * letter.font.pixelSize()


def _substituted(letter: Letter) -> Letter:
    """As the font has it for columns, unless that cannot be meant: cut-down fonts name glyphs that are others by now."""
    if not letter.line.is_column or not may_be_substituted(letter.sign):
        return letter
    plain = next(iter(letter.font.glyphIndexesForString(letter.sign)), 0)
    if plain in (0, letter.glyph):
        return letter
    box, other = letter.font.boundingRect(plain), letter.font.boundingRect(letter.glyph)
    sides = sorted((box.width(), box.height())), sorted((other.width(), other.height()))
    alike = all(max(a, b) <= ALIKE * min(a, b) for a, b in zip(*sides, strict=True))
    return replace(letter, is_for_columns=True) if alike else replace(letter, glyph=plain)


def _in_column(letter: Letter) -> QTransform:
    """From a glyph's own place to where it stands, in pixels that it was laid out in."""
    stand, axis = "upright" if letter.is_for_columns else stand_of(letter.sign), _axis(letter)
    middle = letter.line.top + letter.line.height / 2
    ink = letter.font.boundingRect(letter.glyph).center()
    off = letter.at - letter.base
    if stand in ("turned", "axis"):
        rise = ink.y() if stand == "axis" else -axis
        return QTransform(0, 1, -1, 0, -(middle - rise + off.y()), letter.at.x())
    across, down = -letter.base_wide / 2, axis
    if stand == "corner":  # from the lower left to the upper right; what stands in the middle stays there
        across, down = across - 2 * (ink.x() + across), down - 2 * (ink.y() + down)
    elif stand == "small":
        across, down = (
            across + SMALL_SHIFT_EM * letter.font.pixelSize(),
            down - SMALL_SHIFT_EM * letter.font.pixelSize(),
        )
    elif stand == "middle":
        across, down = -ink.x(), -ink.y()
    along = letter.base.x() + letter.base_wide / 2
    return QTransform.fromTranslate(-middle + across + off.x(), along + down + off.y())


# --- underlines --------------------------------------------------------------------------------------------------


def _underlines(setting: Setting, underlined: list[Letter]) -> Iterator[tuple[Colour, QRectF]]:
    """Below the letters; in columns at their left."""
    for _, row in groupby(underlined, key=lambda letter: id(letter.line)):
        pieces: list[tuple[float, float, Letter]] = []
        for letter in sorted(row, key=lambda letter: letter.at.x()):
            start, end = letter.at.x(), letter.at.x() + letter.wide
            before = pieces[-1] if pieces else None
            near = before is not None and start - before[1] < GAP_EM * letter.font.pixelSize()
            if before is not None and near and before[2].style == letter.style:
                pieces[-1] = before[0], max(end, before[1]), before[2]
            else:
                pieces.append((start, end, letter))
        for start, end, letter in pieces:
            yield letter.style.colour, _bar(setting, letter, start, end)


def _bar(setting: Setting, letter: Letter, start: float, end: float) -> QRectF:
    em = setting.em_of(letter.style)
    thick = max(letter.font.lineThickness(), em / 24)
    if not setting.text.vertical:
        return QRectF(start, letter.line.baseline + letter.font.underlinePosition() - thick / 2, end - start, thick)
    middle = letter.line.top + letter.line.height / 2
    return QRectF(-(middle + BESIDE_EM * em) - thick / 2, start, thick, end - start)
