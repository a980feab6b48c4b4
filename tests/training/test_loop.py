"""The loop: the same weights whether or not it was killed, and no weight poisoned by a bad step."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from gesso_training import loop
from gesso_training.loop import MOST_SKIPPED, Diverged, Schedule

ROOT = Path(__file__).resolve().parents[2]
SHORT = Schedule(24, muon=0.01, warm_up=4, validate_every=10, checkpoint_seconds=0)


class Sharpen:
    """Learns to undo a blur; with dropout, so that torch's own chance matters, too."""

    def __init__(self, spoilt: range = range(0), die_at: int = -1) -> None:
        torch.manual_seed(3)
        self.network: nn.Module = loop.channels_last(
            nn.Sequential(
                nn.Conv2d(3, 32, 3, padding=1),
                nn.ReLU(),
                nn.Conv2d(32, 32, 1),
                nn.ReLU(),
                nn.Dropout(0.2),
                nn.Conv2d(32, 3, 3, padding=1),
            )
        )
        self.spoilt, self.die_at = spoilt, die_at

    def batch(self, step: int, rng: np.random.Generator) -> dict[str, Tensor]:
        if step == self.die_at:
            signal.raise_signal(signal.SIGKILL)
        return {"sharp": torch.from_numpy(rng.random((2, 3, 12, 12), dtype=np.float32))}

    def loss(self, network: nn.Module, batch: Mapping[str, Tensor], step: int) -> tuple[Tensor, dict[str, float]]:
        blurred = nn.functional.avg_pool2d(batch["sharp"], 3, 1, 1)
        loss = (network(blurred) - batch["sharp"]).abs().mean()
        return (loss * float("nan") if step in self.spoilt else loss), {"seen": 1.0}

    def validate(self, network: nn.Module) -> dict[str, float]:
        return {"weight": float(sum(p.abs().sum() for p in network.parameters()))}


def fitted(
    task: Sharpen, folder: Path, schedule: Schedule = SHORT, about: Any = None, budget: float | None = None
) -> loop.Outcome:
    return loop.fit(task, schedule, folder, about=about, budget_minutes=budget, report=lambda line: None)


def same(a: Mapping[str, Tensor], b: Mapping[str, Tensor]) -> bool:
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def test_the_loss_falls_and_the_average_is_what_comes_out(tmp_path: Path) -> None:
    outcome = fitted(Sharpen(), tmp_path, Schedule(200, warm_up=4))
    lines = [json.loads(line) for line in (tmp_path / "curve.jsonl").read_text().splitlines()]
    assert outcome.finished and outcome.step == 200 and outcome.scores["weight"] > 0
    assert lines[0]["step"] == 200 and lines[-1]["validation"] == outcome.scores
    assert same(outcome.network.state_dict(), loop.averaged_weights(tmp_path))
    first = Sharpen().network.eval()
    sharp = torch.from_numpy(np.random.default_rng(9).random((1, 3, 24, 24), dtype=np.float32))
    blurred = nn.functional.avg_pool2d(sharp, 3, 1, 1)
    with torch.no_grad():
        before, after = ((network(blurred) - sharp).abs().mean() for network in (first, outcome.network))
    assert after < 0.9 * before


def dying_in_the_write(of: int) -> Sharpen:
    """A task whose process is killed when half of a checkpoint is on the disk."""
    plain_save, written = torch.save, []

    def save(whole: Any, file: Any) -> None:
        written.append(whole)
        plain_save(whole, file)
        if len(written) == of:
            file.truncate(file.tell() // 2)
            file.flush()
            signal.raise_signal(signal.SIGKILL)

    torch.save = save
    return Sharpen()


@pytest.mark.parametrize("task", ["Sharpen(die_at=13)", "dying_in_the_write(9)"])
def test_a_run_killed_outright_and_resumed_equals_one_that_was_not(tmp_path: Path, task: str) -> None:
    whole = fitted(Sharpen(), tmp_path / "whole")
    script = (
        "import sys, torch; torch.set_num_threads(1); from pathlib import Path; from tests.training.test_loop import *;"
        f"fitted({task}, Path(sys.argv[1]))"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path / "killed")], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    assert 0 < loop.steps_of(tmp_path / "killed") <= 13
    resumed = fitted(Sharpen(), tmp_path / "killed")
    assert 0 < resumed.began <= 13 and resumed.step == 24
    saved = [torch.load(tmp_path / f / "checkpoint.pt", weights_only=True) for f in ("whole", "killed")]
    assert same(saved[0]["network"], saved[1]["network"]) and same(saved[0]["average"], saved[1]["average"])
    assert same(whole.network.state_dict(), resumed.network.state_dict())


