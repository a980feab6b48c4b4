"""From a picture to a file's bytes, with progress, and stopped when it is not wanted any more."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gesso.files import apart, icc, limits, pdf, png, tiff
from gesso.files.sources import quiet
from gesso.files.trouble import SAFE
from gesso.values import Picture, Progress, Trouble

IN_ONE_GO = ("AVIF", "WebP")
"""Whose encoders are one long step that nobody can stop, but by ending their process."""
BLINK_PX = 1 << 20
"""Up to here they take no longer than starting that process."""
PORTION_BYTES = 1 << 20


class Watched:
    """A file that asks with every portion whether it is still wanted, and tells how far the picture is."""

    def __init__(self, file: BinaryIO, progress: Progress, whole_bytes: int) -> None:
        self._file, self._progress, self._whole = file, progress, max(1, whole_bytes)
        self._written = 0

    def write(self, content: bytes) -> int:
        self._written += len(content)
        self._progress.at(min(1.0, self._written / self._whole))
        return self._file.write(content)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def read(self, count: int = -1) -> bytes:
        return self._file.read(count)

    def flush(self) -> None:
        self._file.flush()


def encode(
    picture: Picture, path: Path, file: BinaryIO, format: str, packet: bytes | None, quality: int, progress: Progress
) -> None:
    """Write what the format of `path` can hold into an open file. Raises `Trouble`."""
    if format == "PNG":
        png.encode(picture, file, packet, progress)
    elif format == "PDF":
        pdf.encode(picture, file, packet, progress)
    elif format == "TIFF":
        tiff.encode(picture, cast(BinaryIO, Watched(file, progress, picture.byte_size)), packet)
    elif format in IN_ONE_GO and picture.size.area > BLINK_PX:
        _apart(picture, path, file, format, packet, quality, progress)
    else:
        watched = Watched(file, progress, picture.byte_size)
        _pillow(_pixels(picture), picture.dpi, cast(BinaryIO, watched), format, packet, quality)
    progress.at(1.0)  # from here on it is done


def _pixels(picture: Picture) -> NDArray[Any]:
    return np.ascontiguousarray(picture.colour if picture.alpha is None else picture.rgba())


def _pillow(
    pixels: NDArray[Any],
    dpi: tuple[float, float] | None,
    file: BinaryIO,
    format: str,
    packet: bytes | None,
    quality: int,
) -> None:
    options: dict[str, Any] = {"icc_profile": icc.srgb(), "quality": min(100, max(1, quality))}
    if packet:
        options["xmp"] = packet
    if format == "JPEG":
        # Fine quality means no coarser colours either.
        options["subsampling"] = 0 if quality >= 90 else 2
        if dpi:
            options["dpi"] = tuple(min(65535, max(1, round(value))) for value in dpi)
    else:
        if format == "AVIF":
            # The finer searches of slower speeds gain a few bytes in a hundred for ten times as long.
            options |= {"subsampling": "4:4:4" if quality >= 90 else "4:2:0", "speed": 8}
        else:
            options |= {"lossless": quality >= 100, "method": 4, "exact": True}
        if dpi:
            exif = Image.Exif()
            exif[282], exif[283], exif[296] = float(dpi[0]), float(dpi[1]), 2
            options["exif"] = exif
    with quiet():
        Image.fromarray(pixels).save(file, format, **options)


# --- in a process of its own -------------------------------------------------------------------------------------------


def _apart(
    picture: Picture, path: Path, file: BinaryIO, format: str, packet: bytes | None, quality: int, progress: Progress
) -> None:
    height, width = picture.size.height, picture.size.width
    channels = 3 if picture.alpha is None else 4
    tell = partial(
        _tell, shape=(height, width, channels), dpi=picture.dpi, format=format, packet=packet, quality=quality
    )

    def strips() -> Iterator[NDArray[Any]]:
        for rows in png.strips(height, width):
            progress.at(0.1 * rows.start / height)
            strip = picture.colour[rows]
            yield strip if picture.alpha is None else np.concatenate([strip, picture.alpha[rows, :, None]], -1)

    bytes_needed = limits.free_bytes()
    for portion in apart.stream(tell, path, bytes_needed, progress.part(0.1, 1.0), given=strips(), stopped=_stopped):
        file.write(portion)


def _stopped(path: Path) -> Trouble:
    return Trouble(
        "Writing {name} came to a stop.", SAFE, "Choose another format, such as PNG or TIFF.", name=path.name
    )


def _tell(
    path: Path,
    progress: Progress,
    given: Iterator[NDArray[Any]],
    shape: tuple[int, int, int],
    dpi: tuple[float, float] | None,
    format: str,
    packet: bytes | None,
    quality: int,
) -> Iterator[bytes]:
    pixels, row = np.empty(shape, np.uint8), 0
    for strip in given:
        pixels[row : row + len(strip)] = strip
        row += len(strip)
    out = BytesIO()
    try:
        _pillow(pixels, dpi, out, format, packet, quality)
    except MemoryError:
        raise Trouble(
            "There is not enough memory to write {name}.",
            SAFE,
            "Close other programs and documents, or choose PNG or TIFF.",
            name=path.name,
        ) from None
    except (OSError, ValueError, RuntimeError):  # what Pillow answers when an encoder gives up
        raise _stopped(path) from None
    made = out.getbuffer()
    for start in range(0, len(made), PORTION_BYTES):
        yield bytes(made[start : start + PORTION_BYTES])
