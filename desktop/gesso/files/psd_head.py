"""What a PSD or PSB file says at its beginning: its size, its colours and where its layers lie, without any pixels."""

from __future__ import annotations

import struct
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from gesso.documents.painting import Guide
from gesso.documents.painting.guides import HORIZONTAL, VERTICAL
from gesso.files.assembly import MOST_NODES, Look
from gesso.files.decoding import faults_of
from gesso.files.disk import opened
from gesso.files.tiff import Unsupported
from gesso.values import Box, Note, Size, mark

BITMAP, GREY, INDEXED, RGB, CMYK, MULTICHANNEL, DUOTONE, LAB = 0, 1, 2, 3, 4, 7, 8, 9
CHANNELS = {BITMAP: 1, GREY: 1, INDEXED: 1, RGB: 3, CMYK: 4, DUOTONE: 1, LAB: 3}
RESOLUTION, LINES = 1005, 1032
LINE_STEPS = 32
"""Guides lie on these parts of a pixel."""
MOST_LINES = 2000
SIGNATURES = (b"8BIM", b"MeSa", b"AgHg", b"PHUT", b"DCSR")
"""Of resources: Photoshop's own and those of its relatives."""
LARGEST_SIDE = {1: 30_000, 2: 300_000}
MOST_CHANNELS = 99
LONG_BLOCKS = (b"LMsk", b"Lr16", b"Lr32", b"Layr", b"Mt16", b"Mt32", b"Mtrn", b"Alph", b"FMsk", b"lnk2", b"FEid",
               b"FXid", b"PxSD")  # fmt: skip
"""Blocks whose length has eight bytes in a PSB."""


