"""Small files made by code: PNGs of any kind, chunk by chunk, and colour profiles, tag by tag."""

from __future__ import annotations

import struct
import zlib

import numpy as np


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(width: int, height: int, depth: int, kind: int, rows: bytes, *extra: bytes) -> bytes:
    """A PNG of rows that carry their filter bytes already."""
    head = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    parts = [chunk(b"IHDR", head), *extra, chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def png_of(pixels: np.ndarray, kind: int, *extra: bytes) -> bytes:
    """A PNG of (h, w, channels), uint8 or uint16."""
    rows = pixels.astype(pixels.dtype.newbyteorder(">"))
    raw = b"".join(b"\0" + row.tobytes() for row in rows)
    return png(pixels.shape[1], pixels.shape[0], 8 * pixels.dtype.itemsize, kind, raw, *extra)


def _profile(space: bytes, connection: bytes, kind: bytes, tags: dict[bytes, bytes]) -> bytes:
    tags = {b"desc": _text("made for a test"), b"cprt": _text("CC0"), **tags}
    table, body, at = struct.pack(">I", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        table += struct.pack(">4sII", name, at + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    head = bytearray(128)
    head[0:4] = struct.pack(">I", at + len(body))
    head[8:12] = b"\x02\x10\0\0"
    head[12:24] = kind + space + connection
    head[24:36] = struct.pack(">6H", 2026, 1, 1, 0, 0, 0)
    head[36:40] = b"acsp"
    head[68:80] = struct.pack(">3i", 63190, 65536, 54061)
    return bytes(head) + table + body


def _text(words: str) -> bytes:
    ascii_words = words.encode() + b"\0"
    return b"desc" + bytes(4) + struct.pack(">I", len(ascii_words)) + ascii_words + bytes(78)


def _xyz(*values: float) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">3i", *(round(value * 65536) for value in values))


def _gamma(value: float) -> bytes:
    return b"curv" + bytes(4) + struct.pack(">IH", 1, round(value * 256)) + bytes(2)


def wide_profile(gamma: float = 2.2) -> bytes:
    """A display with the primaries of Adobe RGB."""
    curve = _gamma(gamma)
    return _profile(
        b"RGB ", b"XYZ ", b"mntr",
        {
            b"wtpt": _xyz(0.9642, 1.0, 0.8249),
            b"rXYZ": _xyz(0.60974, 0.31111, 0.01947),
            b"gXYZ": _xyz(0.20528, 0.62567, 0.06087),
            b"bXYZ": _xyz(0.14919, 0.06322, 0.74457),
            b"rTRC": curve, b"gTRC": curve, b"bTRC": curve,
        },
    )  # fmt: skip


def grey_profile(gamma: float) -> bytes:
    return _profile(b"GRAY", b"XYZ ", b"mntr", {b"wtpt": _xyz(0.9642, 1.0, 0.8249), b"kTRC": _gamma(gamma)})


def press_profile() -> bytes:
    """A press whose four inks each darken alone: only lightness is left, so that it differs from any plain formula."""
    corners = []
    for inks in range(16):
        cyan, magenta, yellow, black = (inks >> shift & 1 for shift in (3, 2, 1, 0))
        lightness = 255 * (1 - black) * (1 - 0.5 * (cyan + magenta + yellow) / 3)
        corners += [round(lightness), 128, 128]
    identity = bytes(range(256))
    head = struct.pack(">BBBx9i", 4, 3, 2, *(65536 if i % 4 == 0 else 0 for i in range(9)))
    table = b"mft1" + bytes(4) + head + identity * 4 + bytes(corners) + identity * 3
    return _profile(b"CMYK", b"Lab ", b"prtr", {b"wtpt": _xyz(0.9642, 1.0, 0.8249), b"A2B0": table, b"A2B1": table})