def test_the_curve_of_a_resumed_run_tells_every_step_once(tmp_path: Path) -> None:
    class Tripped(Sharpen):
        def batch(self, step: int, rng: np.random.Generator) -> dict[str, Tensor]:
            if step == self.die_at:
                raise KeyboardInterrupt
            return super().batch(step, rng)

    schedule = Schedule(24, warm_up=4, validate_every=5, checkpoint_seconds=1e9)
    fitted(Sharpen(), tmp_path, Schedule(6, warm_up=4, validate_every=5))
    with pytest.raises(KeyboardInterrupt):
        fitted(Tripped(die_at=13), tmp_path, schedule)
    curve = tmp_path / "curve.jsonl"
    curve.write_text(curve.read_text() + '{"step": 12, "lo')  # cut off in the middle of a line
    assert fitted(Sharpen(), tmp_path, schedule).began == 6
    lines = [json.loads(line) for line in curve.read_text().splitlines()]
    assert [line["step"] for line in lines if "validation" in line] == [5, 6, 10, 15, 20, 24]


def test_a_full_disk_is_one_sentence_and_the_checkpoint_before_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fitted(Sharpen(), tmp_path, replace(SHORT, steps=5))
    before = (tmp_path / "checkpoint.pt").read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(
        OSError, match=r"could not be written \(No space left on device\); what was there before is as it was\.$"
    ):
        fitted(Sharpen(), tmp_path)
    assert (tmp_path / "checkpoint.pt").read_bytes() == before
    assert not list(tmp_path.glob("*.part"))


def test_a_finished_run_learns_nothing_more(tmp_path: Path) -> None:
    fitted(Sharpen(), tmp_path)
    before = (tmp_path / "checkpoint.pt").read_bytes()
    again = fitted(Sharpen(), tmp_path)
    assert again.began == again.step == 24 and again.finished
    assert (tmp_path / "checkpoint.pt").read_bytes() == before


def test_a_spent_budget_stops_between_steps(tmp_path: Path) -> None:
    outcome = fitted(Sharpen(), tmp_path, budget=0.0)
    assert outcome.step == 0 and not outcome.finished


def test_the_same_seed_gives_the_same_weights(tmp_path: Path) -> None:
    one, two = (fitted(Sharpen(), tmp_path / name, Schedule(3, seed=1)) for name in "ab")
    assert same(one.network.state_dict(), two.network.state_dict())


def test_another_seed_gives_other_weights(tmp_path: Path) -> None:
    one = fitted(Sharpen(), tmp_path / "1", Schedule(3, seed=1))
    two = fitted(Sharpen(), tmp_path / "2", Schedule(3, seed=2))
    assert not same(one.network.state_dict(), two.network.state_dict())


def test_a_step_that_is_not_a_number_changes_no_weight(tmp_path: Path) -> None:
    said: list[str] = []
    outcome = loop.fit(Sharpen(spoilt=range(7, 10)), SHORT, tmp_path, report=said.append)
    assert outcome.skipped == 3 and outcome.finished
    assert "step 8: the loss is not finite, so this step changed nothing" in said
    assert all(bool(value.isfinite().all()) for value in outcome.network.state_dict().values())
    lines = [json.loads(line) for line in (tmp_path / "curve.jsonl").read_text().splitlines()]
    assert all(np.isfinite(line["loss"]) for line in lines if "loss" in line)


