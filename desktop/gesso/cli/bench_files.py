"""How long files of 4K take to open and to save, beside plain libraries: run as a process of its own.

    python -m gesso.cli.bench_files FOLDER [WIDTH HEIGHT LAYERS REPEATS]

Prints one JSON object; progress goes to the error stream as numbers from 0 to 1. Everything is written into FOLDER.
What Gesso does is timed as artists get it: pictures are read in a process of their own, what is saved is on the disk for
good, and a project is read back and compared before it counts. The libraries do none of that.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gesso.cli.bench_speed import made_up, median_seconds
from gesso.documents.painting import Group, Layer, Painting, Tiles
from gesso.documents.painting.painting import ROOT
from gesso.files import apart, paintings, pictures, pictures_apart, project
from gesso.values import Picture, Size

WIDTH, HEIGHT, LAYERS, REPEATS = 3840, 2160, 10, 3
QUALITY = 95
Pixels = NDArray[Any]
Work = Callable[[], object]


@dataclass(frozen=True)
class Row:
    """Medians in seconds, and the same picture through the library that stands beside."""

    what: str
    size: str
    open_seconds: float
    save_seconds: float
    bytes: int
    beside: str
    """Which library, and what it does."""
    beside_open_seconds: float
    beside_save_seconds: float | None
    """None for a library that does not write such files."""


@dataclass(frozen=True)
class Case:
    """One format: each function is timed by itself, saving first."""

    what: str
    file: Path
    save: Work
    open: Work
    beside: str
    beside_save: Work | None
    beside_open: Work


def made_up_painting(width: int, height: int, layers: int) -> Painting:
    """A ground, and soft round patches over it that differ from each other."""
    painting = Painting(Size(width, height))
    ground = made_up(width, height)
    y, x = np.ogrid[0:height, 0:width]
    for number in range(layers):
        pixels = np.zeros((height, width, 4), np.uint8)
        pixels[..., :3] = np.roll(ground, 37 * number, axis=(0, 1))
        if number == 0:
            pixels[..., 3] = 255
        else:
            away = np.hypot(x - width * number / layers, y - height / 2) / (0.3 * width)
            pixels[..., 3] = np.clip((1 - away) * 400, 0, 255)
        pixels[pixels[..., 3] == 0] = 0
        painting.nodes[f"{number}"] = Layer(f"{number}", f"{number}", tiles=Tiles.from_array(pixels))
    painting.nodes[ROOT] = Group(ROOT, "", children=tuple(f"{n}" for n in range(layers)))
    painting.active = "0"
    return painting


def cases(folder: Path, width: int, height: int, layers: int) -> Iterator[Case]:
    """What is measured, each made when its turn comes."""
    flat = made_up(width, height)
    yield _flat(folder, "PNG", ".png", flat, "Pillow", partial(_pillow_write, flat, {}), _pillow_read)
    options = {"quality": QUALITY, "subsampling": 0}
    yield _flat(folder, "JPEG", ".jpg", flat, "Pillow", partial(_pillow_write, flat, options), _pillow_read)
    deep = flat.astype(np.uint16) * 257
    yield _flat(folder, "TIFF 16", ".tif", deep, "OpenCV", partial(_opencv_write, deep), _opencv_read)
    painting = made_up_painting(width, height, layers)
    arrays = [layer.tiles.read() for layer in painting.layers()]
    pngs = [folder / f"layer {number}.png" for number in range(layers)]

    def save_pngs() -> None:
        for pixels, file in zip(arrays, pngs, strict=True):
            _pillow_write(pixels, {}, file)

    def open_pngs() -> None:
        for file in pngs:
            _pillow_read(file)

    for what, suffix in (("Gesso", project.SUFFIX), ("OpenRaster", ".ora")):
        file = folder / f"a{suffix}"
        is_own = suffix == project.SUFFIX
        save = partial(project.save, painting, file) if is_own else _layered_save(painting, file)
        load = partial(project.load, file) if is_own else partial(paintings.read, file, is_apart=True)
        yield Case(what, file, save, load, "Pillow, one PNG a layer", save_pngs, open_pngs)
    file = folder / "a.psd"
    load = partial(paintings.read, file, is_apart=True)
    yield Case("PSD", file, _layered_save(painting, file), load, "psd-tools", None, partial(_psd_tools_read, file))


def _flat(
    folder: Path,
    what: str,
    suffix: str,
    pixels: Pixels,
    beside: str,
    write: Callable[[Path], object],
    read: Callable[[Path], object],
) -> Case:
    ours, theirs = folder / f"ours{suffix}", folder / f"theirs{suffix}"
    save = partial(pictures.write, Picture(pixels), ours, overwrite=True, quality=QUALITY)
    return Case(
        what, ours, save, partial(pictures_apart.read, ours), beside, partial(write, theirs), partial(read, theirs)
    )


def _layered_save(painting: Painting, file: Path) -> Work:
    return partial(paintings.write, painting, file, overwrite=True)


def _pillow_write(pixels: Pixels, options: dict[str, Any], file: Path) -> None:
    Image.fromarray(pixels).save(file, **options)


def _pillow_read(file: Path) -> Pixels:
    with Image.open(file) as image:
        return np.asarray(image)


def _opencv_write(pixels: Pixels, file: Path) -> None:
    import cv2

    file.write_bytes(cv2.imencode(file.suffix, pixels[..., ::-1])[1].tobytes())


def _opencv_read(file: Path) -> Pixels:
    import cv2

    found = cv2.imdecode(np.fromfile(file, np.uint8), cv2.IMREAD_UNCHANGED)
    assert found is not None
    return np.asarray(found[..., ::-1])


def _psd_tools_read(file: Path) -> list[Pixels]:
    from psd_tools import PSDImage

    with file.open("rb") as opened:
        return [np.asarray(layer.numpy()) for layer in PSDImage.open(opened)]


def measured(
    folder: Path, width: int, height: int, layers: int, repeats: int, report: Callable[[float], object]
) -> dict[str, Any]:
    rows: list[Row] = []
    for number, case in enumerate(cases(folder, width, height, layers)):
        report(number / 6)
        save = median_seconds(case.save, repeats)
        open_ = median_seconds(case.open, repeats)
        beside_save = None if case.beside_save is None else median_seconds(case.beside_save, repeats)
        beside_open = median_seconds(case.beside_open, repeats)
        has_layers = case.what in ("Gesso", "OpenRaster", "PSD")
        size = f"{width}x{height}" + (f" x {layers}" if has_layers else "")
        rows.append(
            Row(
                case.what, size, round(open_, 4), round(save, 4), case.file.stat().st_size, case.beside,
                round(beside_open, 4), None if beside_save is None else round(beside_save, 4),
            )
        )  # fmt: skip
    apart.let_go()
    return {"repeats": repeats, "rows": [asdict(row) for row in rows]}


def main(arguments: Sequence[str]) -> int:
    usual = (WIDTH, HEIGHT, LAYERS, REPEATS)
    given = [int(word) for word in arguments[1:]]
    width, height, layers, repeats = (*given, *usual[len(given) :])

    def report(fraction: float) -> None:
        print(f"{fraction:.4f}", file=sys.stderr, flush=True)

    print(json.dumps(measured(Path(arguments[0]), width, height, layers, repeats, report)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
