"""What VGG-19 (Simonyan and Zisserman, arXiv 1409.1556) makes of a picture: the ground of every style loss here.

The weights lie in the data folder, are used for losses only and never leave training.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gesso_training.loop import channels_last

LAYERS = ("relu1_1", "relu2_1", "relu3_1", "relu3_4")
_PLAN = ("1_1", "1_2", "pool", "2_1", "2_2", "pool", "3_1", "3_2", "3_3", "3_4")
STYLE_WEIGHT = 30.0
"""Weight of the relative Gram loss beside the relative content loss: below it, pictures are tinted, not painted."""


class Perception(nn.Module):
    """(n, 3, h, w) sRGB 0-1 -> the activations of `LAYERS`."""

    mean: Tensor

    def __init__(self, file: Path) -> None:
        super().__init__()
        if not file.is_file():
            raise FileNotFoundError(f"The perceptual network is not in {file.parent}: there is no {file.name}.")
        with np.load(file) as arrays:
            for name in _PLAN:
                if name != "pool":
                    weight = torch.from_numpy(arrays[f"conv{name}.weight"].astype(np.float32))
                    convolution = nn.Conv2d(weight.shape[1], weight.shape[0], 3, padding=1)
                    convolution.weight.data = weight
                    convolution.bias = nn.Parameter(torch.from_numpy(arrays[f"conv{name}.bias"].astype(np.float32)))
                    self.add_module(f"conv{name}", convolution)
        self.register_buffer("mean", torch.tensor([103.939, 116.779, 123.68]).view(1, 3, 1, 1))
        self.requires_grad_(False)
        channels_last(self)

    def forward(self, picture: Tensor) -> list[Tensor]:
        x = (picture.flip(1) * 255 - self.mean).contiguous(memory_format=torch.channels_last)
        found = []
        for name in _PLAN:
            if name == "pool":
                x = F.max_pool2d(x, 2)
                continue
            x = torch.relu(self.get_submodule(f"conv{name}")(x))
            if f"relu{name}" in LAYERS:
                found.append(x)
        return found


def gram(features: Tensor) -> Tensor:
    """(n, c, h, w) -> (n, c, c): how channels go together, per position (Gatys et al., arXiv 1508.06576)."""
    n, c, h, w = features.shape
    # Sums over tens of thousands of positions need all their digits, also where the rest runs in bf16.
    with torch.autocast(features.device.type, enabled=False):
        flat = features.reshape(n, c, h * w).float()
        return torch.bmm(flat, flat.transpose(1, 2)) / (h * w)


def relative(a: Tensor, b: Tensor, floor: float = 0.0) -> Tensor:
    """||a - b||^2 / (||b||^2 + floor) for each of n."""
    return (a - b).flatten(1).square().sum(1) / (b.flatten(1).square().sum(1) + floor + 1e-12)


def style_distance(grams: list[Tensor], targets: list[Tensor]) -> Tensor:
    """Mean over the layers of the relative Gram loss: (n,)."""
    return torch.stack([relative(a, b) for a, b in zip(grams, targets, strict=True)]).mean(0)


def objective(features: list[Tensor], content: Tensor, targets: list[Tensor]) -> tuple[Tensor, Tensor, Tensor]:
    """The judge's objective for each of n: 30 x style + content, and the two alone."""
    style = style_distance([gram(f) for f in features], targets)
    kept = relative(features[-1].float(), content.float())
    return STYLE_WEIGHT * style + kept, style, kept
