"""Two processes that learn as one learn what one learns alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from gesso_training import cli, ledger, loop, registry
from gesso_training.loop import Schedule
from gesso_training.ranks import Ranks, here
from gesso_training.registry import Model
from tests.training.test_loop import ROOT, Sharpen

SCHEDULE = Schedule(12, learning_rate=3e-3, warm_up=2, validate_every=6, watch="-weight", patience=2)


class Even(Sharpen):
    """Five rows a batch, so that two processes get unlike shares; no dropout, which each process would draw otherwise."""

    def __init__(self) -> None:
        super().__init__()
        self.network = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 3, 3, padding=1))
        self.idle = nn.Parameter(torch.zeros(1))
        self.network.register_parameter("idle", self.idle)

    def batch(self, step: int, rng: np.random.Generator) -> dict[str, Tensor]:
        return {"sharp": torch.from_numpy(rng.random((5, 3, 12, 12), dtype=np.float32))}


@dataclass(frozen=True)
class Recipe:
    schedule: Schedule = SCHEDULE
    start_from: str = ""


def together(root: Path) -> None:
    """What each of the processes runs: `gesso-train fit`, with a model of this test's own."""
    torch.set_num_threads(1)
    task = Even()
    model = Model({"both": Recipe()}, lambda *_: task, *[_unasked] * 2, (), str, _unasked)
    registry.models = lambda: {"even": model}
    given = {"data": root, "runs": root / "runs", "ledger": root / "ledger.jsonl"}
    words = [word for name, path in given.items() for word in (f"--{name}", str(path))]
    assert cli.main(["fit", "even", *words]) == 0
    torch.save(task.network.state_dict(), root / f"rank-{os.environ['RANK']}.pt")


def _unasked(*_: object) -> Any:
    raise AssertionError("fit asks no such thing")


def test_two_processes_learn_what_one_learns(tmp_path: Path) -> None:
    torch.manual_seed(3)
    alone = loop.fit(Even(), SCHEDULE, tmp_path / "alone", report=lambda line: None)
    script = tmp_path / "script.py"
    script.write_text(
        "import sys; from pathlib import Path; from tests.training.test_ranks import together; together(Path(sys.argv[1]))"
    )
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [*torchrun, str(script), str(tmp_path)], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    curves = [
        [json.loads(line) for line in (tmp_path / name / "curve.jsonl").read_text().splitlines()]
        for name in ("alone", "runs/even/both")
    ]
    assert [line["step"] for line in curves[0]] == [line["step"] for line in curves[1]] == [6, 12, 12]
    losses = [[line["loss"] for line in curve if "loss" in line] for curve in curves]
    assert losses[0] == pytest.approx(losses[1], rel=1e-4)
    expected = alone.network.state_dict()
    kept = loop.averaged_weights(tmp_path / "runs" / "even" / "both")
    ranks = [torch.load(tmp_path / f"rank-{rank}.pt", weights_only=True) for rank in range(2)]
    for name, value in expected.items():
        assert torch.allclose(kept[name], value, atol=1e-4)
        assert torch.equal(ranks[0][name], kept[name]) and torch.allclose(ranks[1][name], value, atol=0.05)
    (run,) = ledger.read(tmp_path / "ledger.jsonl")
    assert (run.steps, run.processes, run.finished) == (SCHEDULE.steps, 2, True)


def test_one_process_is_alone_and_changes_nothing() -> None:
    assert here() == Ranks() and Ranks().is_first
    batch = {"a": torch.arange(4), "b": torch.tensor(1)}
    rows, share = Ranks().rows(batch)
    assert share == 1 and all(rows[name] is batch[name] for name in batch)
    assert Ranks().mean({"loss": 2.0}, 1.0, torch.device("cpu")) == {"loss": 2.0}


def test_a_batch_that_cannot_be_shared_is_said_in_one_sentence() -> None:
    rows, share = Ranks(1, 2).rows({"a": torch.arange(5)})
    assert rows["a"].tolist() == [1, 3] and share == 0.4
    for batch in ({"a": torch.arange(1)}, {"a": torch.arange(4), "b": torch.arange(3)}, {"a": torch.tensor(1)}):
        with pytest.raises(ValueError, match=r"^A batch of .* rows cannot be shared by 2 processes\.$"):
            Ranks(1, 2).rows(batch)
