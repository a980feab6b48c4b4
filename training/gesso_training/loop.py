"""The one loop: seeded, resumable at any step, with a moving average of the weights.

A model says what a batch is and what its loss is (`Task`); the loop does the rest. Batches are drawn from
`numpy.random.default_rng((seed, step))` and torch is seeded anew at each step, so a run that was killed and resumed
ends with the same weights, bit for bit on a CPU, as one that was not.
"""

from __future__ import annotations

import json
import math
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn

from gesso_training import ranks, run_folder
from gesso_training.muon import Muon, hidden
from gesso_training.run_folder import averaged_weights, checkpoint, steps_of

__all__ = [
    "MOST_SKIPPED", "Diverged", "Outcome", "Schedule", "Task", "averaged_weights", "channels_last", "checkpoint", "fit",
    "plain", "steps_of", "validate_average",
]  # fmt: skip

MOST_SKIPPED = 20
"""Steps in a row whose loss is not finite, after which learning stops."""


class Diverged(ValueError):
    """The loss stayed infinite or not a number; the last sound weights are in the checkpoint."""

    def __init__(self, said: str, step: int, seconds: float) -> None:
        super().__init__(said)
        self.step, self.seconds = step, seconds


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
    muon: float = 0.0
    """Peak for the convolutions inside, when they are to be stepped by Muon instead of Adam; falls alike."""
    warm_up: int = 100
    """Steps of linear rise, so that Adam's first, badly scaled steps do no harm."""
    ema: float = 0.999
    """Decay of the moving average of the weights, which is what gets packaged."""
    clip: float = 1.0
    """Largest norm of a gradient."""
    seed: int = 1
    checkpoint_seconds: float = 120.0
    validate_every: int = 1000
    watch: str = ""
    """A score of the validation whose best weights are kept, and packaged; `-NAME` where less is better. Empty: the last
    ones are."""
    patience: int = 0
    """Validations in a row without a better score after which learning ends; 0 for never."""

    def better(self, score: float, than: float) -> bool:
        """Whether a watched score is better than another."""
        return score < than if self.watch.startswith("-") else score > than

    def share_at(self, step: int) -> float:
        """What part of their peaks the rates are at."""
        if step < self.warm_up:
            return (step + 1) / self.warm_up
        done = (step - self.warm_up) / max(1, self.steps - self.warm_up)
        return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))


DEFAULTS = {one.name: one.default for one in fields(Schedule) if one.default is not MISSING}


@dataclass
class Outcome:
    """How a call of `fit` ended."""

    began: int
    """The step this call went on from."""
    step: int
    finished: bool
    seconds: float
    """Time spent learning over all calls that led here."""
    network: nn.Module
    """The averaged weights."""
    scores: dict[str, float] = field(default_factory=dict)
    """The last validation since this call began; of the averaged weights at the end when the schedule is spent."""
    skipped: int = 0
    """Steps of this call that were left out because their loss or gradient was not finite."""
    best_step: int | None = None
    """The step that the weights and scores are of, where the best ones are kept."""
    origin: str = ""
    """What the run began with (see `fit`)."""


