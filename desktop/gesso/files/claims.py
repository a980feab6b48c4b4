"""Which process has which file open for writing, so that two windows do not write over each other's work.

The list lies in the artist's own folder, never beside the work, and binds nobody but Gesso on this computer; what
another computer writes is noticed by `gesso.files.seal`. A claim of a process that is gone counts for nothing.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from gesso.files.container import as_text, whole
from gesso.files.session import is_alive, this_process
from gesso.values import Trouble

SCHEMA = "CREATE TABLE IF NOT EXISTS claims (path TEXT PRIMARY KEY, process TEXT NOT NULL)"


class Claims:
    """The claims of this process among all others. Used from one thread; a list that cannot be kept claims everything."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._process = this_process()
        self._mine: Counter[str] = Counter()

    def take(self, path: Path) -> bool:
        """Claim a file; False when another living process has it. Each claim is given back once."""
        key = _key(path)
        try:
            with self._open() as connection, whole(connection):
                row = connection.execute("SELECT process FROM claims WHERE path = ?", (key,)).fetchone()
                if row is not None and row[0] != self._process and is_alive(row[0]):
                    return False
                connection.execute("INSERT OR REPLACE INTO claims VALUES (?, ?)", (key, self._process))
        except (sqlite3.Error, OSError):
            pass  # better two windows on one file than none
        self._mine[key] += 1
        return True

    def is_elsewhere(self, path: Path) -> bool:
        """Whether another living process has a file open."""
        with contextlib.suppress(sqlite3.Error, OSError), self._open() as connection:
            row = connection.execute("SELECT process FROM claims WHERE path = ?", (_key(path),)).fetchone()
            return row is not None and row[0] != self._process and is_alive(row[0])
        return False

    def give_back(self, path: Path) -> None:
        """The file is not open here any more."""
        key = _key(path)
        if self._mine[key] > 1:
            self._mine[key] -= 1
            return
        del self._mine[key]
        with contextlib.suppress(sqlite3.Error, OSError), self._open() as connection:
            connection.execute("DELETE FROM claims WHERE path = ? AND process = ?", (key, self._process))

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.closing(sqlite3.connect(self._file, isolation_level=None, timeout=2)) as connection:
            connection.execute("PRAGMA synchronous=OFF")  # a list that a power cut spoils binds nobody
            connection.execute(SCHEMA)
            yield connection


def _key(path: Path) -> str:
    return as_text(os.path.normcase(os.path.realpath(path)))


def open_elsewhere(path: Path) -> Trouble:
    return Trouble(
        "{name} is open in another window of Gesso.",
        "Your work is still open and safe.",
        "Save under another name, or close it there first.",
        name=path.name,
    )
