"""A text set in lines: where its letters, its caret and its selection lie, in pixels before it is placed.

Everything is laid out at one size of letters and then scaled, unhinted: the same text breaks at the same places however
large it is, and however far the view is zoomed. Positions count UTF-16 units, as Qt does.
"""

from __future__ import annotations

from dataclasses import dataclass
from unicodedata import bidirectional

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QFont,
    QFontDatabase,
    QFontInfo,
    QFontMetricsF,
    QGlyphRun,
    QPainterPath,
    QTextLayout,
    QTextLine,
    QTextOption,
    QTransform,
)

from gesso.documents.painting import Text

EM_PX = 128
"""The size of letters that every text is laid out at."""
ENDLESS = 1e7
_DIRECTIONS = {
    "auto": Qt.LayoutDirection.LayoutDirectionAuto,
    "ltr": Qt.LayoutDirection.LeftToRight,
    "rtl": Qt.LayoutDirection.RightToLeft,
}


def units(string: str) -> int:
    """How long it is, as positions count."""
    return len(string.encode("utf-16-le", "surrogatepass")) // 2


def cut(string: str, start: int, end: int) -> str:
    """What lies between two positions."""
    return string.encode("utf-16-le", "surrogatepass")[2 * start : 2 * end].decode("utf-16-le", "replace")


def usual_family() -> str:
    """The font of the desktop."""
    return QFontInfo(QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)).family()


def missing_family(text: Text) -> str:
    """The font that a text asks for and this machine lacks; empty when it is here."""
    return text.family if text.family and not QFontDatabase.hasFamily(text.family) else ""


def font_of(text: Text, em_px: int = EM_PX) -> QFont:
    """Letters that one family lacks, such as Chinese ones, come from another that Qt finds."""
    missing = missing_family(text)
    font = QFont(text.family if text.family and not missing else usual_family())
    font.setPixelSize(em_px)
    font.setWeight(QFont.Weight(text.weight))
    font.setItalic(text.italic)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    if text.spacing:
        font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, text.spacing * em_px)
    return font


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


