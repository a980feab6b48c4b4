"""Picture files: looked at, judged, read into sRGB, and written so that nothing good is lost."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gesso.documents.painting import Provenance
from gesso.files import icc, limits, png, tiff, xmp
from gesso.files.project import sync
from gesso.files.sources import SOURCES, Header, Source, content_kind, quiet
from gesso.files.trouble import SAFE, UNTOUCHED, disk_trouble
from gesso.values import Cancelled, Note, Picture, Progress, Size, Trouble, mark

FORMATS = {
    ".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".jpe": "JPEG", ".webp": "WebP", ".tif": "TIFF", ".tiff": "TIFF",
    ".bmp": "BMP", ".gif": "GIF", ".avif": "AVIF",
}  # fmt: skip
READABLE = tuple(FORMATS)
"""Suffixes of what can be read."""
WRITABLE = (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff")
"""Suffixes of what can be written."""
LONGEST_SIDE = {"JPEG": 65535, "WebP": 16383}
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


def probe(path: Path) -> Facts:
    """Read only the header. Raises `Trouble` for what cannot be a picture, not for one that is too large."""
    with _opened(path) as file, _begun(path, file, Progress.silent()) as source:
        header = source.header
        return Facts(header.shown, header.result_depth, header.format, header.frames, header.bytes_needed)


def read(path: Path, *, limit_px: int = limits.MOST_PIXELS, progress: Progress | None = None) -> Opened:
    """A picture in sRGB with straight alpha, upright. Raises `Trouble` for anything that is not whole, or too large."""
    progress = progress or Progress.silent()
    header, colour, alpha, colour_note = _decoded(path, limit_px, progress)
    # The decoder's copy is gone now; only then may turning take another.
    colour = _upright(colour, header.orientation)
    alpha = None if alpha is None else _upright(alpha, header.orientation)
    dpi = header.dpi[::-1] if header.dpi and header.is_turned else header.dpi
    progress.at(1.0)
    notes: list[Note | None] = [_suffix_note(path, header.format), _frames_note(header.frames), colour_note]
    if header.result_depth != header.depth:
        notes.append(Note(mark("Its inks of 16 bit became colours of 8 bit.")))
    return Opened(Picture(colour, alpha, dpi), tuple(note for note in notes if note), header.format)


def write(
    picture: Picture,
    path: Path,
    *,
    provenance: Sequence[Provenance] = (),
    overwrite: bool = False,
    quality: int = 95,
    progress: Progress | None = None,
) -> tuple[Note, ...]:
    """Write a picture whole or not at all; returns what the format could not hold.

    `quality` (1-100) counts for JPEG and WebP; WebP at 100 is lossless. Raises `Trouble`, also for a file that is there
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
    _refuse_existing(path, overwrite)
    picture, notes = _fitted(picture, format)
    packet = xmp.packet(provenance, JPEG_XMP_BYTES if format == "JPEG" else xmp.LARGEST) if provenance else None
    _atomically(path, overwrite, lambda file: _encode(picture, file, format, packet, quality, progress))
    progress.at(1.0)
    return notes


def read_provenance(path: Path) -> xmp.Origin:
    """What a picture file says about its making; empty when it says nothing. Raises `Trouble` as `probe` does."""
    with _opened(path) as file, quiet():
        try:
            found = _packet_of(file, content_kind(file.read(64)))
        except OSError as error:
            if error.errno is not None:
                raise disk_trouble(path, error) from None
            found = b""
        except Exception:  # whatever a decoder makes of a damaged file
            found = b""
    return xmp.parse(found)


# --- reading -----------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """An ordinary file; never a folder, a pipe or a device, which could keep us waiting."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError
        if not stat.S_ISREG(mode):
            raise _not_a_picture(path)
        file = path.open("rb")
    except PermissionError:
        raise Trouble(
            "Gesso may not read {name}.", UNTOUCHED, "Ask its owner, or make a copy that you may read.", name=path.name
        ) from None
    except (OSError, ValueError) as error:  # ValueError: a name with a zero byte in it
        raise disk_trouble(path, error if isinstance(error, OSError) else FileNotFoundError()) from None
    with file:
        yield file


@contextlib.contextmanager
def _begun(path: Path, file: BinaryIO, progress: Progress) -> Iterator[Source]:
    """The source for the content, whatever the name says; all that a decoder raises becomes one sentence."""
    try:
        with quiet():
            head = file.read(64)
            if not head:
                raise Trouble("{name} is empty.", UNTOUCHED, "Choose another file.", name=path.name)
            kind = content_kind(head)
            if not kind:
                raise _not_a_picture(path)
            if kind not in SOURCES:
                raise Trouble(
                    "{name} is a {format} file, which Gesso cannot read as a picture.",
                    UNTOUCHED,
                    "Export it as PNG, TIFF or JPEG first.",
                    name=path.name,
                    format=kind,
                )
            yield SOURCES[kind](file, progress)
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
        raise (_damaged(path) if error.errno is None else disk_trouble(path, error)) from None
    except Exception:  # decoders answer damaged content with almost any exception
        raise _damaged(path) from None


def _decoded(
    path: Path, limit_px: int, progress: Progress
) -> tuple[Header, NDArray[Any], NDArray[Any] | None, Note | None]:
    """Everything for which the decoder has to stay; leaving here lets its memory go."""
    with _opened(path) as file, _begun(path, file, progress.part(0.0, 0.6)) as source:
        header = source.header
        limits.admit(path.name, header.shown, header.bytes_needed, limit_px)
        source.decode(progress.part(0.0, 0.6))
        convert, note = icc.conversion(header.icc, header.base, header.result_depth)
        if header.icc_is_broken:
            note = Note(mark("Its colour profile is damaged and was ignored."))
        colour, alpha = _developed(source, convert, progress.part(0.6, 0.95))
    return header, colour, alpha, note


