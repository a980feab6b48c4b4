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
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import psutil
from numpy.typing import NDArray

from gesso.documents.edit import Edit
from gesso.documents.history import History, Transaction
from gesso.documents.painting import Painting
from gesso.documents.painting.codec import Get, decode, encode, name_of, pack
from gesso.files.container import Container, Damaged, as_json, as_text, sqlite_trouble, whole
from gesso.files.project import digest_of, now, read_snapshot, thumbnail_of, write_snapshot
from gesso.files.repair import Loss, opened, put_together
from gesso.files.soundness import UNFIT
from gesso.files.trouble import disk_trouble
from gesso.files.wreck import Entry
from gesso.values import Note, Progress, Trouble, mark

UNSAVED, SAVED = "unsaved", "saved"
STUB_BYTES = 6 * 4096
"""Tables alone: a journal that is being begun, or whose program ended then. Anything that holds a picture is larger."""
STUB_SECONDS = 3600
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
    def begin(
        cls, folder: Path, painting: Painting, origin: Path | None = None, *, is_unsaved: bool = False
    ) -> Session:
        """Start a journal for a painting; `origin` is the file it came from. Raises `Trouble`.

        `is_unsaved` says that what it begins with is in no file, so that it is offered even without an edit.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise disk_trouble(folder, error) from None
        number = 1 + max((_place(path)[0] for path in folder.glob("*.gesso")), default=0)
        container = Container.create(folder / f"{number:06} {now().replace(':', '-')} {os.urandom(4).hex()}.gesso")
        try:
            container.connection.execute("PRAGMA journal_mode=WAL")
            container.connection.execute("PRAGMA synchronous=FULL")
            container.set_fact("process", this_process())
            write_snapshot(container, painting)
            container.set_fact(UNSAVED, int(is_unsaved))
            container.set_fact("origin", str(origin) if origin else "")
            container.set_fact("title", painting.title)
            container.set_fact("thumbnail", thumbnail_of(painting))
        except sqlite3.Error as error:
            container.close()
            forget(container.path)
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
                written = as_json(self._forward(transaction)) if what in ("do", "more") else "[]"
                title = as_text(transaction.title)
                seal = _seal(what, title, written)
                connection.execute(
                    "INSERT INTO journal (made, what, title, edits) VALUES (?, ?, ?, ?)",
                    (f"{now()} {seal}", what, title, written),
                )
        except sqlite3.Error as error:
            raise sqlite_trouble(self.path, error) from None
        self.changes += 1

    def _forward(self, transaction: Transaction[Painting]) -> list[object]:
        """The edits as they were before they were done: each is flipped back, read, and flipped again."""
        painting = self.history.document
        found: list[object] = []
        flipped: list[Edit[Painting]] = []
        try:
            for edit in reversed(transaction.edits):
                edit.flip(painting)
                flipped.append(edit)
                found.append(encode(edit, self._container.put))
        finally:  # also when the disk refuses: the history, which takes all of it back then, has to find it done
            for edit in reversed(flipped):
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

    def was_saved(self, path: Path, changes: int) -> None:
        """The file holds so many of the changes: recovery is about the others. A disk that refuses costs only that."""
        with self._turn, contextlib.suppress(sqlite3.Error):
            self._container.set_fact(SAVED, f"{changes} {path.absolute()}")

    def end(self) -> None:
        """The document was closed: the journal is not needed any more."""
        self.let_go()
        forget(self.path)

    def let_go(self) -> None:
        """Close the journal and leave it for recovery, which may begin at once."""
        self._stop()
        with self._turn:
            self._is_open = False
            with contextlib.suppress(sqlite3.Error):
                self._container.set_fact("process", "")
            self._container.close()


def forget(session: Path) -> None:
    """Remove a journal that nobody has open; one that cannot be removed stays."""
    for suffix in ("", "-wal", "-shm"):
        with contextlib.suppress(OSError):
            session.with_name(session.name + suffix).unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Remove the journals that hold nothing which is not elsewhere, and whose program is gone."""
    for path in folder.glob("*.gesso"):
        if _is_over(path):
            forget(path)


def _is_over(path: Path) -> bool:
    try:
        container = Container.open(path)
    except Damaged:
        return _is_stub(path)
    except Trouble:
        return False
    try:
        process = container.fact("process")
        if process is None:
            return _is_stub(path)
        return not is_alive(str(process)) and not _is_needed(container)
    except sqlite3.Error:
        return _is_stub(path)
    finally:
        container.close()


def _is_stub(path: Path) -> bool:
    """Whether a journal was given up before anything was in it."""
    with contextlib.suppress(OSError):
        facts = path.stat()
        return facts.st_size <= STUB_BYTES and time.time() - facts.st_mtime > STUB_SECONDS
    return False


def _is_needed(container: Container) -> bool:
    """Whether something would be lost with a journal.

    One that was saved with its last edit holds what its file holds, and one without an edit what its file or picture
    holds: they are needed once that is gone, or when what a journal begins with was never in a file.
    """
    edits = int(container.connection.execute("SELECT count(*) FROM journal").fetchone()[0])
    saved, _, file = str(container.fact(SAVED) or "").partition(" ")
    if saved.isdigit():
        return edits > int(saved) or not Path(file).exists()
    if edits:
        return True
    origin = str(container.fact("origin") or "")
    return bool(container.fact(UNSAVED)) or bool(origin and not Path(origin).exists())


@dataclass(frozen=True)
class Recoverable:
    """A session that nobody closed."""

    path: Path
    title: str
    origin: str
    when: str
    edits: int
    thumbnail: bytes | None
    is_damaged: bool = False
    """Only parts of it can be read."""