class Setting:
    """One text as it is set now."""

    def __init__(self, text: Text) -> None:
        self.text = text
        self.scale = text.size_px / EM_PX
        self._font = font_of(text)
        metrics = QFontMetricsF(self._font)
        self._ascent, self._height = metrics.ascent(), metrics.height()
        self.lines: list[Line] = []
        self._place()

    # --- laying out ----------------------------------------------------------------------------------------------

    def _place(self) -> None:
        text = self.text
        width = None if text.width_px is None else max(text.width_px / self.scale, 1.0)
        offset, number = 0, 0
        for paragraph in text.string.split("\n"):
            layout = QTextLayout(paragraph, self._font)
            option = QTextOption()
            option.setTextDirection(_DIRECTIONS[text.direction])
            option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
            justified = text.alignment == "justify" and width is not None
            option.setAlignment(
                Qt.AlignmentFlag.AlignJustify
                if justified
                else Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute
            )
            layout.setTextOption(option)
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
                left = 0.0 if spread else self._left(natural.width(), width, is_rtl)
                baseline = self._ascent + number * self._height * text.line_height
                line.setPosition(QPointF(left - (0.0 if spread else natural.x()), baseline - line.ascent()))
                start = offset + line.textStart()
                self.lines.append(Line(layout, line, offset, start, start + line.textLength(), line is made[-1]))
                number += 1
            offset += units(paragraph) + 1

    def _is_rtl(self, paragraph: str) -> bool:
        return self.text.direction == "rtl" or (
            self.text.direction == "auto" and bool(paragraph) and _begins_rtl(paragraph)
        )

    def _left(self, natural: float, width: float | None, is_rtl: bool) -> float:
        """Without a box, lines stand about the place that was clicked."""
        room = -natural if width is None else width - natural
        if self.text.alignment == "centre":
            return room / 2
        return room if is_rtl != (self.text.alignment == "end") else 0.0

    # --- what it takes up ----------------------------------------------------------------------------------------

    @property
    def ascent(self) -> float:
        """From the top to the first line's foot."""
        return self._ascent * self.scale

    @property
    def frame(self) -> QRectF:
        """Around all lines, and the whole of the box if there is one."""
        found = QRectF(0, 0, 1e-6, self._height)
        for line in self.lines:
            natural = line.line.naturalTextRect()
            found = found.united(QRectF(natural.x(), self._top(line), max(natural.width(), 1e-6), self._height))
        if self.text.width_px is not None:
            found = found.united(QRectF(0, 0, self.text.width_px / self.scale, found.height()))
        return self._scaled(found)

    def _top(self, line: Line) -> float:
        return line.line.y() + line.line.ascent() - self._ascent

    def _scaled(self, rect: QRectF) -> QRectF:
        s = self.scale
        return QRectF(rect.x() * s, rect.y() * s, rect.width() * s, rect.height() * s)

    # --- letters -------------------------------------------------------------------------------------------------

    def runs(self) -> list[QGlyphRun]:
        """The letters at the size that they are laid out at; multiply by `scale`."""
        return [run for line in self.lines for run in line.line.glyphRuns()]

    def outline(self) -> QPainterPath:
        """All letters that are drawn by outlines."""
        path = QPainterPath()
        path.setFillRule(Qt.FillRule.WindingFill)  # strokes of one letter may overlap
        for run in self.runs():
            font = run.rawFont()
            for glyph, at in zip(run.glyphIndexes(), run.positions(), strict=True):
                path.addPath(font.pathForGlyph(glyph).translated(at))
        return QTransform.fromScale(self.scale, self.scale).map(path)

    def pictures(self) -> list[QGlyphRun]:
        """The runs of letters that have no outline but are seen all the same: coloured signs."""
        return [
            run
            for run in self.runs()
            if any(
                run.rawFont().pathForGlyph(glyph).isEmpty() and not run.rawFont().boundingRect(glyph).isEmpty()
                for glyph in run.glyphIndexes()
            )
        ]

    # --- caret and selection -------------------------------------------------------------------------------------

    def line_of(self, position: int) -> int:
        """The number of the line that a caret stands in."""
        for number, line in enumerate(self.lines):
            if position < line.end or (line.is_last and position <= line.end):
                return number
        return len(self.lines) - 1

    def caret(self, position: int) -> QLineF:
        line = self.lines[self.line_of(position)]
        x, top = self._x(line, position), self._top(line)
        s = self.scale
        return QLineF(x * s, top * s, x * s, (top + self._height) * s)

    def _x(self, line: Line, position: int) -> float:
        return float(line.line.cursorToX(min(position, line.end) - line.offset)[0])

    def position_at(self, place: QPointF) -> int:
        """The position nearest to a place."""
        y = place.y() / self.scale
        step = self._height * self.text.line_height
        number = min(max(int(y // step), 0), len(self.lines) - 1)
        return self.position_in(number, place.x())

    def position_in(self, number: int, x: float) -> int:
        """The position of a line nearest to a place across."""
        line = self.lines[number]
        found = line.offset + int(line.line.xToCursor(x / self.scale))
        # Behind the last letter of a line that was broken stands the next line's caret.
        return found if line.is_last or found < line.end else max(line.start, line.end - 1)

    def step(self, position: int, way: int) -> int:
        """One letter to the right (1) or to the left (-1) as it is seen."""
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
            top = self._top(line)
            if first < last:
                for run in line.line.glyphRuns(first - line.offset, last - first):
                    box = run.boundingRect()
                    found.append(QRectF(box.x(), top, box.width(), self._height))
            if line.is_last and start <= line.end < end:  # the break is selected too
                found.append(QRectF(self._x(line, line.end), top, EM_PX / 6, self._height))
        return [self._scaled(rect) for rect in found]


def _begins_rtl(paragraph: str) -> bool:
    """Whether the first letter with a direction runs to the left."""
    kinds = (bidirectional(sign) for sign in paragraph)
    return next((kind for kind in kinds if kind in ("L", "R", "AL")), "L") != "L"