def _developed(source: Source, convert: icc.Convert, progress: Progress) -> tuple[NDArray[Any], NDArray[Any] | None]:
    """Strip by strip into sRGB, so that no second whole copy is ever needed."""
    header = source.header
    height, width = header.stored.height, header.stored.width
    dtype = np.uint16 if header.result_depth == 16 else np.uint8
    colour = np.empty((height, width, 3), dtype)
    alpha = np.empty((height, width), dtype) if header.has_alpha else None
    for rows in png.strips(height, width):
        progress.at(rows.start / height)
        strip = source.rows(rows)
        if alpha is not None:
            alpha[rows], strip = strip[..., -1], strip[..., :-1]
        colour[rows] = convert(strip)
    if alpha is not None and bool((alpha == np.iinfo(dtype).max).all()):
        alpha = None
    return colour, alpha


def _upright(pixels: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Turned and mirrored as EXIF asks."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.swapaxes(0, 1)
    rows = slice(None, None, -1 if orientation in (3, 4, 7, 8) else 1)
    columns = slice(None, None, -1 if orientation in (2, 3, 6, 7) else 1)
    return np.ascontiguousarray(pixels[rows, columns])


def _suffix_note(path: Path, format: str) -> Note | None:
    suffix = path.suffix.lower()
    if FORMATS.get(suffix) == format:
        return None
    return Note(
        mark("The name ends in {suffix}, but the file holds a {format} picture and was read as one."),
        {"suffix": suffix or "…", "format": format},
    )


def _frames_note(frames: int) -> Note | None:
    if frames <= 1:
        return None
    return Note(mark("Only the first of the {count} pictures in the file was read."), {"count": frames})


def _not_a_picture(path: Path) -> Trouble:
    return Trouble(
        "{name} is not a picture that Gesso can read.",
        UNTOUCHED,
        "Gesso reads PNG, JPEG, WebP, TIFF, BMP, GIF and AVIF.",
        name=path.name,
    )


def _damaged(path: Path) -> Trouble:
    return Trouble(
        "{name} is damaged, or only a part of a picture.",
        UNTOUCHED,
        "Get it again from where it came from.",
        name=path.name,
    )


def _packet_of(file: BinaryIO, kind: str) -> bytes:
    if kind == "PNG":
        for name, start, length in png.layout(file).chunks:
            if name == b"iTXt" and length < xmp.LARGEST:
                file.seek(start)
                content = file.read(length)
                if content.startswith(b"XML:com.adobe.xmp\0\0"):  # never compressed, by Adobe's own rule
                    return content[19:].split(b"\0", 2)[-1]
        return b""
    if kind == "TIFF":
        return tiff.packet_of(file)
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


def _refuse_existing(path: Path, overwrite: bool) -> None:
    try:
        is_there, is_folder = path.exists() or path.is_symlink(), path.is_dir()
    except (OSError, ValueError) as error:
        raise disk_trouble(path, error if isinstance(error, OSError) else FileNotFoundError()) from None
    if is_folder:
        raise disk_trouble(path, IsADirectoryError())
    if is_there and not overwrite:
        raise Trouble(
            "{name} is already there.",
            UNTOUCHED,
            "Choose another name, or allow it to be replaced.",
            name=path.name,
        )


def _fitted(picture: Picture, format: str) -> tuple[Picture, tuple[Note, ...]]:
    """What the format can hold of a picture, and what it cannot."""
    notes = []
    if picture.alpha is not None and format == "JPEG":
        picture = _over_white(picture)
        notes.append(Note(mark("JPEG holds no transparency: the picture was laid over white.")))
    if picture.depth == 16 and format in ("JPEG", "WebP"):
        picture = replace(
            picture, colour=_rounded(picture.colour), alpha=None if picture.alpha is None else _rounded(picture.alpha)
        )
        notes.append(Note(mark("{format} holds 8 bit: the colours were rounded."), {"format": format}))
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


def _encode(
    picture: Picture, file: BinaryIO, format: str, packet: bytes | None, quality: int, progress: Progress
) -> None:
    if format == "PNG":
        png.encode(picture, file, packet, progress)
        return
    if format == "TIFF":
        tiff.encode(picture, file, packet)
        return
    pixels = picture.colour if picture.alpha is None else picture.rgba()
    image = Image.fromarray(np.ascontiguousarray(pixels))
    options: dict[str, Any] = {"icc_profile": icc.srgb(), "quality": min(100, max(1, quality))}
    if packet:
        options["xmp"] = packet
    if format == "JPEG":
        # Fine quality means no coarser colours either.
        options["subsampling"] = 0 if quality >= 90 else 2
        if picture.dpi:
            options["dpi"] = tuple(min(65535, max(1, round(value))) for value in picture.dpi)
    else:
        options |= {"lossless": quality >= 100, "method": 4, "exact": True}
        if picture.dpi:
            exif = Image.Exif()
            exif[282], exif[283], exif[296] = float(picture.dpi[0]), float(picture.dpi[1]), 2
            options["exif"] = exif
    with quiet():
        image.save(file, format, **options)


def _atomically(path: Path, overwrite: bool, fill: Callable[[BinaryIO], None]) -> None:
    """Beside the target first; put in place only when it is complete and on the disk."""
    target = path.resolve() if path.is_symlink() else path
    part = target.with_name(f".gesso-{os.getpid()}-{os.urandom(4).hex()}.part")
    try:
        with part.open("xb") as file:
            fill(file)
            file.flush()
            os.fsync(file.fileno())
        _refuse_existing(path, overwrite)  # it may have come in the meantime
        os.replace(part, target)
        sync(target.parent)
    except OSError as error:
        raise disk_trouble(path, error) from None
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
