"""Collect and clean: every picture of a set read once, each on its own, into the set's catalogue."""

from __future__ import annotations

import hashlib
import io
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image

from gesso_training.corpora import archives
from gesso_training.corpora.catalogue import BINS, Catalogue, Look
from gesso_training.corpora.cleaning import fault_of
from gesso_training.corpora.corpus import Corpus, Item, sha256_of
from gesso_training.corpora.likeness import grey_of, likeness, view_of, words_of
from gesso_training.corpora.normal import UNREADABLE, Bytes, read_picture
from gesso_training.corpora.pool import Pool

READ_AT_PX = 2048
"""Larger pictures are measured in a copy of this size; their own size is what counts for the smallest allowed."""
SMALLEST_WITH_PARTS_PX = 96
EVERY = 64
"""Pictures between two points that a kill cannot fall behind."""


@dataclass(frozen=True)
class Task:
    """One picture to be read: where it lies, or what an archive held."""

    item: Item
    size: int
    changed: int
    path: Path | None
    content: bytes
    smallest_px: int
    accepts: frozenset[str]
    ordinal: int = 0


def read(task: Task) -> Look:
    """Decode, measure and describe one picture; needs nothing but the task, so that any worker can do it."""
    try:
        sha = hashlib.sha256(task.content).hexdigest() if task.path is None else sha256_of(task.path)
    except OSError as error:
        return Look("", "decode", f"cannot be read: {type(error).__name__}")
    try:
        with Image.open(task.path) if task.path is not None else _opened(task.content) as header:
            size = header.size
        picture = read_picture(task.path if task.path is not None else task.content, READ_AT_PX)
    except UNREADABLE as error:
        said = str(error) if type(error).__name__ == "TooLarge" else f"cannot be decoded: {type(error).__name__}"
        return Look(sha, "decode", said)
    grey, view = grey_of(picture), view_of(picture)
    smallest = task.smallest_px if min(size) < task.smallest_px else 1
    fault = fault_of(picture, smallest, task.accepts)
    has_parts = min(size) >= SMALLEST_WITH_PARTS_PX and fault is None
    return Look(
        sha,
        fault.kind if fault else "",
        fault.reason if fault else "",
        *size,
        likeness(picture),
        grey.tobytes(),
        view,
        _histogram(picture).tobytes(),
        tuple(words_of(view)) if has_parts else (),
    )


def _opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def _histogram(picture: Bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    counted = [np.bincount(picture[:, :, channel].ravel() >> 4, minlength=BINS) for channel in range(3)]
    return np.asarray(np.array(counted) / (picture.shape[0] * picture.shape[1]), np.float32)


def tasks_of(corpus: Corpus, data: Path) -> Iterator[Task]:
    """What a set holds, as it is met; of an archive, as it streams by."""
    root = corpus.root(data)
    if corpus.archive:
        archive = root / corpus.archive
        if not archive.is_file():
            raise FileNotFoundError(f"The set '{corpus.name}' lacks its archive {corpus.archive} in {root}.")
        changed = archive.stat().st_mtime_ns
        of_member = corpus.of_member or (lambda name: Item(name, "judging-only", ""))
        for name, content in archives.members(archive):
            if item := of_member(name):
                yield Task(item, len(content), changed, None, content, corpus.smallest_px, corpus.accepts)
        return
    for item in corpus.find(root):
        path = root / item.file
        try:
            facts = path.stat()
        except OSError:
            yield Task(item, 0, 0, path, b"", corpus.smallest_px, corpus.accepts)  # read() says what is wrong with it
            continue
        yield Task(item, facts.st_size, facts.st_mtime_ns, path, b"", corpus.smallest_px, corpus.accepts)


def collect(
    corpus: Corpus, data: Path, catalogue: Catalogue, pool: Pool, report: Callable[[str], None] = lambda line: None
) -> None:
    """Bring a catalogue up to date with what is on disk; what was read before and has not changed is not read again."""
    said = f"{corpus.smallest_px} {sorted(corpus.accepts)}"
    if catalogue.fact("rules", said) != said:  # the set accepts other faults now: what is known of it is too old
        catalogue.db.executescript("DELETE FROM pictures; DELETE FROM looks; DELETE FROM words;")
    catalogue.set_fact("rules", said)
    catalogue.begin_walk()
    known = 0

    def unread() -> Iterator[Task]:
        nonlocal known
        for ordinal, task in enumerate(tasks_of(corpus, data)):
            if catalogue.knows(task.item, ordinal, task.size, task.changed):
                known += 1
            else:
                yield replace(task, ordinal=ordinal)

    try:
        for count, (task, look) in enumerate(pool.map(read, unread()), 1):
            catalogue.add(task.item, task.ordinal, task.size, task.changed, look)
            if count % EVERY == 0:
                catalogue.pause()
            if count % 1000 == 0:
                report(f"{corpus.name}: {count} pictures read")
    except sqlite3.OperationalError as error:
        catalogue.abandon_walk()
        raise _disk_trouble(catalogue.path, error) from None
    except BaseException:
        catalogue.abandon_walk()
        raise
    catalogue.end_walk()
    if known:
        report(f"{corpus.name}: {known} pictures were read before")
    if catalogue.count("1") == 0:
        raise ValueError(f"The set '{corpus.name}' has no pictures in {corpus.root(data)}.")
    if catalogue.count() == 0:
        first = next(catalogue.listed())
        raise ValueError(
            f"None of the {catalogue.count('1')} pictures of '{corpus.name}' can be used; {first.item.file}: {first.reason}."
        )


def _disk_trouble(path: Path, error: sqlite3.OperationalError) -> ValueError:
    if "full" in str(error) or "disk" in str(error):
        return ValueError(f"The disk of {path.parent} is full; make room and run the same command again, it goes on.")
    return ValueError(f"The catalogue {path} cannot be written ({error}).")
