"""Small parts of the model browser: chips, headings, tables, and how its facts are said."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QDateTime, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from gesso.engine import SelfTest
from gesso.tools import TOOLS
from gesso.tools.model_shelf import Version
from gesso.tools.model_words import DEVICES, TERMS, told
from gesso.ui.look import Look
from gesso.ui.moments import moment
from gesso.ui.speech import Speech

TERMS_INK = {"free": "good", "attribution": "good", "share-alike": "accent", "non-commercial": "warn"}
"""By how much they ask of the artist."""
PAD_PX = 9
GAP_PX = 14


class Chip(QWidget):
    """A short fact in a frame with round ends."""

    def __init__(
        self, look: Look, text: str, ink: str = "muted", tooltip: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._look, self.text, self._ink = look, text, ink
        self.setToolTip(tooltip)
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        look.tell(self, self.update)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text) + 2 * PAD_PX + 2, metrics.height() + 6)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        draw_chip(QPainter(self), QRectF(self.rect()), self.text, self._look, self._ink)


def draw_chip(painter: QPainter, place: QRectF, text: str, look: Look, ink: str) -> None:
    """Also for rows that are painted and no widgets."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colour = look.colour(ink)
    painter.setPen(QPen(colour, 2 if look.is_contrast else 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    inner = place.adjusted(1, 1, -1, -1)
    painter.drawRoundedRect(inner, inner.height() / 2, inner.height() / 2)
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)


def plain(text: str, role: str = "", selectable: bool = False) -> QLabel:
    """A text that is said already; it wraps."""
    found = QLabel(text)
    found.setTextFormat(Qt.TextFormat.PlainText)
    found.setWordWrap(True)
    if role:
        found.setProperty("role", role)
    if selectable:
        found.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return found


def strong(text: str) -> QLabel:
    """What counts most in a row."""
    found = plain(text)
    font = QFont(found.font())
    font.setWeight(QFont.Weight.DemiBold)
    found.setFont(font)
    return found


def section(title: str, *parts: QWidget) -> QWidget:
    """A heading with what belongs to it."""
    found = QWidget()
    column = QVBoxLayout(found)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(6)
    column.addWidget(plain(title, "heading"))
    for part in parts:
        column.addWidget(part)
    return found


def table(heads: Sequence[str], rows: Sequence[Sequence[QWidget]], stretch: Sequence[int]) -> QFrame:
    """A frame with a head line, unless it is empty, and rows; columns share the width by `stretch`."""
    found = QFrame()
    found.setProperty("role", "card")
    grid = QGridLayout(found)
    grid.setContentsMargins(12, 8, 12, 8)
    grid.setHorizontalSpacing(GAP_PX)
    grid.setVerticalSpacing(6)
    for column, (head, share) in enumerate(zip(heads, stretch, strict=True)):
        grid.setColumnStretch(column, share)
        if head:
            grid.addWidget(plain(head, "muted"), 0, column, Qt.AlignmentFlag.AlignTop)
    for number, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            grid.addWidget(cell, number, column, Qt.AlignmentFlag.AlignTop)
    return found


# --- how facts are said ------------------------------------------------------------------------------------------


def task_title(task: str, speech: Speech) -> str:
    """What a model is for, as its tool is called."""
    known = next((tool.title for tool in TOOLS if tool.task == task), "")
    return speech.say(known) if known else task.partition(".")[2].replace("-", " ").capitalize()


def title_of(version: Version, speech: Speech) -> str:
    return told(version.card.title, speech.say).text if version.card is not None else version.name


def terms_title(terms: str, speech: Speech) -> str:
    return speech.say(TERMS[terms])


def size_title(size_bytes: int, speech: Speech) -> str:
    """In megabytes, as files are told."""
    megabytes = size_bytes / 1e6
    return f"{megabytes:.1f} MB" if megabytes < 100 else f"{megabytes:.0f} MB"


def tested_title(tested: SelfTest | None, speech: Speech) -> str:
    """In a few words."""
    say = speech.say
    if tested is None:
        return say("Not run here yet")
    device = say(DEVICES.get(tested.device, tested.device))
    return say("Right on {device}", device=device) if tested.is_right else say("Wrong on {device}", device=device)


def tested_sentence(tested: SelfTest | None, speech: Speech) -> str:
    """With the day."""
    say = speech.say
    if tested is None:
        return say("It has not run on this computer yet.")
    device = say(DEVICES.get(tested.device, tested.device))
    when = moment(QDateTime.fromString(tested.when, Qt.DateFormat.ISODate).toLocalTime(), speech)
    if tested.is_right:
        return say("Last ran on {device}, {when}: the self-test came out right.", device=device, when=when)
    return say("The self-test on {device} failed, {when}: it is not used there.", device=device, when=when)


def tested_ink(tested: SelfTest | None) -> str:
    return "muted" if tested is None else "good" if tested.is_right else "warn"


def amount(value: object) -> str:
    """A quantity in as many figures as mean something."""
    return f"{value:,.4g}" if isinstance(value, int | float) else str(value)


def number(value: object) -> str:
    """A score: four figures, or two places where it is large."""
    if not isinstance(value, int | float):
        return str(value)
    return f"{value:.2f}" if abs(value) >= 10 else f"{value:.4g}"
