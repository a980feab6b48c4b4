"""Convolutions over differences of pixels, as in PiDiNet (Su et al., ICCV 2021, arXiv 2108.07009).

What Sobel and its like look at is not a pixel but how it differs from another. Such a convolution is an ordinary one
whose kernel is bound together, so `plain` turns it into that for the package at no loss.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

KINDS = ("plain", "central", "angular", "radial")
RING = (0, 1, 2, 5, 8, 7, 6, 3)
"""The eight outer places of a 3x3 kernel, clockwise from the top left."""
OUTER = (0, 2, 4, 14, 24, 22, 20, 10)
"""The places of a 5x5 kernel that lie two steps from its middle in those eight directions."""
INNER = (6, 7, 8, 13, 18, 17, 16, 11)
"""Those that lie one step from it."""


def bound(weight: Tensor, kind: str) -> Tensor:
    """(outputs, inputs, 3, 3) of free numbers -> the kernel that they stand for, 3x3, or 5x5 for `radial`.

    `central` weighs each neighbour's difference from the middle, `angular` from the next neighbour clockwise, `radial`
    that of the outer from the inner ring.
    """
    if kind == "plain":
        return weight
    flat = weight.flatten(2)
    if kind == "central":
        middle = torch.zeros_like(flat)
        middle[..., 4] = flat.sum(-1)
        return (flat - middle).view_as(weight)
    ring = flat[..., list(RING)]
    if kind == "angular":
        turned = torch.zeros_like(flat)
        turned[..., list(RING)] = ring - ring.roll(1, -1)
        return turned.view_as(weight)
    wide = torch.zeros(*weight.shape[:2], 25, dtype=weight.dtype, device=weight.device)
    wide[..., list(OUTER)] = ring
    wide[..., list(INNER)] = -ring
    return wide.view(*weight.shape[:2], 5, 5)


class DifferenceConv(nn.Module):
    """A convolution of one of the `KINDS`; it keeps the size, or halves it with a stride of 2."""

    def __init__(self, inputs: int, outputs: int, kind: str, stride: int = 1) -> None:
        super().__init__()
        if kind not in KINDS:
            raise ValueError(f"There is no convolution of kind '{kind}'; known are {', '.join(KINDS)}.")
        free = nn.Conv2d(inputs, outputs, 3)
        assert free.bias is not None
        nn.init.kaiming_normal_(free.weight, nonlinearity="relu")
        nn.init.zeros_(free.bias)
        self.weight, self.bias = free.weight, free.bias
        self.kind, self.stride = kind, stride

    @property
    def reach(self) -> int:
        """How many pixels it looks to each side."""
        return 2 if self.kind == "radial" else 1

    def forward(self, x: Tensor) -> Tensor:
        kernel = bound(self.weight, self.kind)
        return functional.conv2d(x, kernel, self.bias, self.stride, self.reach)

    def plain(self) -> nn.Conv2d:
        """The ordinary convolution that does the same."""
        outputs, inputs = self.weight.shape[:2]
        found = nn.Conv2d(inputs, outputs, 2 * self.reach + 1, self.stride, self.reach)
        assert found.bias is not None
        with torch.no_grad():
            found.weight.copy_(bound(self.weight, self.kind))
            found.bias.copy_(self.bias)
        return found


def made_plain(network: nn.Module) -> nn.Module:
    """Every convolution of differences in a network, exchanged in place for the ordinary one that does the same."""
    for name, part in network.named_children():
        if isinstance(part, DifferenceConv):
            setattr(network, name, part.plain())
        else:
            made_plain(part)
    return network
