"""Upscale: a plain residual network at low resolution.

Every 3x3 convolution runs on the small picture, where a CPU is fed best; a 5x5 convolution that starts out as
bicubic interpolation carries the picture past the body, so that the body only learns what bicubic misses; one
pixel shuffle (Shi et al., arXiv 1609.05158) opens the result. No normalisation: the network is local, so a tiled
picture equals a whole one.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from gesso_training.corpora.resample import keys_kernel


def bicubic_kernel(scale: int, size: int = 5) -> Tensor:
    """(scale * scale, size, size): the weights by which bicubic interpolation makes each sub-pixel."""
    phases = (np.arange(scale) + 0.5) / scale - 0.5
    taps = np.arange(size) - size // 2
    line = keys_kernel(phases[:, None] - taps[None, :])
    line /= line.sum(axis=1, keepdims=True)
    kernel: Tensor = torch.from_numpy(np.einsum("ai,bj->abij", line, line).reshape(scale * scale, size, size)).float()
    return kernel


class Block(nn.Module):
    """Two convolutions whose sum with their input goes on (He et al., arXiv 1512.03385)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        with torch.no_grad():
            self.second.weight.mul_(0.1)

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = x + self.second(torch.relu(self.first(x)))
        return found


class Upscale(nn.Module):
    """(n, 3, height, width) in 0-1 -> (n, 3, scale * height, scale * width), not clipped."""

    def __init__(self, scale: int, width: int, blocks: int) -> None:
        super().__init__()
        self.scale, self.width, self.blocks = scale, width, blocks
        self.head = nn.Conv2d(3, width, 3, padding=1)
        self.body = nn.Sequential(*[Block(width) for _ in range(blocks)])
        self.tail = nn.Conv2d(width, 3 * scale * scale, 3, padding=1)
        self.past = nn.Conv2d(3, 3 * scale * scale, 5, padding=2)
        self.open = nn.PixelShuffle(scale)
        assert self.tail.bias is not None and self.past.bias is not None
        with torch.no_grad():
            self.tail.weight.mul_(0.1)
            self.tail.bias.zero_()
            self.past.weight.zero_()
            self.past.bias.zero_()
            for channel in range(3):
                rows = slice(channel * scale * scale, (channel + 1) * scale * scale)
                self.past.weight[rows, channel] = bicubic_kernel(scale)

    @property
    def halo_px(self) -> int:
        """How far, in input pixels, an output pixel looks."""
        return 2 + 2 * self.blocks

    def forward(self, picture: Tensor) -> Tensor:
        centred = picture - 0.5
        features: Tensor = torch.relu(self.head(centred))
        enlarged: Tensor = self.open(self.tail(self.body(features)) + self.past(centred)) + 0.5
        return enlarged
