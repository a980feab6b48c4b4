"""The library's index: which pictures lie in the folders that the artist chose, what is in them, and where each lies
among the others.

Paths stand in SQLite; what is in a picture (64 words, each 0-255) and its place (64 numbers) stand in two files that are
mapped into memory, a row for each picture, so that a hundred thousand are looked through in a few milliseconds. All of
it can be made again from the pictures: what is damaged is begun anew, and only the list of folders is precious.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from gesso.files import paintings, project
from gesso.files.disk import atomically
from gesso.operations.painting.likeness import likenesses
from gesso.values import Progress, Trouble

COLUMNS = 64
GROWS_BY = 4096
"""Rows that the mapped files grow by."""
VERSION = 1
SUFFIXES = frozenset({*paintings.READABLE, project.SUFFIX})
NEVER = 256
"""A least number that none reaches."""
SCHEMA = f"""
CREATE TABLE pictures (
  row INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE, name TEXT NOT NULL, changed INTEGER NOT NULL, bytes INTEGER NOT NULL,
  model TEXT NOT NULL, is_read INTEGER NOT NULL
);
CREATE TABLE words (place INTEGER PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, least INTEGER NOT NULL);
CREATE TABLE facts (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
PRAGMA user_version={VERSION};
"""


@dataclass(frozen=True)
class Word:
    """Something that can be true of a picture."""

    name: str
    kind: str
    """`look` for what is computed, else the axis of a model's tag."""
    least: int
    """From which number, of 0-255, it is said of a picture."""


@dataclass(frozen=True)
class Wanted:
    """One thing asked for: any of these words, or these letters in the name; or neither."""

    places: tuple[int, ...] = ()
    letters: str = ""
    is_not: bool = False


@dataclass(frozen=True)
class Found:
    """A picture, and how well it fits, the best first."""

    path: Path
    fit: float


@dataclass(frozen=True)
class Finds:
    """The best, and how many there are altogether."""

    pictures: Sequence[Found] = ()
    count: int = 0


@dataclass(frozen=True)
class File:
    """A picture file as it lies on the disk."""

    path: Path
    changed: int
    bytes: int


@dataclass
class Survey:
    """What an update has to do."""

    new: list[File] = field(default_factory=list)
    """Unknown, changed, or read for another model."""
    forgotten: int = 0
    away: list[Path] = field(default_factory=list)
    """Chosen folders that are not there now; their pictures are kept for when they come back."""
    folders: list[Path] = field(default_factory=list)
    """Every folder that pictures may come into."""


@dataclass(frozen=True)
class Told:
    """What became known of a picture."""

    file: File
    words: NDArray[np.uint8] | None
    """(64,), or None for a picture that cannot be read."""
    place: NDArray[np.int8] | None = None


class Library:
    """One index in a folder of its own. Safe in any thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._turn = threading.RLock()
        folder.mkdir(parents=True, exist_ok=True)
        self.folders = self._read_folders()
        self._begin()

    # --- what the artist chose -----------------------------------------------------------------------------------

    def add(self, folder: Path) -> None:
        """Choose a folder, with all below it; raises `Trouble`."""
        folder = folder.resolve()
        if not folder.is_dir():
            raise Trouble(
                "There is no folder {name}.", "The library is as it was.", "Choose another one.", name=str(folder)
            )
        around = next((one for one in self.folders if folder.is_relative_to(one)), None)
        if around is not None:
            raise Trouble(
                "{name} is in the library already, with {folder}.",
                "The library is as it was.",
                name=folder.name,
                folder=str(around),
            )
        self._write_folders([*(one for one in self.folders if not one.is_relative_to(folder)), folder])

    def remove(self, folder: Path) -> int:
        """Choose a folder no more and forget its pictures, which stay where they are; how many they were."""
        folder = Path(os.path.abspath(folder))
        if folder not in self.folders:
            raise Trouble(
                "{name} is none of the library's folders.",
                "The library is as it was.",
                "See them with: gesso library show",
                name=str(folder),
            )
        self._write_folders([one for one in self.folders if one != folder])
        with self._turn:
            paths = [path for (path,) in self._connection.execute("SELECT path FROM pictures")]
            return self._forget([path for path in paths if path_of(path).is_relative_to(folder)])

    def _read_folders(self) -> list[Path]:
        try:
            found = json.loads((self._folder / "folders.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return []
        return [Path(one) for one in found if isinstance(one, str)] if isinstance(found, list) else []

    def _write_folders(self, folders: Sequence[Path]) -> None:
        text = json.dumps([str(one) for one in folders], indent=1).encode()

        def fill(opened: BinaryIO) -> None:
            opened.write(text)

        atomically(self._folder / "folders.json", True, fill)
        self.folders = list(folders)

    # --- the index -----------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        """Open what is there; what cannot be used is put aside and begun anew."""
        try:
            self._open()
        except (sqlite3.Error, OSError, ValueError):
            self._close()
            for name in ("index.sqlite", "index.sqlite-wal", "index.sqlite-shm", "words.u8", "places.i8"):
                with contextlib.suppress(OSError):
                    (self._folder / name).unlink(missing_ok=True)
            self._open()

    def _open(self) -> None:
        self._connection = sqlite3.connect(self._folder / "index.sqlite", check_same_thread=False)
        run = self._connection.execute
        run("PRAGMA journal_mode=WAL")
        run("PRAGMA synchronous=NORMAL")
        if run("PRAGMA user_version").fetchone()[0] != VERSION:
            if run("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                raise ValueError("an index of another version")
            self._connection.executescript(SCHEMA)
        rows = np.array(run("SELECT row, is_read FROM pictures").fetchall(), np.int64).reshape(-1, 2)
        self._map(int(rows[:, 0].max(initial=0)) + 1)
        self._is_used, self._is_there = np.zeros(len(self._words), bool), np.zeros(len(self._words), bool)
        self._is_used[rows[:, 0]] = True
        self._is_there[rows[:, 0]] = rows[:, 1] > 0
        self.words = [Word(*row) for row in run("SELECT name, kind, least FROM words ORDER BY place")]

    def _map(self, rows: int) -> None:
        """Both files with room for so many rows."""
        room = -(-rows // GROWS_BY) * GROWS_BY
        files = [self._folder / name for name in ("words.u8", "places.i8")]
        for file in files:
            room = max(room, (file.stat().st_size if file.exists() else 0) // COLUMNS)
        for file in files:
            with file.open("ab") as opened:
                opened.truncate(room * COLUMNS)
        self._words: NDArray[np.uint8] = np.memmap(files[0], np.uint8, "r+", shape=(room, COLUMNS))
        self._places: NDArray[np.int8] = np.memmap(files[1], np.int8, "r+", shape=(room, COLUMNS))

    def close(self) -> None:
        """Write what is not on the disk yet, and let go of the files."""
        with self._turn:
            self._close()

    def _close(self) -> None:
        connection = self.__dict__.pop("_connection", None)
        if connection is not None:
            with contextlib.suppress(sqlite3.Error):
                connection.commit()
            connection.close()
        for name in ("_words", "_places"):
            mapped = self.__dict__.pop(name, None)
            if isinstance(mapped, np.memmap):
                mapped.flush()

    def __enter__(self) -> Library:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def count(self) -> int:
        """Pictures that can be found."""
        with self._turn:
            return int(self._is_there.sum())

    @property
    def model(self) -> str:
        """What the pictures' words and places are from."""
        with self._turn:
            row = self._connection.execute("SELECT value FROM facts WHERE key = 'model'").fetchone()
            return str(row[0]) if row else ""

    def use(self, words: Sequence[Word], model: str) -> None:
        """Which words the columns stand for. Another model's words do not mix: what is known by the old one is read again."""
        if len(words) > COLUMNS:
            raise ValueError(f"there is room for {COLUMNS} words")
        with self._turn, self._connection:
            if model == self.model and list(words) == self.words:
                return
            run = self._connection.execute
            run("DELETE FROM words")
            self._connection.executemany(
                "INSERT INTO words VALUES (?, ?, ?, ?)", [(at, w.name, w.kind, w.least) for at, w in enumerate(words)]
            )
            run("INSERT OR REPLACE INTO facts VALUES ('model', ?)", (model,))
            run("UPDATE pictures SET is_read = 0 WHERE model != ?", (model,))
            self._is_there[:] = False
            self._is_there[[row for (row,) in run("SELECT row FROM pictures WHERE is_read")]] = True
            self.words = list(words)

    def survey(self, progress: Progress) -> Survey:
        """Walk the folders: what is new or changed, and forget what is gone."""
        found, there, model = Survey(), set[bytes](), self.model
        with self._turn:
            known = {
                path: (changed, size, of)
                for path, changed, size, of in self._connection.execute(
                    "SELECT path, changed, bytes, model FROM pictures"
                )
            }
        for folder in self.folders:
            if not folder.is_dir():
                found.away.append(folder)
                continue
            for file in _files(folder, found.folders):
                progress.check()
                there.add(os.fsencode(file.path))
                if known.get(os.fsencode(file.path)) != (file.changed, file.bytes, model):
                    found.new.append(file)
        gone = [
            path
            for path in known
            if path not in there and not any(path_of(path).is_relative_to(folder) for folder in found.away)
        ]
        with self._turn:
            found.forgotten = self._forget(gone)
        return found

    def put(self, many: Sequence[Told]) -> None:
        """Remember what became known; one transaction."""
        with self._turn, self._connection:
            run, model = self._connection.execute, self.model
            free = iter(self._free(len(many)))
            for told in many:
                path = os.fsencode(told.file.path)
                before = run("SELECT row FROM pictures WHERE path = ?", (path,)).fetchone()
                row = before[0] if before else next(free)
                if told.words is not None and told.place is not None:
                    self._words[row], self._places[row] = told.words, told.place
                self._is_used[row], self._is_there[row] = True, told.words is not None
                run(
                    "INSERT OR REPLACE INTO pictures VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (
                        row, path, folded(told.file.path.stem), told.file.changed, told.file.bytes, model,
                        int(told.words is not None),
                    ),
                )  # fmt: skip

    def _free(self, count: int) -> list[int]:
        """Rows that hold no picture; the files grow when there are too few."""
        free = [int(row) for row in np.flatnonzero(~self._is_used)[:count]]
        if len(free) < count:
            before = len(self._words)
            self._words, self._places = np.zeros((0, 0), np.uint8), np.zeros((0, 0), np.int8)  # unmapped, then grown
            self._map(before + max(GROWS_BY, count))
            more = np.zeros(len(self._words) - before, bool)
            self._is_used, self._is_there = (np.concatenate([one, more]) for one in (self._is_used, self._is_there))
            free += range(before, before + count - len(free))
        return free

    def _forget(self, paths: Sequence[bytes]) -> int:
        with self._connection:
            for path in paths:
                row = self._connection.execute("DELETE FROM pictures WHERE path = ? RETURNING row", (path,)).fetchone()
                if row:
                    self._is_used[row[0]] = self._is_there[row[0]] = False
                    self._words[row[0]], self._places[row[0]] = 0, 0
        return len(paths)

    # --- looking -------------------------------------------------------------------------------------------------

    def place_of(self, name: str) -> int | None:
        """The column of a word."""
        return next((at for at, word in enumerate(self.words) if word.name == name), None)

    def search(self, wanted: Sequence[Wanted], most: int = 200) -> Finds:
        """The pictures of which all of it is true, the surest first; all pictures when nothing is asked for."""
        with self._turn:
            fits, is_in = np.zeros(len(self._words), np.float32), self._is_there.copy()
            for one in wanted:
                holds, sure = self._holds(one)
                is_in &= ~holds if one.is_not else holds
                if not one.is_not:
                    fits += sure
            rows = np.flatnonzero(is_in)
            best = _best(fits[rows], most)
            return self._finds(rows[best], fits[rows[best]] / np.float32(max(1, len(wanted))), len(rows))

    def _holds(self, wanted: Wanted) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
        """Of each row whether it is true, and how sure that is."""
        holds, sure = np.zeros(len(self._words), bool), np.zeros(len(self._words), np.float32)
        for at in wanted.places:
            column, least = np.asarray(self._words[:, at]), self.words[at].least
            said = column >= least if least < NEVER else np.zeros(len(column), bool)
            holds |= said
            np.maximum(sure, np.where(said, column / np.float32(255), 0), out=sure)
        if wanted.letters:
            rows = self._connection.execute(
                "SELECT row FROM pictures WHERE instr(name, ?)", (folded(wanted.letters),)
            ).fetchall()
            named = [row for (row,) in rows]
            holds[named] = True
            sure[named] = 1
        return holds, sure

    def like(self, place: NDArray[np.int8], most: int = 200, but: Path | None = None) -> Finds:
        """The pictures nearest to a place, the nearest first, without the one that it was taken from."""
        with self._turn:
            fits = likenesses(self._places, place)
            fits[~self._is_there] = -2
            own = self._row(but) if but is not None else None
            if own is not None:
                fits[own] = -2
            rows = _best(fits, min(most, int((fits > -2).sum())))
            return self._finds(rows, fits[rows], int((fits > -2).sum()))

    def place(self, path: Path) -> NDArray[np.int8] | None:
        """Where a picture of the library lies among the others."""
        with self._turn:
            row = self._row(path)
            return None if row is None else np.array(self._places[row])

    def said_of(self, path: Path) -> list[Word]:
        """The words that are said of a picture, the surest first."""
        with self._turn:
            row = self._row(path)
            numbers = np.zeros(COLUMNS, np.uint8) if row is None else np.array(self._words[row])
        said = [(int(numbers[at]), word) for at, word in enumerate(self.words) if numbers[at] >= word.least]
        return [word for _, word in sorted(said, key=lambda pair: -pair[0])]

    def _row(self, path: Path) -> int | None:
        found = self._connection.execute(
            "SELECT row FROM pictures WHERE path = ? AND is_read", (os.fsencode(os.path.abspath(path)),)
        ).fetchone()
        return int(found[0]) if found else None

    def _finds(self, rows: NDArray[np.intp], fits: NDArray[np.float32], count: int) -> Finds:
        paths: dict[int, bytes] = {}
        numbers = [int(row) for row in rows]
        for at in range(0, len(numbers), 500):
            some = numbers[at : at + 500]
            marks = ",".join("?" * len(some))
            paths |= dict(self._connection.execute(f"SELECT row, path FROM pictures WHERE row IN ({marks})", some))
        found = [Found(path_of(paths[row]), float(fit)) for row, fit in zip(numbers, fits, strict=True) if row in paths]
        return Finds(found, count)


