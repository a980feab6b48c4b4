"""A drawing of strokes: made from chances of lines, drawn as ink, written as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from gesso.operations.painting.line_art import crests, hanging_together, mixed, thinned
from gesso.operations.painting.line_art_chains import Chain, strokes_of
from gesso.operations.painting.line_art_curves import fitted, flattened, smoothed
from gesso.values import Progress, Size

Floats = NDArray[np.float64]
Mask = NDArray[np.uint8]

FINE = 4
"""Ink is laid on a grid this many times finer on each side, then averaged."""
BAND_PX = 256
"""Rows that are drawn at once, so that a large drawing needs little memory."""
TAPER = 0.35
"""Share of its width that a stroke has left at a free end, as a pen that is lifted leaves it."""
TAPER_PX = 5.0
"""In widths: how long it takes to come to its full width."""


@dataclass(frozen=True, eq=False)
class Stroke:
    """A line of a drawing, with a width at each of its knots."""

    curves: Floats  # (3 k + 1, 2) as x, y: a knot, two handles, a knot, and so on
    widths: Floats  # (k + 1)
    is_closed: bool = False

    @property
    def width(self) -> float:
        """The mean along the way."""
        steps = np.diff(self.curves[::3], axis=0)
        far = np.hypot(steps[:, 0], steps[:, 1]) + 1e-9
        return float((far * (self.widths[:-1] + self.widths[1:])).sum() / (2 * far.sum()))


@dataclass(frozen=True)
class Drawing:
    """Strokes on a sheet, in pixels."""

    size: Size
    strokes: tuple[Stroke, ...]

    def scaled(self, size: Size) -> Drawing:
        """The same on a larger or smaller sheet, widths along."""
        across, down = size.width / self.size.width, size.height / self.size.height
        both, wide = np.array([across, down]), (across * down) ** 0.5
        return Drawing(
            size, tuple(replace(one, curves=one.curves * both, widths=one.widths * wide) for one in self.strokes)
        )


@dataclass(frozen=True)
class Pen:
    """How chances become strokes; lengths in pixels of the map of chances."""

    width: float
    """Of a line that everybody would draw."""
    reach: float
    """The chance that a line has to reach somewhere."""
    shortest: float
    """What a stroke has to measure."""
    widest_gap: float
    """What is bridged between two ends that lie ahead of each other."""
    tolerance: float
    """How far a curve may pass by the crest."""
    calm: int
    """How often a stroke's trembling is smoothed."""


def drawn(chances: NDArray[np.float32], detail: float, pen: Pen) -> Drawing:
    """(3, h, w) of chances -> strokes along their crests."""
    strength = mixed(chances, detail)
    thin = thinned(hanging_together(crests(strength), pen.reach))
    size = Size(strength.shape[1], strength.shape[0])
    return traced(strokes_of(thin, pen.shortest, pen.widest_gap), strength, size, pen)


def traced(chains: Sequence[Chain], strength: NDArray[np.float32], size: Size, pen: Pen) -> Drawing:
    """Chains of pixels as strokes, as wide as the chances below them are high."""
    found = []
    for chain in chains:
        points = smoothed(chain.points, pen.calm, chain.is_closed)
        curves = fitted(points, pen.tolerance, chain.is_closed)
        heights = _heights(chain, strength, curves[::3])
        found.append(Stroke(curves, pen.width * (0.55 + 0.45 * heights), chain.is_closed))
    return Drawing(size, tuple(found))


def _heights(chain: Chain, strength: NDArray[np.float32], knots: Floats) -> Floats:
    """The chance along a chain, evened out, at the points nearest to the knots."""
    x, y = (np.floor(chain.points[:, axis]).astype(int) for axis in (0, 1))
    along = strength[np.clip(y, 0, strength.shape[0] - 1), np.clip(x, 0, strength.shape[1] - 1)].astype(np.float64)
    even = np.convolve(np.pad(along, 7, mode="edge"), np.ones(15) / 15, mode="valid")
    nearest = ((knots[:, None] - chain.points[None]) ** 2).sum(axis=2).argmin(axis=1)
    return np.asarray(even[nearest])


