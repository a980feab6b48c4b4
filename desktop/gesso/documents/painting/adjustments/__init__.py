"""Adjustments: how what lies below looks different, without changing a pixel of it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from gesso.documents.painting.adjustments import colour, neighbourhood, tables
from gesso.documents.painting.adjustments.declaration import (
    Curve,
    Flag,
    Gradient,
    Kind,
    Neighbours,
    Number,
    Pointwise,
    Range,
    Setting,
)
from gesso.values import mark

_RED, _GREEN, _BLUE = mark("Red"), mark("Green"), mark("Blue")
_CHANNELS = (("red", _RED), ("green", _GREEN), ("blue", _BLUE))
_ONE_CURVE = mark("Brighter where the line is lifted, darker where it is lowered.")
_ONE_RANGE = mark("Drag black and white to where the picture begins and ends.")
_TONES = (
    ("shadows", mark("Colour of the dark parts.")),
    ("midtones", mark("Colour of what is neither dark nor bright.")),
    ("highlights", mark("Colour of the bright parts.")),
)
_AXES = {
    ("shadows", "red"): mark("Shadows: cyan to red"),
    ("shadows", "green"): mark("Shadows: magenta to green"),
    ("shadows", "blue"): mark("Shadows: yellow to blue"),
    ("midtones", "red"): mark("Midtones: cyan to red"),
    ("midtones", "green"): mark("Midtones: magenta to green"),
    ("midtones", "blue"): mark("Midtones: yellow to blue"),
    ("highlights", "red"): mark("Highlights: cyan to red"),
    ("highlights", "green"): mark("Highlights: magenta to green"),
    ("highlights", "blue"): mark("Highlights: yellow to blue"),
}
_MIX_HELP = mark("How bright this hue becomes in the grey picture.")
_MIX = (
    ("reds", mark("Reds"), 0.4),
    ("yellows", mark("Yellows"), 0.6),
    ("greens", mark("Greens"), 0.4),
    ("cyans", mark("Cyans"), 0.6),
    ("blues", mark("Blues"), 0.2),
    ("magentas", mark("Magentas"), 0.8),
)

ADJUSTMENTS: dict[str, Kind] = {
    kind.id: kind
    for kind in (
        Kind(
            "curves", mark("Curves"), mark("Shape brightness with a line, for all channels or each by itself."),
            (
                Curve("all", mark("All channels"), _ONE_CURVE),
                *(Curve(name, title, _ONE_CURVE) for name, title in _CHANNELS),
            ),
            point=tables.curves,
        ),
        Kind(
            "levels", mark("Levels"), mark("Set black, white and the middle by the picture's histogram."),
            (
                Range("all", mark("All channels"), _ONE_RANGE),
                *(Range(name, title, _ONE_RANGE) for name, title in _CHANNELS),
            ),
            point=tables.levels,
        ),
        Kind(
            "hue-saturation", mark("Hue and saturation"), mark("Turn colours around the wheel, make them richer or paler."),
            (
                Number("hue", mark("Hue"), mark("How far every colour is turned around the wheel."), 0, -180, 180, 1, "°"),
                Number("saturation", mark("Saturation"), mark("Richer to the right, grey at the left."), 0),
                Number("lightness", mark("Lightness"), mark("White at the right, black at the left."), 0),
                Flag("colourise", mark("Colourise"), mark("Give every pixel the one hue, whatever colour it had.")),
            ),
            point=colour.hue_saturation,
            neutral=lambda v: v["hue"] == v["saturation"] == v["lightness"] == 0 and not v["colourise"],
        ),
        Kind(
            "brightness-contrast", mark("Brightness and contrast"), mark("Brighter or darker, harsher or softer."),
            (
                Number("brightness", mark("Brightness"), mark("Brighter to the right, darker to the left."), 0),
                Number("contrast", mark("Contrast"), mark("Harsher to the right, softer to the left."), 0),
            ),
            point=tables.brightness_contrast,
            neutral=lambda v: v["brightness"] == v["contrast"] == 0,
        ),
        Kind(
            "colour-balance", mark("Colour balance"), mark("Tint shadows, midtones and highlights."),
            (
                *(
                    Number(f"{tone}_{channel}", _AXES[tone, channel], help, 0)
                    for tone, help in _TONES
                    for channel, _ in _CHANNELS
                ),
                Flag("keep_brightness", mark("Keep brightness"), mark("Only colours change, not how bright they are."), True),
            ),
            point=colour.colour_balance,
            neutral=lambda v: not any(v[f"{tone}_{channel}"] for tone, _ in _TONES for channel, _ in _CHANNELS),
        ),
        Kind(
            "black-and-white", mark("Black and white picture"), mark("Grey, with a say in how bright each hue becomes."),
            tuple(Number(name, title, _MIX_HELP, default, -1, 2) for name, title, default in _MIX),
            point=colour.black_and_white,
        ),
        Kind(
            "gradient-map", mark("Gradient map"), mark("Colours by brightness: dark parts take the left end, bright ones the right."),
            (
                Gradient("gradient", mark("Gradient"), mark("Click below the bar to add a colour, drag one away to remove it.")),
                Flag("reverse", mark("Reverse"), mark("Exchange the two ends.")),
            ),
            point=colour.gradient_map,
        ),
        Kind(
            "posterise", mark("Posterise"), mark("Few even steps instead of smooth shades."),
            (Number("steps", mark("Steps"), mark("How many brightnesses each channel keeps."), 4, 2, 32, 1, ""),),
            point=tables.posterise,
        ),
        Kind(
            "threshold", mark("Threshold"), mark("Only black and white: what is brighter than this becomes white."),
            (Number("level", mark("Level"), mark("Where black ends and white begins."), 128 / 255, 0, 1, 1 / 255),),
            point=colour.threshold,
        ),
        Kind(
            "invert", mark("Invert colours"), mark("Every colour becomes its opposite, as in a negative."), (),
            point=tables.invert,
        ),
        Kind(
            "blur", mark("Blur"), mark("Soften everything below, as through frosted glass (Gaussian)."),
            (Number("radius", mark("Radius"), mark("How far each pixel spreads."), 4, 0.3, 100, 0.1, "px"),),
            around=neighbourhood.blur, in_pixels=("radius",),
        ),
        Kind(
            "sharpen", mark("Sharpen"), mark("Stress edges (unsharp mask)."),
            (
                Number("amount", mark("Amount"), mark("How much edges are stressed."), 0.8, 0, 5),
                Number("radius", mark("Radius"), mark("How wide the stress around an edge is."), 2, 0.3, 50, 0.1, "px"),
                Number("threshold", mark("Threshold"), mark("Differences smaller than this are left alone, such as grain."), 0, 0, 0.5),
            ),
            around=neighbourhood.sharpen, in_pixels=("radius",),
            neutral=lambda v: v["amount"] == 0,
        ),
    )
}  # fmt: skip
"""By id, in the order of a menu."""

Prepared = Pointwise | Neighbours


def prepared(kind: str, values: Mapping[str, Any]) -> Prepared | None:
    """What the compositor needs; None when nothing changes, as with a kind that only a newer Gesso knows."""
    declared = ADJUSTMENTS.get(kind)
    if declared is None:
        return None
    return _prepared(kind, tuple(declared.checked(values).items()))


@lru_cache(maxsize=64)
def _prepared(kind: str, values: tuple[tuple[str, Any], ...]) -> Prepared | None:
    declared, named = ADJUSTMENTS[kind], dict(values)
    if declared.neutral(named):
        return None
    if declared.point is not None:
        return declared.point(named)
    assert declared.around is not None
    return declared.around(named)


def halo_px(kind: str, values: Mapping[str, Any]) -> int:
    """How far the look of a pixel reaches through an adjustment."""
    found = prepared(kind, values)
    return found.halo + found.grain if isinstance(found, Neighbours) else 0


def at_scale(kind: str, values: Mapping[str, Any], scale: float) -> dict[str, Any]:
    """The values for a picture that is `scale` times as large."""
    declared = ADJUSTMENTS.get(kind)
    pixels = declared.in_pixels if declared else ()
    return {
        name: value * scale if name in pixels else value
        for name, value in (declared.checked(values) if declared else values).items()
    }


__all__ = [
    "ADJUSTMENTS", "Curve", "Flag", "Gradient", "Kind", "Neighbours", "Number", "Range", "Setting", "at_scale", "halo_px",
    "prepared",
]  # fmt: skip
