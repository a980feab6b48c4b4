"""Upscale as it is used."""

from __future__ import annotations

import numpy as np
import pytest

from gesso.tools.painting.upscale import UPSCALE
from gesso.tools.studio import Studio
from gesso.values import Picture, Progress, Size
from tests.desktop.tools.painting.test_stylise import picture


@pytest.mark.parametrize("scale", ["2", "4"])
@pytest.mark.parametrize("quality", ["best", "fast"])
def test_each_side_grows_and_the_resolution_with_it(studio: Studio, scale: str, quality: str) -> None:
    values = UPSCALE.checked({"scale": scale, "quality": quality})
    found, made = studio.apply(UPSCALE, picture(9, 13), values, Progress.silent())
    times = int(scale)
    assert found.size == Size(13 * times, 9 * times) and found.dpi == (300.0 * times, 300.0 * times)
    assert made.model == f"upscale-x{scale}-{quality}" and made.kind == "algorithmicallyEnhanced"
    assert np.array_equal(found.colour[::times, ::times], picture(9, 13).colour)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_alpha_and_depth_survive(studio: Studio, dtype: type) -> None:
    source = picture(8, 8, dtype, alpha=True)
    found, _ = studio.apply(UPSCALE, source, UPSCALE.defaults(), Progress.silent())
    assert found.alpha is not None and found.alpha.dtype == dtype and found.size == Size(16, 16)


def test_no_dark_rim_around_what_is_cut_out(studio: Studio) -> None:
    colour, alpha = np.zeros((20, 20, 3), np.uint8), np.zeros((20, 20), np.uint8)
    colour[5:15, 5:15], alpha[5:15, 5:15] = (200, 100, 50), 255
    found, _ = studio.apply(UPSCALE, Picture(colour, alpha), UPSCALE.defaults(), Progress.silent())
    assert found.alpha is not None
    seen = found.colour[found.alpha > 0].astype(int)
    assert np.abs(seen - (200, 100, 50)).max() <= 1
