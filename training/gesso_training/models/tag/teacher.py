"""What SqueezeNet 1.0 (Iandola et al., arXiv 1602.07360) makes of a picture: which pictures of a batch are alike.

Its weights lie in the data folder (BSD), serve as a measure in a loss alone and never leave training.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from gesso_training.loop import channels_last

FILE = Path("perceptual", "squeezenet10_imagenet.npz")
POOLED_AFTER = ("fire4", "fire8")
FIRES = tuple(f"fire{number}" for number in range(2, 10))


class Teacher(nn.Module):
    """(n, 3, height, width) sRGB 0-1 -> (n, 1024): means over the picture of two depths, each of length one."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        if not file.is_file():
            raise FileNotFoundError(f"The perceptual network is not in {file.parent}: there is no {file.name}.")
        with np.load(file) as arrays:
            for name in ("conv1", *(f"{fire}/{part}" for fire in FIRES for part in _PARTS)):
                weight = torch.from_numpy(arrays[f"{name}.weight"].astype(np.float32))
                layer = nn.Conv2d(weight.shape[1], weight.shape[0], weight.shape[2], padding=weight.shape[2] // 2)
                layer.weight.data = weight
                layer.bias = nn.Parameter(torch.from_numpy(arrays[f"{name}.bias"].astype(np.float32)))
                self.add_module(name.replace("/", "_"), layer)
        first = self.get_submodule("conv1")
        assert isinstance(first, nn.Conv2d)
        first.stride, first.padding = (2, 2), (0, 0)
        self.register_buffer("mean", torch.tensor([104.0, 117.0, 123.0]).view(1, 3, 1, 1))
        self.requires_grad_(False)
        channels_last(self)

    @torch.no_grad()
    def forward(self, picture: Tensor) -> Tensor:
        x = (picture.flip(1) * 255 - self.get_buffer("mean")).contiguous(memory_format=torch.channels_last)
        x = functional.max_pool2d(torch.relu(self.get_submodule("conv1")(x)), 3, 2, ceil_mode=True)
        found = []
        for fire in FIRES:
            squeeze, narrow, wide = (self.get_submodule(f"{fire}_{part}") for part in _PARTS)
            x = torch.relu(squeeze(x))
            x = torch.relu(torch.cat([narrow(x), wide(x)], dim=1))
            if fire in POOLED_AFTER:
                x = functional.max_pool2d(x, 3, 2, ceil_mode=True)
            if fire in ("fire8", "fire9"):
                found.append(functional.normalize(x.mean((2, 3)), dim=1))
        return torch.cat(found, dim=1)


_PARTS = ("conv1x1_1", "conv1x1_2", "conv3x3_2")


def likenesses(places: Tensor, temperature: float) -> Tensor:
    """(n, n) logarithms: how a picture spreads its likeness over the others of the batch; none on itself."""
    alike = places @ places.T / temperature
    alike = alike.masked_fill(torch.eye(len(places), dtype=torch.bool, device=places.device), -1e4)
    return functional.log_softmax(alike, dim=1)
