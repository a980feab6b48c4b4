"""Putting a stroke on pixels: its coverage and a colour, or a picture, over what was there before the stroke.

A stroke keeps its coverage in a buffer of its own and is laid on the untouched pixels from there, so that crossing
oneself never exceeds the brush's opacity and rounding never adds up.
"""

from __future__ import annotations

from threading import local
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.operations.painting.brush.brush import Brush
from gesso.operations.painting.brush.stamp import Coverage

Pixels = NDArray[Any]
"""(height, width, 4), uint8 or uint16, straight alpha."""
Paint = NDArray[np.float32]
"""(height, width, 4) in 0-1, premultiplied."""
Selection = NDArray[np.uint8]
MOST_ROOM = 256 * 256 * 4
"""A tile."""


def rimmed(coverage: Coverage, wet_edge: float) -> Coverage:
    """Coverage as a pool of water leaves it: pigment is carried outwards and dries at the rim."""
    rim = coverage * (1 - coverage)
    rim *= np.float32(4 * 1.1)
    body = coverage * np.float32(1 - 0.55 * wet_edge)
    return np.asarray(np.minimum(1, body + rim * np.float32(0.45 * wet_edge)), np.float32)


def share_of(coverage: Coverage, strength: float, wet_edge: float, selection: Selection | None) -> Coverage:
    """How much of each pixel is new."""
    found = (rimmed(coverage, wet_edge) if wet_edge > 0 else coverage) * np.float32(strength)
    if selection is not None:
        found *= selection.reshape(found.shape) * np.float32(1 / 255)
    return np.asarray(found, np.float32)


def lay(base: Pixels, coverage: Coverage, brush: Brush, selection: Selection | None = None) -> Pixels:
    """The pixels with a stroke on them; untouched to the bit where it is not or may not be."""
    strength = brush.opacity if brush.eraser else brush.opacity * brush.colour.alpha
    share = share_of(coverage, strength, 0.0 if brush.eraser else brush.wet_edge, selection)
    if not share.any():
        return base.copy()
    if brush.eraser:
        return _erased(base, share)
    top = float(np.iinfo(base.dtype).max)
    colour = (brush.colour.red * top, brush.colour.green * top, brush.colour.blue * top, top)
    return _mixed(base, share, np.array(colour, np.float32))


def _erased(base: Pixels, share: Coverage) -> Pixels:
    found, touched = base.copy(), share > 0
    alpha = np.rint(base[..., 3] * (1 - share)).astype(base.dtype)
    np.copyto(found[..., 3], alpha, where=touched)
    found[touched & (alpha == 0)] = 0
    return found


def _mixed(base: Pixels, share: Coverage, paint: Paint) -> Pixels:
    """Over by `share`: premultiplied source-over, divided by the new alpha, is a step from the old colour to the new.

    `paint` is one colour (4,) or straight pixels (h, w, 4) of the same scale as `base`, taken as opaque. OpenCV moves
    the channels, and each of its sums is one rounded step, so that the result is the same on every computer.
    """
    import cv2

    height, width = share.shape
    old, step, wide = (_ROOM.take(at, height, width) for at in range(3))
    top, alpha = np.float32(np.iinfo(base.dtype).max), None
    weight = share
    if base[..., 3].min() != top:
        alpha = base[..., 3] * (1 - share) + share * top
        seen = alpha >= 0.5  # what is less leaves no trace
        weight = np.where(seen, share * top / np.where(seen, alpha, 1), 0).astype(np.float32)
    np.copyto(old, base)
    cv2.subtract(tuple(float(part) for part in paint) if paint.ndim == 1 else paint, old, dst=step)
    cv2.merge([np.ascontiguousarray(weight)] * 4, dst=wide)
    cv2.multiply(step, wide, dst=step)
    cv2.add(old, step, dst=old)
    np.rint(old, out=old)
    found = old.astype(base.dtype)
    if alpha is not None:
        found[..., 3] = np.where(weight > 0, np.rint(alpha), base[..., 3])
    return found


class _Room(local):
    """Memory for sums, one for each thread: asking the system for it anew takes longer than the sums."""

    def __init__(self) -> None:
        self._given: dict[int, NDArray[np.float32]] = {}

    def take(self, at: int, height: int, width: int) -> NDArray[np.float32]:
        """(height, width, 4), to be written before it is read."""
        needed = height * width * 4
        if needed > MOST_ROOM:
            return np.empty((height, width, 4), np.float32)
        if at not in self._given:
            self._given[at] = np.empty(MOST_ROOM, np.float32)
        return self._given[at][:needed].reshape(height, width, 4)


_ROOM = _Room()


def paint_of(pixels: Pixels) -> Paint:
    """Straight pixels, premultiplied."""
    found = pixels.astype(np.float32)
    found *= np.float32(1 / np.iinfo(pixels.dtype).max)
    found[..., :3] *= found[..., 3:]
    return found


def pixels_of(paint: Paint, like: Pixels) -> Pixels:
    """Premultiplied paint as straight pixels of the depth of `like`; where it is invisible, nothing."""
    top = np.float32(np.iinfo(like.dtype).max)
    alpha = np.rint(np.clip(paint[..., 3], 0, 1) * top)
    whole = np.where(paint[..., 3] > 1e-6, paint[..., 3], 1)
    found = np.empty(paint.shape, like.dtype)
    straight = paint[..., :3] / whole[..., None]
    straight *= top
    np.clip(straight, 0, top, out=straight)
    found[..., :3] = np.where(alpha[..., None] > 0, np.rint(straight), 0)
    found[..., 3] = alpha
    return found


def lay_picture(
    base: Pixels, coverage: Coverage, picture: Paint, opacity: float, selection: Selection | None = None, *, over: bool
) -> Pixels:
    """A picture through the coverage of a stroke: `over` what is there, or in its place."""
    share = share_of(coverage, opacity, 0.0, selection)
    touched = share > 0
    if not touched.any():
        return base.copy()
    under = paint_of(base)
    weight = share[..., None] * picture[..., 3:] if over else share[..., None]
    mixed = np.asarray(under * (1 - weight) + picture * share[..., None], np.float32)
    found = pixels_of(mixed, base)
    np.copyto(found, base, where=~touched[..., None])
    return found
