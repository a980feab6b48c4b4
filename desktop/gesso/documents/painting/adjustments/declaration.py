"""What a kind of adjustment declares once: from it come its form, its checks, its record and its part in the picture."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from gesso.documents.painting.blend import Floats

Values = Mapping[str, Any]
Pointwise = Callable[[Floats, Floats], None]
"""Changes colours (3, pixels) of 0-1, straight, in place; the second is room to work in, (SPARES, 3, pixels)."""
Points = tuple[tuple[float, float], ...]
Stop = tuple[float, float, float, float]


@dataclass(frozen=True)
class Number:
    """A number on a slider."""

    name: str
    title: str
    help: str
    default: float
    low: float = -1.0
    high: float = 1.0
    step: float = 0.01
    unit: str = "%"
    """`%` shows 0-1 as 0-100 %."""

    def check(self, value: Any) -> float:
        """Raises ValueError for what is no number; one out of range is brought into it."""
        number = float(value)
        if not math.isfinite(number):
            raise ValueError(f"{self.name} is not a number")
        return min(self.high, max(self.low, number))


@dataclass(frozen=True)
class Flag:
    """On or off."""

    name: str
    title: str
    help: str
    default: bool = False

    def check(self, value: Any) -> bool:
        return bool(value)


@dataclass(frozen=True)
class Curve:
    """What becomes of each brightness: points that a smooth line goes through, from (0, 0) to (1, 1)."""

    name: str
    title: str
    help: str
    default: Points = ((0.0, 0.0), (1.0, 1.0))
    most: int = 16

    def check(self, value: Any) -> Points:
        """Sorted, at least two points, none right above another. Raises ValueError for anything else."""
        points = sorted((_share(x), _share(y)) for x, y in value)
        if not 2 <= len(points) <= self.most or any(b[0] - a[0] < 1e-4 for a, b in pairwise(points)):
            raise ValueError(f"{self.name} is no curve")
        return tuple(points)


@dataclass(frozen=True)
class Range:
    """Where black and white lie, what is halfway between them, and where they go."""

    name: str
    title: str
    help: str
    default: tuple[float, ...] = (0.0, 1.0, 1.0, 0.0, 1.0)
    """Black in, white in, gamma, black out, white out."""

    def check(self, value: Any) -> tuple[float, ...]:
        black, white, gamma, low, high = (float(number) for number in value)
        if not all(math.isfinite(number) for number in (black, white, gamma, low, high)):
            raise ValueError(f"{self.name} is not a range")
        black = min(_share(black), 1 - LEAST_RANGE)
        return black, max(_share(white), black + LEAST_RANGE), min(10.0, max(0.1, gamma)), _share(low), _share(high)


LEAST_RANGE = 1 / 255
"""Black and white of a range never meet."""


@dataclass(frozen=True)
class Gradient:
    """Colours along a line from black to white."""

    name: str
    title: str
    help: str
    default: tuple[Stop, ...] = ((0.0, 0.0, 0.0, 0.0), (1.0, 1.0, 1.0, 1.0))
    """Place, red, green and blue of each stop, in 0-1."""
    most: int = 16

    def check(self, value: Any) -> tuple[Stop, ...]:
        stops = sorted(tuple(_share(number) for number in stop) for stop in value)
        if not 1 <= len(stops) <= self.most or any(len(stop) != 4 for stop in stops):
            raise ValueError(f"{self.name} is no gradient")
        return tuple((place, red, green, blue) for place, red, green, blue in stops)


def _share(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError("not a number")
    return min(1.0, max(0.0, number))


Setting = Number | Flag | Curve | Range | Gradient


@dataclass(frozen=True)
class Neighbours:
    """An adjustment that looks at the pixels around each."""

    halo: int
    """How far it looks, in pixels."""
    grain: int
    """The sides of the part it is given are multiples of this, and so are the places they lie at."""
    work: Callable[[Floats], Floats]
    """From premultiplied colour and alpha (4, height, width) to those of the same part without the halo."""
    mixes_light: bool = True
    """Whether it works on light where layers are blended so, and not on the numbers for it."""


@dataclass(frozen=True)
class Kind:
    """One kind of adjustment."""

    id: str
    title: str
    summary: str
    settings: tuple[Setting, ...]
    point: Callable[[Values], Pointwise] | None = None
    """Makes ready what changes each pixel by itself; or else `around`."""
    around: Callable[[Values], Neighbours] | None = None
    in_pixels: tuple[str, ...] = ()
    """The settings that count pixels, which shrink with the picture."""
    neutral: Callable[[Values], bool] = field(default=lambda values: False)
    """Whether these values change nothing."""

    def defaults(self) -> dict[str, Any]:
        return {setting.name: setting.default for setting in self.settings}

    def checked(self, given: Values) -> dict[str, Any]:
        """The given values over the defaults, each in its range; what is of no use stands at its default."""
        found = self.defaults()
        for setting in self.settings:
            if setting.name in given:
                try:
                    found[setting.name] = setting.check(given[setting.name])
                except (TypeError, ValueError):
                    continue  # a file may hold anything; the picture is shown all the same
        return found
