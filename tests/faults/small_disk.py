"""A process for which every file is full at some size: `python -m tests.faults.small_disk WHAT FOLDER BYTES`.

The operating system itself refuses to write on, and what comes of it is said in one line.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

import numpy as np

from gesso.documents.painting import Painting
from gesso.documents.painting.edits import ReplaceTiles
from gesso.files import pictures, project
from gesso.files.generations import Generations
from gesso.files.session import Session
from gesso.values import Box, Picture, Trouble


def noise(side: int, channels: int) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (side, side, channels)).astype(np.uint8)


def journal(folder: Path) -> None:
    """Paint until the journal is full; the stroke that did not fit is taken back."""
    painting = Painting.from_array(noise(64, 4))
    session = Session.begin(folder / "sessions", painting)
    try:
        for number in range(10_000):
            layer = painting.layers()[0]
            before = layer.tiles.read()
            stroke = np.random.default_rng(number).integers(0, 256, (64, 64, 4)).astype(np.uint8)
            session.history.apply("stroke", ReplaceTiles.of(layer, Box(0, 0, 64, 64), stroke))
    except Trouble:
        assert np.array_equal(painting.layers()[0].tiles.read(), before), "the stroke was taken back"
        print(number)
        raise


def history(folder: Path) -> None:
    """Save until the history of the file is full; each saving itself still fits."""
    generations, work = Generations(folder / "generations"), folder / "work.gesso"
    for number in range(6):
        painting = Painting.from_array(np.random.default_rng(number).integers(0, 256, (300, 300, 4)).astype(np.uint8))
        _, note = generations.save(painting, work)
        assert project.load(work).same_as(painting), "it was saved"
        if note is not None:
            print(len(generations.of(work)))
            raise Trouble(str(note))
    raise AssertionError("there was room for everything")


WAYS = {
    "project": lambda folder: project.save(Painting.from_array(noise(700, 4)), folder / "work.gesso"),
    "picture": lambda folder: pictures.write(Picture(noise(700, 3)), folder / "work.png", overwrite=True),
    "journal": journal,
    "history": history,
}

if __name__ == "__main__":
    what, folder, limit = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
    try:
        WAYS[what](Path(folder))
    except Trouble as trouble:
        print(trouble)
        raise SystemExit(1) from None