def fit(
    task: Task,
    schedule: Schedule,
    folder: Path,
    *,
    device: str = "cpu",
    budget_minutes: float | None = None,
    about: Mapping[str, Any] | None = None,
    origin: str = "",
    report: Callable[[str], None] = print,
) -> Outcome:
    """Learn until the schedule or the budget is spent; go on from `folder/checkpoint.pt` when it is there.

    Writes `curve.jsonl` (one line per report) and `checkpoint.pt` (atomically) into `folder`. `about` (recipe and data)
    is kept in the checkpoint; a checkpoint that is about something else is refused. `origin`, what the weights were
    before the first step, is kept there, too. A step whose loss or gradient is not finite changes no weight; `Diverged`
    is raised when that happens `MOST_SKIPPED` times in a row. Where torchrun started several processes they share each
    batch, and only the first validates, reports and writes.
    """
    those = ranks.here()
    folder.mkdir(parents=True, exist_ok=True)
    kept, curve = folder / run_folder.CHECKPOINT, folder / run_folder.CURVE
    torch.manual_seed(schedule.seed)
    network = task.network.to(device)
    average = {name: value.detach().clone() for name, value in network.state_dict().items()}
    parameters = ranks.learning(network)
    optimisers = _optimisers(network, schedule)
    step, before = 0, 0.0
    validated, scores = -1, dict[str, float]()
    best: dict[str, Any] | None = None
    if kept.exists():
        saved = run_folder.load(kept, device)
        run_folder.refuse_other(folder, saved.get("about"), plain(about), DEFAULTS)
        try:
            network.load_state_dict(saved["network"])
            for optimiser, state in zip(optimisers, saved["optimisers"], strict=True):
                optimiser.load_state_dict(state)
        except (KeyError, RuntimeError, ValueError):
            said = f"The checkpoint {kept} is of another network or optimiser; remove it to begin anew."
            raise ValueError(said) from None
        average = saved["average"]
        step, before = int(saved["step"]), float(saved["seconds"])
        validated, scores = saved.get("validated", (-1, {}))
        origin = saved.get("origin", "")
        best = saved.get("best")
        if best is not None and best["watch"] != schedule.watch:
            best = None
        if those.is_first:
            report(f"resumed at step {step} after {before / 60:.1f} min")

    those.alike(network)
    if those.is_first:
        run_folder.cut(curve, step)
    began, skipped, in_a_row = step, 0, 0
    sums = _Sums()
    started = last_saved = last_said = time.monotonic()
    at = next(network.parameters()).device

    def spent() -> float:
        return before + time.monotonic() - started

    def save(seconds: float) -> None:
        if those.is_first:
            learnt = {"network": network.state_dict(), "average": dict(average), "best": best}
            parts = {**learnt, "optimisers": [optimiser.state_dict() for optimiser in optimisers]}
            facts = {"step": step, "seconds": seconds, "validated": (validated, scores), "about": plain(about)}
            run_folder.save(kept, {**parts, **facts, "origin": origin})

    def validate() -> None:
        nonlocal scores, validated, best
        if not those.is_first:
            return
        validated, scores = step, validate_average(task, average)
        run_folder.append(curve, {"step": step, "validation": scores})
        report("validation  " + "  ".join(f"{k} {v:.4f}" for k, v in scores.items()))
        if schedule.watch:
            name = schedule.watch.removeprefix("-")
            if name not in scores:
                raise ValueError(f"The validation gives no '{name}' to watch; it gives {', '.join(scores)}.")
            if best is None or schedule.better(scores[name], best["scores"][name]):
                copied = {key: value.detach().clone() for key, value in average.items()}
                best = {"watch": schedule.watch, "step": step, "scores": dict(scores), "average": copied, "since": 0}
            elif step > best["step"]:
                best = {**best, "since": best["since"] + 1}

    def is_patient() -> bool:
        return not (schedule.patience and best is not None and best["since"] >= schedule.patience)

    network.train()
    with _StopSignal() as stop:
        while step < schedule.steps:
            is_spent = budget_minutes is not None and time.monotonic() - started > budget_minutes * 60
            if those.any(stop.asked or is_spent or not is_patient(), at):
                break
            for optimiser, peak in zip(optimisers, (schedule.learning_rate, schedule.muon), strict=False):
                for group in optimiser.param_groups:
                    group["lr"] = peak * schedule.share_at(step)
            rng = np.random.default_rng((schedule.seed, step))
            torch.manual_seed(schedule.seed * 1_000_003 + step + those.rank * 7_919)
            rows, share = those.rows(task.batch(step, rng))
            batch = {name: value.to(device, non_blocking=True) for name, value in rows.items()}
            with torch.autocast("cuda", torch.bfloat16, enabled=device.startswith("cuda")):
                loss, notes = task.loss(network, batch, step)
            network.zero_grad(set_to_none=True)
            torch.autograd.backward(loss)
            those.sum_gradients(parameters, share)
            norm = nn.utils.clip_grad_norm_(parameters, schedule.clip)
            told = those.mean({"loss": float(loss.detach()), **notes}, share, at)
            step += 1
            if math.isfinite(told["loss"]) and bool(torch.isfinite(norm)):
                in_a_row = 0
                for optimiser in optimisers:
                    optimiser.step()
                _follow(average, network, min(schedule.ema, (1 + step) / (10 + step)))
                sums.add(told)
            else:
                skipped, in_a_row = skipped + 1, in_a_row + 1
                report(f"step {step}: the loss is not finite, so this step changed nothing")
                if in_a_row == MOST_SKIPPED:
                    save(spent())
                    said = (
                        f"Learning stopped at step {step}: the loss was not finite {MOST_SKIPPED} times in a row; "
                        "the last sound weights are kept."
                    )
                    raise Diverged(said, step, spent())
            now = time.monotonic()
            if those.is_first and (now - last_said > 30 or step == schedule.steps):
                line = {"step": step, "seconds": round(spent(), 1), **sums.means()}
                run_folder.append(curve, line)
                report("  ".join(f"{k} {v:.5g}" for k, v in line.items()))
                last_said = now
            if step % schedule.validate_every == 0:
                validate()
            if now - last_saved > schedule.checkpoint_seconds:
                save(spent())
                last_saved = now
        seconds = spent() if step > began else before
        if step > began:
            save(seconds)
    if step == schedule.steps and validated != step:
        validate()
        save(seconds)
    is_over = step >= schedule.steps or not is_patient()
    if validated < began:
        scores = {}
    if best is not None and is_over:
        average, scores = best["average"], best["scores"]
    network.load_state_dict(average)
    network.eval()
    best_step = best["step"] if best is not None else None
    return Outcome(began, step, is_over, seconds, network, scores, skipped, best_step, origin)


