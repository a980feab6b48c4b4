"""Cutting a picture of any size for a network, and putting it together without a seam.

The picture is thought of as continued by mirroring: by `edge_px` on every side, and on the right and below by what the
alignment asks for more. Tiles are windows of that continued picture whose middles cover it; each window carries a halo as
wide as the network looks, so a tile's middle comes out exactly as it would in the whole.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.engine.card import Tiling
from gesso.values import Progress, Size

Floats = NDArray[np.float32]
Pixels = NDArray[Any]
"""(h, w, 3) uint8, uint16 or float32 in 0-1."""
Network = Callable[[Floats, range, range], Floats]
"""(1, 3, h, w) in 0-1, and the rows and columns of the picture that it shows -> (1, 3, scale * h, scale * w).

Rows and columns may be negative or beyond the picture, where it is continued.
"""


@dataclass(frozen=True)
class Span:
    """A tile along one axis, in pixels of the continued picture."""

    window: tuple[int, int]
    """What the network sees."""
    core: tuple[int, int]
    """What is kept of it."""


def spans(length: int, cores: int, tiling: Tiling) -> list[Span]:
    """Cut a continued length (a multiple of the alignment) into nearly equal tiles."""
    align = tiling.align_px
    halo = math.ceil(tiling.halo_px / align) * align
    units = length // align
    cores = max(1, min(cores, units))
    cuts = [units * i // cores * align for i in range(cores + 1)]
    return [Span((max(0, low - halo), min(length, high + halo)), (low, high)) for low, high in pairwise(cuts)]


def continued(length: int, tiling: Tiling) -> int:
    """The length with its mirrored edges, rounded up to the alignment."""
    return math.ceil((length + 2 * tiling.edge_px) / tiling.align_px) * tiling.align_px


def cores_for(size: Size, tiling: Tiling, tile_px: int) -> tuple[int, int]:
    """Fewest rows and columns of tiles whose windows hold at most `tile_px` squared."""
    halo = 2 * math.ceil(tiling.halo_px / tiling.align_px) * tiling.align_px
    width, height = continued(size.width, tiling), continued(size.height, tiling)
    limit = max(tile_px, halo + tiling.align_px) ** 2

    def window(length: int, cores: int) -> int:
        core = math.ceil(length / tiling.align_px / cores) * tiling.align_px
        return length if cores == 1 else min(length, core + halo)

    best: tuple[float, int, int] | None = None
    for columns in range(1, width // tiling.align_px + 1):
        across = window(width, columns)
        low, high = 1, height // tiling.align_px
        if across * window(height, high) <= limit:
            while low < high:
                middle = (low + high) // 2
                if across * window(height, middle) <= limit:
                    high = middle
                else:
                    low = middle + 1
            work = float(columns * across) * (low * window(height, low))
            if best is None or work < best[0]:
                best = (work, low, columns)
            elif columns > 2 * best[2] + 2:
                break
    if best is None:
        return height // tiling.align_px, width // tiling.align_px
    return best[1], best[2]


def mirrored(start: int, stop: int, length: int) -> NDArray[np.intp]:
    """Positions in 0..length-1 that start..stop-1 stand for when the ends are mirrored without repeating them."""
    at = np.arange(start, stop)
    if length == 1:
        return np.zeros(len(at), np.intp)
    period = 2 * (length - 1)
    at = np.mod(at, period)
    return np.where(at < length, at, period - at).astype(np.intp)


def window_of(source: Pixels, rows: tuple[int, int], columns: tuple[int, int]) -> Pixels:
    """A window that may reach beyond the picture, (h, w, 3)."""
    height, width = source.shape[:2]
    if min(rows[0], columns[0]) >= 0 and rows[1] <= height and columns[1] <= width:
        return source[rows[0] : rows[1], columns[0] : columns[1]]
    across = mirrored(*columns, width)
    # Rows first, and only the columns that are needed: a row of a very wide picture is large itself.
    low, high = int(across.min()), int(across.max()) + 1
    band = source[mirrored(*rows, height), low:high]
    return np.asarray(band[:, across - low])


def as_input(window: Pixels, colour: NDArray[np.floating] | None) -> Floats:
    """(h, w, 3) of any depth -> (1, 3, h, w) in 0-1, recoloured by a (3, 4) matrix when one is given."""
    if window.dtype == np.uint8:
        plain = window.astype(np.float32) * np.float32(1 / 255)
    elif window.dtype == np.uint16:
        plain = window.astype(np.float32) * np.float32(1 / 65535)
    else:
        plain = np.asarray(window, np.float32)
    if colour is not None:
        matrix = np.asarray(colour, np.float32)
        plain = np.clip(plain @ matrix[:, :3].T + matrix[:, 3], 0, 1)
    return np.ascontiguousarray(plain.transpose(2, 0, 1)[None], np.float32)


def textured(field: Floats, rows: range, columns: range) -> Floats:
    """A periodic field (c, p, q) as seen in a window: (1, c, h, w). The same place of a picture always gets the same."""
    across = np.arange(columns.start, columns.stop) % field.shape[2]
    down = np.arange(rows.start, rows.stop) % field.shape[1]
    return np.ascontiguousarray(field[:, down[:, None], across[None, :]][None], np.float32)


def store(out: Pixels, rows: slice, columns: slice, found: Floats) -> None:
    """(3, h, w) in 0-1 into the result, rounded to its depth."""
    plain = found.transpose(1, 2, 0)
    if out.dtype == np.float32:
        out[rows, columns] = plain
        return
    top = 255 if out.dtype == np.uint8 else 65535
    out[rows, columns] = np.rint(np.clip(plain, 0, 1) * np.float32(top)).astype(out.dtype)


@dataclass(frozen=True)
class Tile:
    row: Span
    column: Span


def tiles_of(size: Size, tiling: Tiling, tile_px: int) -> Iterator[Tile]:
    """Every tile whose middle holds some of the picture."""
    rows, columns = cores_for(size, tiling, tile_px)
    edge = tiling.edge_px
    for row in spans(continued(size.height, tiling), rows, tiling):
        for column in spans(continued(size.width, tiling), columns, tiling):
            if (
                row.core[1] > edge
                and row.core[0] < edge + size.height
                and column.core[1] > edge
                and column.core[0] < edge + size.width
            ):
                yield Tile(row, column)


def run_tile(
    source: Pixels, out: Pixels, tile: Tile, tiling: Tiling, network: Network, colour: NDArray[np.floating] | None
) -> None:
    """Compute one tile and put its middle into the result."""
    height, width = source.shape[:2]
    edge, scale = tiling.edge_px, tiling.scale
    rows = (tile.row.window[0] - edge, tile.row.window[1] - edge)
    columns = (tile.column.window[0] - edge, tile.column.window[1] - edge)
    found = network(as_input(window_of(source, rows, columns), colour), range(*rows), range(*columns))[0]
    top, bottom = max(tile.row.core[0] - edge, 0), min(tile.row.core[1] - edge, height)
    left, right = max(tile.column.core[0] - edge, 0), min(tile.column.core[1] - edge, width)
    inner = found[
        :,
        (top - rows[0]) * scale : (bottom - rows[0]) * scale,
        (left - columns[0]) * scale : (right - columns[0]) * scale,
    ]
    store(out, slice(top * scale, bottom * scale), slice(left * scale, right * scale), inner)


def run_tiled(
    source: Pixels,
    out: Pixels,
    tiling: Tiling,
    network: Network,
    progress: Progress,
    tile_px: int,
    colour: NDArray[np.floating] | None = None,
) -> None:
    """The whole picture, tile by tile, with progress after each."""
    tiles = list(tiles_of(Size(source.shape[1], source.shape[0]), tiling, tile_px))
    for number, tile in enumerate(tiles):
        progress.at(number / len(tiles))
        run_tile(source, out, tile, tiling, network, colour)
    progress.at(1.0)


def square_copy(source: Pixels, side_px: int) -> Pixels:
    """A copy that is a square whatever the shape of the picture, by areas where it shrinks; for statistics."""
    import cv2

    found = source
    for axis in (1, 0):
        height, width = found.shape[:2]
        how = cv2.INTER_AREA if found.shape[axis] >= side_px else cv2.INTER_LINEAR
        size = (side_px, height) if axis == 1 else (width, side_px)
        found = np.asarray(cv2.resize(np.ascontiguousarray(found), size, interpolation=how))
    return found
