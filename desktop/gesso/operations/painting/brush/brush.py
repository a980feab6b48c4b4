"""What the artist paints with, and what the pen says at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import get_args

from gesso.operations.painting.brush.curve import LINEAR, Curve
from gesso.operations.painting.brush.names import GRAINS, TIPS, Part, Sense
from gesso.values import Colour

BLACK = Colour(0.0, 0.0, 0.0)
PARTS: tuple[Part, ...] = get_args(Part)
SENSES: tuple[Sense, ...] = get_args(Sense)
LARGEST_PX = 1000.0
"""Of a brush that is kept."""
LONGEST_STRING_PX = 300.0
LARGEST_FACTOR = 8.0


@dataclass(frozen=True)
class Dynamic:
    """One part of a brush follows one sense of the pen: its value is multiplied by the curve, and by `most`.

    An angle has no strength to be multiplied; to it the curve adds a share of a whole turn.
    """

    part: Part
    sense: Sense
    curve: Curve = LINEAR
    most: float = 1.0
    """What the top of the curve stands for: a pencil laid flat draws four times as wide."""

    def __post_init__(self) -> None:
        if not 0 < self.most <= LARGEST_FACTOR:
            raise ValueError(f"a part cannot grow {self.most} times")
        if self.part not in PARTS or self.sense not in SENSES:
            raise ValueError(f"{self.part!r} cannot follow {self.sense!r}")


PRESSED = (Dynamic("size", "pressure", Curve(((0.0, 0.15), (1.0, 1.0)))), Dynamic("opacity", "pressure"))
"""Pressure makes a dab larger and stronger; the lightest touch still has a size."""


@dataclass(frozen=True)
class Brush:
    """Shares lie in 0-1. Every part named in `PARTS` can follow the pen through `dynamics`."""

    size_px: float = 24.0
    """Diameter, before dynamics make it smaller."""
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
    tip: str = "round"
    """One of `TIPS`."""
    angle: float = 0.0
    """Of the tip, in degrees, clockwise."""
    roundness: float = 1.0
    """The tip's height as a share of its width."""
    builds_up: bool = False
    """Whether paint gathers beyond each dab's own profile, as from a can."""
    antialias: bool = True
    """Off, every pixel is covered or not."""
    scatter: float = 0.0
    """How far dabs stray from the path, as a share of their diameter."""
    texture: str = ""
    """One of `GRAINS`, fixed to the canvas; empty is smooth ground."""
    texture_depth: float = 0.5
    texture_scale: float = 1.0
    wet_edge: float = 0.0
    """How much pigment gathers at the rim of a stroke."""
    smudge: float = 0.0
    """How much of what lies beneath is dragged along as it is."""
    wetness: float = 0.0
    """How much of the colour beneath the brush takes up with each dab."""
    charge: float = 1.0
    """How soon its own colour comes back when it has taken up another; 0 has no colour of its own."""
    stabiliser_px: float = 0.0
    """Length of the string on which the pen pulls the brush."""
    dynamics: tuple[Dynamic, ...] = PRESSED

    def __post_init__(self) -> None:
        if not 0 < self.size_px <= 10000:
            raise ValueError(f"a brush of {self.size_px} px")
        if not 0.01 <= self.spacing <= 10:
            raise ValueError(f"a spacing of {self.spacing}")
        shares = (self.hardness, self.opacity, self.flow, self.texture_depth, self.wet_edge, self.smudge, self.wetness)
        for part in (*shares, self.charge):
            if not 0 <= part <= 1:
                raise ValueError(f"the shares of a brush lie in 0-1, not {part}")
        if not 0.02 <= self.roundness <= 1:
            raise ValueError(f"a roundness of {self.roundness}")
        if not 0 <= self.scatter <= 5:
            raise ValueError(f"a scatter of {self.scatter}")
        if not 0.1 <= self.texture_scale <= 8:
            raise ValueError(f"a texture at {self.texture_scale} times its size")
        if not 0 <= self.stabiliser_px <= LONGEST_STRING_PX:
            raise ValueError(f"a string of {self.stabiliser_px} px")
        if not -360 <= self.angle <= 360:
            raise ValueError(f"an angle of {self.angle}")
        if self.tip not in TIPS or self.texture not in ("", *GRAINS):
            raise ValueError(f"no such tip or texture: {self.tip!r}, {self.texture!r}")

    @property
    def is_wet(self) -> bool:
        """Whether it mixes with what lies beneath, dab by dab."""
        return not self.eraser and (self.smudge > 0 or self.wetness > 0 or self.charge < 1)

    @cached_property
    def by_part(self) -> dict[Part, tuple[Dynamic, ...]]:
        """The dynamics of each part."""
        return {part: tuple(d for d in self.dynamics if d.part == part) for part in PARTS}

    @cached_property
    def needs_direction(self) -> bool:
        """Whether a dab cannot be made before it is known where the stroke goes."""
        return any(d.sense == "direction" for d in self.dynamics)


@dataclass(frozen=True)
class Point:
    """Where the pen was, in pixels of the picture, how hard it pressed (0-1), when (seconds), and how it was held."""

    x: float
    y: float
    pressure: float = 1.0
    time: float = 0.0
    tilt_x: float = 0.0
    """Degrees from upright, towards the right."""
    tilt_y: float = 0.0
    """Degrees from upright, towards the artist."""
    rotation: float = 0.0
    """Degrees about its own axis."""
