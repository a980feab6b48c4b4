"""Flat pictures read in a process of its own, for whoever has work open that a decoder must not take along."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.files import apart, layered, limits, pictures, png, svg
from gesso.files.decoding import decoded
from gesso.files.pictures import Opened
from gesso.files.trouble import UNTOUCHED
from gesso.files.xmp import Origin
from gesso.values import Note, Picture, Progress, Size, Trouble

Strip = tuple[NDArray[Any], NDArray[Any] | None]


@dataclass(frozen=True)
class _Head:
    size: Size
    dtype: str
    has_alpha: bool
    dpi: tuple[float, float] | None
    notes: tuple[Note, ...]
    format: str
    origin: Origin


def read(
    path: Path, *, limit_px: int = limits.MOST_PIXELS, progress: Progress | None = None, fit: Size | None = None
) -> Opened:
    """The same as `pictures.read`: a crash, a hang or too much memory over there is one `Trouble` here."""
    progress = progress or Progress.silent()
    kind = pictures.kind_of(path)
    if kind == svg.FORMAT or (kind in layered.LAYERED and layered.LAYERED[kind].is_apart):
        return pictures.read(path, limit_px=limit_px, progress=progress, fit=fit)
    if kind in layered.LAYERED:
        found = layered.read(path, kind, limit_px, progress.part(0.0, 0.8), is_apart=True)
        return pictures.laid_over(path, found, progress.part(0.8, 1.0))
    return _collected(apart.stream(partial(_tell, limit_px=limit_px), path, limits.free_bytes(), progress))


def read_content(name: str, content: bytes, *, progress: Progress | None = None) -> Opened:
    """A picture out of bytes that no file holds, such as those of the clipboard. Raises `Trouble`, which calls it `name`."""
    said = apart.stream(_tell_content, Path(name), limits.free_bytes(), progress or Progress.silent(), given=[content])
    return _collected(said)


def read_clipboard(name: str, *, progress: Progress | None = None) -> Opened:
    """The picture that the system's clipboard holds in a form of its own, as Windows and macOS do. Raises `Trouble`."""
    return _collected(apart.stream(_tell_clipboard, Path(name), limits.free_bytes(), progress or Progress.silent()))


def _collected(said: Iterator[_Head | Strip]) -> Opened:
    head = next(said)
    assert isinstance(head, _Head)
    height, width = head.size.height, head.size.width
    colour = np.empty((height, width, 3), head.dtype)
    alpha = np.empty((height, width), head.dtype) if head.has_alpha else None
    for rows, strip in zip(png.strips(height, width), said, strict=True):
        assert not isinstance(strip, _Head)
        colour[rows] = strip[0]
        if alpha is not None:
            alpha[rows] = strip[1]
    return Opened(Picture(colour, alpha, head.dpi), head.notes, head.format, head.origin)


def _tell(path: Path, progress: Progress, limit_px: int) -> Iterator[_Head | Strip]:
    """In the other process."""
    facts = pictures.probe(path)
    own = facts.size.area * 4 * facts.depth // 8  # it is held here and there for a moment
    limits.admit(path.name, facts.size, facts.bytes_needed + own, limit_px)
    found = pictures.read(path, limit_px=limit_px, progress=progress)
    yield from _strips(found)


def _tell_content(path: Path, progress: Progress, given: Iterator[bytes]) -> Iterator[_Head | Strip]:
    """In the other process."""
    [content] = given
    file = io.BytesIO(content)
    found = decoded(path, file, limits.MOST_PIXELS, progress)
    progress.at(1.0)
    yield from _strips(Opened(found.picture, found.notes, found.header.format, pictures.origin_of(file, found.header)))


def _tell_clipboard(path: Path, progress: Progress) -> Iterator[_Head | Strip]:
    """In the other process, which asks the system itself."""
    from PIL import Image, ImageGrab

    try:
        found = ImageGrab.grabclipboard()
    except (NotImplementedError, OSError, subprocess.SubprocessError):  # no way to ask, or no answer
        found = None
    if not isinstance(found, Image.Image):
        raise Trouble("There is no picture on the clipboard.", UNTOUCHED, "Copy one first, here or in another program.")
    limits.admit(path.name, Size(found.width, found.height), found.width * found.height * 16)
    pixels = np.asarray(found.convert("RGBA"))
    yield from _strips(Opened(Picture.from_rgba(pixels), (), "BMP"))


def _strips(found: Opened) -> Iterator[_Head | Strip]:
    picture = found.picture
    has_alpha, dtype = picture.alpha is not None, picture.colour.dtype.str
    yield _Head(picture.size, dtype, has_alpha, picture.dpi, found.notes, found.format, found.origin)
    for rows in png.strips(picture.size.height, picture.size.width):
        colour = np.ascontiguousarray(picture.colour[rows])
        yield colour, None if picture.alpha is None else np.ascontiguousarray(picture.alpha[rows])
