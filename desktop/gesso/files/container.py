"""The SQLite container behind `.gesso`: schema, version, blobs. Used by the project file and by the session's journal."""

from __future__ import annotations

import contextlib
import errno
import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from gesso.documents.painting.codec import name_of, pack, unpack
from gesso.files.trouble import SAFE, UNTOUCHED, disk_trouble
from gesso.values import Note, Trouble, mark

APPLICATION_ID = 0x47657373  # "Gess"
VERSION = 2
"""1: Gesso 0.1. 2: layers of new kinds, which the first one cannot read; the tables are the same."""
SCHEMA = """
CREATE TABLE facts (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE blobs (name TEXT PRIMARY KEY, content BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE snapshots (number INTEGER PRIMARY KEY AUTOINCREMENT, made TEXT NOT NULL, document TEXT NOT NULL);
CREATE TABLE journal (number INTEGER PRIMARY KEY AUTOINCREMENT, made TEXT NOT NULL, what TEXT NOT NULL, title TEXT NOT NULL, edits TEXT NOT NULL);
"""
Migration = Callable[[sqlite3.Connection], None]
MIGRATIONS: Sequence[Migration] = (lambda connection: None,)
"""Step n lifts a container from version n + 1 to n + 2."""


class Damaged(Trouble):
    """A container of which only parts can be read; `gesso.files.repair` finds out which."""


def damaged(path: Path, reason: str | Note) -> Damaged:
    return Damaged(
        mark("{name} is damaged: {reason}."),
        UNTOUCHED,
        mark("Open the copy before it, {name}~, in the same folder."),
        name=path.name,
        reason=reason,
    )


class Container:
    """One open container. Not thread-safe: whoever shares it takes turns."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path, self.connection = path, connection

    @classmethod
    def create(cls, path: Path, *, shrinks: bool = False) -> Container:
        """A new, empty container; refuses to replace a file. One that shrinks can give the room of old blobs back."""
        try:
            path.open("xb").close()
        except OSError as error:
            raise disk_trouble(path, error) from None
        try:
            connection = _connect(path)
            with _closed_if_refused(connection):
                if shrinks:
                    connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
                connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version={VERSION}")
                connection.executescript(SCHEMA)
        except sqlite3.Error as error:
            for left in (path, path.with_name(path.name + "-journal")):
                with contextlib.suppress(OSError):
                    left.unlink(missing_ok=True)
            raise sqlite_trouble(path, error) from None
        return cls(path, connection)

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> Container:
        """Raises `Trouble` for what is missing, foreign, newer or damaged."""
        try:
            with path.open("rb") as file:
                head = file.read(100)
        except OSError as error:
            raise disk_trouble(path, error) from None
        if (
            len(head) < 100
            or not head.startswith(b"SQLite format 3\0")
            or head[68:72] != APPLICATION_ID.to_bytes(4, "big")
        ):
            raise Damaged(
                mark("{name} is not a Gesso project, or only a part of one."),
                UNTOUCHED,
                mark("Open another file, or the copy before it, {name}~, in the same folder."),
                name=path.name,
            )
        if _is_cut_short(path, head):
            raise damaged(path, Note(mark("its end is missing")))
        try:
            connection = _connect(path, read_only)
            with _closed_if_refused(connection):
                version = int(connection.execute("PRAGMA user_version").fetchone()[0])
                if version > VERSION:
                    raise Trouble(
                        "{name} was written by a newer Gesso.",
                        "It was left exactly as it is.",
                        "Update Gesso to open it.",
                        name=path.name,
                    )
                if version < VERSION and not read_only:
                    _migrate(connection, version)
        except sqlite3.Error as error:
            raise sqlite_trouble(path, error) from None
        return cls(path, connection)

    def put(self, array: NDArray[Any]) -> str:
        """Keep a tile once, under the name of its content."""
        return self.put_as(name_of(array), array)

    def put_as(self, name: str, array: NDArray[Any]) -> str:
        """`put` for a tile whose name is known already."""
        if self.connection.execute("SELECT 1 FROM blobs WHERE name = ?", (name,)).fetchone() is None:
            self.connection.execute("INSERT INTO blobs VALUES (?, ?)", (name, pack(array)))
        return name

    def get(self, name: str) -> NDArray[Any]:
        """Raises ValueError when the tile is missing or damaged."""
        row = self.connection.execute("SELECT content FROM blobs WHERE name = ?", (name,)).fetchone()
        if row is None:
            raise ValueError("a tile is missing")
        return unpack(name, row[0])

    def fact(self, key: str) -> Any:
        row = self.connection.execute("SELECT value FROM facts WHERE key = ?", (key,)).fetchone()
        return None if row is None else row[0]

    def set_fact(self, key: str, value: str | bytes | int | None) -> None:
        value = as_text(value) if isinstance(value, str) else value
        self.connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (key, value))

    def faults(self) -> list[str]:
        """What SQLite's own integrity check finds."""
        try:
            found = [row[0] for row in self.connection.execute("PRAGMA integrity_check(20)")]
        except sqlite3.Error as error:
            return [str(error)]
        return [] if found == ["ok"] else found

    def close(self) -> None:
        self.connection.close()


