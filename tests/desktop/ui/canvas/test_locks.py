"""What is locked is not painted on: whole layers, alpha alone, and pixels that a model makes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gesso.documents.history import History
from gesso.documents.painting import Adjustment, Group, Layer, Painting, Recipe, Tiles, composite
from gesso.documents.painting.edits import PlaceNode
from gesso.documents.painting.painting import ROOT
from gesso.ui.canvas.stroke import layer_to_paint_on
from gesso.values import Trouble
from tests.desktop.ui.canvas.conftest import Show, white


def half(painting: Painting) -> Painting:
    """A layer that is half transparent at the left and clear at the right."""
    own = np.zeros((300, 400, 4), np.uint8)
    own[:, :200] = (0, 0, 255, 128)
    painting.nodes["half"] = Layer("half", "half", tiles=Tiles.from_array(own), alpha_locked=True)
    painting.nodes[ROOT] = replace(painting.root, children=(*painting.root.children, "half"))
    painting.active = "half"
    return painting


@pytest.mark.parametrize("tool", ["brush", "eraser"])
def test_locked_alpha_stays_to_the_bit(show: Show, tool: str) -> None:
    painting = half(white(400, 300))
    before = painting.layer("half").tiles.read()
    hand = show(painting)
    hand.view.tool = tool
    hand.view.brush = replace(hand.view.brush, eraser=tool == "eraser")
    hand.drag((50, 60), (350, 60))
    after = painting.layer("half").tiles.read()
    assert np.array_equal(after[..., 3], before[..., 3])
    assert np.array_equal(after[:, 200:], before[:, 200:])
    if tool == "brush":
        assert after[60, 120].tolist() == [255, 0, 0, 128]
        assert hand.history.titles == ["Brush stroke"]
    else:
        assert np.array_equal(after, before) and hand.history.titles == []


def test_a_locked_layer_says_so_and_so_does_one_in_a_locked_group() -> None:
    painting = half(white(400, 300))
    painting.nodes["half"] = replace(painting.nodes["half"], locked=True)
    with pytest.raises(Trouble, match="is locked"):
        layer_to_paint_on(painting)
    painting.nodes["half"] = replace(painting.nodes["half"], locked=False)
    painting.nodes["group"] = Group("group", "", children=("half",), locked=True)
    painting.nodes[ROOT] = replace(painting.root, children=(painting.root.children[0], "group"))
    with pytest.raises(Trouble, match="is locked"):
        layer_to_paint_on(painting)


def test_a_filter_layer_is_not_painted_on() -> None:
    painting = half(white(400, 300))
    recipe = Recipe("", "painting.stylise", {}, "m", "1.0.0", (0, 0, 400, 300), "")
    painting.nodes["half"] = replace(painting.layer("half"), recipe=recipe)
    with pytest.raises(Trouble, match="filter layer"):
        layer_to_paint_on(painting)


def test_a_stroke_under_a_blur_shows_as_far_as_it_spreads(show: Show) -> None:
    painting = white(400, 300)
    hand = show(painting)
    soft = Adjustment("soft", "", kind="blur", values={"radius": 6.0})
    History(painting).apply("soft", PlaceNode.add(soft, ROOT, 1))
    hand.view.spoil(painting.size.box)
    hand.press(50, 60)
    for x in range(60, 300, 10):
        hand.move(x, 60)
    hand.settle()
    hand.release(300, 60)
    hand.settle()
    looks = composite(painting)
    for y in (60, 70, 78, 84, 90):
        assert abs(hand.colour(150, y).green() - int(looks[y, 150, 1])) <= 2, y
    assert 0 < looks[78, 150, 1] < 255
