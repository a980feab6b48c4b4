"""Pressing dabs: the tip at a sub-pixel place, as the ground's grain takes it, gathered in a stroke's coverage."""

from __future__ import annotations

from collections import OrderedDict
from math import ceil, cos, floor, radians, sin
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from gesso.operations.painting.brush.path import Dab
from gesso.operations.painting.brush.tips import grain_of, tip_levels
from gesso.values import Box

Coverage = NDArray[np.float32]
"""(height, width) in 0-1."""
NONE = Box(0, 0, 0, 0)
CACHE_BYTES = 48 * 1024 * 1024
TURNS = 96
"""A tip is drawn in so many directions."""
BITE = 1.8
"""How steeply paint climbs the grain of the ground."""

Key = tuple[str, float, float, int, float, float, float, bool]


class _Masks:
    """Tips as they were drawn lately, up to some bytes; safe in any thread."""

    def __init__(self) -> None:
        self._found: OrderedDict[Key, Coverage] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def get(self, key: Key) -> Coverage:
        with self._lock:
            found = self._found.get(key)
            if found is not None:
                self._found.move_to_end(key)
                return found
        made = _drawn(*key)
        made.flags.writeable = False
        with self._lock:
            if key not in self._found:
                self._found[key] = made
                self._bytes += made.nbytes
            while self._bytes > CACHE_BYTES and len(self._found) > 1:
                self._bytes -= self._found.popitem(last=False)[1].nbytes
        return made


_MASKS = _Masks()


def mask_of(dab: Dab) -> tuple[Coverage, Box]:
    """The tip of a dab, read-only, and the box of the picture that it lies on.

    Places are rounded to a part of a pixel that nobody sees, and so are sizes, so that tips are drawn once.
    """
    x, y, radius = dab.x, dab.y, dab.radius
    if not dab.antialias:
        # On the middle of a pixel or on a corner, whichever fits the diameter.
        size = max(1, round(2 * radius))
        x, y = (floor(x) + 0.5, floor(y) + 0.5) if size % 2 else (float(round(x)), float(round(y)))
        radius = size / 2
    else:
        fine = 16 if radius < 32 else 4 if radius < 128 else 2
        radius = max(1 / 16, round(radius * fine) / fine)
    left, top = floor(x), floor(y)
    phases = 8 if radius < 16 else 4 if radius < 64 else 2
    # Middles of the phases, so that nothing is moved to one side.
    phase_x, phase_y = x - left, y - top
    if dab.antialias:
        phase_x, phase_y = (floor(phase_x * phases) + 0.5) / phases, (floor(phase_y * phases) + 0.5) / phases
    turn = 0 if dab.tip == "round" and dab.roundness >= 1 else round(dab.angle / 360 * TURNS) % TURNS
    key = (dab.tip, radius, round(dab.hardness, 2), turn, round(dab.roundness, 2), phase_x, phase_y, dab.antialias)
    reach = ceil(radius) + 1
    return _MASKS.get(key), Box(left - reach, top - reach, 2 * reach + 1, 2 * reach + 1)


def _drawn(
    tip: str, radius: float, hardness: float, turn: int, roundness: float, phase_x: float, phase_y: float, smooth: bool
) -> Coverage:
    reach = ceil(radius) + 1
    at = np.arange(-reach, reach + 1, dtype=np.float32) + np.float32(0.5)
    x, y = (at - np.float32(phase_x))[None, :], (at - np.float32(phase_y))[:, None]
    found = _disc(x, y, radius, hardness if tip == "round" else max(hardness, 0.01), turn, roundness, smooth, tip)
    if tip != "round":
        shape = _turned(tip, radius, turn, roundness, phase_x, phase_y, reach)
        found = shape if hardness >= 1 else np.asarray(shape * found, np.float32)
        if not smooth:
            found = np.asarray(found >= 0.5, np.float32)
    return found


def _disc(
    x: Coverage, y: Coverage, radius: float, hardness: float, turn: int, roundness: float, smooth: bool, tip: str
) -> Coverage:
    """A soft round spot, smooth at its rim."""
    if tip == "round" and roundness < 1:
        c, s = np.float32(cos(radians(360 * turn / TURNS))), np.float32(sin(radians(360 * turn / TURNS)))
        # Across the short axis lengths count more; the rim stays about a pixel wide where it is seen.
        along, across = x * c + y * s, (y * c - x * s) * np.float32(1 / max(roundness, 0.02))
        away = np.sqrt(along * along + across * across)
    else:
        away = np.sqrt(y * y + x * x)
    if not smooth:
        return np.asarray(away <= np.float32(radius + 1e-4), np.float32)
    rim = 0.5 if roundness >= 1 or tip != "round" else 0.5 / max(roundness, 0.1)
    inner, outer = min(radius * hardness, radius - 0.5), radius + rim
    away -= np.float32(outer)
    away *= np.float32(-1 / (outer - inner))
    np.clip(away, 0, 1, out=away)
    return np.asarray(away * away * (3 - 2 * away), np.float32)


