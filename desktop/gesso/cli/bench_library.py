"""How long a library of a hundred thousand pictures takes to answer: made-up pictures, the real index."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from gesso.files.library import COLUMNS, File, Library, Told, Wanted, Word
from gesso.operations.painting.likeness import PLACE, as_bytes
from gesso.values import Progress, mark

PICTURES = 100_000
REPEATS = 9
LIMIT_MS = 100
LEAST = 200
"""Of 0-255: a fifth of the pictures has each word."""
BATCH = 5000


def measured(progress: Progress, pictures: int = PICTURES) -> dict[str, Any]:
    """Medians in milliseconds, each from asking to the list of the first two hundred files."""
    with tempfile.TemporaryDirectory() as folder, Library(Path(folder)) as library:
        fill(library, pictures, progress.part(0, 0.9))
        place = library.place(_file(pictures // 2).path)
        assert place is not None
        cases: list[tuple[str, Callable[[], object]]] = [
            (mark("one word"), lambda: library.search([Wanted((3,))])),
            (mark("two words, and one that must not be"), lambda: library.search(_three())),
            (mark("letters of a name"), lambda: library.search([Wanted((), "77")])),
            (mark("more like this"), lambda: library.like(place)),
        ]
        rows = []
        for number, (what, ask) in enumerate(cases):
            progress.at(0.9 + 0.1 * number / len(cases))
            rows.append({"what": what, "milliseconds": round(1000 * _median(ask), 2)})
    return {"pictures": pictures, "limit_ms": LIMIT_MS, "rows": rows}


def fill(library: Library, pictures: int, progress: Progress) -> None:
    """Made-up words and places; the same each time."""
    library.use([Word(f"word {number}", "made up", LEAST) for number in range(COLUMNS)], "made up")
    rng = np.random.default_rng(1)
    for first in range(0, pictures, BATCH):
        progress.at(first / pictures)
        count = min(BATCH, pictures - first)
        words = rng.integers(0, 256, (count, COLUMNS), np.uint8)
        places = rng.normal(size=(count, PLACE))
        places /= np.linalg.norm(places, axis=1, keepdims=True)
        library.put([Told(_file(first + at), words[at], as_bytes(places[at])) for at in range(count)])


def _file(number: int) -> File:
    return File(Path("/", "pictures", f"{number // 1000:03}", f"picture {number:06}.jpg"), number, number)


def _three() -> list[Wanted]:
    return [Wanted((3,)), Wanted((7, 8)), Wanted((11,), "", True)]


def _median(ask: Callable[[], object]) -> float:
    taken = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        ask()
        taken.append(time.perf_counter() - began)
    return median(taken)
