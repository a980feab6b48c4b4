"""PNG: its chunks, its 16-bit pixels, and writing it row by row."""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from gesso.files.limits import DEFLATE_AT_MOST
from gesso.values import Picture, Progress

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
PIXELS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
READ = (*PIXELS, b"pHYs", b"eXIf")
"""What decoders get to see: texts and profiles, which may be bombs, and animation stay outside."""
MOST_CHUNKS = 1_000_000
XMP_HEAD = b"XML:com.adobe.xmp\0\0"


@dataclass(frozen=True)
class Layout:
    """Where everything in a PNG lies."""

    width: int
    height: int
    depth: int
    kind: int
    chunks: tuple[tuple[bytes, int, int], ...]
    """Name, where its content begins, and its length."""
    frames: int
    is_whole: bool

    def has(self, name: bytes) -> bool:
        return any(chunk == name for chunk, _, _ in self.chunks)

    @property
    def transparency(self) -> tuple[int, int] | None:
        """Where tRNS lies."""
        return next(((start, length) for name, start, length in self.chunks if name == b"tRNS"), None)

    def stretches(self, names: tuple[bytes, ...]) -> list[tuple[int, int]]:
        """The signature and the named chunks, as stretches of the file."""
        return [(0, 8), *((start - 8, length + 12) for name, start, length in self.chunks if name in names)]

    @property
    def raw_bytes(self) -> int:
        """How much the compressed rows must come to at least."""
        bits = self.depth * CHANNELS[self.kind]
        return self.height * ((self.width * bits + 7) // 8)


def layout(file: BinaryIO) -> Layout:
    """Walk through the chunks without reading the pixels; raises ValueError for what is no PNG."""
    file.seek(0)
    head = file.read(33)
    if len(head) < 33 or not head.startswith(SIGNATURE) or head[12:16] != b"IHDR":
        raise ValueError("no PNG header")
    width, height, depth, kind, _, _, _ = struct.unpack(">IIBBBBB", head[16:29])
    if not width or not height or kind not in CHANNELS or depth not in (1, 2, 4, 8, 16):
        raise ValueError("impossible PNG header")
    end = file.seek(0, 2)
    chunks: list[tuple[bytes, int, int]] = []
    at, frames = 8, 1
    while at + 12 <= end and len(chunks) < MOST_CHUNKS:
        file.seek(at)
        length, name = struct.unpack(">I4s", file.read(8))
        if at + 12 + length > end:
            break
        if name == b"acTL" and length == 8:
            frames = max(1, struct.unpack(">I", file.read(4))[0])
        chunks.append((name, at + 8, length))
        at += length + 12
        if name == b"IEND":
            break
    is_whole = bool(chunks) and chunks[-1][0] == b"IEND"
    return Layout(width, height, depth, kind, tuple(chunks), frames, is_whole)


def may_be_whole(found: Layout) -> bool:
    """False when so few compressed bytes cannot hold so many pixels: cut short, or made to claim a huge size."""
    stored = sum(length for name, _, length in found.chunks if name == b"IDAT")
    return found.is_whole and found.raw_bytes <= stored * DEFLATE_AT_MOST


def profile(file: BinaryIO, found: Layout, most_bytes: int) -> bytes | None:
    """The colour profile, never unpacked beyond `most_bytes`; None without one. Raises ValueError when it is broken."""
    place = next(((start, length) for name, start, length in found.chunks if name == b"iCCP"), None)
    if place is None:
        return None
    file.seek(place[0])
    content = file.read(place[1])
    end = content.find(b"\0", 0, 80)
    inflate = zlib.decompressobj()
    try:
        unpacked = inflate.decompress(content[end + 2 :], most_bytes)
    except zlib.error:
        raise ValueError("the profile cannot be unpacked") from None
    if end < 0 or not inflate.eof:
        raise ValueError("the profile is cut short, or far too large")
    return unpacked


def packet(file: BinaryIO, most_bytes: int = 8 << 20) -> bytes:
    """The XMP packet, empty without one."""
    for name, start, length in layout(file).chunks:
        if name == b"iTXt" and length < most_bytes:
            file.seek(start)
            content = file.read(length)
            if content.startswith(XMP_HEAD):  # never compressed, by Adobe's own rule
                return content[19:].split(b"\0", 2)[-1]
    return b""


def decode_16(file: BinaryIO, found: Layout, progress: Progress) -> NDArray[Any]:
    """(height, width, channels) of uint16: grey, grey + alpha, RGB or RGBA. Raises ValueError when damaged."""
    import cv2

    stream = bytearray()
    for start, length in found.stretches(PIXELS):
        file.seek(start)
        stream += file.read(length)
        progress.check()
    pixels = cv2.imdecode(np.frombuffer(stream, np.uint8), cv2.IMREAD_UNCHANGED)
    del stream
    if pixels is None or pixels.dtype != np.uint16 or pixels.shape[:2] != (found.height, found.width):
        raise ValueError("the pixels cannot be decoded")
    progress.at(0.9)
    if pixels.ndim == 2:
        return _keyed_grey(file, found, pixels)
    if found.kind == 4:
        return np.ascontiguousarray(pixels[..., 2:])  # blue, green and red are all the grey
    swap_red_and_blue(pixels)
    found_pixels: NDArray[Any] = pixels
    return found_pixels


def _keyed_grey(file: BinaryIO, found: Layout, grey: NDArray[Any]) -> NDArray[Any]:
    """One grey may stand for transparent."""
    key = found.transparency
    if key is None or key[1] != 2:
        return grey[..., None]
    file.seek(key[0])
    clear = struct.unpack(">H", file.read(2))[0]
    return np.stack([grey, np.where(grey == clear, 0, 65535).astype(np.uint16)], -1)


def swap_red_and_blue(pixels: NDArray[Any]) -> None:
    """OpenCV's order to ours, in place."""
    for rows in strips(pixels.shape[0], pixels.shape[1]):
        pixels[rows, :, 0], pixels[rows, :, 2] = pixels[rows, :, 2].copy(), pixels[rows, :, 0].copy()


def strips(height: int, width: int, pixels: int = 1 << 20) -> Iterator[slice]:
    """Rows in handy portions."""
    step = max(1, pixels // max(1, width))
    for start in range(0, height, step):
        yield slice(start, min(height, start + step))


# --- writing -----------------------------------------------------------------------------------------------------------


def encode(
    picture: Picture, file: BinaryIO, xmp: bytes | None, progress: Progress, level: int = 6, *, in_haste: bool = False
) -> None:
    """Write a picture, row by row, each with the filter that leaves the least; `in_haste` leaves out the slowest one, which
    photographs need and painted layers hardly do."""
    size = picture.size
    channels = 3 if picture.alpha is None else 4
    file.write(SIGNATURE)
    _chunk(
        file,
        b"IHDR",
        struct.pack(">IIBBBBB", size.width, size.height, picture.depth, 2 if channels == 3 else 6, 0, 0, 0),
    )
    _chunk(file, b"sRGB", b"\0")
    if picture.dpi:
        across, down = (min(2**31 - 1, max(1, round(dpi / 0.0254))) for dpi in picture.dpi)
        _chunk(file, b"pHYs", struct.pack(">IIB", across, down, 1))
    if xmp:
        _chunk(file, b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp)
    for packed in packed_rows(picture, progress, level, in_haste):
        _chunk(file, b"IDAT", packed)
    _chunk(file, b"IEND", b"")


def packed_rows(picture: Picture, progress: Progress, level: int = 6, in_haste: bool = False) -> Iterator[bytes]:
    """The rows, filtered and deflated, in handy portions."""
    pixel_bytes = (3 if picture.alpha is None else 4) * picture.depth // 8
    deflate = zlib.compressobj(level)
    above = np.zeros(picture.size.width * pixel_bytes, np.uint8)
    for rows in strips(picture.size.height, picture.size.width, 1 << 18):
        progress.at(rows.start / picture.size.height)
        pixels = picture.colour[rows]
        if picture.alpha is not None:
            pixels = np.concatenate([pixels, picture.alpha[rows, :, None]], -1)
        raw = np.ascontiguousarray(pixels, np.dtype(pixels.dtype).newbyteorder(">")).view(np.uint8)
        raw = raw.reshape(pixels.shape[0], -1)
        packed = deflate.compress(_filtered(raw, above, pixel_bytes, in_haste).data)
        above = raw[-1]
        if packed:
            yield packed
    yield deflate.flush()


def _chunk(file: BinaryIO, name: bytes, content: bytes) -> None:
    file.write(struct.pack(">I", len(content)) + name + content)
    file.write(struct.pack(">I", zlib.crc32(content, zlib.crc32(name))))


def _filtered(raw: NDArray[Any], above: NDArray[Any], pixel_bytes: int, in_haste: bool) -> NDArray[Any]:
    """Rows with their filter byte; whichever of the specification's leaves the smallest numbers (average seldom wins)."""
    up = np.vstack([above[None], raw[:-1]])
    left = np.zeros_like(raw)
    left[:, pixel_bytes:] = raw[:, :-pixel_bytes]
    candidates = [raw, raw - left, raw - up, None]
    if not in_haste:
        corner = np.zeros_like(raw)
        corner[:, pixel_bytes:] = up[:, :-pixel_bytes]
        candidates.append(raw - _paeth(left, up, corner))
    costs = np.full((len(candidates), raw.shape[0]), math.inf)
    for number, candidate in enumerate(candidates):
        if candidate is not None:
            costs[number] = np.minimum(candidate, 0 - candidate).sum(1, dtype=np.uint32)  # as if they had signs
    best = costs.argmin(0)
    out = np.empty((raw.shape[0], raw.shape[1] + 1), np.uint8)
    out[:, 0] = best
    for number, candidate in enumerate(candidates):
        if candidate is not None:
            out[best == number, 1:] = candidate[best == number]
    return out


def _paeth(left: NDArray[Any], up: NDArray[Any], corner: NDArray[Any]) -> NDArray[Any]:
    a, b, c = left.astype(np.int16), up.astype(np.int16), corner.astype(np.int16)
    to_left, to_up, to_corner = np.abs(b - c), np.abs(a - c), np.abs(a + b - 2 * c)
    nearest = np.where(to_up <= to_corner, up, corner)
    return np.where((to_left <= to_up) & (to_left <= to_corner), left, nearest)
