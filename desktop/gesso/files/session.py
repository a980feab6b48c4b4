"""The journal of an open document: every committed edit is on the disk before the next one begins.

A session lies in the artist's own folder, never beside the work: a snapshot of how the document was opened, then one
SQLite transaction for each edit, undo and redo. It is removed when the document is closed; what is left after a crash is
offered for recovery, opened by nobody unasked.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
from numpy.typing import NDArray

from gesso.documents.edit import Edit
from gesso.documents.history import History, Transaction
from gesso.documents.painting import Painting
from gesso.documents.painting.codec import decode, encode, name_of, pack
from gesso.files.container import Container, sqlite_trouble, whole
from gesso.files.project import now, read_snapshot, thumbnail_of, write_snapshot
from gesso.values import Trouble

AT_ONCE = 16
"""Tiles that are written ahead in one transaction, which a commit may have to wait for."""


class Session:
    """Writes the journal of one document. Used from one thread, but for `write_ahead`."""

    def __init__(self, container: Container, history: History[Painting]) -> None:
        self._container = container
        self._turn = threading.Lock()
        self._is_open = True
        self.history = history
        self._stop = history.journal(self._write)
        self.changes = 0
        """Transactions since the last save, undo and redo counted."""

    @classmethod
    def begin(cls, folder: Path, painting: Painting, origin: Path | None = None) -> Session:
        """Start a journal for a painting; `origin` is the file it came from. Raises `Trouble`."""
        folder.mkdir(parents=True, exist_ok=True)
        container = Container.create(folder / f"{now().replace(':', '-')} {os.urandom(4).hex()}.gesso")
        try:
            container.connection.execute("PRAGMA journal_mode=WAL")
            container.connection.execute("PRAGMA synchronous=FULL")
            container.set_fact("process", f"{os.getpid()} {psutil.Process().create_time():.0f}")
            write_snapshot(container, painting)
            container.set_fact("origin", str(origin) if origin else "")
            container.set_fact("title", painting.title)
            container.set_fact("thumbnail", thumbnail_of(painting))
        except sqlite3.Error as error:
            container.close()
            raise sqlite_trouble(container.path, error) from None
        return cls(container, History(painting))

    @property
    def path(self) -> Path:
        return self._container.path

    def _write(self, what: str, transaction: Transaction[Painting]) -> None:
        connection = self._container.connection
        try:
            with self._turn, whole(connection):
                # A done edit holds the old state; it is written the way it has to be flipped: with the new one.
                written = "[]" if what != "do" else json.dumps(self._forward(transaction), ensure_ascii=False)
                connection.execute(
                    "INSERT INTO journal (made, what, title, edits) VALUES (?, ?, ?, ?)",
                    (now(), what, transaction.title, written),
                )
        except sqlite3.Error as error:
            raise sqlite_trouble(self.path, error) from None
        self.changes += 1

    def _forward(self, transaction: Transaction[Painting]) -> list[object]:
        """The edits as they were before they were done: each is flipped back, read, and flipped again."""
        painting = self.history.document
        found: list[object] = []
        for edit in reversed(transaction.edits):
            edit.flip(painting)
            found.append(encode(edit, self._container.put))
        for edit in transaction.edits:
            edit.flip(painting)
        return found[::-1]

    def write_ahead(self, edits: Sequence[Edit[Painting]]) -> None:
        """Put the tiles of edits on the disk that are yet to be done, from any thread.

        Committing them then takes no longer than naming their tiles. A disk that refuses is told of by the commit.
        """
        packed: list[tuple[str, bytes]] = []

        def put(array: NDArray[np.generic]) -> str:
            name = name_of(array)
            packed.append((name, pack(array)))
            if len(packed) == AT_ONCE:
                self._write_tiles(packed)
                packed.clear()
            return name

        for edit in edits:
            encode(edit, put)
        self._write_tiles(packed)

    def _write_tiles(self, packed: Sequence[tuple[str, bytes]]) -> None:
        connection = self._container.connection
        with self._turn, contextlib.suppress(sqlite3.Error):
            if self._is_open:
                with whole(connection):
                    connection.executemany("INSERT OR IGNORE INTO blobs VALUES (?, ?)", packed)

    def keep_thumbnail(self, png: bytes) -> None:
        """Give recovery a current picture; a disk that refuses costs only that."""
        with self._turn, contextlib.suppress(sqlite3.Error):
            self._container.set_fact("thumbnail", png)

    def end(self) -> None:
        """The document was closed: the journal is not needed any more."""
        self.let_go()
        forget(self.path)

    def let_go(self) -> None:
        """Close the journal and leave it for recovery."""
        self._stop()
        with self._turn:
            self._is_open = False
            self._container.close()


def forget(session: Path) -> None:
    """Remove a journal that nobody has open; one that cannot be removed stays."""
    for suffix in ("", "-wal", "-shm"):
        with contextlib.suppress(OSError):
            session.with_name(session.name + suffix).unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Remove the journals in which nothing was done and whose program is gone."""
    for path in folder.glob("*.gesso"):
        try:
            container = Container.open(path)
        except Trouble:
            continue
        try:
            is_idle = container.connection.execute("SELECT count(*) FROM journal").fetchone()[0] == 0
            process = container.fact("process")  # missing while a journal is being begun
            is_over = is_idle and process is not None and not _is_alive(str(process))
        except sqlite3.Error:
            continue
        finally:
            container.close()
        if is_over:
            forget(path)


@dataclass(frozen=True)
class Recoverable:
    """A session that nobody closed."""

    path: Path
    title: str
    origin: str
    when: str
    edits: int
    thumbnail: bytes | None


def recoverable(folder: Path) -> list[Recoverable]:
    """Sessions whose process is gone, newest first. Nothing is opened or changed."""
    found = []
    for path in folder.glob("*.gesso"):
        try:
            container = Container.open(path)
        except Trouble:
            continue
        try:
            if _is_alive(str(container.fact("process") or "")):
                continue
            count, last = container.connection.execute("SELECT count(*), max(made) FROM journal").fetchone()
            if not count:
                continue
            found.append(
                Recoverable(
                    path,
                    str(container.fact("title") or ""),
                    str(container.fact("origin") or ""),
                    str(last),
                    int(count),
                    container.fact("thumbnail"),
                )
            )
        except sqlite3.Error:
            continue
        finally:
            container.close()
    return sorted(found, key=lambda session: session.when, reverse=True)


def _is_alive(process: str) -> bool:
    try:
        pid, started = process.split()
        return abs(psutil.Process(int(pid)).create_time() - float(started)) < 2
    except (ValueError, psutil.Error):
        return False


def recover(path: Path) -> tuple[Painting, str]:
    """The document with every edit of its journal that is whole, and what is missing, if anything.

    Raises `Trouble` when not even the snapshot can be read.
    """
    container = Container.open(path)
    try:
        painting = read_snapshot(container)
        history: History[Painting] = History(painting, limit_bytes=1 << 62)
        rows = container.connection.execute("SELECT what, title, edits FROM journal ORDER BY number").fetchall()
        for number, (what, title, written) in enumerate(rows):
            try:
                if what == "undo":
                    history.undo()
                elif what == "redo":
                    history.redo()
                else:
                    history.apply(title, *[decode(edit, container.get) for edit in json.loads(written)])
            except (ValueError, KeyError, TypeError):
                return history.document, f"{len(rows) - number}"
        return history.document, ""
    except sqlite3.Error as error:
        raise sqlite_trouble(path, error) from None
    finally:
        container.close()
