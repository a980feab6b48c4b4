"""PDF: one page of the right size, its pixels exactly as they are."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from PySide6.QtPdf import QPdfDocument
from pytestqt.qtbot import QtBot

from gesso.files import icc, paintings, pictures, png
from gesso.values import Picture, Trouble
from tests.desktop.files import made, painted


def page(path: Path, size: tuple[int, int]) -> tuple[float, float, np.ndarray]:
    """Width and height in points, and the page drawn by another library."""
    document = QPdfDocument()
    assert document.load(str(path)) == QPdfDocument.Error.None_ and document.pageCount() == 1
    points = document.pagePointSize(0)
    image = document.render(0, QSize(*size)).convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(size[1], image.bytesPerLine())
    document.close()
    return points.width(), points.height(), rows[:, : size[0] * 3].reshape(size[1], size[0], 3).copy()


def rows_of(content: bytes, width: int, height: int, depth: int) -> bytes:
    """The picture's own rows, which are packed as in a PNG, as one."""
    start = content.index(b"stream\n", content.index(b"/Subtype /Image")) + 7
    rows = content[start : content.index(b"\nendstream", start)]
    head = struct.pack(">IIBBBBB", width, height, depth, 2, 0, 0, 0)
    return png.SIGNATURE + made.chunk(b"IHDR", head) + made.chunk(b"IDAT", rows) + made.chunk(b"IEND", b"")


@pytest.mark.parametrize("depth", [8, 16])
def test_a_page_of_the_right_size_with_every_pixel(tmp_path: Path, qtbot: QtBot, depth: int) -> None:
    across, down = np.meshgrid(np.arange(120), np.arange(90))
    colour = np.stack([across * 2, down * 2, (across + down) // 2], -1).astype(np.uint8)
    deep = colour.astype(np.uint16) * 257 if depth == 16 else colour
    assert not pictures.write(Picture(deep, None, (150.0, 300.0)), tmp_path / "页 a.pdf")
    width, height, seen = page(tmp_path / "页 a.pdf", (120, 90))
    assert (width, height) == pytest.approx((120 * 72 / 150, 90 * 72 / 300), abs=0.01)
    assert np.abs(seen.astype(int) - colour)[2:-2, 2:-2].max() <= 4, "drawn by another library, which smooths"
    content = (tmp_path / "页 a.pdf").read_bytes()
    (tmp_path / "rows.png").write_bytes(rows_of(content, 120, 90, depth))
    assert np.array_equal(pictures.read(tmp_path / "rows.png").picture.colour, deep), "bit for bit"
    assert zlib.compress(icc.srgb()) in content, "its colours are named"


def test_what_is_clear_lies_on_paper_and_an_unknown_size_is_said(tmp_path: Path, qtbot: QtBot) -> None:
    pixels = np.full((40, 60, 4), 10, np.uint8)
    pixels[:, 30:, 3], pixels[:, :30, 3] = 0, 255
    notes = pictures.write(Picture.from_rgba(pixels), tmp_path / "a.pdf")
    assert "laid over white" in str(notes[0]) and "300 dpi" in str(notes[1])
    width, _, seen = page(tmp_path / "a.pdf", (60, 40))
    assert width == pytest.approx(60 * 72 / 300, abs=0.01)
    assert seen[:, :29].max() <= 11 and seen[:, 31:].min() >= 254


def test_a_page_larger_than_the_format_counts_in_larger_units(tmp_path: Path, qtbot: QtBot) -> None:
    pictures.write(Picture(np.zeros((2, 20_000, 3), np.uint8), None, (10.0, 10.0)), tmp_path / "a.pdf")
    content = (tmp_path / "a.pdf").read_bytes()
    assert b"/MediaBox [0 0 14400.0000" in content and b"/UserUnit 10.0" in content


def test_a_painting_with_its_origin(tmp_path: Path) -> None:
    given = painted.painting(size := painted.Size(50, 40), painted.layer(size, size.box, provenance=(painted.RECORD,)))
    paintings.write(given, tmp_path / "a.pdf")
    assert pictures.read_provenance(tmp_path / "a.pdf").records == (painted.RECORD,)
    with pytest.raises(Trouble, match="is a PDF file"):
        pictures.read(tmp_path / "a.pdf")
