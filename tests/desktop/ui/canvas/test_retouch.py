"""Clone, heal, blur and smudge: where they copy from, what they leave alone, and that each is one edit."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt

from gesso.documents.painting import Painting, Tiles
from gesso.documents.painting.edits import SetProperty, SetSelection
from gesso.operations.painting.brush import Brush
from gesso.operations.painting.select import rectangle
from gesso.values import Box, Size, Trouble
from tests.desktop.ui.canvas.conftest import Hand, Show

ALT = Qt.KeyboardModifier.AltModifier


def pixels(hand: Hand) -> np.ndarray:
    return hand.history.document.layers()[0].tiles.read()


@pytest.fixture
def spotted(show: Show) -> Hand:
    """Light to the left, dark to the right, fine grain everywhere, and a black spot at (100, 150)."""
    random = np.random.default_rng(2)
    made = np.full((300, 400, 4), 255, np.uint8)
    made[..., :3] = np.linspace(220, 90, 400).astype(np.uint8)[None, :, None]
    made[..., :3] += random.integers(0, 9, (300, 400, 1), np.uint8)
    y, x = np.mgrid[:300, :400]
    made[(x - 100) ** 2 + (y - 150) ** 2 < 36, :3] = 10
    hand = show(Painting.from_array(made, "photo"))
    hand.view.brush = Brush(24, hardness=0.7)
    return hand


def test_clone_copies_to_the_bit_from_where_alt_was_pressed(spotted: Hand) -> None:
    hand, before = spotted, pixels(spotted)
    hand.view.tool = "clone"
    hand.view.brush = Brush(24, hardness=1.0)
    hand.drag((250, 100), modifiers=ALT)
    assert hand.history.titles == [], "setting the source changes nothing"
    hand.drag((100, 150), (110, 150))
    after = pixels(hand)
    assert hand.history.titles == ["Clone"]
    assert np.array_equal(after[145:156, 95:116], before[95:106, 245:266])
    assert np.array_equal(after[:, 150:], before[:, 150:]), "the source is left alone"


def test_the_next_stroke_copies_from_as_far_away(spotted: Hand) -> None:
    hand, before = spotted, pixels(spotted)
    hand.view.tool = "clone"
    hand.view.brush = Brush(24, hardness=1.0)
    hand.drag((250, 100), modifiers=ALT)
    hand.drag((100, 100), (104, 100))
    hand.drag((100, 200), (104, 200))
    assert np.array_equal(pixels(hand)[195:206, 95:106], before[195:206, 245:256])


def test_without_a_source_clone_says_how_to_set_one(spotted: Hand) -> None:
    refused: list[Trouble] = []
    spotted.view.refused.connect(refused.append)
    spotted.view.tool = "clone"
    spotted.drag((100, 150), (110, 150))
    assert "Alt" in refused[0].next and spotted.history.titles == []


def test_heal_takes_the_spot_away_and_keeps_the_light_around_it(spotted: Hand) -> None:
    hand, before = spotted, pixels(spotted)
    hand.view.tool = "heal"
    hand.drag((300, 100), modifiers=ALT)
    hand.drag((97, 150), (100, 150), (104, 150))
    after = pixels(hand)
    assert hand.history.titles == ["Heal"]
    around = before[130:136, 85:116, 0].mean()
    healed = after[144:157, 94:107, 0]
    assert before[300 // 2, 100, 0] == 10 and before[94:107, 294:307, 0].mean() < around - 50, (
        "copied from darker ground"
    )
    assert abs(healed.mean() - around) < 5 and healed.min() > 150
    assert 1 < healed.std() < 6, "the grain of the source is there"
    assert np.array_equal(after[:, 130:], before[:, 130:])


def test_blur_evens_out_what_it_touches_and_nothing_else(spotted: Hand) -> None:
    hand, before = spotted, pixels(spotted)
    hand.view.tool = "blur"
    hand.view.brush = Brush(40, hardness=0.8)
    hand.drag((180, 60), (240, 60))
    after = pixels(hand)
    assert hand.history.titles == ["Blur"]
    assert after[55:65, 190:230, 0].std(axis=0).mean() < 0.4 * before[55:65, 190:230, 0].std(axis=0).mean()
    assert np.array_equal(after[100:], before[100:]) and (after[..., 3] == 255).all()


def test_smudge_drags_the_spot_along(spotted: Hand) -> None:
    hand, before = spotted, pixels(spotted)
    hand.view.tool = "smudge"
    hand.drag((100, 150), (104, 150), (110, 150), (116, 150))
    after = pixels(hand)
    assert hand.history.titles == ["Smudge"]
    assert after[148:153, 113:119, 0].mean() < before[148:153, 113:119, 0].mean() - 30, "the spot has come along"
    assert after[150, 100, 0] > 60, "which has become lighter"
    assert (after[..., 3] == 255).all() and np.array_equal(after[:120], before[:120])


@pytest.mark.parametrize("tool", ["smudge", "blur", "clone", "heal"])
def test_selection_and_locked_alpha_hold(show: Show, tool: str) -> None:
    noise = np.random.default_rng(4).integers(0, 256, (300, 400, 4)).astype(np.uint8)
    noise[100:120, 120:160, 3] = 0
    hand = show(Painting.from_array(noise, "noise"))
    layer = hand.history.document.layers()[0]
    hand.history.apply("Lock", SetProperty(layer.id, "alpha_locked", True))
    mask = rectangle(Size(400, 300), Box(100, 0, 100, 300))
    hand.history.apply("Select", SetSelection(Tiles.from_array(mask[..., None])))
    hand.view.tool, hand.view.brush = tool, Brush(40)
    hand.drag((300, 250), modifiers=ALT)
    hand.drag((60, 110), (110, 110), (160, 110), (250, 110))
    after = pixels(hand)
    assert np.array_equal(after[..., 3], noise[..., 3]) and np.array_equal(after[mask == 0], noise[mask == 0])
    assert not np.array_equal(after, noise)
    hand.history.undo()
    assert np.array_equal(pixels(hand), noise)


def test_sixteen_bits_are_healed_as_sixteen(show: Show) -> None:
    deep = np.full((300, 400, 4), 65535, np.uint16)
    deep[..., :3] = np.linspace(20000, 50000, 400).astype(np.uint16)[None, :, None]
    hand = show(Painting.from_array(deep, "deep"))
    hand.view.tool, hand.view.brush = "heal", Brush(30, hardness=0.5)
    hand.drag((300, 100), modifiers=ALT)
    hand.drag((97, 150), (104, 150))
    after = pixels(hand)
    assert after.dtype == np.uint16
    assert np.abs(after[150, 90:110, 0].astype(int) - deep[150, 90:110, 0]).max() < 900
