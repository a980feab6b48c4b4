"""Sheets over sheets: one run of pixels of everything that lies on a box.

Pixels are gone through in runs that stay in the processor's cache, in float32, planes of one channel each, premultiplied.
Whatever can be left out of a run is; leaving out changes no bit: it stands for a product with exactly 0 or 1.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.documents.painting import native
from gesso.documents.painting.adjustments.declaration import Pointwise
from gesso.documents.painting.blend import ADDS, BLENDS, SPARES, TINY, Floats
from gesso.documents.painting.light import become_codes, become_light, lights, put_codes
from gesso.documents.painting.tiles import TILE

RUN = TILE * TILE
"""Pixels gone through at once, a tile. Fewer would lie nearer to the processor, but two threads would wait for Python's
lock more often than they gain: half a tile at once takes a third longer in two threads, and saves a twentieth in one."""
THREADS = 2

Pixels = NDArray[Any]
TOPS = {np.dtype(np.uint8): 255, np.dtype(np.uint16): 65535}
"""What stands for 1."""


@dataclass(slots=True)
class Sheet:
    """What a layer, a group or an adjustment puts on a box."""

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
    point: Pointwise | None = None
    """What an adjustment does to each colour below it."""
    planes: Floats | None = None
    """(4, pixels): what all that lies below looks like through an adjustment, premultiplied."""
    ground: Floats | None = None
    """(4, pixels): in place of the lowest sheets, what they are together."""
    atop: bool = False
    """Whether it shows only where something lies below it."""

    @property
    def is_plain(self) -> bool:
        """Whether it looks like its pixels where nothing lies below."""
        return self.tile is not None and self.opacity >= 1 and self.mask is None


def alpha_range(pixels: Any) -> tuple[int, int]:
    """The least and the greatest alpha of (pixels, 4)."""
    if pixels.dtype == np.uint8:
        whole = pixels.view("<u4")  # alpha is the highest byte, so the order of the numbers is its order
        return int(whole.min()) >> 24, int(whole.max()) >> 24
    alpha = pixels[:, 3]
    return int(alpha.min()), int(alpha.max())


class Scratch:
    """Arrays of one run, for one thread at a time, used again and again: fresh memory costs more than the sums."""

    def __init__(self) -> None:
        self.source, self.under, self.rest = np.empty((3, 3, RUN), np.float32)
        self.spare = np.empty((SPARES, 3, RUN), np.float32)
        self.cover, self.weight, self.keep = np.empty((3, RUN), np.float32)
        self._planes = {np.dtype(kind): np.empty((4, RUN), kind) for kind in (np.uint8, np.uint16)}
        self._sums: list[Floats] = []

        self.is_linear = False
        """Whether colours are light: see `light`."""

    def planes(self, pixels: Pixels) -> list[Pixels]:
        """Room for the four channels of (pixels, 4), each by itself, as OpenCV takes them."""
        room = self._planes[pixels.dtype]
        return [room[channel, : len(pixels)].reshape(1, -1) for channel in range(4)]

    def colours(self, pixels: Pixels) -> Pixels:
        """The first three of these channels (3, pixels)."""
        return self._planes[pixels.dtype][:3, : len(pixels)]

    def sum(self, depth: int) -> Floats:
        """Colour and alpha (4, run) of the group that is so deep in the tree."""
        while len(self._sums) <= depth:
            self._sums.append(np.empty((4, RUN), np.float32))
        return self._sums[depth]


_IDLE: deque[Scratch] = deque(maxlen=THREADS)


@contextmanager
def scratch(is_linear: bool) -> Iterator[Scratch]:
    """Room to work in, for one thread, on light or on its numbers."""
    try:
        found = _IDLE.pop()
    except IndexError:
        found = Scratch()
    found.is_linear = is_linear
    yield found
    _IDLE.append(found)


def look_of(sheets: Sequence[Sheet], out: Pixels, is_linear: bool) -> None:
    """Write sheets over each other as (h, w, 4) of uint8 or uint16, straight and rounded; `out` may be a part of more."""
    count = out.shape[0] * out.shape[1]
    if native.is_available():
        native.composite(_grounded(sheets, count, is_linear, 0), out, is_linear)
        return
    flat = np.empty((count, 4), out.dtype)
    with scratch(is_linear) as room:
        for start in range(0, count, RUN):
            part = flat[start : start + RUN]
            _write(*_stack(sheets, slice(start, start + len(part)), room, 0), part, room)
    out[...] = flat.reshape(out.shape)


def planes_of(sheets: Sequence[Sheet], count: int, is_linear: bool) -> Floats:
    """Sheets over each other as planes (4, pixels) of premultiplied colour, or light, and alpha."""
    if not native.is_available():
        return _planes(sheets, count, is_linear)
    found = np.empty((4, count), np.float32)
    native.composite(_grounded(sheets, count, is_linear, 0), found, is_linear)
    return found


def _planes(sheets: Sequence[Sheet], count: int, is_linear: bool) -> Floats:
    """The same by numpy."""
    found = np.empty((4, count), np.float32)
    with scratch(is_linear) as room:
        for start in range(0, count, RUN):
            part = found[:, start : start + RUN]
            colour, alpha = _stack(sheets, slice(start, start + part.shape[1]), room, 0)
            if colour is None:
                part.fill(0)
                continue
            part[:3] = colour
            part[3] = 1 if alpha is None else alpha
    return found


def _grounded(sheets: Sequence[Sheet], count: int, is_linear: bool, depth: int) -> list[Sheet]:
    """The same in what the compiled sums know: an adjustment and all below it are a ground, and so is too deep a group."""
    found: list[Sheet] = []
    for sheet in sheets:
        if sheet.point is not None or sheet.planes is not None:
            if found:
                found = [Sheet(1.0, "normal", None, ground=_ground(found, count, is_linear))]
            planes = _planes([*found, sheet], count, is_linear)
            found = [Sheet(1.0, "normal", None, ground=planes)]
        elif sheet.inside is None:
            found.append(sheet)
        else:
            inside = _grounded(sheet.inside, count, is_linear, depth + 1)
            if depth == native.DEEPEST and inside:
                inside = [Sheet(1.0, "normal", None, ground=_ground(inside, count, is_linear))]
            found.append(replace(sheet, inside=inside))
    return found


def _ground(sheets: list[Sheet], count: int, is_linear: bool) -> Floats:
    if len(sheets) == 1 and sheets[0].ground is not None:
        return sheets[0].ground
    planes = np.empty((4, count), np.float32)
    native.composite(sheets, planes, is_linear)
    return planes


Stack = tuple[Floats | None, Floats | None]
"""Premultiplied colour (3, pixels) and alpha (pixels) in 0-1; no colour is nothing at all, no alpha is opaque."""
Source = tuple[Floats, Floats, Floats, float]
"""Colour, its factor, its alpha and what stands for 1 in a straight colour; factor and alpha are of one pixel where they
are the same for all."""


def _stack(sheets: Sequence[Sheet], run: slice, scratch: Scratch, depth: int) -> Stack:
    """Sheet over sheet: co = cs as (1 - ab) + as ab B(cb, cs) + (1 - as) ab cb."""
    sums = scratch.sum(depth)[:, : run.stop - run.start]
    colour: Floats | None = None
    alpha: Floats | None = None
    for sheet in sheets:
        if sheet.ground is not None:
            np.copyto(sums, sheet.ground[:, run])
            colour, alpha = sums[:3], None if sums[3].min() >= 1 else sums[3]
            continue
        if sheet.point is not None:
            if colour is not None:
                _adjust(sheet, colour, alpha, run, scratch)
            continue
        if sheet.planes is not None:
            if colour is None:  # what lies around may spread into where nothing is
                colour, alpha = sums[:3], sums[3]
                sums.fill(0)
            alpha = _exchange(sheet, colour, alpha, sums[3], run, scratch)
            continue
        if sheet.atop and colour is None:
            continue
        blends = sheet.blend != "normal"
        found = _source(sheet, run, scratch, depth, straight=blends)
        if found is None:
            continue
        source, share, cover, _ = found
        is_opaque = len(cover) == 1 and cover[0] == 1
        if colour is None or (is_opaque and not blends and not (sheet.atop and alpha is not None)):
            colour, alpha = sums[:3], None if is_opaque else sums[3]
            np.multiply(source, share, out=colour)
            if alpha is not None:
                np.copyto(alpha, cover)
            continue
        atop = alpha if sheet.atop else None  # only the part that has something below, and alpha stays
        if blends:
            _add(sheet.blend, colour, alpha, found, scratch, beside=atop is None)
        else:
            source *= share
            if atop is not None:
                source *= atop
            colour *= np.subtract(1, cover, out=scratch.keep[: len(cover)])
        colour += source
        if alpha is not None and atop is None:
            alpha *= np.subtract(1, cover, out=scratch.keep[: len(cover)])
            alpha += cover
    return colour, alpha


def _share(sheet: Sheet, run: slice, scratch: Scratch) -> Floats | None:
    """How much of a sheet without alpha shows: of one pixel where it is the same for all; None for nothing."""
    mask = None if sheet.mask is None else sheet.mask[run]
    if mask is not None and not mask.any():
        return None
    is_even = mask is None or mask.min() == mask.max()
    share = scratch.cover[: 1 if is_even else run.stop - run.start]
    share.fill(1)
    _veil(share, sheet.opacity, mask, scratch)
    return share


def _adjust(sheet: Sheet, colour: Floats, alpha: Floats | None, run: slice, scratch: Scratch) -> None:
    """The colours below become what an adjustment makes of them, as far as it shows."""
    share = _share(sheet, run, scratch)
    if share is None:
        return
    assert sheet.point is not None
    count = colour.shape[1]
    source, under, spare = scratch.source[:, :count], scratch.under[:, :count], scratch.spare[:, :, :count]
    if alpha is None:
        np.copyto(under, colour)
    else:
        np.divide(colour, np.maximum(alpha, TINY, out=scratch.keep[:count]), out=under)
    np.minimum(under, 1, out=under)
    np.copyto(source, under)
    if scratch.is_linear:  # curves, levels and the rest are drawn for numbers
        become_codes(source, spare[0])
    sheet.point(source, spare)
    if scratch.is_linear:
        become_light(source, spare[0])
    if sheet.blend != "normal":
        BLENDS[sheet.blend](under, source, spare)
    if alpha is not None:
        source *= alpha
    _mix(colour, source, share, scratch)


def _exchange(
    sheet: Sheet, colour: Floats, alpha: Floats | None, room: Floats, run: slice, scratch: Scratch
) -> Floats | None:
    """What lies below becomes the planes of a sheet, alpha and all, as far as it shows; the alpha from now on."""
    share = _share(sheet, run, scratch)
    if share is None:
        return alpha
    assert sheet.planes is not None
    planes, count = sheet.planes[:, run], colour.shape[1]
    source = scratch.source[:, :count]
    np.copyto(source, planes[:3])
    if sheet.blend != "normal":
        rest = scratch.keep[:count]
        source /= np.maximum(planes[3], TINY, out=rest)
        np.minimum(source, 1, out=source)
        _blend(sheet.blend, colour, alpha, source, scratch)
        source *= planes[3]
    _mix(colour, source, share, scratch)
    if alpha is None and planes[3].min() >= 1:
        return None
    if alpha is None:
        alpha = room
        alpha.fill(1)
    veil = np.multiply(planes[3], share, out=scratch.weight[:count])
    alpha *= np.subtract(1, share, out=scratch.keep[: len(share)])
    alpha += veil
    return alpha


def _mix(colour: Floats, source: Floats, share: Floats, scratch: Scratch) -> None:
    """Colour as far as the source does not show, and the source as far as it does."""
    if len(share) == 1 and share[0] == 1:
        np.copyto(colour, source)
        return
    source *= share
    colour *= np.subtract(1, share, out=scratch.keep[: len(share)])
    colour += source


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


def _add(blend: str, colour: Floats, alpha: Floats | None, found: Source, scratch: Scratch, *, beside: bool) -> None:
    """The source becomes what it adds: as ab (B(cb, cs) - cb), and `beside` what is below as (1 - ab) cs."""
    source, share, cover, top = found
    count = source.shape[1]
    spare = scratch.spare[:, :, :count]
    if alpha is None:
        ADDS[blend](colour, source, cover, share, top, spare)
        return
    keep, under, rest = scratch.keep[:count], scratch.under[:, :count], scratch.rest[:, :count]
    np.divide(colour, np.maximum(alpha, TINY, out=keep), out=under)
    if beside:
        np.multiply(source, share, out=rest)
        rest *= np.subtract(1, alpha, out=keep)
    ADDS[blend](under, source, cover, share, top, spare)
    source *= alpha
    if beside:
        source += rest


def _source(sheet: Sheet, run: slice, scratch: Scratch, depth: int, *, straight: bool) -> Source | None:
    """What a sheet puts on a run; None for nothing. When `straight`, the factor is alpha by what stands for 1."""
    mask = None if sheet.mask is None else sheet.mask[run]
    if mask is not None and not mask.any():
        return None
    is_even = mask is None or mask.min() == mask.max()
    if sheet.inside is None:
        return _pixels(sheet, mask, is_even, run, scratch)
    colour, alpha = _stack(sheet.inside, run, scratch, depth + 1)
    if colour is None:
        return None
    weight = scratch.weight[: 1 if is_even else colour.shape[1]]
    weight.fill(1)
    _veil(weight, sheet.opacity, mask, scratch)
    if alpha is None:
        return colour, weight, weight, 1
    cover = np.multiply(alpha, weight, out=scratch.cover[: len(alpha)])
    if not straight:
        return colour, weight, cover, 1
    colour /= np.maximum(alpha, TINY, out=scratch.keep[: len(alpha)])
    return colour, cover, cover, 1


def _pixels(sheet: Sheet, mask: Pixels | None, is_even: bool, run: slice, scratch: Scratch) -> Source | None:
    import cv2

    assert sheet.flat is not None
    pixels = sheet.flat[run]
    count, top = len(pixels), TOPS[pixels.dtype]
    planes = scratch.planes(pixels)
    cv2.split(pixels.reshape(1, count, 4), planes)
    alpha = planes[3][0]
    least, most = alpha.min(), alpha.max()
    if most == 0:
        return None
    source = scratch.source[:, :count]
    cover = scratch.cover[: 1 if is_even and least == most else count]
    if scratch.is_linear:
        cv2.LUT(scratch.colours(pixels), lights(top), source)
    else:
        np.copyto(source, scratch.colours(pixels))
    np.copyto(cover, alpha[: len(cover)])
    unit = np.float32(1 / top)
    cover *= unit
    _veil(cover, sheet.opacity, mask, scratch)
    return source, np.multiply(cover, unit, out=scratch.weight[: len(cover)]), cover, top


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
    import cv2

    if colour is None:
        out.fill(0)
        return
    top, planes = TOPS[out.dtype], scratch.planes(out)
    if alpha is None:
        planes[3].fill(top)
    else:
        colour /= np.maximum(alpha, TINY, out=scratch.keep[: len(out)])
        _whole(alpha.reshape(1, -1), planes[3], top)
    if scratch.is_linear:
        put_codes(colour, scratch.colours(out), top, scratch.spare[0, :, : len(out)])
    else:
        _whole(colour, scratch.colours(out), top)
    cv2.merge(planes, out.reshape(1, -1, 4))


def _whole(values: Floats, out: Pixels, top: int) -> None:
    """0-1 as rounded whole numbers, both (rows, pixels); the values are used up."""
    if out.dtype == np.uint8:
        import cv2

        cv2.convertScaleAbs(values, out, top, 0)
        return
    values *= np.float32(top)
    values += np.float32(0.5)
    np.maximum(values, 0, out=values)
    np.minimum(values, np.float32(top), out=values)
    np.copyto(out, values, casting="unsafe")
