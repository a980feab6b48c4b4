"""`gesso-train fit`: train each variant and write the run into the ledger."""

from __future__ import annotations

import argparse
from dataclasses import replace

from gesso_training import ledger, loop
from gesso_training.commands.command import (
    ROOT,
    Command,
    at_least,
    device_of,
    last_run,
    model_of,
    places_of,
    variants_of,
)


def fit(given: argparse.Namespace) -> int:
    """Train each variant and write the run into the ledger."""
    model, places, device = model_of(given.model), places_of(given), device_of(given.device)
    recipes = {**model.recipes, **model.parts}
    for variant in variants_of(recipes, given.variant):
        recipe = recipes[variant]
        if given.start_from is not None:
            recipe = replace(recipe, start_from=given.start_from)
        if given.steps is not None:
            recipe = replace(recipe, schedule=replace(recipe.schedule, steps=given.steps))

        def say(line: str, at: str = variant) -> None:
            print(f"{at}: {line}", flush=True)

        digests = model.digests(places.data)
        outcome = loop.fit(
            model.task(recipe, places),
            recipe.schedule,
            places.run(given.model, variant),
            device=device,
            budget_minutes=given.budget,
            about={"recipe": loop.plain(recipe), "data": digests},
            report=say,
        )
        written, minutes = last_run(given.ledger, given.model, variant), round(outcome.seconds / 60, 2)
        # What a call that was killed between its last checkpoint and the ledger had learnt is written by the next.
        is_known = outcome.step == 0 or (written and (written.steps, written.minutes) == (outcome.step, minutes))
        if outcome.step == outcome.began and is_known:
            say(f"nothing was learnt, it stands at step {outcome.step} of {recipe.schedule.steps}")
            continue
        run = ledger.Run(
            model=given.model,
            variant=variant,
            recipe=loop.plain(recipe),
            data=digests,
            seed=recipe.schedule.seed,
            steps=outcome.step,
            minutes=minutes,
            finished=outcome.finished,
            scores={name: round(value, 4) for name, value in outcome.scores.items()},
            commit=ledger.commit(ROOT),
            hardware=ledger.hardware(device),
            versions=ledger.versions(),
            when=ledger.now(),
        )
        ledger.write(given.ledger, run)
        say(f"{outcome.step} steps, {outcome.seconds / 60:.1f} min, finished: {outcome.finished}")
    return 0


def words(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `fit`."""
    parser.add_argument("model")
    parser.add_argument("--variant", default="")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--budget", type=float, default=None, metavar="MINUTES")
    parser.add_argument("--steps", type=at_least(1), default=None, help="another length than the recipe's")
    parser.add_argument("--start-from", default=None, metavar="WHAT", help="a variant, or package:NAME from the shelf")


COMMAND = Command("fit", "train, going on from the last checkpoint", words, fit)
