"""The log of troubles on this computer: which sentences were shown, without the names and paths that stood in them."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gesso.values import Note, Trouble

FILE = "troubles.jsonl"
KEPT = 200
"""The newest so many; the file may grow to twice as many before it is cut."""


class TroubleLog:
    """What was told to the artist, newest last. A disk that refuses costs only the log."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE

    def note(self, trouble: Trouble) -> None:
        """Remember the templates and the numbers in them: words that were filled in may be somebody's, and are not kept."""
        entry: dict[str, Any] = {"when": datetime.now(UTC).isoformat(timespec="seconds"), "said": list(trouble.parts())}
        values = kept(trouble.values)
        if values:
            entry["values"] = values
        with contextlib.suppress(OSError):
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry, ensure_ascii=False) + "\n")
            self._cut()

    def read(self) -> list[dict[str, Any]]:
        """What is remembered, oldest first; lines that are torn are passed over."""
        try:
            lines = self.path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return []
        found = []
        for line in lines[-KEPT:]:
            with contextlib.suppress(ValueError):
                entry = json.loads(line)
                if isinstance(entry, dict):
                    found.append(entry)
        return found

    def _cut(self) -> None:
        lines = self.path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
        if len(lines) > 2 * KEPT:
            part = self.path.with_suffix(f".{os.getpid()}.part")
            part.write_text("".join(lines[-KEPT:]), encoding="utf-8")
            os.replace(part, self.path)


def kept(values: Mapping[str, object]) -> dict[str, Any]:
    """Numbers, and notes of Gesso's own with theirs; nothing that an artist wrote or named."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Note):
            found[name] = {"said": value.template, "values": kept(value.values)}
        elif isinstance(value, int | float):
            found[name] = value
    return found
