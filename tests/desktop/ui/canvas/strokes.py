"""Recorded strokes and what each brush made of them; `python -m tests.desktop.ui.canvas.strokes` blesses the pixels anew.

Look at `packaging/brushes.py sheet` before and after.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from gesso.documents.painting import Painting
from gesso.operations.painting.brush import Brush, Recording
from gesso.ui.brush_preview import bands, paint
from gesso.ui.brush_shelf import read_brush
from gesso.values import Colour
from gesso.values.paths import resources

FOLDER = Path(__file__).parent / "golden"
DEEP = ("pencil", "round-soft", "oil-flat", "watercolour-wash", "smudge-finger", "pixel")
"""Brushes whose strokes are kept in 16 bit, too."""
INK = Colour(0.2, 0.1, 0.5)


def recordings() -> dict[str, Recording]:
    return {k: Recording.read(v) for k, v in json.loads((FOLDER / "strokes.json").read_text("utf-8")).items()}


def ground(dtype: type) -> Painting:
    """A sheet across the border of two tiles, with something to mix with."""
    top = np.iinfo(dtype).max
    made = Painting.from_array(np.full((150, 330, 4), top, dtype), "sheet")
    bands(made, 40, 110)
    return made


def brushes() -> dict[str, Brush]:
    return {file.stem: read_brush(file).brush for file in sorted((resources() / "brushes").glob("*.json"))}


def replayed(brush: Brush, dtype: type) -> Painting:
    """Both strokes, no larger than fits the sheet."""
    made = ground(dtype)
    for recording in recordings().values():
        paint(made, replace(brush, size_px=min(brush.size_px, 40), colour=INK), recording.points, recording.seed)
    return made


def digest(painting: Painting) -> str:
    pixels = painting.layers()[0].tiles.read()
    return hashlib.sha256(pixels.astype(pixels.dtype.newbyteorder("<")).tobytes()).hexdigest()[:32]


def cases() -> Iterator[tuple[str, int]]:
    for id in brushes():
        yield id, 8
        if id in DEEP:
            yield id, 16


def blessed() -> dict[str, str]:
    found: dict[str, str] = json.loads((FOLDER / "digests.json").read_text("utf-8"))
    return found


def main() -> None:
    known = brushes()
    found = {
        f"{id} {depth}": digest(replayed(known[id], np.uint16 if depth == 16 else np.uint8)) for id, depth in cases()
    }
    (FOLDER / "digests.json").write_text(json.dumps(found, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
