"""Laws of looks: as the standard says, a part as in the whole, and nothing where a mask hides."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gesso.documents.painting import Group, Layer, Painting, Tiles, composite
from gesso.documents.painting.blend import ADDS, BLENDS, SPARES
from gesso.documents.painting.composite import composite_box, composite_tile
from gesso.documents.painting.painting import ROOT
from gesso.values import Box, Size
from tests.desktop.documents.test_painting import SIZE, painting, pixels

SEPARABLE = list(BLENDS)[:12]
SMOOTH = [blend for blend in SEPARABLE if not blend.startswith("color")]
"""Modes that do not magnify a rounding."""
Array = np.ndarray


# --- the standard, in double precision and as it is written ------------------------------------------------------


def separable(mode: str, b: Array, s: Array) -> Array:
    """The formulas of W3C Compositing 1, section 9.1."""
    with np.errstate(divide="ignore", invalid="ignore"):
        dodged = np.where(b == 0, 0, np.where(s >= 1, 1, np.minimum(1, b / (1 - s))))
        burnt = np.where(b >= 1, 1, np.where(s <= 0, 0, 1 - np.minimum(1, (1 - b) / s)))
    d = np.where(b <= 0.25, ((16 * b - 12) * b + 4) * b, np.sqrt(b))

    def hard(b: Array, s: Array) -> Array:
        return np.where(s <= 0.5, b * 2 * s, b + (2 * s - 1) - b * (2 * s - 1))

    return {
        "normal": s,
        "multiply": b * s,
        "screen": b + s - b * s,
        "overlay": hard(s, b),
        "darken": np.minimum(b, s),
        "lighten": np.maximum(b, s),
        "color-dodge": dodged,
        "color-burn": burnt,
        "hard-light": hard(b, s),
        "soft-light": np.where(s <= 0.5, b - (1 - 2 * s) * b * (1 - b), b + (2 * s - 1) * (d - b)),
        "difference": np.abs(b - s),
        "exclusion": b + s - 2 * b * s,
    }[mode]


def lum(c: Array) -> Array:
    return (c @ [0.3, 0.59, 0.11])[..., None]


def set_lum(c: Array, want: Array) -> Array:
    c = c + (want - lum(c))
    own, low, high = lum(c), c.min(-1, keepdims=True), c.max(-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        c = np.where(low < 0, own + (c - own) * own / (own - low), c)
        return np.where(high > 1, own + (c - own) * (1 - own) / (high - own), c)


def sat(c: Array) -> Array:
    return c.max(-1, keepdims=True) - c.min(-1, keepdims=True)


def set_sat(c: Array, want: Array) -> Array:
    spread = sat(c)
    return (c - c.min(-1, keepdims=True)) * want / np.where(spread == 0, 1, spread)


def blended(mode: str, b: Array, s: Array) -> Array:
    """The same, section 9.2 included."""
    if mode in SEPARABLE:
        return separable(mode, b, s)
    if mode == "hue":
        return set_lum(set_sat(s, sat(b)), lum(b))
    if mode == "saturation":
        return set_lum(set_sat(b, sat(s)), lum(b))
    return set_lum(s, lum(b)) if mode == "color" else set_lum(b, lum(s))


def stacked(p: Painting, group: Group, turn: Callable[[Array], Array] = lambda code: code) -> tuple[Array, Array]:
    """Premultiplied colour and alpha (h, w, 1) of a group, in 0-1; `turn` is done to the colours of its layers."""
    colour, alpha = np.zeros((p.size.height, p.size.width, 3)), np.zeros((p.size.height, p.size.width, 1))
    for node in (p.nodes[child] for child in group.children):
        if not node.visible:
            continue
        if isinstance(node, Group):
            source, cover = stacked(p, node, turn)
            source = source / np.where(cover > 0, cover, 1)
        else:
            assert isinstance(node, Layer)
            own = node.tiles.read() / node.tiles.top
            source, cover = turn(own[..., :3]), own[..., 3:]
        cover = cover * node.opacity * (1 if node.mask is None else node.mask.read() / 255)
        # Rounded, because dodge and burn jump at black and white.
        below = np.clip(np.round(colour / np.where(alpha > 0, alpha, 1), 7), 0, 1)
        mixed = (1 - alpha) * source + alpha * blended(node.blend, below, source)
        colour, alpha = colour * (1 - cover) + mixed * cover, alpha * (1 - cover) + cover
    return colour, alpha


def reference(p: Painting) -> Array:
    """(h, w, 4) in 0-1, straight."""
    colour, alpha = stacked(p, p.root)
    return np.concatenate([colour / np.where(alpha > 0, alpha, 1), alpha], axis=2)


# --- any painting ------------------------------------------------------------------------------------------------


def some_pixels(seed: int, kind: str, dtype: type, size: Size = SIZE) -> Array:
    """Noise, of an alpha that may be even or patchy."""
    found, top = pixels(seed, size, dtype), np.iinfo(dtype).max
    if kind == "opaque":
        found[..., 3] = top
    elif kind == "even":
        found[..., 3] = top // 3
    elif kind == "patchy":
        found[..., 3] = top
        found[:170] = 0
        found[200:230, :, 3] = top // 5
    elif kind == "grey":
        found[..., :3] = found[..., :1]
    return found


def some_mask(seed: int, kind: str) -> Tiles | None:
    if kind == "none":
        return None
    soft = np.random.default_rng(seed).integers(0, 256, (SIZE.height, SIZE.width, 1)).astype(np.uint8)
    if kind == "even":
        soft[:] = 130
    elif kind == "whole":
        soft[:] = 255
    elif kind == "hard":
        soft[:] = np.where(soft > 127, 255, 0)
        soft[:, :120] = 0
    return Tiles.from_array(soft)


@st.composite
def paintings(
    draw: st.DrawFn, blends: list[str] | None = None, dtypes: tuple[type, ...] = (np.uint8, np.uint16)
) -> Painting:
    """Up to three nodes in a group, and up to three groups deep."""
    dtype = draw(st.sampled_from(dtypes))
    p = Painting(SIZE, 16 if dtype == np.uint16 else 8)

    def grow(depth: int) -> tuple[str, ...]:
        children = []
        for _ in range(draw(st.integers(1, 3))):
            seed = len(p.nodes)
            same = {
                "opacity": draw(st.sampled_from([1.0, 1.0, 0.96, 0.5, 0.03])),
                "blend": draw(st.sampled_from(["normal", *(blends or BLENDS)])),
                "mask": some_mask(seed, draw(st.sampled_from(["none", "none", "soft", "even", "whole", "hard"]))),
            }
            id = f"n{seed}"
            if depth < 2 and draw(st.integers(0, 3)) == 0:
                p.nodes[id] = Group(id, id)
                p.nodes[id] = Group(id, id, children=grow(depth + 1), **same)
            else:
                kind = draw(st.sampled_from(["opaque", "even", "patchy", "noise", "grey"]))
                p.nodes[id] = Layer(id, id, tiles=Tiles.from_array(some_pixels(seed, kind, dtype)), **same)
            children.append(id)
        return tuple(children)

    p.nodes[ROOT] = replace(p.root, children=grow(0))
    return p


def seen(look: Array) -> Array:
    """Without the colours under full transparency, which are not looks."""
    return np.where(look[..., 3:] > 0, look, 0)


@given(p=paintings(dtypes=(np.uint8,)))
@settings(max_examples=30)
def test_eight_bits_look_as_the_standard_says(p: Painting) -> None:
    found = composite(p).astype(float)
    expected = np.where(found[..., 3:] > 0, reference(p), 0) * 255
    assert np.abs(seen(found) - expected).max() <= 1


@given(p=paintings(SMOOTH, (np.uint16,)))
@settings(max_examples=20)
def test_sixteen_bits_are_kept(p: Painting) -> None:
    found = composite(p).astype(float)
    expected = np.where(found[..., 3:] > 0, reference(p), 0) * 65535
    # A colour under little alpha has fewer bits; what it adds to a picture has all of them.
    weight = np.maximum(found[..., 3:] / 65535, 1 / 255)
    assert (np.abs(seen(found) - expected) * weight).max() <= 2


@given(
    p=paintings(), x=st.integers(0, 280), y=st.integers(0, 250), width=st.integers(1, 150), height=st.integers(1, 150)
)
@settings(max_examples=25)
def test_a_box_of_the_picture_is_that_box(p: Painting, x: int, y: int, width: int, height: int) -> None:
    box = Box(x, y, width, height).clip(SIZE)
    whole = composite(p)
    assert np.array_equal(composite(p, box), whole[box.slices()])
    cut = Painting(box.size, p.depth)
    for id, node in p.nodes.items():
        if isinstance(node, Layer):
            node = replace(node, tiles=Tiles.from_array(node.tiles.read(box)))
        cut.nodes[id] = node if node.mask is None else replace(node, mask=Tiles.from_array(node.mask.read(box)))
    assert np.array_equal(seen(composite(cut)), seen(whole[box.slices()])), "what lies around it changes no bit"


@given(p=paintings(), blend=st.sampled_from(list(BLENDS)), kind=st.sampled_from(["opaque", "patchy", "noise"]))
@settings(max_examples=25)
def test_where_a_mask_hides_a_layer_no_bit_changes(p: Painting, blend: str, kind: str) -> None:
    before = composite(p)
    mask = some_mask(99, "hard")
    assert mask is not None
    top = Layer("top", "", blend=blend, mask=mask, tiles=Tiles.from_array(some_pixels(99, kind, p.dtype.type)))
    p.nodes["top"] = top
    p.nodes[ROOT] = replace(p.root, children=(*p.root.children, "top"))
    after, hidden = composite(p), mask.read()[..., 0] == 0
    assert np.array_equal(seen(after)[hidden], seen(before)[hidden])


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_single_layer_looks_like_itself(dtype: type) -> None:
    own = pixels(1, dtype=dtype)
    assert np.array_equal(composite(Painting.from_array(own)), own)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("depth", [0, 1, 3])
def test_a_layer_alone_in_its_groups_looks_like_itself(dtype: type, depth: int) -> None:
    p = Painting.from_array(pixels(1, dtype=dtype))
    child = p.root.children[0]
    for number in range(depth):
        p.nodes[f"g{number}"] = Group(f"g{number}", "", children=(child,))
        child = f"g{number}"
    p.nodes["clear"] = Layer(
        "clear", "", mask=some_mask(0, "even"), tiles=Tiles.from_array(pixels(2, dtype=dtype) // 255)
    )
    p.nodes["clear"] = replace(p.nodes["clear"], opacity=1e-30)
    p.nodes[ROOT] = replace(p.root, children=(child, "clear"))
    assert np.array_equal(seen(composite(p)), seen(pixels(1, dtype=dtype)))


def test_what_an_opaque_layer_covers_does_not_show() -> None:
    p = painting()
    ids = p.root.children
    cover = Layer("cover", "", tiles=Tiles.from_array(some_pixels(7, "opaque", np.uint8)))
    p.nodes["cover"] = cover
    p.nodes[ROOT] = replace(p.root, children=(*ids, "cover"))
    assert np.array_equal(composite(p), cover.tiles.read())
    assert composite_tile(p, (0, 0)) is cover.tiles.tiles[0, 0], "and costs nothing"


def test_hidden_layers_do_not_show() -> None:
    p = painting()
    seen = composite(p, exclude={"two", "group"})
    p.nodes["two"] = replace(p.nodes["two"], visible=False)
    p.nodes["group"] = replace(p.nodes["group"], opacity=0.0)
    assert np.array_equal(composite(p), seen)


@pytest.mark.parametrize("box", [Box(-20, -10, 90, 70), Box(250, 240, 400, 300), Box(900, 900, 20, 10)])
def test_beyond_the_canvas_nothing_shows(box: Box) -> None:
    p = painting()
    inside = box.intersect(SIZE.box)
    found, part = composite(p, box), inside.moved(-box.x, -box.y).slices()
    assert found.shape == (box.height, box.width, 4)
    if inside.width and inside.height:
        assert np.array_equal(found[part], composite(p)[inside.slices()])
        found[part] = 0
    assert not found.any()


def test_where_no_layer_has_pixels_nothing_shows() -> None:
    p = painting()
    for _ in range(3):
        np.full((300, 300, 4), 77, np.uint8)  # what may lie in the memory that comes next
        assert not composite(p, exclude=set(p.nodes)).any()


def test_a_group_of_what_is_left_out_is_empty() -> None:
    p = painting()
    assert composite_tile(p, (0, 0), {"ground", "two", "inner", *p.root.children[:1]}) is None
    assert not composite(p, exclude=set(p.nodes)).any()


def test_many_at_once_do_not_disturb_each_other() -> None:
    size = Size(1100, 520)
    p = Painting.from_array(pixels(1, size))
    for number, blend in enumerate(("multiply", "soft-light", "hue")):
        layer = Layer(blend, "", opacity=0.7, blend=blend, tiles=Tiles.from_array(pixels(2 + number, size)))
        p.nodes[blend] = layer
        p.nodes[ROOT] = replace(p.root, children=(*p.root.children, blend))
    one_by_one = np.zeros((size.height, size.width, 4), np.uint8)
    grid = p.empty_tiles()
    for index in grid.touched(size.box):
        tile = composite_tile(p, index)
        assert tile is not None
        one_by_one[grid.tile_box(index).slices()] = tile
    with ThreadPoolExecutor(4) as threads:
        for found in threads.map(lambda _: composite(p), range(8)):
            assert np.array_equal(found, one_by_one)


# --- blend modes -------------------------------------------------------------------------------------------------


def blend_of(mode: str) -> Callable[[Array, Array], Array]:
    """(pixels, 3) in, blended out."""

    def blend(b: Array, s: Array) -> Array:
        under, source = np.float32(b.T).copy(), np.float32(s.T).copy()
        BLENDS[mode](under, source, np.empty((SPARES, *source.shape), np.float32))
        assert np.array_equal(under, np.float32(b.T)), "the backdrop stays"
        return source.T

    return blend


@pytest.mark.parametrize("mode", list(BLENDS))
def test_a_mode_is_the_standards_formula(mode: str) -> None:
    steps = np.array([0.0, 0.1, 0.25, 0.5, 0.6, 0.9, 1.0])
    colours = np.stack(np.meshgrid(steps, steps, steps), -1).reshape(-1, 3)
    b, s = np.repeat(colours, len(colours), 0), np.tile(colours, (len(colours), 1))
    assert np.abs(blend_of(mode)(b, s) - blended(mode, b, s)).max() < 2e-5


@pytest.mark.parametrize("mode", ["hue", "saturation", "color", "luminosity"])
def test_hue_and_its_kin_keep_what_they_should(mode: str) -> None:
    b, s = np.random.default_rng(1).random((2, 400, 3))
    found = blend_of(mode)(b, s)
    assert np.abs(lum(found) - lum(s if mode == "luminosity" else b)).max() < 1e-5
    assert found.min() > -1e-5 and found.max() < 1 + 1e-5


@pytest.mark.parametrize("top", [1, 255, 65535])
@pytest.mark.parametrize("mode", list(ADDS))
def test_what_a_source_adds_is_the_blended_colour_less_the_backdrop(mode: str, top: int) -> None:
    rng = np.random.default_rng(2)
    b, cover = rng.random((500, 3)), np.float32(rng.random(500) * (np.arange(500) % 5 > 0))
    s = rng.integers(0, 256, (500, 3)) / 255
    added, room = np.float32(s * top).T.copy(), np.empty((SPARES, 3, 600), np.float32)[:, :, :500]
    ADDS[mode](np.float32(b.T), added, cover, cover / np.float32(top), top, room)
    most = 1e-3 if mode.startswith("color-") else 5e-5  # dodge and burn magnify what keeps them off black and white
    assert np.abs(added - cover * (blended(mode, b, s) - b).T).max() < most
    assert not added[:, cover == 0].any(), "nothing at all where it does not show"


# --- a stroke in progress ------------------------------------------------------------------------------------------


@given(p=paintings(), seed=st.integers(0, 9), linear=st.booleans(), data=st.data())
@settings(max_examples=25)
def test_a_stroke_in_progress_looks_as_it_will(p: Painting, seed: int, linear: bool, data: st.DataObject) -> None:
    p.linear = linear
    for number in range(3):  # enough below it to be worth keeping
        kind = ("opaque", "patchy", "noise")[(seed + number) % 3]
        pixels_ = some_pixels(seed + number, kind, p.dtype.type)
        p.nodes[f"b{number}"] = Layer(f"b{number}", "", opacity=0.8, tiles=Tiles.from_array(pixels_))
    p.nodes[ROOT] = replace(p.root, children=("b0", "b1", "b2", *p.root.children))
    painted = data.draw(st.sampled_from([layer.id for layer in p.layers()]))
    tile = some_pixels(seed, "patchy", p.dtype.type)[:256, :256].copy()
    done = p.snapshot()
    done.nodes[painted] = replace(p.layer(painted), tiles=p.layer(painted).tiles.replaced({(0, 0): tile}))
    live = {painted: {(0, 0): tile}}
    for box in (Box(0, 0, 256, 256), Box(30, 40, 50, 160), Box(200, 10, 100, 20)):
        for _ in range(2):  # the second time from what was kept
            found = composite_box(p, box, live=live)
            assert found is not None and np.array_equal(seen(found), seen(composite(done, box)))
    tile[:] = 0  # the stroke goes on, and another time what lies below is another
    p.nodes["b0"] = replace(p.nodes["b0"], opacity=0.3)
    done.nodes["b0"] = replace(done.nodes["b0"], opacity=0.3)
    box = Box(0, 0, 256, 256)
    found, expected = composite_box(p, box, live=live), composite(done, box)
    assert np.array_equal(np.zeros_like(expected) if found is None else seen(found), seen(expected))
