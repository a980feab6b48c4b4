"""How each scale of `upscale-restore` is trained; every field with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from gesso_training.loop import Schedule, channels_last
from gesso_training.models.upscale.judge import score
from gesso_training.models.upscale_restore.data import USUAL, Degradation, degraded, judged
from gesso_training.models.upscale_restore.judge import through
from gesso_training.models.upscale_restore.network import Restore
from gesso_training.patches import FREE_AND_SHARP, Patches, Source, sharp, tensor

HELD_OUT = 384


@dataclass(frozen=True)
class Recipe:
    scale: int
    schedule: Schedule
    widths: tuple[int, int, int] = (48, 96, 144)
    blocks: int = 2
    patch: int = 192
    """Side in large pixels."""
    count: int = 8
    spectrum: float = 0.05
    """Weight of the difference of the spectra (Cho et al., arXiv 2108.05054): holds on to fine texture."""
    degradation: Degradation = USUAL
    terms: tuple[str, ...] = ("free", "attribution")
    sources: tuple[Source, ...] = FREE_AND_SHARP
    start_from: str = ""


RECIPES: Mapping[str, Recipe] = {
    "x2": Recipe(2, Schedule(6000, learning_rate=2e-3, muon=0.01)),
    "x4": Recipe(4, Schedule(4000, learning_rate=2e-3, muon=0.01), patch=256, count=10, start_from="x2"),
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
        network = Restore(recipe.scale, recipe.widths, recipe.blocks)
        own = network.state_dict()
        fitting = {name: value for name, value in self.start.items() if own[name].shape == value.shape}
        network.load_state_dict({**own, **fitting})
        self.network = channels_last(network)
        self.patches = Patches(list(sharp(self.data, recipe.sources, recipe.terms)), recipe.patch, recipe.count)
        held = sharp(self.data, (Source("cq100", (1.0,)),), (*recipe.terms, "share-alike"), "validation")
        self.held_out = judged([picture[:HELD_OUT, :HELD_OUT] for picture in held], recipe.scale)

    def batch(self, step: int, rng: np.random.Generator) -> dict[str, Tensor]:
        large = self.patches.draw(rng)
        small = np.stack([degraded(patch, self.recipe.scale, self.recipe.degradation, rng) for patch in large])
        return {"small": tensor(small), "large": tensor(large)}

    def loss(self, network: nn.Module, batch: Mapping[str, Tensor], step: int) -> tuple[Tensor, dict[str, float]]:
        difference = (network(batch["small"]) - batch["large"]).float()
        spectrum = torch.fft.rfft2(difference, norm="ortho").abs().mean()
        plain = difference.abs().mean()
        return plain + self.recipe.spectrum * spectrum, {"plain": float(plain.detach())}

    def validate(self, network: nn.Module) -> dict[str, float]:
        return score(through(network), self.held_out, self.recipe.scale)