def _turned(
    tip: str, radius: float, turn: int, roundness: float, phase_x: float, phase_y: float, reach: int
) -> Coverage:
    """A drawn tip, turned, pressed flat and put at its place."""
    import cv2

    levels = tip_levels(tip)
    level = 0
    while level + 1 < len(levels) and levels[level + 1].shape[0] >= 2 * radius:
        level += 1
    source = levels[level]
    scale = source.shape[0] / (2 * radius)
    a = radians(360 * turn / TURNS)
    c, s, flat = cos(a) * scale, sin(a) * scale, 1 / roundness
    middle = source.shape[0] / 2 - 0.5
    # From a pixel of the dab (its centre at reach + phase - 0.5) to one of the tip.
    px, py = reach + phase_x - 0.5, reach + phase_y - 0.5
    to_tip = np.array(
        [[c, s, middle - c * px - s * py], [-s * flat, c * flat, middle + s * flat * px - c * flat * py]], np.float64
    )
    side = 2 * reach + 1
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    made = cv2.warpAffine(source, to_tip, (side, side), flags=flags, borderMode=cv2.BORDER_CONSTANT, borderValue=0)
    return np.asarray(made, np.float32) * np.float32(1 / 255)


def bitten(wanted: Coverage, dab: Dab, box: Box) -> Coverage:
    """What the ground takes of a coverage: where it is light, the heights of the grain alone."""
    if not dab.texture or dab.texture_depth <= 0:
        return wanted
    grain = grain_of(dab.texture, round(dab.texture_scale, 2))
    side = grain.shape[0]
    x, y = box.x % side, box.y % side
    if x + box.width <= side and y + box.height <= side:
        height = grain[y : y + box.height, x : x + box.width]
    else:
        rows, columns = np.arange(y, y + box.height) % side, np.arange(x, x + box.width) % side
        height = grain[rows[:, None], columns[None, :]]
    depth = np.float32(dab.texture_depth)
    taken = wanted + height
    taken -= np.float32(1)
    taken *= np.float32(BITE)
    np.clip(taken, 0, 1, out=taken)
    np.minimum(taken, np.sqrt(wanted), out=taken)  # a soft rim stays one
    taken -= wanted
    taken *= depth
    taken += wanted
    return np.asarray(taken, np.float32)


def pressed(dab: Dab, box: Box) -> tuple[Coverage, Box]:
    """How much of each pixel a dab wants to cover, within a box of the picture; the part of it that it meets."""
    mask, place = mask_of(dab)
    inside = place.intersect(box)
    if inside.is_empty or dab.alpha <= 0:
        return np.zeros((0, 0), np.float32), NONE
    wanted = mask[inside.moved(-place.x, -place.y).slices()]
    if dab.alpha < 1:
        wanted = wanted * np.float32(dab.alpha)
    return bitten(wanted, dab, inside), inside


def stamp(coverage: Coverage, dab: Dab, origin: tuple[int, int] = (0, 0)) -> Box:
    """Press a dab into the coverage of a stroke whose first pixel lies at `origin`; the box of it that changed."""
    left, top = origin
    height, width = coverage.shape
    wanted, inside = pressed(dab, Box(left, top, width, height))
    return NONE if inside.is_empty else gather(coverage, dab, wanted, inside.moved(-left, -top))


def gather(coverage: Coverage, dab: Dab, wanted: Coverage, box: Box) -> Box:
    """Add what a dab wants of a box to the coverage of a stroke; the part of it that changed.

    Flow leads each pixel towards the dab's own profile, never beyond, so that soft rims stay soft; a brush that builds
    up goes on towards full coverage.
    """
    part = coverage[box.slices()]
    if dab.builds_up:
        wanted = wanted * np.float32(dab.flow)
        wanted *= 1 - part
        wanted += part
    elif dab.flow < 1:
        wanted = wanted - part
        wanted *= np.float32(dab.flow)
        wanted += part
    more = wanted > part
    rows = np.flatnonzero(more.any(axis=1))
    if not len(rows):
        return NONE
    columns = np.flatnonzero(more.any(axis=0))
    np.maximum(part, wanted, out=part)
    return Box.around(
        box.x + int(columns[0]), box.y + int(rows[0]), box.x + int(columns[-1]) + 1, box.y + int(rows[-1]) + 1
    )