def outline(stroke: Stroke) -> tuple[Floats, Floats]:
    """Points along a stroke, less than two pixels apart, and the width at each, running out at free ends."""
    points = flattened(stroke.curves, 1.5)
    steps = np.diff(points, axis=0)
    along = np.concatenate([[0], np.cumsum(np.hypot(steps[:, 0], steps[:, 1]))])
    knots = [int(((points - knot) ** 2).sum(axis=1).argmin()) for knot in stroke.curves[::3]]
    knots[-1] = len(points) - 1
    at = np.maximum.accumulate(along[knots])
    widths = np.interp(along, at, stroke.widths)
    if not stroke.is_closed:
        run = TAPER_PX * stroke.width
        nearest = np.minimum(along, along[-1] - along)
        widths = widths * (TAPER + (1 - TAPER) * np.clip(nearest / max(run, 1e-9), 0, 1) ** 0.5)
    return points, widths


def inked(drawing: Drawing, progress: Progress | None = None) -> Mask:
    """(height, width): how much of each pixel the strokes cover."""
    import cv2

    size, progress = drawing.size, progress or Progress.silent()
    found = np.zeros((size.height, size.width), np.uint8)
    outlines = [outline(stroke) for stroke in drawing.strokes]
    spans = [
        (float((points[:, 1] - widths).min()), float((points[:, 1] + widths).max())) for points, widths in outlines
    ]
    shift = 4  # sixteenths of a fine pixel
    for top in range(0, size.height, BAND_PX):
        progress.at(top / size.height)
        rows = min(BAND_PX, size.height - top)
        fine = np.zeros((rows * FINE, size.width * FINE), np.uint8)
        for (points, widths), (low, high) in zip(outlines, spans, strict=True):
            if high < top or low > top + rows:
                continue
            centres = (points - [0, top]) * FINE - 0.5
            radii = np.maximum(widths * FINE / 2, 0.5)
            for quad in _quads(centres, radii):
                cv2.fillConvexPoly(fine, np.rint(quad * (1 << shift)).astype(np.int32), 255, cv2.LINE_8, shift)
            for (x, y), radius in zip(centres, radii, strict=True):
                place = (round(x * (1 << shift)), round(y * (1 << shift)))
                cv2.circle(fine, place, round(radius * (1 << shift)), 255, cv2.FILLED, cv2.LINE_8, shift)
        found[top : top + rows] = cv2.resize(fine, (size.width, rows), interpolation=cv2.INTER_AREA)
    return found


def _quads(points: Floats, radii: Floats) -> Floats:
    """(n - 1, 4, 2): each piece of a line between two points, as wide as it is there."""
    way = np.diff(points, axis=0)
    side = np.stack([-way[:, 1], way[:, 0]], axis=1) / np.maximum(np.hypot(way[:, 0], way[:, 1]), 1e-9)[:, None]
    a, b = side * radii[:-1, None], side * radii[1:, None]
    return np.stack([points[:-1] + a, points[1:] + b, points[1:] - b, points[:-1] - a], axis=1)


def as_svg(drawing: Drawing, colour: str) -> str:
    """The strokes as paths of an SVG 1.1 file, each of its mean width: to be edited as lines, not as shapes."""
    width, height = drawing.size.width, drawing.size.height
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">',
        f'<g fill="none" stroke="{colour}" stroke-linecap="round" stroke-linejoin="round">',
    ]
    for stroke in drawing.strokes:
        lines.append(f'<path d="{_path(stroke)}" stroke-width="{_number(stroke.width)}"/>')
    return "\n".join([*lines, "</g>", "</svg>", ""])


def _path(stroke: Stroke) -> str:
    points = [f"{_number(x)} {_number(y)}" for x, y in stroke.curves]
    curves = [f"C{' '.join(points[i : i + 3])}" for i in range(1, len(points), 3)]
    return f"M{points[0]}{''.join(curves)}{'Z' if stroke.is_closed else ''}"


def _number(value: float) -> str:
    """Hundredths of a pixel, without needless zeros."""
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"
