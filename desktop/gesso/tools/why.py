"""Why a result looks as it does at one place: what of the picture moved it, measured here on demand."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.documents.painting import Provenance
from gesso.engine import Explanation, Package, reach
from gesso.operations.painting.occlusion import Heat, heats
from gesso.operations.painting.resize import fitted
from gesso.tools.declaration import Models, Tool, Values
from gesso.tools.painting.on_layer import Source
from gesso.values import Box, Picture, Progress, Size, Trouble

Apply = Callable[[Tool, Picture, Values, Progress], tuple[Picture, Provenance]]
BUDGET_SECONDS = 15.0
"""What may pass before no finer pass is begun."""
SMALL_PX = 224
"""Longest side of the copy that is asked where a network looks at the whole picture."""
SPOT_PX = 3
"""Side of the place that is watched, in pixels of the input."""
MARGIN = 1.25
"""How much farther than the network looks, so that the end of its reach is seen."""


@dataclass(frozen=True)
class Why:
    """What moved a place of the result."""

    point: tuple[float, float]
    """In pixels of the painting, as everything here."""
    box: Box
    """The part that was asked about."""
    heat: Heat
    """(h, w) over the box, 0-1 of the greatest change."""
    peak: float
    """The greatest change of a patch, of 0-1."""
    reach: Box | None
    """What the network can look at from there, by its card; nothing where that is the whole picture."""
    passes: int
    package: Package


def point_in(source: Source, point: tuple[float, float]) -> tuple[int, int]:
    """A place of the painting in the picture of a source; raises `Trouble` for one that is not in it."""
    box, size = source.box, source.picture.size
    x = int((point[0] - box.x) * size.width // box.width)
    y = int((point[1] - box.y) * size.height // box.height)
    inside = 0 <= x < size.width and 0 <= y < size.height
    if not inside or (source.picture.alpha is not None and not source.picture.alpha[y, x]):
        raise Trouble(
            "There is nothing of the picture at this place.",
            "Nothing was changed.",
            "Point at a place that the tool works on.",
        )
    return x, y


def looks_at_everything(package: Package) -> bool:
    """Whether a result at one place may come from anywhere in the picture."""
    found = reach(package.card)
    return found is None or found.sees_all


def why(
    apply: Apply,
    package: Package,
    tool: Tool,
    values: Values,
    source: Source,
    point: tuple[float, float],
    progress: Progress,
    show: Callable[[Why], None] = lambda found: None,
    seconds: float = BUDGET_SECONDS,
) -> Why:
    """Slide grey patches over the picture and watch one place of the result; `show` is given each finer answer.

    The whole picture at its size where the network looks a little around each place, and for the part that it can see;
    for one that looks at everything, `source` should be a small copy. Raises `Trouble`.
    """
    x, y = point_in(source, point)
    looked, scale = reach(package.card), tool.scale_of(values)
    picture, place = source.picture, source.picture.size.box
    if looked is not None and not looked.sees_all:
        place = Box(x, y, 1, 1).grow(round(looked.px * MARGIN) + SPOT_PX).clip(picture.size)
        # What lies beyond is given along, so that the edge of the part is not taken for the edge of the picture.
        around = place.grow(looked.px).clip(picture.size)
        picture = picture.cut(around)
        place = place.moved(-around.x, -around.y)
        x, y = x - around.x, y - around.y
        origin = (around.x, around.y)
    else:
        origin = (0, 0)
    half = SPOT_PX // 2
    spot = Box((x - half) * scale, (y - half) * scale, SPOT_PX * scale, SPOT_PX * scale)
    began, runs = time.monotonic(), 0

    def run(colour: NDArray[Any], part: Progress) -> NDArray[Any]:
        nonlocal runs, began
        part.check()
        result, _ = apply(tool, replace(picture, colour=colour), values, Progress(None, lambda: part.is_cancelled))
        if not runs:
            began = time.monotonic()  # the first has opened the model, which happens once
        runs += 1
        return result.colour

    def goes_on(more: int) -> bool:
        spent = time.monotonic() - began
        return spent + more * spent / (runs - 1) <= seconds

    found: Why | None = None
    for passes, heat in enumerate(heats(run, picture.colour, place, spot, progress, goes_on), 1):
        peak = float(heat.max(initial=0.0))
        found = Why(
            point, _painted(source, place.moved(*origin)), heat / peak if peak > 0 else heat, peak,
            _reach_box(source, package, point), passes, package,
        )  # fmt: skip
        show(found)
    assert found is not None  # the first pass is always made
    return found


def _painted(source: Source, box: Box) -> Box:
    """A box of a source's picture, in the painting."""
    size, whole = source.picture.size, source.box
    wide, high = whole.width / size.width, whole.height / size.height
    return Box.around(
        whole.x + round(box.x * wide), whole.y + round(box.y * high),
        whole.x + round(box.right * wide), whole.y + round(box.bottom * high),
    )  # fmt: skip


def _reach_box(source: Source, package: Package, point: tuple[float, float]) -> Box | None:
    found = reach(package.card)
    if found is None or found.sees_all:
        return None
    return reach_at(package, point).intersect(source.box)


def reach_at(package: Package, point: tuple[float, float]) -> Box:
    """What a network that looks a little around can see from a place, in pixels of a painting."""
    found = reach(package.card)
    px = found.px if found is not None else 0
    return Box(int(point[0] // 1), int(point[1] // 1), 1, 1).grow(px)


def where_it_looked(
    package: Package, how: Explanation, source: Source, point: tuple[float, float], models: Models, progress: Progress
) -> Why:
    """The answer of a classifier: its own map, over all of the picture."""
    heat = class_map(package, how, source.picture, models, progress)
    return Why(point, source.box, heat, float(heat.max(initial=0.0)), None, 1, package)


def class_map(package: Package, how: Explanation, picture: Picture, models: Models, progress: Progress) -> Heat:
    """(h, w) of 0-1: where a classifier looked, by the `cam` graph that its package brings along."""
    ports = package.card.graphs[how.graph]
    entry = next(port for port in ports.inputs if port.kind == "picture")
    height, width = entry.shape[2] or picture.size.height, entry.shape[3] or picture.size.width
    seen = fitted(picture.colour, Size(width, height)).astype(np.float32) / picture.top
    window = np.ascontiguousarray(seen.transpose(2, 0, 1)[None])
    shown = next((port for port in ports.outputs if port.kind == "mask"), ports.outputs[0])
    found = models.run(package, {entry.name: window}, progress, how.graph)[shown.name]
    # What speaks against the class (below zero) is left out, as usual.
    speaks = np.maximum(np.asarray(found, np.float32).reshape(-1, *found.shape[-2:])[0], 0)
    even = speaks / max(float(speaks.max()), 1e-9)
    return np.asarray(np.clip(fitted(even, picture.size), 0, 1), np.float32)
