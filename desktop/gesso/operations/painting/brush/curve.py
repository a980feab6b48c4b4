"""A curve from 0-1 to 0-1 through a few points: how strongly a part of a brush answers to a sense of the pen."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

MOST_POINTS = 16
Knots = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Curve:
    """Points from left to right, the first at 0, the last at 1; between them it never leaves their heights."""

    points: Knots = ((0.0, 0.0), (1.0, 1.0))

    def __post_init__(self) -> None:
        if not 2 <= len(self.points) <= MOST_POINTS:
            raise ValueError(f"a curve has 2 to {MOST_POINTS} points, not {len(self.points)}")
        if self.points[0][0] != 0 or self.points[-1][0] != 1:
            raise ValueError("a curve reaches from 0 to 1")
        if any(b[0] <= a[0] for a, b in pairwise(self.points)):
            raise ValueError("the points of a curve stand from left to right")
        if not all(0 <= y <= 1 for _, y in self.points):
            raise ValueError("the heights of a curve lie in 0-1")

    def __call__(self, x: float) -> float:
        """The height at `x`; outside 0-1, that of the nearer end."""
        x = min(1.0, max(0.0, x))
        if len(self.points) == 2:
            (_, low), (_, high) = self.points
            return low + (high - low) * x
        at = min(bisect_right(self.points, (x, 2.0)), len(self.points) - 1)
        (x0, y0), (x1, y1) = self.points[at - 1], self.points[at]
        slopes = _slopes(self.points)
        m0, m1, wide = slopes[at - 1], slopes[at], x1 - x0
        t = (x - x0) / wide
        t2, t3 = t * t, t * t * t
        found = (2 * t3 - 3 * t2 + 1) * y0 + (t3 - 2 * t2 + t) * wide * m0
        found += (3 * t2 - 2 * t3) * y1 + (t3 - t2) * wide * m1
        return min(1.0, max(0.0, found))


LINEAR = Curve()


@lru_cache(maxsize=256)
def _slopes(points: Knots) -> tuple[float, ...]:
    """The slope at each point by Fritsch and Butland (1984), which never overshoots."""
    chords = [(y1 - y0) / (x1 - x0) for (x0, y0), (x1, y1) in pairwise(points)]
    inner = [0.0 if a * b <= 0 else 2 * a * b / (a + b) for a, b in pairwise(chords)]
    return (chords[0], *inner, chords[-1])
