"""Painting on masks and on the selection: grey, one step, seen while it happens, and nothing else is changed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesso.documents.painting import Adjustment, Painting, Symmetry, Tiles, composite
from gesso.documents.painting.edits import ReplaceMask, SetMask, SetProperty
from gesso.documents.painting.painting import ROOT
from gesso.documents.painting.sheets import SELECTION, grey, mask_alone, under_veil, veil, whole
from gesso.operations.painting.brush import Brush
from gesso.ui.canvas.hands.options import Filling, options_of
from gesso.values import Box, Colour, Size, Trouble
from tests.desktop.ui.canvas.conftest import Hand, Show, white


def masked(painting: Painting) -> Painting:
    """Its layer has a mask that hides nothing, which is painted on."""
    layer = painting.layers()[0]
    painting.nodes[layer.id] = replace(layer, mask=whole(painting.size))
    painting.mask_of = layer.id
    return painting


def mask(hand: Hand) -> np.ndarray:
    found = hand.history.document.layers()[0].mask
    assert found is not None
    return found.read()[..., 0]


@pytest.fixture
def sheet(show: Show) -> Hand:
    hand = show(masked(white(400, 300)))
    hand.view.brush = Brush(20, hardness=1.0, colour=Colour(0.0, 0.0, 0.0))
    return hand


def test_black_hides_and_white_shows_again(sheet: Hand) -> None:
    before = sheet.history.document.layers()[0].tiles
    sheet.drag((100, 100), (150, 100))
    assert mask(sheet)[100, 125] == 0 and mask(sheet)[150, 125] == 255
    assert sheet.history.titles == ["Brush stroke"] and sheet.history.document.layers()[0].tiles is before
    sheet.view.brush = replace(sheet.view.brush, size_px=40, colour=Colour(1, 1, 1))
    sheet.drag((90, 100), (160, 100))
    assert (mask(sheet) == 255).all()
    sheet.history.undo()
    sheet.history.undo()
    assert (mask(sheet) == 255).all()


def test_colours_count_by_their_light(sheet: Hand) -> None:
    sheet.view.brush = replace(sheet.view.brush, colour=Colour(0.0, 1.0, 0.0))
    sheet.drag((100, 100), (150, 100))
    assert mask(sheet)[100, 125] == round(0.59 * 255)


def test_the_eraser_hides_whatever_colour_is_in_hand(sheet: Hand) -> None:
    sheet.view.tool = "eraser"
    sheet.view.brush = replace(sheet.view.brush, colour=Colour(1, 1, 1))
    sheet.drag((100, 100), (150, 100))
    assert mask(sheet)[100, 125] == 0 and sheet.history.titles == ["Erase"]


def test_a_stroke_is_seen_while_it_is_made(sheet: Hand) -> None:
    sheet.settle()
    assert sheet.colour(125, 100).red() == 255
    sheet.press(100, 100)
    sheet.move(125, 100)
    sheet.move(150, 100)
    while_painting = sheet.colour(125, 100)
    assert while_painting.red() < 200, "chequers instead of white"
    sheet.release(150, 100)
    assert sheet.colour(125, 100) == while_painting


@pytest.mark.parametrize("tool", ["fill", "gradient", "smudge", "blur"])
def test_other_hands_work_on_it_too(sheet: Hand, tool: str) -> None:
    options_of(sheet.view).set(Filling, everything=False)
    sheet.drag((100, 100), (150, 100))
    sheet.view.tool = tool
    before, pixels = mask(sheet).copy(), sheet.history.document.layers()[0].tiles
    sheet.view.brush = replace(sheet.view.brush, colour=Colour(0.5, 0.5, 0.5))
    sheet.drag((125, 90), (125, 110), (125, 130))
    after = mask(sheet)
    assert not np.array_equal(after, before) and sheet.history.document.layers()[0].tiles is pixels
    if tool == "fill":
        assert after[100, 125] != 0 and after[250, 300] == 255


def test_a_group_and_an_adjustment_have_masks_to_paint_on(show: Show) -> None:
    painting = white(300, 200)
    painting.nodes["dark"] = Adjustment("dark", "", kind="invert", mask=whole(painting.size))
    painting.nodes[ROOT] = replace(painting.root, children=(*painting.root.children, "dark"))
    painting.active = painting.mask_of = "dark"
    hand = show(painting)
    hand.view.brush = Brush(20, hardness=1.0, colour=Colour(0.0, 0.0, 0.0))
    hand.drag((100, 100), (150, 100))
    seen = composite(painting)
    assert seen[100, 125, 0] == 255 and seen[150, 125, 0] == 0
    assert hand.colour(125, 100).red() == 255 and hand.colour(125, 150).red() == 0


def test_another_active_layer_is_painted_on_itself(sheet: Hand) -> None:
    painting = sheet.history.document
    painting.mask_of = "somebody else"
    sheet.drag((100, 100), (150, 100))
    assert (mask(sheet) == 255).all() and painting.layers()[0].tiles.read()[100, 125, 0] == 0


def test_a_locked_layer_keeps_its_mask(sheet: Hand) -> None:
    refused: list[Trouble] = []
    sheet.view.refused.connect(refused.append)
    sheet.history.apply("Lock", SetProperty(sheet.history.document.active, "locked", True))
    sheet.drag((100, 100), (150, 100))
    assert len(refused) == 1 and (mask(sheet) == 255).all()


def test_a_transform_moves_the_layer_with_its_mask(sheet: Hand) -> None:
    sheet.drag((100, 100), (150, 100))
    sheet.view.tool = "transform"
    sheet.drag((200, 150), (210, 150), (240, 150))
    sheet.view.finish_gesture()
    assert mask(sheet)[100, 165] == 0 and mask(sheet)[100, 100] == 255


def test_symmetry_holds_on_masks(sheet: Hand) -> None:
    sheet.history.document.symmetry = Symmetry.amid(Size(400, 300), "vertical")
    sheet.drag((100, 100), (150, 130), (190, 100))
    assert np.array_equal(mask(sheet), mask(sheet)[:, ::-1]) and mask(sheet)[100, 190] == 0


# --- the quick mask ----------------------------------------------------------------------------------------------------


@pytest.fixture
def quick(show: Show) -> Hand:
    painting = white(400, 300)
    hand = show(painting)
    painting.is_quick = True
    hand.view.see_as(lambda p: under_veil(p, SELECTION))
    hand.view.brush = Brush(20, hardness=1.0, colour=Colour(0.0, 0.0, 0.0))
    return hand


def test_the_selection_is_painted_on(quick: Hand) -> None:
    quick.drag((100, 100), (150, 100))
    chosen = quick.history.document.selection
    assert chosen is not None and chosen.read()[100, 125, 0] == 0 and chosen.read()[150, 125, 0] == 255
    assert quick.colour(125, 100).green() < 200 and quick.colour(125, 150).green() == 255, "hidden is red"
    quick.view.brush = replace(quick.view.brush, size_px=60, colour=Colour(1, 1, 1))
    quick.drag((100, 100), (150, 100))
    chosen = quick.history.document.selection
    assert chosen is not None and chosen.read().min() == 255, "the selection does not keep the brush out of itself"
    quick.history.undo()
    quick.history.undo()
    assert quick.history.document.selection is None


def test_no_ants_march_over_red(quick: Hand) -> None:
    quick.drag((100, 100), (150, 100))
    assert not quick.view._ants.is_marching
    quick.history.document.is_quick = False
    quick.view.see_as(None)
    assert quick.view._ants.is_marching and quick.colour(125, 100).green() == 255


# --- looking at masks --------------------------------------------------------------------------------------------------


def test_a_mask_alone_is_black_and_white_and_follows_the_brush(sheet: Hand) -> None:
    id = sheet.history.document.active
    sheet.view.see_as(lambda p: mask_alone(p, id))
    assert sheet.colour(125, 100).getRgb()[:3] == (255, 255, 255)
    sheet.press(100, 100)
    sheet.move(125, 100)
    sheet.move(150, 100)
    assert sheet.colour(120, 100).getRgb()[:3] == (0, 0, 0)
    sheet.release(150, 100)
    assert sheet.colour(125, 100).getRgb()[:3] == (0, 0, 0)
    sheet.view.see_as(None)
    assert sheet.colour(125, 150).getRgb()[:3] == (255, 255, 255)


@pytest.mark.parametrize("depth", [8, 16])
def test_red_lies_over_what_is_hidden(depth: int) -> None:
    top = 255 if depth == 8 else 65535
    painting = Painting.from_array(np.full((20, 30, 4), top, np.uint8 if depth == 8 else np.uint16))
    half = np.zeros((20, 30, 1), np.uint8)
    half[:, 15:] = 255
    painting.nodes[painting.active] = replace(painting.layers()[0], mask=Tiles.from_array(half), masks=False)
    seen = composite(under_veil(painting, painting.active))
    assert seen.dtype == painting.dtype
    assert tuple(seen[5, 20]) == (top,) * 4
    assert seen[5, 5, 0] > 0.95 * top and seen[5, 5, 1] < 0.6 * top
    assert under_veil(painting, "gone") is painting and mask_alone(painting, "gone") is painting


@given(st.integers(1, 600), st.integers(1, 600))
def test_a_mask_seen_as_a_picture_has_the_size_of_the_canvas(width: int, height: int) -> None:
    mask = whole(Size(width, height))
    assert (grey(mask).read() == 255).all() and not veil(mask, 8).read()[..., 3].any()
    assert grey(mask).extent() == veil(mask, 16).extent() == Box(0, 0, width, height)
    assert not grey(Tiles(Size(width, height), np.uint8, 1)).read()[..., :3].any()


def test_painting_on_a_mask_goes_back_to_the_bit(sheet: Hand) -> None:
    painting = sheet.history.document
    id = painting.active
    SetMask(id, Tiles.from_array(np.random.default_rng(1).integers(0, 255, (300, 400, 1), np.uint8))).flip(painting)
    before = painting.snapshot()
    tile = np.full((256, 256, 1), 9, np.uint8)
    edit = ReplaceMask(id, {(0, 0): tile, (1, 1): None})
    change = edit.flip(painting)
    assert change.box == Box(0, 0, 400, 300) and not painting.same_as(before)
    edit.flip(painting)
    assert painting.same_as(before)
