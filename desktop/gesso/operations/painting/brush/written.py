"""A brush in words: plain numbers and names for a file, and back, everything checked."""

from __future__ import annotations

import math
from dataclasses import fields
from typing import Any

from gesso.operations.painting.brush.brush import LARGEST_PX, PARTS, SENSES, Brush, Dynamic
from gesso.operations.painting.brush.curve import Curve

LEFT_OUT = ("colour", "eraser", "dynamics")
"""A brush is the same in every colour, and rubs out as well as it paints."""
MOST_DYNAMICS = 32


def written(brush: Brush) -> dict[str, Any]:
    """As JSON holds it."""
    found: dict[str, Any] = {f.name: getattr(brush, f.name) for f in fields(Brush) if f.name not in LEFT_OUT}
    found["dynamics"] = [
        {"part": d.part, "sense": d.sense, "curve": [list(point) for point in d.curve.points], "most": d.most}
        for d in brush.dynamics
    ]
    return found


def brush_from(given: object) -> Brush:
    """From what a file said; what it does not say is as in any brush. Raises ValueError."""
    if not isinstance(given, dict):
        raise ValueError("not a brush")
    said: dict[str, Any] = {}
    for field in fields(Brush):
        if field.name in LEFT_OUT or field.name not in given:
            continue
        said[field.name] = _value(field.name, given[field.name], getattr(Brush(), field.name))
    if said.get("size_px", 1.0) > LARGEST_PX:
        raise ValueError("too large")
    if "dynamics" in given:
        said["dynamics"] = _dynamics(given["dynamics"])
    return Brush(**said)


def _value(name: str, value: object, like: object) -> object:
    if isinstance(like, (bool, str)):
        if type(value) is not type(like):
            raise ValueError(f"{name}: {value!r}")
        return value
    return _number(name, value)


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ValueError(f"{name}: {value!r}")
    return float(value)


def _dynamics(given: object) -> tuple[Dynamic, ...]:
    if not isinstance(given, list) or len(given) > MOST_DYNAMICS:
        raise ValueError("dynamics")
    found = []
    for one in given:
        if not isinstance(one, dict) or not isinstance(one.get("curve"), list):
            raise ValueError("dynamics")
        points = []
        for point in one["curve"]:
            if not isinstance(point, list) or len(point) != 2:
                raise ValueError("a curve")
            points.append((_number("x", point[0]), _number("y", point[1])))
        part = next((known for known in PARTS if known == one.get("part")), None)
        sense = next((known for known in SENSES if known == one.get("sense")), None)
        if part is None or sense is None:
            raise ValueError("dynamics")
        found.append(Dynamic(part, sense, Curve(tuple(points)), _number("most", one.get("most", 1.0))))
    return tuple(found)
