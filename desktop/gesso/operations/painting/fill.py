"""Filling: the room around a place, closed where its outline has gaps; and paint laid on by a mask."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.operations.painting.select_colour import Distance, connected, distance, edged, tight
from gesso.operations.painting.select_edges import grow
from gesso.values import Box

Pixels = NDArray[Any]
Mask = NDArray[np.uint8]
Inside = NDArray[np.bool_]
Floats = NDArray[np.float32]

CORNER = 8
"""A room is filled into corners and strands up to so many times as long as half of the gap is wide."""


def room(
    pixels: Pixels, seed: tuple[int, int], tolerance: float, *,
    gap_px: float = 0, expand_px: int = 0, contiguous: bool = True, antialias: bool = True,
) -> Mask:  # fmt: skip
    """What a fill at a place (x, y) covers of pixels (h, w, 4).

    Openings up to `gap_px` wide in the outline do not let it out. `expand_px` carries it under the outline, so that no
    fringe is left between the paint and an antialiased line.
    """
    away = distance(pixels, pixels[seed[1], seed[0]])
    inside = away <= tolerance
    if contiguous:
        inside = _without_leaks(inside, seed, gap_px / 2) if gap_px > 0 else connected(inside, seed)
    found = _rimmed(inside, away, tolerance) if antialias else inside.astype(np.uint8) * np.uint8(255)
    return _expanded(found, expand_px) if expand_px > 0 else found


def _rimmed(inside: Inside, away: Distance, tolerance: float) -> Mask:
    """A soft rim, but none where a gap was closed: beyond it the colour is the wanted one, and its share would be all."""
    found = edged(inside, away, tolerance)
    found[(away <= tolerance) & ~inside] = 0
    return found


def _expanded(mask: Mask, px: int) -> Mask:
    box = tight(mask).grow(px + 1).intersect(Box(0, 0, mask.shape[1], mask.shape[0]))
    if not box.is_empty:
        mask[box.slices()] = grow(np.ascontiguousarray(mask[box.slices()]), px)
    return mask


def _without_leaks(open_: Inside, seed: tuple[int, int], radius: float) -> Inside:
    """The room around a place that a ball of this radius is shut in.

    Trapped-ball segmentation (Zhang, Chen, Zhang and Hu, "Vectorizing Cartoon Animations", TVCG 2009): where a ball
    cannot pass, rooms are apart. All of them then grow back into their corners at the same pace, each stopped by the
    others and by the outline, so that two rooms meet in the middle of the gap between them. Where the place itself
    is too narrow for the ball, a smaller one is taken.
    """
    import cv2

    free = connected(open_, seed)
    place = tight(free.astype(np.uint8)).grow(1).intersect(Box(0, 0, free.shape[1], free.shape[0]))
    if place.is_empty:
        return free
    part = np.ascontiguousarray(free[place.slices()])
    x, y = seed[0] - place.x, seed[1] - place.y
    # Not the border of the picture: a line that runs out of it is closed there.
    from_wall = cv2.distanceTransform(part.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    radius = min(radius, float(from_wall[y, x]) - 0.5)
    core = np.asarray(from_wall > radius)
    mine = connected(core, (x, y))
    others = core & ~mine
    grown = _grown_back(part, mine, others, round(CORNER * radius) + 2) if others.any() else part
    found = np.zeros_like(free)
    found[place.slices()] = grown
    return found


def _grown_back(free: Inside, mine: Inside, others: Inside, steps: int) -> Inside:
    import cv2

    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    square = np.ones((3, 3), np.uint8)
    own, foreign, room = (part.astype(np.uint8) for part in (mine, others, free))
    for step in range(steps):
        shape = square if step % 2 else cross  # by turns, the two grow nearly round
        wider = cv2.dilate(own, shape) & room & (1 - foreign)
        foreign = cv2.dilate(foreign, shape) & room & (1 - wider)
        if np.array_equal(wider, own):
            break
        own = wider
    return np.asarray(own > 0)


def laid_on(
    base: Pixels, paint: Floats, share: Floats, *, alpha_locked: bool = False, noise: Floats | None = None
) -> Pixels:
    """Pixels (h, w, 4) with paint over them: `paint` (4,) or (h, w, 4) in 0-1, straight alpha, as far as `share` (h, w).

    Untouched to the bit where the share is 0. `noise` (h, w) in -0.5 to 0.5 of a level is added before rounding.
    """
    top = np.float32(np.iinfo(base.dtype).max)
    cover = share * paint[..., 3]
    below = base[..., 3].astype(np.float32) / top
    alpha = below if alpha_locked else cover + below * (1 - cover)
    weight = cover if alpha_locked else np.divide(cover, alpha, out=np.zeros_like(cover), where=alpha > 0)
    colour = base[..., :3].astype(np.float32)
    colour += (paint[..., :3] * top - colour) * weight[..., None]
    levels = np.concatenate([colour, alpha[..., None] * top], axis=2)
    if noise is not None:
        # Whole levels stay: a flat colour is not made to rustle.
        levels += np.where(np.abs(levels - np.rint(levels)) > 1e-3, noise[..., None], 0)
    levels = np.asarray(np.rint(np.clip(levels, 0, top))).astype(base.dtype)
    if alpha_locked:
        levels[..., 3] = base[..., 3]
    touched = (cover > 0) & ((base[..., 3] > 0) if alpha_locked else (levels[..., 3] > 0))
    return np.where(touched[..., None], levels, base)
