"""Adjustments of each channel by itself, as tables: what becomes of each of 65536 brightnesses.

A table has an entry for every 16-bit number, among which are all 8-bit ones, so that looking up is exact at both depths.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from gesso.documents.painting.adjustments.declaration import Points, Pointwise, Stop, Values
from gesso.documents.painting.blend import Floats

TOP = 65535
Doubles = NDArray[np.float64]
Shape = Callable[[Doubles], Doubles]
CHANNELS = ("red", "green", "blue")


def inputs() -> Doubles:
    """Every brightness in 0-1."""
    return np.arange(TOP + 1) / TOP


def places_of(values: Floats) -> NDArray[np.intp]:
    """Where brightnesses stand in a table."""
    scaled = values * np.float32(TOP)
    scaled += np.float32(0.5)
    np.maximum(scaled, 0, out=scaled)
    np.minimum(scaled, TOP, out=scaled)
    return scaled.astype(np.intp)


def looked_up(*tables: Doubles) -> Pointwise:
    """One table for every channel, or one for each."""
    ready = [np.clip(table, 0, 1).astype(np.float32) for table in tables]

    def change(colour: Floats, spare: Floats) -> None:
        for channel in range(3):
            plane = colour[channel]
            np.take(ready[channel % len(ready)], places_of(plane), out=plane, mode="clip")

    return change


# --- curves ------------------------------------------------------------------------------------------------------


def curve(points: Points, at: Doubles) -> Doubles:
    """A smooth line through points that never turns between them (Fritsch and Carlson, 1980); level beyond the ends."""
    x, y = (np.array(list(column), np.float64) for column in zip(*points, strict=True))
    width, rise = np.diff(x), np.diff(y)
    slope = rise / width
    tangent = np.empty_like(x)
    tangent[0], tangent[-1] = slope[0], slope[-1]
    for k in range(1, len(x) - 1):
        if slope[k - 1] * slope[k] <= 0:
            tangent[k] = 0
        else:  # weighted harmonic mean (Fritsch and Butland, 1984), which keeps the line monotone
            a, b = 2 * width[k] + width[k - 1], width[k] + 2 * width[k - 1]
            tangent[k] = (a + b) / (a / slope[k - 1] + b / slope[k])
    part = np.clip(np.searchsorted(x, at, side="right") - 1, 0, len(width) - 1)
    inside = np.clip(at, x[0], x[-1])
    t = (inside - x[part]) / width[part]
    low, high = y[part], y[part + 1]
    near, far = tangent[part] * width[part], tangent[part + 1] * width[part]
    found = low + t * (near + t * (3 * (high - low) - 2 * near - far + t * (2 * (low - high) + near + far)))
    return np.clip(found, np.minimum(low, high), np.maximum(low, high))


def curves(values: Values) -> Pointwise:
    """Each channel's own curve, and then the one for all."""
    whole = curve(values["all"], inputs())
    return looked_up(*(np.interp(curve(values[channel], inputs()), inputs(), whole) for channel in CHANNELS))


# --- levels ------------------------------------------------------------------------------------------------------


def _levels(limits: tuple[float, ...], at: Doubles) -> Doubles:
    black, white, gamma, low, high = limits
    share = np.clip((at - black) / (white - black), 0, 1)
    return np.asarray(low + (high - low) * share ** (1 / gamma))


def levels(values: Values) -> Pointwise:
    """Each channel's own range, and then the one for all."""
    return looked_up(*(_levels(values["all"], _levels(values[channel], inputs())) for channel in CHANNELS))


# --- sliders -----------------------------------------------------------------------------------------------------


def brightness_contrast(values: Values) -> Pointwise:
    brightness, contrast = values["brightness"], values["contrast"]
    at = inputs()
    at = at * (1 + brightness) if brightness < 0 else at + (1 - at) * brightness
    # A contrast of 1 is a step, of -1 an even grey.
    steep = math.tan((min(contrast, 0.9999) + 1) * math.pi / 4)
    return looked_up((at - 0.5) * steep + 0.5)


def invert(values: Values) -> Pointwise:
    def change(colour: Floats, spare: Floats) -> None:
        np.subtract(1, colour, out=colour)

    return change


def posterise(values: Values) -> Pointwise:
    steps = round(values["steps"]) - 1
    return looked_up(np.floor(inputs() * steps + 0.5) / steps)


def balance_tables(values: Values) -> list[Doubles]:
    """For red, green and blue: what each slider adds where it is at home, most of it and smoothly less around."""
    at = inputs()
    homes = {
        "shadows": np.clip(1 - at / 0.5, 0, 1) ** 2 * (3 - 2 * np.clip(1 - at / 0.5, 0, 1)),
        "midtones": np.sin(math.pi * at) ** 2,
        "highlights": np.clip(at / 0.5 - 1, 0, 1) ** 2 * (3 - 2 * np.clip(at / 0.5 - 1, 0, 1)),
    }
    return [
        np.clip(at + sum(values[f"{tone}_{channel}"] * 0.4 * home for tone, home in homes.items()), 0, 1)
        for channel in CHANNELS
    ]


def gradient_tables(stops: tuple[Stop, ...], reverse: bool) -> list[Doubles]:
    """For red, green and blue: the colours along a gradient."""
    at = inputs()
    if reverse:
        at = at[::-1]
    places = [stop[0] for stop in stops]
    return [np.interp(at, places, [stop[channel] for stop in stops]) for channel in (1, 2, 3)]
