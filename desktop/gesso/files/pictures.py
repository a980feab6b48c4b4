"""Picture files: looked at, judged, read into sRGB, and written so that nothing good is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from gesso.documents.painting import Credit, Painting, Provenance
from gesso.files import layered, limits, pdf, png, tiff, xmp
from gesso.files.assembly import Assembled
from gesso.files.decoding import begun, decoded, faults_of
from gesso.files.disk import atomically, opened, refuse_existing
from gesso.files.encoding import encode
from gesso.files.flat import flat
from gesso.files.layered import KINDS, LAYERED
from gesso.files.sources import HEAD_BYTES, SOURCES, Header, content_kind, quiet
from gesso.files.trouble import SAFE, disk_trouble
from gesso.values import Note, Picture, Progress, Size, Trouble, mark

FORMATS = {
    ".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".jpe": "JPEG", ".webp": "WebP", ".tif": "TIFF", ".tiff": "TIFF",
    ".bmp": "BMP", ".gif": "GIF", ".avif": "AVIF", ".pdf": "PDF", ".svg": "SVG", **KINDS,
}  # fmt: skip
READABLE = tuple(suffix for suffix in FORMATS if suffix != ".pdf")
"""Suffixes of what can be read."""
WRITABLE = (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".avif", ".pdf", *KINDS)
"""Suffixes of what can be written."""
EXPORTS = (
    ("PNG", (".png",)), ("JPEG", (".jpg", ".jpeg")), ("TIFF", (".tif", ".tiff")), ("WebP", (".webp",)),
    ("AVIF", (".avif",)), ("PDF", (".pdf",)), ("OpenRaster", (".ora",)), ("Photoshop", (".psd",)),
    ("Photoshop, PSB", (".psb",)),
)  # fmt: skip
"""The same by their names, as a dialogue lists them."""
OPAQUE = ("JPEG", "PDF")
EIGHT_BIT = ("JPEG", "WebP", "AVIF")
LONGEST_SIDE = {"JPEG": 65535, "WebP": 16383, "AVIF": 16384} | {
    kind: format.longest_px for kind, format in LAYERED.items() if format.longest_px
}
JPEG_XMP_BYTES = 65_000
"""One APP1 segment."""


@dataclass(frozen=True)
class Facts:
    """What a file says about its picture, without decoding it."""

    size: Size
    """As it is shown, turned upright."""
    depth: int
    format: str
    frames: int
    bytes_needed: int
    """What reading it takes at its height, the finished picture counted."""


@dataclass(frozen=True)
class Opened:
    """A picture that was read, and what is worth knowing about how."""

    picture: Picture
    notes: tuple[Note, ...]
    format: str
    origin: xmp.Origin = field(default_factory=lambda: xmp.Origin("", ()))
    """What the file says about its making and its maker."""


def kind_of(path: Path) -> str:
    """The format by what the file holds, whatever its name says; empty for what is no picture. Raises `Trouble`."""
    with opened(path) as file, faults_of(path):
        kind = content_kind(file.read(HEAD_BYTES))
    return "OpenRaster" if kind == "ZIP" and path.suffix.lower() == ".ora" else kind


def probe(path: Path) -> Facts:
    """Read only the header. Raises `Trouble` for what cannot be a picture, not for one that is too large."""
    kind = kind_of(path)
    if kind in LAYERED:
        found = LAYERED[kind].look(path)
        flattened = found.size.area * 4 * found.depth // 8
        return Facts(found.size, found.depth, kind, 1, found.bytes_needed + flattened)
    with opened(path) as file, begun(path, file, Progress.silent()) as source:
        header = source.header
        return Facts(header.shown, header.result_depth, header.format, header.frames, header.bytes_needed)


def read(
    path: Path, *, limit_px: int = limits.MOST_PIXELS, progress: Progress | None = None, fit: Size | None = None
) -> Opened:
    """A picture in sRGB with straight alpha, upright; layers are laid over each other.

    Drawings (SVG) get the size that they say, or are made as large as fits into `fit`.

    Raises `Trouble` for anything that is not whole, or too large.
    """
    progress = progress or Progress.silent()
    kind = kind_of(path)
    if kind in LAYERED:
        return laid_over(path, layered.read(path, kind, limit_px, progress.part(0.0, 0.8)), progress.part(0.8, 1.0))
    about = suffix_note(path, kind)
    with opened(path) as file:
        found = decoded(path, file, limit_px, progress, fit)
        origin = origin_of(file, found.header)
    progress.at(1.0)
    notes = [note for note in (about, _frames_note(found.header.frames)) if note]
    return Opened(found.picture, (*notes, *found.notes), found.header.format, origin)


def origin_of(file: BinaryIO, header: Header) -> xmp.Origin:
    """By the packet of the file, and where that names nobody by the old fields of EXIF."""
    try:
        with quiet():
            origin = xmp.parse(_packet_of(file, header.format))
    except Exception:  # the picture was sound: broken words about it say nothing
        origin = xmp.parse(b"")
    return replace(origin, credit=origin.credit.or_else(header.credit))


def laid_over(path: Path, found: Assembled, progress: Progress) -> Opened:
    """All layers of a file as one picture."""
    about = (suffix_note(path, found.format), _layers_note(found.painting))
    notes = (*(note for note in about if note), *found.notes)
    records = xmp.provenance_of(found.painting)
    origin = xmp.Origin(xmp.source_type(records) if records else "", records, found.painting.credit)
    return Opened(flat(found.painting, progress), notes, found.format, origin)


def write(
    picture: Picture,
    path: Path,
    *,
    provenance: Sequence[Provenance] = (),
    credit: Credit | None = None,
    overwrite: bool = False,
    quality: int = 95,
    progress: Progress | None = None,
) -> tuple[Note, ...]:
    """Write a picture whole or not at all, with what is said of its making and its maker; returns what the format could
    not hold.

    `quality` (1-100) counts for JPEG, WebP and AVIF; WebP at 100 is lossless. Raises `Trouble`, also for a file that is there
    already unless `overwrite` is given.
    """
    progress = progress or Progress.silent()
    format = FORMATS[path.suffix.lower()] if path.suffix.lower() in WRITABLE else ""
    if not format:
        raise Trouble(
            "Gesso cannot write pictures that end in {suffix}.",
            SAFE,
            "Choose a name that ends in {endings}.",
            suffix=path.suffix or "…",
            endings=", ".join(WRITABLE),
        )
    if picture.size.is_empty:
        raise ValueError("an empty picture cannot be written")
    refuse_too_long(picture.size, path)
    refuse_existing(path, overwrite)
    if format in LAYERED:
        painting = Painting.from_array(picture.rgba(), path.stem, path.stem)
        painting.dpi, painting.credit = picture.dpi, credit or Credit()
        layer = painting.layers()[0]
        painting.nodes[layer.id] = replace(layer, provenance=tuple(provenance))
        return layered.write(painting, path, format, overwrite, progress)
    picture, notes = _fitted(picture, format)
    packet = xmp.packet(provenance, credit, JPEG_XMP_BYTES if format == "JPEG" else xmp.LARGEST)
    atomically(path, overwrite, lambda file: encode(picture, path, file, format, packet, quality, progress))
    return notes


def read_provenance(path: Path) -> xmp.Origin:
    """What a picture file says about its making; empty when it says nothing. Raises `Trouble` as `probe` does."""
    kind = kind_of(path)
    if kind in LAYERED:
        return xmp.parse(LAYERED[kind].packet(path))
    with opened(path) as file, quiet():
        try:
            found = _packet_of(file, content_kind(file.read(HEAD_BYTES)))
        except OSError as error:
            if error.errno is not None:
                raise disk_trouble(path, error) from None
            found = b""
        except Exception:  # whatever a decoder makes of a damaged file
            found = b""
    return xmp.parse(found)


# --- reading -----------------------------------------------------------------------------------------------------------


def suffix_note(path: Path, format: str) -> Note | None:
    """Worth saying when the name promises another format."""
    suffix = path.suffix.lower()
    if FORMATS.get(suffix) == format:
        return None
    return Note(
        mark("The name ends in {suffix}, but the file holds a {format} picture and was read as one."),
        {"suffix": suffix or "…", "format": format},
    )


def _layers_note(painting: Painting) -> Note | None:
    count = len(painting.layers())
    if count <= 1:
        return None
    return Note(mark("Its {count} layers were laid over each other."), {"count": count})


def _frames_note(frames: int) -> Note | None:
    if frames <= 1:
        return None
    return Note(mark("Only the first of the {count} pictures in the file was read."), {"count": frames})


def _packet_of(file: BinaryIO, kind: str) -> bytes:
    if kind == "PNG":
        return png.packet(file)
    if kind == "TIFF":
        return tiff.packet_of(file)
    if kind == "PDF":
        return pdf.packet_of(file)
    if kind not in SOURCES:
        return b""
    found = SOURCES[kind](file, Progress.silent()).info("xmp")
    return found if isinstance(found, bytes) else b""


# --- writing -----------------------------------------------------------------------------------------------------------


def refuse_too_long(size: Size, path: Path, safe: str = SAFE) -> None:
    """Raise `Trouble`, which says with `safe` what is so, for a picture that the format of `path` cannot hold."""
    format = FORMATS[path.suffix.lower()]
    longest = LONGEST_SIDE.get(format)
    if longest and max(size.width, size.height) > longest:
        raise Trouble(
            "{format} holds at most {longest} pixels a side, {name} would have {width} × {height}.",
            safe,
            "Choose PNG or TIFF.",
            format=format,
            longest=longest,
            name=path.name,
            width=size.width,
            height=size.height,
        )


def losses_of(format: str, depth: int, has_alpha: bool) -> list[Note]:
    """What a flat format cannot hold of a picture."""
    found = []
    if has_alpha and format in OPAQUE:
        found.append(Note(mark("{format} holds no transparency: the picture is laid over white."), {"format": format}))
    if depth == 16 and format in EIGHT_BIT:
        found.append(Note(mark("{format} holds 8 bit: the colours are rounded."), {"format": format}))
    return found


def _fitted(picture: Picture, format: str) -> tuple[Picture, tuple[Note, ...]]:
    """What the format can hold of a picture, and what it cannot."""
    notes = losses_of(format, picture.depth, picture.alpha is not None)
    if picture.alpha is not None and format in OPAQUE:
        picture = _over_white(picture)
    if picture.depth == 16 and format in EIGHT_BIT:
        picture = replace(
            picture, colour=_rounded(picture.colour), alpha=None if picture.alpha is None else _rounded(picture.alpha)
        )
    if format == "PDF" and picture.dpi is None:
        notes.append(Note(mark("Its size in print is not known: the page was made for {dpi} dpi."), {"dpi": 300}))
    return picture, tuple(notes)


def _over_white(picture: Picture) -> Picture:
    assert picture.alpha is not None
    colour, top = np.empty_like(picture.colour), picture.top
    for rows in png.strips(picture.size.height, picture.size.width):
        alpha = picture.alpha[rows, :, None].astype(np.uint64)
        colour[rows] = (picture.colour[rows] * alpha + (top - alpha) * top + top // 2) // top
    return replace(picture, colour=colour, alpha=None)


def _rounded(pixels: NDArray[Any]) -> NDArray[Any]:
    """16 bit to the nearest of 8 bit."""
    found = np.empty(pixels.shape, np.uint8)
    for rows in png.strips(pixels.shape[0], pixels.shape[1]):
        found[rows] = (pixels[rows].astype(np.uint32) * 255 + 32767) // 65535
    return found
