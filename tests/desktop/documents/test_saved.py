"""Adjustments, clipping, locks and filter layers are saved and recovered like everything else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from gesso.documents.painting import Adjustment, Layer, Painting, Provenance, Tiles, composite, filters, merging
from gesso.documents.painting.edits import AnyEdit, PlaceNode, SetMask, SetProperty, SetValues, add_layer
from gesso.files.project import load, save
from gesso.files.session import Session, recover
from gesso.values import Size
from tests.desktop.documents.test_painting import mask_of, painting, pixels

POINTS = ((0.0, 0.1), (0.4, 0.7), (1.0, 1.0))
STOPS = ((0.0, 0.1, 0.0, 0.3), (1.0, 1.0, 0.9, 0.8))


def steps(p: Painting) -> list[tuple[str, list[AnyEdit]]]:
    """What an artist does with layers; each made when the one before is done."""
    made = Provenance("painting.stylise", "stylise", "1.2.0", {"strength": 0.7, "styles": (("wave", 1.0),)}, 3, "then")
    layer = Layer("made", "made", tiles=Tiles.from_array(pixels(9)), provenance=(made,))
    return [
        ("adjust", [PlaceNode.add(Adjustment("curve", "", kind="curves", values={"all": POINTS}), "root", 1)]),
        ("values", [SetValues("curve", {"all": POINTS, "red": ((0.0, 1.0), (1.0, 0.0))})]),
        ("map", [PlaceNode.add(Adjustment("map", "", kind="gradient-map", values={"gradient": STOPS}), "root", 2)]),
        ("clip", [SetProperty("two", "clipped", True), SetProperty("two", "label", "violet")]),
        ("lock", [SetProperty("two", "locked", True), SetProperty("two", "alpha_locked", True)]),
        ("mask", [SetMask("map", mask_of(4)), SetProperty("map", "masks", False)]),
        ("filter", [*add_layer(p, filters.as_filter(p, layer, "two", p.size.box, made, "two"), "two")]),
    ]


def test_a_saved_painting_is_the_same_again(tmp_path: Path) -> None:
    p = painting()
    session = Session.begin(tmp_path / "sessions", p)
    for title, edits in steps(p):
        session.history.apply(title, *edits)
    path = tmp_path / "画.gesso"
    save(replace(p, title="画"), path)
    again = load(path)
    assert again.same_as(replace(p, title="画"))
    assert np.array_equal(composite(again), composite(p))
    assert filters.freshness(again, "made") == filters.FRESH
    session.end()


def test_what_was_not_saved_is_recovered(tmp_path: Path) -> None:
    p = painting()
    session = Session.begin(tmp_path / "sessions", p)
    for title, edits in steps(p):
        session.history.apply(title, *edits)
    session.history.apply("merge", *merging.merge_group(p, "group"))
    session.history.undo()
    session.history.apply("merge", *merging.merge_visible(p, "all"))
    end = p.snapshot()
    session.let_go()
    assert recover(session.path).painting.same_as(end)


def test_a_painting_of_an_older_gesso_opens_with_nothing_clipped_or_locked(tmp_path: Path) -> None:
    old = Painting.from_array(pixels(1, Size(40, 30)), "ground")
    path = tmp_path / "old.gesso"
    save(old, path)
    layer = load(path).layers()[0]
    assert not layer.clipped and not layer.locked and not layer.alpha_locked and layer.masks and layer.recipe is None
