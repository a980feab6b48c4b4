"""How large a picture may be: Gesso's own policy, decided from the header before anything is decoded."""

from __future__ import annotations

import psutil
from PIL import Image

from gesso.files.trouble import UNTOUCHED
from gesso.values import Size, Trouble

MOST_PIXELS = 1_000_000_000
"""No picture above 1,000 megapixels is read; A0 at 600 dpi has 558."""
SPARE = 0.1
"""The share of the free memory that is left to everything else."""
DEFLATE_AT_MOST = 1040
"""Deflate cannot make anything smaller than 1:1032; a file that claims more is not whole."""

# Pillow's own guard stays on, behind ours and at the same number.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS


def free_bytes() -> int:
    """The memory that a picture may take now."""
    return int(psutil.virtual_memory().available * (1 - SPARE))


def admit(name: str, size: Size, bytes_needed: int, limit_px: int = MOST_PIXELS) -> None:
    """Raise `Trouble` for a picture above the limit, or above what the memory holds now."""
    width, height = size.width, size.height
    if size.area > limit_px:
        raise Trouble(
            "{name} has {width} × {height} pixels, more than the {limit} megapixels that Gesso reads; it would need {need}.",
            UNTOUCHED,
            "Make it smaller, or cut it into parts first.",
            name=name,
            width=width,
            height=height,
            limit=f"{limit_px / 1e6:,.0f}",
            need=spoken(bytes_needed),
        )
    free = free_bytes()
    if bytes_needed > free:
        raise Trouble(
            "{name} has {width} × {height} pixels: reading it needs {need} of memory, and only {free} are free.",
            UNTOUCHED,
            "Close other programs and documents, or make the picture smaller first.",
            name=name,
            width=width,
            height=height,
            need=spoken(bytes_needed),
            free=spoken(free),
        )


def spoken(count: int) -> str:
    """A number of bytes as people say it."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{max(1, round(count / 1e6))} MB"
