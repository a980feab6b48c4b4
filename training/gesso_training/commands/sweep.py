"""`gesso-train sweep`: settings by seeds, each learnt for a few steps and looked at on the validation split alone."""

from __future__ import annotations

import argparse
import json
from dataclasses import fields, replace
from itertools import product
from typing import Any

import numpy as np

from gesso_training import loop
from gesso_training.commands.command import Command, Refused, at_least, device_of, model_of, places_of, variants_of
from gesso_training.routine import Bench, learn
from gesso_training.tables import as_table


def settings_of(recipe: Any, asked: list[str]) -> list[dict[str, Any]]:
    """Every combination of `NAME=VALUE,VALUE`; a name is a field of the recipe or of its schedule."""
    known = {one.name: getattr(recipe.schedule, one.name) for one in fields(recipe.schedule)}
    known |= {one.name: getattr(recipe, one.name) for one in fields(recipe) if one.name != "schedule"}
    listed: list[list[tuple[str, Any]]] = []
    for text in asked:
        name, _, values = text.partition("=")
        if name in ("seed", "steps", "start_from") or name not in known:
            usable = ", ".join(sorted(known.keys() - {"seed", "steps", "start_from"}))
            raise Refused(f"A recipe has no setting '{name}' to sweep; it has {usable}.")
        listed.append([(name, _value(name, known[name], one)) for one in values.split(",")])
    return [dict(one) for one in product(*listed)]


def _value(name: str, like: Any, text: str) -> Any:
    """A value of the kind that the recipe has there."""
    try:
        found = json.loads(text)
    except ValueError:
        found = text
    fits = isinstance(found, (int, float)) if isinstance(like, float) else type(found) is type(like)
    if not fits or (isinstance(found, bool) and not isinstance(like, bool)):
        raise Refused(f"'{text}' is no value for '{name}', which is {like!r} in the recipe.")
    return type(like)(found)


def changed(recipe: Any, settings: dict[str, Any], seed: int, steps: int) -> Any:
    """A recipe with some settings of its own or of its schedule changed."""
    inside = {one.name for one in fields(recipe.schedule)}
    schedule = {name: value for name, value in settings.items() if name in inside}
    own = {name: value for name, value in settings.items() if name not in inside}
    return replace(recipe, **own, schedule=replace(recipe.schedule, **schedule, seed=seed, steps=steps))


def sweep(given: argparse.Namespace) -> int:
    """Learn every combination, going on where a call before stopped, and print mean and spread over the seeds."""
    model, places = model_of(given.model), places_of(given)
    (variant,) = variants_of({**model.recipes, **model.parts}, given.variant or "?")
    recipe = {**model.recipes, **model.parts}[variant]
    bench = Bench(places, given.ledger, device_of(given.device))
    rows = []
    for settings in settings_of(recipe, given.set):
        title = ",".join(f"{name}={value}" for name, value in settings.items()) or "as-it-is"
        scores: dict[str, list[float]] = {}
        for seed in range(1, given.seeds + 1):
            folder = places.runs / "sweeps" / given.model / variant / f"{given.steps}-{title}-seed{seed}"
            trial = changed(recipe, settings, seed, given.steps)

            def say(line: str, at: str = f"{title} seed {seed}") -> None:
                print(f"{at}: {line}", flush=True)

            try:
                outcome = learn(given.model, model, variant, trial, bench, say, folder=folder, kind="sweep")
            except loop.Diverged:
                scores.setdefault("diverged", []).append(1.0)
                continue
            if not outcome.finished:
                say(f"stopped at step {outcome.step}; the same command goes on")
                return 0
            for name, value in outcome.scores.items():
                scores.setdefault(name, []).append(value)
        diverged = len(scores.pop("diverged", []))
        rows.append({"settings": title, "seeds": given.seeds - diverged, **_spread(scores), "diverged": diverged or ""})
    print(as_table(rows))
    return 0


def _spread(scores: dict[str, list[float]]) -> dict[str, str]:
    """Mean and standard deviation over seeds."""
    return {
        name: f"{np.mean(values):.4f}" + (f" ± {np.std(values, ddof=1):.4f}" if len(values) > 1 else "")
        for name, values in scores.items()
    }


def words(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `sweep`."""
    parser.add_argument("model")
    parser.add_argument("--variant", required=True)
    parser.add_argument("--seeds", type=at_least(1), default=3, help="how many, from 1 on")
    parser.add_argument("--steps", type=at_least(1), required=True, help="of each trial")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=A,B", help="a setting and its values")
    parser.add_argument("--device", default="cpu")


COMMAND = Command("sweep", "settings by seeds for a few steps each, on the validation split", words, sweep)
