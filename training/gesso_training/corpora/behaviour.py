"""What artists kept, edited and rejected, as a set: made from the files that the studio exports, on their own choice.

Each build is made from the exports alone and replaces the last one whole, so that whatever an artist has erased since
is gone from it. A record whose artist did not agree is left out, and so is every path or name that a record might hold.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

VERDICTS = ("kept", "edited", "rejected")
FIELDS = {
    "id": int, "made": str, "gesso": str, "tool": str, "model": str, "model_version": str, "knobs": dict, "seed": int,
}  # fmt: skip
MOST_LINE_BYTES = 1_000_000
RECORDS = "records.jsonl"


@dataclass(frozen=True)
class Build:
    """What a set of proposals came to."""

    name: str
    exports: int
    records: int
    undecided: int
    """Left out: nothing was decided yet."""
    refused: int
    """Left out: the artist did not agree."""
    repeated: int
    """Left out: the same export came twice."""
    verdicts: dict[str, int]
    digest: str


def build(exports: Sequence[Path], name: str, folder: Path) -> Build:
    """Write the set anew from these exports; what stood there before is replaced whole."""
    files = list(_files(exports))
    room = folder / name
    room.mkdir(parents=True, exist_ok=True)
    part = room / f".{RECORDS}.{os.getpid()}.part"
    counts: Counter[str] = Counter()
    digest, met = hashlib.sha256(), set[bytes]()
    try:
        with part.open("w", encoding="utf-8", newline="\n") as text:
            for file in files:
                for record in _records(file, counts):
                    mark = hashlib.sha256(json.dumps(record, sort_keys=True).encode()).digest()
                    if mark in met:
                        counts["repeated"] += 1
                        continue
                    met.add(mark)
                    line = json.dumps(_kept(record), ensure_ascii=False, sort_keys=True)
                    text.write(line + "\n")
                    digest.update(hashlib.sha256(line.encode()).digest())
                    counts[record["verdict"]] += 1
            text.flush()
            os.fsync(text.fileno())
        os.replace(part, room / RECORDS)
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
    made = Build(
        name, len(files), len(met), counts["undecided"], counts["refused"], counts["repeated"],
        {verdict: counts[verdict] for verdict in VERDICTS}, digest.hexdigest(),
    )  # fmt: skip
    text_of = json.dumps({**asdict(made), "terms": "free", "kind": "behaviour"}, indent=1, sort_keys=True) + "\n"
    (room / "manifest.json").write_text(text_of, encoding="utf-8")
    return made


def read(folder: Path) -> Iterator[dict[str, Any]]:
    """The records of a set, one at a time; refuses a file that is not the one its manifest knows."""
    said = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    digest = hashlib.sha256()
    with (folder / RECORDS).open(encoding="utf-8") as lines:
        for line in lines:
            digest.update(hashlib.sha256(line.rstrip("\n").encode()).digest())
            yield json.loads(line)
    if digest.hexdigest() != said["digest"]:
        raise ValueError(f"{folder / RECORDS} is not what its manifest knows; build it again from the exports.")


def _files(exports: Sequence[Path]) -> Iterator[Path]:
    for place in exports:
        if place.is_dir():
            found = sorted(place.glob("*.jsonl"))
            if not found:
                raise ValueError(f"There is no export (*.jsonl) in {place}.")
            yield from found
        elif place.is_file():
            yield place
        else:
            raise FileNotFoundError(f"There is no export {place}.")


def _records(file: Path, counts: Counter[str]) -> Iterator[dict[str, Any]]:
    with file.open("rb") as lines:
        for number, line in enumerate(iter(lambda: lines.readline(MOST_LINE_BYTES + 1), b""), 1):
            if not line.strip():
                continue
            record = _record(line, file, number)
            if not agreed(record):
                counts["refused"] += 1
            elif record["verdict"] is None:
                counts["undecided"] += 1
            else:
                yield record


def _record(line: bytes, file: Path, number: int) -> dict[str, Any]:
    wrong = ValueError(f"Line {number} of {file.name} is no record of the studio; export it again.")
    try:
        found = json.loads(line) if len(line) <= MOST_LINE_BYTES else None
    except ValueError:
        raise wrong from None
    if not isinstance(found, dict) or any(not isinstance(found.get(key), kind) for key, kind in FIELDS.items()):
        raise wrong
    seconds, verdict = found.get("seconds"), found.get("verdict")
    is_time = isinstance(seconds, (int, float)) and math.isfinite(seconds) and seconds >= 0
    if verdict not in (None, *VERDICTS) or not (seconds is None or is_time):
        raise wrong
    return found


def agreed(record: dict[str, Any]) -> bool:
    """Whether the artist lets this record be learnt from: it has to say so itself."""
    return record.get("consent") is True


def _kept(record: dict[str, Any]) -> dict[str, Any]:
    """What a model may see of it: no number and no time of day that would tell one artist from another."""
    return {
        "made": record["made"][:10],
        "gesso": record["gesso"],
        "tool": record["tool"],
        "model": record["model"],
        "model_version": record["model_version"],
        "knobs": record["knobs"],
        "seed": record["seed"],
        "verdict": record["verdict"],
        "seconds": record["seconds"],
    }
