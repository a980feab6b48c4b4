"""A text set in lines: where its letters, its caret and its selection lie, in pixels before it is placed.

Everything is laid out at one size of letters and then scaled, unhinted: the same text breaks at the same places however
large it is, and however far the view is zoomed. Positions count UTF-16 units, as Qt does.

Qt sets lines only. A text in columns is one in lines that is turned by a quarter to the right: what it is in here, before
it comes out, is called along (the line) and across (from line to line). How its letters stand is `text_letters`' to say.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from unicodedata import bidirectional

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QTextCharFormat, QTextLayout, QTextLine, QTextOption, QTransform

from gesso.documents.painting import Text
from gesso.documents.painting.text import Matrix, Style
from gesso.ui.text_fonts import font_of, layout_scale, units

ENDLESS = 1e7
_DIRECTIONS = {
    "auto": Qt.LayoutDirection.LayoutDirectionAuto,
    "ltr": Qt.LayoutDirection.LeftToRight,
    "rtl": Qt.LayoutDirection.RightToLeft,
}


def transform_of(text: Text) -> QTransform:
    """From the text's own pixels to those of the painting."""
    return QTransform(*text.matrix)


@dataclass(frozen=True)
class Line:
    """One line, with what it holds of the whole text."""

    layout: QTextLayout
    line: QTextLine
    offset: int
    """Where its paragraph begins in the whole text."""
    start: int
    end: int
    is_last: bool
    """Of its paragraph."""
    ascent: float
    height: float
    """Of the largest letters in it."""
    is_column: bool

    @property
    def top(self) -> float:
        return float(self.line.y() + self.line.ascent() - self.ascent)

    @property
    def baseline(self) -> float:
        return float(self.line.y() + self.line.ascent())


