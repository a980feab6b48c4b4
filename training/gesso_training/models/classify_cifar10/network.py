"""The founding document's two convolutions, and a small network with a whitened first layer."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

CLASSES = 10
MEAN, SPREAD = (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)
"""Of CIFAR-10's training pictures, as everyone writes them."""
WHITENED = 24
"""Twelve directions of 2x2 patches in three colours, each with both signs."""


class Levelled(nn.Module):
    """(n, 3, height, width) in 0-1 -> zero mean and unit spread a colour."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(MEAN).view(1, 3, 1, 1))
        self.register_buffer("spread", torch.tensor(SPREAD).view(1, 3, 1, 1))

    def forward(self, picture: Tensor) -> Tensor:
        found: Tensor = (picture - self.get_buffer("mean")) / self.get_buffer("spread")
        return found


class CaseStudy(nn.Module):
    """As the founding document draws it: two convolutions of 32 and 64, each pooled, one dense layer, dropout, softmax."""

    def __init__(self, dense: int = 256, dropout: float = 0.5) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            Levelled(),
            nn.Conv2d(3, 32, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(64 * 8 * 8, dense),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(dense, CLASSES),
        )

    def forward(self, picture: Tensor) -> Tensor:
        """(n, 3, 32, 32) in 0-1 -> (n, 10), before softmax."""
        found: Tensor = self.layers(picture)
        return found


class Group(nn.Module):
    """Two convolutions at half the size, each normalised over the batch."""

    def __init__(self, inside: int, outside: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(inside, outside, 3, padding=1, bias=False)
        self.first_norm = _norm(outside)
        self.second = nn.Conv2d(outside, outside, 3, padding=1, bias=False)
        self.second_norm = _norm(outside)
        with torch.no_grad():  # what comes in goes through: deep from the first step on
            for layer in (self.first, self.second):
                nn.init.dirac_(layer.weight[: layer.in_channels])

    def forward(self, x: Tensor) -> Tensor:
        x = functional.gelu(self.first_norm(functional.max_pool2d(self.first(x), 2)))
        return functional.gelu(self.second_norm(self.second(x)))


class Whitened(nn.Module):
    """After Keller Jordan's airbench94 (arXiv 2404.00498): whitened 2x2 patches, three groups, one dense layer."""

    def __init__(self, widths: tuple[int, int, int] = (64, 256, 256)) -> None:
        super().__init__()
        self.levelled = Levelled()
        self.whiten = nn.Conv2d(3, WHITENED, 2)
        self.whiten.weight.requires_grad = False
        self.groups = nn.Sequential(
            Group(WHITENED, widths[0]), Group(widths[0], widths[1]), Group(widths[1], widths[2])
        )
        self.head = nn.Linear(widths[2], CLASSES, bias=False)

    def whiten_by(self, pictures: Tensor) -> None:
        """Set the first layer so that its answers on these pictures have no correlation and equal spread."""
        with torch.no_grad():
            patches = functional.unfold(self.levelled(pictures), 2).transpose(1, 2).reshape(-1, 12).double()
            values, vectors = torch.linalg.eigh(patches.T @ patches / len(patches))
            filters = (vectors.T / (values[:, None] + 5e-4).sqrt()).reshape(12, 3, 2, 2).float()
            self.whiten.weight.copy_(torch.cat([filters, -filters]))
            assert self.whiten.bias is not None
            self.whiten.bias.zero_()

    def normalise(self) -> None:
        """Bring each convolution's weights to the length that it began with.

        The batch norm behind hides their length from the loss, which else only grows and slows learning.
        """
        with torch.no_grad():
            for group in self.groups:
                assert isinstance(group, Group)
                for layer in (group.first, group.second):
                    layer.weight.mul_(len(layer.weight) ** 0.5 / layer.weight.norm())

    def features(self, picture: Tensor) -> Tensor:
        """(n, 3, 32, 32) -> (n, channels, 3, 3), before the last pooling."""
        found: Tensor = self.groups(functional.gelu(self.whiten(self.levelled(picture))))
        return found

    def forward(self, picture: Tensor) -> Tensor:
        """(n, 3, 32, 32) in 0-1 -> (n, 10), before softmax."""
        found: Tensor = self.head(self.features(picture).amax((2, 3))) / 9
        return found


def _norm(channels: int) -> nn.BatchNorm2d:
    """Batch norm that follows quickly and has no scale of its own, since the next layer has one."""
    norm = nn.BatchNorm2d(channels, momentum=0.4)
    norm.weight.requires_grad = False
    return norm
