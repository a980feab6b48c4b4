"""Brush and eraser: points of a pen become dabs, dabs become coverage, coverage becomes paint.

A stroke keeps its coverage in a buffer of its own and is laid on the untouched pixels from there, so that crossing
oneself never exceeds the brush's opacity and rounding never adds up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import ceil, floor, hypot, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.values import Box, Colour

Coverage = NDArray[np.float32]
"""(height, width) in 0-1."""

BLACK = Colour(0.0, 0.0, 0.0)
LEAST_RADIUS = 0.15
"""Share of the size that the lightest touch still has."""
LEAST_STEP_PX = 0.5
STILL_PX = 1e-3
"""Nearer than this, a point lies where the last one did."""
CHORD_PX = 2.0
"""Longest piece that a curve is cut into."""


@dataclass(frozen=True)
class Brush:
    """What the artist paints with."""

    size_px: float = 24.0
    """Diameter at full pressure."""
    hardness: float = 0.8
    """Share of the radius that is fully covered."""
    opacity: float = 1.0
    """The most that one stroke covers."""
    flow: float = 1.0
    """Share of the way to that with each dab."""
    spacing: float = 0.1
    """Distance between dabs, as a share of their diameter."""
    colour: Colour = BLACK
    eraser: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.size_px <= 10000:
            raise ValueError(f"a brush of {self.size_px} px")
        if not 0.01 <= self.spacing <= 10:
            raise ValueError(f"a spacing of {self.spacing}")
        for part in (self.hardness, self.opacity, self.flow):
            if not 0 <= part <= 1:
                raise ValueError(f"hardness, opacity and flow lie in 0-1, not {part}")


@dataclass(frozen=True)
class Point:
    """Where the pen was, in pixels of the picture, how hard it pressed (0-1), and when (seconds)."""

    x: float
    y: float
    pressure: float = 1.0
    time: float = 0.0


@dataclass(frozen=True)
class Dab:
    """One touch of the brush."""

    x: float
    y: float
    radius: float
    alpha: float
    """The most coverage it leaves."""
    hardness: float = 0.8
    flow: float = 1.0

    @property
    def box(self) -> Box:
        """Every pixel that it may touch."""
        reach = self.radius + 0.5
        return Box.around(floor(self.x - reach), floor(self.y - reach), ceil(self.x + reach), ceil(self.y + reach))


def dab_at(brush: Brush, x: float, y: float, pressure: float) -> Dab:
    """Pressure makes a dab larger and stronger."""
    pressed = min(1.0, max(0.0, pressure))
    radius = brush.size_px / 2 * (LEAST_RADIUS + (1 - LEAST_RADIUS) * pressed)
    return Dab(x, y, radius, pressed, brush.hardness, brush.flow)


@dataclass
class Stroke:
    """Takes the pen's points one by one and gives dabs at even distances along a smooth curve through them.

    A piece of the curve is known once the point after it is (Catmull-Rom, centripetal, so that it never loops or
    overshoots); what is left of a distance is carried on, so how the points were chopped makes no difference.
    """

    brush: Brush
    _points: list[Point] = field(default_factory=list)
    """The last three."""
    _left_px: float = 0.0
    """Way to the next dab."""
    _pressed: float = 0.0

    def to(self, point: Point) -> list[Dab]:
        """The dabs that this point settles."""
        if not self._points:
            self._points.append(point)
            return [self._put(point.x, point.y, point.pressure)]
        last = self._points[-1]
        if hypot(point.x - last.x, point.y - last.y) < STILL_PX:
            self._points[-1] = Point(last.x, last.y, max(last.pressure, point.pressure), point.time)
            return []
        self._points.append(point)
        if len(self._points) < 3:
            return []
        before = self._points[0] if len(self._points) > 3 else None
        found = self._along(before, self._points[-3], self._points[-2], point)
        self._points = self._points[-3:]
        return found

    def end(self) -> list[Dab]:
        """The dabs up to where the pen was lifted."""
        if len(self._points) == 1:
            only = self._points[0]
            return [self._put(only.x, only.y, only.pressure)] if only.pressure > self._pressed else []
        if len(self._points) < 2:
            return []
        before = self._points[0] if len(self._points) > 2 else None
        return self._along(before, self._points[-2], self._points[-1], None)

    def _put(self, x: float, y: float, pressure: float) -> Dab:
        dab = dab_at(self.brush, x, y, pressure)
        self._left_px = max(LEAST_STEP_PX, self.brush.spacing * 2 * dab.radius)
        self._pressed = pressure
        return dab

    def _along(self, before: Point | None, start: Point, stop: Point, after: Point | None) -> list[Dab]:
        curve = _curve(before, start, stop, after)  # (points, 2)
        way = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(curve, axis=0).T))])
        length = float(way[-1])
        found, at = [], self._left_px
        while at <= length + 1e-6:
            x, y = float(np.interp(at, way, curve[:, 0])), float(np.interp(at, way, curve[:, 1]))
            share = min(1.0, at / length)
            found.append(self._put(x, y, start.pressure + (stop.pressure - start.pressure) * share))
            at += self._left_px
        self._left_px = at - length
        return found


def dabs(brush: Brush, points: Iterable[Point]) -> Iterator[Dab]:
    """A whole stroke at once."""
    stroke = Stroke(brush)
    for point in points:
        yield from stroke.to(point)
    yield from stroke.end()


def _curve(before: Point | None, start: Point, stop: Point, after: Point | None) -> NDArray[np.float64]:
    """From start to stop by the centripetal Catmull-Rom spline, in pieces of at most `CHORD_PX`; ends run straight."""
    p1, p2 = np.array([start.x, start.y]), np.array([stop.x, stop.y])
    p0 = 2 * p1 - p2 if before is None else np.array([before.x, before.y])
    p3 = 2 * p2 - p1 if after is None else np.array([after.x, after.y])
    a, b, c = (max(sqrt(float(np.hypot(*d))), 1e-6) for d in (p1 - p0, p2 - p1, p3 - p2))
    leave = ((p1 - p0) / a - (p2 - p0) / (a + b) + (p2 - p1) / b) * b
    arrive = ((p2 - p1) / b - (p3 - p1) / (b + c) + (p3 - p2) / c) * b
    t = np.linspace(0, 1, max(2, ceil(b * b / CHORD_PX) + 1))[:, None]
    t2, t3 = t * t, t * t * t
    found = (2 * t3 - 3 * t2 + 1) * p1 + (t3 - 2 * t2 + t) * leave + (3 * t2 - 2 * t3) * p2 + (t3 - t2) * arrive
    return np.asarray(found, np.float64)


def disc(dab: Dab, box: Box) -> Coverage:
    """A soft round spot, smooth at its rim, as seen through a box."""
    x = np.arange(box.x, box.right, dtype=np.float32) + np.float32(0.5 - dab.x)
    y = np.arange(box.y, box.bottom, dtype=np.float32) + np.float32(0.5 - dab.y)
    away = np.sqrt(y[:, None] ** 2 + x[None, :] ** 2)
    inner, outer = min(dab.radius * dab.hardness, dab.radius - 0.5), dab.radius + 0.5
    away -= np.float32(outer)
    away *= np.float32(-1 / (outer - inner))
    np.clip(away, 0, 1, out=away)
    return np.asarray(away * away * (3 - 2 * away), np.float32)


def stamp(coverage: Coverage, dab: Dab, origin: tuple[int, int] = (0, 0)) -> Box:
    """Press a dab into the coverage of a stroke whose first pixel lies at `origin`; the box of it that was touched.

    Flow leads each pixel towards the dab's own profile, never beyond: soft rims stay soft.
    """
    left, top = origin
    height, width = coverage.shape
    box = dab.box.moved(-left, -top).intersect(Box(0, 0, width, height))
    if box.is_empty or dab.alpha <= 0:
        return Box(0, 0, 0, 0)
    wanted = disc(dab, box.moved(left, top))
    wanted *= np.float32(dab.alpha)
    part = coverage[box.slices()]
    if dab.flow < 1:
        wanted -= part
        wanted *= np.float32(dab.flow)
        wanted += part
    np.maximum(part, wanted, out=part)
    return box


def lay(
    base: NDArray[Any], coverage: Coverage, brush: Brush, selection: NDArray[np.uint8] | None = None
) -> NDArray[Any]:
    """Pixels (h, w, 4), straight alpha, with the stroke on them; untouched to the bit where it is not or may not be."""
    strength = brush.opacity if brush.eraser else brush.opacity * brush.colour.alpha
    share = coverage * np.float32(strength)
    if selection is not None:
        share *= selection.reshape(share.shape) * np.float32(1 / 255)
    touched = share > 0
    found = base.copy()
    if not touched.any():
        return found
    top = np.float32(np.iinfo(base.dtype).max)
    kept = base[..., 3] * (1 - share)
    if brush.eraser:
        alpha = np.rint(kept).astype(base.dtype)
        np.copyto(found[..., 3], alpha, where=touched)
        found[touched & (alpha == 0)] = 0
        return found
    alpha = kept + share * top
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = np.where(touched, share * top / alpha, 0)[..., None]
    colour = np.array([brush.colour.red, brush.colour.green, brush.colour.blue], np.float32) * top
    # Premultiplied source-over, divided by the new alpha, is a step from the old colour towards the brush's.
    mixed = base[..., :3].astype(np.float32)
    mixed += (colour - mixed) * weight
    seen = (touched & (alpha >= 0.5))[..., None]
    np.copyto(found[..., :3], np.rint(mixed).astype(base.dtype), where=seen)
    np.copyto(found[..., 3:], np.rint(alpha).astype(base.dtype)[..., None], where=seen)
    return found
