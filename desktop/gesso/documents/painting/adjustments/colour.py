"""Adjustments that look at all three channels of a pixel: hue, grey mixes, gradients by brightness."""

from __future__ import annotations

import numpy as np

from gesso.documents.painting.adjustments.declaration import Pointwise, Values
from gesso.documents.painting.adjustments.tables import balance_tables, gradient_tables, looked_up, places_of
from gesso.documents.painting.blend import BLENDS, TINY, Floats


def brightness_of(colour: Floats) -> Floats:
    """How bright each pixel is, by the weights of the blend mode Luminosity; a grey is as bright as itself."""
    found: Floats = colour[0] * np.float32(0.3)
    found += colour[1] * np.float32(0.59)
    found += colour[2] * np.float32(0.11)
    return found


def hue_saturation(values: Values) -> Pointwise:
    """Hue turned by degrees, saturation and lightness scaled, in HSL; or every pixel given one hue."""
    turn = np.float32(values["hue"] / 30)
    more, lighter, one_hue = values["saturation"], np.float32(values["lightness"]), values["colourise"]

    def change(colour: Floats, spare: Floats) -> None:
        red, green, blue = colour
        high, low = colour.max(axis=0), colour.min(axis=0)
        chroma = high - low
        light = (high + low) * np.float32(0.5)
        room = 1 - np.abs(2 * light - 1)
        saturation = chroma / np.maximum(room, TINY)
        if one_hue:
            hue = np.zeros_like(light)
            saturation = np.full_like(light, (1 + more) / 2)
        else:
            safe = np.maximum(chroma, TINY)
            hue = np.where(
                high == red,
                (green - blue) / safe,
                np.where(high == green, 2 + (blue - red) / safe, 4 + (red - green) / safe),
            )
            hue *= 2  # in twelfths of a turn
            if more < 0:
                saturation *= np.float32(1 + more)
            elif more > 0:
                saturation /= np.float32(max(1 - more, 1e-3))
            np.minimum(saturation, 1, out=saturation)
        hue += turn
        if lighter < 0:
            light *= 1 + lighter
        else:
            light += (1 - light) * lighter
        reach = saturation * np.minimum(light, 1 - light)
        for channel, start in enumerate((0, 8, 4)):
            k = hue + np.float32(start)
            k -= 12 * np.floor(k * np.float32(1 / 12))
            colour[channel] = light - reach * np.clip(np.minimum(k - 3, 9 - k), -1, 1)

    return change


def colour_balance(values: Values) -> Pointwise:
    shift = looked_up(*balance_tables(values))
    if not values["keep_brightness"]:
        return shift

    def change(colour: Floats, spare: Floats) -> None:
        before = colour.copy()
        shift(colour, spare)
        BLENDS["color"](before, colour, spare)  # its colour, at the brightness that was there

    return change


MIX = ("reds", "yellows", "greens", "cyans", "blues", "magentas")


def black_and_white(values: Values) -> Pointwise:
    """Grey by how much each of six hues shall count: what all channels share, and then the parts that stick out."""
    weights = {name: np.float32(values[name]) for name in MIX}

    def change(colour: Floats, spare: Floats) -> None:
        red, green, blue = colour
        low = colour.min(axis=0)
        grey = low.copy()
        for one, two, three, primary, secondary in (
            (red, green, blue, "reds", "yellows"),
            (green, blue, red, "greens", "cyans"),
            (blue, red, green, "blues", "magentas"),
        ):
            grey += weights[primary] * np.maximum(one - np.maximum(two, three), 0)
            grey += weights[secondary] * np.maximum(np.minimum(one, two) - three, 0)
        np.clip(grey, 0, 1, out=grey)
        colour[:] = grey

    return change


def gradient_map(values: Values) -> Pointwise:
    tables = [table.astype(np.float32) for table in gradient_tables(values["gradient"], values["reverse"])]

    def change(colour: Floats, spare: Floats) -> None:
        places = places_of(brightness_of(colour))
        for plane, table in zip(colour, tables, strict=True):
            np.take(table, places, out=plane, mode="clip")

    return change


def threshold(values: Values) -> Pointwise:
    # A little below, so that a grey of exactly that brightness is white whatever its sums round to.
    limit = np.float32(values["level"] - 1e-5)

    def change(colour: Floats, spare: Floats) -> None:
        colour[:] = brightness_of(colour) >= limit

    return change
