"""Copies of a stroke, mirrored and turned about a centre, pressed together so that none comes before another.

Where whole pixels go to whole pixels (mirrors at the middle or the edge of a pixel, half and quarter turns), a copy is the
dab's own mask turned over: the stroke is as symmetric as its ground, to the bit. Elsewhere the tip is drawn anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import cos, radians, sin
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.operations.painting.brush.path import Dab
from gesso.operations.painting.brush.stamp import NONE, Coverage, gather, mask_of, pressed
from gesso.values import Box

Array = NDArray[Any]
MANY = 1 << 16
"""Pixels that are mixed at a time where copies overlap."""


@dataclass(frozen=True)
class Copy:
    """A movement of the plane: mirrored left and right through (x, y) if so, then turned about it."""

    x: float = 0.0
    y: float = 0.0
    turn: float = 0.0
    """Degrees clockwise."""
    is_mirrored: bool = False

    @property
    def _quarters(self) -> int | None:
        quarters = round(self.turn / 90)
        return quarters % 4 if abs(self.turn - 90 * quarters) < 1e-9 else None

    @property
    def linear(self) -> tuple[float, float, float, float]:
        """xx, xy, yx, yy of its matrix."""
        quarters = self._quarters
        if quarters is None:
            c, s = cos(radians(self.turn)), sin(radians(self.turn))
        else:
            c, s = ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))[quarters]
        flip = -1.0 if self.is_mirrored else 1.0
        return c * flip, -s, s * flip, c

    @property
    def shift(self) -> tuple[float, float]:
        """What it adds after the matrix."""
        xx, xy, yx, yy = self.linear
        return self.x - xx * self.x - xy * self.y, self.y - yx * self.x - yy * self.y

    @property
    def is_exact(self) -> bool:
        """Whether whole pixels come to lie on whole pixels."""
        return self._quarters is not None and all(part == round(part) for part in self.shift)

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Where a place comes to lie."""
        xx, xy, yx, yy = self.linear
        dx, dy = self.shift
        return xx * x + xy * y + dx, yx * x + yy * y + dy

    def box(self, box: Box) -> Box:
        """Where a box comes to lie, by an exact one."""
        (ax, ay), (bx, by) = self.place(box.x, box.y), self.place(box.right, box.bottom)
        return Box.around(round(min(ax, bx)), round(min(ay, by)), round(max(ax, bx)), round(max(ay, by)))

    def before(self, box: Box) -> Box:
        """What comes to lie on a box, by an exact one."""
        xx, xy, yx, yy = self.linear
        dx, dy = self.shift
        corners = [
            (xx * x + yx * y, xy * x + yy * y) for x, y in ((box.x - dx, box.y - dy), (box.right - dx, box.bottom - dy))
        ]
        (ax, ay), (bx, by) = corners
        return Box.around(round(min(ax, bx)), round(min(ay, by)), round(max(ax, bx)), round(max(ay, by)))

    def laid(self, pixels: Array) -> Array:
        """Pixels (h, w, ...) as an exact one lays them."""
        turned = pixels[:, ::-1] if self.is_mirrored else pixels
        return np.ascontiguousarray(np.rot90(turned, -(self._quarters or 0)))

    def lifted(self, pixels: Array) -> Array:
        """The other way."""
        turned = np.rot90(pixels, self._quarters or 0)
        return np.ascontiguousarray(turned[:, ::-1] if self.is_mirrored else turned)


MIRROR = Copy(is_mirrored=True)
"""At the left edge of the picture: a tip that is drawn anew is drawn there and turned over."""
SAME = Copy()


@dataclass(frozen=True)
class Print:
    """What one copy of a dab wants to cover."""

    wanted: Coverage
    box: Box
    """Where that lies; it may reach beyond the picture."""
    way: Copy
    """An exact one: how it lies, seen from how it was drawn."""


