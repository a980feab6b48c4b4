"""The models that `gesso-train` knows: the written list, and what each can be asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from numpy.typing import NDArray
from torch import Tensor

from gesso_training import loop, package, terms
from gesso_training.corpora.corpus import strictest
from gesso_training.ledger import Run


@dataclass(frozen=True)
class Places:
    """Where things lie: given once on the command line."""

    data: Path
    runs: Path
    shelf: Path

    def run(self, model: str, variant: str) -> Path:
        """The folder of a run's checkpoint."""
        return self.runs / model / variant


PACKAGE = "package:"
Table = list[dict[str, Any]]


@dataclass(frozen=True)
class Rung:
    """A step of a model's ladder: what it has to reach on one judge, and what others reached.

    Names point into the rows that the model's `judge` gives: `value = row[metric]` of the row with this `judge` and
    `model`; `baseline` is another `model` of the same judge, or another column of the same row.
    """

    judge: str
    metric: str
    model: str = ""
    """The row's `model`; empty where the judge has one row only."""
    baseline: str = ""
    floor: float | None = None
    """Below it a model is not released."""
    goal: float | None = None
    published: Mapping[str, float] = field(default_factory=dict)
    """Name of a method -> its published score by the same protocol."""
    source: str = ""
    """Where the published scores stand."""
    less_is_better: bool = False


@dataclass(frozen=True)
class Timed:
    """A packaged graph to be timed, the same network in torch, and what goes in."""

    title: str
    network: torch.nn.Module
    model: bytes
    inputs: Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True)
class Model:
    """What `gesso-train` may ask of a model."""

    recipes: Mapping[str, Any]
    task: Callable[[Any, Places], loop.Task]
    """A recipe -> what the loop learns; `start_from` of the recipe is read here (see `starting_weights`)."""
    judge: Callable[[Places, Mapping[str, Any], Callable[[str], None]], Table]
    """Scores of what lies on the shelf: one row a measured thing."""
    publish: Callable[[str, str, Run, Places, Ed25519PrivateKey], Path]
    """Variant, version, its run, places and key -> the folder of the signed package."""

    sets: tuple[str, ...]
    """The sets it learns from."""
    package_name: Callable[[str], str]
    """Variant -> the name its package has on the shelf."""
    timed: Callable[[Places], list[Timed]]
    """What `gesso-train bench` measures."""
    parts: Mapping[str, Any] = field(default_factory=dict)
    """Recipes of runs that go into another variant's package."""
    ladder: tuple[Rung, ...] = ()
    """What it has to reach, by its judge."""
    items: Callable[[Path, Places], dict[str, float]] | None = None
    """A package's folder, or a run's (one with a checkpoint) -> a score for each thing of the validation split, more is
    better. Two are compared and promoted by these; never a test set, since they choose."""
    failures: Callable[[Places], list[tuple[str, bytes]]] | None = None
    """Where it fails: captions and PNG pictures for the report."""

    def digests(self, data: Path) -> dict[str, str]:
        """Set -> digest of the manifest it is learnt by."""
        return {name: terms.manifest(name, data).digest for name in self.sets}


class Recipe(Protocol):
    """What every model's recipe says."""

    @property
    def start_from(self) -> str:
        """Another variant, `package:NAME` or `package:NAME@VERSION`, whose weights this one starts from; may be empty."""

    @property
    def terms(self) -> tuple[str, ...]:
        """The terms on which it may learn."""


def starting_weights(
    recipe: Recipe, model: str, places: Places, read: Callable[[Path], dict[str, Tensor]]
) -> dict[str, Tensor]:
    """What a recipe's `start_from` names: another variant's run, or `package:NAME` or `package:NAME@VERSION`.

    Checkpoints stay on the machine that made them; packages are committed, so any machine can go on from one. `read`
    turns a package's folder into weights. What a package has learnt from comes along with its weights, and so do the
    terms of that: they may not be stricter than the recipe's own.
    """
    if not recipe.start_from:
        return {}
    if not recipe.start_from.startswith(PACKAGE):
        return loop.averaged_weights(places.run(model, recipe.start_from))
    folder = package_to_start_from(recipe.start_from, places)
    said = json.loads((folder / "card.json").read_text(encoding="utf-8"))["terms"]
    if said not in recipe.terms and strictest([said, *recipe.terms]) == said:
        raise ValueError(
            f"'{folder.parent.name}' carries the terms '{said}', stricter than this recipe may learn from."
        )
    return read(folder)


def package_to_start_from(start_from: str, places: Places) -> Path:
    """The folder of `package:NAME`, the newest on the shelf, or of `package:NAME@VERSION`."""
    name, _, version = start_from.removeprefix(PACKAGE).partition("@")
    folder = places.shelf / name / version if version else package.newest(places.shelf, name)
    if folder is None or not folder.is_dir():
        wanted = f"'{name}'" + (f" {version}" if version else "")
        raise FileNotFoundError(f"There is no package {wanted} on the shelf to start from.")
    return folder


def origin(start_from: str, model: str, places: Places) -> str:
    """What a recipe's `start_from` is at this moment: a package with its version, a variant with its step."""
    if not start_from:
        return ""
    if start_from.startswith(PACKAGE):
        folder = package_to_start_from(start_from, places)
        return f"{PACKAGE}{folder.parent.name}@{folder.name}"
    return f"{start_from}@{loop.steps_of(places.run(model, start_from))}"


def models() -> dict[str, Model]:
    """Every model by name; imported when asked for, since torch takes its time."""
    from gesso_training.models.classify_cifar10 import room as classify_cifar10
    from gesso_training.models.denoise import room as denoise
    from gesso_training.models.line_art import room as line_art
    from gesso_training.models.stylise import room as stylise
    from gesso_training.models.tag import room as tag
    from gesso_training.models.upscale import room as upscale
    from gesso_training.models.upscale_restore import room as upscale_restore

    return {
        "upscale": upscale.MODEL,
        "upscale-restore": upscale_restore.MODEL,
        "denoise": denoise.MODEL,
        "line-art": line_art.MODEL,
        "stylise": stylise.MODEL,
        "tag": tag.MODEL,
        "classify-cifar10": classify_cifar10.MODEL,
    }
