"""TIFF of 16 bit: its header, its pixels strip by strip, and writing it."""

from __future__ import annotations

import logging
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from gesso.files.ahead import ahead, threads
from gesso.files.icc import srgb
from gesso.files.png import swap_red_and_blue
from gesso.values import Note, Picture, Progress, mark

PLAIN, LZW, DEFLATE, OLD_DEFLATE, PACKBITS = 1, 5, 8, 32946, 32773
WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE, CMYK = 0, 1, 2, 3, 5
XMP_TAG = 700
CLASSIC_BYTES = (1 << 32) - (1 << 25)
"""Of pixels that surely fit into a plain TIFF, which counts to 4 GB; more go into a BigTIFF."""
LEVELS = {8: 4, 16: 1}
"""Of deflate: behind the predictor higher ones gain some hundredths, for up to four times as long."""
MOST_THREADS = 4
"""Each strip is packed by itself; more threads than these wait for the disk."""
# What tifffile has to say goes to the log, never to the terminal.
logging.getLogger("tifffile").addHandler(logging.NullHandler())


class Unsupported(ValueError):
    """A sound file that holds something which is not read."""

    def __init__(self, kind: Note) -> None:
        super().__init__(str(kind))
        self.kind = kind


@dataclass(frozen=True)
class TiffHead:
    """What the first picture of a TIFF says about itself."""

    width: int
    height: int
    bits: int
    channels: int
    photometric: int
    alpha: int | None
    """The channel that is alpha, if any."""
    is_premultiplied: bool
    orientation: int
    compression: int
    predictor: int
    is_planar: bool
    is_tiled: bool
    tile: tuple[int, int]
    """Rows and columns of a strip or tile."""
    segments: tuple[tuple[int, int], ...]
    byte_order: str
    icc: bytes | None
    dpi: tuple[float, float] | None
    frames: int

    @property
    def base(self) -> str:
        """L, RGB or CMYK."""
        return {RGB: "RGB", CMYK: "CMYK"}.get(self.photometric, "L")

    @property
    def colours(self) -> int:
        return {"L": 1, "RGB": 3, "CMYK": 4}[self.base]


def head(file: BinaryIO) -> TiffHead:
    """Raises ValueError (also `Unsupported`) and what tifffile raises."""
    import tifffile

    length = file.seek(0, 2)
    file.seek(0)
    with tifffile.TiffFile(file) as tiff:
        page = tiff.pages.first
        order = tiff.byteorder
        frames = len(tiff.pages)
        tags = page.tags
        icc = tags.valueof(34675)
        bits = page.bitspersample
        bits = set(bits) if isinstance(bits, tuple) else {bits}
        formats = tags.valueof(339, default=1)
        formats = set(formats) if isinstance(formats, tuple) else {formats}
        if len(bits) != 1 or page.imagedepth != 1:
            raise Unsupported(Note(mark("channels of different depths")))
        if formats - {1, 4}:
            template = mark("{bits}-bit floating-point numbers" if 3 in formats else "{bits}-bit signed numbers")
            raise Unsupported(Note(template, {"bits": min(bits)}))
        if min(bits) not in (1, 2, 4, 8, 16):
            raise Unsupported(Note(mark("{bits}-bit numbers"), {"bits": min(bits)}))
        photometric = int(page.photometric)
        extra = [int(kind) for kind in page.extrasamples]
        channels = int(page.samplesperpixel)
        colours = {RGB: 3, CMYK: 4}.get(photometric, 1)
        if photometric == RGB and channels == 4 and not extra:
            extra = [2]  # many programs forget to say that the fourth is alpha
        alphas = [i for i, kind in enumerate(extra) if kind in (1, 2)]
        found = TiffHead(
            width=int(page.imagewidth),
            height=int(page.imagelength),
            bits=min(bits),
            channels=channels,
            photometric=photometric,
            alpha=colours + alphas[0] if alphas else None,
            is_premultiplied=bool(alphas) and extra[alphas[0]] == 1,
            orientation=int(tags.valueof(274, default=1)),
            compression=int(page.compression),
            predictor=int(page.predictor),
            is_planar=int(page.planarconfig) == 2 and channels > 1,
            is_tiled=bool(page.is_tiled),
            tile=(int(page.tilelength), int(page.tilewidth))
            if page.is_tiled
            else (int(page.rowsperstrip), int(page.imagewidth)),
            segments=tuple(zip(map(int, page.dataoffsets), map(int, page.databytecounts), strict=True)),
            byte_order=order,
            icc=bytes(icc) if isinstance(icc, bytes) and icc else None,
            dpi=_dpi(tags.valueof(282), tags.valueof(283), tags.valueof(296, default=2)),
            frames=frames,
        )
    if not found.width or not found.height or not found.segments:
        raise ValueError("an empty picture")
    if any(start <= 0 or count <= 0 or start + count > length for start, count in found.segments):
        raise ValueError("cut short")
    if found.bits == 16:
        _check_16(found)
    return found


def packet_of(file: BinaryIO) -> bytes:
    """The XMP packet of the first picture, or nothing."""
    import tifffile

    file.seek(0)
    with tifffile.TiffFile(file) as tiff:
        found = tiff.pages.first.tags.valueof(XMP_TAG)
    return bytes(found) if isinstance(found, bytes) else b""


