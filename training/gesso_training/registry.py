"""The models that `gesso-train` knows: the written list, and what each can be asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gesso_training import loop, terms
from gesso_training.ledger import Run


@dataclass(frozen=True)
class Places:
    """Where things lie: given once on the command line."""

    data: Path
    runs: Path
    shelf: Path

    def run(self, model: str, variant: str) -> Path:
        return self.runs / model / variant


Table = list[dict[str, Any]]


@dataclass(frozen=True)
class Model:
    """What `gesso-train` may ask of a model."""

    recipes: Mapping[str, Any]
    task: Callable[[str, Places], loop.Task]
    judge: Callable[[Places, Mapping[str, Any], Callable[[str], None]], Table]
    """Scores of what lies on the shelf: one row a measured thing."""
    publish: Callable[[str, str, Run, Places, Ed25519PrivateKey], Path]
    """Variant, version, its run, places and key -> the folder of the signed package."""

    sets: tuple[str, ...]
    """The sets it learns from."""

    def digests(self, data: Path) -> dict[str, str]:
        return {name: terms.manifest(name, data).digest for name in self.sets}


def models() -> dict[str, Model]:
    """Every model by name; imported when asked for, since torch takes its time."""
    from gesso_training.models.stylise import room as stylise
    from gesso_training.models.upscale import room as upscale

    return {"upscale": upscale.MODEL, "stylise": stylise.MODEL}
