"""How `denoise` is trained; every field with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from gesso_training.loop import Schedule, channels_last
from gesso_training.models.denoise.data import judged, noisy
from gesso_training.models.denoise.judge import score, through
from gesso_training.models.denoise.network import ALIGN, Denoise
from gesso_training.patches import FREE_AND_SHARP, Bytes, Patches, Source, sharp, tensor

HELD_OUT = 384
"""Side of the middle of a validation picture: ten of them say enough, and soon."""


@dataclass(frozen=True)
class Recipe:
    schedule: Schedule
    widths: tuple[int, int, int] = (48, 96, 144)
    blocks: int = 2
    patch: int = 96
    """As far as the network looks, nearly; less would teach it the border."""
    count: int = 8
    grey_share: float = 0.3
    """One network for both: grey pictures are judged alike."""
    camera_share: float = 0.2
    """White noise is what the tables measure, not what a photograph brings."""
    terms: tuple[str, ...] = ("free", "attribution")
    """Free data alone reaches the floor, so nothing stricter goes in."""
    sources: tuple[Source, ...] = FREE_AND_SHARP
    start_from: str = ""


RECIPES: Mapping[str, Recipe] = {
    "blind": Recipe(Schedule(12000, learning_rate=2e-3, muon=0.01, validate_every=1000)),
}


@dataclass
class Learning:
    """The task handed to the loop."""

    recipe: Recipe
    data: Path
    start: Mapping[str, Tensor] = field(default_factory=dict)

    def __post_init__(self) -> None:
        recipe = self.recipe
        torch.manual_seed(recipe.schedule.seed)
        network = Denoise(recipe.widths, recipe.blocks)
        if self.start:
            network.load_state_dict(dict(self.start))
        self.network = channels_last(network)
        self.patches = Patches(list(sharp(self.data, recipe.sources, recipe.terms)), recipe.patch, recipe.count)
        held = sharp(self.data, (Source("cq100", (1.0,)),), (*recipe.terms, "share-alike"), "validation")
        middles = [_middle(picture) for picture in held]
        self.held_out = {"colour": judged(middles, 25, False), "grey": judged(middles, 25, True)}

    def batch(self, step: int, rng: np.random.Generator) -> dict[str, Tensor]:
        dirty, clean = noisy(self.patches.draw(rng), rng, self.recipe.grey_share, self.recipe.camera_share)
        return {"dirty": tensor(dirty), "clean": tensor(clean)}

    def loss(self, network: nn.Module, batch: Mapping[str, Tensor], step: int) -> tuple[Tensor, dict[str, float]]:
        return (network(batch["dirty"]) - batch["clean"]).abs().mean(), {}

    def validate(self, network: nn.Module) -> dict[str, float]:
        return {f"{name}_25_db": score(through(network), pairs) for name, pairs in self.held_out.items()}


def _middle(picture: Bytes) -> Bytes:
    """The middle of a picture, its sides multiples of what the network needs."""
    height, width = (min(side, HELD_OUT) // ALIGN * ALIGN for side in picture.shape[:2])
    y, x = (picture.shape[0] - height) // 2, (picture.shape[1] - width) // 2
    return picture[y : y + height, x : x + width]
