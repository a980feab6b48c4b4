"""What Photoshop's keys for blend modes, colour labels and the like mean here."""

from __future__ import annotations

KEYS = {
    "normal": b"norm", "multiply": b"mul ", "screen": b"scrn", "overlay": b"over", "darken": b"dark",
    "lighten": b"lite", "color-dodge": b"div ", "color-burn": b"idiv", "hard-light": b"hLit", "soft-light": b"sLit",
    "difference": b"diff", "exclusion": b"smud", "hue": b"hue ", "saturation": b"sat ", "color": b"colr",
    "luminosity": b"lum ",
}  # fmt: skip
"""Our blend modes."""
BLENDS = {key: blend for blend, key in KEYS.items()}
THROUGH = b"pass"
"""A group whose layers blend with what lies below it."""
LABELS = ("", "red", "orange", "yellow", "green", "blue", "violet", "grey")
"""In Photoshop's order."""
LOCK_ALPHA, LOCK_PIXELS = 1, 2
LOCK_ALL = 1 << 31


def opacity_of(byte: int) -> float:
    """Photoshop shows whole percents and keeps the nearest of 255 steps: those come back as the percents they were."""
    percent = round(byte * 100 / 255)
    return percent / 100 if round(percent * 255 / 100) == byte else byte / 255
