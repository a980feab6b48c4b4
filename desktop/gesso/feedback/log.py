"""The log of proposals: what was offered, and whether it was kept, edited or rejected. Local, paused or erased at will."""

from __future__ import annotations

import contextlib
import json
import math
import os
import sqlite3
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args

from gesso import __version__
from gesso.feedback.privacy import shareable
from gesso.files.container import sqlite_trouble
from gesso.files.trouble import disk_trouble
from gesso.values import Note, Trouble, mark
from gesso.values.paths import user_data

Verdict = Literal["kept", "edited", "rejected"]
VERDICTS: tuple[str, ...] = get_args(Verdict)
VERSION = 1
SCHEMA = f"""
CREATE TABLE settings (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE proposals (
  id INTEGER PRIMARY KEY AUTOINCREMENT, made TEXT NOT NULL, gesso TEXT NOT NULL, tool TEXT NOT NULL, model TEXT NOT NULL,
  model_version TEXT NOT NULL, knobs TEXT NOT NULL, seed INTEGER NOT NULL, verdict TEXT, seconds REAL, picture BLOB
);
PRAGMA user_version={VERSION};
"""


@dataclass(frozen=True)
class Record:
    """One proposal."""

    id: int
    made: str
    """UTC, ISO 8601."""
    gesso: str
    """The version of Gesso."""
    tool: str
    model: str
    model_version: str
    knobs: Mapping[str, Any]
    seed: int
    verdict: str | None
    """kept, edited (kept, then changed), rejected, or None while it is undecided."""
    seconds: float | None
    """From the proposal to the decision."""
    has_picture: bool


NAMES = tuple(field.name for field in fields(Record))


@dataclass(frozen=True)
class Tally:
    """What became of one tool's proposals."""

    tool: str
    proposed: int
    kept: int
    edited: int
    rejected: int

    @property
    def share_kept(self) -> float | None:
        """Kept, edited or not, among the decided; None when nothing was decided."""
        decided = self.kept + self.edited + self.rejected
        return (self.kept + self.edited) / decided if decided else None


