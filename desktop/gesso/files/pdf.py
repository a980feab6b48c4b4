"""PDF: one page of the size that the picture has in print, its pixels without loss, its colours named by a profile."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import BinaryIO

from gesso.files import icc, png, xmp
from gesso.values import Picture, Progress

POINTS_PER_INCH = 72
USUAL_DPI = 300.0
"""For pictures that say nothing of their size in print."""
LONGEST_POINTS = 14_400
"""Of a side; a larger page counts in larger units."""


def dpi_of(picture: Picture) -> tuple[float, float]:
    return picture.dpi or (USUAL_DPI, USUAL_DPI)


def encode(picture: Picture, file: BinaryIO, packet: bytes | None, progress: Progress) -> None:
    """Write a picture without alpha as a page."""
    if picture.alpha is not None:
        raise ValueError("a page is not transparent")
    writing = _Writing(file)
    file.write(b"%PDF-1.6\n%\xe2\xe3\xcf\xd3\n")
    width, height = (
        side * POINTS_PER_INCH / dpi
        for side, dpi in zip((picture.size.width, picture.size.height), dpi_of(picture), strict=True)
    )
    unit = max(1.0, max(width, height) / LONGEST_POINTS)
    width, height = width / unit, height / unit
    page = f"/Type /Page /Parent 2 0 R /MediaBox [0 0 {width:.4f} {height:.4f}] /Contents 4 0 R"
    page += " /Resources << /XObject << /Picture 5 0 R >> >>" + (f" /UserUnit {unit:.6f}" if unit > 1 else "")
    about = " /Metadata 8 0 R" if packet else ""
    credit = xmp.parse(packet or b"").credit
    said = "".join(
        f" /{key} {_text(word)}" for key, word in (("Author", credit.author), ("Title", credit.title)) if word
    )
    writing.dictionary(1, f"/Type /Catalog /Pages 2 0 R{about}")
    writing.dictionary(2, "/Type /Pages /Kids [3 0 R] /Count 1")
    writing.dictionary(3, page)
    writing.stream(4, "", [f"q {width:.4f} 0 0 {height:.4f} 0 0 cm /Picture Do Q".encode()])
    rows = f"/Predictor 15 /Colors 3 /BitsPerComponent {picture.depth} /Columns {picture.size.width}"
    writing.stream(
        5,
        f"/Type /XObject /Subtype /Image /Width {picture.size.width} /Height {picture.size.height}"
        f" /BitsPerComponent {picture.depth} /ColorSpace [/ICCBased 7 0 R]"
        f" /Filter /FlateDecode /DecodeParms << {rows} >>",
        png.packed_rows(picture, progress),
        length_in=6,
    )
    writing.stream(7, "/N 3 /Alternate /DeviceRGB /Filter /FlateDecode", [zlib.compress(icc.srgb())])
    if packet:
        writing.stream(8, "/Type /Metadata /Subtype /XML", [packet])
    if said:
        writing.dictionary(9, said.strip())
    writing.end(" /Info 9 0 R" if said else "")


def _text(words: str) -> str:
    """A text string in any script."""
    return f"<FEFF{words.encode('utf-16-be').hex().upper()}>"


def packet_of(file: BinaryIO) -> bytes:
    """The XMP packet near the end of a PDF, where ours stands; empty without one in plain text."""
    file.seek(max(0, file.seek(0, 2) - xmp.LARGEST))
    tail = file.read()
    start = tail.rfind(b"<?xpacket begin")
    end = tail.find(b"<?xpacket end", start)
    return tail[start : tail.find(b"?>", end) + 2] if 0 <= start < end else b""


class _Writing:
    """Objects by their numbers, and where each begins."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._places: dict[int, int] = {}

    def dictionary(self, number: int, said: str) -> None:
        self._begin(number)
        self._file.write(f"<< {said} >>\nendobj\n".encode())

    def stream(self, number: int, said: str, parts: Iterable[bytes], length_in: int = 0) -> None:
        """`length_in` is the number of an object that takes the length, when it is not known before."""
        whole = b"" if length_in else b"".join(parts)
        length = f"{length_in} 0 R" if length_in else str(len(whole))
        self._begin(number)
        self._file.write(f"<< {said} /Length {length} >>\nstream\n".encode())
        start = self._file.tell()
        for part in parts if length_in else [whole]:
            self._file.write(part)
        count = self._file.tell() - start
        self._file.write(b"\nendstream\nendobj\n")
        if length_in:
            self._begin(length_in)
            self._file.write(f"{count}\nendobj\n".encode())

    def _begin(self, number: int) -> None:
        self._places[number] = self._file.tell()
        self._file.write(f"{number} 0 obj\n".encode())

    def end(self, more: str) -> None:
        start = self._file.tell()
        count = len(self._places) + 1
        table = [f"xref\n0 {count}\n0000000000 65535 f \n"]
        table += [f"{self._places[number]:010} 00000 n \n" for number in sorted(self._places)]
        self._file.write("".join(table).encode())
        self._file.write(f"trailer\n<< /Size {count} /Root 1 0 R{more} >>\nstartxref\n{start}\n%%EOF\n".encode())