class Setting:
    """One text as it is set now."""

    def __init__(self, text: Text) -> None:
        self.text = text
        self.scale = layout_scale(text)
        self.styles: list[Style] = []
        self._starts: list[int] = []
        """Where each of the styles begins."""
        self._metrics: dict[Style, tuple[float, float]] = {}
        place = 0
        for run in text.pieces:
            self.styles.append(run.style)
            self._starts.append(place)
            place += units(text.string[run.start : run.end])
        self._end = place
        self.lines: list[Line] = []
        self._place()

    def style_at(self, position: int) -> Style:
        """Of the letter behind a position."""
        return self.styles[bisect_right(self._starts, position) - 1] if self.styles else self.text.style

    def em_of(self, style: Style) -> float:
        """The size of letters of a style, as they are laid out."""
        return style.size_px / self.scale

    # --- laying out ----------------------------------------------------------------------------------------------

    def _measure(self, style: Style) -> tuple[float, float]:
        """How far letters reach above the line, and from their top to their foot."""
        if style not in self._metrics:
            metrics = QFontMetricsF(font_of(style, self.em_of(style)))
            self._metrics[style] = metrics.ascent(), metrics.height()
        return self._metrics[style]

    def _room(self, start: int, end: int) -> tuple[float, float]:
        """The same for all letters between two positions; without any, for what would be written there."""
        if not self.text.runs:
            return self._measure(self.text.style)
        first = bisect_right(self._starts, max(start - (start == end), 0)) - 1
        last = bisect_right(self._starts, max(end - 1, start - (start == end), 0))
        rooms = [self._measure(style) for style in dict.fromkeys(self.styles[first:last])]
        return max(ascent for ascent, _ in rooms), max(height for _, height in rooms)

    def _formats(self, offset: int, length: int) -> list[QTextLayout.FormatRange]:
        """The fonts of a paragraph. What only looks different is no reason to shape it apart."""
        found: list[QTextLayout.FormatRange] = []
        ends = [*self._starts[1:], self._end]
        before = None
        for style, start, end in zip(self.styles, self._starts, ends, strict=True):
            first, last = max(start - offset, 0), min(end - offset, length)
            if first >= last:
                continue
            key = (style.family, style.size_px, style.weight, style.italic, style.spacing)
            if key == before:
                found[-1].length += last - first
            else:
                format, one = QTextCharFormat(), QTextLayout.FormatRange()
                format.setFont(font_of(style, self.em_of(style), in_columns=self.text.vertical))
                one.start, one.length, one.format = first, last - first, format
                found.append(one)
            before = key
        return found

    def _place(self) -> None:
        text = self.text
        width = None if text.width_px is None else max(text.width_px / self.scale, 1.0)
        font = font_of(text.style, self.em_of(text.style), in_columns=text.vertical)
        offset, number, fallen = 0, 0, 0.0
        for paragraph, alignment in zip(text.string.split("\n"), text.alignments, strict=True):
            layout, length = QTextLayout(paragraph, font), units(paragraph)
            option = QTextOption()
            option.setTextDirection(_DIRECTIONS[text.direction])
            option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
            justified = alignment == "justify" and width is not None
            option.setAlignment(
                Qt.AlignmentFlag.AlignJustify
                if justified
                else Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute
            )
            layout.setTextOption(option)
            if text.runs:
                layout.setFormats(self._formats(offset, length))
            layout.beginLayout()
            made: list[QTextLine] = []
            while (line := layout.createLine()).isValid():
                line.setLineWidth(ENDLESS if width is None else width)
                made.append(line)
            layout.endLayout()
            is_rtl = self._is_rtl(paragraph)
            for line in made:
                natural = line.naturalTextRect()
                spread = justified and line is not made[-1]
                left = 0.0 if spread else _left(natural.width(), width, is_rtl, alignment)
                start = offset + line.textStart()
                end = start + line.textLength()
                ascent, height = self._room(start, end)
                if not self.lines:
                    baseline = first = ascent
                elif text.runs:
                    fallen += height * text.line_height
                    baseline = first + fallen
                else:
                    baseline = first + number * height * text.line_height
                line.setPosition(QPointF(left - (0.0 if spread else natural.x()), baseline - line.ascent()))
                is_last = line is made[-1]
                self.lines.append(Line(layout, line, offset, start, end, is_last, ascent, height, text.vertical))
                number += 1
            offset += length + 1

    def _is_rtl(self, paragraph: str) -> bool:
        return self.text.direction == "rtl" or (
            self.text.direction == "auto" and bool(paragraph) and _begins_rtl(paragraph)
        )

    # --- what it takes up ----------------------------------------------------------------------------------------

    @property
    def anchor(self) -> QPointF:
        """What lies where it was clicked: the foot of the first line, or the middle of the first column's head."""
        first = self.lines[0]
        return (
            QPointF(-first.height / 2 * self.scale, 0) if self.text.vertical else QPointF(0, first.ascent * self.scale)
        )

    @property
    def frame(self) -> QRectF:
        """Around all lines, and the whole of the box if there is one."""
        found = QRectF(0, 0, 1e-6, self.lines[0].height)
        for line in self.lines:
            natural = line.line.naturalTextRect()
            found = found.united(QRectF(natural.x(), line.top, max(natural.width(), 1e-6), line.height))
        if self.text.width_px is not None:
            found = found.united(QRectF(0, 0, self.text.width_px / self.scale, found.height()))
        return self._out(found)

    def _out(self, rect: QRectF) -> QRectF:
        """From along and across to the text's own pixels."""
        s = self.scale
        found = QRectF(rect.x() * s, rect.y() * s, rect.width() * s, rect.height() * s)
        return QRectF(-found.bottom(), found.x(), found.height(), found.width()) if self.text.vertical else found

    def _in(self, place: QPointF) -> tuple[float, float]:
        """The way back, of a place."""
        x, y = place.x() / self.scale, place.y() / self.scale
        return (y, -x) if self.text.vertical else (x, y)

    # --- caret and selection -------------------------------------------------------------------------------------

    def line_of(self, position: int) -> int:
        """The number of the line that a caret stands in."""
        for number, line in enumerate(self.lines):
            if position < line.end or (line.is_last and position <= line.end):
                return number
        return len(self.lines) - 1

    def caret(self, position: int) -> QLineF:
        """From the line's top to its foot, or from a column's right to its left."""
        line = self.lines[self.line_of(position)]
        rect = self._out(QRectF(self._x(line, position), line.top, 0, line.height))
        return QLineF(rect.topRight(), rect.bottomLeft())

    def along(self, position: int) -> float:
        """How far along its line a caret stands."""
        return self._x(self.lines[self.line_of(position)], position) * self.scale

    def _x(self, line: Line, position: int) -> float:
        return float(line.line.cursorToX(min(position, line.end) - line.offset)[0])

    def position_at(self, place: QPointF) -> int:
        """The position nearest to a place."""
        along, across = self._in(place)
        number = max(bisect_right([line.top for line in self.lines], across) - 1, 0)
        return self.position_in(number, along * self.scale)

    def position_in(self, number: int, along: float) -> int:
        """The position of a line nearest to a place along it."""
        line = self.lines[number]
        found = line.offset + int(line.line.xToCursor(along / self.scale))
        # Behind the last letter of a line that was broken stands the next line's caret.
        return found if line.is_last or found < line.end else max(line.start, line.end - 1)

    def step(self, position: int, way: int) -> int:
        """One letter to the right (1) or to the left (-1) as it is seen; in columns, down or up."""
        line = self.lines[self.line_of(position)]
        inside = position - line.offset
        found = line.layout.rightCursorPosition(inside) if way > 0 else line.layout.leftCursorPosition(inside)
        if found != inside:
            return line.offset + int(found)
        forward = (way > 0) != self._is_rtl(line.layout.text())
        return min(max(position + (1 if forward else -1), 0), self.lines[-1].end)

    def next(self, position: int, way: int, *, words: bool = False) -> int:
        """The next letter or word in the order of writing."""
        line = self.lines[self.line_of(position)]
        mode = QTextLayout.CursorMode.SkipWords if words else QTextLayout.CursorMode.SkipCharacters
        inside = position - line.offset
        move = line.layout.nextCursorPosition if way > 0 else line.layout.previousCursorPosition
        found = int(move(inside, mode))
        if found == inside:
            return min(max(position + way, 0), self.lines[-1].end)
        return line.offset + found

    def marked(self, start: int, end: int) -> list[QRectF]:
        """What is to be coloured where a part is selected; parts of lines that run both ways are several."""
        found = []
        for line in self.lines:
            first, last = max(start, line.start), min(end, line.end)
            if first > last or (first == last and not (line.is_last and start <= line.end < end)):
                continue
            if first < last:
                for run in line.line.glyphRuns(first - line.offset, last - first):
                    box = run.boundingRect()
                    found.append(QRectF(box.x(), line.top, box.width(), line.height))
            if line.is_last and start <= line.end < end:  # the break is selected too
                found.append(QRectF(self._x(line, line.end), line.top, line.height / 7, line.height))
        return [self._out(rect) for rect in found]


