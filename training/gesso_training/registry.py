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

    def digests(self, data: Path) -> dict[str, str]:
        """Set -> digest of the manifest it is learnt by."""
        return {name: terms.manifest(name, data).digest for name in self.sets}


class Recipe(Protocol):
    """What every model's recipe says."""

    @property
    def start_from(self) -> str:
        """Another variant, or `package:NAME`, whose weights this one starts from; may be empty."""

    @property
    def terms(self) -> tuple[str, ...]:
        """The terms on which it may learn."""


def starting_weights(
    recipe: Recipe, model: str, places: Places, read: Callable[[Path], dict[str, Tensor]]
) -> dict[str, Tensor]:
    """What a recipe's `start_from` names: another variant's run, or `package:NAME`, the newest on the shelf.

    Checkpoints stay on the machine that made them; packages are committed, so any machine can go on from one. `read`
    turns a package's folder into weights. What a package has learnt from comes along with its weights, and so do the
    terms of that: they may not be stricter than the recipe's own.
    """
    if not recipe.start_from:
        return {}
    if not recipe.start_from.startswith(PACKAGE):
        return loop.averaged_weights(places.run(model, recipe.start_from))
    name = recipe.start_from.removeprefix(PACKAGE)
    folder = package.newest(places.shelf, name)
    if folder is None:
        raise FileNotFoundError(f"There is no package '{name}' on the shelf to start from.")
    said = json.loads((folder / "card.json").read_text(encoding="utf-8"))["terms"]
    if said not in recipe.terms and strictest([said, *recipe.terms]) == said:
        raise ValueError(f"'{name}' carries the terms '{said}', stricter than this recipe may learn from.")
    return read(folder)


def models() -> dict[str, Model]:
    """Every model by name; imported when asked for, since torch takes its time."""
    from gesso_training.models.classify_cifar10 import room as classify_cifar10
    from gesso_training.models.denoise import room as denoise
    from gesso_training.models.stylise import room as stylise
    from gesso_training.models.upscale import room as upscale

    return {
        "upscale": upscale.MODEL,
        "denoise": denoise.MODEL,
        "stylise": stylise.MODEL,
        "classify-cifar10": classify_cifar10.MODEL,
    }
