"""Every saved state of a project, kept in the artist's own folder and thinned as it grows old.

One container for each document, under the id that the work keeps for life, so that a file that is renamed or moved
keeps its history. Tiles that several states share are kept once. States follow each other by number: a clock that was
set back or forward makes nothing older than it is.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from gesso.documents.painting import Painting
from gesso.files import project
from gesso.files.container import Container, Damaged, as_text, damaged, sqlite_trouble, whole
from gesso.files.seal import Seal
from gesso.files.soundness import UNFIT
from gesso.files.trouble import disk_trouble
from gesso.values import Note, Progress, Trouble, mark

HOUR, DAY = 3600.0, 86400.0
AGES = ((HOUR, 0.0), (DAY, HOUR), (30 * DAY, DAY), (float("inf"), 7 * DAY))
"""Up to this age, one state is kept in each stretch of so many seconds; 0 keeps all."""
SCHEMA = """
CREATE TABLE generations (
    number INTEGER PRIMARY KEY, written TEXT NOT NULL UNIQUE, name TEXT NOT NULL, made REAL NOT NULL,
    width INTEGER NOT NULL, height INTEGER NOT NULL, thumbnail BLOB);
CREATE TABLE uses (number INTEGER NOT NULL, blob TEXT NOT NULL, PRIMARY KEY (number, blob)) WITHOUT ROWID;
CREATE INDEX uses_of_blob ON uses (blob);
"""
PATH = "path"


@dataclass(frozen=True)
class Generation:
    """One saved state of a document."""

    document: str
    number: int
    name: str
    """Of the file, at that time."""
    made: float
    """Seconds since 1970, as the clock said then."""
    width: int
    height: int
    thumbnail: bytes | None

    @property
    def when(self) -> str:
        """UTC, ISO 8601."""
        return datetime.fromtimestamp(self.made, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def kept(made: Sequence[float], now: float) -> list[bool]:
    """Which of the states, oldest first, are worth keeping at their age: the last of each stretch, and the newest.

    A time that lies in the future, or before that of an older state, is not believed: such a state counts as young as
    the one before it, or as made just now, so that a clock gone wrong thins nothing.
    """
    ages, latest = [], float("-inf")
    for time in made:
        if time <= now:
            latest = max(latest, time)
        ages.append(max(0.0, now - latest) if latest > float("-inf") else 0.0)
    found, following = [], None
    for age in reversed(ages):
        stretch = next(every for limit, every in AGES if age < limit)
        place = (stretch, (now - age) // stretch) if stretch else None
        found.append(place is None or place != following)
        following = place
    if found:
        found[0] = True
    return found[::-1]


class Generations:
    """The folder of all histories. Safe in any thread and for several windows: every call opens what it needs.

    Nothing is opened read-only: what a kill left half-written could not be set right then, and the history would seem
    to be empty.
    """

    def __init__(
        self,
        folder: Path,
        limit_bytes: int = 5_000_000_000,
        clock: Callable[[], float] = lambda: datetime.now(UTC).timestamp(),
    ) -> None:
        self.folder, self.limit_bytes, self._clock = folder, limit_bytes, clock

    # --- keeping -------------------------------------------------------------------------------------------------

    def save(
        self,
        painting: Painting,
        path: Path,
        progress: Progress | None = None,
        *,
        document: str = "",
        over: Seal | None = None,
    ) -> tuple[Seal, Note | None]:
        """`project.save`, with the state before and the new one kept; a note says why the history could not grow.

        Raises `Trouble` only for what `project.save` refuses: the history is never worth losing a saving for.
        """
        progress = progress or Progress.silent()
        if path.exists():
            self._try(path)  # a state that another program, or another computer, has made
        seal = project.save(painting, path, progress, document=document, over=over)
        return seal, self._try(path)

    def _try(self, path: Path) -> Note | None:
        try:
            self.keep(path)
        except Trouble as trouble:
            return Note(
                mark("The history of this file did not grow: {reason}"), {"reason": Note(trouble.what, trouble.values)}
            )
        return None

    def keep(self, path: Path) -> bool:
        """Copy the state that a project file holds; False when it is there already, or cannot be told apart."""
        if self.limit_bytes <= 0:
            return False
        try:
            seal = Seal.of(path)
        except OSError as error:
            raise disk_trouble(path, error) from None
        if not seal.document or not seal.written:
            return False  # a file of Gesso 0.1 gets its names with the first saving
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            try:
                is_new = self._grown(seal)
            except sqlite3.DatabaseError:
                if not self._put_aside_if_damaged(seal.document):
                    raise
                is_new = self._grown(seal)
        except OSError as error:
            raise disk_trouble(self.folder, error) from None
        except sqlite3.Error as error:
            raise sqlite_trouble(self.folder, error) from None
        if is_new:
            with contextlib.suppress(OSError):  # another window has just taken one away, or reads it: the next time
                self._bound(seal.document)
        return is_new

    def _grown(self, seal: Seal) -> bool:
        with contextlib.closing(self._begun(seal.document)) as container:
            is_new = self._copy(container, seal)
            if is_new:
                self._thin(container)
        return is_new

    def _put_aside_if_damaged(self, document: str) -> bool:
        """Whether it is the history that cannot be read, not the file that it would have taken in."""
        with contextlib.closing(Container.open(self._path(document))) as container:
            if not container.faults():
                return False
        self._put_aside(document)
        return True

    def _put_aside(self, document: str) -> None:
        path = self._path(document)
        os.replace(path, path.with_suffix(".damaged"))

    def _begun(self, document: str) -> Container:
        """The container of a document, begun if there is none; one that is damaged is put aside first."""
        path = self._path(document)
        if path.exists():
            with contextlib.suppress(Damaged):
                container = Container.open(path)
                if container.connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'uses_of_blob'").fetchone():
                    return container
                container.close()
            self._put_aside(document)
        part = path.with_name(f".{path.stem}.{os.getpid()}.{uuid4().hex[:8]}.part")
        try:
            container = Container.create(part, shrinks=True)
            try:
                container.connection.executescript(SCHEMA)
            finally:
                container.close()
            if not path.exists():
                os.replace(part, path)
        finally:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
        return Container.open(path)

    def _copy(self, container: Container, seal: Seal) -> bool:
        """What is packed already goes from file to file as it is."""
        connection = container.connection
        connection.execute("ATTACH DATABASE ? AS saved", (f"{seal.path.resolve().as_uri()}?mode=ro",))
        try:
            with whole(connection):
                container.set_fact(PATH, str(seal.path.resolve()))
                if connection.execute("SELECT 1 FROM generations WHERE written = ?", (seal.written,)).fetchone():
                    return False
                row = connection.execute("SELECT document FROM saved.snapshots ORDER BY number DESC LIMIT 1").fetchone()
                if row is None or not project.unsealed(row[0])[1]:
                    raise damaged(seal.path, "the list of its layers is damaged")
                width, height = project.unsealed(row[0])[0]["size"]
                thumbnail = connection.execute("SELECT value FROM saved.facts WHERE key = 'thumbnail'").fetchone()
                number = connection.execute(
                    "INSERT INTO snapshots (made, document) VALUES (?, ?)", (project.now(), row[0])
                ).lastrowid
                connection.execute("INSERT OR IGNORE INTO blobs SELECT name, content FROM saved.blobs")
                connection.execute("INSERT INTO uses SELECT ?, name FROM saved.blobs", (number,))
                connection.execute(
                    "INSERT INTO generations VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (
                        number,
                        seal.written,
                        as_text(seal.path.name),
                        self._clock(),
                        width,
                        height,
                        thumbnail and thumbnail[0],
                    ),
                )
                return True
        except UNFIT as error:
            raise damaged(seal.path, str(error)) from None
        finally:
            connection.execute("DETACH DATABASE saved")

    def _thin(self, container: Container) -> None:
        rows = container.connection.execute("SELECT number, made FROM generations ORDER BY number").fetchall()
        keeps = kept([made for _, made in rows], self._clock())
        self._drop(container, [number for (number, _), keep in zip(rows, keeps, strict=True) if not keep])

    @staticmethod
    def _drop(container: Container, numbers: Sequence[int]) -> None:
        connection = container.connection
        for number in numbers:
            with whole(connection):
                connection.execute(
                    "DELETE FROM blobs WHERE name IN (SELECT blob FROM uses WHERE number = :n)"
                    " AND NOT EXISTS (SELECT 1 FROM uses WHERE blob = blobs.name AND number <> :n)",
                    {"n": number},
                )
                for table in ("uses", "generations", "snapshots"):
                    connection.execute(f"DELETE FROM {table} WHERE number = ?", (number,))
        if numbers:
            connection.executescript("PRAGMA incremental_vacuum")  # `execute` takes one step only: one page

    def _bound(self, current: str) -> None:
        """Keep to the bytes that the artist allows: the largest history gives its oldest state first.

        Once each has only one left, those that were not worked on for the longest time go, and this one stays.
        """
        sizes = {}
        for path in self.folder.glob("*.gesso"):
            with contextlib.suppress(OSError):
                sizes[path] = path.stat()
        bytes_of = {path: found.st_size for path, found in sizes.items()}
        single: set[Path] = set()
        while sum(bytes_of.values()) > self.limit_bytes:
            many = [path for path in bytes_of if path not in single]
            if many:
                largest = max(many, key=lambda path: bytes_of[path])
                if not self._drop_oldest(largest):
                    single.add(largest)
                bytes_of[largest] = largest.stat().st_size
                continue
            others = [path for path in bytes_of if path != self._path(current)]
            if not others:
                return
            oldest = min(others, key=lambda path: sizes[path].st_mtime_ns)
            oldest.unlink(missing_ok=True)
            del bytes_of[oldest]

    def _drop_oldest(self, path: Path) -> bool:
        """False when only one state is left, or the history cannot be read."""
        try:
            with contextlib.closing(Container.open(path)) as container:
                rows = container.connection.execute("SELECT number FROM generations ORDER BY number LIMIT 2").fetchall()
                if len(rows) == 2:
                    self._drop(container, [rows[0][0]])
                return len(rows) == 2
        except (Trouble, sqlite3.Error):
            return False

    # --- looking back --------------------------------------------------------------------------------------------

    def of(self, path: Path) -> list[Generation]:
        """The states of the document in a file, newest first.

        A file that is damaged or gone is known by where it last lay.
        """
        try:
            document = Seal.of(path).document
        except OSError:
            document = ""
        return self.of_document(document or self._document_at(path))

    def of_document(self, document: str) -> list[Generation]:
        """The states under an id, newest first; none when there is no history that can be read."""
        path = self._path(document)
        if not document or not path.exists():
            return []
        try:
            with contextlib.closing(Container.open(path)) as container:
                return [
                    Generation(document, *row)
                    for row in container.connection.execute(
                        "SELECT number, name, made, width, height, thumbnail FROM generations ORDER BY number DESC"
                    )
                ]
        except (Trouble, sqlite3.Error):
            return []

    def open(self, generation: Generation) -> Painting:
        """The painting as it was; raises `Trouble`."""
        container = Container.open(self._path(generation.document))
        try:
            row = container.connection.execute(
                "SELECT document FROM snapshots WHERE number = ?", (generation.number,)
            ).fetchone()
            if row is None:
                raise Trouble(
                    "This state of {name} is not kept any more.", "Your work is as it was.", "", name=generation.name
                )
            return project.painting_of(row[0], container.get)
        except sqlite3.Error as error:
            raise sqlite_trouble(container.path, error) from None
        except UNFIT as error:
            raise damaged(Path(generation.name), str(error)) from None
        finally:
            container.close()

    def copy_to(self, generation: Generation, path: Path, progress: Progress | None = None) -> Seal:
        """Write a state as a project file of its own, with a history of its own. Raises `Trouble`."""
        painting = replace(self.open(generation), title=path.stem)
        return project.save(painting, path, progress, document=uuid4().hex)

    def _path(self, document: str) -> Path:
        return self.folder / f"{Path(document).name}.gesso"  # an id from a stranger's file leads nowhere else

    def _document_at(self, path: Path) -> str:
        """The id of what lay there last."""
        wanted = as_text(str(path.resolve()))
        found: list[tuple[int, str]] = []
        for history in self.folder.glob("*.gesso"):
            with (
                contextlib.suppress(Trouble, sqlite3.Error, OSError),
                contextlib.closing(Container.open(history)) as container,
            ):
                if container.fact(PATH) == wanted:
                    found.append((history.stat().st_mtime_ns, history.stem))
        return max(found)[1] if found else ""
