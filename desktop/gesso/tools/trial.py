"""Trying a version of a model on a picture of the artist's, beside another one."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass
from typing import Any

from gesso.documents.painting import Provenance
from gesso.engine import Package
from gesso.tools.declaration import Choice, Tool, Values
from gesso.tools.studio import Studio
from gesso.values import Picture, Progress, Trouble


@dataclass(frozen=True)
class Tried:
    """What one version made of the picture, and how."""

    package: Package
    values: dict[str, Any]
    picture: Picture
    made: Provenance
    seconds: float
    device: str
    """`cpu`, `cuda`, `coreml` or `directml`."""


def values_for(tool: Tool, package: Package, base: Values) -> dict[str, Any]:
    """The settings that are nearest to `base` and make the tool use this package: its scale and its grade.

    Raises `Trouble` when no setting does.
    """
    choices = [knob for knob in tool.knobs if isinstance(knob, Choice)]
    scale = package.card.tiling.scale if package.card.tiling is not None else 1
    best: tuple[int, dict[str, Any]] | None = None
    for options in itertools.product(*(knob.options for knob in choices)):
        changed = {knob.name: option.value for knob, option in zip(choices, options, strict=True)}
        values = tool.checked({**base, **changed})
        if tool.scale_of(values) != scale or tool.grade_of(values) != package.card.grade:
            continue
        apart = sum(base.get(name) != value for name, value in changed.items())
        if best is None or apart < best[0]:
            best = (apart, values)
    if package.card.task == tool.task and best is not None:
        return best[1]
    raise Trouble(
        "No setting of {tool} uses the model {name}.",
        "Your work is as it was.",
        "Compare it with a model of its own kind.",
        tool=tool.id,
        name=package.name,
    )


def tried(studio: Studio, tool: Tool, picture: Picture, package: Package, base: Values, progress: Progress) -> Tried:
    """A picture through a tool with this very version. The first opening of a model is not counted in its time."""
    values = values_for(tool, package, base)
    studio.test(package, progress.part(0, 0))
    began = time.monotonic()
    result, made = studio.apply(tool, picture, values, progress, instead=package)
    return Tried(package, values, result, made, time.monotonic() - began, studio.truth().held)
