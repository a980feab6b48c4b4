"""Tiled equals whole: the hardest tests in the house."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from gesso.engine.card import Tiling
from gesso.engine.tiling import cores_for, mirrored, run_tiled, spans, square_copy, textured, tiles_of
from gesso.values import Cancelled, Progress, Size

Floats = NDArray[np.float32]


def blur(reach: int, scale: int) -> Any:
    """A zero-padded box blur that looks `reach` pixels far, then enlarges: as local as a small CNN."""

    def network(x: Floats, rows: range, columns: range) -> Floats:
        assert x.shape[2:] == (len(rows), len(columns))
        _, _, height, width = x.shape
        padded = np.pad(x[0], ((0, 0), (reach, reach), (reach, reach)))
        total = sum(
            padded[:, i : i + height, j : j + width] * (1 + i + 2 * j)
            for i in range(2 * reach + 1)
            for j in range(2 * reach + 1)
        )
        total = np.asarray(total, np.float32) / (2 * reach + 1) ** 2 / (1 + 3 * reach)
        return total.repeat(scale, 1).repeat(scale, 2)[None]

    return network


@given(
    height=st.integers(1, 70),
    width=st.integers(1, 70),
    reach=st.integers(0, 3),
    scale=st.sampled_from([1, 2, 4]),
    align=st.sampled_from([1, 4, 8]),
    edge=st.sampled_from([0, 5, 16]),
    tile_px=st.integers(20, 40),
)
def test_tiled_equals_whole(
    height: int, width: int, reach: int, scale: int, align: int, edge: int, tile_px: int
) -> None:
    tiling = Tiling(tile_px, reach, align, scale, edge)
    picture = np.random.default_rng(height * 71 + width).random((height, width, 3), dtype=np.float32)
    whole = np.full((height * scale, width * scale, 3), np.nan, np.float32)
    tiled = whole.copy()
    run_tiled(picture, whole, tiling, blur(reach, scale), Progress.silent(), 100_000)
    run_tiled(picture, tiled, tiling, blur(reach, scale), Progress.silent(), tile_px)
    assert np.isfinite(tiled).all()
    assert np.abs(whole - tiled).max() <= 1e-4


@given(
    height=st.integers(1, 70),
    width=st.integers(1, 70),
    period=st.tuples(st.integers(1, 24), st.integers(1, 24)),
    reach=st.integers(0, 2),
    align=st.sampled_from([1, 4, 8]),
    edge=st.sampled_from([0, 5, 16]),
    tile_px=st.integers(20, 40),
)
def test_tiled_with_a_texture_equals_whole(
    height: int, width: int, period: tuple[int, int], reach: int, align: int, edge: int, tile_px: int
) -> None:
    tiling = Tiling(tile_px, reach, align, 1, edge)
    rng = np.random.default_rng(height * 71 + width)
    picture = rng.random((height, width, 3), dtype=np.float32)
    field = rng.random((1, *period), dtype=np.float32)
    local = blur(reach, 1)

    def network(x: Floats, rows: range, columns: range) -> Floats:
        return np.asarray(local(x * textured(field, rows, columns), rows, columns))

    whole = np.full((height, width, 3), np.nan, np.float32)
    tiled = whole.copy()
    run_tiled(picture, whole, tiling, network, Progress.silent(), 100_000)
    run_tiled(picture, tiled, tiling, network, Progress.silent(), tile_px)
    assert np.abs(whole - tiled).max() <= 1e-4


def test_a_texture_lies_where_the_picture_begins_and_goes_on_beyond_it() -> None:
    field = np.random.default_rng(2).random((2, 5, 7), dtype=np.float32)
    seen = textured(field, range(-3, 12), range(-8, 9))
    assert seen.shape == (1, 2, 15, 17)
    assert np.array_equal(seen[0, :, 3 : 3 + 5, 8 : 8 + 1], field[:, :, :1])
    assert np.array_equal(seen[0, :, :5], seen[0, :, 5:10]) and np.array_equal(seen[..., :7], seen[..., 7:14])


@pytest.mark.parametrize("size", [(1, 60000), (60000, 1), (1, 1), (3, 2)])
def test_odd_shapes(size: tuple[int, int]) -> None:
    tiling = Tiling(64, 8, 8, 1, 4)
    picture = np.random.default_rng(1).integers(0, 256, (*size, 3)).astype(np.uint8)
    out = np.zeros_like(picture)
    run_tiled(picture, out, tiling, lambda x, rows, columns: x, Progress.silent(), 64)
    assert np.array_equal(out, picture)


@given(length=st.integers(1, 400), cores=st.integers(1, 30), align=st.sampled_from([1, 4, 8]), halo=st.integers(0, 40))
def test_spans_cover_without_overlap(length: int, cores: int, align: int, halo: int) -> None:
    length = length * align
    found = spans(length, cores, Tiling(64, halo, align, 1, 0))
    assert found[0].core[0] == 0 and found[-1].core[1] == length
    assert all(a.core[1] == b.core[0] for a, b in pairwise(found))
    for span in found:
        assert span.window[0] % align == 0 and span.window[1] % align == 0
        assert span.window[0] == 0 or span.core[0] - span.window[0] >= halo
        assert span.window[1] == length or span.window[1] - span.core[1] >= halo


@given(width=st.integers(1, 5000), height=st.integers(1, 5000), tile_px=st.sampled_from([128, 512, 1024]))
def test_no_window_is_larger_than_asked(width: int, height: int, tile_px: int) -> None:
    tiling = Tiling(tile_px, 24, 8, 1, 32)
    rows, columns = cores_for(Size(width, height), tiling, tile_px)
    assert rows * columns <= 8 * (width + 64) * (height + 64) / tile_px**2 + 4
    for tile in tiles_of(Size(width, height), tiling, tile_px):
        area = (tile.row.window[1] - tile.row.window[0]) * (tile.column.window[1] - tile.column.window[0])
        assert area <= tile_px**2 * 1.02 + 2000


@given(start=st.integers(-50, 50), length=st.integers(1, 30))
def test_mirroring_is_numpys_reflection(start: int, length: int) -> None:
    expected = np.pad(np.arange(length), (60, 120), mode="reflect")[60 + start : 60 + start + 40]
    assert np.array_equal(mirrored(start, start + 40, length), expected)


def test_cancelled_between_tiles() -> None:
    seen: list[int] = []

    def network(x: Floats, rows: range, columns: range) -> Floats:
        seen.append(1)
        return x

    out = np.zeros((64, 64, 3), np.uint8)
    with pytest.raises(Cancelled):
        run_tiled(out, out.copy(), Tiling(16, 0, 1, 1, 0), network, Progress(None, lambda: len(seen) >= 2), 16)
    assert len(seen) == 2


@pytest.mark.parametrize("size", [(640, 480), (100, 900), (1, 1), (37, 64)])
@pytest.mark.parametrize("top", [1, 255, 65535])
def test_a_square_copy_keeps_the_mean_of_any_shape_and_depth(size: tuple[int, int], top: int) -> None:
    picture = np.random.default_rng(3).random((*size, 3), dtype=np.float32) * top
    picture = picture.astype({1: np.float32, 255: np.uint8, 65535: np.uint16}[top])
    small = square_copy(picture, 64)
    assert small.shape == (64, 64, 3) and small.dtype == picture.dtype
    exact = min(size) >= 64 or size == (1, 1)
    assert np.abs(small.mean(axis=(0, 1)) - picture.mean(axis=(0, 1))).max() < (0.004 if exact else 0.05) * top
