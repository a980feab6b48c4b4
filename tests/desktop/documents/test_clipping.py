"""Clipping: a layer shows only where the one below it does, whatever its blend mode."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gesso.documents.painting import TILE, Adjustment, Group, Layer, Painting, Tiles, composite
from gesso.documents.painting.blend import BLENDS
from gesso.documents.painting.composite import composite_box
from gesso.documents.painting.painting import ROOT
from gesso.values import Box, Size
from tests.desktop.documents.test_composite import blended, seen, some_mask, some_pixels
from tests.desktop.documents.test_painting import SIZE

Array = np.ndarray


def stack(*nodes: Layer | Group | Adjustment) -> Painting:
    """Nodes over each other, from the bottom up."""
    p = Painting(SIZE)
    for node in nodes:
        p.nodes[node.id] = node
    p.nodes[ROOT] = replace(p.root, children=tuple(node.id for node in nodes))
    return p


def layer(id: str, seed: int, kind: str, **same: object) -> Layer:
    return Layer(id, id, tiles=Tiles.from_array(some_pixels(seed, kind, np.uint8)), **same)


@given(
    blend=st.sampled_from(list(BLENDS)),
    kind=st.sampled_from(["opaque", "patchy", "noise", "even"]),
    above=st.sampled_from(["opaque", "patchy", "noise"]),
    opacity=st.sampled_from([1.0, 0.6]),
    base_opacity=st.sampled_from([1.0, 0.3]),
)
@settings(max_examples=30)
def test_a_clipped_layer_is_source_atop(blend: str, kind: str, above: str, opacity: float, base_opacity: float) -> None:
    base = layer("base", 1, kind, opacity=base_opacity)
    top = layer("top", 2, above, clipped=True, blend=blend, opacity=opacity)
    found = composite(stack(base, top)) / 255
    b, s = base.tiles.read() / 255, top.tiles.read() / 255
    share = s[..., 3:] * opacity
    colour = np.where(b[..., 3:] > 0, (1 - share) * b[..., :3] + share * blended(blend, b[..., :3], s[..., :3]), 0)
    alpha = b[..., 3:] * base_opacity
    assert np.abs(found[..., 3:] - alpha).max() <= 1 / 255
    assert (np.abs(found[..., :3] - colour) * alpha).max() <= 1.5 / 255


@given(
    x=st.integers(0, 280),
    y=st.integers(0, 250),
    width=st.integers(1, 150),
    height=st.integers(1, 150),
    kind=st.sampled_from(["opaque", "patchy", "noise"]),
    mask=st.sampled_from(["none", "soft", "hard"]),
)
@settings(max_examples=15)
def test_a_box_looks_as_in_the_whole(x: int, y: int, width: int, height: int, kind: str, mask: str) -> None:
    p = stack(
        layer("ground", 1, "opaque"),
        layer("base", 2, kind, blend="multiply", opacity=0.7, mask=some_mask(3, mask)),
        layer("one", 3, "noise", clipped=True, blend="screen"),
        Adjustment("soft", "", clipped=True, kind="blur", values={"radius": 5.0}),
        layer("two", 4, "patchy", clipped=True, mask=some_mask(5, mask)),
    )
    box = Box(x, y, width, height).clip(SIZE)
    assert np.array_equal(composite_box(p, box), composite(p)[box.slices()])


def test_several_are_clipped_to_the_same_one() -> None:
    p = stack(layer("base", 1, "patchy"), layer("a", 2, "opaque", clipped=True), layer("b", 3, "opaque", clipped=True))
    assert p.clip_runs(p.root.children) == [("base", ("a", "b"))]
    assert p.clip_base("b") == "base"
    found, base = composite(p), p.layer("base").tiles.read()
    assert np.array_equal(found[..., 3], base[..., 3])
    there = base[..., 3] > 0
    assert np.array_equal(found[there][:, :3], p.layer("b").tiles.read()[there][:, :3])


def test_what_is_clipped_goes_with_its_base() -> None:
    p = stack(layer("ground", 1, "opaque"), layer("base", 2, "patchy"), layer("top", 3, "opaque", clipped=True))
    p.nodes["base"] = replace(p.nodes["base"], visible=False)
    assert np.array_equal(composite(p), p.layer("ground").tiles.read())


@pytest.mark.parametrize("below", ["nothing", "adjustment"])
def test_with_nothing_to_be_clipped_to_a_layer_stands_by_itself(below: str) -> None:
    top = layer("top", 3, "noise", clipped=True)
    under = [] if below == "nothing" else [Adjustment("curves", "", kind="curves")]
    p = stack(*under, top)
    assert p.clip_base("top") is None
    assert np.array_equal(seen(composite(p)), seen(top.tiles.read()))


def test_an_adjustment_clipped_to_a_layer_changes_no_other() -> None:
    ground, base = layer("ground", 1, "opaque"), layer("base", 2, "patchy")
    p = stack(ground, base, Adjustment("invert", "", kind="invert", clipped=True))
    found = composite(p)
    clear = base.tiles.read()[..., 3] == 0
    opaque = base.tiles.read()[..., 3] == 255
    assert np.array_equal(found[clear], ground.tiles.read()[clear])
    assert np.array_equal(found[opaque][:, :3], 255 - base.tiles.read()[opaque][:, :3])


def test_clipped_to_a_group_it_shows_where_the_group_does() -> None:
    inner = layer("inner", 1, "patchy")
    p = stack(Group("group", "", children=("inner",)), layer("top", 2, "opaque", clipped=True))
    p.nodes["inner"] = inner
    assert np.array_equal(composite(p)[..., 3], inner.tiles.read()[..., 3])


def test_a_mask_out_of_force_hides_nothing() -> None:
    masked = layer("one", 1, "noise", mask=some_mask(2, "hard"))
    assert not np.array_equal(composite(stack(masked)), masked.tiles.read())
    assert np.array_equal(composite(stack(replace(masked, masks=False))), masked.tiles.read())


def test_a_clipped_blur_spreads_into_the_next_tile() -> None:
    own = np.zeros((40, 2 * TILE, 4), np.uint8)
    own[:, : TILE - 2] = 255
    base = Layer("base", "", tiles=Tiles.from_array(own), opacity=0.5)
    p = Painting(Size(2 * TILE, 40))
    p.nodes |= {"base": base, "soft": Adjustment("soft", "", kind="blur", clipped=True, values={"radius": 6.0})}
    p.nodes[ROOT] = replace(p.root, children=("base", "soft"))
    found = composite(p)[20, :, 3].astype(int)
    assert found[TILE + 3] > 0
    assert (np.diff(found) <= 0).all() and found[0] == 128
