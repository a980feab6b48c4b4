"""Gradients: how far along each pixel lies, and the paint that this makes."""

from __future__ import annotations

from math import atan2, hypot, pi
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gesso.values import Box, Colour

Floats = NDArray[np.float32]
Kind = Literal["linear", "radial", "conical", "reflected"]
KINDS: tuple[Kind, ...] = ("linear", "radial", "conical", "reflected")
Point = tuple[float, float]


def along(box: Box, start: Point, stop: Point, kind: Kind) -> Floats:
    """(h, w) in 0-1: how far from start to stop each pixel of a box lies.

    A conical one runs once around the start, clockwise, from the direction of the stop.
    """
    x = np.arange(box.x, box.right, dtype=np.float32)[None, :] + np.float32(0.5 - start[0])
    y = np.arange(box.y, box.bottom, dtype=np.float32)[:, None] + np.float32(0.5 - start[1])
    way_x, way_y = stop[0] - start[0], stop[1] - start[1]
    length = hypot(way_x, way_y)
    if kind == "conical":
        turn = np.arctan2(y, x) - np.float32(atan2(way_y, way_x))
        return np.asarray(np.mod(turn / np.float32(2 * pi), 1), np.float32)
    if length < 1e-6:
        return np.ones((box.height, box.width), np.float32)
    if kind == "radial":
        return np.asarray(np.minimum(np.hypot(x, y) / np.float32(length), 1), np.float32)
    found = (x * np.float32(way_x) + y * np.float32(way_y)) / np.float32(length * length)
    return np.asarray(np.clip(np.abs(found) if kind == "reflected" else found, 0, 1), np.float32)


def ramp(place: Floats, first: Colour, last: Colour) -> Floats:
    """(h, w, 4) in 0-1, straight alpha, between two colours.

    Mixed as premultiplied colours, so that a transparent end lends no colour of its own.
    """
    a, b = (np.array([c.red, c.green, c.blue, c.alpha], np.float32) for c in (first, last))
    if first.alpha == last.alpha:
        return np.asarray(a + (b - a) * place[..., None], np.float32)
    alpha = a[3] + (b[3] - a[3]) * place
    colour = a[:3] * a[3] + (b[:3] * b[3] - a[:3] * a[3]) * place[..., None]
    colour = np.divide(colour, alpha[..., None], out=np.zeros_like(colour), where=alpha[..., None] > 0)
    return np.concatenate([colour, alpha[..., None]], axis=2)


def dither(box: Box) -> Floats:
    """(h, w) in -0.5 to 0.5: noise that breaks bands up, the same at a place of the picture whatever box it is seen in.

    Interleaved gradient noise (Jorge Jimenez, "Next Generation Post Processing in Call of Duty", SIGGRAPH 2014).
    """
    x = np.arange(box.x, box.right, dtype=np.float64)[None, :]
    y = np.arange(box.y, box.bottom, dtype=np.float64)[:, None]
    found = np.mod(52.9829189 * np.mod(0.06711056 * x + 0.00583715 * y, 1.0), 1.0)
    return np.asarray(found - 0.5, np.float32)
