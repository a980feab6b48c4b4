"""How far apart two pictures look: distances of SqueezeNet's activations, as LPIPS takes them.

Zhang et al., arXiv 1801.03924, without their learnt weights of channels: activations are scaled to length 1 at each place,
their squared differences summed over channels, averaged over places and summed over layers. The network (Iandola et al.,
arXiv 1602.07360) lies in the data folder, is for judging only and never leaves training.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

FIRES = tuple(f"fire{number}" for number in range(2, 10))
POOLED_BEFORE = ("fire2", "fire5", "fire9")
JUDGED = ("conv1", "fire2", "fire4", "fire6", "fire7", "fire8", "fire9")
FILE = "perceptual/squeezenet10_imagenet.npz"


def plain(name: str) -> str:
    """As torch lets a buffer be called."""
    return name.replace("/", "_").replace(".", "_")


class Look(nn.Module):
    """(n, 3, h, w) sRGB 0-1, at least 64 pixels a side -> the activations of `JUDGED`."""

    mean: Tensor

    def __init__(self, data: Path) -> None:
        super().__init__()
        file = data / FILE
        if not file.is_file():
            raise FileNotFoundError(f"The perceptual network is not in {file.parent}: there is no {file.name}.")
        with np.load(file) as arrays:
            for name in arrays.files:
                self.register_buffer(plain(name), torch.from_numpy(arrays[name].astype(np.float32)))
        self.register_buffer("mean", torch.tensor([104.0, 117.0, 123.0]).view(1, 3, 1, 1))

    def _through(self, name: str, x: Tensor, **options: int) -> Tensor:
        name = plain(name)
        return torch.relu(F.conv2d(x, self.get_buffer(f"{name}_weight"), self.get_buffer(f"{name}_bias"), **options))

    def forward(self, picture: Tensor) -> list[Tensor]:
        x = self._through("conv1", picture.flip(1) * 255 - self.mean, stride=2)
        found = [x]
        for name in FIRES:
            if name in POOLED_BEFORE:
                x = F.max_pool2d(x, 3, 2, ceil_mode=True)
            squeezed = self._through(f"{name}/conv1x1_1", x)
            wide = self._through(f"{name}/conv3x3_2", squeezed, padding=1)
            x = torch.cat([self._through(f"{name}/conv1x1_2", squeezed), wide], dim=1)
            if name in JUDGED:
                found.append(x)
        return found

    def distance(self, a: NDArray[np.uint8], b: NDArray[np.uint8]) -> float:
        """Of two pictures (h, w, 3); 0 for equal ones."""
        both = torch.from_numpy(np.stack([a, b]).astype(np.float32) / 255).permute(0, 3, 1, 2)
        with torch.inference_mode():
            far = 0.0
            for features in self(both):
                one, two = F.normalize(features, dim=1, eps=1e-8)
                far += float((one - two).square().sum(0).mean())
        return far
