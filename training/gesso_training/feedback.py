"""What artists kept, changed and rejected: read from the studio's feedback export, one line of JSON a proposal."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

VERDICTS = ("kept", "edited", "rejected")


@dataclass(frozen=True)
class Proposal:
    """What of one proposal is counted."""

    tool: str
    model: str
    version: str
    verdict: str | None
    seconds: float | None
    """From the proposal to the decision."""


@dataclass(frozen=True)
class Use:
    """What became of a model's proposals."""

    proposed: int
    kept: int
    edited: int
    rejected: int
    median_seconds: float | None
    minutes_saved: float | None
    """Beside doing it by hand, where it is known how long that takes; what was looked at in vain is taken off."""

    @property
    def share_kept(self) -> float | None:
        """Kept, edited or not, among the decided."""
        decided = self.kept + self.edited + self.rejected
        return (self.kept + self.edited) / decided if decided else None


def read(file: Path) -> list[Proposal]:
    """Every proposal of an export; raises `ValueError` naming the first line that is none."""
    found = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            said = json.loads(line)
            verdict, seconds = said["verdict"], said["seconds"]
            if verdict is not None and verdict not in VERDICTS:
                raise ValueError
            time = None if seconds is None else float(seconds)
            found.append(Proposal(str(said["tool"]), str(said["model"]), str(said["model_version"]), verdict, time))
        except (ValueError, KeyError, TypeError):
            raise ValueError(f"Line {number} of {file.name} is no proposal of Gesso's feedback export.") from None
    return found


def of(proposals: Iterable[Proposal], packages: Sequence[str], by_hand: Mapping[str, float]) -> Use | None:
    """What became of the proposals of some packages; `by_hand` is minutes by tool. None where there were none."""
    mine = [one for one in proposals if one.model in packages]
    if not mine:
        return None
    count = {verdict: sum(one.verdict == verdict for one in mine) for verdict in VERDICTS}
    seconds = [one.seconds for one in mine if one.seconds is not None]
    known = [one for one in mine if one.tool in by_hand and one.verdict is not None]
    saved = sum((by_hand[one.tool] if one.verdict != "rejected" else 0.0) - (one.seconds or 0.0) / 60 for one in known)
    return Use(
        len(mine),
        count["kept"],
        count["edited"],
        count["rejected"],
        statistics.median(seconds) if seconds else None,
        saved if known else None,
    )
