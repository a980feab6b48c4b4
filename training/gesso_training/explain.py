"""Why a network said what it said: maps of what moved it, and the small graphs and pictures that a package brings along.

What is exported takes forward operations only, so the studio needs no gradients: class activation maps (`ClassMap`) and
surprise (`Surprise`) are graphs, the receptive field is measured here and goes along as a picture, occlusion is run by
the studio itself. Gradient methods (`grad_cam`, `moved_by`) stay on this side.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn

from gesso_training import package

METHODS = ("cam", "receptive_field", "occlusion", "surprise")
"""What a card's `explain` may name today; a studio passes over those that it does not know."""


def entry(method: str, *, graph: str = "", asset: str = "") -> dict[str, str]:
    """One way of explaining, as a card's `explain` lists it: by a graph of the package or by a file in it."""
    if method not in METHODS:
        raise ValueError(f"There is no method '{method}' to explain by; known are {', '.join(METHODS)}.")
    named = {"method": method, "graph": graph, "asset": asset}
    return {name: value for name, value in named.items() if value}


class ClassMap(nn.Module):
    """Class activation mapping (Zhou et al., arXiv 1512.04150): how much each place adds to the winning class.

    For networks that end in the mean over all places and one linear layer: the mean of a class's map plus its shift is
    its score, exactly. `features` gives (1, channels, h, w), `weight` is (classes, channels).
    """

    weight: Tensor
    bias: Tensor

    def __init__(self, features: nn.Module, weight: Tensor, bias: Tensor | None = None) -> None:
        super().__init__()
        self.features = features
        self.register_buffer("weight", weight.detach().clone())
        self.register_buffer("bias", (torch.zeros(len(weight)) if bias is None else bias).detach().clone())

    def forward(self, picture: Tensor) -> tuple[Tensor, Tensor]:
        """(1, 1, h, w) of the class that scores highest, and the scores (1, classes)."""
        maps = nn.functional.conv2d(self.features(picture), self.weight[:, :, None, None])
        scores: Tensor = maps.mean((2, 3)) + self.bias
        is_highest = (scores >= scores.amax(1, keepdim=True)).to(maps.dtype)
        return (maps * is_highest[:, :, None, None]).sum(1, keepdim=True), scores


class Surprise(nn.Module):
    """How many bits of news each step of a sequence is to a recurrent network that has read those before it.

    `network` gives logits (1, steps, kinds) for what comes after each step of a one-hot sequence (1, steps, kinds).
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, sequence: Tensor) -> Tensor:
        """(1, steps - 1): of every step but the first."""
        said = torch.log_softmax(self.network(sequence)[:, :-1], dim=-1)
        found: Tensor = (said * sequence[:, 1:]).sum(-1) * (-1 / math.log(2))
        return found


def class_map_graph(
    file: str,
    features: nn.Module,
    weight: Tensor,
    bias: Tensor | None,
    picture: NDArray[np.float32],
    free: bool = False,
) -> package.Graph:
    """`ClassMap` as a graph to package, with the ports `picture`, `map` and `scores`; `free` for pictures of any size."""
    any_size = {"picture": package.ANY_SIZE} if free else {}
    network = ClassMap(features, weight, bias)
    return package.Graph(file, network, {"picture": picture}, ["map", "scores"], any_size, holds_all=False)


def class_map_ports(file: str, side: int | None, map_side: int | None, classes: int) -> dict[str, Any]:
    """What a card's `graphs` says of `class_map_graph`."""
    shown = {"name": "map", "kind": "mask", "layout": "NCHW", "channels": 1, "shape": [1, 1, map_side, map_side]}
    scores = {"name": "scores", "kind": "vector", "shape": [1, classes]}
    return {"file": file, "inputs": [package.picture_port("picture", side)], "outputs": [shown, scores]}


