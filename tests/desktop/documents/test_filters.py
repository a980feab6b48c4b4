"""Filter layers know what they were made from, say when that changed, and keep their pixels until they are updated."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gesso.documents.history import History
from gesso.documents.painting import Adjustment, Layer, Painting, Provenance, Tiles, composite, filters
from gesso.documents.painting.codec import decode_painting, encode_painting, name_of, pack, unpack
from gesso.documents.painting.edits import PlaceNode, ReplaceTiles, SetProperty, SetValues, add_layer
from gesso.values import Box, Size
from tests.desktop.documents.test_clipping import layer, stack
from tests.desktop.documents.test_painting import SIZE, pixels

MADE = Provenance("painting.stylise", "stylise", "1.2.0", {"strength": 0.7, "styles": [["wave", 1.0]]}, 3, "then")


def filtered(source: str = "one") -> Painting:
    """A filter layer above a source, and one above it."""
    p = stack(layer("ground", 1, "opaque"), layer("one", 2, "patchy"), layer("top", 3, "noise"))
    made = Layer("made", "made", tiles=Tiles.from_array(pixels(9)), provenance=(MADE,))
    above = source or "one"
    recipe = filters.as_filter(p, made, source, SIZE.box, MADE, above)
    History(p).apply("keep", *add_layer(p, recipe, above))
    return p


def test_it_is_fresh_until_its_source_changes_and_again_when_that_is_undone() -> None:
    p = filtered()
    history = History(p)
    assert filters.freshness(p, "made") == filters.FRESH
    history.apply("paint", ReplaceTiles.of(p.layer("one"), Box(3, 4, 5, 6), pixels(8, Size(5, 6))))
    assert filters.freshness(p, "made") == filters.STALE
    history.undo()
    assert filters.freshness(p, "made") == filters.FRESH
    history.apply("other", ReplaceTiles.of(p.layer("ground"), Box(3, 4, 5, 6), pixels(8, Size(5, 6))))
    assert filters.freshness(p, "made") == filters.FRESH, "another layer is none of its business"
    history.apply("gone", PlaceNode.remove(p, "one"))
    assert filters.freshness(p, "made") == filters.ORPHAN


def test_one_made_of_all_below_follows_looks_below_and_nothing_above() -> None:
    p = filtered(filters.BELOW)
    history = History(p)
    assert filters.freshness(p, "made") == filters.FRESH
    history.apply("above", SetProperty("top", "opacity", 0.2))
    history.apply("itself", SetProperty("made", "opacity", 0.2))
    assert filters.freshness(p, "made") == filters.FRESH
    history.apply("below", SetProperty("ground", "opacity", 0.5))
    assert filters.freshness(p, "made") == filters.STALE
    history.undo()
    history.apply("adjust", PlaceNode.add(Adjustment("a", "", kind="posterise"), "root", 0))
    assert filters.freshness(p, "made") == filters.STALE
    found, box = filters.source_pixels(p, "made")
    assert box == SIZE.box and np.array_equal(found, composite(p, exclude={"made", "top"}))
    history.apply("values", SetValues("a", {"steps": 9.0}))
    assert filters.freshness(p, "made") == filters.STALE


def test_an_update_replaces_pixels_recipe_and_record_and_can_be_undone() -> None:
    p = filtered()
    history = History(p)
    history.apply("paint", ReplaceTiles.of(p.layer("one"), Box(3, 4, 5, 6), pixels(8, Size(5, 6))))
    before = p.snapshot()
    found, box = filters.source_pixels(p, "made")
    assert np.array_equal(found, p.layer("one").tiles.read())
    now = replace(MADE, model_version="2.0.0", knobs={"strength": 0.2}, when="now")
    history.apply("update", *filters.remade(p, "made", 255 - found, box, now))
    after = p.layer("made")
    assert np.array_equal(after.tiles.read(), 255 - found) and after.provenance == (now,)
    assert (
        after.recipe is not None and after.recipe.model_version == "2.0.0" and after.recipe.knobs == {"strength": 0.2}
    )
    assert filters.freshness(p, "made") == filters.FRESH
    history.undo()
    assert p.same_as(before)


def test_rasterised_it_keeps_its_pixels_and_is_like_any_other() -> None:
    p = filtered()
    own = p.layer("made").tiles
    History(p).apply("raster", *filters.rasterised(p, "made"))
    assert p.layer("made").recipe is None and p.layer("made").tiles is own
    assert filters.rasterised(p, "made") == []


def test_what_is_written_is_read_and_still_fresh() -> None:
    p = filtered(filters.BELOW)
    blobs: dict[str, bytes] = {}

    def put(array: np.ndarray) -> str:
        blobs[name_of(array)] = pack(array)
        return name_of(array)

    again = decode_painting(encode_painting(p, put), lambda name: unpack(name, blobs[name]))
    assert again.nodes["made"] == replace(p.layer("made"), provenance=again.layer("made").provenance)
    assert filters.freshness(again, "made") == filters.FRESH


@given(seed=st.integers(0, 9), x=st.integers(0, 280), y=st.integers(0, 250))
def test_a_digest_is_that_of_the_pixels_however_they_came_there(seed: int, x: int, y: int) -> None:
    tiles = Tiles.from_array(pixels(1))
    first = tiles.state()
    changed = tiles.written(Box(x, y, 9, 7), pixels(seed, Size(9, 7)))
    assert changed.state() == Tiles.from_array(changed.read()).state() != first
    assert changed.written(SIZE.box, pixels(1)).state() == first == tiles.state()