def _optimisers(network: nn.Module, schedule: Schedule) -> list[torch.optim.Optimizer]:
    """Adam, and Muon for what it serves, when the schedule gives it a rate."""
    inside = hidden(network) if schedule.muon else []
    taken = {id(weight) for weight in inside}
    rest = [p for p in ranks.learning(network) if id(p) not in taken]
    adam = torch.optim.Adam(rest, lr=schedule.learning_rate, betas=(0.9, 0.99))
    return [adam, Muon(inside, schedule.muon)] if inside else [adam]


def _follow(average: dict[str, Tensor], network: nn.Module, decay: float) -> None:
    """Move the average a little towards the weights."""
    with torch.no_grad():
        for name, value in network.state_dict().items():
            if value.is_floating_point():
                average[name].lerp_(value, 1 - decay)
            else:
                average[name].copy_(value)


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


def channels_last(network: nn.Module) -> nn.Module:
    """The same network, the weights of its convolutions laid out as CPUs and GPUs convolve fastest."""
    for parameter in network.parameters():
        if parameter.dim() == 4:
            parameter.data = parameter.data.contiguous(memory_format=torch.channels_last)
    return network


def plain(recipe: object) -> Any:
    """A recipe, or what holds recipes, as something JSON can hold."""
    whole = asdict(recipe) if is_dataclass(recipe) and not isinstance(recipe, type) else recipe
    return json.loads(json.dumps(whole, default=str))


class _Sums:
    """Means of numbers since they were last asked for."""

    def __init__(self) -> None:
        self.totals: dict[str, float] = {}
        self.count = 0

    def add(self, numbers: Mapping[str, float]) -> None:
        self.count += 1
        for name, number in numbers.items():
            self.totals[name] = self.totals.get(name, 0.0) + number

    def means(self) -> dict[str, float]:
        found = {name: total / self.count for name, total in self.totals.items()}
        self.totals, self.count = {}, 0
        return found


class _StopSignal:
    """SIGTERM and SIGINT end the loop after the step in hand, with a checkpoint."""

    def __init__(self) -> None:
        self.asked = False
        self._old: dict[int, Any] = {}

    def __enter__(self) -> _StopSignal:
        for number in (signal.SIGTERM, signal.SIGINT):
            try:
                self._old[number] = signal.signal(number, self._ask)
            except ValueError:  # not the main thread: the caller's budget ends the loop instead
                break
        return self

    def _ask(self, *_: object) -> None:
        self.asked = True

    def __exit__(self, *_: object) -> None:
        for number, old in self._old.items():
            signal.signal(number, old)
