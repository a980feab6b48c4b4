"""What is remembered of a package from the last time it ran here: on which device, and whether it was right."""

from __future__ import annotations

import json
import os
import threading
from dataclasses import asdict, dataclass
from pathlib import Path

MOST = 200
"""Packages that are remembered; the oldest are forgotten."""


@dataclass(frozen=True)
class SelfTest:
    """The golden sample of a package on a device of this computer."""

    device: str
    """`cpu`, `cuda`, `coreml` or `directml`."""
    is_right: bool
    when: str
    """ISO 8601, UTC."""


class SelfTests:
    """By the digest of a package, in one small JSON file. Safe in any thread; a file that is damaged is an empty one."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._lock = threading.Lock()
        self._known: dict[str, SelfTest] | None = None

    def of(self, digest: str) -> SelfTest | None:
        """What is known of a package, if it ever ran here."""
        with self._lock:
            return self._read().get(digest)

    def note(self, digest: str, found: SelfTest) -> None:
        """Remember; within a day the same again is not written again, since a live preview runs many times a minute."""
        with self._lock:
            known = self._read()
            before = known.pop(digest, None)
            known[digest] = found
            is_same = before is not None and (before.device, before.is_right) == (found.device, found.is_right)
            if is_same and before is not None and before.when[:10] == found.when[:10]:
                return
            while len(known) > MOST:
                del known[next(iter(known))]
            self._write(known)

    def _read(self) -> dict[str, SelfTest]:
        if self._known is None:
            self._known = {}
            try:
                for digest, entry in json.loads(self.file.read_text(encoding="utf-8")).items():
                    self._known[digest] = SelfTest(str(entry["device"]), entry["is_right"] is True, str(entry["when"]))
            except (OSError, ValueError, KeyError, TypeError, AttributeError):
                self._known = {}
        return self._known

    def _write(self, known: dict[str, SelfTest]) -> None:
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            part = self.file.with_suffix(".part")
            part.write_text(json.dumps({d: asdict(t) for d, t in known.items()}, indent=1), encoding="utf-8")
            os.replace(part, self.file)
        except OSError:
            return  # a full disk must not keep a model from running; it is asked again next time
