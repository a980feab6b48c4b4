"""What can still be read of a damaged container, page by page, without the tree that SQLite needs to find its way.

The layout is SQLite's own (https://www.sqlite.org/fileformat2.html): pages of one size; on the leaves of a tree cells
with a record each, the rest of a long record on pages that follow each other. A leaf that is whole is read wherever it
lies. Tiles prove themselves by their names, documents by their digests; nothing else is believed.
"""

from __future__ import annotations

import contextlib
import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from gesso.documents.painting.codec import unpack
from gesso.files.trouble import disk_trouble

TABLE_LEAF, INDEX_LEAF, INDEX_INNER = 0x0D, 0x0A, 0x02
OURS = 4096
PAGE_SIZES = tuple(1 << power for power in range(9, 17))
"""One of them holds if the header does not."""
TILE_NAME = re.compile(rb"[0-9a-f]{32}")
LONGEST = 1 << 31
Value = int | float | str | bytes | None


@dataclass(frozen=True)
class Cell:
    """Where a record lies."""

    page: int
    at: int
    """Of its first byte in the file."""
    size: int
    is_table: bool


@dataclass(frozen=True)
class Entry:
    """A line of a journal."""

    number: int
    made: str
    what: str
    title: str
    edits: str


class Wreck:
    """A file that is read only, and kept open until `close`. Raises `Trouble` when it cannot be read at all."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with path.open("rb") as file:
                size = file.seek(0, 2)
                self._file: mmap.mmap | bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else b""
        except OSError as error:
            raise disk_trouble(path, error) from None
        self.tiles: dict[str, list[Cell]] = {}
        self.facts: dict[str, Value] = {}
        self.snapshots: list[tuple[int, str]] = []
        """Numbers and documents; a document may be damaged itself."""
        self.journal: dict[int, Entry] = {}
        said = int.from_bytes(bytes(self._file[16:18]), "big")
        likely = [size for size in dict.fromkeys((65536 if said == 1 else said, OURS)) if size in PAGE_SIZES]
        self._scan(max(likely, key=self._scan))
        if not self._found:
            self._scan(max(PAGE_SIZES, key=self._scan))

    def close(self) -> None:
        if isinstance(self._file, mmap.mmap):
            self._file.close()

    def get(self, name: str) -> NDArray[Any]:
        """The tile of that name, as it was written to the last bit; raises ValueError when none such can be read."""
        for cell in self.tiles.get(name, ()):
            try:
                content = self._columns(cell)[1]
                if isinstance(content, bytes):
                    return unpack(name, content)
            except (ValueError, IndexError):
                continue
        raise ValueError("a tile is missing")

    def lines(self) -> list[Entry]:
        """The journal up to the first line that is missing."""
        found: list[Entry] = []
        while len(found) + 1 in self.journal:
            found.append(self.journal[len(found) + 1])
        return found

    # --- pages ---------------------------------------------------------------------------------------------------

    @property
    def _found(self) -> int:
        return len(self.tiles) + len(self.facts) + len(self.snapshots) + len(self.journal)

    def _scan(self, page: int) -> int:
        """Read every leaf there is if pages are of this size; how much was found."""
        self._page = page
        for found in (self.tiles, self.facts, self.snapshots, self.journal):
            found.clear()
        for number in range(-(-len(self._file) // page)):
            start = number * page
            head = start + (100 if number == 0 else 0)
            kind = self._file[head] if head < len(self._file) else 0
            if kind in (TABLE_LEAF, INDEX_LEAF, INDEX_INNER):
                with contextlib.suppress(IndexError):
                    for cell, rowid in self._cells(number, start, head, kind):
                        self._sort(cell, rowid)
        return self._found

    def _cells(self, number: int, start: int, head: int, kind: int) -> Iterator[tuple[Cell, int]]:
        """Of one page; what does not add up is left out."""
        count = self._number(head + 3, 2)
        first = head + (12 if kind == INDEX_INNER else 8)
        if count > self._page // 4:
            return
        for entry in range(count):
            try:
                at = start + self._number(first + 2 * entry, 2)
                if not head < at < start + self._page:
                    continue
                if kind == INDEX_INNER:
                    at += 4
                size, at = self._varint(at)
                rowid = 0
                if kind == TABLE_LEAF:
                    rowid, at = self._varint(at)
                if 0 < size < LONGEST:
                    yield Cell(number, at, size, kind == TABLE_LEAF), rowid
            except IndexError:
                continue

    def _sort(self, cell: Cell, rowid: int) -> None:
        """Put a record where it belongs, by what its columns look like."""
        try:
            kinds, begin = self._kinds(self._local(cell))
            texts = [kind >= 13 and kind % 2 == 1 for kind in kinds]
            if not cell.is_table and len(kinds) == 2 and texts[0]:
                name = self._local(cell)[begin : begin + _length(kinds[0])]
                if TILE_NAME.fullmatch(name) and kinds[1] >= 12 and kinds[1] % 2 == 0:
                    self.tiles.setdefault(name.decode(), []).append(cell)
                else:
                    key, value = self._columns(cell)
                    self.facts[str(key)] = value
            elif cell.is_table and len(kinds) == 3 and texts[1:] == [True, True]:
                self.snapshots.append((rowid, str(self._columns(cell)[2])))
            elif cell.is_table and len(kinds) == 5 and kinds[0] == 0 and all(texts[1:]):
                _, made, what, title, edits = (str(value) for value in self._columns(cell))
                self.journal[rowid] = Entry(rowid, made, what, title, edits)
        except (ValueError, IndexError):
            return

    # --- records -------------------------------------------------------------------------------------------------

    def _local(self, cell: Cell) -> bytes:
        """The part of a record that lies on the page of its cell."""
        return bytes(self._file[cell.at : cell.at + self._local_size(cell)])

    def _local_size(self, cell: Cell) -> int:
        usable = self._page
        most = usable - 35 if cell.is_table else (usable - 12) * 64 // 255 - 23
        if cell.size <= most:
            return cell.size
        least = (usable - 12) * 32 // 255 - 23
        found = least + (cell.size - least) % (usable - 4)
        return found if found <= most else least

    def _record(self, cell: Cell) -> bytes:
        """The whole record; raises ValueError when a page of it is not there."""
        local = self._local_size(cell)
        parts, left = [self._local(cell)], cell.size - local
        following = self._number(cell.at + local, 4) if left else 0
        seen: set[int] = set()
        while left > 0:
            start = (following - 1) * self._page
            if following < 2 or following in seen or start + 4 > len(self._file):
                raise ValueError("a page is missing")
            seen.add(following)
            following = self._number(start, 4)
            parts.append(bytes(self._file[start + 4 : start + self._page][:left]))
            left -= len(parts[-1]) if parts[-1] else left + 1
        found = b"".join(parts)
        if len(found) != cell.size:
            raise ValueError("a page is missing")
        return found

    def _columns(self, cell: Cell) -> list[Value]:
        record = self._record(cell)
        kinds, at = self._kinds(record)
        found: list[Value] = []
        for kind in kinds:
            length = _length(kind)
            found.append(_value(kind, record[at : at + length]))
            at += length
        if at != len(record):
            raise ValueError("not a record")
        return found

    @staticmethod
    def _kinds(record: bytes) -> tuple[list[int], int]:
        """The kinds of a record's columns, and where the columns begin."""
        end, at = _varint(record, 0)
        if not 1 < end <= min(len(record), 60):
            raise ValueError("not a record")
        found = []
        while at < end:
            kind, at = _varint(record, at)
            found.append(kind)
        return found, end

    def _number(self, at: int, size: int) -> int:
        found = self._file[at : at + size]
        if len(found) != size:
            raise IndexError
        return int.from_bytes(found, "big")

    def _varint(self, at: int) -> tuple[int, int]:
        value, length = _varint(bytes(self._file[at : at + 9]), 0)
        return value, at + length


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """SQLite's number of one to nine bytes, and where it ends."""
    value = 0
    for step in range(9):
        byte = data[at + step]
        if step == 8:
            return value << 8 | byte, at + 9
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + step + 1
    raise IndexError


def _length(kind: int) -> int:
    if kind >= 12:
        return (kind - 12) // 2
    if kind in (10, 11):
        raise ValueError("not a record")
    return (0, 1, 2, 3, 4, 6, 8, 8, 0, 0)[kind]


def _value(kind: int, data: bytes) -> Value:
    if kind >= 12:
        return data if kind % 2 == 0 else data.decode()
    if kind == 7:
        import struct

        return float(struct.unpack(">d", data)[0])
    return {0: None, 8: 0, 9: 1}[kind] if kind in (0, 8, 9) else int.from_bytes(data, "big", signed=True)
