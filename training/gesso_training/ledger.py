"""What ran: one line of JSON a run, written before the run's scores are believed."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch


@dataclass(frozen=True)
class Run:
    """One training run, or one call that went on with it."""

    model: str
    variant: str
    recipe: Mapping[str, Any]
    data: Mapping[str, str]
    """Set -> digest of its manifest."""
    seed: int
    steps: int
    minutes: float
    finished: bool
    scores: Mapping[str, Any] = field(default_factory=dict)
    commit: str = ""
    hardware: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    when: str = ""
    kind: str = "fit"
    """`fit`, or `sweep` for a trial of settings, which is never packaged."""
    note: str = ""
    """What went wrong, where something did."""
    processes: int = 1
    """How many learnt as one."""
    memory_mb: int | None = None
    """The most memory that the process of this call held."""
    energy_wh: float | None = None
    """Of the whole processor during this call; None where it cannot be read."""
    best_step: int | None = None
    """The step that weights and scores are of, where the best validation is kept."""


def hardware(device: str = "cpu") -> str:
    """The machine in words: no host name, no path."""
    if device.startswith("cuda"):
        return torch.cuda.get_device_name(device)
    name = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                name = line.split(":", 1)[1].strip()
                break
    return f"{name}, {os.cpu_count()} cores, no GPU"


def commit(folder: Path) -> str:
    """The commit that the code stands at, marked when the code that trains was changed since; empty outside git."""
    try:
        head = subprocess.run(
            ["git", "rev-parse", "--short=12", "HEAD"], cwd=folder, capture_output=True, text=True, check=True
        ).stdout.strip()
        dirty = subprocess.run(
            ["git", "status", "--porcelain", "--", "training/gesso_training"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""
    return head + ("+changes" if dirty else "")


def now() -> str:
    """The time, in UTC."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def versions() -> dict[str, str]:
    """Of what computes."""
    import numpy

    return {"python": platform.python_version(), "torch": torch.__version__, "numpy": numpy.__version__}


def write(ledger: Path, run: Run) -> None:
    """Append a run and make sure that it is on the disk; what stands at its default is left out."""
    defaults = {one.name: one.default for one in fields(Run) if one.default is not MISSING}
    said = {name: value for name, value in asdict(run).items() if name not in defaults or value != defaults[name]}
    ledger.parent.mkdir(parents=True, exist_ok=True)
    with ledger.open("a", encoding="utf-8") as file:
        file.write(json.dumps(said, ensure_ascii=False, sort_keys=True) + "\n")
        file.flush()
        os.fsync(file.fileno())


def read(ledger: Path) -> list[Run]:
    """Every run, the oldest first; what a newer version wrote besides is passed over."""
    if not ledger.exists():
        return []
    known = {one.name for one in fields(Run)}
    lines = [json.loads(line) for line in ledger.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [Run(**{name: value for name, value in line.items() if name in known}) for line in lines]


def last(ledger: Path, model: str, variant: str) -> Run | None:
    """What was last written of a variant, trials of settings left out."""
    runs = [run for run in read(ledger) if (run.model, run.variant, run.kind) == (model, variant, "fit")]
    return runs[-1] if runs else None
