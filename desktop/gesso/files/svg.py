"""SVG: drawn at the size that is wanted, in a process of its own, and never with anything from outside the file."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from xml.parsers import expat

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gesso.files import apart, png
from gesso.files.sources import ArraySource, Header
from gesso.values import Progress, Size

FORMAT = "SVG"
LARGEST = 64 << 20
"""Bytes of a drawing; maps have some tens of megabytes."""
UNITS = {"": 1, "px": 1, "pt": 96 / 72, "pc": 16, "in": 96, "cm": 96 / 2.54, "mm": 96 / 25.4, "em": 16, "ex": 8}
"""In pixels, by CSS."""
USUAL = Size(512, 512)
"""For drawings that say nothing of their size."""
_OUTSIDE = re.compile(r"""((?:[\w.-]+:)?href\s*=\s*)(?:"(?!\s*(?:#|data:))[^"]*"|'(?!\s*(?:#|data:))[^']*')""")


class _Found(Exception):
    """The first element is there; nothing behind it matters for the size."""


def source(path: Path, fit: Size | None, progress: Progress) -> ArraySource:
    """A drawing at its own size, or as large as fits into `fit`. Raises ValueError for what is none."""
    width, height = measured(_text(path))
    if fit is not None:
        scale = min(fit.width / width, fit.height / height)
        width, height = width * scale, height * scale
    size = Size(max(1, round(width)), max(1, round(height)))
    bytes_needed = size.area * 4 * 4
    header = Header(FORMAT, size, 8, "RGB", True, bytes_needed)
    return ArraySource(header, lambda watched: _drawn(path, size, bytes_needed, watched))


def measured(text: str) -> tuple[float, float]:
    """Width and height in pixels, as the first element says them."""
    given: dict[str, str] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] != "svg":
            raise ValueError("no drawing")
        given.update(attributes)
        raise _Found

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)
    except _Found:
        pass
    except expat.ExpatError as error:
        raise ValueError(str(error)) from None
    box = [float(number) for number in re.split(r"[\s,]+", given.get("viewBox", "").strip()) if number]
    inner = (box[2], box[3]) if len(box) == 4 and min(box[2:]) > 0 else None
    sides = [_length(given.get(name, "")) for name in ("width", "height")]
    if inner is not None:
        shape = inner[0] / inner[1]
        if sides[0] is None and sides[1] is None:
            sides = [*inner]
        sides = [sides[0] or (sides[1] or 1) * shape, sides[1] or (sides[0] or 1) / shape]
    width, height = sides[0] or USUAL.width, sides[1] or USUAL.height
    if not (math.isfinite(width) and math.isfinite(height) and 0 < width < 1e7 and 0 < height < 1e7):
        raise ValueError("an impossible size")
    return width, height


def _length(said: str) -> float | None:
    """In pixels; None for shares of a page that is not there."""
    match = re.fullmatch(r"\s*([+-]?[\d.]+(?:[eE][+-]?\d+)?)\s*([a-z]*)\s*", said)
    if match is None or match[2] not in UNITS:
        return None
    found = float(match[1]) * UNITS[match[2]]
    return found if found > 0 else None


def _text(path: Path) -> str:
    """The drawing without the names of other files: what it shows comes from itself."""
    with path.open("rb") as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise ValueError("too large for a drawing")
    text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "replace")
    # It is UTF-8 from here on, whatever it said of itself.
    text = re.sub(r"^(<\?xml[^>]*?)\s+encoding\s*=\s*[\"'][^\"']*[\"']", r"\1", text)
    return _OUTSIDE.sub(r'\1""', text)


def _drawn(path: Path, size: Size, bytes_needed: int, progress: Progress) -> NDArray[Any]:
    pixels = np.zeros((size.height, size.width, 4), np.uint8)
    row = 0
    for strip in apart.stream(partial(_tell, size=size), path, bytes_needed, progress):
        pixels[row : row + len(strip)] = strip
        row += len(strip)
    if row != size.height:
        raise ValueError("a part of the drawing is missing")
    return pixels


def _tell(path: Path, progress: Progress, size: Size) -> Iterator[NDArray[np.uint8]]:
    """In the other process: the drawing, strip by strip."""
    import resvg_py

    text = _text(path)
    width, height = measured(text)
    # The renderer keeps the shape by itself, so the longer side, as rounded, says it all.
    wide = size.width / width >= size.height / height
    side = (size.width, None) if wide else (None, size.height)
    made = resvg_py.svg_to_bytes(svg_string=text, width=side[0], height=side[1])
    with Image.open(io.BytesIO(bytes(made))) as image:
        pixels = np.asarray(image.convert("RGBA"))
    fitted = np.zeros((size.height, size.width, 4), np.uint8)
    rows, columns = min(size.height, pixels.shape[0]), min(size.width, pixels.shape[1])
    fitted[:rows, :columns] = pixels[:rows, :columns]
    for part in png.strips(size.height, size.width):
        yield fitted[part]
