"""Laws of adjustments: exact at both depths, no seams, what a mask hides stays, and only what lies below changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gesso.documents.painting import TILE, Adjustment, Group, Layer, Painting, Tiles, composite
from gesso.documents.painting.adjustments import ADJUSTMENTS, Curve, Flag, Gradient, Number, Range, at_scale, prepared
from gesso.documents.painting.adjustments.neighbourhood import halo_of, weights
from gesso.documents.painting.adjustments.tables import curve, inputs
from gesso.documents.painting.composite import composite_box
from gesso.documents.painting.painting import ROOT
from gesso.values import Box, Size
from tests.desktop.documents.test_composite import some_mask, some_pixels
from tests.desktop.documents.test_painting import SIZE, pixels

Array = np.ndarray
STRONG: dict[str, dict[str, Any]] = {
    "curves": {"all": ((0.0, 0.2), (0.5, 0.4), (1.0, 0.9)), "red": ((0.0, 1.0), (1.0, 0.0))},
    "levels": {"all": (0.1, 0.8, 1.7, 0.05, 0.95), "blue": (0.0, 0.5, 0.6, 0.0, 1.0)},
    "hue-saturation": {"hue": 70.0, "saturation": 0.4, "lightness": -0.2},
    "brightness-contrast": {"brightness": 0.2, "contrast": -0.4},
    "colour-balance": {"shadows_red": 0.8, "midtones_green": -0.5, "highlights_blue": -1.0},
    "black-and-white": {"reds": 1.4, "blues": -0.5},
    "gradient-map": {"gradient": ((0.0, 0.1, 0.0, 0.3), (0.5, 0.9, 0.3, 0.1), (1.0, 1.0, 1.0, 0.8))},
    "posterise": {"steps": 5.0},
    "threshold": {"level": 0.5},
    "invert": {},
    "blur": {"radius": 9.0},
    "sharpen": {"amount": 1.5, "radius": 3.0, "threshold": 0.05},
}
"""Values under which every kind changes noise."""


def adjusted(kind: str, own: Array, values: dict[str, Any] | None = None, **same: Any) -> Painting:
    """A layer under an adjustment."""
    p = Painting.from_array(own)
    p.nodes["adjust"] = Adjustment("adjust", "", kind=kind, values=STRONG[kind] if values is None else values, **same)
    p.nodes[ROOT] = replace(p.root, children=(*p.root.children, "adjust"))
    return p


def every_level(dtype: type) -> Array:
    """One opaque grey of each 8-bit or 16-bit number."""
    top = int(np.iinfo(dtype).max)
    found = np.empty((1 if top == 255 else 256, 256, 4), dtype)
    found[..., :3] = np.arange(top + 1).reshape(-1, 256, 1)
    found[..., 3] = top
    return found


# --- exact -------------------------------------------------------------------------------------------------------


def posterised(v: Array) -> Array:
    return np.floor(v * 4 + 0.5) / 4


def levelled(v: Array) -> Array:
    return np.clip((v - 0.25) / 0.5, 0, 1) ** (1 / 2.0)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize(
    ("kind", "values", "formula"),
    [
        ("invert", {}, lambda v: 1 - v),
        ("posterise", {"steps": 5.0}, posterised),
        ("levels", {"all": (0.25, 0.75, 2.0, 0.0, 1.0)}, levelled),
        ("threshold", {"level": 100 / 255}, lambda v: (v >= 100 / 255 - 1e-6) * 1.0),
        ("brightness-contrast", {"brightness": -0.5}, lambda v: v * 0.5),
        ("curves", {"all": ((0.0, 1.0), (1.0, 0.0))}, lambda v: 1 - v),
        ("gradient-map", {"gradient": ((0.0, 1.0, 1.0, 1.0), (1.0, 0.0, 0.0, 0.0))}, lambda v: 1 - v),
        ("hue-saturation", {"lightness": -0.5}, lambda v: v * 0.5),
    ],
)
def test_every_grey_becomes_exactly_what_the_formula_says(
    kind: str, values: dict[str, Any], formula: Callable[[Array], Array], dtype: type
) -> None:
    own = every_level(dtype)
    top = np.iinfo(dtype).max
    found = composite(adjusted(kind, own, values)).astype(np.int64)
    expected = formula(own[..., :3] / top) * top
    assert np.abs(found[..., :3] - expected).max() <= 0.5 + 1e-2 * (top / 65535)
    assert (found[..., 3] == top).all()


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("kind", ["curves", "levels", "hue-saturation", "brightness-contrast", "colour-balance"])
def test_at_its_defaults_an_adjustment_changes_no_bit(kind: str, dtype: type) -> None:
    own = some_pixels(3, "opaque", dtype)
    assert np.array_equal(composite(adjusted(kind, own, {})), own)


def test_greys_stay_grey_and_primaries_weigh_what_they_are_given() -> None:
    own = every_level(np.uint8)
    assert np.array_equal(composite(adjusted("black-and-white", own)), own)
    red = np.array([[[255, 0, 0, 255], [255, 255, 0, 255], [0, 0, 255, 255]]], np.uint8)
    found = composite(adjusted("black-and-white", red, {"reds": 0.2, "yellows": 1.0, "blues": 0.6}))
    assert found[0, :, 0].tolist() == [51, 255, 153]


def test_a_third_of_a_turn_makes_red_green() -> None:
    own = np.array([[[255, 0, 0, 255], [0, 255, 0, 255], [90, 30, 30, 255]]], np.uint8)
    found = composite(adjusted("hue-saturation", own, {"hue": 120.0}))
    assert found[0, :, :3].tolist() == [[0, 255, 0], [0, 0, 255], [30, 90, 30]]
    grey = composite(adjusted("hue-saturation", own, {"saturation": -1.0}))
    assert (grey[0, :, :3] == grey[0, :, :1]).all()


def test_balance_keeps_brightness_when_asked() -> None:
    own = some_pixels(5, "opaque", np.uint8)
    values = {"midtones_red": 1.0, "shadows_blue": -0.7}
    weigh = np.array([0.3, 0.59, 0.11])
    kept = composite(adjusted("colour-balance", own, values))
    shifted = composite(adjusted("colour-balance", own, {**values, "keep_brightness": False}))
    assert np.abs(kept[..., :3] @ weigh - own[..., :3] @ weigh).max() < 1.1
    assert (shifted[..., 0].astype(int) >= own[..., 0]).all()
    assert (shifted[..., 0].astype(int) > own[..., 0]).mean() > 0.8


# --- curves ------------------------------------------------------------------------------------------------------

SHARES = st.floats(0, 1, allow_nan=False)


@given(
    xs=st.lists(st.integers(0, 100), min_size=2, max_size=9, unique=True), ys=st.lists(SHARES, min_size=9, max_size=9)
)
def test_a_curve_goes_through_its_points_and_never_beyond_them(xs: list[int], ys: list[float]) -> None:
    points = tuple((x / 100, y) for x, y in zip(sorted(xs), ys, strict=False))
    at = np.array([x for x, _ in points])
    assert np.abs(curve(points, at) - [y for _, y in points]).max() < 1e-9
    line = curve(points, inputs())
    for (left, low), (right, high) in pairwise(points):
        part = line[(inputs() >= left) & (inputs() <= right)]
        steps = np.diff(part)
        assert (steps >= -1e-9).all() or (steps <= 1e-9).all(), "monotone between two points"
        assert part.size == 0 or (part.min() >= min(low, high) - 1e-9 and part.max() <= max(low, high) + 1e-9)


# --- no seams ----------------------------------------------------------------------------------------------------


@given(
    kind=st.sampled_from(sorted(STRONG)),
    blend=st.sampled_from(["normal", "multiply", "luminosity"]),
    mask=st.sampled_from(["none", "soft", "hard"]),
    pixel_kind=st.sampled_from(["opaque", "patchy", "noise"]),
    opacity=st.sampled_from([1.0, 0.4]),
    clipped=st.booleans(),
    x=st.integers(0, 280),
    y=st.integers(0, 250),
    width=st.integers(1, 150),
    height=st.integers(1, 150),
    dtype=st.sampled_from([np.uint8, np.uint16]),
)
@settings(max_examples=40)
def test_a_box_looks_as_in_the_whole_to_the_bit(
    kind: str, blend: str, mask: str, pixel_kind: str, opacity: float, clipped: bool, x: int, y: int, width: int,
    height: int, dtype: type,
) -> None:  # fmt: skip
    p = adjusted(
        kind, some_pixels(1, pixel_kind, dtype), blend=blend, mask=some_mask(4, mask), opacity=opacity, clipped=clipped
    )
    box = Box(x, y, width, height).clip(SIZE)
    whole = composite(p)
    assert np.array_equal(composite(p, box), whole[box.slices()])
    part = composite_box(p, box)
    assert part is not None
    assert np.array_equal(part, whole[box.slices()]), "made from no more than its surroundings"


def smooth(own: Array, sigma: float) -> Array:
    """A Gaussian in double precision over the whole picture, (h, w, 4) premultiplied in 0-1, edges going on."""
    reach = int(np.ceil(4 * sigma))
    bell = np.exp(-(np.arange(-reach, reach + 1) ** 2) / (2 * sigma**2))
    bell /= bell.sum()
    found = own.copy()
    for axis in (0, 1):
        wide = np.pad(found, [(reach, reach) if a == axis else (0, 0) for a in range(3)], mode="edge")
        found = sum(weight * np.take(wide, range(k, k + found.shape[axis]), axis=axis) for k, weight in enumerate(bell))
    return found


@pytest.mark.parametrize("sigma", [0.6, 2.0, 5.0, 14.0, 60.0])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_blur_is_the_blur_of_the_whole_picture(sigma: float, dtype: type) -> None:
    top = np.iinfo(dtype).max
    own = some_pixels(2, "opaque", dtype)
    rows, columns = np.mgrid[: SIZE.height, : SIZE.width]
    own[..., :3] = ((np.sin(rows / 40) + np.cos(columns / 30) + 2) / 4 * top).astype(dtype)[..., None]
    own[100:140, 200:, :3] = 0  # across the border of tiles
    own[120:, 180:, 3] = 0
    straight = own / top
    expected = smooth(np.concatenate([straight[..., :3] * straight[..., 3:], straight[..., 3:]], axis=2), sigma)
    found = composite(adjusted("blur", own, {"radius": sigma})) / top
    found[..., :3] *= found[..., 3:]
    assert np.abs(found - expected).max() < 0.008


def test_sharpening_an_even_picture_changes_nothing_and_an_edge_is_stressed() -> None:
    own = np.full((60, 300, 4), 255, np.uint8)
    own[..., :3] = 120
    assert np.array_equal(composite(adjusted("sharpen", own)), own)
    own[:, 250:, :3] = 160
    found = composite(adjusted("sharpen", own, {"amount": 1.0, "radius": 2.0}))[30, :, 0]
    assert found[249] < 110 and found[250] > 170
    assert found[100] == 120 and found[290] == 160
    assert np.array_equal(composite(adjusted("sharpen", own, {"amount": 1.0, "radius": 2.0, "threshold": 0.2})), own)


@given(sigma=st.floats(0.3, 6))
def test_no_weight_is_lost(sigma: float) -> None:
    bell = weights(sigma)
    assert bell.sum() == 2**16 and np.array_equal(bell, bell[::-1]) and bell.min() >= 0
    assert halo_of(sigma) >= len(bell) // 2


# --- what changes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", sorted(STRONG))
def test_strong_values_change_the_picture_and_a_hidden_part_keeps_every_bit(kind: str) -> None:
    own = some_pixels(8, "opaque", np.uint8)
    mask = some_mask(8, "hard")
    assert mask is not None
    found = composite(adjusted(kind, own, mask=mask))
    hidden = mask.read()[..., 0] == 0
    assert np.array_equal(found[hidden], own[hidden])
    assert (found[~hidden] != own[~hidden]).any(axis=-1).mean() > 0.2


@pytest.mark.parametrize("kind", sorted(set(STRONG) - {"blur"}))
def test_alpha_stays(kind: str) -> None:
    own = some_pixels(8, "noise", np.uint8)
    assert np.array_equal(composite(adjusted(kind, own))[..., 3], own[..., 3])


def test_an_adjustment_in_a_group_stays_in_it() -> None:
    own, top = some_pixels(1, "opaque", np.uint8), some_pixels(2, "opaque", np.uint8)
    top[:, 150:] = 0
    p = Painting.from_array(own)
    p.nodes["top"] = Layer("top", "", tiles=Tiles.from_array(top))
    p.nodes["adjust"] = Adjustment("adjust", "", kind="invert")
    p.nodes["group"] = Group("group", "", children=("top", "adjust"))
    p.nodes[ROOT] = replace(p.root, children=(*p.root.children, "group"))
    found = composite(p)
    assert np.array_equal(found[:, 150:], own[:, 150:])
    assert np.array_equal(found[:, :150, :3], 255 - top[:, :150, :3])


def test_a_kind_from_a_newer_gesso_shows_what_lies_below() -> None:
    own = pixels(1)
    p = adjusted("invert", own)
    p.nodes["adjust"] = replace(p.nodes["adjust"], kind="from-the-future")
    assert np.array_equal(composite(p), own)


def test_values_that_a_damaged_file_holds_fall_back() -> None:
    own = some_pixels(1, "opaque", np.uint8)
    bad = {"all": ((0.5, float("nan")),), "red": 3, "unknown": "x"}
    assert np.array_equal(composite(adjusted("curves", own, bad)), own)
    assert ADJUSTMENTS["blur"].checked({"radius": 1e9})["radius"] == 100


@given(kind=st.sampled_from(sorted(ADJUSTMENTS)), data=st.data())
@settings(max_examples=40)
def test_any_values_in_range_can_be_prepared_and_are_kept_by_a_second_check(kind: str, data: st.DataObject) -> None:
    given_values: dict[str, Any] = {}
    for setting in ADJUSTMENTS[kind].settings:
        if isinstance(setting, Number):
            given_values[setting.name] = data.draw(st.floats(setting.low, setting.high))
        elif isinstance(setting, Flag):
            given_values[setting.name] = data.draw(st.booleans())
        elif isinstance(setting, Curve):
            xs = sorted(data.draw(st.lists(st.integers(0, 50), min_size=2, max_size=5, unique=True)))
            given_values[setting.name] = tuple((x / 50, data.draw(SHARES)) for x in xs)
        elif isinstance(setting, Range):
            given_values[setting.name] = (data.draw(SHARES), data.draw(SHARES), data.draw(st.floats(0.1, 10)), 0.0, 1.0)
        elif isinstance(setting, Gradient):
            given_values[setting.name] = ((0.0, *data.draw(st.tuples(SHARES, SHARES, SHARES))), (1.0, 1.0, 1.0, 1.0))
    checked = ADJUSTMENTS[kind].checked(given_values)
    assert ADJUSTMENTS[kind].checked(checked) == checked
    found = composite(adjusted(kind, some_pixels(1, "patchy", np.uint8, Size(40, 230)), checked))
    assert found.shape == (230, 40, 4)


def test_pixels_shrink_with_the_picture() -> None:
    assert at_scale("blur", {"radius": 8.0}, 0.25)["radius"] == 2.0
    assert at_scale("posterise", {"steps": 8.0}, 0.25)["steps"] == 8.0
    assert prepared("blur", {"radius": 8.0}) is prepared("blur", {"radius": 8.0}), "tables are made once"


def test_tiles_that_only_surroundings_reach_show_the_blur() -> None:
    """A shape at the border of a tile spreads into the next, which is empty by itself."""
    own = np.zeros((100, 2 * TILE, 4), np.uint8)
    own[:, : TILE - 2] = 255
    found = composite(adjusted("blur", own, {"radius": 6.0}))
    assert 0 < found[50, TILE + 3, 3] < 128


def test_what_is_kept_of_a_blur_is_not_shown_once_something_below_changed() -> None:
    p = adjusted("blur", some_pixels(1, "opaque", np.uint8))
    first = composite(p)
    assert np.array_equal(composite(p), first), "the second time from what is kept"
    ground = p.layers()[0]
    p.nodes[ground.id] = replace(ground, tiles=Tiles.from_array(some_pixels(2, "opaque", np.uint8)))
    second = composite(p)
    assert (second != first).any(axis=-1).mean() > 0.9
    live = {ground.id: {(0, 0): some_pixels(1, "opaque", np.uint8)[:TILE, :TILE].copy()}}
    part = composite_box(p, Box(0, 0, 100, 100), live=live)
    assert part is not None and np.array_equal(part[:60, :60], first[:60, :60]), (
        "a stroke in progress is seen through it"
    )
    assert np.array_equal(composite(p), second)
