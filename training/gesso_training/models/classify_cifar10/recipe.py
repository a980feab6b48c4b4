"""How the case study and our own classifier are trained; every field with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from gesso_training.loop import Schedule, channels_last
from gesso_training.models.classify_cifar10.data import Epochs, as_tensor, read
from gesso_training.models.classify_cifar10.judge import accuracy
from gesso_training.models.classify_cifar10.network import CaseStudy, Whitened

SEEDS = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class Recipe:
    network: str
    """`case-study` or `whitened`."""
    schedule: Schedule
    count: int
    """Pictures a step."""
    dense: int = 256
    """Case study: width of its dense layer; the document names 128 and 256."""
    flip: bool = True
    shift_px: int = 2
    """Pictures are moved by up to so many pixels, as airbench does."""
    smoothing: float = 0.2
    """Label smoothing: keeps the network from growing sure of what it has merely learnt by heart."""
    terms: tuple[str, ...] = ("judging-only",)
    """CIFAR-10 has no licence: it serves research alone, so nothing learnt from it is ever packaged."""
    start_from: str = ""


def _case(dense: int, seed: int, augmented: bool) -> Recipe:
    """Adam at the rate every tutorial uses, batches of 128; 30 epochs, by which validation has stopped rising."""
    schedule = Schedule(10530, learning_rate=1e-3, seed=seed, ema=0.99, clip=100.0, validate_every=351)
    return Recipe("case-study", schedule, 128, dense, augmented, 2 if augmented else 0, 0.0)


def _whitened(seed: int) -> Recipe:
    """Ten epochs of 90 steps: airbench94's compute, with batches small enough for two cores."""
    schedule = Schedule(900, 4e-3, muon=0.06, warm_up=60, ema=0.98, clip=100.0, seed=seed, validate_every=90)
    return Recipe("whitened", schedule, 500)


RECIPES: Mapping[str, Recipe] = {
    **{f"whitened-{seed}": _whitened(seed) for seed in SEEDS},
    **{f"case-{dense}-{seed}": _case(dense, seed, False) for dense in (128, 256) for seed in SEEDS},
    **{f"case-256-augmented-{seed}": _case(256, seed, True) for seed in SEEDS},
}


def network_of(recipe: Recipe) -> nn.Module:
    """The network of a recipe, with first weights."""
    return Whitened() if recipe.network == "whitened" else CaseStudy(recipe.dense)


class Learning:
    """The task handed to the loop."""

    def __init__(self, recipe: Recipe, data: Path, cache: Path) -> None:
        self.recipe = recipe
        splits = read(data, cache)
        self.held_out = splits.validation
        self.epochs = Epochs(
            splits.train, recipe.count, recipe.schedule.seed, flip=recipe.flip, shift_px=recipe.shift_px
        )
        torch.manual_seed(recipe.schedule.seed)
        network = network_of(recipe)
        if isinstance(network, Whitened):
            network.whiten_by(as_tensor(splits.train.pixels[:: max(1, len(splits.train.pixels) // 5000)]))
        self.network = channels_last(network)

    def batch(self, step: int, rng: np.random.Generator) -> dict[str, Tensor]:
        pictures, labels = self.epochs.draw(step, rng)
        return {"pictures": pictures, "labels": labels}

    def loss(self, network: nn.Module, batch: Mapping[str, Tensor], step: int) -> tuple[Tensor, dict[str, float]]:
        if isinstance(network, Whitened):
            network.normalise()
        said = network(batch["pictures"])
        loss = functional.cross_entropy(said, batch["labels"], label_smoothing=self.recipe.smoothing)
        right = (said.detach().argmax(1) == batch["labels"]).float().mean()
        return loss, {"accuracy": float(right)}

    def validate(self, network: nn.Module) -> dict[str, float]:
        return {"accuracy": accuracy(network, self.held_out)}
