"""How signs stand in columns: upright, turned with the line, or moved to where a column has them.

After Unicode's Standard Annex 50 (vertical text layout), for what the fonts of Chinese and Japanese set in columns.
"""

from __future__ import annotations

from typing import Literal
from unicodedata import combining, east_asian_width

Stand = Literal["upright", "turned", "corner", "small", "middle", "axis"]
"""- `upright` as it stands in a line; `turned` by a quarter to the right, as Latin letters are;
- `corner` moves from the lower left of its square to the upper right; `small` a little that way;
- `middle` stands upright in the middle of its square; `axis` is turned and lies along the middle of the column.

All but `upright` and `turned` are for fonts that have no sign of their own for columns.
"""
CORNER = "、。，．"
SMALL = "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ"
MIDDLE = "！？：；·•"
AXIS = "…‥—―–⋯"
TURNED = "〈〉《》「」『』【】〔〕〖〗〘〙〚〛〜〝〞〟〰゠ー（）＜＝＞［］＿｛｜｝～｟｠￣－"
KINDS: tuple[tuple[str, Stand], ...] = (
    (CORNER, "corner"), (SMALL, "small"), (MIDDLE, "middle"), (AXIS, "axis"), (TURNED, "turned"),
)  # fmt: skip
UPRIGHT = "§©®±¼½¾×÷‖†‡※⁂℃℉℅ℊℎℓ№℞™℧Ω♩♪♫♬∞∴∵"
RANGES = ((0x2460, 0x24FF), (0x25A0, 0x27BF), (0x2E80, 0xA4CF), (0xAC00, 0xD7FF), (0xE000, 0xFAFF), (0x1F000, 0x1FAFF))
"""Enclosed numbers, shapes, symbols, all of Chinese, Japanese and Korean, private signs, pictures."""


def stand_of(sign: str) -> Stand:
    """How a sign stands in a column where its font has nothing to say."""
    for signs, stand in KINDS:
        if sign in signs:
            return stand
    is_wide = east_asian_width(sign) in "WF"
    is_told = sign in UPRIGHT or any(first <= ord(sign) <= last for first, last in RANGES)
    return "upright" if (is_wide or is_told) and not combining(sign) else "turned"


def may_be_substituted(sign: str) -> bool:
    """Whether another glyph than that of a line is one for columns, rather than a ligature."""
    return east_asian_width(sign) in "WF" or sign in AXIS + MIDDLE + "“”‘’"
