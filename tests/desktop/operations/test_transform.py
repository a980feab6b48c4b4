"""Transforms: what only moves pixels about does so to the bit, and the rest neither darkens, shifts nor breaks up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesso.operations.painting.transform import (
    HOWS,
    Pose,
    corners_of,
    from_corners,
    is_exact,
    mapped,
    reach,
    transformed,
)
from gesso.values import Box

ROOM = Box(-100, -100, 300, 300)


def noise(width: int, height: int, dtype: type = np.uint8, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, np.iinfo(dtype).max + 1, (height, width, 4)).astype(dtype)


def moved(pixels: np.ndarray, box: Box, pose: Pose, how: str = "bicubic") -> tuple[np.ndarray, Box]:
    matrix = pose.matrix(box)
    wanted = reach(matrix, box)
    return transformed(pixels, box, matrix, wanted, how), wanted


sides = st.integers(1, 23)


@pytest.mark.parametrize("how", HOWS)
@given(width=sides, height=sides, dx=st.integers(-30, 30), dy=st.integers(-30, 30))
def test_staying_and_going_there_and_back_change_no_bit(how: str, width: int, height: int, dx: int, dy: int) -> None:
    pixels, box = noise(width, height), Box(3, 4, width, height)
    found, where = moved(pixels, box, Pose(), how)
    assert where == box and np.array_equal(found, pixels)
    there, where = moved(pixels, box, Pose(move=(dx, dy)), how)
    assert where == box.moved(dx, dy)
    back, where = moved(there, where, Pose(move=(-dx, -dy)), how)
    assert where == box and np.array_equal(back, pixels)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@given(width=sides, height=sides, way=st.sampled_from([90, -90]))
def test_four_quarter_turns_come_home_to_the_bit(dtype: type, width: int, height: int, way: int) -> None:
    pixels, box = noise(width, height, dtype), Box(3, 4, width, height)
    found, where = pixels, box
    for turn in range(4):
        found, where = moved(found, where, Pose(degrees=way))
        assert turn < 3 or (where == box and np.array_equal(found, pixels))
        assert turn > 0 or np.array_equal(found, np.rot90(pixels, -way // 90))
    half, where = moved(pixels, box, Pose(degrees=180))
    assert where == box and np.array_equal(half, pixels[::-1, ::-1])


@given(width=sides, height=sides)
def test_flips_are_exact_and_their_own_inverse(width: int, height: int) -> None:
    pixels, box = noise(width, height), Box(3, 4, width, height)
    found, where = moved(pixels, box, Pose(scale=(-1, 1)))
    assert where == box and np.array_equal(found, pixels[:, ::-1])
    assert np.array_equal(moved(pixels, box, Pose(scale=(1, -1)))[0], pixels[::-1])


poses = st.builds(
    Pose,
    st.tuples(st.floats(-40, 40), st.floats(-40, 40)),
    st.tuples(st.floats(0.3, 3), st.floats(-3, -0.3)),
    st.floats(-360, 360),
    st.floats(-50, 50),
)


@given(poses)
def test_corners_come_to_lie_where_the_pose_says(pose: Pose) -> None:
    box = Box(10, 20, 30, 17)
    assert np.allclose(mapped(pose.matrix(box), corners_of(box)), pose.quad(box))
    pulled = Pose(pose.move, pose.scale, pose.degrees, 0.0, ((-3.0, -2.0), (1.0, 1.0), (0.0, 2.0), (0.5, 0.0)))
    try:
        matrix = pulled.matrix(box)
    except ValueError:
        return
    assert np.allclose(mapped(matrix, corners_of(box)), pulled.quad(box), atol=1e-6)


def test_an_outline_folded_into_itself_is_refused() -> None:
    box = corners_of(Box(0, 0, 10, 10))
    with pytest.raises(ValueError, match="convex"):
        from_corners(box, [box[1], box[0], box[2], box[3]])
    with pytest.raises(ValueError, match="convex"):
        from_corners(box, [(0, 0), (10, 0), (3, 3), (0, 10)])


@pytest.mark.parametrize("how", ["bilinear", "bicubic", "lanczos"])
@pytest.mark.parametrize(
    "pose", [Pose(scale=(0.5, 0.25)), Pose(degrees=33), Pose(scale=(2.5, 2.5)), Pose(move=(0.5, 0.25))]
)
def test_a_flat_colour_stays_that_colour_under_its_edges_too(how: str, pose: Pose) -> None:
    pixels, box = np.full((40, 40, 4), (200, 100, 50, 255), np.uint8), Box(0, 0, 40, 40)
    found, _ = moved(pixels, box, pose, how)
    seen = found[..., 3] > 40
    assert np.abs(found[seen][:, :3].astype(int) - (200, 100, 50)).max() <= 2, "no dark fringe"
    area = abs(np.linalg.det(pose.matrix(box)[:2, :2])) * 1600
    assert abs(found[..., 3].sum() / 255 - area) < 0.03 * area + 4


@pytest.mark.parametrize("how", ["bilinear", "bicubic", "lanczos"])
@pytest.mark.parametrize("degrees", [0, 20])
def test_made_smaller_fine_lines_turn_grey_instead_of_breaking_up(how: str, degrees: float) -> None:
    pixels = np.full((200, 200, 4), 255, np.uint8)
    pixels[:, ::2, :3] = 0
    box = Box(0, 0, 200, 200)
    found, where = moved(pixels, box, Pose(scale=(0.2, 0.2), degrees=degrees), how)
    middle = found[where.height // 2 - 8 : where.height // 2 + 8, where.width // 2 - 8 : where.width // 2 + 8, 0]
    assert np.abs(middle.astype(int) - 128).max() <= 12


@pytest.mark.parametrize("how", HOWS)
def test_nothing_moves_by_half_a_pixel(how: str) -> None:
    """The centre of gravity of a blot lies where the matrix says."""
    y, x = np.mgrid[0:60, 0:60] + 0.5
    blot = np.zeros((60, 60, 4), np.uint8)
    blot[..., 3] = 255 * np.exp(-((x - 25) ** 2 + (y - 33) ** 2) / 60)
    box = Box(0, 0, 60, 60)
    for pose in (Pose(scale=(1.7, 1.3)), Pose(degrees=30), Pose(scale=(0.5, 0.5)), Pose(skew=20), Pose(move=(0.3, 0.6)),
                 Pose(corners=((-5.0, 0.0), (0.0, 0.0), (0.0, 0.0), (5.0, 0.0)))):  # fmt: skip
        matrix = pose.matrix(box)
        found = transformed(blot, box, matrix, ROOM, how)[..., 3].astype(float)
        yy, xx = np.mgrid[ROOM.y : ROOM.bottom, ROOM.x : ROOM.right] + 0.5
        centre = (found * xx).sum() / found.sum(), (found * yy).sum() / found.sum()
        off = 0.6 if how == "nearest" or any(x for x, _ in pose.corners) else 0.15
        assert np.hypot(*np.subtract(centre, mapped(matrix, [(25, 33)])[0])) < off


@pytest.mark.parametrize("pose", [Pose(degrees=17), Pose(scale=(0.4, 0.7)), Pose(skew=12, scale=(1.5, 1.5))])
@pytest.mark.parametrize("how", HOWS)
def test_a_part_is_as_in_the_whole(pose: Pose, how: str) -> None:
    pixels, box = noise(90, 70), Box(5, 5, 90, 70)
    matrix = pose.matrix(box)
    whole = transformed(pixels, box, matrix, ROOM, how)
    part = Box(20, 10, 60, 50)
    found = transformed(pixels, box, matrix, part, how).astype(int)
    wanted = whole[part.moved(100, 100).slices()].astype(int)
    assert np.abs(found * found[..., 3:] // 255 - wanted * wanted[..., 3:] // 255).max() <= 2


def test_nearest_only_chooses() -> None:
    pixels, box = noise(20, 20), Box(0, 0, 20, 20)
    found = transformed(pixels, box, Pose(scale=(3, 3)).matrix(box), Box(-20, -20, 60, 60), "nearest")
    assert np.array_equal(found, np.repeat(np.repeat(pixels, 3, axis=0), 3, axis=1))


def test_masks_and_sixteen_bits_come_through_finely() -> None:
    ramp = np.repeat(np.arange(0, 64000, 640, dtype=np.uint16)[None, :], 20, axis=0)
    pixels = np.dstack([ramp, ramp, ramp, np.full_like(ramp, 65535)])
    box = Box(0, 0, 100, 20)
    found = transformed(pixels, box, Pose(scale=(2, 2)).matrix(box), Box(-50, -10, 200, 40))
    row = found[20, 20:180, 0].astype(int)
    assert (np.diff(row) > 250).all() and (np.diff(row) < 390).all()
    mask = transformed(pixels[..., 3:], box, Pose(move=(0.5, 0)).matrix(box), Box(0, 0, 102, 20))
    assert mask.shape == (20, 102, 1) and mask[0, 50, 0] == 65535 and 20000 < mask[0, 100, 0] < 45000


def test_whole_steps_and_quarter_turns_are_known_as_exact() -> None:
    box = Box(0, 0, 31, 18)
    assert is_exact(Pose(degrees=90).matrix(box)) and is_exact(
        Pose(degrees=-450, scale=(-1, 1), move=(3, 4)).matrix(box)
    )
    assert not is_exact(Pose(degrees=90.001).matrix(box)) and not is_exact(Pose(move=(0.5, 0)).matrix(box))
