"""Drawings of paths to SVG files, with what is said of their making and their maker."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from gesso.documents.painting import Credit, Provenance
from gesso.files import xmp
from gesso.files.disk import atomically, refuse_existing


def write(
    drawing: str,
    path: Path,
    *,
    provenance: Sequence[Provenance] = (),
    credit: Credit | None = None,
    overwrite: bool = False,
) -> None:
    """Write the text of a drawing whole or not at all. Raises `Trouble`, also for a file that is there already unless
    `overwrite` is given.
    """
    refuse_existing(path, overwrite)
    told = with_metadata(drawing, xmp.packet(provenance, credit)).encode("utf-8")

    def fill(file: BinaryIO) -> None:
        file.write(told)

    atomically(path, overwrite, fill)


def with_metadata(drawing: str, packet: bytes | None) -> str:
    """The drawing with an XMP packet as the first thing inside it, where the standard wants it."""
    if packet is None:
        return drawing
    start = drawing.index(">", drawing.index("<svg")) + 1
    return f"{drawing[:start]}\n<metadata>{packet.decode('utf-8')}</metadata>{drawing[start:]}"
