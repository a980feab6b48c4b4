"""Grain: a periodic field of random numbers from which a painter's brush work grows in flat parts; another seed, another hand."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

PERIOD_PX = 512
OCTAVES_PX = (1, 4, 16)


@lru_cache(maxsize=8)
def grain(seed: int) -> NDArray[np.float32]:
    """(512, 512), mean 0, variance 1, read-only: noise at three sizes, each smoothed by a running mean that wraps.

    The painter was trained on this very field (`gesso_training.models.stylise.grain`); a contract test compares them.
    """
    rng = np.random.default_rng(seed)
    total = np.zeros((PERIOD_PX, PERIOD_PX))
    for size in OCTAVES_PX:
        coarse = rng.standard_normal((PERIOD_PX // size, PERIOD_PX // size))
        fine = coarse.repeat(size, axis=0).repeat(size, axis=1)
        for axis in (0, 1):
            fine = np.mean([np.roll(fine, shift, axis) for shift in range(size)], axis=0)
        total += fine / fine.std()
    found = np.asarray((total - total.mean()) / total.std(), np.float32)
    found.flags.writeable = False
    return found
