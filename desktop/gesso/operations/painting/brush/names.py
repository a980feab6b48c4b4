"""The words that a brush is written in: its tips, its grounds, its parts and the senses of the pen."""

from __future__ import annotations

from typing import Literal

TIPS = ("round", "square", "bristle", "flat", "chalk", "charcoal", "sponge", "rough", "hairs")
GRAINS = ("paper", "rough", "canvas")
Part = Literal[
    "size", "opacity", "flow", "hardness", "spacing", "angle", "roundness", "scatter", "texture", "smudge", "wetness"
]
Sense = Literal["pressure", "speed", "tilt", "lean", "rotation", "direction", "random"]
