"""`gesso-train fit`: train each variant and write the run into the ledger; under torchrun, several processes as one."""

from __future__ import annotations

import argparse
from dataclasses import replace

from gesso_training import ranks, run_folder
from gesso_training.commands.command import Command, Refused, at_least, device_of, model_of, places_of, variants_of
from gesso_training.routine import Bench, learn


def fit(given: argparse.Namespace) -> int:
    """Train each variant and write the run into the ledger."""
    model, places = model_of(given.model), places_of(given)
    device = device_of(ranks.device_here(given.device))
    bench = Bench(places, given.ledger, device, given.budget)
    recipes = {**model.recipes, **model.parts}
    with ranks.joined(device) as those:
        for variant in variants_of(recipes, given.variant):
            recipe = recipes[variant]
            if given.start_from is not None:
                recipe = replace(recipe, start_from=given.start_from)
            if given.steps is not None:
                recipe = replace(recipe, schedule=replace(recipe.schedule, steps=given.steps))

            def say(line: str, at: str = variant) -> None:
                if those.is_first:
                    print(f"{at}: {line}", flush=True)

            folder = places.run(given.model, variant)
            if given.resume and not (folder / run_folder.CHECKPOINT).exists():
                raise Refused(
                    f"There is no run of {given.model} {variant} to go on from; leave --resume away to begin."
                )
            if given.anew and those.is_first and (aside := run_folder.set_aside(folder)):
                say(f"the run before was set aside as {aside.name}")
            those.wait()
            learn(given.model, model, variant, recipe, bench, say)
            those.wait()
    return 0


def words(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `fit`."""
    parser.add_argument("model")
    parser.add_argument("--variant", default="")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--budget", type=float, default=None, metavar="MINUTES")
    parser.add_argument("--steps", type=at_least(1), default=None, help="another length than the recipe's")
    parser.add_argument(
        "--start-from", default=None, metavar="WHAT", help="a variant, or package:NAME[@VERSION] from the shelf"
    )
    begin = parser.add_mutually_exclusive_group()
    begin.add_argument("--resume", action="store_true", help="only go on: refused where there is no checkpoint")
    begin.add_argument("--anew", action="store_true", help="begin anew; the run before is set aside, not deleted")


COMMAND = Command("fit", "train, going on from the last checkpoint", words, fit)