def test_a_loss_that_stays_bad_ends_the_run_with_sound_weights(tmp_path: Path) -> None:
    with pytest.raises(Diverged, match=f"not finite {MOST_SKIPPED} times in a row"):
        fitted(Sharpen(spoilt=range(2, 1000)), tmp_path, Schedule(100))
    good = fitted(Sharpen(), tmp_path / "good", Schedule(100))
    assert good.finished
    kept = loop.averaged_weights(tmp_path)
    assert all(bool(value.isfinite().all()) for value in kept.values())


def test_a_checkpoint_goes_on_only_with_its_own_recipe_but_may_grow_longer(tmp_path: Path) -> None:
    about = {"recipe": {"width": 6, "schedule": {"steps": 24, "seed": 1}}, "data": {"photos": "a"}}
    fitted(Sharpen(), tmp_path, about=about)
    longer = {"recipe": {"width": 6, "schedule": {"steps": 30, "seed": 1}}, "data": {"photos": "a"}}
    assert fitted(Sharpen(), tmp_path, Schedule(30, muon=SHORT.muon), about=longer).step == 30
    for other in (
        {**longer, "data": {"photos": "b"}},
        {**longer, "recipe": {"width": 8, "schedule": {"steps": 30, "seed": 1}}},
        {**longer, "recipe": {"width": 6, "schedule": {"steps": 30, "seed": 2}}},
    ):
        with pytest.raises(ValueError, match="began with another"):
            fitted(Sharpen(), tmp_path, about=other)


