"""What is known of a set's pictures while it is prepared: a SQLite file, so that no set is too large and no kill costs much.

A picture that was read once is not read again while its name, size and time of change stay as they were.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gesso_training.corpora.corpus import Item

VERSION = 3
"""Raised when pictures are measured in another way: older catalogues are begun anew."""
SCHEMA = f"""
CREATE TABLE pictures (
  id INTEGER PRIMARY KEY, file TEXT NOT NULL UNIQUE, ordinal INTEGER NOT NULL, bytes INTEGER NOT NULL, changed INTEGER NOT NULL,
  walk INTEGER NOT NULL, terms TEXT NOT NULL, split TEXT NOT NULL, credit TEXT NOT NULL, label TEXT NOT NULL,
  sha256 TEXT NOT NULL, kind TEXT NOT NULL, reason TEXT NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL,
  likeness INTEGER NOT NULL, twin_of INTEGER, family INTEGER, placed TEXT NOT NULL DEFAULT ''
);
CREATE INDEX by_hash ON pictures (sha256);
CREATE INDEX in_order ON pictures (ordinal);
CREATE TABLE looks (id INTEGER PRIMARY KEY, grey BLOB NOT NULL, view BLOB NOT NULL, histogram BLOB NOT NULL);
CREATE TABLE asked (id INTEGER PRIMARY KEY, plain BLOB NOT NULL, mirrored BLOB NOT NULL);
CREATE TABLE words (word INTEGER NOT NULL, picture INTEGER NOT NULL, PRIMARY KEY (word, picture)) WITHOUT ROWID;
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
PRAGMA user_version={VERSION};
"""
Asked = tuple[NDArray[np.int64], NDArray[np.int64]]
BLOCK = 8192
BINS = 16


@dataclass(frozen=True)
class Look:
    """What one picture was found to be; without `grey` it could not be decoded."""

    sha256: str
    kind: str = ""
    """The kind of its fault, see `cleaning`; `twin` once it is known to repeat another."""
    reason: str = ""
    width: int = 0
    height: int = 0
    likeness: int = 0
    grey: bytes = b""
    view: bytes = b""
    histogram: bytes = b""
    """(3, 16) shares of red, green and blue, float32."""
    words: tuple[int, ...] = ()


@dataclass(frozen=True)
class Listed:
    """A picture of the catalogue."""

    id: int
    item: Item
    kind: str
    reason: str
    width: int
    height: int
    bytes: int


class Catalogue:
    """One set's file; used by one thread at a time."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.db = self._open()
        self.walk = int(self.fact("walk", "0"))

    def __enter__(self) -> Catalogue:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.db.close()

    def _open(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        try:
            is_ours = db.execute("PRAGMA user_version").fetchone()[0] == VERSION
        except sqlite3.DatabaseError:
            is_ours = False
        if not is_ours:  # new, of another version, or damaged: everything in it can be found again
            db.close()
            self.path.unlink(missing_ok=True)
            db = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
            db.executescript("BEGIN;" + SCHEMA + "COMMIT;")
        db.execute("PRAGMA journal_mode=TRUNCATE")
        db.execute("PRAGMA synchronous=NORMAL")
        db.execute("PRAGMA cache_size=-32768")
        return db

    # --- collecting ---

    def begin_walk(self) -> None:
        """A new look at what is there; what it does not meet is forgotten by `end_walk`."""
        self.walk += 1
        self.set_fact("walk", str(self.walk))
        self.db.execute("BEGIN")

    def knows(self, item: Item, ordinal: int, size: int, changed: int) -> bool:
        """Whether this very file was read before; what its set says of it is brought up to date."""
        row = self.db.execute(
            "UPDATE pictures SET walk = ?, ordinal = ?, terms = ?, split = ?, credit = ?, label = ?"
            " WHERE file = ? AND bytes = ? AND changed = ? RETURNING id",
            (self.walk, ordinal, item.terms, item.split, item.credit, item.label, item.file, size, changed),
        ).fetchone()
        return row is not None

    def add(self, item: Item, ordinal: int, size: int, changed: int, look: Look) -> None:
        old = self.db.execute("SELECT id FROM pictures WHERE file = ?", (item.file,)).fetchone()
        if old:
            self._forget(old[0])
        cursor = self.db.execute(
            "INSERT INTO pictures (file, ordinal, bytes, changed, walk, terms, split, credit, label, sha256, kind, reason, width,"
            " height, likeness) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (item.file, ordinal, size, changed, self.walk, item.terms, item.split, item.credit, item.label, look.sha256, look.kind,
             look.reason, look.width, look.height, look.likeness - (1 << 63)),
        )  # fmt: skip
        if look.grey:
            self.db.execute(
                "INSERT INTO looks VALUES (?, ?, ?, ?)", (cursor.lastrowid, look.grey, look.view, look.histogram)
            )
            self.db.executemany("INSERT INTO words VALUES (?, ?)", ((word, cursor.lastrowid) for word in look.words))

    def pause(self) -> None:
        """Make what was added so far survive a kill."""
        self.db.execute("COMMIT")
        self.db.execute("BEGIN")

    def end_walk(self) -> None:
        for (gone,) in self.db.execute("SELECT id FROM pictures WHERE walk < ?", (self.walk,)).fetchall():
            self._forget(gone)
        self.db.execute("COMMIT")

    def abandon_walk(self) -> None:
        """After trouble: keep what was read."""
        if self.db.in_transaction:
            self.db.execute("COMMIT")

    def _forget(self, id: int) -> None:
        self.db.execute("DELETE FROM pictures WHERE id = ?", (id,))
        self.db.execute("DELETE FROM looks WHERE id = ?", (id,))
        self.db.execute("DELETE FROM asked WHERE id = ?", (id,))
        self.db.execute("DELETE FROM words WHERE picture = ?", (id,))

    # --- reading ---

    def fact(self, name: str, otherwise: str = "") -> str:
        row = self.db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else otherwise

    def set_fact(self, name: str, value: str) -> None:
        self.db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    def count(self, where: str = "kind = ''") -> int:
        return int(self.db.execute(f"SELECT count(*) FROM pictures WHERE {where}").fetchone()[0])

    def listed(self, where: str = "1", values: tuple[object, ...] = ()) -> Iterator[Listed]:
        """Pictures in their set's order, one at a time."""
        last = -1
        while True:
            rows = self.db.execute(
                "SELECT id, file, terms, split, placed, credit, sha256, likeness, label, kind, reason, width, height, bytes,"
                f" ordinal FROM pictures WHERE ordinal > ? AND ({where}) ORDER BY ordinal LIMIT 512",
                (last, *values),
            ).fetchall()
            for row in rows:
                id, file, terms, split, placed, credit, sha, likeness, label, kind, reason, width, height, size, _ = row
                item = Item(file, terms, placed or split, credit, sha, likeness + (1 << 63), label)
                yield Listed(id, item, kind, reason, width, height, size)
            if not rows:
                return
            last = rows[-1][-1]

    def look(self, id: int) -> tuple[NDArray[np.uint8], bytes]:
        """The small grey copy (32, 32) and the view of a picture."""
        grey, view = self.db.execute("SELECT grey, view FROM looks WHERE id = ?", (id,)).fetchone()
        return np.frombuffer(grey, np.uint8).reshape(32, 32), bytes(view)

    def asked(self, id: int) -> Asked | None:
        """The words a picture is looked for by, plain and in a mirror, once they are known."""
        row = self.db.execute("SELECT plain, mirrored FROM asked WHERE id = ?", (id,)).fetchone()
        return (np.frombuffer(row[0], np.int64), np.frombuffer(row[1], np.int64)) if row else None

    def keep_asked(self, id: int, words: Asked) -> None:
        self.db.execute("INSERT OR REPLACE INTO asked VALUES (?, ?, ?)", (id, words[0].tobytes(), words[1].tobytes()))

    def histogram(self, where: str = "kind = ''") -> NDArray[np.float64]:
        """(3, 16): the mean shares of red, green and blue."""
        total, count = np.zeros((3, BINS)), 0
        for (blob,) in self.db.execute(
            f"SELECT histogram FROM looks WHERE id IN (SELECT id FROM pictures WHERE {where})"
        ):
            total += np.frombuffer(blob, np.float32).reshape(3, BINS)
            count += 1
        return total / max(1, count)

    def hash_blocks(self, where: str = "kind = ''") -> Iterator[tuple[NDArray[np.int64], NDArray[np.uint64]]]:
        """Ids and difference hashes of the sound pictures, a block at a time."""
        last = -1
        while True:
            rows = self.db.execute(
                f"SELECT id, likeness FROM pictures WHERE id > ? AND ({where}) ORDER BY id LIMIT {BLOCK}", (last,)
            ).fetchall()
            if not rows:
                return
            last = rows[-1][0]
            yield (
                np.array([id for id, _ in rows], np.int64),
                np.array([likeness + (1 << 63) for _, likeness in rows], np.uint64),
            )

    def votes(self, words: NDArray[np.int64], most: int) -> list[tuple[int, int]]:
        """Pictures that share words, the most first: id and how many."""
        asked = ",".join(map(str, words.tolist()))
        return self.db.execute(
            f"SELECT picture, count(*) AS many FROM words WHERE word IN ({asked}) GROUP BY picture"
            f" ORDER BY many DESC, picture LIMIT {most}"
        ).fetchall()

    def drop_common_words(self, most: int) -> None:
        """Words of more pictures than this tell nothing and cost much."""
        self.db.execute(
            "DELETE FROM words WHERE word IN (SELECT word FROM words GROUP BY word HAVING count(*) > ?)", (most,)
        )

    # --- what was decided ---

    def begin_decisions(self) -> None:
        """Forget what was decided before; a set is always decided as a whole."""
        self.db.execute("BEGIN")
        self.db.execute("UPDATE pictures SET kind = '', reason = '' WHERE kind IN ('repeat', 'twin')")
        self.db.execute("UPDATE pictures SET twin_of = NULL, family = NULL, placed = ''")

    def end_decisions(self) -> None:
        self.db.execute("COMMIT")

    def families(self, pairs: Mapping[int, int]) -> None:
        self.db.executemany("UPDATE pictures SET family = ? WHERE id = ?", ((head, id) for id, head in pairs.items()))

    def drop(self, id: int, kind: str, reason: str) -> None:
        self.db.execute("UPDATE pictures SET kind = ?, reason = ? WHERE id = ?", (kind, reason, id))

    def one(self, id: int) -> Listed:
        return next(self.listed("id = ?", (id,)))

    def place(self, id: int, split: str) -> None:
        self.db.execute("UPDATE pictures SET placed = ? WHERE id = ?", (split, id))
