"""The one loop: seeded, resumable at any step, with a moving average of the weights.

A model says what a batch is and what its loss is (`Task`); the loop does the rest. Batches are drawn from
`numpy.random.default_rng((seed, step))`, so a run that was killed and resumed sees the same batches as one
that was not.
"""

from __future__ import annotations

import json
import math
import os
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, is_dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn


class Task(Protocol):
    """What a model hands to the loop."""

    network: nn.Module

    def batch(self, step: int, rng: np.random.Generator) -> Mapping[str, Tensor]:
        """The inputs and targets of one step, on the CPU."""

    def loss(self, network: nn.Module, batch: Mapping[str, Tensor], step: int) -> tuple[Tensor, dict[str, float]]:
        """The number to lower, and numbers worth writing down."""

    def validate(self, network: nn.Module) -> dict[str, float]:
        """Scores on the validation split (never on a test set)."""


@dataclass(frozen=True)
class Schedule:
    """How long and how fast to learn."""

    steps: int
    learning_rate: float = 1e-3
    """Peak; falls to a hundredth of itself along a cosine."""
    warm_up: int = 100
    """Steps of linear rise, so that Adam's first, badly scaled steps do no harm."""
    ema: float = 0.999
    """Decay of the moving average of the weights, which is what gets packaged."""
    clip: float = 1.0
    """Largest norm of a gradient."""
    seed: int = 1
    checkpoint_seconds: float = 120.0
    validate_every: int = 1000

    def rate_at(self, step: int) -> float:
        if step < self.warm_up:
            return self.learning_rate * (step + 1) / self.warm_up
        done = (step - self.warm_up) / max(1, self.steps - self.warm_up)
        return self.learning_rate * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(1.0, done))))


@dataclass
class Outcome:
    """How a call of `fit` ended."""

    step: int
    finished: bool
    seconds: float
    """Time spent learning over all calls that led here."""
    network: nn.Module
    """The averaged weights."""


def fit(
    task: Task,
    schedule: Schedule,
    folder: Path,
    *,
    device: str = "cpu",
    budget_minutes: float | None = None,
    report: Callable[[str], None] = print,
) -> Outcome:
    """Learn until the schedule or the budget is spent; go on from `folder/checkpoint.pt` when it is there.

    Writes `curve.jsonl` (one line per report) and `checkpoint.pt` (atomically) into `folder`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    checkpoint = folder / "checkpoint.pt"
    torch.manual_seed(schedule.seed)
    network = task.network.to(device)
    average = {name: value.detach().clone() for name, value in network.state_dict().items()}
    parameters = [p for p in network.parameters() if p.requires_grad]
    optimiser = torch.optim.Adam(parameters, lr=schedule.learning_rate, betas=(0.9, 0.99))
    step, before = 0, 0.0
    if checkpoint.exists():
        saved = torch.load(checkpoint, map_location=device, weights_only=True)
        network.load_state_dict(saved["network"])
        average = saved["average"]
        optimiser.load_state_dict(saved["optimiser"])
        step, before = int(saved["step"]), float(saved["seconds"])
        report(f"resumed at step {step} after {before / 60:.1f} min")

    stop = _StopSignal()
    started = last_saved = last_said = time.monotonic()
    sums: dict[str, float] = {}
    count = 0
    network.train()
    while step < schedule.steps and not stop.asked:
        if budget_minutes is not None and time.monotonic() - started > budget_minutes * 60:
            break
        for group in optimiser.param_groups:
            group["lr"] = schedule.rate_at(step)
        rng = np.random.default_rng((schedule.seed, step))
        batch = {name: value.to(device, non_blocking=True) for name, value in task.batch(step, rng).items()}
        with torch.autocast("cuda", torch.bfloat16, enabled=device.startswith("cuda")):
            loss, notes = task.loss(network, batch, step)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        norm = nn.utils.clip_grad_norm_(parameters, schedule.clip)
        if bool(torch.isfinite(norm)):
            optimiser.step()
        step += 1
        decay = min(schedule.ema, (1 + step) / (10 + step))
        with torch.no_grad():
            for name, value in network.state_dict().items():
                if value.is_floating_point():
                    average[name].lerp_(value, 1 - decay)
                else:
                    average[name].copy_(value)
        for name, number in {"loss": float(loss.detach()), **notes}.items():
            sums[name] = sums.get(name, 0.0) + number
        count += 1
        now = time.monotonic()
        if now - last_said > 30 or step == schedule.steps:
            line = {"step": step, "seconds": round(before + now - started, 1), **{k: v / count for k, v in sums.items()}}
            _append(folder / "curve.jsonl", line)
            report("  ".join(f"{k} {v:.5g}" for k, v in line.items()))
            sums, count, last_said = {}, 0, now
        if step % schedule.validate_every == 0:
            scores = validate_average(task, average)
            _append(folder / "curve.jsonl", {"step": step, "validation": scores})
            report("validation  " + "  ".join(f"{k} {v:.4f}" for k, v in scores.items()))
        if now - last_saved > schedule.checkpoint_seconds:
            _save(checkpoint, network, average, optimiser, step, before + now - started)
            last_saved = now
    seconds = before + time.monotonic() - started
    _save(checkpoint, network, average, optimiser, step, seconds)
    stop.restore()
    network.load_state_dict(average)
    network.eval()
    return Outcome(step, step >= schedule.steps, seconds, network)


def validate_average(task: Task, average: Mapping[str, Tensor]) -> dict[str, float]:
    """Scores of the averaged weights; the learning weights come back untouched."""
    network = task.network
    kept = {name: value.detach().clone() for name, value in network.state_dict().items()}
    network.load_state_dict(dict(average))
    network.eval()
    try:
        with torch.inference_mode():
            return task.validate(network)
    finally:
        network.load_state_dict(kept)
        network.train()


def averaged_weights(folder: Path) -> dict[str, Tensor]:
    """The moving average that a run left in its checkpoint."""
    checkpoint = folder / "checkpoint.pt"
    if not checkpoint.exists():
        raise FileNotFoundError(f"There is no run in {folder} to start from.")
    found: dict[str, Tensor] = torch.load(checkpoint, map_location="cpu", weights_only=True)["average"]
    return found


def plain(recipe: object) -> dict[str, Any]:
    """A recipe as something JSON can hold."""
    assert is_dataclass(recipe) and not isinstance(recipe, type)
    found: dict[str, Any] = json.loads(json.dumps(asdict(recipe), default=str))
    return found


class _StopSignal:
    """SIGTERM and SIGINT end the loop after the step in hand, with a checkpoint."""

    def __init__(self) -> None:
        self.asked = False
        self._old: dict[int, Any] = {}
        for number in (signal.SIGTERM, signal.SIGINT):
            try:
                self._old[number] = signal.signal(number, self._ask)
            except ValueError:  # not the main thread: the caller's budget ends the loop instead
                return

    def _ask(self, *_: object) -> None:
        self.asked = True

    def restore(self) -> None:
        for number, old in self._old.items():
            signal.signal(number, old)


def _append(path: Path, line: Mapping[str, Any]) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def _save(
    path: Path,
    network: nn.Module,
    average: Mapping[str, Tensor],
    optimiser: torch.optim.Optimizer,
    step: int,
    seconds: float,
) -> None:
    part = path.with_suffix(".part")
    torch.save(
        {
            "network": network.state_dict(),
            "average": dict(average),
            "optimiser": optimiser.state_dict(),
            "step": step,
            "seconds": seconds,
        },
        part,
    )
    os.replace(part, path)
