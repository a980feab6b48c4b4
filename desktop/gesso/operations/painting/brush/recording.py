"""A stroke as it was made: every point with its time, pressure and the way the pen was held, and the seed of its chances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gesso.operations.painting.brush.brush import Point
from gesso.operations.painting.brush.path import seed_of


@dataclass(frozen=True)
class Recording:
    """Made again with the same brush on the same pixels, it gives the same pixels."""

    points: tuple[Point, ...]
    seed: int

    @classmethod
    def of(cls, points: tuple[Point, ...]) -> Recording:
        """With the chances that the stroke had when it was painted."""
        return cls(points, seed_of(points[0]))

    def written(self) -> dict[str, Any]:
        """As JSON holds it."""
        rows = [[p.x, p.y, p.pressure, p.time, p.tilt_x, p.tilt_y, p.rotation] for p in self.points]
        return {"seed": self.seed, "points": rows}

    @classmethod
    def read(cls, given: dict[str, Any]) -> Recording:
        """What `written` wrote."""
        return cls(tuple(Point(*(float(part) for part in row)) for row in given["points"]), int(given["seed"]))
