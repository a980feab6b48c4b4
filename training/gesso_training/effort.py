"""What a piece of work cost: time, memory and, where the machine lets it be read, energy."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import torch

COUNTERS = Path("/sys/class/powercap")
"""Where Linux shows the energy counters of processors (RAPL)."""


@dataclass
class Effort:
    """Starts counting when it is made."""

    device: str = "cpu"
    counters: Path = COUNTERS
    _began: float = field(default_factory=time.monotonic, init=False)
    _joules: dict[str, float] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._joules = _readings(self.counters)
        if self.device.startswith("cuda"):
            torch.cuda.reset_peak_memory_stats(self.device)

    @property
    def seconds(self) -> float:
        """Since it began."""
        return time.monotonic() - self._began

    @property
    def memory_mb(self) -> int | None:
        """The most memory that this process ever held: the GPU's where it works on one; None where it cannot be told."""
        if self.device.startswith("cuda"):
            return round(torch.cuda.max_memory_allocated(self.device) / 2**20)
        try:
            import resource
        except ImportError:
            return None
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return round(peak / (2**20 if sys.platform == "darwin" else 2**10))

    @property
    def energy_wh(self) -> float | None:
        """Of the whole processor since it began, others' work included; None where it cannot be read."""
        now = _readings(self.counters)
        if not self._joules or now.keys() != self._joules.keys():
            return None
        spent = 0.0
        for name, before in self._joules.items():
            after = now[name]
            # A counter that has run over begins again at nothing.
            spent += after - before if after >= before else after - before + _range(self.counters / name)
        return round(spent / 3600, 3)


def _readings(counters: Path) -> dict[str, float]:
    """Joules by counter; of whole processors only, since their parts are in them."""
    found = {}
    for folder in sorted(counters.glob("*-rapl:*")) if counters.is_dir() else ():
        if folder.name.count(":") > 1:
            continue
        try:
            found[folder.name] = int((folder / "energy_uj").read_text()) / 1e6
        except (OSError, ValueError):
            return {}
    return found


def _range(folder: Path) -> float:
    try:
        return int((folder / "max_energy_range_uj").read_text()) / 1e6
    except (OSError, ValueError):
        return 0.0
