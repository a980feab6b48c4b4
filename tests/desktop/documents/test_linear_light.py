"""Laws of linear light: off changes nothing, half of white is 188, what lies alone keeps every bit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gesso.documents.history import History
from gesso.documents.painting import Adjustment, Group, Layer, Painting, Tiles, composite, filters, merging
from gesso.documents.painting.adjustments import ADJUSTMENTS
from gesso.documents.painting.beside import SetLight
from gesso.documents.painting.codec import decode, decode_painting, encode, encode_painting
from gesso.documents.painting.light import code_of, in_codes, in_light, light_of
from gesso.documents.painting.painting import ROOT
from gesso.documents.painting.thin import thinned
from gesso.values import Box, Size
from tests.desktop.documents.test_clipping import layer, stack
from tests.desktop.documents.test_composite import SMOOTH, paintings, seen, some_pixels, stacked
from tests.desktop.documents.test_painting import SIZE, pixels

Array = np.ndarray


def flat(*colour: int, dtype: type = np.uint8, size: Size = SIZE) -> Tiles:
    """One colour all over."""
    return Tiles.from_array(np.full((size.height, size.width, 4), colour, dtype))


def reference(p: Painting) -> Array:
    """(h, w, 4) in 0-1, straight: the standard's formulas on light, in double precision."""
    colour, alpha = stacked(p, p.root, light_of)
    return np.concatenate([code_of(colour / np.where(alpha > 0, alpha, 1)), alpha], axis=2)


# --- what it looks like ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("dtype", "unit"), [(np.uint8, 1), (np.uint16, 257)])
def test_half_of_white_over_black_is_half_the_light(dtype: type, unit: int) -> None:
    white = Layer("white", "", opacity=0.5, tiles=flat(*[255 * unit] * 4, dtype=dtype))
    p = Painting(SIZE, 8 * np.dtype(dtype).itemsize, linear=True)
    for node in (Layer("black", "", tiles=flat(0, 0, 0, 255 * unit, dtype=dtype)), white):
        p.nodes[node.id] = node
        p.nodes[ROOT] = replace(p.root, children=(*p.root.children, node.id))
    assert np.abs(composite(p)[..., :3] / unit - 188).max() <= 1
    p.linear = False
    assert np.abs(composite(p)[..., :3] / unit - 127.5).max() <= 1


@given(p=paintings(SMOOTH, (np.uint8,)))
@settings(max_examples=20)
def test_every_mode_follows_the_standard_on_light(p: Painting) -> None:
    p.linear = True
    found = composite(p).astype(float)
    expected = np.where(found[..., 3:] > 0, reference(p), 0) * 255
    assert np.abs(seen(found) - expected).max() <= 1


