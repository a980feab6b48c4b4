"""Draws what Gesso's brushes do: `python packaging/brushes.py previews`, or `sheet FILE` to look at them all."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from math import pi, sin
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "resources" / "brushes"
CELL = (760, 300)
COLUMNS = 2


def previews(folder: Path = FOLDER) -> list[Path]:
    """The small picture beside each brush of ours."""
    from PIL import Image

    from gesso.ui.brush_preview import preview
    from gesso.ui.brush_shelf import read_brush

    made = []
    for file in sorted(folder.glob("*.json")):
        path = file.with_suffix(".webp")
        Image.fromarray(preview(read_brush(file).brush)[..., :3]).save(path, "WEBP", quality=90, method=6)
        made.append(path)
    return made


def sheet(path: Path, folder: Path = FOLDER, only: tuple[str, ...] = ()) -> None:
    """Every brush at its own size: a swelling wave, a line from light to firm, a quick zigzag, and two touches."""
    from PIL import Image, ImageDraw

    from gesso.operations.painting.brush import Point
    from gesso.ui.brush_preview import INK, bands, paint, paper, wave
    from gesso.ui.brush_shelf import read_brush
    from gesso.values import Size

    kept = [read_brush(file) for file in folder.glob("*.json") if not only or file.stem in only]
    kept.sort(key=lambda one: one.order)
    width, height = CELL
    whole = Image.new("RGB", (width * COLUMNS, height * -(-len(kept) // COLUMNS)), "white")
    for at, one in enumerate(kept):
        cell = paper(Size(width, height))
        brush = replace(one.brush, colour=INK)
        if brush.is_wet:
            bands(cell, 60, 240)
        paint(cell, brush, wave(50, 480, 90, 40, 1.0))
        paint(cell, brush, [Point(50 + 43 * i, 165, 0.05 + 0.095 * i, i / 10) for i in range(11)])
        zigzag = [Point(60 + 7 * i, 235 + 36 * sin(pi * i / 4), 0.75, i / 220) for i in range(60)]
        paint(cell, brush, zigzag)
        flat = [Point(530 + 4 * i, 70 + 9 * (-1) ** (i // 2), 0.7, i / 40, tilt_x=50) for i in range(48)]
        paint(cell, brush, flat)
        for x, pressure in ((560, 0.3), (640, 1.0)):
            paint(cell, brush, [Point(x, 150, pressure)])
        over = replace(brush, colour=type(INK)(0.75, 0.2, 0.12))
        paint(cell, over, [Point(540 + 18 * i, 235 + 12 * sin(i), 0.9, i / 30) for i in range(10)])
        paint(cell, brush, [Point(600 + 2 * i, 195 + 9 * i, 0.9, i / 20) for i in range(10)])
        picture = Image.fromarray(cell.layers()[0].tiles.read()[..., :3])
        ImageDraw.Draw(picture).text((10, 6), f"{one.title}  {one.brush.size_px:g} px", fill=(90, 90, 90))
        whole.paste(picture, (at % COLUMNS * width, at // COLUMNS * height))
    whole.save(path)


def main() -> int:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.path.insert(0, str(ROOT / "desktop"))
    if sys.argv[1:2] == ["sheet"] and len(sys.argv) > 2:
        sheet(Path(sys.argv[2]), only=tuple(sys.argv[3:]))
    elif sys.argv[1:] == ["previews"]:
        for path in previews():
            print(f"{path.name}  {path.stat().st_size:,} bytes")
    else:
        print(__doc__)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
