"""Selecting on the canvas: shapes join, the edge marches only while it is seen."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from gesso.documents.painting import Tiles
from gesso.documents.painting.edits import SetSelection
from gesso.operations.painting.select import combine, rectangle
from gesso.ui.canvas.marquee import inverse, joined
from gesso.values import Box, Size
from tests.desktop.ui.canvas.conftest import Hand, Show, white

SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier


def selected(hand: Hand) -> np.ndarray:
    selection = hand.history.document.selection
    assert selection is not None
    return selection.read()[..., 0]


def test_rectangles_replace_add_subtract_and_intersect(hand: Hand) -> None:
    hand.view.tool = "rectangle"
    hand.drag((50, 50), (150, 150))
    assert (selected(hand) > 0).sum() == 100 * 100 and selected(hand)[50, 50] == 255
    hand.drag((100, 100), (200, 200), modifiers=SHIFT)
    assert (selected(hand) > 0).sum() == 17500
    hand.drag((0, 0), (100, 300), modifiers=ALT)
    assert (selected(hand) > 0).sum() == 12500
    hand.drag((100, 100), (120, 120), modifiers=SHIFT | ALT)
    assert (selected(hand) > 0).sum() == 400
    hand.drag((10, 10), (20, 20))
    assert (selected(hand) > 0).sum() == 100
    assert hand.history.titles == ["Select"] * 5
    hand.history.go_to(1)
    assert (selected(hand) > 0).sum() == 100 * 100


def test_taking_away_from_no_selection_leaves_the_rest(hand: Hand) -> None:
    hand.view.tool = "rectangle"
    hand.drag((0, 0), (100, 300), modifiers=ALT)
    assert (selected(hand) > 0).sum() == 300 * 300


def test_a_lasso_selects_what_it_encloses(hand: Hand) -> None:
    hand.view.tool = "lasso"
    hand.drag(*[(200 + 80 * float(np.cos(a)), 150 + 80 * float(np.sin(a))) for a in np.linspace(0, 6.2, 60)])
    mask = selected(hand)
    assert mask[150, 200] == 255 and mask[150, 100] == 0 and abs(mask.sum() / 255 - np.pi * 6400) < 600
    assert np.unique(mask).size > 2, "its edge is soft"


def test_a_click_and_the_method_select_everything_again(hand: Hand) -> None:
    hand.view.tool = "rectangle"
    hand.drag((50, 50), (150, 150))
    hand.drag((300, 200))
    assert hand.history.document.selection is None and hand.history.titles == ["Select", "Deselect"]
    hand.drag((300, 200))
    assert len(hand.history.titles) == 2, "with nothing selected a click does nothing"
    hand.history.undo()
    hand.view.invert_selection()
    assert (selected(hand) > 0).sum() == 400 * 300 - 10000
    hand.view.deselect()
    assert hand.history.document.selection is None


def test_escape_gives_a_selection_up(hand: Hand) -> None:
    hand.view.tool = "rectangle"
    hand.press(50, 50)
    hand.move(150, 150)
    QTest.keyClick(hand.view, Qt.Key.Key_Escape)
    hand.release(150, 150)
    assert hand.history.document.selection is None and hand.history.titles == []


def test_a_selection_outside_the_picture_selects_nothing_new(hand: Hand) -> None:
    hand.view.tool = "rectangle"
    hand.drag((50, 50), (150, 150))
    hand.drag((-60, -60), (-10, -10), modifiers=SHIFT)
    assert (selected(hand) > 0).sum() == 10000 and hand.history.titles == ["Select"]


def test_the_edge_marches_only_while_it_is_seen(hand: Hand) -> None:
    ants = hand.view._ants
    assert not ants.is_marching
    hand.view.tool = "rectangle"
    hand.drag((50, 50), (150, 150))
    assert ants.is_marching
    hand.view.hide()
    assert not ants.is_marching
    hand.view.show()
    assert ants.is_marching
    hand.history.undo()
    assert not ants.is_marching


def test_the_edge_lies_on_the_edges_of_pixels(hand: Hand) -> None:
    hand.view.tool = "rectangle"
    hand.drag((50, 60), (150, 160))
    hand.view.tool = "hand"
    hand.view.point_at(None)
    hand.settle()
    picture = hand.view.grab().toImage()
    corner = hand.at(50, 60)
    names = {picture.pixelColor(corner.x() + step, corner.y()).name() for step in range(40)}
    assert names == {"#000000", "#ffffff"}, "dashes, on a white ground"
    assert picture.pixelColor(corner.x() + 5, corner.y() + 5).name() == "#ffffff"


def test_joining_touches_only_the_tiles_it_must(show: Show) -> None:
    painting = white(2000, 1500)
    everything = inverse(Tiles(painting.size, np.uint8, 1), painting.size)
    assert everything is not None and inverse(everything, painting.size) is None
    painting.selection = everything
    found = joined(painting, Box(10, 10, 20, 20), np.full((20, 20), 255, np.uint8), "subtract")
    assert found is not None
    changed = {index for index in found.tiles if found.tiles[index] is not everything.tiles[index]}
    assert changed == {(0, 0)}


def test_joining_tile_by_tile_is_joining_whole_masks(show: Show) -> None:
    random = np.random.default_rng(7)
    painting = white(600, 530)
    for mode in ("replace", "add", "subtract", "intersect"):
        old = np.where(random.random((530, 600)) < 0.5, 255, 0).astype(np.uint8)
        old[:, 300:] = 0
        painting.selection = Tiles.from_array(old[..., None])
        box = Box(100, 50, 480, 470)
        soft = random.integers(0, 256, (470, 480)).astype(np.uint8)
        soft[150:460, 120:420] = 255
        whole = np.zeros((530, 600), np.uint8)
        whole[box.slices()] = soft
        found = joined(painting, box, soft, mode)
        assert found is not None and np.array_equal(found.read()[..., 0], combine(old, whole, mode)), mode


def test_the_edge_of_a_large_selection_is_traced_where_it_is_seen(show: Show) -> None:
    hand = show(white(3000, 2400))
    view, ants = hand.view, hand.view._ants
    hand.history.apply(
        "Select", SetSelection(Tiles.from_array(rectangle(Size(3000, 2400), Box(301, 203, 2500, 2000))[..., None]))
    )

    def edge() -> list[float]:
        box = ants.path(view.pane.camera).boundingRect()
        first, last = (view.pane.camera.to_image(corner) for corner in (box.topLeft(), box.bottomRight()))
        return [first.x(), first.y(), last.x(), last.y()]

    view.fit()
    assert edge() == pytest.approx([301, 203, 2801, 2203], abs=10)
    view.set_zoom(4, view.from_image(QPointF(301, 203)))
    view.set_zoom(4, view.from_image(QPointF(2801, 2203)))
    view.pan(*[-shift for shift in (view.from_image(QPointF(2801, 2203)) - QPointF(300, 200)).toTuple()])
    assert edge()[2:] == pytest.approx([2801, 2203], abs=0.01)