def as_text(text: str) -> str:
    """What SQLite takes: names of files on old disks need not be text."""
    return text.encode("utf-8", "backslashreplace").decode()


def as_json(value: object) -> str:
    """Readable, and with escapes where something in it is no text, so that it comes back as it was."""
    text = json.dumps(value, ensure_ascii=False)
    return text if text == as_text(text) else json.dumps(value)


def _is_cut_short(path: Path, head: bytes) -> bool:
    """Whether pages that the header counts are not there; SQLite itself does not miss the ones it needs not."""
    if path.with_name(path.name + "-wal").exists():
        return False  # the newest pages, and their count, are still beside the file
    with contextlib.suppress(OSError):
        if path.with_name(path.name + "-journal").stat().st_size:
            return False  # a kill came between the new count and the last new page: SQLite takes both back when it opens it
    page = int.from_bytes(head[16:18], "big")
    page = 65536 if page == 1 else page
    is_counted = head[24:28] == head[92:96]  # otherwise a writer that does not count was the last
    return is_counted and path.stat().st_size < page * int.from_bytes(head[28:32], "big")


def _connect(path: Path, read_only: bool = False) -> sqlite3.Connection:
    # Autocommit: every group of writes says BEGIN and COMMIT itself.
    uri = path.resolve().as_uri() + ("?mode=ro" if read_only else "?mode=rw")
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=2)
    with _closed_if_refused(connection):
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA trusted_schema=OFF")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return connection


@contextlib.contextmanager
def _closed_if_refused(connection: sqlite3.Connection) -> Iterator[None]:
    """A file that stays open can be neither replaced nor removed on Windows."""
    try:
        yield
    except BaseException:
        connection.close()
        raise


@contextlib.contextmanager
def whole(connection: sqlite3.Connection) -> Iterator[None]:
    """All that is written inside, or nothing of it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk has ended it already, and says why only once
            connection.execute("ROLLBACK")
        raise


def _migrate(connection: sqlite3.Connection, version: int) -> None:
    with whole(connection):
        for step in MIGRATIONS[version - 1 : VERSION - 1]:
            step(connection)
        connection.execute(f"PRAGMA user_version={VERSION}")


def sqlite_trouble(path: Path, error: sqlite3.Error) -> Trouble:
    text = str(error)
    if "full" in text:
        return disk_trouble(path, OSError(errno.ENOSPC, text))
    if "disk I/O" in text:
        return disk_trouble(path, OSError(errno.EIO, text))
    if "readonly" in text or "unable to open" in text:
        return disk_trouble(path, OSError(errno.EACCES, text))
    if "locked" in text:
        return Trouble("{name} is in use by another window.", SAFE, "Close it there first.", name=path.name)
    return damaged(path, text)
