"""How `tag` is trained; every field with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from gesso_training.loop import Schedule, channels_last
from gesso_training.models.tag.data import MADE_EACH, Views, read, with_made
from gesso_training.models.tag.judge import scores_of
from gesso_training.models.tag.labels import TAGS
from gesso_training.models.tag.network import Tagger
from gesso_training.models.tag.teacher import FILE, Teacher, likenesses


@dataclass(frozen=True)
class Recipe:
    schedule: Schedule
    count: int = 28
    """Pictures a step, each seen twice."""
    made_share: float = 0.25
    """Of these, drawn by our own code."""
    contrast: float = 0.3
    """Weight of knowing two views of one picture among all views (SimCLR, arXiv 2002.05709)."""
    contrast_temperature: float = 0.15
    teacher: float = 1.0
    """Weight of finding the same pictures alike as SqueezeNet does: so few pictures teach no likeness by themselves."""
    teacher_temperature: float = 0.07
    smoothing: float = 0.03
    """Labels are taken as so much less than sure: they were written by hand."""
    terms: tuple[str, ...] = ("free", "attribution")
    """Pictures on stricter terms validate and judge; nothing is learnt from them."""
    start_from: str = ""


RECIPES: Mapping[str, Recipe] = {
    "best": Recipe(Schedule(1100, 2e-3, muon=0.012, warm_up=60, ema=0.99, clip=5.0, seed=1, validate_every=200)),
}


class Learning:
    """The task handed to the loop."""

    def __init__(self, recipe: Recipe, data: Path, start: Mapping[str, Tensor] | None = None) -> None:
        self.recipe = recipe
        self.views = Views(read(data, "train", recipe.terms), recipe.count, recipe.made_share)
        self.held_out = with_made(read(data, "validation", recipe.terms), MADE_EACH, seed=11)
        self.teacher = Teacher(data / FILE) if recipe.teacher else None
        torch.manual_seed(recipe.schedule.seed)
        network = Tagger(len(TAGS))
        if start:
            network.load_state_dict(dict(start))
        self.network = channels_last(network)

    def batch(self, step: int, rng: np.random.Generator) -> dict[str, Tensor]:
        return self.views.draw(rng)

    def loss(self, network: nn.Module, batch: Mapping[str, Tensor], step: int) -> tuple[Tensor, dict[str, float]]:
        both = torch.cat([batch["first"], batch["second"]]).contiguous(memory_format=torch.channels_last)
        words, places = network(both)
        truth, known = batch["truth"].repeat(2, 1), batch["known"].repeat(2, 1)
        soft = truth * (1 - 2 * self.recipe.smoothing) + self.recipe.smoothing
        said = functional.binary_cross_entropy_with_logits(words, soft, reduction="none")
        tagging = (said * known).sum() / known.sum()
        contrast = told_apart(places, self.recipe.contrast_temperature)
        loss = 4 * tagging + self.recipe.contrast * contrast
        notes = {"tagging": float(tagging.detach()), "contrast": float(contrast.detach())}
        if self.teacher is not None:
            self.teacher.to(both.device)
            alike = likenesses(centred(self.teacher(batch["first"])), self.recipe.teacher_temperature)
            ours = likenesses(places[: len(truth) // 2], self.recipe.contrast_temperature)
            taught = functional.kl_div(ours, alike, reduction="batchmean", log_target=True)
            loss = loss + self.recipe.teacher * taught
            notes["taught"] = float(taught.detach())
        return loss, notes

    def validate(self, network: nn.Module) -> dict[str, float]:
        return scores_of(network, self.held_out)


def centred(places: Tensor) -> Tensor:
    """Less what all pictures of the batch share, and of length one again: what tells them apart is left."""
    return functional.normalize(places - places.mean(0, keepdim=True), dim=1)


def told_apart(places: Tensor, temperature: float) -> Tensor:
    """The loss of finding each picture's other view among all views; the second half are views of the first."""
    count = len(places) // 2
    partner = torch.arange(2 * count, device=places.device).roll(count)
    return functional.nll_loss(likenesses(places, temperature), partner)
