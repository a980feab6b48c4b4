"""Denoise: a small U-Net without shifts, at half the picture's size and below.

The picture is unshuffled to half its size (Shi et al., arXiv 1609.05158; FFDNet does so too), where a convolution costs a
quarter; two more levels look further. No layer adds a constant, so a picture twice as bright, with twice the noise, comes
out twice as bright, and noise stronger than any learnt from is still met (Mohan et al., arXiv 1906.05478). No
normalisation either: a tiled picture equals a whole one.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

ALIGN = 8
"""Both sides of a picture are multiples of it: halved by unshuffling, and twice more inside."""


class Block(nn.Module):
    """Two convolutions whose sum with their input goes on (He et al., arXiv 1512.03385)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.second = nn.Conv2d(width, width, 3, padding=1, bias=False)
        with torch.no_grad():
            self.second.weight.mul_(0.1)

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = x + self.second(torch.relu(self.first(x)))
        return found


def blocks(width: int, count: int) -> nn.Sequential:
    return nn.Sequential(*[Block(width) for _ in range(count)])


class Unet(nn.Module):
    """(n, channels, height, width) at any size that two halvings divide -> features of `widths[0]`."""

    def __init__(self, channels: int, widths: tuple[int, int, int], count: int) -> None:
        super().__init__()
        one, two, three = widths
        self.head = nn.Conv2d(channels, one, 3, padding=1, bias=False)
        self.left_1, self.left_2 = blocks(one, count), blocks(two, count)
        self.down_1 = nn.Conv2d(one, two, 2, 2, bias=False)
        self.down_2 = nn.Conv2d(two, three, 2, 2, bias=False)
        self.bottom = blocks(three, count)
        self.up_2 = nn.ConvTranspose2d(three, two, 2, 2, bias=False)
        self.up_1 = nn.ConvTranspose2d(two, one, 2, 2, bias=False)
        self.right_2, self.right_1 = blocks(two, count), blocks(one, count)

    def forward(self, x: Tensor) -> Tensor:
        large = self.left_1(self.head(x))
        middle = self.left_2(self.down_1(large))
        small = self.bottom(self.down_2(middle))
        middle = self.right_2(middle + self.up_2(small))
        found: Tensor = self.right_1(large + self.up_1(middle))
        return found


def reach(count: int) -> int:
    """How far an output of a `Unet` looks, in its own pixels: a 3x3 convolution one, at each level twice as far."""
    convolutions = 2 * count
    return 1 + convolutions * (2 + 2 * 2 + 4) + 2 * (1 + 2)


class Denoise(nn.Module):
    """(n, 3, height, width) in 0-1 -> the same without its noise, not clipped. Sides are multiples of `ALIGN`.

    Three equal channels are a grey picture, and how much noise there is is seen, not told.
    """

    def __init__(self, widths: tuple[int, int, int], count: int) -> None:
        super().__init__()
        self.halved = nn.PixelUnshuffle(2)
        self.body = Unet(12, widths, count)
        self.tail = nn.Conv2d(widths[0], 12, 3, padding=1, bias=False)
        self.doubled = nn.PixelShuffle(2)
        self.halo_px = 2 * (reach(count) + 1)
        with torch.no_grad():
            self.tail.weight.mul_(0.1)

    def forward(self, picture: Tensor) -> Tensor:
        found: Tensor = picture - self.doubled(self.tail(self.body(self.halved(picture))))
        return found