def _check_16(found: TiffHead) -> None:
    if found.photometric not in (WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, CMYK):
        raise Unsupported(Note(mark("16-bit colours of an unusual kind")))
    if max(found.colours, (found.alpha or 0) + 1) > found.channels or found.channels > 32:
        raise ValueError("too few channels")
    if found.compression not in (PLAIN, DEFLATE, OLD_DEFLATE, LZW, PACKBITS):
        raise Unsupported(Note(mark("16-bit pixels in an unusual compression")))
    if found.predictor not in (1, 2):
        raise Unsupported(Note(mark("16-bit pixels in an unusual compression")))


def _dpi(across: Any, down: Any, unit: Any) -> tuple[float, float] | None:
    factor = {2: 1.0, 3: 2.54}.get(int(unit))
    try:
        if factor is None or across is None or down is None:
            return None
        return across[0] / across[1] * factor, down[0] / down[1] * factor
    except (TypeError, ZeroDivisionError, IndexError):
        return None


def decode_16(file: BinaryIO, found: TiffHead, progress: Progress) -> NDArray[Any]:
    """(height, width, channels) of uint16, in the file's own colours. Raises ValueError when damaged."""
    if found.compression in (LZW, PACKBITS):
        pixels = _through_opencv(file, found)
    else:
        pixels = _assembled(file, found, progress)
    if found.photometric == WHITE_IS_ZERO:
        np.subtract(65535, pixels[..., :1], out=pixels[..., :1])
    return pixels


def _assembled(file: BinaryIO, found: TiffHead, progress: Progress) -> NDArray[Any]:
    pixels = np.empty((found.height, found.width, found.channels), np.uint16)
    rows, columns = found.tile
    rows = min(rows, found.height) if not found.is_tiled else rows
    if rows <= 0 or columns <= 0 or rows * columns > 4 * found.width * found.height + (1 << 24):
        raise ValueError("impossible tiles")
    places = list(_places(found, rows, columns))
    if len(places) != len(found.segments):
        raise ValueError("too few or too many strips")
    channels = 1 if found.is_planar else found.channels

    def contents() -> Iterator[tuple[bytes, int, int, int, int]]:
        """One after the other from the file, with how many numbers it must hold and where they belong."""
        for (start, count), (plane, top, left) in zip(found.segments, places, strict=True):
            high = rows if found.is_tiled else min(rows, found.height - top)
            file.seek(start)
            content = file.read(min(count, high * columns * channels * 2) if found.compression == PLAIN else count)
            yield content, high, plane, top, left

    def unpack(given: tuple[bytes, int, int, int, int], _: Progress) -> None:
        """Called in a thread of its own; each strip or tile has its own place."""
        content, high, plane, top, left = given
        wanted = high * columns * channels * 2
        if found.compression != PLAIN:
            content = zlib.decompressobj().decompress(content, wanted)
        if len(content) < wanted:
            raise ValueError("a strip is cut short")
        block = np.frombuffer(content, found.byte_order + "u2").astype(np.uint16).reshape(high, columns, channels)
        if found.predictor == 2:
            np.cumsum(block, axis=1, dtype=np.uint16, out=block)
        part = pixels[top : top + rows, left : left + columns, plane if found.is_planar else slice(None)]
        part[...] = (block[..., 0] if found.is_planar else block)[: part.shape[0], : part.shape[1]]

    count = threads(rows * columns * channels * 6)
    for number, _ in enumerate(ahead(unpack, contents(), count, progress)):
        progress.at((number + 1) / len(places))
    return pixels


def _places(found: TiffHead, rows: int, columns: int) -> Iterator[tuple[int, int, int]]:
    """Plane, top and left of every strip or tile, in the order of the file."""
    for plane in range(found.channels if found.is_planar else 1):
        for top in range(0, found.height, rows):
            for left in range(0, found.width, columns):
                yield plane, top, left


def _through_opencv(file: BinaryIO, found: TiffHead) -> NDArray[Any]:
    """Compressions that only OpenCV's decoder knows at 16 bit."""
    import cv2

    if found.base == "CMYK" or found.channels not in (1, 3, 4):
        raise Unsupported(Note(mark("16-bit pixels in an unusual compression")))
    file.seek(0)
    pixels = cv2.imdecode(np.frombuffer(file.read(), np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None or pixels.dtype != np.uint16 or pixels.shape[:2] != (found.height, found.width):
        raise ValueError("the pixels cannot be decoded")
    pixels = np.atleast_3d(pixels)
    if pixels.shape[2] != found.channels:
        raise ValueError("the pixels cannot be decoded")
    if found.channels >= 3:
        swap_red_and_blue(pixels)
    return pixels


def encode(picture: Picture, file: BinaryIO, xmp: bytes | None) -> None:
    """Write a picture of 8 or 16 bit, losslessly compressed, with straight alpha."""
    import tifffile

    pixels = picture.colour if picture.alpha is None else np.concatenate([picture.colour, picture.alpha[..., None]], -1)
    tifffile.imwrite(
        file,
        np.ascontiguousarray(pixels),
        bigtiff=pixels.nbytes > CLASSIC_BYTES,
        photometric="rgb",
        extrasamples=None if picture.alpha is None else ["unassalpha"],
        compression="zlib",
        compressionargs={"level": LEVELS[picture.depth]},
        predictor=True,
        rowsperstrip=max(1, (1 << 20) // max(1, picture.size.width)),
        resolution=picture.dpi,
        resolutionunit="INCH" if picture.dpi else None,
        iccprofile=srgb(),
        extratags=[(XMP_TAG, 1, len(xmp), xmp, True)] if xmp else (),
        software=False,
        metadata=None,
        maxworkers=min(MOST_THREADS, os.cpu_count() or 1),
    )
