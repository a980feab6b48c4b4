"""How `line-art` is trained; every field with its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from gesso_training.loop import Schedule, channels_last
from gesso_training.models.line_art.data import DRAWN, Patches, Turning, labels, outlined
from gesso_training.models.line_art.near import best_f
from gesso_training.models.line_art.network import ALIGN_PX, LineArt


@dataclass(frozen=True)
class Recipe:
    schedule: Schedule
    widths: tuple[int, ...] = (32, 48, 64, 96)
    """Of the scales 1/2 to 1/16: about 0.8 million parameters, of which 300 pictures can teach no more."""
    blocks: tuple[int, ...] = (1, 2, 2, 2)
    merged: int = 32
    fine: int = 8
    """Channels at full size, where each costs most and sets lines to the pixel, no more."""
    differences: bool = True
    side: int = 256
    """As far as an output pixel looks to both sides: larger patches would only repeat themselves."""
    count: int = 6
    """Few, since on two cores more steps are worth more than calmer ones."""
    slack: int = 1
    """Pixels by which two people's lines may lie apart and still agree: hands are not steadier."""
    some: float = 0.3
    """Share of people from which a line counts as drawn, as in RCF and PiDiNet."""
    most: float = 0.65
    beside: float = 1.1
    """Weight of what is no line beside what is one, both being balanced, as in RCF and PiDiNet."""
    coarse: float = 0.4
    """Weight of each coarser scale's own readings."""
    turning: Turning = field(default_factory=Turning)
    terms: tuple[str, ...] = ("free", "attribution", "share-alike", "non-commercial")
    start_from: str = ""


RECIPES: Mapping[str, Recipe] = {
    "best": Recipe(Schedule(5000, learning_rate=2e-3, muon=0.01, warm_up=200, validate_every=500)),
}


def network_of(recipe: Recipe) -> LineArt:
    """A network of a recipe's shape, with first weights."""
    return LineArt(*shape_of(asdict(recipe)))


def shape_of(said: Mapping[str, Any]) -> tuple[Any, ...]:
    """What a network is made with, by a recipe as it is written down."""
    return tuple(said[key] for key in ("widths", "blocks", "merged", "fine", "differences"))


def balanced(logits: Tensor, drawn: Tensor, empty: Tensor, beside: float) -> Tensor:
    """Cross-entropy in which lines and the rest of each picture weigh the same (Xie and Tu, arXiv 1504.06375).

    `drawn` and `empty` are (n, c, h, w) of 0 and 1; where neither is 1, nothing is taught.
    """
    lines, rest = (plane.sum((2, 3), keepdim=True) for plane in (drawn, empty))
    total = (lines + rest).clamp(min=1)
    weight = drawn * (rest / total) + empty * (beside * lines / total)
    apart = functional.binary_cross_entropy_with_logits(logits, drawn, weight, reduction="sum")
    return apart / (logits.numel() * 0.05)


def aligned(picture: Tensor) -> Tensor:
    """Continued to the right and below by mirroring, as the studio does, until the sides suit the network."""
    right, below = -picture.shape[3] % ALIGN_PX, -picture.shape[2] % ALIGN_PX
    return functional.pad(picture, (0, right, 0, below), mode="reflect")


def readings(network: nn.Module, picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(height, width, 3) bytes -> the three chances of each pixel, (3, height, width)."""
    x = torch.from_numpy(picture.astype(np.float32) / 255).permute(2, 0, 1)[None]
    x = x.to(next(network.parameters()).device)
    with torch.inference_mode():
        found = torch.sigmoid(network(aligned(x)))[0, :, : picture.shape[0], : picture.shape[1]]
    return np.asarray(found.float().cpu().numpy(), np.float32)


def strength(chances: NDArray[np.float32]) -> NDArray[np.float32]:
    """One number a pixel, for judging: the mean of the three readings, which rises with the share of people who drew."""
    return np.asarray(chances.mean(axis=0), np.float32)


@dataclass
class Learning:
    """The task handed to the loop."""

    recipe: Recipe
    data: Path
    start: Mapping[str, Tensor] = field(default_factory=dict)

    def __post_init__(self) -> None:
        recipe = self.recipe
        torch.manual_seed(recipe.schedule.seed)
        network = network_of(recipe)
        if self.start:
            network.load_state_dict({**network.state_dict(), **self.start})
        self.network = channels_last(network)
        pictures = outlined("train", self.data)
        planes = [labels(one.truths(), recipe.slack, recipe.some, recipe.most) for one in pictures]
        self.patches = Patches(pictures, planes, recipe.side, recipe.count, recipe.turning)
        self.held_out = outlined("validation", self.data)

    def batch(self, step: int, rng: np.random.Generator) -> dict[str, Tensor]:
        pictures, planes = self.patches.draw(rng)
        return {"pictures": pictures, "planes": planes}

    def loss(self, network: nn.Module, batch: Mapping[str, Tensor], step: int) -> tuple[Tensor, dict[str, float]]:
        assert isinstance(network, LineArt)
        planes = batch["planes"]
        drawn, touched = (planes == DRAWN).float(), (planes != 0).float()
        sides: Sequence[Tensor] = network.sides(batch["pictures"])
        loss = balanced(sides[0], drawn, 1 - touched, self.recipe.beside)
        fine = float(loss.detach())
        for side in sides[1:]:
            drawn, touched = functional.max_pool2d(drawn, 2), functional.max_pool2d(touched, 2)
            loss = loss + self.recipe.coarse * balanced(side, drawn, 1 - touched, self.recipe.beside)
        return loss, {"full_size": fine}

    def validate(self, network: nn.Module) -> dict[str, float]:
        strengths = [strength(readings(network, one.picture)) for one in self.held_out]
        return {"near_f": best_f(strengths, [one.truths() for one in self.held_out])}
