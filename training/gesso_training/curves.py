"""The learning curves of a run: as pictures, and as event files that TensorBoard reads.

Event files are written here by hand: a scalar takes five protobuf fields, and TensorBoard would bring twenty packages.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from gesso_training.drawing import chart

Curve = Sequence[Mapping[str, Any]]


def series(curve: Curve) -> dict[str, list[tuple[float, float]]]:
    """Each number that a run told, over its steps; scores of the validation as `validation/NAME`."""
    found: dict[str, list[tuple[float, float]]] = {}
    for line in curve:
        numbers = {f"validation/{name}": value for name, value in line.get("validation", {}).items()}
        numbers |= {name: value for name, value in line.items() if name not in ("step", "seconds", "validation")}
        for name, value in numbers.items():
            found.setdefault(name, []).append((float(line["step"]), float(value)))
    return found


def pictures(title: str, curve: Curve, stands_alone: bool = True) -> dict[str, str]:
    """One chart a number, as SVG by its name."""
    return {
        name: chart(f"{title}: {name.replace('/', ' ')}", {name: points}, stands_alone)
        for name, points in series(curve).items()
    }


def write_events(folder: Path, curve: Curve, began: float = 0.0) -> Path:
    """An event file in `folder`, replaced as a whole: point TensorBoard at the folder above."""
    folder.mkdir(parents=True, exist_ok=True)
    file, part = folder / "events.out.tfevents.0.gesso", folder / "events.part"
    with part.open("wb") as out:
        out.write(_record(_double(1, began) + _bytes(3, b"brain.Event:2")))
        seconds = 0.0
        for line in curve:
            seconds = float(line.get("seconds", seconds))
            for name, points in series([line]).items():
                value = _bytes(1, _bytes(1, name.encode()) + _float(2, points[0][1]))
                out.write(_record(_double(1, began + seconds) + _number(2, int(line["step"])) + _bytes(5, value)))
    os.replace(part, file)
    return file


def _record(content: bytes) -> bytes:
    """TFRecord: length, its checksum, content, its checksum."""
    length = struct.pack("<Q", len(content))
    return length + _masked(length) + content + _masked(content)


def _masked(content: bytes) -> bytes:
    checksum = crc32c(content)
    return struct.pack("<I", ((checksum >> 15 | checksum << 17) + 0xA282EAD8) & 0xFFFFFFFF)


def _table() -> Iterator[int]:
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        yield byte


_CRC = tuple(_table())


def crc32c(content: bytes) -> int:
    """Castagnoli's checksum (RFC 3720, appendix B.4)."""
    found = 0xFFFFFFFF
    for byte in content:
        found = found >> 8 ^ _CRC[(found ^ byte) & 0xFF]
    return found ^ 0xFFFFFFFF


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _double(field: int, value: float) -> bytes:
    return _varint(field << 3 | 1) + struct.pack("<d", value)


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _float(field: int, value: float) -> bytes:
    return _varint(field << 3 | 5) + struct.pack("<f", value)
