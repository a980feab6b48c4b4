"""Time, memory and energy of a piece of work, as far as the machine tells them."""

from __future__ import annotations

from pathlib import Path

import pytest

from gesso_training.effort import Effort


def counter(root: Path, name: str, joules: float, most: float = 1000.0) -> None:
    folder = root / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "energy_uj").write_text(f"{int(joules * 1e6)}\n")
    (folder / "max_energy_range_uj").write_text(f"{int(most * 1e6)}\n")


def test_energy_is_summed_over_processors_and_counters_may_run_over(tmp_path: Path) -> None:
    counter(tmp_path, "intel-rapl:0", 100.0)
    counter(tmp_path, "intel-rapl:0:0", 40.0)  # a part of the first
    counter(tmp_path, "intel-rapl:1", 990.0)
    effort = Effort(counters=tmp_path)
    counter(tmp_path, "intel-rapl:0", 460.0)
    counter(tmp_path, "intel-rapl:0:0", 400.0)
    counter(tmp_path, "intel-rapl:1", 350.0)
    assert effort.energy_wh == pytest.approx((360 + 360) / 3600)


def test_energy_that_cannot_be_read_is_not_guessed(tmp_path: Path) -> None:
    assert Effort(counters=tmp_path / "none").energy_wh is None
    counter(tmp_path, "intel-rapl:0", 100.0)
    (tmp_path / "intel-rapl:0" / "energy_uj").write_text("")
    assert Effort(counters=tmp_path).energy_wh is None


def test_time_and_memory_are_those_of_this_process() -> None:
    effort = Effort()
    block = bytearray(50 * 2**20)
    assert effort.seconds >= 0 and effort.memory_mb is not None
    assert 50 < effort.memory_mb < 200_000 and len(block) == 50 * 2**20
