"""What `gesso-train` may ask of `classify-cifar10`: it is learnt and judged, and never packaged."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gesso_training import loop
from gesso_training.ledger import Run
from gesso_training.models.classify_cifar10.data import digest, read
from gesso_training.models.classify_cifar10.judge import accuracy
from gesso_training.models.classify_cifar10.recipe import RECIPES, Learning, Recipe, network_of
from gesso_training.registry import Model, Places, Rung, Table, Timed

NAME = "classify-cifar10"
JUDGE = "CIFAR-10, JPEG copies"
PUBLISHED = {
    "case-128": "claimed by the founding document: 0.89 test, 0.90 validation",
    "case-256": "claimed by the founding document: 0.89 test, 0.90 validation",
    "case-256-augmented": "claimed by the founding document: 0.89 test, 0.90 validation",
    "whitened": "airbench94, lossless pictures, 50,000 to learn from, six looks: 0.9401",
}


@dataclass(frozen=True)
class CaseStudy(Model):
    """A model whose data is one archive."""

    def digests(self, data: Path) -> dict[str, str]:
        """The archive's own hash stands for its manifest."""
        return {"cifar10": digest(data)}


def cache_of(places: Places) -> Path:
    """Where decoded pictures are kept: beside the runs, outside git."""
    return places.runs / "cache"


def task(recipe: Recipe, places: Places) -> Learning:
    """What the loop learns."""
    return Learning(recipe, places.data, cache_of(places))


def kind_of(variant: str) -> str:
    """A variant without its seed."""
    return re.sub(r"-\d+$", "", variant)


def judge(places: Places, _: Mapping[str, Any], report: Callable[[str], None]) -> Table:
    """Test accuracy of every kind of which a run is on this machine: the mean over its seeds, and their spread."""
    found: dict[str, list[tuple[float, float, float, int]]] = {}
    splits = read(places.data, cache_of(places))
    for variant, recipe in RECIPES.items():
        folder = places.run(NAME, variant)
        if not (folder / "checkpoint.pt").is_file():
            continue
        said = loop.checkpoint(folder)
        if int(said["step"]) < recipe.schedule.steps:
            report(f"{variant} is left out: it stands at step {said['step']} of {recipe.schedule.steps}")
            continue
        network = network_of(recipe)
        network.load_state_dict(said["average"])
        scores = (
            accuracy(network, splits.validation),
            accuracy(network, splits.test),
            accuracy(network, splits.test, looks=6),
        )
        report(f"{variant}  validation {scores[0]:.4f}  test {scores[1]:.4f}  six looks {scores[2]:.4f}")
        found.setdefault(kind_of(variant), []).append((*scores, sum(p.numel() for p in network.parameters())))
    table: Table = []
    for kind, rows in found.items():
        validation, test, six, parameters = np.array(rows, np.float64).T
        table.append(
            {
                "judge": JUDGE,
                "model": kind,
                "seeds": len(rows),
                "validation": round(float(validation.mean()), 4),
                "test": round(float(test.mean()), 4),
                "spread": round(float(test.std(ddof=1)), 4) if len(rows) > 1 else "",
                "test, six looks": round(float(six.mean()), 4),
                "parameters": int(parameters[0]),
                "published": PUBLISHED[kind],
            }
        )
    return table


def publish(variant: str, version: str, run: Run, places: Places, private: Ed25519PrivateKey) -> Path:
    """Refuses: CIFAR-10 may be used to research and to judge with, not to ship what learnt from it."""
    raise ValueError(f"{NAME} {variant} learnt from pictures without a licence; it is judged here and never packaged.")


def package_name(variant: str) -> str:
    """The name that a package would have, were one made."""
    return f"{NAME}-{variant}"


def timed(_: Places) -> list[Timed]:
    """Nothing is packaged, so nothing is timed."""
    return []


CLAIMED = {"the founding document's claim": 0.89}
LADDER = (
    Rung(JUDGE, "test", "case-256", floor=0.89, published=CLAIMED),
    Rung(JUDGE, "test", "case-256-augmented", floor=0.89, published=CLAIMED),
    Rung(
        JUDGE, "test", "whitened", "case-256", floor=0.92, goal=0.94, published={"airbench94, six looks": 0.9401},
        source="arXiv 2404.00498, on the lossless pictures, all 50,000 to learn from",
    ),
)  # fmt: skip

MODEL = CaseStudy(RECIPES, task, judge, publish, (), package_name, timed, ladder=LADDER)
