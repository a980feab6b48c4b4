"""From a file's bytes to colours in sRGB: the right decoder by content, its faults in one sentence, strip by strip."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from gesso.files import icc, limits, png, svg, tiff
from gesso.files.disk import damaged, not_a_picture
from gesso.files.sources import HEAD_BYTES, SOURCES, Header, Source, content_kind, quiet
from gesso.files.trouble import UNTOUCHED, disk_trouble
from gesso.values import Cancelled, Note, Picture, Progress, Size, Trouble, mark


@dataclass(frozen=True)
class Decoded:
    """A picture, upright, with what the file's head said."""

    picture: Picture
    header: Header
    notes: tuple[Note, ...]


@contextlib.contextmanager
def begun(path: Path, file: BinaryIO, progress: Progress, fit: Size | None = None) -> Iterator[Source]:
    """The source for the content, whatever the name says; all that a decoder raises becomes one sentence.

    Drawings, which have no pixels yet, are made as large as fits into `fit`, when it is given.
    """
    with faults_of(path), quiet():
        head = file.read(HEAD_BYTES)
        if not head:
            raise Trouble("{name} is empty.", UNTOUCHED, "Choose another file.", name=path.name)
        kind = content_kind(head)
        if not kind:
            raise not_a_picture(path)
        if kind == svg.FORMAT:
            yield svg.source(path, fit, progress)
            return
        if kind not in SOURCES:
            raise foreign(path, kind)
        yield SOURCES[kind](file, progress)


def foreign(path: Path, kind: str) -> Trouble:
    return Trouble(
        "{name} is a {format} file, which Gesso cannot read as a picture.",
        UNTOUCHED,
        "Export it as PNG, TIFF or JPEG first.",
        name=path.name,
        format=kind,
    )


@contextlib.contextmanager
def faults_of(path: Path) -> Iterator[None]:
    """Whatever decoders raise as `Trouble`."""
    try:
        yield
    except (Trouble, Cancelled):
        raise
    except tiff.Unsupported as error:
        raise Trouble(
            "{name} holds {kind}, which Gesso cannot read.",
            UNTOUCHED,
            "Save it with 8 or 16 bit a channel, in grey or RGB.",
            name=path.name,
            kind=error.kind,
        ) from None
    except MemoryError:
        raise Trouble(
            "There is not enough memory to read {name}.",
            UNTOUCHED,
            "Close other programs and documents, or make the picture smaller first.",
            name=path.name,
        ) from None
    except OSError as error:
        # Pillow raises errors without a number for damaged content; the system's own have one.
        raise (damaged(path) if error.errno is None else disk_trouble(path, error)) from None
    except Exception:  # decoders answer damaged content with almost any exception
        raise damaged(path) from None


def decoded(path: Path, file: BinaryIO, limit_px: int, progress: Progress, fit: Size | None = None) -> Decoded:
    """A picture from an open file, judged by its head before its pixels are touched. Raises `Trouble`."""
    header, colour, alpha, notes = _colours(path, file, limit_px, progress, fit)
    # The decoder's copy is gone now; only then may turning take another.
    colour = _upright(colour, header.orientation)
    alpha = None if alpha is None else _upright(alpha, header.orientation)
    dpi = header.dpi[::-1] if header.dpi and header.is_turned else header.dpi
    if header.result_depth != header.depth:
        notes = (*notes, Note(mark("Its inks of 16 bit became colours of 8 bit.")))
    return Decoded(Picture(colour, alpha, dpi), header, notes)


def _colours(
    path: Path, file: BinaryIO, limit_px: int, progress: Progress, fit: Size | None
) -> tuple[Header, NDArray[Any], NDArray[Any] | None, tuple[Note, ...]]:
    """Everything for which the decoder has to stay; leaving here lets its memory go."""
    with begun(path, file, progress.part(0.0, 0.6), fit) as source:
        header = source.header
        limits.admit(path.name, header.shown, header.bytes_needed, limit_px)
        source.decode(progress.part(0.0, 0.6))
        convert, note = icc.conversion(header.icc, header.base, header.result_depth)
        if header.icc_is_broken:
            note = Note(mark("Its colour profile is damaged and was ignored."))
        colour, alpha = _developed(source, convert, progress.part(0.6, 0.95))
    return header, colour, alpha, (note,) if note else ()


def _developed(source: Source, convert: icc.Convert, progress: Progress) -> tuple[NDArray[Any], NDArray[Any] | None]:
    """Strip by strip into sRGB, so that no second whole copy is ever needed."""
    header = source.header
    height, width = header.stored.height, header.stored.width
    dtype = np.uint16 if header.result_depth == 16 else np.uint8
    # With alpha, the two are views of what will be wanted together.
    pixels = np.empty((height, width, 4 if header.has_alpha else 3), dtype)
    colour, alpha = pixels[..., :3], pixels[..., 3] if header.has_alpha else None
    for rows in png.strips(height, width):
        progress.at(rows.start / height)
        strip = source.rows(rows)
        if icc.is_same(convert) and strip.shape[-1] == pixels.shape[-1]:
            pixels[rows] = strip
            continue
        if alpha is not None:
            alpha[rows], strip = strip[..., -1], strip[..., :-1]
        colour[rows] = convert(strip)
    if alpha is not None and bool((alpha == np.iinfo(dtype).max).all()):
        alpha = None
    return colour, alpha


def _upright(pixels: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Turned and mirrored as EXIF asks."""
    if orientation == 1:
        return pixels
    if orientation in (5, 6, 7, 8):
        pixels = pixels.swapaxes(0, 1)
    rows = slice(None, None, -1 if orientation in (3, 4, 7, 8) else 1)
    columns = slice(None, None, -1 if orientation in (2, 3, 6, 7) else 1)
    return np.ascontiguousarray(pixels[rows, columns])
