"""How the benchmark's next-frame models are trained; every field with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from gesso_training.loop import Schedule
from gesso_training.models.music_frames.data import batch_of, read
from gesso_training.models.music_frames.judge import loss, nll, through
from gesso_training.models.music_frames.network import Frames


@dataclass(frozen=True)
class Recipe:
    corpus: str
    schedule: Schedule
    width: int = 256
    layers: int = 2
    drop: float = 0.4
    """Few pieces: without it the network knows them by heart after minutes."""
    longest: int = 128
    """Frames a sequence is cut to."""
    count: int = 16
    semitones: int = 5
    """Transposed so far up and down in training; judged as written."""
    terms: tuple[str, ...] = ("judging-only",)
    """No licence is stated, so nothing of this is shipped: it stands beside published figures."""
    start_from: str = ""


RECIPES: Mapping[str, Recipe] = {
    "jsb": Recipe("jsb", Schedule(6000, learning_rate=2e-3, ema=0.998, validate_every=500)),
    "nottingham": Recipe("nottingham", Schedule(6000, learning_rate=2e-3, ema=0.998, validate_every=500), drop=0.3),
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
        self.network: nn.Module = Frames(recipe.width, recipe.layers, recipe.drop)
        if self.start:
            self.network.load_state_dict(dict(self.start))
        self.rolls = [roll for roll in read(recipe.corpus, "train", self.data) if len(roll) > 1]
        self.held_out = read(recipe.corpus, "valid", self.data)

    def batch(self, step: int, rng: np.random.Generator) -> dict[str, Tensor]:
        rolls = [self.rolls[at] for at in rng.integers(len(self.rolls), size=self.recipe.count)]
        keys, there = batch_of(rolls, self.recipe.longest, rng, self.recipe.semitones)
        return {"keys": torch.from_numpy(keys), "there": torch.from_numpy(there)}

    def loss(self, network: nn.Module, batch: Mapping[str, Tensor], step: int) -> tuple[Tensor, dict[str, float]]:
        assert isinstance(self.network, Frames)
        keys = batch["keys"]
        logits, _ = network(keys[:, :-1], self.network.start(len(keys)))
        return loss(logits.float(), keys[:, 1:], batch["there"][:, 1:]), {}

    def validate(self, network: nn.Module) -> dict[str, float]:
        assert isinstance(network, Frames)
        return {"nll": nll(through(network), self.held_out)}
