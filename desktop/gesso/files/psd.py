"""PSD and PSB, Photoshop's files: which of their words mean what here, and reading them in a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gesso.files import apart, limits, psd_head, psd_reading
from gesso.files.assembly import Part
from gesso.files.psd_words import KEYS
from gesso.files.simplify import Holds
from gesso.values import Progress

PSD, PSB = "PSD", "PSB"
HOLDS = {
    kind: Holds(kind, frozenset(KEYS), masks=True, clipping=True, marks=True, locks=True, guides=True)
    for kind in (PSD, PSB)
}
LONGEST_PX = {PSD: 30_000, PSB: 300_000}
look, packet, thumbnail = psd_head.look, psd_head.packet, psd_head.thumbnail


def parts(path: Path, limit_px: int, progress: Progress) -> Iterator[Part]:
    """A painting, part by part, told by a process that may crash or hang without harm. Raises `Trouble`."""
    found = psd_head.look(path)
    limits.admit(path.name, found.size, found.bytes_needed, limit_px)
    yield from apart.stream(psd_reading.tell, path, found.bytes_needed, progress)