@given(p=paintings(), x=st.integers(0, 280), y=st.integers(0, 250), width=st.integers(1, 150))
@settings(max_examples=15)
def test_a_box_of_the_picture_is_that_box(p: Painting, x: int, y: int, width: int) -> None:
    p.linear = True
    box = Box(x, y, width, width).clip(SIZE)
    assert np.array_equal(composite(p, box), composite(p)[box.slices()])


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("linear", [False, True])
def test_what_lies_alone_keeps_every_bit(dtype: type, linear: bool) -> None:
    own = pixels(1, dtype=dtype)
    own[0, :256, :3] = np.arange(256)[:, None] * (np.iinfo(dtype).max // 255)  # every number there is
    p = Painting.from_array(own)
    p.linear = linear
    assert np.array_equal(composite(p), own)
    child = p.root.children[0]
    p.nodes["group"] = Group("group", "", children=(child,))
    clear = Layer("clear", "", opacity=1e-30, tiles=Tiles.from_array(some_pixels(2, "noise", dtype)))
    p.nodes["clear"] = clear
    p.nodes[ROOT] = replace(p.root, children=("group", "clear"))
    assert np.array_equal(seen(composite(p)), seen(own)), "there and back again through light"


def test_sixteen_bits_come_back_from_light_one_and_all() -> None:
    every = np.zeros((256, 256, 4), np.uint16)
    every[..., 0] = np.arange(65536).reshape(256, 256)
    every[..., 3] = 65535
    p = Painting.from_array(every)
    p.linear = True
    p.nodes["clear"] = Layer("clear", "", opacity=1e-30, tiles=flat(1, 2, 3, 9, dtype=np.uint16, size=p.size))
    p.nodes[ROOT] = replace(p.root, children=(*p.root.children, "clear"))
    assert np.array_equal(composite(p), every)


def test_a_soft_fade_of_eight_bits_has_no_bands() -> None:
    fade = np.zeros((256, 256, 4), np.uint8)
    fade[..., :3] = 255
    fade[..., 3] = np.arange(256)
    p = Painting(Size(256, 256), linear=True)
    p.nodes |= {"black": Layer("black", "", tiles=flat(0, 0, 0, 255, size=p.size)), "fade": Layer("fade", "", tiles=Tiles.from_array(fade))}  # fmt: skip
    p.nodes[ROOT] = replace(p.root, children=("black", "fade"))
    found = composite(p)[0, :, 0].astype(int)
    assert np.array_equal(found, np.rint(code_of(np.arange(256) / 255) * 255)), "each step is the nearest number"


# --- the option --------------------------------------------------------------------------------------------------


@given(p=paintings())
@settings(max_examples=15)
def test_off_is_as_before_and_undo_is_exact(p: Painting) -> None:
    assert not p.linear, "off until somebody asks for it"
    before, off = p.snapshot(), composite(p)
    history = History(p)
    history.apply("light", SetLight(True))
    on = composite(p)
    assert p.linear and not p.same_as(before)
    assert history.undo() and p.same_as(before)
    assert np.array_equal(composite(p), off)
    assert history.redo() and np.array_equal(composite(p), on)


def test_the_whole_picture_looks_different_then() -> None:
    p = stack(layer("low", 1, "opaque"), layer("high", 2, "even"))
    change = SetLight(True).flip(p)
    assert change.box == p.size.box and change.structure


def test_it_is_kept_and_older_files_are_without() -> None:
    p = stack(layer("low", 1, "opaque"), layer("high", 2, "even"))
    kept: dict[str, Array] = {}

    def put(array: Array) -> str:
        kept[str(len(kept))] = array
        return str(len(kept) - 1)

    older = encode_painting(p, put)
    assert "linear" not in older, "what is off can be read by an older Gesso"
    assert decode_painting(older, kept.__getitem__).same_as(p)
    p.linear = True
    again = decode_painting(encode_painting(p, put), kept.__getitem__)
    assert again.linear and again.same_as(p)
    assert decode(encode(SetLight(True), put), kept.__getitem__) == SetLight(True)


# --- what is made of a painting ----------------------------------------------------------------------------------


@given(
    blend=st.sampled_from(["normal", "multiply", "screen"]),
    clipped=st.booleans(),
    opacity=st.sampled_from([1.0, 0.6]),
    dtype=st.sampled_from([np.uint8, np.uint16]),
)
@settings(max_examples=16)
def test_merging_and_flattening_keep_the_look(blend: str, clipped: bool, opacity: float, dtype: type) -> None:
    p = stack(
        layer("ground", 1, "opaque"), layer("low", 2, "even"), layer("high", 4, "noise", blend=blend, clipped=clipped)
    )
    for seed, (id, kind) in enumerate(
        {"ground": "opaque", "low": "even" if blend == "normal" else "opaque", "high": "noise"}.items()
    ):
        p.nodes[id] = replace(p.layer(id), tiles=Tiles.from_array(some_pixels(seed, kind, dtype)))
    p.nodes["high"] = replace(p.nodes["high"], opacity=opacity)
    p.depth, p.linear = 8 * np.dtype(dtype).itemsize, True
    before = composite(p)
    merged, flattened = p.snapshot(), p.snapshot()
    History(merged).apply("merge", *merging.merge_down(merged, "high"))
    one, two = (look[..., :3].astype(float) for look in (composite(merged), before))
    top = np.iinfo(dtype).max
    in_light = np.abs(light_of(one / top) - light_of(two / top)) * top  # one alpha is rounded, which darks magnify
    assert np.minimum(np.abs(one - two), in_light).max() <= 2, "the same but for one rounding between"
    History(flattened).apply("flatten", *merging.flatten(flattened, "all"))
    assert np.array_equal(composite(flattened), before)


def test_a_group_merges_to_what_it_looked_like() -> None:
    p = stack(layer("ground", 1, "opaque"))
    p.linear = True
    p.nodes |= {"a": layer("a", 2, "even"), "b": layer("b", 3, "noise", blend="screen")}
    p.nodes["group"] = Group("group", "", children=("a", "b"), opacity=0.8)
    p.nodes[ROOT] = replace(p.root, children=("ground", "group"))
    before = composite(p)
    History(p).apply("merge", *merging.merge_group(p, "group"))
    assert np.abs(composite(p).astype(int) - before).max() <= 1


POINTS: dict[str, dict[str, Any]] = {
    "curves": {"all": ((0.0, 0.1), (0.4, 0.7), (1.0, 1.0))},
    "invert": {},
    "posterise": {"steps": 4},
    "threshold": {},
    "hue-saturation": {"hue": 40, "saturation": 0.3},
    "levels": {"all": (0.1, 0.9, 1.4, 0.0, 1.0)},
}


@pytest.mark.parametrize("kind", list(POINTS))
def test_adjustments_of_each_pixel_are_drawn_for_the_numbers(kind: str) -> None:
    p = stack(layer("low", 1, "opaque"))
    p.nodes["a"] = Adjustment("a", "", kind=kind, values=POINTS[kind])
    p.nodes[ROOT] = replace(p.root, children=("low", "a"))
    off = composite(p).astype(int)
    p.linear = True
    assert np.abs(composite(p) - off).max() <= 1, "a curve means what its histogram shows"


def test_a_blur_mixes_light_and_sharpening_does_not() -> None:
    size = Size(64, 64)
    edge = np.zeros((64, 64, 4), np.uint8)
    edge[:, 32:, :3] = 255
    edge[..., 3] = 255
    p = Painting.from_array(edge)
    base = p.root.children[0]
    looks = {}
    for kind, values in (("blur", {"radius": 4}), ("sharpen", {"amount": 1.0})):
        p.nodes["a"] = Adjustment("a", "", kind=kind, values=values)
        p.nodes[ROOT] = replace(p.root, children=(base, "a"))
        for linear in (False, True):
            p.linear = linear
            looks[kind, linear] = composite(p).astype(int)
    assert p.size == size
    middle = looks["blur", False][0, 30:34, 0], looks["blur", True][0, 30:34, 0]
    expected = code_of(middle[0] / 255)
    assert np.abs(middle[1] / 255 - expected).max() < 0.02, "as much light from the white side"
    assert np.abs(looks["sharpen", True] - looks["sharpen", False]).max() <= 1


def test_small_copies_and_filters_know_it() -> None:
    p = stack(layer("low", 1, "opaque"), layer("high", 2, "even"))
    state = filters.source_state(p, filters.BELOW, "high")
    p.linear = True
    assert filters.source_state(p, filters.BELOW, "high") != state, "a filter of all below is out of date"
    assert thinned(p, 2).linear


def test_planes_come_back() -> None:
    rng = np.random.default_rng(1)
    planes = rng.random((4, 40, 30), np.float32)
    planes[3, :5] = 0
    planes[:3] *= planes[3]
    assert np.abs(in_light(in_codes(planes)) - planes).max() < 1e-4
    assert set(ADJUSTMENTS) >= {*POINTS, "blur", "sharpen"}
