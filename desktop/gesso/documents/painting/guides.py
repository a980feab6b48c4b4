"""What helps in drawing and is in no picture: guides, and the axes that strokes are mirrored or turned about.

They belong to the painting, not to the view: a face is drawn about the same axis next week, and what is cropped or turned
takes its lines along.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import cos, degrees, isfinite, radians, sin

import numpy as np
from numpy.typing import NDArray

from gesso.values import Size

Matrix = NDArray[np.float64]
"""(3, 3), from a place of the old canvas to one of the new."""
VERTICAL, HORIZONTAL = "vertical", "horizontal"
WAYS = (VERTICAL, HORIZONTAL)
SYMMETRIES = ("none", "vertical", "horizontal", "both", "radial")
LEAST_RAYS, MOST_RAYS = 2, 32


@dataclass(frozen=True, order=True)
class Guide:
    """A line across the whole canvas."""

    way: str
    """`vertical` or `horizontal`."""
    at: float
    """Pixels from the left or the upper edge."""

    def __post_init__(self) -> None:
        if self.way not in WAYS or not isfinite(self.at):
            raise ValueError(f"no guide lies {self.way} at {self.at}")


@dataclass(frozen=True)
class Motion:
    """Where a copy of a stroke lies: mirrored at an upright line through the centre if so, then turned about it."""

    turn: float
    """Degrees clockwise."""
    is_mirrored: bool = False


@dataclass(frozen=True)
class Symmetry:
    """What each stroke is repeated by."""

    kind: str = "none"
    """One of `SYMMETRIES`; `vertical` has an upright axis and exchanges left and right."""
    x: float = 0.0
    y: float = 0.0
    """Of the centre, through which every axis goes; on the middle or the edge of a pixel, so that mirrored strokes are so
    to the bit."""
    degrees: float = 0.0
    """How far the axes are turned, clockwise."""
    rays: int = 6
    """Of a radial one."""

    def __post_init__(self) -> None:
        if self.kind not in SYMMETRIES or not LEAST_RAYS <= self.rays <= MOST_RAYS:
            raise ValueError(f"no such symmetry: {self.kind} with {self.rays} rays")
        if not all(isfinite(value) for value in (self.x, self.y, self.degrees)):
            raise ValueError("an axis lies nowhere")

    @classmethod
    def amid(cls, size: Size, kind: str, rays: int = 6) -> Symmetry:
        """About the middle of a canvas."""
        return cls(kind, size.width / 2, size.height / 2, 0.0, rays)

    @property
    def motions(self) -> tuple[Motion, ...]:
        """The copies of a stroke, itself first."""
        own, turn = Motion(0.0), 2 * self.degrees
        if self.kind == "vertical":
            return own, Motion(held(turn), True)
        if self.kind == "horizontal":
            return own, Motion(held(turn + 180), True)
        if self.kind == "both":
            return own, Motion(held(turn), True), Motion(held(turn + 180), True), Motion(180.0)
        if self.kind == "radial":
            return tuple(Motion(held(360 * ray / self.rays)) for ray in range(self.rays))
        return (own,)

    @property
    def axes(self) -> tuple[float, ...]:
        """The directions of the lines to be shown, degrees clockwise from upright: whole lines, or rays of a radial one."""
        if self.kind == "radial":
            return tuple(held(self.degrees + 360 * ray / self.rays) for ray in range(self.rays))
        return tuple(
            held(self.degrees + turned)
            for turned, kinds in ((0, ("vertical", "both")), (90, ("horizontal", "both")))
            if self.kind in kinds
        )

    def moved_to(self, x: float, y: float) -> Symmetry:
        """With the centre on the nearest half of a pixel."""
        return replace(self, x=round(2 * x) / 2, y=round(2 * y) / 2)


def held(turn: float) -> float:
    """Degrees within 0 and 360."""
    turn %= 360
    return 0.0 if turn > 360 - 1e-9 else turn


def directed(turn: float) -> tuple[float, float]:
    """Cosine and sine of degrees, exact for quarter turns."""
    quarter = round(turn / 90)
    if abs(turn - 90 * quarter) < 1e-9:
        return ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))[quarter % 4]
    return cos(radians(turn)), sin(radians(turn))


# --- with the canvas ---------------------------------------------------------------------------------------------


def _point(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    found = matrix @ np.array([x, y, 1.0])
    return float(found[0] / found[2]), float(found[1] / found[2])


def guides_by(guides: Iterable[Guide], matrix: Matrix, size: Size) -> tuple[Guide, ...]:
    """Guides on a canvas that was cropped, scaled, flipped or turned by quarters; those beyond it are gone."""
    found = []
    for guide in guides:
        upright = guide.way == VERTICAL
        a = _point(matrix, guide.at if upright else 0, 0 if upright else guide.at)
        b = _point(matrix, guide.at if upright else 1, 1 if upright else guide.at)
        stays_upright = abs(b[0] - a[0]) < abs(b[1] - a[1])
        at = round(a[0] if stays_upright else a[1], 4)
        if 0 <= at <= (size.width if stays_upright else size.height):
            found.append(Guide(VERTICAL if stays_upright else HORIZONTAL, at))
    return tuple(dict.fromkeys(found))


def symmetry_by(symmetry: Symmetry, matrix: Matrix) -> Symmetry:
    """The axes on a canvas that was cropped, scaled, flipped or turned."""
    x, y = _point(matrix, symmetry.x, symmetry.y)
    c, s = directed(symmetry.degrees)
    across, down = matrix[:2, :2] @ np.array([s, -c])  # upright, turned clockwise
    turned = held(round(degrees(float(np.arctan2(across, -down))), 6))
    found = replace(symmetry, degrees=turned).moved_to(x, y)
    # An upright axis that lies now is a lying one; the angle stays what the artist turned it by.
    quarter = round(turned / 90)
    if symmetry.kind in ("vertical", "horizontal") and abs(turned - 90 * quarter) < 1e-6:
        other = {"vertical": "horizontal", "horizontal": "vertical"}[symmetry.kind]
        return replace(found, kind=other if quarter % 2 else symmetry.kind, degrees=0.0)
    return found
