"""Linear light: the brightness that sRGB's numbers stand for, and the numbers again.

Half of white's light is the number 188 of 255, not 128: where layers are to mix as light does, their numbers are turned
into light first and the sum into numbers last.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.documents.painting.blend import BYTE, STEPS, TINY, Floats, above_zero, looked_up

SLOPE, POWER, SHIFT, BEND = 12.92, 2.4, 0.055, 0.0031308
"""IEC 61966-2-1: a line up to BEND, a power from there on."""
BEND_CODE = BEND * SLOPE
ROOTS = np.float32((1 << 18) - 1)
"""Steps of the table for sixteen bits: of square roots, because the dark has the most numbers to a step of light."""
WHOLE = np.float32(65535)


def light_of(code: NDArray[np.float64]) -> NDArray[np.float64]:
    """Light of numbers in 0-1."""
    return np.where(code <= BEND_CODE, code / SLOPE, ((code + SHIFT) / (1 + SHIFT)) ** POWER)


def code_of(light: NDArray[np.float64]) -> NDArray[np.float64]:
    """Numbers of light in 0-1."""
    return np.where(light <= BEND, light * SLOPE, (1 + SHIFT) * np.maximum(light, BEND) ** (1 / POWER) - SHIFT)


@cache
def lights(top: int) -> Floats:
    """The light of each whole number up to `top`, in 0-`top`."""
    return np.asarray(light_of(np.arange(top + 1) / top) * top, np.float32)


@cache
def codes(top: int) -> NDArray[Any]:
    """The whole number for each light: in steps of 1 / STEPS, or of roots for sixteen bits."""
    light = (np.arange(65536) + 0.5) / float(STEPS) if top == BYTE else (np.arange(int(ROOTS) + 1) / float(ROOTS)) ** 2
    return np.rint(code_of(np.minimum(light, 1)) * top).astype(np.uint8 if top == BYTE else np.uint16)


def put_codes(light: Floats, out: NDArray[Any], top: int, spare: Floats) -> None:
    """Light in 0-1 as rounded whole numbers, both (rows, pixels); the light is used up."""
    if top == BYTE:
        looked_up(codes(top), light, out, spare)
        return
    above_zero(light, out=light)
    np.sqrt(light, out=light)
    light *= ROOTS
    light += np.float32(0.5)
    np.take(codes(top), light.astype(np.intp), out=out, mode="clip")


def become_codes(light: Floats, spare: Floats) -> None:
    """Light as numbers in place, on the grid of sixteen bits: what was a whole number is one again, to the bit."""
    high = np.maximum(light, np.float32(BEND), out=spare)
    np.power(high, np.float32(1 / POWER), out=high)
    high *= np.float32(1 + SHIFT)
    high -= np.float32(SHIFT + BEND_CODE)
    np.minimum(light, np.float32(BEND), out=light)
    light *= np.float32(SLOPE)
    light += high
    light *= WHOLE
    np.rint(light, out=light)
    light /= WHOLE


def become_light(code: Floats, spare: Floats) -> None:
    """Numbers as light in place."""
    high = np.maximum(code, np.float32(BEND_CODE), out=spare)
    high += np.float32(SHIFT)
    high *= np.float32(1 / (1 + SHIFT))
    np.power(high, np.float32(POWER), out=high)
    high -= np.float32(BEND)
    np.minimum(code, np.float32(BEND_CODE), out=code)
    code *= np.float32(1 / SLOPE)
    code += high


def in_codes(planes: Floats) -> Floats:
    """Premultiplied planes (4, ...) of light as such planes of numbers."""
    return _turned(planes, become_codes)


def in_light(planes: Floats) -> Floats:
    """Premultiplied planes (4, ...) of numbers as such planes of light."""
    return _turned(planes, become_light)


def _turned(planes: Floats, become: Any) -> Floats:
    found = planes.copy()
    found[:3] /= np.maximum(found[3], TINY)
    np.clip(found[:3], 0, 1, out=found[:3])
    become(found[:3], np.empty_like(found[:3]))
    found[:3] *= found[3]
    return found
