"""What a file says about its picture is found without decoding it."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngImageFile

from gesso.files.pictures import probe, read
from gesso.values import Size


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def test_looking_at_a_png_decodes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def load(image: PngImageFile) -> None:
        raise AssertionError("decoded")

    Image.new("RGB", (40, 30)).save(tmp_path / "a.png")
    monkeypatch.setattr(PngImageFile, "load", load)
    assert probe(tmp_path / "a.png").size == Size(40, 30)


def test_a_turn_that_stands_behind_the_pixels_is_found(tmp_path: Path) -> None:
    exif, out = Image.Exif(), io.BytesIO()
    exif[274] = 6
    pixels = np.random.default_rng(1).integers(0, 256, (30, 40, 3)).astype(np.uint8)
    Image.fromarray(pixels).save(out, "PNG")
    plain = out.getvalue()
    at = plain.index(b"IEND") - 4
    turn = chunk(b"eXIf", exif.tobytes().removeprefix(b"Exif\0\0"))
    (tmp_path / "late.png").write_bytes(plain[:at] + turn + plain[at:])
    assert probe(tmp_path / "late.png").size == Size(30, 40)
    assert np.array_equal(read(tmp_path / "late.png").picture.colour, np.rot90(pixels, -1))
