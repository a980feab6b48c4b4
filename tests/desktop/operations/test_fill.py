"""Filling: rooms stay shut where their outline has gaps, paint goes where the mask is, gradients run as they are drawn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesso.operations.painting.fill import laid_on, room
from gesso.operations.painting.gradient import KINDS, along, dither, ramp
from gesso.values import Box, Colour


def house(gap: int) -> np.ndarray:
    """A black outline on white with a gap in its right wall."""
    pixels = np.full((80, 100, 4), 255, np.uint8)
    for wall in (np.s_[20:22, 20:60], np.s_[58:60, 20:60], np.s_[20:60, 20:22], np.s_[20:60, 58:60]):
        pixels[wall][..., :3] = 0
    pixels[40 : 40 + gap, 58:60, :3] = 255
    return pixels


INSIDE = 36 * 36


def test_without_gap_closing_a_fill_runs_out() -> None:
    assert (room(house(0), (40, 40), 10) > 0).sum() == INSIDE
    assert (room(house(4), (40, 40), 10) > 0).sum() > 5000


@pytest.mark.parametrize("gap", [1, 2, 4, 6])
def test_gaps_are_closed_up_to_their_size_and_every_corner_is_filled(gap: int) -> None:
    found = room(house(gap), (40, 40), 10, gap_px=gap + 1) > 0
    assert found[22:58, 22:58].all(), "corners too"
    assert (found & ~np.pad(np.ones((36, 36), bool), ((22, 22), (22, 42)))).sum() <= 2 * gap, "no farther than the gap"
    outside = room(house(gap), (5, 5), 10, gap_px=gap + 1) > 0
    assert not (outside & found).any() and outside[0, 0] and outside[79, 99]


def test_a_gap_wider_than_asked_for_lets_it_out() -> None:
    assert (room(house(12), (40, 40), 10, gap_px=4) > 0).sum() > 5000


def test_in_a_place_too_narrow_for_the_gap_it_still_fills() -> None:
    pixels = house(0)
    pixels[30:32, 22:58, :3] = 0
    pixels[34:36, 22:58, :3] = 0
    assert (room(pixels, (40, 32), 10, gap_px=30) > 0).sum() == 36 * 2


def test_expanding_goes_under_the_line() -> None:
    found = room(house(0), (40, 40), 10, expand_px=1)
    assert found[21, 40] == 255 and found[20, 40] == 0


def blank(dtype: type, alpha: float = 1.0) -> np.ndarray:
    top = np.iinfo(dtype).max
    pixels = np.full((16, 16, 4), top // 2, dtype)
    pixels[..., 3] = round(alpha * top)
    return pixels


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_paint_covers_by_its_share_and_leaves_the_rest_to_the_bit(dtype: type) -> None:
    base, red = blank(dtype), np.array([1, 0, 0, 1], np.float32)
    share = np.zeros((16, 16), np.float32)
    share[:, 8:] = 1
    share[:, 7] = 0.5
    found, top = laid_on(base, red, share), np.iinfo(dtype).max
    assert np.array_equal(found[:, :7], base[:, :7]) and (found[:, 8:] == (top, 0, 0, top)).all()
    assert abs(int(found[0, 7, 0]) - 0.75 * top) <= 1
    clear = laid_on(np.zeros_like(base), red, share)
    assert (clear[0, 7] == (top, 0, 0, round(top / 2))).all(), "half a cover of red is red, half transparent"


def test_locked_alpha_takes_colour_and_keeps_its_shape() -> None:
    base = blank(np.uint8, 0.5)
    base[:8] = 0
    found = laid_on(base, np.array([0, 0, 1, 1], np.float32), np.ones((16, 16), np.float32), alpha_locked=True)
    assert np.array_equal(found[..., 3], base[..., 3]) and (found[:8] == 0).all() and (found[8:, :, 2] == 255).all()


# --- gradients ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@given(x=st.integers(0, 20), y=st.integers(0, 20))
def test_a_part_of_a_gradient_is_as_in_the_whole(kind: str, x: int, y: int) -> None:
    whole = along(Box(0, 0, 40, 40), (10.5, 12.0), (30.0, 25.0), kind)
    assert np.array_equal(along(Box(x, y, 15, 18), (10.5, 12.0), (30.0, 25.0), kind), whole[y : y + 18, x : x + 15])
    assert np.array_equal(dither(Box(x, y, 5, 6)), dither(Box(0, 0, 40, 40))[y : y + 6, x : x + 5])
    assert whole.min() >= 0 and whole.max() <= 1


def test_each_kind_runs_its_way() -> None:
    box, start, stop = Box(0, 0, 40, 40), (20.0, 20.0), (30.0, 20.0)
    line, ring, cone, mirror = (along(box, start, stop, kind) for kind in KINDS)
    assert (line[:, :20] == 0).all() and (line[:, 30:] == 1).all() and abs(line[0, 25] - 0.55) < 1e-5
    assert np.allclose(ring, ring[::-1]) and np.allclose(ring, ring.T) and ring[20, 20] < 0.1
    assert np.allclose(mirror, mirror[:, ::-1]) and abs(mirror[0, 14] - 0.55) < 1e-5
    assert cone[20, 39] < 0.01 and abs(cone[39, 20] - 0.25) < 0.01 and abs(cone[0, 20] - 0.75) < 0.01, "clockwise"
    assert (along(box, start, start, "linear") == 1).all()


def test_a_transparent_end_lends_no_colour() -> None:
    red, clear = Colour(1, 0, 0), Colour(0, 0, 1, 0)
    found = ramp(np.linspace(0, 1, 9, dtype=np.float32)[None], red, clear)[0]
    assert (found[:-1, 0] > 0.999).all() and (found[:, 2] == 0).all() and np.allclose(found[:, 3], np.linspace(1, 0, 9))


def test_dither_keeps_the_mean_and_breaks_up_bands() -> None:
    box = Box(0, 0, 512, 64)
    place = along(box, (0, 0), (512 * 64, 0), "linear")  # four levels over the whole width
    paint = ramp(place, Colour(0.5, 0.5, 0.5), Colour(1, 1, 1))
    base = np.full((64, 512, 4), 255, np.uint8)
    share = np.ones((64, 512), np.float32)
    plain, noisy = laid_on(base, paint, share), laid_on(base, paint, share, noise=dither(box))
    assert abs(float(noisy[..., 0].mean()) - float((paint[..., 0] * 255).mean())) < 0.02
    blocks = noisy[..., 0].reshape(8, 8, 64, 8).mean(axis=(1, 3)) - (paint[..., 0] * 255).reshape(8, 8, 64, 8).mean(
        axis=(1, 3)
    )
    flat = plain[..., 0].reshape(8, 8, 64, 8).mean(axis=(1, 3)) - (paint[..., 0] * 255).reshape(8, 8, 64, 8).mean(
        axis=(1, 3)
    )
    assert np.abs(blocks).max() < 0.15 < np.abs(flat).max(), "small squares have the wanted mean"
    assert (laid_on(base, np.array([0, 1, 0, 1], np.float32), share, noise=dither(box))[..., :3] == (0, 255, 0)).all()
