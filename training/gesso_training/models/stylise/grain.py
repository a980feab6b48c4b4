"""Grain: a periodic field of random numbers, the painter's source of irregularity.

A network that only sees a flat sky can vary its paint by nothing but the raster of its own convolutions. The grain
gives it something else to hold on to, at three sizes; another seed gives other brush work. The studio makes the same
field (a contract test compares them).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

PERIOD_PX = 512
OCTAVES_PX = (1, 4, 16)


@lru_cache(maxsize=4)
def field(seed: int) -> NDArray[np.float32]:
    """(512, 512), mean 0, variance 1: the sum of noise at three sizes, each smoothed by a running mean that wraps."""
    rng = np.random.default_rng(seed)
    total = np.zeros((PERIOD_PX, PERIOD_PX))
    for size in OCTAVES_PX:
        coarse = rng.standard_normal((PERIOD_PX // size, PERIOD_PX // size))
        fine = coarse.repeat(size, axis=0).repeat(size, axis=1)
        for axis in (0, 1):
            fine = np.mean([np.roll(fine, shift, axis) for shift in range(size)], axis=0)
        total += fine / fine.std()
    return np.asarray((total - total.mean()) / total.std(), np.float32)


def grain(height: int, width: int, top: int = 0, left: int = 0, seed: int = 1) -> Tensor:
    """(1, 1, height, width): the field repeated, seen from row `top` and column `left` (which may be negative)."""
    rows, columns = (np.arange(start, start + n) % PERIOD_PX for start, n in ((top, height), (left, width)))
    return torch.from_numpy(field(seed)[np.ix_(rows, columns)][None, None])
