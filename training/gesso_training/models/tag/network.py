"""Tag: a small picture's words and its place among other pictures.

A space-to-depth stem keeps two cores fed; three stages of plain convolutions follow, with batch norm that export folds
away. The mean and the largest answer of the last stage go two ways: to one number a word, and to 64 numbers of length
one, near to each other for pictures that look and mean alike.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

EMBEDDING = 64
STEM = 4
"""The picture is folded by so much before anything else: 128x128x3 becomes 32x32x48."""


def _layer(inside: int, outside: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inside, outside, 3, stride, 1, bias=False), nn.BatchNorm2d(outside, momentum=0.05), nn.ReLU()
    )


class Block(nn.Module):
    """Two layers whose sum with their input goes on."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first, self.second = _layer(width, width), _layer(width, width)

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = x + self.second(self.first(x))
        return found


class Tagger(nn.Module):
    """(n, 3, 128, 128) in 0-1 -> words (n, tags) before the sigmoid, and places (n, 64) of length one."""

    def __init__(self, tags: int, widths: tuple[int, int, int] = (56, 88, 120), dropout: float = 0.3) -> None:
        super().__init__()
        first, second, third = widths
        self.features = nn.Sequential(
            nn.PixelUnshuffle(STEM),
            _layer(3 * STEM * STEM, first),
            Block(first),
            _layer(first, second, 2),
            Block(second),
            _layer(second, third, 2),
            Block(third),
        )
        self.drop = nn.Dropout(dropout)
        self.words = nn.Linear(2 * third, tags)
        self.place = nn.Linear(2 * third, EMBEDDING, bias=False)

    def pooled(self, picture: Tensor) -> Tensor:
        """(n, 2 x channels): the mean and the largest answer of each channel of the last stage."""
        found = self.features(2 * picture - 1)
        return torch.cat([found.mean((2, 3)), found.amax((2, 3))], dim=1)

    def forward(self, picture: Tensor) -> tuple[Tensor, Tensor]:
        pooled = self.pooled(picture)
        return self.words(self.drop(pooled)), functional.normalize(self.place(pooled), dim=1)


class Packaged(nn.Module):
    """What the studio runs: (1, 3, 128, 128) -> how likely each word is, and the picture's place."""

    def __init__(self, network: Tagger) -> None:
        super().__init__()
        self.network = network

    def forward(self, picture: Tensor) -> tuple[Tensor, Tensor]:
        words, place = self.network(picture)
        return torch.sigmoid(words), place


class Where(nn.Module):
    """Class activation maps (Zhou et al., arXiv 1512.04150): how much each place of the picture speaks for each word.

    The mean's share of a word's number is spread over the places exactly; the largest answers count where they stand.
    """

    def __init__(self, network: Tagger) -> None:
        super().__init__()
        self.network = network

    def forward(self, picture: Tensor) -> Tensor:
        """(1, 3, 128, 128) -> (1, tags, 8, 8)."""
        found = self.network.features(2 * picture - 1)
        places = found.shape[2] * found.shape[3]
        mean, largest = self.network.words.weight.chunk(2, dim=1)
        is_largest = (found >= found.amax((2, 3), keepdim=True)).to(found.dtype)
        by_mean = functional.conv2d(found / places, mean[:, :, None, None])
        return by_mean + functional.conv2d(found * is_largest, largest[:, :, None, None])
