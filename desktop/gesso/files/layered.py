"""The formats of layers: which there are, and how each is looked at, read and written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from gesso.documents.painting import Painting
from gesso.files import apart, limits, openraster, psd, psd_writing
from gesso.files.assembly import Assembled, Look, Part, assemble
from gesso.files.decoding import faults_of
from gesso.files.disk import atomically
from gesso.files.simplify import Holds
from gesso.values import Note, Progress, Trouble


@dataclass(frozen=True)
class Layered:
    """One format: all that reads raises `Trouble`."""

    suffix: str
    look: Callable[[Path], Look]
    parts: Callable[[Path, int, Progress], Iterator[Part]]
    packet: Callable[[Path], bytes]
    """The XMP packet of the whole, empty without one."""
    thumbnail: Callable[[Path], bytes]
    write: Callable[[Painting, BinaryIO, Progress], list[Note]]
    holds: Holds
    longest_px: int | None = None
    is_apart: bool = False
    """Whether its parts come from a process of their own in any case."""


def _photoshop(kind: str, suffix: str, write: Callable[[Painting, BinaryIO, Progress], list[Note]]) -> Layered:
    holds, longest_px = psd.HOLDS[kind], psd.LONGEST_PX[kind]
    return Layered(suffix, psd.look, psd.parts, psd.packet, psd.thumbnail, write, holds, longest_px, is_apart=True)


LAYERED = {
    openraster.FORMAT: Layered(
        ".ora",
        openraster.look,
        openraster.parts,
        openraster.packet,
        openraster.thumbnail,
        openraster.write,
        openraster.HOLDS,
    ),
    psd.PSD: _photoshop(psd.PSD, ".psd", psd_writing.write_psd),
    psd.PSB: _photoshop(psd.PSB, ".psb", psd_writing.write_psb),
}
"""By what `content_kind` calls them."""
KINDS = {format.suffix: kind for kind, format in LAYERED.items()}


def thumbnail(path: Path) -> bytes | None:
    """A small picture from inside the file, without reading the large one; None when there is none."""
    kind = KINDS.get(path.suffix.lower())
    try:
        return (LAYERED[kind].thumbnail(path) if kind else b"") or None
    except Trouble:
        return None


def read(
    path: Path, kind: str, limit_px: int, progress: Progress, layer_name: str = "", *, is_apart: bool = False
) -> Assembled:
    """A painting of all layers, titled after the file. Raises `Trouble`."""
    format = LAYERED[kind]
    with faults_of(path):
        parts = format.parts(path, limit_px, progress)
        if is_apart and not format.is_apart:
            found = format.look(path)
            limits.admit(path.name, found.size, found.bytes_needed, limit_px)
            tell = partial(_tell, kind=kind, limit_px=limit_px)
            parts = apart.stream(tell, path, found.bytes_needed, progress)
        assembled = assemble(parts, path.stem, layer_name)
    progress.at(1.0)
    return assembled


def write(painting: Painting, path: Path, kind: str, overwrite: bool, progress: Progress) -> tuple[Note, ...]:
    """Write a painting whole or not at all; returns what the format could not hold. Raises `Trouble`."""
    notes: list[Note] = []

    def fill(file: BinaryIO) -> None:
        notes.extend(LAYERED[kind].write(painting, file, progress))
        progress.at(1.0)  # from here on it is done

    atomically(path, overwrite, fill)
    return tuple(notes)


def _tell(path: Path, progress: Progress, kind: str, limit_px: int) -> Iterator[Part]:
    yield from LAYERED[kind].parts(path, limit_px, progress)
