"""What ran: one line of JSON a run, written before the run's scores are believed."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
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
    """Append a run and make sure that it is on the disk."""
    ledger.parent.mkdir(parents=True, exist_ok=True)
    with ledger.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(run), ensure_ascii=False, sort_keys=True) + "\n")
        file.flush()
        os.fsync(file.fileno())


def read(ledger: Path) -> list[Run]:
    """Every run, the oldest first."""
    if not ledger.exists():
        return []
    return [Run(**json.loads(line)) for line in ledger.read_text(encoding="utf-8").splitlines() if line.strip()]
