"""The whole canvas cut, scaled, turned and flipped: one edit, layers, masks and selection with it, undo to the bit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from gesso.documents.painting import Layer, Painting, Tiles
from gesso.documents.painting.edits import SetCanvas
from gesso.ui import canvas_steps as steps
from gesso.values import Box, Size


def painting(width: int = 700, height: int = 530) -> Painting:
    """Noise, with a mask and a selection, over several tiles."""
    random = np.random.default_rng(5)
    found = Painting.from_array(random.integers(1, 256, (height, width, 4)).astype(np.uint8), "noise")
    layer = found.layers()[0]
    mask = np.full((height, width, 1), 255, np.uint8)
    mask[100:200, 100:300] = 0
    found.nodes[layer.id] = replace(layer, mask=Tiles.from_array(mask))
    chosen = np.zeros((height, width, 1), np.uint8)
    chosen[50:400, 260:640] = 255
    found.selection = Tiles.from_array(chosen)
    return found


def layer_of(found: Painting) -> Layer:
    return found.layers()[0]


def parts(found: Painting) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    layer = layer_of(found)
    assert layer.mask is not None and found.selection is not None
    return layer.tiles.read(), layer.mask.read(), found.selection.read()


Make = Callable[[Painting], SetCanvas]
ALL: dict[str, Make] = {
    "cut": lambda now: steps.cut(now, Box(30, 40, 500, 300)),
    "larger": lambda now: steps.cut(now, Box(-256, -512, 1400, 1300)),
    "scaled": lambda now: steps.scaled(now, Size(350, 265), "lanczos"),
    "turned": lambda now: steps.turned(now, "right"),
    "flipped": lambda now: steps.flipped(now, "vertical"),
}


@pytest.mark.parametrize("make", ALL.values(), ids=ALL)
def test_each_can_be_taken_back_to_the_bit(make: Make) -> None:
    found = painting()
    before = found.snapshot()
    edit = make(found)
    assert found.same_as(before), "making it changes nothing yet"
    edit.flip(found)
    assert not found.same_as(before) and layer_of(found).tiles.size == found.size
    edit.flip(found)
    assert found.same_as(before)


def test_turns_and_flips_move_every_pixel_exactly() -> None:
    for make, move in (
        (lambda now: steps.turned(now, "right"), lambda a: np.rot90(a, -1)),
        (lambda now: steps.turned(now, "left"), lambda a: np.rot90(a, 1)),
        (lambda now: steps.turned(now, "half"), lambda a: a[::-1, ::-1]),
        (lambda now: steps.flipped(now, "horizontal"), lambda a: a[:, ::-1]),
        (lambda now: steps.flipped(now, "vertical"), lambda a: a[::-1]),
    ):
        found = painting()
        wanted = [move(part) for part in parts(found)]
        make(found).flip(found)
        assert all(np.array_equal(a, b) for a, b in zip(parts(found), wanted, strict=True))


def test_four_turns_come_home() -> None:
    found, before = painting(301, 200), painting(301, 200)
    for _ in range(4):
        steps.turned(found, "right").flip(found)
    assert all(np.array_equal(a, b) for a, b in zip(parts(found), parts(before), strict=True))


def test_a_cut_keeps_what_lies_inside_and_a_larger_canvas_all() -> None:
    found = painting()
    before = parts(found)
    steps.cut(found, Box(30, 40, 500, 300)).flip(found)
    assert all(np.array_equal(a, b[40:340, 30:530]) for a, b in zip(parts(found), before, strict=True))
    found = painting()
    tile = layer_of(found).tiles.tiles[0, 0]
    steps.cut(found, Box(-256, -512, 1400, 1300)).flip(found)
    pixels, mask, chosen = parts(found)
    assert np.array_equal(pixels[512:1042, 256:956], before[0]) and not pixels[:512].any()
    assert mask[0, 0, 0] == 255 and mask[620, 370, 0] == 0, "a mask that shows goes on to show"
    assert not chosen[:512].any() and layer_of(found).tiles.tiles[1, 2] is tile, "whole tiles are not copied"


def test_a_selection_that_is_cut_away_is_none() -> None:
    found = painting()
    steps.cut(found, Box(0, 0, 100, 100)).flip(found)
    assert found.selection is None


def test_anchors_say_which_side_stays() -> None:
    old, new = Size(100, 80), Size(60, 100)
    assert steps.anchored(old, new, 0, 0) == Box(0, 0, 60, 100)
    assert steps.anchored(old, new, 1, 1) == Box(40, -20, 60, 100)
    assert steps.anchored(old, new, 0.5, 0.5) == Box(20, -10, 60, 100)


@pytest.mark.parametrize("how", ["nearest", "bilinear", "bicubic", "lanczos"])
def test_scaling_keeps_an_opaque_picture_opaque_up_to_its_border(how: str) -> None:
    found = Painting.from_array(np.full((60, 100, 4), (120, 130, 140, 255), np.uint8))
    for size in (Size(250, 150), Size(33, 20)):
        scaled = found.snapshot()
        steps.scaled(scaled, size, how).flip(scaled)
        assert (layer_of(scaled).tiles.read() == (120, 130, 140, 255)).all() and scaled.size == size


def test_the_content_of_all_layers() -> None:
    pixels = np.zeros((300, 400, 4), np.uint8)
    pixels[20:280, 30:35, 3] = 9
    assert steps.content(Painting.from_array(pixels)) == Box(30, 20, 5, 260)
    assert steps.content(Painting.from_array(np.zeros((20, 20, 4), np.uint8))).is_empty
