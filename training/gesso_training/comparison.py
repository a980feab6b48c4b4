"""Two sets of scores of the same things: their difference, and how sure it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

ROUNDS = 10_000
"""Resamplings; enough for two digits of an interval."""


@dataclass(frozen=True)
class Paired:
    """How much more the second scores than the first, the same things compared."""

    count: int
    first: float
    second: float
    difference: float
    low: float
    high: float
    """Ends of the 95 % interval of the mean difference."""
    wins: int
    """Things on which the second scores more."""

    @property
    def verdict(self) -> str:
        """In words."""
        if self.low > 0:
            return "the second is better"
        return "the second is worse" if self.high < 0 else "no difference beyond chance"


def paired(first: Mapping[str, float], second: Mapping[str, float], seed: int = 1) -> Paired:
    """Bootstrap (Efron) of the mean difference over things that both were scored on; the same seed, the same interval."""
    names = sorted(first.keys() & second.keys())
    if not names:
        raise ValueError("The two have nothing in common that both were scored on.")
    a, b = (np.array([scores[name] for name in names], np.float64) for scores in (first, second))
    apart = b - a
    drawn = np.random.default_rng(seed).integers(0, len(names), (ROUNDS, len(names)))
    low, high = np.quantile(apart[drawn].mean(axis=1), (0.025, 0.975))
    return Paired(
        len(names),
        float(a.mean()),
        float(b.mean()),
        float(apart.mean()),
        float(low),
        float(high),
        int((apart > 0).sum()),
    )
