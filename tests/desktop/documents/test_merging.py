"""Merging keeps the look; masks, cuts and copies keep every bit that they are not about."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gesso.documents.history import History
from gesso.documents.painting import Adjustment, Group, Layer, Painting, Provenance, Tiles, composite, merging
from gesso.documents.painting.painting import ROOT
from gesso.values import Size, Trouble
from tests.desktop.documents.test_clipping import layer, stack
from tests.desktop.documents.test_composite import seen, some_mask, some_pixels
from tests.desktop.documents.test_painting import SIZE

BLENDS = ["normal", "multiply", "screen", "luminosity"]
MADE = Provenance("painting.stylise", "m", "1.0.0", {}, 1, "now")


def done(p: Painting, steps: merging.Steps) -> History[Painting]:
    """Apply one undo step, and see that it can be taken back."""
    before = p.snapshot()
    history = History(p)
    history.apply("step", *steps)
    after = p.snapshot()
    assert history.undo() and p.same_as(before)
    assert history.redo() and p.same_as(after)
    list(p.walk())
    return history


def close(one: np.ndarray, two: np.ndarray) -> bool:
    """The same look, but for one rounding between."""
    alpha = np.maximum(one[..., 3:], two[..., 3:]) / 255
    return bool((np.abs(seen(one).astype(float) - seen(two)) * alpha).max() <= 2.01)


@given(
    blend=st.sampled_from(BLENDS),
    clipped=st.booleans(),
    mask=st.sampled_from(["none", "soft", "hard"]),
    low=st.sampled_from(["opaque", "patchy", "noise"]),
    opacity=st.sampled_from([1.0, 0.6]),
)
@settings(max_examples=20)
def test_merging_down_keeps_the_look(blend: str, clipped: bool, mask: str, low: str, opacity: float) -> None:
    p = stack(
        layer("ground", 1, "opaque"), layer("low", 2, low, opacity=opacity, mask=some_mask(3, mask)),
        layer("high", 4, "noise", blend=blend, clipped=clipped, opacity=0.7, provenance=(MADE,)),
    )  # fmt: skip
    if blend != "normal" and not clipped and low != "opaque":
        blend = "normal"  # elsewhere it blends with the ground as well, which one layer cannot do
        p.nodes["high"] = replace(p.nodes["high"], blend=blend)
    if blend != "normal" and not clipped:
        p.nodes["low"] = replace(p.nodes["low"], opacity=1.0, mask=None)
    before = composite(p)
    done(p, merging.merge_down(p, "high"))
    assert close(composite(p), before)
    merged = p.layer(p.active)
    assert len(p.root.children) == 2 and merged.name == "low" and merged.provenance == (MADE,)


def test_an_adjustment_merged_down_becomes_pixels() -> None:
    p = stack(layer("low", 1, "opaque"), Adjustment("invert", "", kind="invert"))
    before = composite(p)
    done(p, merging.merge_down(p, "invert"))
    assert np.array_equal(composite(p), before) and isinstance(p.nodes[p.active], Layer)


def test_what_cannot_be_merged_is_left() -> None:
    p = stack(layer("low", 1, "opaque"), Adjustment("curves", "", kind="curves"), layer("high", 2, "noise"))
    assert merging.merge_down(p, "high") == [] and merging.merge_down(p, "low") == []
    q = stack(layer("base", 1, "opaque"), layer("a", 2, "noise", clipped=True), layer("b", 3, "noise"))
    assert merging.below(q, "b") is None
    q.nodes["b"] = replace(q.nodes["b"], clipped=True)
    before = composite(q)
    done(q, merging.merge_down(q, "b"))
    assert close(composite(q), before)
    q.nodes["base"] = replace(q.nodes["base"], locked=True)
    with pytest.raises(Trouble, match="is locked"):
        merging.merge_down(q, q.active)


def test_a_group_merged_looks_the_same() -> None:
    inner = layer("inner", 1, "patchy")
    p = stack(
        layer("ground", 2, "opaque"),
        Group("group", "g", children=("inner", "soft"), blend="multiply", opacity=0.6, mask=some_mask(4, "soft")),
    )
    p.nodes |= {"inner": inner, "soft": Adjustment("soft", "", kind="blur", values={"radius": 4.0})}
    before = composite(p)
    done(p, merging.merge_group(p, "group"))
    merged = p.layer(p.active)
    assert close(composite(p), before) and merged.blend == "multiply" and merged.opacity == 0.6
    assert len(p.nodes) == 3


def test_merging_all_that_is_seen_adds_a_layer_and_flattening_leaves_one() -> None:
    p = stack(
        layer("ground", 1, "opaque"), layer("two", 2, "noise", blend="screen"), layer("off", 3, "opaque", visible=False)
    )
    before = composite(p)
    history = done(p, merging.merge_visible(p, "all"))
    assert len(p.root.children) == 4 and np.array_equal(p.layer(p.active).tiles.read(), before)
    history.undo()
    done(p, merging.flatten(p, "flat"))
    assert len(p.nodes) == 2 and np.array_equal(composite(p), before)


# --- parts of a layer --------------------------------------------------------------------------------------------


def selected(p: Painting, kind: str) -> np.ndarray:
    p.selection = some_mask(5, kind)
    assert p.selection is not None
    return p.selection.read()


@pytest.mark.parametrize("kind", ["hard", "soft"])
def test_cut_and_rest_make_the_whole_again(kind: str) -> None:
    p = stack(layer("one", 1, "opaque"))
    before, share = composite(p), selected(p, kind)
    done(p, merging.layer_from_selection(p, "one", "part", cut=True))
    part, rest = p.layer(p.active).tiles.read(), p.layer("one").tiles.read()
    assert np.array_equal(part[..., 3:], share)
    assert np.array_equal(rest[..., 3:], 255 - share)
    chosen = share[..., 0] == 255
    assert np.array_equal(part[chosen], before[chosen]) and not rest[chosen].any()
    outside = share[..., 0] == 0
    assert np.array_equal(rest[outside], before[outside]) and not part[outside].any()


def test_a_copy_leaves_its_layer_and_nothing_chosen_is_nothing_done() -> None:
    p = stack(layer("one", 1, "noise"))
    selected(p, "hard")
    before = p.layer("one").tiles
    done(p, merging.layer_from_selection(p, "one", "part", cut=False))
    assert p.layer("one").tiles is before
    empty = stack(Layer("one", "", tiles=Tiles(SIZE)))
    assert merging.layer_from_selection(empty, "one", "part", cut=True) == []


# --- masks -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["hard", "soft"])
def test_an_applied_mask_looks_the_same(kind: str) -> None:
    p = stack(layer("ground", 2, "opaque"), layer("one", 1, "patchy", mask=some_mask(3, kind)))
    before = composite(p)
    done(p, merging.apply_mask(p, "one"))
    assert p.nodes["one"].mask is None and close(composite(p), before)


def test_inverting_twice_is_nothing_and_once_shows_what_was_hidden() -> None:
    p = stack(layer("one", 1, "opaque", mask=some_mask(3, "hard")))
    mask = p.nodes["one"].mask
    assert mask is not None
    done(p, merging.invert_mask(p, "one"))
    turned = p.nodes["one"].mask
    assert turned is not None and np.array_equal(turned.read(), 255 - mask.read())
    done(p, merging.invert_mask(p, "one"))
    assert p.nodes["one"].mask == mask
    p.nodes["one"] = replace(p.nodes["one"], mask=merging.white_mask(p))
    assert np.array_equal(composite(p), p.layer("one").tiles.read())


def test_sixteen_bits_stay_sixteen() -> None:
    own = some_pixels(1, "opaque", np.uint16, Size(70, 40))
    p = Painting.from_array(own)
    done(p, merging.flatten(p, "flat"))
    assert np.array_equal(composite(p), own) and p.nodes[ROOT].id == ROOT
