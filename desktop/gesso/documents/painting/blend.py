"""Blend modes by the formulas of W3C Compositing and Blending Level 1, sections 9 and 10.

Colours are (height, width, 3) float32 in 0-1, not premultiplied; `backdrop` is below, `source` above.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Blend = Callable[[Floats, Floats], Floats]


def _multiply(b: Floats, s: Floats) -> Floats:
    return b * s


def _screen(b: Floats, s: Floats) -> Floats:
    return b + s - b * s


def _hard_light(b: Floats, s: Floats) -> Floats:
    return np.asarray(np.where(s <= 0.5, _multiply(b, 2 * s), _screen(b, 2 * s - 1)), np.float32)


def _overlay(b: Floats, s: Floats) -> Floats:
    return _hard_light(s, b)


def _colour_dodge(b: Floats, s: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.where(b == 0, 0, np.where(s >= 1, 1, np.minimum(1, b / (1 - s))))
    return np.asarray(found, np.float32)


def _colour_burn(b: Floats, s: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.where(b >= 1, 1, np.where(s <= 0, 0, 1 - np.minimum(1, (1 - b) / s)))
    return np.asarray(found, np.float32)


def _soft_light(b: Floats, s: Floats) -> Floats:
    d = np.where(b <= 0.25, ((16 * b - 12) * b + 4) * b, np.sqrt(np.maximum(b, 0)))
    found = np.where(s <= 0.5, b - (1 - 2 * s) * b * (1 - b), b + (2 * s - 1) * (d - b))
    return np.asarray(found, np.float32)


def _difference(b: Floats, s: Floats) -> Floats:
    return np.abs(b - s)


def _exclusion(b: Floats, s: Floats) -> Floats:
    return b + s - 2 * b * s


_LUMINOSITY = np.array([0.3, 0.59, 0.11], np.float32)


def _lum(c: Floats) -> Floats:
    return np.asarray((c @ _LUMINOSITY)[..., None], np.float32)


def _sat(c: Floats) -> Floats:
    return np.asarray(c.max(axis=-1, keepdims=True) - c.min(axis=-1, keepdims=True))


def _clip_colour(c: Floats) -> Floats:
    lum = _lum(c)
    low, high = c.min(axis=-1, keepdims=True), c.max(axis=-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        c = np.where(low < 0, lum + (c - lum) * lum / (lum - low), c)
        c = np.where(high > 1, lum + (c - lum) * (1 - lum) / (high - lum), c)
    return np.asarray(c, np.float32)


def _set_lum(c: Floats, lum: Floats) -> Floats:
    return _clip_colour(c + (lum - _lum(c)))


def _set_sat(c: Floats, sat: Floats) -> Floats:
    low, spread = c.min(axis=-1, keepdims=True), _sat(c)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.where(spread > 0, (c - low) * sat / spread, 0)
    return np.asarray(found, np.float32)


def _hue(b: Floats, s: Floats) -> Floats:
    return _set_lum(_set_sat(s, _sat(b)), _lum(b))


def _saturation(b: Floats, s: Floats) -> Floats:
    return _set_lum(_set_sat(b, _sat(s)), _lum(b))


def _colour(b: Floats, s: Floats) -> Floats:
    return _set_lum(s, _lum(b))


def _luminosity(b: Floats, s: Floats) -> Floats:
    return _set_lum(b, _lum(s))


BLENDS: dict[str, Blend] = {
    "normal": lambda b, s: s,
    "multiply": _multiply,
    "screen": _screen,
    "overlay": _overlay,
    "darken": np.minimum,
    "lighten": np.maximum,
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


def over(
    backdrop: Floats, backdrop_alpha: Floats, source: Floats, source_alpha: Floats, blend: str
) -> tuple[Floats, Floats]:
    """Blend, then source-over: premultiplied backdrop (h, w, 3), alpha (h, w, 1), plain source -> the same two.

    co = cs as (1 - ab) + as ab B(cb, cs) + (1 - as) ab cb
    """
    if blend == "normal":
        mixed = source
    else:
        with np.errstate(divide="ignore", invalid="ignore"):
            plain = np.where(backdrop_alpha > 0, backdrop / backdrop_alpha, 0).astype(np.float32)
        blended = BLENDS[blend](np.minimum(plain, 1), source)
        mixed = source + backdrop_alpha * (blended - source)
    keep = 1 - source_alpha
    return backdrop * keep + mixed * source_alpha, backdrop_alpha * keep + source_alpha
