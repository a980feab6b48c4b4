"""Fonts of texts, and the places of strings as Qt counts them."""

from __future__ import annotations

from PySide6.QtGui import QFont, QFontDatabase, QFontInfo

from gesso.documents.painting import Text
from gesso.documents.painting.text import Style

EM_PX = 128
"""The size of letters that a text of one size is laid out at."""
FINE_PX = 1024
"""The size at which the largest of several sizes are laid out: fonts come in whole pixels, and none must look rounded."""
LONG = 5000
"""Characters beyond which a line of fine letters may be longer than Qt can count."""
VERTICAL = "vert"
"""The OpenType feature that fonts with signs of their own for columns have."""


def units(string: str) -> int:
    """How long it is, as positions count."""
    return len(string.encode("utf-16-le", "surrogatepass")) // 2


def cut(string: str, start: int, end: int) -> str:
    """What lies between two positions."""
    return string.encode("utf-16-le", "surrogatepass")[2 * start : 2 * end].decode("utf-16-le", "replace")


def place_of(string: str, position: int) -> int:
    """How many characters lie before a position."""
    return len(cut(string, 0, position))


def usual_family() -> str:
    """The font of the desktop."""
    return QFontInfo(QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)).family()


def missing_families(text: Text) -> list[str]:
    """The fonts that a text asks for and this machine lacks."""
    families = dict.fromkeys(style.family for style in text.styles)
    return [family for family in families if family and not QFontDatabase.hasFamily(family)]


def missing_family(text: Text) -> str:
    """The first of them; empty when all are here."""
    return next(iter(missing_families(text)), "")


def layout_scale(text: Text) -> float:
    """From the pixels that a text is laid out in to its own."""
    sizes = {style.size_px for style in text.styles}
    if len(sizes) == 1:
        return sizes.pop() / EM_PX
    largest = max(sizes)
    fine = FINE_PX if len(text.string) <= LONG else EM_PX
    return 1 / (fine // largest) if largest <= fine else largest / fine


def font_of(style: Style, em_px: float = EM_PX, *, in_columns: bool = False) -> QFont:
    """Letters that one family lacks, such as Chinese ones, come from another that Qt finds."""
    is_here = bool(style.family) and QFontDatabase.hasFamily(style.family)
    font = QFont(style.family if is_here else usual_family())
    font.setPixelSize(max(1, round(em_px)))
    font.setWeight(QFont.Weight(style.weight))
    font.setItalic(style.italic)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    if style.spacing:
        font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, style.spacing * em_px)
    if in_columns:
        font.setFeature(QFont.Tag(VERTICAL), 1)
    return font