def in_columns(text: Text, vertical: bool) -> Text:
    """Set in columns or in lines, with its upper left corner where it was."""
    return _kept_at(text, replace(text, vertical=vertical))


def in_box(text: Text, boxed: bool) -> Text:
    """In a box as long as its lines are now, or without one, where it was."""
    frame = Setting(text).frame
    measure = max(frame.height() if text.vertical else frame.width(), text.size_px)
    return _kept_at(text, replace(text, width_px=measure if boxed else None))


def _kept_at(before: Text, after: Text) -> Text:
    way = Setting(before).frame.topLeft() - Setting(after).frame.topLeft()
    return after.placed(after.placement @ _shift(way.x(), way.y()) @ np.linalg.inv(after.placement))


def _shift(x: float, y: float) -> Matrix:
    return np.array([[1.0, 0.0, x], [0.0, 1.0, y], [0.0, 0.0, 1.0]])


def _left(natural: float, width: float | None, is_rtl: bool, alignment: str) -> float:
    """Where a line begins; without a box, lines stand about the place that was clicked."""
    room = -natural if width is None else width - natural
    if alignment == "centre":
        return room / 2
    return room if is_rtl != (alignment == "end") else 0.0


def _begins_rtl(paragraph: str) -> bool:
    """Whether the first letter with a direction runs to the left."""
    kinds = (bidirectional(sign) for sign in paragraph)
    return next((kind for kind in kinds if kind in ("L", "R", "AL")), "L") != "L"
