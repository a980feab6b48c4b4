"""What `gesso-train` may ask of `upscale-restore`."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gesso_training import loop, package, terms
from gesso_training.ledger import Run
from gesso_training.models.upscale import publish as plain
from gesso_training.models.upscale.data import Pair
from gesso_training.models.upscale.judge import Enlarge, bicubic_enlarge
from gesso_training.models.upscale.judge import test_pairs as clean_pairs
from gesso_training.models.upscale.room import through_package
from gesso_training.models.upscale_restore import publish
from gesso_training.models.upscale_restore.data import judged
from gesso_training.models.upscale_restore.judge import padded, scores, through
from gesso_training.models.upscale_restore.recipe import RECIPES, Learning, Recipe
from gesso_training.patches import Bytes
from gesso_training.perceptual import Look
from gesso_training.registry import Model, Places, Rung, Table, Timed, starting_weights

SETS = ("set5", "urban100_subset25")


def task(recipe: Recipe, places: Places) -> Learning:
    """What the loop learns, started from another scale's body where the recipe says so."""
    return Learning(recipe, places.data, starting_weights(recipe, "upscale-restore", places, publish.weights_in))


def timed(places: Places) -> list[Timed]:
    """Twice the size, from the shelf; nothing where it is not packaged yet."""
    folder = package.newest(places.shelf, publish.package_name("x2"))
    if folder is None:
        return []
    network = plain.Clipped(publish.network_of("x2", publish.weights_in(folder)))
    inputs = {"picture": package.sample(544, 960, 1)}
    return [Timed("upscale-restore-x2, 960x544", network, (folder / "model.onnx").read_bytes(), inputs)]


def test_pairs(data: Path, scale: int) -> list[Pair]:
    """Set5 and the Urban100 subset, degraded."""
    return judged([pair.large for name in SETS for pair in clean_pairs(data, name, 1)], scale)


def restoring(folder: Path) -> Enlarge:
    """A packaged graph as a function on pictures of any size."""
    enlarge = through_package(folder)

    def restore(small: Bytes) -> Bytes:
        large = enlarge(np.asarray(padded(small)))
        scale = large.shape[0] // padded(small).shape[0]
        return large[: small.shape[0] * scale, : small.shape[1] * scale]

    return restore


def baselines(places: Places, scale: int) -> dict[str, Enlarge]:
    """What there was before: bicubic, and our own upscaling for clean pictures."""
    found = {"bicubic": bicubic_enlarge(scale)}
    folder = package.newest(places.shelf, plain.package_name(f"x{scale}-best"))
    if folder is not None:
        found[folder.parent.name] = through_package(folder)
    return found


def judge(places: Places, _: Mapping[str, Any], report: Callable[[str], None]) -> Table:
    """Degraded test pictures, for bicubic, plain upscaling and the newest package of each scale."""
    table: Table = []
    look = Look(places.data)
    for variant, recipe in RECIPES.items():
        pairs = test_pairs(places.data, recipe.scale)
        rows = baselines(places, recipe.scale)
        folder = package.newest(places.shelf, publish.package_name(variant))
        if folder is not None:
            rows[folder.parent.name] = restoring(folder)
        for model, enlarge in rows.items():
            started = time.monotonic()
            found = {name: round(value, 4) for name, value in scores(enlarge, pairs, recipe.scale, look).items()}
            seconds = round(time.monotonic() - started, 1)
            judged_ = package.newest(places.shelf, model)
            version = judged_.name if judged_ is not None else ""
            row = {"judge": f"degraded x{recipe.scale}", "model": model, "version": version}
            table.append({**row, **found, "seconds": seconds})
            report(f"degraded x{recipe.scale}  {model}  " + "  ".join(f"{name} {v}" for name, v in found.items()))
    return table


def publish_variant(variant: str, version: str, run: Run, places: Places, private: Ed25519PrivateKey) -> Path:
    """Judge the averaged weights of a run and write them as a signed package."""
    recipe = RECIPES[variant]
    run_folder = places.run("upscale-restore", variant)
    weights = {name: value.float() for name, value in loop.averaged_weights(run_folder).items()}
    look, pairs = Look(places.data), test_pairs(places.data, recipe.scale)
    ours = scores(through(publish.network_of(variant, weights)), pairs, recipe.scale, look)
    others = {name: scores(it, pairs, recipe.scale, look) for name, it in baselines(places, recipe.scale).items()}
    rows = [
        {
            "judge": f"Set5 and every fourth of Urban100, degraded, x{recipe.scale}",
            "metric": metric,
            "value": round(value, 4),
            "baseline": {name: round(found[metric], 4) for name, found in others.items()},
            "published": "",
        }
        for metric, value in ours.items()
    ]
    entries = terms.card_entries([source.corpus for source in recipe.sources], recipe.terms, places.data)
    return publish.publish(variant, weights, run, rows, entries, version, places.shelf, private)


LADDER = tuple(
    Rung(
        f"degraded x{recipe.scale}", metric, publish.package_name(variant), baseline,
        less_is_better=metric == "looks_apart",
    )
    for variant, recipe in RECIPES.items()
    for metric in ("psnr_db", "looks_apart")
    for baseline in ("bicubic", plain.package_name(f"{variant}-best"))
)  # fmt: skip
"""It has to be beside both clearly better by both measures."""

MODEL = Model(
    RECIPES, task, judge, publish_variant, ("cq100", "photos", "paintings"), publish.package_name, timed, ladder=LADDER
)
