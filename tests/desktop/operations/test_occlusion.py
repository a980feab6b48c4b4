"""Grey patches over a picture: what they show of networks whose reach is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesso.operations.painting.difference import apart_of, difference, shown
from gesso.operations.painting.occlusion import SIDES, covered, heats, moved, patches, spread
from gesso.values import Box, Cancelled, Progress

AREA = Box(0, 0, 40, 30)
SPOT = Box(19, 14, 3, 3)


def picture(seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 90, (30, 40, 3)).astype(np.uint8)


def blurred(reach: int):
    """A network whose result is the mean of what lies at most `reach` px away."""

    def run(colour: np.ndarray, progress: Progress) -> np.ndarray:
        import cv2

        return cv2.blur(colour, (2 * reach + 1, 2 * reach + 1), borderType=cv2.BORDER_REFLECT)

    return run


@given(st.integers(1, 70), st.integers(1, 50), st.integers(0, 9), st.sampled_from(SIDES))
def test_patches_cover_every_pixel_and_nothing_else(width: int, height: int, x: int, side: int) -> None:
    area = Box(x, 2 * x, width, height)
    listed = patches(area, side)
    count = np.zeros((2 * x + height, x + width), int)
    for patch in listed:
        assert area.contains(patch) and not patch.is_empty
        count[patch.slices()] += 1
    assert (count[area.slices()] > 0).all()
    assert len(listed) == min(side, width) * min(side, height)


def test_only_what_the_network_sees_is_hot() -> None:
    found = list(heats(blurred(4), picture(), AREA, SPOT, Progress.silent()))
    assert len(found) == len(SIDES) and all(heat.shape == (30, 40) for heat in found)
    finest, reach = found[-1], Box(20, 15, 1, 1).grow(4 + 1)  # the spot is 3 px wide
    patch = patches(AREA, SIDES[-1])[len(patches(AREA, SIDES[-1])) // 2]
    far = np.ones((30, 40), bool)
    far[reach.grow(max(patch.width, patch.height)).clip(AREA.size).slices()] = False
    assert finest[far].max() == 0
    assert finest[15, 20] > 0.5 * finest.max() > 0


def test_a_network_that_looks_nowhere_is_cold_and_the_picture_stays() -> None:
    before = picture()
    kept = before.copy()
    for heat in heats(lambda colour, progress: np.full_like(colour, 7), before, AREA, SPOT, Progress.silent()):
        assert not heat.any()
    assert (before == kept).all()


def test_the_same_again_gives_the_same() -> None:
    first, second = (next(heats(blurred(3), picture(), AREA, SPOT, Progress.silent())) for _ in range(2))
    assert (first == second).all()


def test_no_finer_pass_is_begun_when_the_time_is_over() -> None:
    asked: list[int] = []

    def goes_on(runs: int) -> bool:
        asked.append(runs)
        return len(asked) < 2

    assert len(list(heats(blurred(2), picture(), AREA, SPOT, Progress.silent(), goes_on))) == 2
    assert asked == [SIDES[1] ** 2, SIDES[2] ** 2]


def test_a_part_of_few_pixels_is_not_asked_about_twice() -> None:
    runs: list[int] = []

    def run(colour: np.ndarray, progress: Progress) -> np.ndarray:
        runs.append(1)
        return colour

    area = Box(4, 4, 6, 7)
    assert len(list(heats(run, picture(), area, SPOT, Progress.silent()))) == 2
    assert len(runs) == 1 + 25 + 6 * 7


def test_cancelling_ends_it_between_two_runs() -> None:
    runs: list[int] = []

    def run(colour: np.ndarray, progress: Progress) -> np.ndarray:
        runs.append(1)
        return colour

    with pytest.raises(Cancelled):
        list(heats(run, picture(), AREA, SPOT, Progress(None, lambda: len(runs) > 5)))
    assert len(runs) == 6


def test_progress_goes_up_to_the_end() -> None:
    seen: list[float] = []
    list(heats(blurred(1), picture(), AREA, SPOT, Progress(lambda fraction, note: seen.append(fraction))))
    assert seen == sorted(seen) and seen[0] == 0 and seen[-1] > 0.99


@pytest.mark.parametrize(("dtype", "grey"), [(np.uint8, 128), (np.uint16, 32768)])
def test_a_patch_is_grey_and_a_move_is_measured_at_the_spot(dtype: type, grey: int) -> None:
    black = np.zeros((10, 10, 3), dtype)
    found = covered(black, Box(2, 3, 4, 2))
    assert (found[3:5, 2:6] == grey).all() and found.sum() == 4 * 2 * 3 * grey
    assert moved(black, found, Box(2, 3, 2, 2)) == pytest.approx(grey / np.iinfo(dtype).max)
    assert moved(black, found, Box(7, 7, 9, 9)) == 0, "a spot at the edge counts as far as it lies inside"


def test_overlapping_patches_share_their_change() -> None:
    heat = spread(Box(0, 0, 3, 1), [Box(0, 0, 2, 1), Box(1, 0, 2, 1)], [1.0, 0.5])
    assert heat.tolist() == [[1.0, 0.75, 0.5]]


# --- differences ---------------------------------------------------------------------------------------------------


def test_a_difference_in_numbers_and_as_a_picture() -> None:
    a = np.full((300, 5, 3), 100, np.uint8)
    b = a.copy()
    b[299, 4] = (110, 100, 100)
    found = difference(a, b)
    assert found.largest == 10 and found.mean == pytest.approx(10 / a.size) and found.share == pytest.approx(1 / 1500)
    assert shown(a, b)[299, 4].tolist() == [40, 0, 0] and shown(a, b).sum() == 40
    assert difference(a, a).largest == 0
    wide = [np.asarray(one, np.uint16) << 8 for one in (a, b)]
    assert apart_of(*wide).max() == 10
    with pytest.raises(ValueError, match="not of one size"):
        difference(a, b[:20])