class Feedback:
    """The log on this computer. Writing it never gets in the artist's way: what cannot be written is let go, with a note."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or user_data() / "feedback.sqlite"
        self.notes: list[Note] = []
        """What is worth telling once; whoever tells it empties the list."""
        self._turn = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        with self._turn:
            try:
                self._connection = self._open()
            except (sqlite3.Error, OSError):
                self._note_unwritten()

    def close(self) -> None:
        with self._turn:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def __enter__(self) -> Feedback:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- writing ---

    def propose(self, tool: str, model: str, version: str, knobs: Mapping[str, Any], seed: int) -> int | None:
        """Remember that something was offered; its number, or None while paused. Paths are never written."""
        values = (_now(), __version__, tool, model, version, json.dumps(shareable(knobs), ensure_ascii=False), seed)
        if self.paused:
            return None
        row = self._write(
            "INSERT INTO proposals (made, gesso, tool, model, model_version, knobs, seed) VALUES (?, ?, ?, ?, ?, ?, ?)",
            values,
        )
        return row

    def decide(self, id: int | None, verdict: Verdict, seconds: float) -> None:
        """Remember what became of a proposal; the last decision counts. None stands for one that was not logged."""
        if verdict not in VERDICTS:
            raise ValueError(f"a proposal is {', '.join(VERDICTS)}, not {verdict!r}")
        if not math.isfinite(seconds) or seconds < 0:
            raise ValueError(f"not a time: {seconds}")
        if id is not None and not self.paused:
            self._write("UPDATE proposals SET verdict = ?, seconds = ? WHERE id = ?", (verdict, round(seconds, 3), id))

    def attach(self, id: int | None, picture: bytes) -> bool:
        """Keep an encoded picture with a proposal, if the artist agreed to that; says whether it was kept."""
        if id is None or self.paused or not self.share_pictures:
            return False
        return self._write("UPDATE proposals SET picture = ? WHERE id = ?", (picture, id)) is not None

    @property
    def paused(self) -> bool:
        """Whether nothing is written for now; remembered. A log that cannot be opened counts as paused."""
        return self._connection is None or self._setting("paused")

    @paused.setter
    def paused(self, value: bool) -> None:
        self._set("paused", value)

    @property
    def share_pictures(self) -> bool:
        """Whether the artist agreed that pictures are kept in the log, too. No, unless they said yes."""
        return self._setting("share_pictures")

    @share_pictures.setter
    def share_pictures(self, value: bool) -> None:
        self._set("share_pictures", value)
        if not value:  # taking the consent back takes the pictures back
            self._write("UPDATE proposals SET picture = NULL WHERE picture IS NOT NULL", ())
            with self._turn, contextlib.suppress(sqlite3.Error):
                if self._connection is not None:
                    self._connection.execute("VACUUM")

    @property
    def may_teach(self) -> bool:
        """Whether the artist agreed that models may learn from what they export. No, unless they said yes."""
        return self._setting("may_teach")

    @may_teach.setter
    def may_teach(self, value: bool) -> None:
        self._set("may_teach", value)

    # --- reading ---

    def records(self) -> list[Record]:
        """Everything in the log, oldest first. Raises `Trouble`."""
        rows = self._read(
            "SELECT id, made, gesso, tool, model, model_version, knobs, seed, verdict, seconds, picture IS NOT NULL"
            " FROM proposals ORDER BY id"
        )
        named = [dict(zip(NAMES, row, strict=True)) for row in rows]
        return [
            Record(**{**row, "knobs": json.loads(row["knobs"]), "has_picture": bool(row["has_picture"])})
            for row in named
        ]

    def summary(self) -> list[Tally]:
        """Counts for each tool, by its id. Raises `Trouble`."""
        counts = ", ".join(f"sum(verdict IS '{verdict}')" for verdict in VERDICTS)
        return [
            Tally(*row)
            for row in self._read(f"SELECT tool, count(*), {counts} FROM proposals GROUP BY tool ORDER BY tool")
        ]

    def picture(self, id: int) -> bytes | None:
        """The picture kept with a proposal, if any."""
        rows = self._read("SELECT picture FROM proposals WHERE id = ?", (id,))
        return rows[0][0] if rows else None

    def export(self, path: Path) -> int:
        """Write everything but pictures as JSON lines, each with `consent`; returns how many.

        Raises `Trouble`; replaces the file only whole.
        """
        records, said = self.records(), {"consent": self.may_teach}
        part = path.with_name(f".gesso-{os.getpid()}-{os.urandom(4).hex()}.part")
        try:
            with part.open("x", encoding="utf-8", newline="\n") as file:
                for record in records:
                    file.write(json.dumps({**asdict(record), **said}, ensure_ascii=False) + "\n")
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, path)
        except OSError as error:
            raise disk_trouble(path, error) from None
        finally:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
        return len(records)

    def erase(self) -> None:
        """Forget every proposal; the bytes themselves are overwritten. What the artist chose stays. Raises `Trouble`."""
        with self._turn:
            try:
                connection = self._held()
                connection.execute("DELETE FROM proposals")
                connection.execute("DELETE FROM sqlite_sequence")
                connection.execute("VACUUM")
                for old in self.path.parent.glob(f"{self.path.stem}.damaged-*"):
                    old.unlink()
            except sqlite3.Error as error:
                raise sqlite_trouble(self.path, error) from None
            except OSError as error:
                raise disk_trouble(self.path, error) from None

    # --- the database ---

    def _open(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            return self._connected()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):  # locked, read-only, full: not damaged
                raise
        self._set_aside()
        return self._connected()

    def _connected(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, timeout=0.3)
        try:
            connection.execute("PRAGMA secure_delete=ON")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute("PRAGMA trusted_schema=OFF")
            if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                raise sqlite3.DatabaseError("damaged")
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if not tables:
                connection.executescript("BEGIN;" + SCHEMA + "COMMIT;")
            elif not {"settings", "proposals"} <= tables:
                raise sqlite3.DatabaseError("not a log")
        except BaseException:
            connection.close()
            raise
        return connection

    def _set_aside(self) -> None:
        moment = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
        aside = self.path.with_name(f"{self.path.stem}.damaged-{moment}")
        os.replace(self.path, aside)
        for suffix in ("-journal", "-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        self.notes.append(
            Note(
                mark("The feedback log was damaged; it was set aside as {name} and a new one was begun."),
                {"name": aside.name},
            )
        )

    def _held(self) -> sqlite3.Connection:
        if self._connection is None:
            raise sqlite3.OperationalError("unable to open the log")
        return self._connection

    def _read(self, query: str, values: tuple[object, ...] = ()) -> list[Any]:
        with self._turn:
            try:
                return self._held().execute(query, values).fetchall()
            except sqlite3.Error as error:
                raise sqlite_trouble(self.path, error) from None

    def _write(self, query: str, values: tuple[object, ...]) -> int | None:
        with self._turn:
            try:
                return self._held().execute(query, values).lastrowid
            except sqlite3.Error:
                self._note_unwritten()
                return None

    def _setting(self, name: str) -> bool:
        try:
            rows = self._read("SELECT value FROM settings WHERE name = ?", (name,))
        except Trouble:
            self._note_unwritten()
            return name == "paused"  # what cannot be asked is answered carefully
        return bool(rows and rows[0][0])

    def _set(self, name: str, value: bool) -> None:
        self._write("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, int(value)))

    def _note_unwritten(self) -> None:
        note = Note(mark("The feedback log could not be written; your work is not concerned."))
        if note not in self.notes:
            self.notes.append(note)


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
