"""How each grade and scale of `upscale` is trained; every field with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from gesso_training.loop import Schedule, channels_last
from gesso_training.models.upscale.data import Patches, pair_of, read_pairs
from gesso_training.models.upscale.judge import scores_of
from gesso_training.models.upscale.network import Upscale
from gesso_training.patches import FREE_AND_SHARP, Source

LUMA = (0.257, 0.504, 0.098)


@dataclass(frozen=True)
class Recipe:
    scale: int
    width: int
    blocks: int
    schedule: Schedule
    patch: int = 40
    """Side in low-resolution pixels: larger than what an output pixel looks at, small enough for two cores."""
    count: int = 16
    terms: tuple[str, ...] = ("free", "attribution")
    """Free data alone reaches the floor, so nothing stricter goes in."""
    sources: tuple[Source, ...] = FREE_AND_SHARP
    luma_weight: float = 1.0
    """Eyes and papers weigh lightness above colour: its error counts once more."""
    start_from: str = ""
    """Another variant, or `package:NAME`, whose body this one starts from; and its ends, where they fit."""


RECIPES: Mapping[str, Recipe] = {
    "x2-best": Recipe(2, 64, 4, Schedule(3000, learning_rate=5e-4, muon=0.004), start_from="package:upscale-x2-best"),
    "x2-fast": Recipe(2, 48, 2, Schedule(6500, learning_rate=2e-3, validate_every=2000)),
    "x4-best": Recipe(4, 64, 4, Schedule(1500, learning_rate=1.5e-3), patch=32, start_from="x2-best"),
    "x4-fast": Recipe(4, 48, 2, Schedule(1800, learning_rate=2e-3), patch=32, start_from="x2-fast"),
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
        network = Upscale(recipe.scale, recipe.width, recipe.blocks)
        if self.start:
            own = network.state_dict()
            fitting = {
                name: value for name, value in self.start.items() if name in own and value.shape == own[name].shape
            }
            if not any(name.startswith("body") for name in fitting):
                raise ValueError(f"'{recipe.start_from}' is of another width than this recipe.")
            network.load_state_dict({**own, **fitting})
        self.network = channels_last(network)
        self.patches = Patches(
            read_pairs(self.data, recipe.sources, recipe.terms, recipe.scale), recipe.patch, recipe.count
        )
        held = read_pairs(self.data, (Source("cq100", (1.0,)),), (*recipe.terms, "share-alike"), 1, "validation")
        self.held_out = [pair_of(pair.large, recipe.scale) for pair in held]
        self.luma = torch.tensor(LUMA).view(1, 3, 1, 1)

    def batch(self, step: int, rng: np.random.Generator) -> dict[str, Tensor]:
        small, large = self.patches.draw(rng)
        return {"small": small, "large": large}

    def loss(self, network: nn.Module, batch: Mapping[str, Tensor], step: int) -> tuple[Tensor, dict[str, float]]:
        difference = network(batch["small"]) - batch["large"]
        loss = difference.abs().mean()
        if self.recipe.luma_weight:
            lightness = (difference * self.luma.to(difference.device)).sum(1)
            loss = loss + self.recipe.luma_weight * lightness.abs().mean()
        return loss, {}

    def validate(self, network: nn.Module) -> dict[str, float]:
        return scores_of(network, self.held_out, self.recipe.scale)
