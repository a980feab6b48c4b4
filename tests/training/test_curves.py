"""Curves: event files in TensorBoard's own format, pictures that any reader of SVG takes."""

from __future__ import annotations

import struct
from pathlib import Path
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from gesso_training import curves
from gesso_training.drawing import chart, ticks

CURVE = [
    {"step": 10, "seconds": 1.5, "loss": 0.5},
    {"step": 10, "validation": {"psnr_db": 30.25}},
    {"step": 200, "seconds": 9.0, "loss": 0.25},
]


def test_the_checksum_is_castagnolis() -> None:
    assert curves.crc32c(b"123456789") == 0xE3069283
    assert curves.crc32c(bytes(32)) == 0x8A9136AA  # RFC 3720, appendix B.4


def records(content: bytes) -> list[bytes]:
    """The contents of a TFRecord file, checksums checked."""
    found = []
    while content:
        (length,) = struct.unpack("<Q", content[:8])
        body = content[12 : 12 + length]
        for part, told in ((content[:8], content[8:12]), (body, content[12 + length : 16 + length])):
            unmasked = (struct.unpack("<I", told)[0] - 0xA282EAD8) & 0xFFFFFFFF
            assert (unmasked >> 17 | unmasked << 15) & 0xFFFFFFFF == curves.crc32c(part)
        found.append(body)
        content = content[16 + length :]
    return found


def test_event_files_hold_every_number_at_its_step(tmp_path: Path) -> None:
    file = curves.write_events(tmp_path / "run", CURVE, 1000.0)
    first, *rest = records(file.read_bytes())
    assert file.name.startswith("events.out.tfevents.") and first.endswith(b"\x1a\x0dbrain.Event:2")
    # wall_time (1, double), step (2, varint), summary (5) of one value (1) of tag (1) and simple_value (2, float).
    assert rest == [
        b"\x09" + struct.pack("<d", 1001.5) + b"\x10\x0a\x2a\x0d\x0a\x0b\x0a\x04loss\x15" + struct.pack("<f", 0.5),
        b"\x09" + struct.pack("<d", 1001.5) + b"\x10\x0a\x2a\x1b\x0a\x19\x0a\x12validation/psnr_db\x15"
        + struct.pack("<f", 30.25),
        b"\x09" + struct.pack("<d", 1009.0) + b"\x10\xc8\x01\x2a\x0d\x0a\x0b\x0a\x04loss\x15" + struct.pack("<f", 0.25),
    ]  # fmt: skip
    assert curves.write_events(tmp_path / "run", CURVE, 1000.0) == file and len(list(file.parent.iterdir())) == 1


def test_each_number_gets_a_picture() -> None:
    drawn = curves.pictures("up & down", CURVE)
    assert set(drawn) == {"loss", "validation/psnr_db"}
    root = ElementTree.fromstring(drawn["loss"])
    assert root.attrib["aria-label"] == "up & down: loss"
    (line,) = root.iter("{http://www.w3.org/2000/svg}polyline")
    (left, high), (right, low) = (map(float, point.split(",")) for point in line.attrib["points"].split())
    assert left < right and high < low  # the loss falls


@given(st.lists(st.tuples(st.floats(-1e9, 1e9), st.floats(allow_nan=True, width=32)), max_size=8))
def test_any_numbers_can_be_drawn(points: list[tuple[float, float]]) -> None:
    ElementTree.fromstring(chart("any", {"a": points, "b": [(0.0, 1.0)]}))


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_ticks_lie_within_and_are_few(low: float, wide: float) -> None:
    found = ticks(low, low + wide)
    slack = wide * 1e-6
    assert 1 <= len(found) <= 9 and all(low - slack <= one <= low + wide + slack for one in found)
