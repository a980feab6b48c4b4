"""Muon: momentum whose every matrix is brought to singular values near one before it is stepped along.

Keller Jordan et al., 2024 (https://kellerjordan.github.io/posts/muon/), with a convolution's weights taken as a matrix
of outputs by everything that goes into one. On two cores `stylise` reached in 300 steps what Adam at its best rate
reached in 400.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn

FEWEST_CHANNELS = 32
"""Convolutions with fewer channels than this on either side are ends of a network, whose scale matters: Adam steps them."""
TERMS = (3.4445, -4.7750, 2.0315)
"""Of the quintic Newton-Schulz iteration, chosen by the authors for slope at zero: it need not converge, only level."""


def levelled(matrix: Tensor, rounds: int = 5) -> Tensor:
    """(m, n): the same singular vectors, singular values between about 0.7 and 1.2."""
    a, b, c = TERMS
    x: Tensor = matrix / (matrix.norm() + 1e-7)
    is_tall = x.shape[0] > x.shape[1]
    x = x.T if is_tall else x
    for _ in range(rounds):
        square = x @ x.T
        x = a * x + (b * square + c * square @ square) @ x
    return x.T if is_tall else x


def hidden(network: nn.Module) -> list[nn.Parameter]:
    """The convolutions inside a network that learn."""
    return [p for p in network.parameters() if p.requires_grad and p.dim() == 4 and min(p.shape[:2]) >= FEWEST_CHANNELS]


class Muon(torch.optim.Optimizer):
    """Steps weights of at least two dimensions; rates do not depend on the size of the gradient."""

    def __init__(self, parameters: Iterable[nn.Parameter], lr: float, momentum: float = 0.95) -> None:
        super().__init__(parameters, {"lr": lr, "momentum": momentum})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> Any:
        """One step along the levelled Nesterov momentum."""
        for group in self.param_groups:
            for weight in group["params"]:
                if weight.grad is None:
                    continue
                state = self.state[weight]
                if not state:
                    state["momentum"] = torch.zeros_like(weight)
                kept = state["momentum"].mul_(group["momentum"]).add_(weight.grad)
                ahead = weight.grad.add(kept, alpha=group["momentum"])
                step = levelled(ahead.reshape(len(ahead), -1))
                scale = max(1.0, step.shape[0] / step.shape[1]) ** 0.5
                weight.add_(step.reshape(weight.shape), alpha=-group["lr"] * scale)
        return None