def prints(dab: Dab, copies: Sequence[Copy]) -> list[Print]:
    """A dab's copies, in their order."""
    own: tuple[Coverage, Box] | None = None
    found = []
    for copy in copies:
        if copy.is_exact:
            if own is None:
                own = pressed(dab, mask_of(dab)[1])
            way, (wanted, box) = copy, own
        else:
            way = MIRROR if copy.is_mirrored else SAME
            x, y = copy.place(dab.x, dab.y)
            angle = dab.angle - copy.turn if copy.is_mirrored else dab.angle + copy.turn
            drawn = replace(dab, x=-x if copy.is_mirrored else x, y=y, angle=angle)
            wanted, box = pressed(drawn, mask_of(drawn)[1])
        if not box.is_empty:
            found.append(Print(way.laid(wanted), way.box(box), way))
        else:
            found.append(Print(wanted, NONE, SAME))
    return found


def stamp_together(coverage: Coverage, dab: Dab, copies: Sequence[Print], origin: tuple[int, int]) -> Box:
    """Press all copies of a dab into the coverage of a stroke at once; the box of it that changed."""
    left, top = origin
    tile = Box(left, top, coverage.shape[1], coverage.shape[0])
    parts = []
    for one in copies:
        inside = one.box.intersect(tile)
        if not inside.is_empty:
            parts.append((one.wanted[inside.moved(-one.box.x, -one.box.y).slices()], inside))
    changed = NONE
    for wanted, inside in joined(parts):
        changed = changed.union(gather(coverage, dab, wanted, inside.moved(-left, -top)))
    return changed


def joined(parts: list[tuple[Coverage, Box]]) -> list[tuple[Coverage, Box]]:
    """The parts of one dab as one where they overlap: at each pixel, the one that wants most."""
    if not overlap([box for _, box in parts]):
        return parts
    around = NONE
    for _, box in parts:
        around = around.union(box)
    found = np.zeros((around.height, around.width), np.float32)
    for wanted, box in parts:
        place = found[box.moved(-around.x, -around.y).slices()]
        np.maximum(place, wanted, out=place)
    return [(found, around)]


def overlap(boxes: Sequence[Box]) -> bool:
    """Whether any two share a pixel."""
    return any(not a.intersect(b).is_empty for at, a in enumerate(boxes) for b in boxes[at + 1 :])


def mixed(base: Array, parts: Sequence[tuple[Coverage, Array, Box]], around: Box) -> Array:
    """What copies made of the same paint (h, w, 4), each a mean weighted by what it wanted where they overlap.

    Sums are taken in the order of their values, so that it does not matter which copy is which.
    """
    found, count = base.copy(), np.zeros(base.shape[:2], np.uint8)
    for wanted, made, box in parts:
        place = box.moved(-around.x, -around.y).slices()
        count[place] += wanted > 0
        np.copyto(found[place], made, where=(wanted > 0)[..., None])
    rows, columns = np.nonzero(count > 1)
    for start in range(0, len(rows), MANY):
        y, x = rows[start : start + MANY], columns[start : start + MANY]
        weights = np.zeros((len(parts), len(y)), np.float32)
        values = np.zeros((len(parts), len(y), base.shape[2]), np.float32)
        for at, (wanted, made, box) in enumerate(parts):
            own_y, own_x = y - (box.y - around.y), x - (box.x - around.x)
            here = (own_y >= 0) & (own_x >= 0) & (own_y < box.height) & (own_x < box.width)
            weights[at, here] = wanted[own_y[here], own_x[here]]
            values[at, here] = made[own_y[here], own_x[here]] * weights[at, here][:, None]
        found[y, x] = in_order(values) / in_order(weights)[:, None]
    return found


def in_order(values: Array) -> Array:
    """The sum over the first axis, whatever order its entries come in."""
    total = np.zeros(values.shape[1:], np.float32)
    for part in np.sort(values, axis=0):
        total += part
    return total
