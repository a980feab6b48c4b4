"""Blend modes by the formulas of W3C Compositing and Blending Level 1, sections 9 and 10.

Colours are (3, pixels) float32 in 0-1, not premultiplied: `b` is the backdrop below, which stays as it is, `s` the source
above, which becomes the blended colour, and `spare` is room to work in. Everything happens in place and without
branches, because that is what numpy does fastest: a comparison with a choice costs thirty times as much as a sum.

`ADDS` says the same in another way, with fewer sums: what a source adds to an opaque backdrop. Nothing is added where the
source does not show, to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Blend = Callable[[Floats, Floats, Floats], None]
Add = Callable[[Floats, Floats, Floats, Floats, float, Floats], None]
"""Backdrop `b`; source `s` in 0-`top`, which becomes `cover` (B(b, s / top) - b); `cover`, and `share` = cover / top, of one
or of all pixels; `top`; `spare`."""
SPARES = 3
"""How many arrays like `s` a blend may work in: `spare` is (SPARES, 3, pixels)."""
TINY = np.float32(1e-30)
"""Divides nothing by nothing: 0 / TINY is 0, and 1 / TINY is still finite."""
BYTE = 255
"""Stands for 1 in eight bits."""
STEPS = np.float32(65000)
"""Of tables to look up in: a few are left above, so that a colour a little over 1 by rounding is still found."""
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


# --- what a source adds ------------------------------------------------------------------------------------------


def _added_by(blend: Blend) -> Add:
    """As the formula has it."""

    def add(b: Floats, s: Floats, cover: Floats, share: Floats, top: float, spare: Floats) -> None:
        if top != 1:
            s *= np.float32(1 / top)
        blend(b, s, spare)
        s -= b
        s *= cover

    return add


def _add_multiply(b: Floats, s: Floats, cover: Floats, share: Floats, top: float, spare: Floats) -> None:
    s -= np.float32(top)
    s *= share
    s *= b


def _add_screen(b: Floats, s: Floats, cover: Floats, share: Floats, top: float, spare: Floats) -> None:
    s *= share
    s *= np.subtract(1, b, out=spare[0])


def _add_exclusion(b: Floats, s: Floats, cover: Floats, share: Floats, top: float, spare: Floats) -> None:
    t = np.multiply(b, -2, out=spare[0])
    t += 1
    s *= share
    s *= t


def _add_darken(b: Floats, s: Floats, cover: Floats, share: Floats, top: float, spare: Floats) -> None:
    s -= np.multiply(b, np.float32(top), out=spare[0])
    at_most(s, 0, out=s)
    s *= share


def _add_lighten(b: Floats, s: Floats, cover: Floats, share: Floats, top: float, spare: Floats) -> None:
    s -= np.multiply(b, np.float32(top), out=spare[0])
    above_zero(s, out=s)
    s *= share


def _twice_less_one(s: Floats, share: Floats, top: float, spare: Floats) -> None:
    """s becomes cover (2 s / top - 1)."""
    s -= np.float32(top / 2)
    s *= np.add(share, share, out=spare[0, 0, : len(share)])


def _add_overlay(b: Floats, s: Floats, cover: Floats, share: Floats, top: float, spare: Floats) -> None:
    # Below a half b (2 s - 1), above (1 - b) (2 s - 1).
    _twice_less_one(s, share, top, spare)
    t = np.subtract(1, b, out=spare[0])
    np.minimum(t, b, out=t)
    s *= t


def _add_hard_light(b: Floats, s: Floats, cover: Floats, share: Floats, top: float, spare: Floats) -> None:
    # With u = 2 s - 1: b u below a half, (1 - b) u above, which is max(u, 0) - b |u|.
    _twice_less_one(s, share, top, spare)
    high = above_zero(s, out=spare[0])
    np.abs(s, out=s)
    s *= b
    np.subtract(high, s, out=s)


def _add_soft_light(b: Floats, s: Floats, cover: Floats, share: Floats, top: float, spare: Floats) -> None:
    # With u = 2 s - 1: u (b - b b), and above a half max(u, 0) (D(b) - b - (b - b b)) more; D as in `_soft_light`.
    _twice_less_one(s, share, top, spare)
    high, d, z = spare
    above_zero(s, out=high)
    np.multiply(b, b, out=d)
    np.subtract(b, d, out=d)
    s *= d
    if top == BYTE:  # of eight bits: read off a table, in half the time
        looked_up(lightened(), b, out=d, spare=z)
    else:
        d += b
        d *= high
        s -= d
        np.subtract(b, np.float32(0.25), out=z)
        at_most(z, 0, out=z)
        np.multiply(z, z, out=d)
        d *= 16
        d += 1
        d *= z
        np.subtract(b, z, out=z)
        d += np.sqrt(z, out=z)
    d *= high
    s += d


@cache
def lightened() -> Floats:
    """D(b) - b - (b - b b), for `looked_up`."""
    b = (np.arange(65536) + 0.5) / STEPS
    return np.asarray(np.where(b <= 0.25, ((16 * b - 12) * b + 4) * b, np.sqrt(b)) - 2 * b + b * b, np.float32)


def looked_up(table: NDArray[Any], values: Floats, out: NDArray[Any], spare: Floats) -> None:
    """What a table of 65536 has for each value of 0-1, in steps of 1 / STEPS."""
    import cv2

    count = values.shape[1]
    places = spare.view(np.uint16)[:, :count]
    np.multiply(values, STEPS, out=spare)
    above_zero(spare, out=spare)
    at_most(spare, 65535, out=spare)
    np.copyto(places, spare, casting="unsafe")
    cv2.LUT(places, table, out)


def above_zero(values: Floats, out: Floats) -> Floats:
    """The greater of each and 0: half the time that numpy takes for it."""
    import cv2

    for row, found in zip(values, out, strict=True):  # more at once would start a thread of its own, which costs more
        cv2.threshold(row, 0, 0, cv2.THRESH_TOZERO, found)
    return out


def at_most(values: Floats, most: float, out: Floats) -> Floats:
    """The lesser of each and a number."""
    import cv2

    for row, found in zip(values, out, strict=True):
        cv2.threshold(row, most, 0, cv2.THRESH_TRUNC, found)
    return out


ADDS: dict[str, Add] = {mode: _added_by(blend) for mode, blend in BLENDS.items()} | {
    "multiply": _add_multiply,
    "screen": _add_screen,
    "overlay": _add_overlay,
    "darken": _add_darken,
    "lighten": _add_lighten,
    "hard-light": _add_hard_light,
    "soft-light": _add_soft_light,
    "exclusion": _add_exclusion,
}
"""Every mode but normal, which replaces, gains by it."""
