"""Upscale-restore: a U-Net on the small picture whose result is opened to a larger one.

The body is that of `denoise`, since what it meets, noise and traces of compression, asks for the same reach. A 5x5
convolution that starts out as bicubic interpolation carries the picture past it.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from gesso_training.models.denoise.network import ALIGN, Unet, reach
from gesso_training.models.upscale.network import bicubic_kernel

__all__ = ["ALIGN", "Restore"]


class Restore(nn.Module):
    """(n, 3, height, width) in 0-1 -> (n, 3, scale * height, scale * width), not clipped; sides are multiples of `ALIGN`."""

    def __init__(self, scale: int, widths: tuple[int, int, int], count: int) -> None:
        super().__init__()
        self.scale = scale
        self.halved = nn.PixelUnshuffle(2)
        self.body = Unet(12, widths, count)
        self.tail = nn.Conv2d(widths[0], 12 * scale * scale, 3, padding=1)
        self.opened = nn.PixelShuffle(2 * scale)
        self.past = nn.Conv2d(3, 3 * scale * scale, 5, padding=2)
        self.enlarged = nn.PixelShuffle(scale)
        self.halo_px = 2 * (reach(count) + 1)
        assert self.tail.bias is not None and self.past.bias is not None
        with torch.no_grad():
            self.tail.weight.mul_(0.1)
            self.tail.bias.zero_()
            self.past.weight.zero_()
            self.past.bias.zero_()
            for channel in range(3):
                rows = slice(channel * scale * scale, (channel + 1) * scale * scale)
                self.past.weight[rows, channel] = bicubic_kernel(scale)

    def forward(self, picture: Tensor) -> Tensor:
        centred = picture - 0.5
        learnt: Tensor = self.opened(self.tail(self.body(self.halved(centred))))
        found: Tensor = learnt + self.enlarged(self.past(centred)) + 0.5
        return found
