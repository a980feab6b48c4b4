"""Line art: where people would draw a line, from five scales of a picture.

Convolutions over pixel differences (see `differences`) go down from half size to a sixteenth, each scale in a few
residual blocks; on the way up every scale is merged with what the coarser ones know and makes a reading of its own
(deep supervision: Xie and Tu, arXiv 1504.06375). A thin branch at full size sets the lines to the pixel. No
normalisation and no attention: the network is local, so a tiled picture equals a whole one.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from gesso_training.models.line_art.differences import DifferenceConv

READINGS = 3
"""Chances that anybody, some, and most of those who outline a picture would draw a line here."""
CYCLE = ("central", "angular", "plain", "central")
"""The kinds of the first convolutions of blocks, in turn."""
ALIGN_PX = 16


class Block(nn.Module):
    """A convolution over differences and a plain one, whose sum with their input goes on."""

    def __init__(self, width: int, kind: str) -> None:
        super().__init__()
        self.first = DifferenceConv(width, width, kind)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        with torch.no_grad():
            self.second.weight.mul_(0.1)

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = x + self.second(torch.relu(self.first(x)))
        return found


class Merge(nn.Module):
    """A scale's features with those of the next coarser one, which come at half its size."""

    def __init__(self, width: int, merged: int) -> None:
        super().__init__()
        self.own = nn.Conv2d(width, merged, 1)
        self.coarser = nn.Conv2d(merged, 4 * merged, 1)
        self.both = nn.Conv2d(merged, merged, 3, padding=1)

    def forward(self, x: Tensor, coarser: Tensor) -> Tensor:
        opened = torch.pixel_shuffle(self.coarser(coarser), 2)
        found: Tensor = torch.relu(self.both(torch.relu(self.own(x) + opened)))
        return found


class LineArt(nn.Module):
    """(n, 3, height, width) in 0-1, sides multiples of 16 -> (n, 3, height, width) of logits: the `READINGS`."""

    def __init__(
        self, widths: Sequence[int], blocks: Sequence[int], merged: int, fine: int, differences: bool = True
    ) -> None:
        """`widths` and `blocks` are of the scales 1/2, 1/4, 1/8 and 1/16; `differences` may be off, to go on from a package."""
        super().__init__()
        kinds = CYCLE if differences else ("plain",)
        self.blocks = tuple(blocks)
        self.edge = DifferenceConv(3, fine, "central" if differences else "plain")
        self.stem = nn.Conv2d(3, widths[0], 6, stride=2, padding=2)
        self.down = nn.ModuleList(nn.Conv2d(a, b, 2, stride=2) for a, b in pairwise(widths))
        self.scales = nn.ModuleList(
            nn.Sequential(*(Block(width, kinds[i % len(kinds)]) for i in range(count)))
            for width, count in zip(widths, blocks, strict=True)
        )
        self.deepest = nn.Conv2d(widths[-1], merged, 1)
        self.up = nn.ModuleList(Merge(width, merged) for width in widths[:-1])
        self.readings = nn.ModuleList(nn.Conv2d(merged, READINGS, 1) for _ in widths)
        self.open = nn.Conv2d(merged, 4 * fine, 1)
        self.set = nn.Conv2d(2 * fine, 2 * fine, 3, padding=1)
        self.last = nn.Conv2d(2 * fine, READINGS, 1)
        for reading in (*self.readings, self.last):
            assert isinstance(reading, nn.Conv2d) and reading.bias is not None
            nn.init.normal_(reading.weight, std=0.01)
            nn.init.zeros_(reading.bias)

    @property
    def halo_px(self) -> int:
        """How far, in input pixels, an output pixel looks."""
        reach = 2 + 2  # of the convolutions at full size, and of the stem
        for scale, count in enumerate(self.blocks):
            merging = 1 if scale < len(self.blocks) - 1 else 0
            reach += (2 << scale) * (2 * count + merging)
        return reach + ALIGN_PX  # for a pixel of the coarsest scale begins where the grid has it begin

    def sides(self, picture: Tensor) -> list[Tensor]:
        """Logits at full size, then those of each scale from 1/2 to 1/16, each at its own size."""
        full, merged = self.look(picture)
        return [full, *(reading(one) for reading, one in zip(self.readings, merged, strict=True))]

    def look(self, picture: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Logits at full size, and the merged features of each scale from 1/2 to 1/16."""
        centred = picture - 0.5
        fine = torch.relu(self.edge(centred))
        x: Tensor = torch.relu(self.stem(centred))
        kept = []
        for i, blocks in enumerate(self.scales):
            x = blocks(x if i == 0 else torch.relu(self.down[i - 1](x)))
            kept.append(x)
        merged = [torch.relu(self.deepest(kept[-1]))]
        for own, merge in zip(reversed(kept[:-1]), reversed(self.up), strict=True):
            merged.insert(0, merge(own, merged[0]))
        both = torch.cat([fine, torch.pixel_shuffle(self.open(merged[0]), 2)], 1)
        full: Tensor = self.last(torch.relu(self.set(both)))
        return full, merged

    def forward(self, picture: Tensor) -> Tensor:
        return self.look(picture)[0]