def test_a_damaged_checkpoint_is_named_in_one_sentence(tmp_path: Path) -> None:
    fitted(Sharpen(), tmp_path)
    whole = (tmp_path / "checkpoint.pt").read_bytes()
    for damaged in (b"", whole[: len(whole) // 2], b"nothing of the kind"):
        (tmp_path / "checkpoint.pt").write_bytes(damaged)
        with pytest.raises(ValueError, match=r"checkpoint\.pt is damaged; remove it to begin anew\.$"):
            fitted(Sharpen(), tmp_path)


def test_a_checkpoint_of_another_network_or_another_optimiser_is_named_in_one_sentence(tmp_path: Path) -> None:
    fitted(Sharpen(), tmp_path)
    wider = Sharpen()
    wider.network = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.Conv2d(8, 3, 3, padding=1))
    for task, schedule in ((wider, SHORT), (Sharpen(), Schedule(30))):  # the second knows no Muon
        with pytest.raises(
            ValueError, match=r"checkpoint\.pt is of another network or optimiser; remove it to begin anew\.$"
        ):
            fitted(task, tmp_path, schedule)
    saved = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    del saved["optimisers"]  # as the loop once wrote it
    torch.save(saved, tmp_path / "checkpoint.pt")
    with pytest.raises(ValueError, match="is of another network or optimiser"):
        fitted(Sharpen(), tmp_path)


def test_a_run_that_was_killed_before_its_last_validation_is_validated_when_it_is_called_again(tmp_path: Path) -> None:
    class Killed(Sharpen):
        def validate(self, network: nn.Module) -> dict[str, float]:
            raise KeyboardInterrupt

    schedule = Schedule(5, warm_up=1)
    with pytest.raises(KeyboardInterrupt):
        fitted(Killed(), tmp_path, schedule)
    assert loop.steps_of(tmp_path) == 5
    again, whole = fitted(Sharpen(), tmp_path, schedule), fitted(Sharpen(), tmp_path / "whole", schedule)
    assert again.began == again.step == 5 and again.scores == whole.scores


def test_a_run_that_began_before_a_schedule_knew_of_patience_goes_on(tmp_path: Path) -> None:
    def about(schedule: Schedule) -> dict[str, Any]:
        return {"recipe": {"width": 6, "schedule": loop.plain(schedule)}, "data": {"photos": "a"}}

    whole = fitted(Sharpen(), tmp_path / "whole", about=about(SHORT))
    fitted(Sharpen(), tmp_path / "old", replace(SHORT, steps=10), about=about(replace(SHORT, steps=10)))
    file = tmp_path / "old" / "checkpoint.pt"
    saved = torch.load(file, weights_only=True)
    for name in ("watch", "patience", "clip"):
        del saved["about"]["recipe"]["schedule"][name]
    torch.save({name: value for name, value in saved.items() if name not in ("best", "origin")}, file)
    again = fitted(Sharpen(), tmp_path / "old", about=about(SHORT))
    assert (again.began, again.step, again.best_step, again.origin) == (10, 24, None, "")
    assert whole.step == 24
    with pytest.raises(ValueError, match=r"began with another schedule\.clip"):
        fitted(Sharpen(), tmp_path / "old", about=about(replace(SHORT, clip=2.0)))


class Peaking(Sharpen):
    """Its validation gets better until the third, then worse, then better than ever when it is too late."""

    said = (1.0, 2.0, 5.0, 3.0, 4.0, 1.5, 9.0, 8.0, 7.0, 6.0, 5.5, 4.5)

    def __init__(self, sign: float = 1.0) -> None:
        super().__init__()
        self.sign, self.seen = sign, dict[float, dict[str, Tensor]]()

    def validate(self, network: nn.Module) -> dict[str, float]:
        score = self.sign * self.said[len(self.seen)]
        self.seen[score] = {name: value.clone() for name, value in network.state_dict().items()}
        return {"score": score}


@pytest.mark.parametrize(("watch", "sign"), [("score", 1.0), ("-score", -1.0)])
def test_learning_ends_when_patience_does_and_the_best_weights_are_what_comes_out(
    tmp_path: Path, watch: str, sign: float
) -> None:
    schedule = Schedule(24, warm_up=4, validate_every=2, watch=watch, patience=3)
    task = Peaking(sign)
    outcome = fitted(task, tmp_path, schedule)
    assert (outcome.step, outcome.finished, outcome.best_step) == (12, True, 6)
    assert outcome.scores == {"score": sign * 5.0}
    assert same(outcome.network.state_dict(), task.seen[sign * 5.0])
    assert same(loop.averaged_weights(tmp_path), task.seen[sign * 5.0])
    again = fitted(Peaking(sign), tmp_path, schedule)
    assert again.began == again.step == 12 and again.finished and again.scores == {"score": sign * 5.0}
    longer = Peaking(sign)
    longer.seen = dict(task.seen)
    assert fitted(longer, tmp_path, replace(schedule, patience=4)).best_step == 14


def test_the_best_weights_outlive_a_stop_and_patience_is_counted_on(tmp_path: Path) -> None:
    schedule = Schedule(24, warm_up=4, validate_every=2, watch="score", patience=3, checkpoint_seconds=0)
    task = Peaking()
    fitted(task, tmp_path, replace(schedule, steps=9))
    resumed = Peaking()
    resumed.seen = {float(number): {} for number in range(4)}
    outcome = fitted(resumed, tmp_path, schedule)
    assert (outcome.began, outcome.best_step) == (9, 6)
    assert same(outcome.network.state_dict(), task.seen[5.0])


def test_a_score_to_watch_that_no_validation_gives_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"^The validation gives no 'psnr' to watch; it gives weight\.$"):
        fitted(Sharpen(), tmp_path, Schedule(4, validate_every=2, watch="psnr"))


def test_what_a_run_began_with_is_kept(tmp_path: Path) -> None:
    for steps in (2, 4):
        said = "package:tiny@1.0.0" if steps == 2 else ""
        outcome = loop.fit(Sharpen(), Schedule(steps), tmp_path, origin=said, report=lambda line: None)
        assert outcome.origin == "package:tiny@1.0.0"


def test_the_rate_rises_then_falls_to_a_hundredth() -> None:
    schedule = Schedule(1000, learning_rate=1.0, warm_up=100)
    rates = [schedule.share_at(step) for step in range(1001)]
    assert rates[0] == pytest.approx(0.01) and max(rates) == pytest.approx(1.0)
    assert rates[1000] == pytest.approx(0.01)
    assert all(a >= b for a, b in pairwise(rates[100:]))
