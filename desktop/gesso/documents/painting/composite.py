"""What a painting looks like: layers and groups composited tile by tile.

A tile is gone through in runs of pixels that stay in the processor's cache, in float32, planes of one channel each,
premultiplied. Whatever can be left out of a run is: layers that are clear there, and all that lies under an opaque one.
Leaving out changes no bit: it stands for a product with exactly 0 or 1. So any part of a painting looks to the bit as it
does in the whole.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.documents.painting.blend import BLENDS, SPARES, TINY, Floats
from gesso.documents.painting.painting import ROOT, Group, Layer, Node, Painting
from gesso.documents.painting.tiles import TILE, Index, Tiles
from gesso.values import Box

RUN = TILE * 128
"""Pixels gone through at once: their sums and the source over them are a megabyte, which a second-level cache holds."""
THREADS = 2
LEAST_TILES = 6
"""Fewer are not worth a second thread."""

Pixels = NDArray[Any]


def composite(painting: Painting, box: Box | None = None, exclude: Collection[str] = ()) -> Pixels:
    """The painting, or a box of it, as (h, w, 4) of its depth, straight alpha; without the excluded nodes."""
    box = box or painting.size.box
    out = np.zeros((box.height, box.width, 4), painting.dtype)
    grid = Tiles(painting.size, painting.dtype)

    def put(index: Index) -> None:
        place = grid.tile_box(index)
        common = place.intersect(box)
        tile = composite_tile(painting, index, exclude)
        if tile is not None:
            out[common.moved(-box.x, -box.y).slices()] = tile[common.moved(-place.x, -place.y).slices()]

    indices = list(grid.touched(box))
    if len(indices) < LEAST_TILES or (os.cpu_count() or 1) < 2:
        for index in indices:
            put(index)
    else:
        with ThreadPoolExecutor(THREADS, "composite") as threads:
            for _ in threads.map(put, indices):
                pass
    return out


def composite_tile(painting: Painting, index: Index, exclude: Collection[str] = ()) -> Pixels | None:
    """One tile as it looks, of the painting's depth; None when it is empty."""
    sheets = _sheets(painting, painting.root, index, exclude)
    if not sheets:
        return None
    if len(sheets) == 1 and sheets[0].is_plain:
        return sheets[0].tile  # its own pixels, exactly
    place = Box(index[0] * TILE, index[1] * TILE, TILE, TILE).clip(painting.size)
    out = np.empty((place.height, place.width, 4), painting.dtype)
    flat = out.reshape(-1, 4)
    try:
        scratch = _IDLE.pop()
    except IndexError:
        scratch = Scratch()
    for start in range(0, len(flat), RUN):
        part = flat[start : start + RUN]
        _write(*_stack(sheets, slice(start, start + len(part)), scratch, 0), part, scratch)
    _IDLE.append(scratch)
    return out


# --- what lies on a tile -----------------------------------------------------------------------------------------


@dataclass(slots=True)
class Sheet:
    """What a layer or a group puts on one tile."""

    opacity: float
    blend: str
    mask: Pixels | None
    """(pixels,) of uint8."""
    tile: Pixels | None = None
    """A layer's own pixels."""
    flat: Pixels | None = None
    """The same as (pixels, 4)."""
    inside: list[Sheet] | None = None
    """A group's, from the bottom up."""

    @property
    def is_plain(self) -> bool:
        """Whether it looks like its pixels where nothing lies below."""
        return self.tile is not None and self.opacity >= 1 and self.mask is None


def _sheets(painting: Painting, group: Group, index: Index, exclude: Collection[str]) -> list[Sheet]:
    """From the lowest that can be seen to the top."""
    found: list[Sheet] = []
    for child in group.children:
        node = painting.nodes[child]
        if child in exclude or not _may_show(node, index):
            continue
        mask = None if node.mask is None else node.mask.tiles[index].reshape(-1)
        if isinstance(node, Group):
            inside = _sheets(painting, node, index, exclude)
            if inside:
                found.append(Sheet(node.opacity, node.blend, mask, inside=inside))
            continue
        assert isinstance(node, Layer)
        tile = node.tiles.tiles[index]
        sheet = Sheet(node.opacity, node.blend, mask, tile, np.ascontiguousarray(tile).reshape(-1, 4))
        if sheet.is_plain and node.blend == "normal" and _alpha_range(sheet.flat)[0] == node.tiles.top:
            found.clear()
        found.append(sheet)
    return found


