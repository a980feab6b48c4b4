"""One run from recipe to ledger: what `fit` and `sweep` have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gesso_training import ledger, loop, ranks, registry
from gesso_training.effort import Effort
from gesso_training.registry import Model, Places

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Bench:
    """Where a run is made: places, ledger, device and how long a call may take."""

    places: Places
    ledger: Path
    device: str = "cpu"
    budget_minutes: float | None = None


def learn(
    name: str,
    model: Model,
    variant: str,
    recipe: Any,
    bench: Bench,
    say: Callable[[str], None],
    *,
    folder: Path | None = None,
    kind: str = "fit",
) -> loop.Outcome:
    """Learn, go on where a call before this one stopped, and write what was learnt into the ledger.

    A run that diverged is written, too, before `Diverged` is raised.
    """
    places, effort, those = bench.places, Effort(bench.device), ranks.here()
    folder = folder or places.run(name, variant)
    digests = model.digests(places.data)

    def write(step: int, seconds: float, **more: Any) -> None:
        origin = more.pop("origin", "")
        said = replace(recipe, start_from=origin) if origin else recipe
        run = ledger.Run(
            model=name,
            variant=variant,
            recipe=loop.plain(said),
            data=digests,
            seed=recipe.schedule.seed,
            steps=step,
            minutes=round(seconds / 60, 2),
            commit=ledger.commit(ROOT),
            hardware=ledger.hardware(bench.device),
            versions=ledger.versions(),
            when=ledger.now(),
            kind=kind,
            processes=those.size,
            memory_mb=effort.memory_mb,
            energy_wh=effort.energy_wh,
            **more,
        )
        if those.is_first:
            ledger.write(bench.ledger, run)

    has_begun = (folder / "checkpoint.pt").exists()
    origin = "" if has_begun else registry.origin(recipe.start_from, name, places)
    try:
        outcome = loop.fit(
            model.task(recipe, places),
            recipe.schedule,
            folder,
            device=bench.device,
            budget_minutes=bench.budget_minutes,
            about={"recipe": loop.plain(recipe), "data": digests},
            origin=origin,
            report=say,
        )
    except loop.Diverged as trouble:
        write(trouble.step, trouble.seconds, finished=False, note=str(trouble), origin=origin)
        raise
    written = [
        run
        for run in ledger.read(bench.ledger)
        if (run.model, run.variant, run.kind, run.seed) == (name, variant, kind, recipe.schedule.seed)
    ]
    known = {(run.steps, run.minutes) for run in (written[-1:] if kind == "fit" else written)}
    # What a call that was killed between its last checkpoint and the ledger had learnt is written by the next.
    is_known = outcome.step == 0 or (outcome.step, round(outcome.seconds / 60, 2)) in known
    if outcome.step == outcome.began and is_known:
        say(f"nothing was learnt, it stands at step {outcome.step} of {recipe.schedule.steps}")
        return outcome
    scores = {title: round(value, 4) for title, value in outcome.scores.items()}
    write(
        outcome.step,
        outcome.seconds,
        finished=outcome.finished,
        scores=scores,
        best_step=outcome.best_step,
        origin=outcome.origin,
    )
    say(f"{outcome.step} steps, {outcome.seconds / 60:.1f} min, finished: {outcome.finished}")
    return outcome
