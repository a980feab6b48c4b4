"""The studio takes a picture's bearing from the very copy that the judge and the training take it from."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from gesso.engine.tiling import square_copy
from gesso_training.models.stylise import judge
from gesso_training.models.stylise.network import BEARING_PX


@pytest.mark.parametrize("size", [(256, 256), (1080, 1920), (90, 700), (40, 30), (1, 1)])
def test_both_houses_make_the_same_copy(size: tuple[int, int]) -> None:
    picture = np.random.default_rng(7).random((*size, 3), dtype=np.float32)
    theirs = judge.square_copy(torch.from_numpy(picture).permute(2, 0, 1)[None])
    assert np.abs(square_copy(picture, BEARING_PX) - theirs[0].permute(1, 2, 0).numpy()).max() < 1e-6