@dataclass(frozen=True)
class Head:
    """The first words of a file."""

    version: int
    """1 is PSD, 2 is PSB."""
    size: Size
    channels: int
    depth: int
    mode: int
    boxes: tuple[Box, ...]
    """Where each layer lies; empty ones belong to groups and adjustments."""
    file_bytes: int
    xmp: bytes
    dpi: tuple[float, float] | None = None
    guides: tuple[Guide, ...] = ()

    @property
    def result_depth(self) -> int:
        """Inks and Lab become colours of 8 bit."""
        return 16 if self.depth == 16 and self.mode in (GREY, RGB, DUOTONE) else 8

    @property
    def look(self) -> Look:
        """With memory for the layers here, and for the file with its largest layer in the reading process."""
        on_canvas = sum(box.clip(self.size).size.area for box in self.boxes) or self.size.area
        largest = max([self.size.area, *(box.size.area for box in self.boxes)])
        decoding = largest * self.depth // 8 * (CHANNELS[self.mode] + 1) * 2
        return Look(self.size, self.result_depth, on_canvas * 4 * self.result_depth // 8 + decoding + self.file_bytes)


def look(path: Path) -> Look:
    """Raises `Trouble` for what is no PSD, or of a kind that cannot be read."""
    return head(path).look


def packet(path: Path) -> bytes:
    """The XMP packet, empty without one."""
    return head(path).xmp


def thumbnail(path: Path) -> bytes:
    """The small JPEG that Photoshop keeps, empty without one."""
    with opened(path) as file, faults_of(path):
        file.seek(26)
        file.seek(_read(file, ">I")[0], 1)
        length = _read(file, ">I")[0]
        return _resources(file, file.tell() + min(length, 1 << 24), (1036,)).get(1036, b"")[28:]


def head(path: Path) -> Head:
    with opened(path) as file, faults_of(path):
        return _head(file)


def _head(file: BinaryIO) -> Head:
    """Raises ValueError or struct.error for what is no sound beginning."""
    end = file.seek(0, 2)
    file.seek(0)
    signature, version, channels, height, width, depth, mode = _read(file, ">4sH6xHIIHH")
    if signature != b"8BPS" or version not in LARGEST_SIDE or not 1 <= channels <= MOST_CHANNELS:
        raise ValueError("no PSD")
    if not (1 <= width <= LARGEST_SIDE[version] and 1 <= height <= LARGEST_SIDE[version]):
        raise ValueError("an impossible size")
    if depth == 32:
        raise Unsupported(Note(mark("{bits}-bit floating-point numbers"), {"bits": 32}))
    if mode not in CHANNELS or depth not in (1, 8, 16):
        raise Unsupported(Note(mark("colours of an unusual kind")))
    if channels < CHANNELS[mode]:
        raise ValueError("channels are missing")
    file.seek(_read(file, ">I")[0], 1)
    resources = _read(file, ">I")[0]
    here = file.tell()
    wanted = (1060, RESOLUTION, LINES)
    found = _resources(file, here + resources, wanted) if here + resources <= end else {}
    xmp, in_print, lines = (found.get(number, b"") for number in wanted)
    file.seek(here + resources)
    boxes = _boxes(file, version, end)
    size = Size(width, height)
    return Head(version, size, channels, depth, mode, boxes, end, xmp, _dpi(in_print), _guides(lines, size))


def _dpi(resolution: bytes) -> tuple[float, float] | None:
    """Always to the inch, whatever unit is shown; in 65536ths."""
    if len(resolution) < 16:
        return None
    across, down = (found / 65536 for found in struct.unpack(">I4xI4x", resolution[:16]))
    return (across, down) if across > 0 and down > 0 else None


def _guides(lines: bytes, size: Size) -> tuple[Guide, ...]:
    """Those on the canvas; the grid that stands before them is of the view, not of the picture."""
    if len(lines) < 16:
        return ()
    count = min(struct.unpack_from(">I", lines, 12)[0], MOST_LINES, (len(lines) - 16) // 5)
    found = []
    for number in range(count):
        place, way = struct.unpack_from(">iB", lines, 16 + 5 * number)
        at, most = place / LINE_STEPS, size.height if way else size.width
        if 0 <= at <= most:
            found.append(Guide(HORIZONTAL if way else VERTICAL, at))
    return tuple(dict.fromkeys(found))


def _read(file: BinaryIO, format: str) -> tuple[Any, ...]:
    return struct.unpack(format, file.read(struct.calcsize(format)))


def _resources(file: BinaryIO, end: int, wanted: Collection[int]) -> dict[int, bytes]:
    """The first of each wanted one; what cannot be read ends the search, since pictures are worth more than notes."""
    found: dict[int, bytes] = {}
    while file.tell() + 12 <= end:
        signature, number, name = struct.unpack(">4sHB", file.read(7))
        file.seek(name | 1, 1)  # the name and its length are even together
        length = _read(file, ">I")[0]
        if signature not in SIGNATURES or file.tell() + length > end:
            break
        if number in wanted and number not in found:
            found[number] = file.read(length)
            file.seek(length & 1, 1)
        else:
            file.seek(length + (length & 1), 1)
    return found


def _boxes(file: BinaryIO, version: int, end: int) -> tuple[Box, ...]:
    """From the records of the layers, which files of 16 bit keep in a block behind."""
    length = ">I" if version == 1 else ">Q"
    whole = _read(file, length)[0]
    stop = file.tell() + whole
    if stop > end:
        raise ValueError("cut short")
    if whole < 4:
        return ()
    inner = _read(file, length)[0]
    if inner:
        return _records(file, version, min(stop, file.tell() + inner))
    file.seek(_read(file, ">I")[0], 1)
    while file.tell() + 12 <= stop:
        signature, key = struct.unpack(">4s4s", file.read(8))
        count = _read(file, ">Q" if version == 2 and key in LONG_BLOCKS else ">I")[0]
        if signature not in (b"8BIM", b"8B64") or file.tell() + count > stop:
            break
        if key in (b"Lr16", b"Lr32"):
            return _records(file, version, file.tell() + count)
        file.seek(count + -count % 4, 1)
    return ()


def _records(file: BinaryIO, version: int, stop: int) -> tuple[Box, ...]:
    count = abs(_read(file, ">h")[0])
    if count > MOST_NODES * 2:  # groups have two records
        raise ValueError("too many layers")
    found = []
    for _ in range(count):
        top, left, bottom, right, channels = _read(file, ">4iH")
        if channels > MOST_CHANNELS or not (
            -(1 << 20) < top <= bottom < 1 << 20 and -(1 << 20) < left <= right < 1 << 20
        ):
            raise ValueError("a layer out of bounds")
        file.seek(channels * (6 if version == 1 else 10) + 12, 1)
        file.seek(_read(file, ">I")[0], 1)
        if file.tell() > stop:
            raise ValueError("a layer out of bounds")
        found.append(Box(left, top, right - left, bottom - top))
    return tuple(found)
