"""A process that paints and saves until it is killed: `python -m tests.faults.painter FOLDER SEED`.

It says on its output what is on the disk: `edit N` after gesture N, `saving N` and `saved N` around each save. Gestures
follow from the seed alone, so that whoever kills it can paint the same and compare.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import sys
from pathlib import Path

import numpy as np

from gesso.documents.history import History
from gesso.documents.painting import Painting
from gesso.documents.painting.edits import ReplaceTiles, SetProperty
from gesso.values import Box

WIDTH, HEIGHT = 700, 500
EDITS_PER_SAVE = 5


def begun(seed: int) -> Painting:
    """Soft colours over a few tiles."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    pixels = np.stack([x // 3 + seed, y // 2, (x + y) // 5, np.full_like(x, 255)], axis=2) % 256
    return Painting.from_array(pixels.astype(np.uint8), "ground", "painting")


def gesture(history: History[Painting], rng: np.random.Generator) -> None:
    """A stroke, mostly; sometimes an opacity, a step back or a step forward again."""
    layer = history.document.layers()[0]
    kind = rng.random()
    if kind < 0.1:
        history.undo()
    elif kind < 0.2:
        history.redo()
    elif kind < 0.3:
        history.apply("opacity", SetProperty(layer.id, "opacity", round(float(rng.random()), 2)))
    else:
        left, top = int(rng.integers(0, WIDTH - 100)), int(rng.integers(0, HEIGHT - 100))
        width, height = (int(side) for side in rng.integers(10, 100, 2))
        stroke = rng.integers(0, 256, (height, width, 4)).astype(np.uint8)
        history.apply("stroke", ReplaceTiles.of(layer, Box(left, top, width, height), stroke))


def fingerprint(painting: Painting) -> str:
    """The same for the same pixels and opacities."""
    found = hashlib.sha256()
    for layer in painting.layers():
        found.update(repr((layer.name, layer.opacity, layer.visible, layer.blend)).encode())
        for index, tile in sorted(layer.tiles.tiles.items()):
            found.update(repr(index).encode() + tile.tobytes())
    return found.hexdigest()


def paint(folder: Path, seed: int) -> None:
    from gesso.files import project
    from gesso.files.session import Session

    def say(text: str) -> None:
        os.write(1, text.encode() + b"\n")

    work, painting, rng = folder / "work.gesso", begun(seed), np.random.default_rng(seed)
    project.save(painting, work)
    say("saved 0")
    session = Session.begin(folder / "sessions", painting, work)
    say("edit 0")
    for number in itertools.count(1):
        gesture(session.history, rng)
        say(f"edit {number}")
        if number % EDITS_PER_SAVE == 0:
            say(f"saving {number}")
            project.save(painting, work)
            say(f"saved {number}")


if __name__ == "__main__":
    paint(Path(sys.argv[1]), int(sys.argv[2]))
