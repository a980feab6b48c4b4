"""What a brush does, as a small picture: a stroke that swells and thins out; over wet colours where it mixes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from math import pi, sin
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.documents.history import History
from gesso.documents.painting import Painting
from gesso.operations.painting.brush import Brush, Point
from gesso.ui.canvas.wet_stroke import begin_stroke
from gesso.values import Colour, Size

PAPER = (246, 244, 239, 255)
INK = Colour(0.13, 0.15, 0.21)
WET = (Colour(0.78, 0.16, 0.13), Colour(0.96, 0.74, 0.12), Colour(0.1, 0.32, 0.62))
PREVIEW = Size(360, 112)
"""For 180 x 56 on a screen of twice the density."""
TALLEST = 0.5
"""A brush is shown no larger than this share of the picture's height."""


def paper(size: Size) -> Painting:
    """A sheet to try brushes on."""
    return Painting.from_array(np.full((size.height, size.width, 4), PAPER, np.uint8), "paper")


def paint(painting: Painting, brush: Brush, points: Iterable[Point], seed: int | None = None) -> None:
    """A whole stroke on the active layer."""
    layer = painting.active_layer
    assert layer is not None
    stroke = begin_stroke(painting, layer, brush, seed)
    for point in points:
        stroke.to(point)
    stroke.end()
    edit = stroke.edit()
    if edit is not None:
        History(painting).apply("stroke", edit)


def wave(left: float, right: float, middle: float, height: float, seconds: float = 0.9) -> Iterator[Point]:
    """A lying S, light at its ends and firm in its middle."""
    for step in range(61):
        share = step / 60
        x, y = left + (right - left) * share, middle - height * sin(2 * pi * share)
        yield Point(x, y, 0.06 + 0.94 * sin(pi * share) ** 0.8, seconds * share)


def bands(painting: Painting, top: float, bottom: float) -> None:
    """Wet colours, side by side, for a brush that mixes."""
    width = painting.size.width
    for at, colour in enumerate(WET):
        x = width * (at + 1) / (len(WET) + 1)
        brush = Brush(width * 0.16, 0.9, colour=colour, dynamics=())
        paint(painting, brush, [Point(x, top), Point(x, (top + bottom) / 2), Point(x, bottom)])


def preview(brush: Brush, size: Size = PREVIEW) -> NDArray[Any]:
    """(height, width, 4) of uint8, opaque."""
    made, height = paper(size), size.height
    shown = replace(brush, size_px=min(brush.size_px, TALLEST * height), colour=INK, eraser=False, opacity=1.0)
    if brush.opacity < 1:
        shown = replace(shown, opacity=brush.opacity)
    if brush.size_px < 4:
        shown = replace(shown, size_px=4.0)
    if brush.is_wet:
        bands(made, 0.2 * height, 0.8 * height)
    paint(made, shown, wave(0.09 * size.width, 0.91 * size.width, height / 2, 0.2 * height))
    return made.layers()[0].tiles.read()
