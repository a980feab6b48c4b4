"""The studio feeds the painter the very field that it was trained on."""

from __future__ import annotations

import numpy as np

from gesso.operations.painting.grain import grain
from gesso_training.models.stylise.grain import field


def test_both_houses_make_the_same_grain() -> None:
    for seed in (1, 2, 4_000_000_000):
        assert np.array_equal(grain(seed), field(seed))


def test_grain_is_even_and_wraps() -> None:
    made = grain(1)
    assert abs(float(made.mean())) < 1e-4 and abs(float(made.std()) - 1) < 1e-4
    inside, across = np.abs(np.diff(made, axis=0)).mean(), np.abs(made[0] - made[-1]).mean()
    assert across < 1.5 * inside
