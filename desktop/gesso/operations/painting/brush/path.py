"""The way of the pen: dabs at even distances along a smooth curve, each as the senses of the pen make it."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from math import atan2, ceil, exp, floor, hypot, sqrt, tau

import numpy as np
from numpy.typing import NDArray

from gesso.operations.painting.brush.brush import Brush, Point
from gesso.operations.painting.brush.names import Part, Sense
from gesso.values import Box

LEAST_STEP_PX = 0.5
STILL_PX = 1e-3
"""Nearer than this, a point lies where the last one did."""
CHORD_PX = 2.0
"""Longest piece that a curve is cut into."""
FLAT_DEGREES = 60.0
"""A pen leans no further than this."""
FAST_PX_S = 2500.0
"""A brisk stroke over a whole screen."""
CALM_S = 0.04
"""Over so long the speed is evened out: hands and tablets tremble."""
LEAST_SIZE_PX = 0.3


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
    tip: str = "round"
    angle: float = 0.0
    roundness: float = 1.0
    antialias: bool = True
    builds_up: bool = False
    texture: str = ""
    texture_depth: float = 0.0
    texture_scale: float = 1.0
    smudge: float = 0.0
    wetness: float = 0.0

    @property
    def box(self) -> Box:
        """Every pixel that it may touch."""
        # Without smooth edges it is moved by up to a half pixel, to a corner.
        x, y, reach = floor(self.x), floor(self.y), ceil(self.radius) + (1 if self.antialias else 2)
        return Box(x - reach, y - reach, 2 * reach + 1, 2 * reach + 1)


def seed_of(point: Point) -> int:
    """Chance for a stroke that begins here: the same recorded points give the same stroke."""
    return zlib.crc32(struct.pack("<3d", point.x, point.y, point.time))


def chance(seed: int, number: int, use: int) -> float:
    """Evenly in 0-1, fixed by a seed, the number of a dab and what it is for (splitmix64, Steele and others 2014)."""
    mask = 0xFFFFFFFFFFFFFFFF
    state = (seed * 0x9E3779B97F4A7C15 + number * 0xBF58476D1CE4E5B9 + (use + 1) * 0x94D049BB133111EB) & mask
    state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & mask
    state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & mask
    return ((state ^ (state >> 31)) >> 11) / (1 << 53)


WIDE = ("size", "spacing", "scatter")
"""Parts that may be more than 1."""
USES: dict[Part | str, int] = {
    part: at
    for at, part in enumerate(
        ("size", "opacity", "flow", "hardness", "spacing", "angle", "roundness", "scatter", "texture", "smudge",
         "wetness", "far", "turn")
    )
}  # fmt: skip


@dataclass
class Stroke:
    """Takes the pen's points one by one and gives dabs at even distances along a smooth curve through them.

    A piece of the curve is known once the point after it is (Catmull-Rom, centripetal, so that it never loops or
    overshoots); what is left of a distance is carried on, so how the points were chopped makes no difference.

    With a stabiliser the pen does not carry the brush but pulls it on a string, as a boat is towed: small tremors only
    slacken the string, and the brush follows a tractrix, which has no corners. The brush catches up when the pen is
    lifted. Unlike a mean over time, it does not depend on how often a tablet reports.
    """

    brush: Brush
    seed: int | None = None
    """Of its chances; without one, the first point gives it."""
    _points: list[Point] = field(default_factory=list)
    """The last three."""
    _pen: Point | None = None
    _left_px: float = 0.0
    """Way to the next dab."""
    _pressed: float = -1.0
    _number: int = 0
    _speed: float = 0.0
    _speeds: tuple[float, float] = (0.0, 0.0)
    """At the last two points."""

    def to(self, point: Point) -> list[Dab]:
        """The dabs that this point settles."""
        if self.seed is None:
            self.seed = seed_of(point)
        self._pen = point
        return self._through(self._pulled(point))

    def end(self) -> list[Dab]:
        """The dabs up to where the pen was lifted."""
        found: list[Dab] = []
        if self.brush.stabiliser_px and self._pen is not None and self._points:
            found += self._through(self._pen)
        if len(self._points) == 1:
            only = self._points[0]
            if only.pressure > self._pressed:
                found.append(self._put(only.x, only.y, only, 0.0, 0.0))
        elif len(self._points) >= 2:
            before = self._points[0] if len(self._points) > 2 else None
            found += self._along(before, self._points[-2], self._points[-1], None)
        return found

    def _pulled(self, pen: Point) -> Point:
        """Where the brush is when the pen is here."""
        string = self.brush.stabiliser_px
        if not string or not self._points:
            return pen
        last = self._points[-1]
        away = hypot(pen.x - last.x, pen.y - last.y)
        pull = max(0.0, 1 - string / away) if away > 0 else 0.0
        return replace(pen, x=last.x + (pen.x - last.x) * pull, y=last.y + (pen.y - last.y) * pull)

    def _through(self, point: Point) -> list[Dab]:
        if not self._points:
            self._points.append(point)
            if self.brush.needs_direction:
                return []
            return [self._put(point.x, point.y, point, 0.0, 0.0)]
        last = self._points[-1]
        way = hypot(point.x - last.x, point.y - last.y)
        if way < STILL_PX:
            self._points[-1] = replace(point, x=last.x, y=last.y, pressure=max(last.pressure, point.pressure))
            return []
        self._quicken(way, point.time - last.time)
        self._points.append(point)
        if len(self._points) < 3:
            return []
        before = self._points[0] if len(self._points) > 3 else None
        found = self._along(before, self._points[-3], self._points[-2], point)
        self._points = self._points[-3:]
        return found

    def _quicken(self, way: float, seconds: float) -> None:
        if seconds > 0:
            self._speed += (way / seconds / FAST_PX_S - self._speed) * (1 - exp(-seconds / CALM_S))
        self._speeds = (self._speeds[1], min(1.0, self._speed))

    def _put(self, x: float, y: float, pen: Point, speed: float, direction: float) -> Dab:
        """The dab of a pen held so, at a place of the path."""
        brush, number, seed = self.brush, self._number, self.seed or 0
        self._number += 1

        def follow(part: Part, value: float) -> float:
            for dynamic in brush.by_part[part]:
                value *= dynamic.most * dynamic.curve(_sense(dynamic.sense, pen, speed, direction, seed, number, part))
            return min(value, 1.0) if part not in WIDE else value

        angle = brush.angle
        for dynamic in brush.by_part["angle"]:
            angle += (
                360 * dynamic.most * dynamic.curve(_sense(dynamic.sense, pen, speed, direction, seed, number, "angle"))
            )
        size = max(LEAST_SIZE_PX, follow("size", brush.size_px))
        self._left_px = max(LEAST_STEP_PX, follow("spacing", brush.spacing) * size)
        self._pressed = pen.pressure
        if brush.scatter:
            # Evenly over a disc: the root makes up for the rings' lengths.
            far = follow("scatter", brush.scatter) * size * sqrt(chance(seed, number, USES["far"]))
            turn = tau * chance(seed, number, USES["turn"])
            x, y = x + far * float(np.cos(turn)), y + far * float(np.sin(turn))
        return Dab(
            x, y, size / 2, follow("opacity", 1.0), follow("hardness", brush.hardness), follow("flow", brush.flow),
            brush.tip, angle, max(0.02, follow("roundness", brush.roundness)), brush.antialias, brush.builds_up,
            brush.texture, follow("texture", brush.texture_depth) if brush.texture else 0.0, brush.texture_scale,
            follow("smudge", brush.smudge), follow("wetness", brush.wetness),
        )  # fmt: skip

    def _along(self, before: Point | None, start: Point, stop: Point, after: Point | None) -> list[Dab]:
        curve = _curve(before, start, stop, after)  # (points, 2)
        steps = np.diff(curve, axis=0)
        way = np.concatenate([[0.0], np.cumsum(np.hypot(*steps.T))])
        length = float(way[-1])
        slow, fast = self._speeds if after is not None else (self._speeds[1], self._speeds[1])
        found: list[Dab] = []

        def put(at: float) -> None:
            x, y = float(np.interp(at, way, curve[:, 0])), float(np.interp(at, way, curve[:, 1]))
            piece = min(len(steps) - 1, max(0, int(np.searchsorted(way, at, side="right")) - 1))
            direction = (atan2(steps[piece, 1], steps[piece, 0]) / tau) % 1.0
            share = min(1.0, at / length)
            found.append(self._put(x, y, _between(start, stop, share), slow + (fast - slow) * share, direction))

        if self._number == 0:
            put(0.0)
        at = self._left_px
        while at <= length + 1e-6:
            put(at)
            at += self._left_px
        self._left_px = at - length
        return found


def dabs(brush: Brush, points: Iterable[Point], seed: int | None = None) -> Iterator[Dab]:
    """A whole stroke at once."""
    stroke = Stroke(brush, seed)
    for point in points:
        yield from stroke.to(point)
    yield from stroke.end()


def _between(a: Point, b: Point, share: float) -> Point:
    """The pen part of the way from one point to the next; it turns the shorter way round."""
    turn = (b.rotation - a.rotation + 180) % 360 - 180
    return Point(
        a.x,
        a.y,
        a.pressure + (b.pressure - a.pressure) * share,
        a.time + (b.time - a.time) * share,
        a.tilt_x + (b.tilt_x - a.tilt_x) * share,
        a.tilt_y + (b.tilt_y - a.tilt_y) * share,
        a.rotation + turn * share,
    )


def _sense(sense: Sense, pen: Point, speed: float, direction: float, seed: int, number: int, part: Part) -> float:
    """What the pen says, in 0-1."""
    if sense == "pressure":
        return min(1.0, max(0.0, pen.pressure))
    if sense == "speed":
        return speed
    if sense == "tilt":
        return min(1.0, hypot(pen.tilt_x, pen.tilt_y) / FLAT_DEGREES)
    if sense == "lean":
        return (atan2(pen.tilt_y, pen.tilt_x) / tau) % 1.0
    if sense == "rotation":
        return (pen.rotation / 360) % 1.0
    if sense == "direction":
        return direction
    return chance(seed, number, USES[part])


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