def grad_cam(network: nn.Module, layer: nn.Module, picture: Tensor, index: int | None = None) -> Tensor:
    """Grad-CAM (Selvaraju et al., arXiv 1610.02391): where a layer speaks for a class, the winner unless one is given.

    (h, w) of the layer, nothing below zero. `picture` is (1, channels, height, width).
    """
    kept: list[Tensor] = []
    hook = layer.register_forward_hook(lambda _module, _given, found: kept.append(found))
    try:
        scores = network(picture)[0]
    finally:
        hook.remove()
    wanted = int(scores.argmax()) if index is None else index
    (gradient,) = torch.autograd.grad(scores[wanted], kept[-1])
    weights = gradient.mean((2, 3), keepdim=True)
    found: Tensor = torch.relu((weights * kept[-1]).sum(1))[0].detach()
    return found


def occlusion(
    score: Callable[[Tensor], Tensor], picture: Tensor, side: int, step: int, grey: float = 0.5
) -> NDArray[np.float32]:
    """Zeiler and Fergus, arXiv 1311.2901: how far a score falls when a grey square lies over each place.

    (height, width): the mean over the squares that cover a pixel. `score` takes (n, channels, height, width) -> (n,).
    """
    height, width = picture.shape[-2:]
    total, count = np.zeros((2, height, width), np.float64)
    with torch.inference_mode():
        before = float(score(picture)[0])
        for top in _starts(height, side, step):
            for left in _starts(width, side, step):
                covered = picture.clone()
                place = (slice(top, top + side), slice(left, left + side))
                covered[:, :, place[0], place[1]] = grey
                total[place] += before - float(score(covered)[0])
                count[place] += 1
    return np.asarray(total / np.maximum(count, 1), np.float32)


def _starts(length: int, side: int, step: int) -> list[int]:
    last = max(0, length - side)
    return sorted({*range(0, last + 1, step), last})


def moved_by(
    network: Callable[[Tensor], Tensor], picture: Tensor, at: tuple[int, int], spot: int = 1
) -> NDArray[np.float32]:
    """Which pixels of a picture move one place of the result: (height, width), the size of the gradient over colours.

    `at` is row and column of the result, `spot` the side of the square around it whose mean is watched.
    """
    given = picture.detach().clone().requires_grad_(True)
    half = spot // 2
    rows, columns = (slice(max(0, one - half), one - half + spot) for one in at)
    (gradient,) = torch.autograd.grad(network(given)[0, :, rows, columns].mean(), given)
    return np.asarray(gradient[0].abs().sum(0).numpy(), np.float32)


def receptive_field(
    network: Callable[[Tensor], Tensor], pictures: Sequence[Tensor], scale: int = 1
) -> NDArray[np.float32]:
    """The effective receptive field (Luo et al., arXiv 1701.04128): what moves the middle of the result, over pictures.

    (side, side), each picture weighed alike, the sum one. Pictures are square, all of one odd side, so that there is a
    middle; `scale` is how many times larger the result is.
    """
    total: NDArray[np.float64] | None = None
    for picture in pictures:
        side = picture.shape[-1]
        middle = side // 2 * scale + scale // 2
        found = moved_by(network, picture, (middle, middle)).astype(np.float64)
        found = found / found.sum() if found.sum() > 0 else found
        total = found if total is None else total + found
    if total is None:
        raise ValueError("A receptive field needs a picture to be measured on.")
    return np.asarray(total / len(pictures), np.float32)


def reach_px(field: NDArray[np.float32], share: float = 1.0) -> int:
    """Half the side of the smallest square around the middle that holds this share of a field; 1.0: all that is not zero."""
    middle = len(field) // 2
    if share >= 1:
        rows, columns = np.nonzero(field > 0)
        return int(max(np.abs(rows - middle).max(initial=0), np.abs(columns - middle).max(initial=0)))
    whole = float(field.sum())
    for half in range(middle + 1):
        if float(field[middle - half : middle + half + 1, middle - half : middle + half + 1].sum()) >= share * whole:
            return half
    return middle


def field_picture(field: NDArray[np.float32], side: int = 320) -> bytes:
    """A receptive field as PNG: brighter where more comes from, on a scale of decades, since its rim is faint."""
    peak = float(field.max(initial=0)) or 1.0
    decades = np.clip(1 + np.log10(np.maximum(field / peak, 1e-12)) / 4, 0, 1)
    grey = Image.fromarray((decades * 255).astype(np.uint8)).resize((side, side), Image.Resampling.NEAREST)
    out = io.BytesIO()
    grey.save(out, "PNG")
    return out.getvalue()