def _may_show(node: Node, index: Index) -> bool:
    if not node.visible or node.opacity <= 0 or (node.mask is not None and index not in node.mask.tiles):
        return False
    return isinstance(node, Group) or (isinstance(node, Layer) and index in node.tiles.tiles)


def _alpha_range(pixels: Any) -> tuple[int, int]:
    """The least and the greatest alpha of (pixels, 4)."""
    if pixels.dtype == np.uint8:
        whole = pixels.view("<u4")  # alpha is the highest byte, so the order of the numbers is its order
        return int(whole.min()) >> 24, int(whole.max()) >> 24
    alpha = pixels[:, 3]
    return int(alpha.min()), int(alpha.max())


# --- one run -----------------------------------------------------------------------------------------------------


class Scratch:
    """Arrays of one run, for one thread at a time, used again and again: fresh memory costs more than the sums."""

    def __init__(self) -> None:
        self.source, self.under, self.rest = np.empty((3, 3, RUN), np.float32)
        self.spare = np.empty((SPARES, 3, RUN), np.float32)
        self.cover, self.weight, self.keep = np.empty((3, RUN), np.float32)
        self.whole = np.empty((2, RUN), np.uint32)
        self._sums: list[Floats] = []

    def sum(self, depth: int) -> Floats:
        """Colour and alpha (4, run) of the group that is so deep in the tree."""
        while len(self._sums) <= depth:
            self._sums.append(np.empty((4, RUN), np.float32))
        return self._sums[depth]


_IDLE: deque[Scratch] = deque(maxlen=THREADS)

Stack = tuple[Floats | None, Floats | None]
"""Premultiplied colour (3, pixels) and alpha (pixels) in 0-1; no colour is nothing at all, no alpha is opaque."""
Source = tuple[Floats, Floats, Floats]
"""Colour, its factor and its alpha; the last two are of one pixel where they are the same for all."""


def _stack(sheets: list[Sheet], run: slice, scratch: Scratch, depth: int) -> Stack:
    """Sheet over sheet: co = cs as (1 - ab) + as ab B(cb, cs) + (1 - as) ab cb."""
    sums = scratch.sum(depth)[:, : run.stop - run.start]
    colour: Floats | None = None
    alpha: Floats | None = None
    for sheet in sheets:
        blends = sheet.blend != "normal"
        found = _source(sheet, run, scratch, depth, straight=blends)
        if found is None:
            continue
        source, weight, cover = found
        is_opaque = len(cover) == 1 and cover[0] == 1
        if colour is None or (is_opaque and not blends):
            colour, alpha = sums[:3], None if is_opaque else sums[3]
            np.multiply(source, weight, out=colour)
            if alpha is not None:
                np.copyto(alpha, cover)
            continue
        if blends:
            _blend(sheet.blend, colour, alpha, source, scratch)
        keep = np.subtract(1, cover, out=scratch.keep[: len(cover)])
        colour *= keep
        source *= weight
        colour += source
        if alpha is not None:
            alpha *= keep
            alpha += cover
    return colour, alpha


def _blend(blend: str, colour: Floats, alpha: Floats | None, source: Floats, scratch: Scratch) -> None:
    """cs becomes cs (1 - ab) + ab B(cb, cs)."""
    count = source.shape[1]
    spare = scratch.spare[:, :, :count]
    if alpha is None:
        BLENDS[blend](colour, source, spare)
        return
    keep, under, rest = scratch.keep[:count], scratch.under[:, :count], scratch.rest[:, :count]
    np.divide(colour, np.maximum(alpha, TINY, out=keep), out=under)
    np.multiply(source, np.subtract(1, alpha, out=keep), out=rest)
    BLENDS[blend](under, source, spare)
    source *= alpha
    source += rest


