"""Blend modes by the formulas of W3C Compositing and Blending Level 1, sections 9 and 10.

Colours are (3, pixels) float32 in 0-1, not premultiplied: `b` is the backdrop below, which stays as it is, `s` the source
above, which becomes the blended colour, and `spare` is room to work in. Everything happens in place and without
branches, because that is what numpy does fastest: a comparison with a choice costs thirty times as much as a sum.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Blend = Callable[[Floats, Floats, Floats], None]
SPARES = 3
"""How many arrays like `s` a blend may work in: `spare` is (SPARES, 3, pixels)."""
TINY = np.float32(1e-30)
"""Divides nothing by nothing: 0 / TINY is 0, and 1 / TINY is still finite."""
NOISE = np.float32(1e-6)
"""Black and white are points where dodge and burn jump; rounding may not push a colour off them."""


def _normal(b: Floats, s: Floats, spare: Floats) -> None:
    pass


def _multiply(b: Floats, s: Floats, spare: Floats) -> None:
    s *= b


def _screen(b: Floats, s: Floats, spare: Floats) -> None:
    # b + s - b s = s + (1 - s) b
    t = spare[0]
    np.subtract(1, s, out=t)
    t *= b
    s += t


def _hard_light(b: Floats, s: Floats, spare: Floats) -> None:
    # 2 b s below a half, screen(b, 2 s - 1) above: with m = min(2 s, 1) and h = max(2 s - 1, 0), h + (m - h) b
    m = spare[0]
    s += s
    np.minimum(s, 1, out=m)
    s -= m
    m -= s
    m *= b
    s += m


def _overlay(b: Floats, s: Floats, spare: Floats) -> None:
    # Hard light with the two exchanged.
    h, m = spare[0], spare[1]
    np.add(b, b, out=h)
    np.minimum(h, 1, out=m)
    h -= m
    m -= h
    s *= m
    s += h


def _darken(b: Floats, s: Floats, spare: Floats) -> None:
    np.minimum(b, s, out=s)


def _lighten(b: Floats, s: Floats, spare: Floats) -> None:
    np.maximum(b, s, out=s)


def _colour_dodge(b: Floats, s: Floats, spare: Floats) -> None:
    t = spare[0]
    np.subtract(b, NOISE, out=t)
    np.maximum(t, 0, out=t)
    np.subtract(1, s, out=s)
    np.maximum(s, TINY, out=s)
    np.divide(t, s, out=s)
    np.minimum(s, 1, out=s)


def _colour_burn(b: Floats, s: Floats, spare: Floats) -> None:
    t = spare[0]
    np.subtract(1 - NOISE, b, out=t)
    np.maximum(t, 0, out=t)
    np.maximum(s, TINY, out=s)
    np.divide(t, s, out=s)
    np.minimum(s, 1, out=s)
    np.subtract(1, s, out=s)


def _soft_light(b: Floats, s: Floats, spare: Floats) -> None:
    # With u = 2 s - 1: b + min(u, 0) (b - b b) + max(u, 0) (D(b) - b). The standard's D, a cubic up to a quarter and a
    # root from there on, is 16 z z z + z + root(b - z) with z = min(b - 1/4, 0).
    z, d, t = spare
    np.subtract(b, 0.25, out=z)
    np.minimum(z, 0, out=z)
    np.multiply(z, z, out=d)
    d *= 16
    d += 1
    d *= z
    np.subtract(b, z, out=z)
    np.sqrt(z, out=z)
    d += z
    d -= b
    s += s
    s -= 1
    np.minimum(s, 0, out=t)
    s -= t
    s *= d
    np.multiply(b, b, out=d)
    np.subtract(b, d, out=d)
    t *= d
    s += t
    s += b


def _difference(b: Floats, s: Floats, spare: Floats) -> None:
    s -= b
    np.abs(s, out=s)


def _exclusion(b: Floats, s: Floats, spare: Floats) -> None:
    # b + s - 2 b s = s + (1 - 2 s) b
    t = spare[0]
    np.multiply(s, -2, out=t)
    t += 1
    t *= b
    s += t


def _lum(c: Floats, out: Floats, spare: Floats) -> None:
    np.multiply(c[0], 0.3, out=out)
    out += np.multiply(c[1], 0.59, out=spare)
    out += np.multiply(c[2], 0.11, out=spare)


def _sat(c: Floats, out: Floats, spare: Floats) -> None:
    np.max(c, axis=0, out=out)
    out -= np.min(c, axis=0, out=spare)


def _set_lum(c: Floats, lum: Floats, spare: Floats) -> None:
    """SetLum and ClipColor in one: as far from grey as the colour is, or as far as it may be."""
    far, near, room = spare
    _lum(c, far, near)
    c -= far
    np.max(c, axis=0, out=far)
    np.maximum(far, TINY, out=far)
    np.subtract(1, lum, out=room)
    np.divide(room, far, out=room)
    np.minimum(room, 1, out=room)
    np.min(c, axis=0, out=near)
    np.minimum(near, -TINY, out=near)
    np.divide(lum, near, out=near)
    np.negative(near, out=near)
    np.minimum(room, near, out=room)
    c *= room
    c += lum


def _set_sat(c: Floats, sat: Floats, spare: Floats) -> None:
    low, spread = spare[0], spare[1]
    np.min(c, axis=0, out=low)
    np.max(c, axis=0, out=spread)
    spread -= low
    np.maximum(spread, TINY, out=spread)
    np.divide(sat, spread, out=spread)
    c -= low
    c *= spread


def _hue(b: Floats, s: Floats, spare: Floats) -> None:
    own = spare[1]
    _sat(b, own[0], own[1])
    _set_sat(s, own[0], spare[0])
    _lum(b, own[0], own[1])
    _set_lum(s, own[0], spare[0])


def _saturation(b: Floats, s: Floats, spare: Floats) -> None:
    own = spare[1]
    _sat(s, own[0], own[1])
    np.copyto(s, b)
    _set_sat(s, own[0], spare[0])
    _lum(b, own[0], own[1])
    _set_lum(s, own[0], spare[0])


def _colour(b: Floats, s: Floats, spare: Floats) -> None:
    own = spare[1]
    _lum(b, own[0], own[1])
    _set_lum(s, own[0], spare[0])


def _luminosity(b: Floats, s: Floats, spare: Floats) -> None:
    own = spare[1]
    _lum(s, own[0], own[1])
    np.copyto(s, b)
    _set_lum(s, own[0], spare[0])


BLENDS: dict[str, Blend] = {
    "normal": _normal,
    "multiply": _multiply,
    "screen": _screen,
    "overlay": _overlay,
    "darken": _darken,
    "lighten": _lighten,
    "color-dodge": _colour_dodge,
    "color-burn": _colour_burn,
    "hard-light": _hard_light,
    "soft-light": _soft_light,
    "difference": _difference,
    "exclusion": _exclusion,
    "hue": _hue,
    "saturation": _saturation,
    "color": _colour,
    "luminosity": _luminosity,
}
"""By the standard's names, in the order of a menu."""