def path_of(written: bytes) -> Path:
    """A path as the index keeps it: names of files need not be text."""
    return Path(os.fsdecode(written))


def folded(text: str) -> str:
    """As names are compared: full-width signs made narrow, no case, and no halves of signs."""
    return unicodedata.normalize("NFKC", text).casefold().encode("utf-8", "replace").decode()


def _best(fits: NDArray[np.float32], most: int) -> NDArray[np.intp]:
    """The largest, largest first; of equals those that came first."""
    if len(fits) > most > 0:
        bound = np.partition(fits, len(fits) - most)[len(fits) - most]
        above, equal = np.flatnonzero(fits > bound), np.flatnonzero(fits == bound)
        rows = np.concatenate([above, equal[: most - len(above)]])
    else:
        rows = np.arange(len(fits) if most > 0 else 0)
    return rows[np.argsort(-fits[rows], kind="stable")]


def _files(folder: Path, folders: list[Path]) -> Iterator[File]:
    """Every picture below a folder, by name; links to folders and what is hidden are passed over."""
    folders.append(folder)
    below: list[Any] = []
    try:
        with os.scandir(folder) as entries:
            inside = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return
    for entry in inside:
        if entry.name.startswith("."):
            continue
        with contextlib.suppress(OSError):
            if entry.is_dir(follow_symlinks=False):
                below.append(entry)
            elif os.path.splitext(entry.name)[1].lower() in SUFFIXES and entry.is_file():
                facts = entry.stat()
                yield File(Path(entry.path), facts.st_mtime_ns, facts.st_size)
    for entry in below:
        yield from _files(Path(entry.path), folders)
