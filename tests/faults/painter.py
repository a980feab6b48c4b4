"""A process that works until it is killed: `python -m tests.faults.painter KIND FOLDER SEED`.

It says on its output what is on the disk: `edit N` after gesture N, `saving N` and `saved N` around each save. Gestures
follow from the seed alone, so that whoever kills it can do the same and compare.

- `painting`: strokes, opacities, undo and redo, saved every fifth gesture.
- `saving`: the same, saved after each gesture, with the history of the file.
- `assistance`: every second gesture is an AI edit by a (tiny) model, its tiles written ahead by another thread.
- `recovery`: after every third gesture the journal is left as a crash leaves it, recovered, saved and gone on with.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from gesso.documents.history import History
from gesso.documents.painting import Painting
from gesso.documents.painting.edits import ReplaceTiles, SetProperty
from gesso.values import Box, Picture, Progress

WIDTH, HEIGHT = 700, 500
EDITS_PER_SAVE = {"painting": 5, "saving": 1, "assistance": 4, "recovery": 3}
ROUND = EDITS_PER_SAVE["recovery"]
KINDS = tuple(EDITS_PER_SAVE)
Repaint = Callable[[Picture, int], Picture]
"""An AI edit of a picture, with its seed."""


def begun(seed: int) -> Painting:
    """Soft colours over a few tiles."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    pixels = np.stack([x // 3 + seed, y // 2, (x + y) // 5, np.full_like(x, 255)], axis=2) % 256
    return Painting.from_array(pixels.astype(np.uint8), "ground", "painting")


def stroke(history: History[Painting], rng: np.random.Generator) -> None:
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
        pixels = rng.integers(0, 256, (height, width, 4)).astype(np.uint8)
        history.apply("stroke", ReplaceTiles.of(layer, Box(left, top, width, height), pixels))


def assist(
    history: History[Painting], repaint: Repaint, seed: int, write_ahead: Callable[[list[ReplaceTiles]], None]
) -> None:
    """An AI edit of the whole layer."""
    layer = history.document.layers()[0]
    before = layer.tiles.read()
    painted = repaint(Picture.from_rgba(before), seed).rgba()
    edit = ReplaceTiles.of(layer, history.document.size.box, painted)
    ahead = threading.Thread(target=write_ahead, args=([edit],))
    ahead.start()
    ahead.join()
    history.apply("Stylise", edit)


def gesture(
    kind: str,
    number: int,
    history: History[Painting],
    rng: np.random.Generator,
    repaint: Repaint | None,
    write_ahead: Callable[[list[ReplaceTiles]], None] = lambda edits: None,
) -> None:
    """Number `number` of this kind of work."""
    if kind == "assistance" and number % 2:
        assert repaint is not None
        assist(history, repaint, number, write_ahead)
    else:
        stroke(history, rng)


def states(kind: str, seed: int, repaint: Repaint | None) -> Iterator[str]:
    """What the picture of the same work looks like after 0, 1, 2... gestures, without any file."""
    history, rng = History(begun(seed)), np.random.default_rng(seed)
    yield fingerprint(history.document)
    for number in itertools.count(1):
        gesture(kind, number, history, rng, repaint)
        yield fingerprint(history.document)
        if kind == "recovery" and number % ROUND == 0:
            history = History(history.document)  # what was recovered cannot be undone


def fingerprint(painting: Painting) -> str:
    """The same for the same pixels and opacities."""
    found = hashlib.sha256()
    for layer in painting.layers():
        found.update(repr((layer.name, layer.opacity, layer.visible, layer.blend)).encode())
        for index, tile in sorted(layer.tiles.tiles.items()):
            found.update(repr(index).encode() + tile.tobytes())
    return found.hexdigest()


def stylist() -> tuple[Repaint, Callable[[], None]]:
    """An AI edit by the model that lies in the resources; and how to end its worker."""
    from gesso.tools import tool
    from gesso.tools.studio import Studio

    studio, stylise = Studio(device="cpu", threads=1), tool("painting.stylise")

    def repaint(picture: Picture, seed: int) -> Picture:
        return studio.apply(stylise, picture, stylise.checked({"seed": seed}), Progress.silent())[0]

    return repaint, studio.close


def work(kind: str, folder: Path, seed: int, repaint: Repaint | None) -> None:
    from gesso.files.generations import Generations
    from gesso.files.session import Session, forget, recover

    def say(text: str) -> None:
        os.write(1, text.encode() + b"\n")

    file, sessions, rng = folder / "work.gesso", folder / "sessions", np.random.default_rng(seed)
    generations = Generations(folder / "generations")
    painting = begun(seed)
    generations.save(painting, file)
    say("saved 0")
    session = Session.begin(sessions, painting, file)
    say("edit 0")
    for number in itertools.count(1):
        gesture(kind, number, session.history, rng, repaint, session.write_ahead)
        say(f"edit {number}")
        if number % EDITS_PER_SAVE[kind]:
            continue
        older = session.path
        if kind == "recovery":
            session.let_go()
            session = Session.begin(sessions, recover(older).painting, file)
        say(f"saving {number}")
        generations.save(session.history.document, file)
        session.was_saved(file, session.changes)
        say(f"saved {number}")
        if kind == "recovery":
            forget(older)


if __name__ == "__main__":
    kind, folder, seed = sys.argv[1:]
    repaint, close = stylist() if kind == "assistance" else (None, lambda: None)
    try:
        work(kind, Path(folder), int(seed), repaint)
    finally:
        close()