def _source(sheet: Sheet, run: slice, scratch: Scratch, depth: int, *, straight: bool) -> Source | None:
    """What a sheet puts on a run; None for nothing. When `straight`, colours are in 0-1 and their factor is alpha."""
    mask = None if sheet.mask is None else sheet.mask[run]
    if mask is not None and not mask.any():
        return None
    is_even = mask is None or mask.min() == mask.max()
    if sheet.inside is None:
        return _pixels(sheet, mask, is_even, run, scratch, straight)
    colour, alpha = _stack(sheet.inside, run, scratch, depth + 1)
    if colour is None:
        return None
    weight = scratch.weight[: 1 if is_even else colour.shape[1]]
    weight.fill(1)
    _veil(weight, sheet.opacity, mask, scratch)
    if alpha is None:
        return colour, weight, weight
    cover = np.multiply(alpha, weight, out=scratch.cover[: len(alpha)])
    if not straight:
        return colour, weight, cover
    colour /= np.maximum(alpha, TINY, out=scratch.keep[: len(alpha)])
    return colour, cover, cover


def _pixels(
    sheet: Sheet, mask: Pixels | None, is_even: bool, run: slice, scratch: Scratch, straight: bool
) -> Source | None:
    assert sheet.flat is not None
    pixels = sheet.flat[run]
    count = len(pixels)
    least, most = _alpha_range(pixels)
    if most == 0:
        return None
    source = scratch.source[:, :count]
    cover = scratch.cover[: 1 if is_even and least == most else count]
    unit = np.float32(1 / np.iinfo(pixels.dtype).max)
    if pixels.dtype == np.uint8:
        # Channels picked out of whole numbers of four bytes: a copy with a stride takes longer.
        four, part = pixels.view("<u4")[:, 0], scratch.whole[0, :count]
        signed = part.view(np.int32)  # quicker to turn into floats
        for channel in range(3):
            np.right_shift(four, 8 * channel, out=part)
            part &= 255
            np.copyto(source[channel], signed)
        np.right_shift(four[: len(cover)], 24, out=part[: len(cover)])
        np.copyto(cover, signed[: len(cover)])
    else:
        np.copyto(source, pixels[:, :3].T)
        np.copyto(cover, pixels[: len(cover), 3])
    cover *= unit
    _veil(cover, sheet.opacity, mask, scratch)
    if straight:
        source *= unit
        return source, cover, cover
    return source, np.multiply(cover, unit, out=scratch.weight[: len(cover)]), cover


def _veil(alpha: Floats, opacity: float, mask: Pixels | None, scratch: Scratch) -> None:
    """Less of it."""
    if opacity < 1:
        alpha *= np.float32(opacity)
    if mask is not None:
        soft = scratch.keep[: len(alpha)]
        np.copyto(soft, mask[: len(alpha)])
        soft *= np.float32(1 / 255)
        alpha *= soft


def _write(colour: Floats | None, alpha: Floats | None, out: Pixels, scratch: Scratch) -> None:
    """A run as pixels (n, 4), straight and rounded."""
    if colour is None:
        out.fill(0)
        return
    count, top = len(out), np.float32(np.iinfo(out.dtype).max)
    if alpha is not None:
        colour /= np.maximum(alpha, TINY, out=scratch.keep[:count])
        alpha *= top
        alpha += np.float32(0.5)
    colour *= top
    colour += np.float32(0.5)
    np.maximum(colour, 0, out=colour)
    np.minimum(colour, top, out=colour)
    if out.dtype != np.uint8:
        np.copyto(out[:, :3], colour.T, casting="unsafe")
        np.copyto(out[:, 3], top if alpha is None else alpha, casting="unsafe")
        return
    part, four = scratch.whole[:, :count]
    signed, whole = part.view(np.int32), out.view("<u4")[:, 0]
    np.copyto(four.view(np.int32), colour[0], casting="unsafe")
    for channel, plane in ((1, colour[1]), (2, colour[2]), (3, alpha)):
        if plane is None:
            four |= 0xFF000000
        else:
            np.copyto(signed, plane, casting="unsafe")
            part <<= 8 * channel
            four |= part
    np.copyto(whole, four)


__all__ = ["ROOT", "composite", "composite_tile"]
