"""What a project file was when it was read or written here, and whether it still is."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from pathlib import Path

from gesso.files.container import Container
from gesso.values import Trouble

DOCUMENT, WRITTEN = "document", "written"
"""Facts of a project: the id that the work keeps for life, and that of the very writing."""
SAME, CHANGED, GONE = "same", "changed", "gone"


class ChangedElsewhere(Trouble):
    """Somebody else wrote the file since it was opened here."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            "{name} was changed by another program since it was opened here.",
            "Your work is still open and safe, and the file is as that program left it.",
            "Save under another name, open the file again, or overwrite it.",
            name=path.name,
        )


@dataclass(frozen=True)
class Seal:
    """One state of one file."""

    path: Path
    document: str
    """Empty for files of Gesso 0.1."""
    written: str
    stamp: tuple[int, int]
    """Time of the last change in nanoseconds, and size."""

    @classmethod
    def of(cls, path: Path) -> Seal:
        """What lies there now. Raises OSError when nothing does."""
        stamp = _stamp(path)
        return cls(path, *_names(path), stamp)

    def state(self) -> str:
        """`same`, `changed`, or `gone` with its folder or drive. Cheap while nothing has changed."""
        try:
            if _stamp(self.path) == self.stamp:
                return SAME
            _, written = _names(self.path)
        except OSError:
            return GONE
        return SAME if written and written == self.written else CHANGED  # copied back or touched: the same writing

    def moved(self, path: Path) -> Seal:
        """The same writing under another name."""
        return replace(self, path=path)


def _stamp(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_mtime_ns, found.st_size


def _names(path: Path) -> tuple[str, str]:
    """The ids of document and writing; empty when they cannot be read."""
    try:
        container = Container.open(path, read_only=True)
    except Trouble:
        return "", ""
    try:
        return str(container.fact(DOCUMENT) or ""), str(container.fact(WRITTEN) or "")
    except sqlite3.Error:
        return "", ""
    finally:
        container.close()