def recoverable(folder: Path) -> list[Recoverable]:
    """Sessions whose process is gone, the last begun first. Nothing is opened or changed.

    They are counted where they lie: a clock that was set back does not put new work below old.
    """
    found = []
    for path in folder.glob("*.gesso"):
        try:
            container = Container.open(path)
        except Damaged:
            found += _damaged(path)
            continue
        except Trouble:  # of a newer Gesso, which will offer it again
            continue
        try:
            process = container.fact("process")
            if process is None or is_alive(str(process)) or not _is_needed(container):
                continue
            count, last = container.connection.execute("SELECT count(*), max(number) FROM journal").fetchone()
            row = container.connection.execute("SELECT made FROM journal WHERE number = ?", (last,)).fetchone()
            began = container.connection.execute("SELECT made FROM snapshots").fetchone()
            found.append(
                Recoverable(
                    path,
                    str(container.fact("title") or ""),
                    str(container.fact("origin") or ""),
                    str((row or began or [""])[0]).partition(" ")[0],
                    int(count),
                    container.fact("thumbnail"),
                )
            )
        except sqlite3.Error:
            found += _damaged(path)
        finally:
            container.close()
    return sorted(found, key=lambda session: _place(session.path), reverse=True)


def _damaged(path: Path) -> list[Recoverable]:
    """What can be said of a session that SQLite does not open; nothing more is read before the artist asks for it."""
    with contextlib.suppress(OSError):
        facts = path.stat()
        if facts.st_size > STUB_BYTES:
            when = datetime.fromtimestamp(facts.st_mtime, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            return [Recoverable(path, "", "", when, 0, None, is_damaged=True)]
    return []


def _place(path: Path) -> tuple[int, str]:
    """Sessions are numbered as they begin; those of Gesso 0.1 come before, by their time."""
    number = path.name.partition(" ")[0]
    return (int(number) if number.isdigit() else 0, path.name)


def is_alive(process: str) -> bool:
    """Whether the process with this id, begun at that time, still runs."""
    try:
        pid, began = process.split()
        if BOOT.exists() and not began.replace(".", "").isdigit():
            return began == _began(int(pid))
        return abs(psutil.Process(int(pid)).create_time() - float(began)) < 2
    except (ValueError, OSError, psutil.Error):
        return False


def this_process() -> str:
    """What `is_alive` asks about: an id alone may be given to another process later."""
    return f"{os.getpid()} {_began(os.getpid())}"


BOOT = Path("/proc/sys/kernel/random/boot_id")
"""Where Linux names the time since it was started."""


def _began(pid: int) -> str:
    """When a process began. Linux counts from its own start: as a time of day, that moves whenever the clock is set."""
    if not BOOT.exists():
        return f"{psutil.Process(pid).create_time():.0f}"
    ticks = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[19]
    return f"{BOOT.read_text(encoding='ascii').strip()}/{ticks}"


@dataclass(frozen=True)
class Recovered:
    """What a journal gives back."""

    painting: Painting
    missing: int
    """Edits at its end that could not be read."""
    losses: tuple[Loss, ...] = ()
    """What a damaged disk has taken of the picture that it begins with."""

    @property
    def notes(self) -> list[Note]:
        found = [loss.note for loss in self.losses]
        if self.missing:
            found.append(Note(mark("{count} edits at the end could not be read."), {"count": self.missing}))
        return found


def recover(path: Path) -> Recovered:
    """The document with every edit of its journal that is whole, and what is missing, if anything.

    Raises `Trouble` when nothing that makes a picture can be read.
    """
    try:
        return _recover(path)
    except Damaged:
        with opened(path) as wreck:
            try:
                found = put_together(wreck, path, Progress.silent())
            except Trouble:
                raise Trouble(
                    "Nothing of this unsaved work can be read.",
                    "It stays where it is until you discard it.",
                    "Look into the history of the file that it belonged to.",
                ) from None
            count = max(wreck.journal, default=0)
            return _replay(found.painting, wreck.lines(), wreck.get, count, tuple(found.losses))


def _recover(path: Path) -> Recovered:
    container = Container.open(path)
    try:
        painting = read_snapshot(container)
        rows = container.connection.execute("SELECT number, made, what, title, edits FROM journal ORDER BY number")
        entries = [Entry(*row) for row in rows]
        return _replay(painting, entries, container.get, len(entries))
    except sqlite3.Error as error:
        raise sqlite_trouble(path, error) from None
    finally:
        container.close()


def _replay(
    painting: Painting, entries: Sequence[Entry], get: Get, lines: int, losses: tuple[Loss, ...] = ()
) -> Recovered:
    """Do again what was done, until something is not whole."""
    history: History[Painting] = History(painting, limit_bytes=1 << 62)
    for done, entry in enumerate(entries):
        try:
            seal = entry.made.partition(" ")[2]
            if seal and seal != _seal(entry.what, entry.title, entry.edits):
                raise ValueError("a line is damaged")
            if entry.what == "undo":
                history.undo()
            elif entry.what == "redo":
                history.redo()
            else:
                edits = [decode(edit, get) for edit in json.loads(entry.edits)]
                if entry.what == "more" and history.position:
                    history.extend(*edits)
                else:
                    history.apply(entry.title, *edits)
        except UNFIT:
            return Recovered(history.document, lines - done, losses)
    return Recovered(history.document, lines - len(entries), losses)


def _seal(what: str, title: str, edits: str) -> str:
    """The digest of a line, kept beside its time; journals of Gesso 0.1 have none."""
    return digest_of(f"{what}\n{title}\n{edits}")
