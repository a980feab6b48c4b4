"""Between painting and tool: outside the selection nothing changes, to the bit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gesso.documents.history import History
from gesso.documents.painting import Adjustment, Painting, Provenance, Tiles, composite
from gesso.documents.painting.edits import SetSelection
from gesso.tools.painting.on_layer import as_layer, larger_canvas, proxy_of, shown, source_of, tight
from gesso.values import Box, Picture, Progress, Size, Trouble

MADE = Provenance("painting.stylise", "stylise", "1.0.0", {}, 1, "2026-01-01T00:00:00+00:00")


SIZE = Size(300, 280)


def painting(size: Size = SIZE) -> Painting:
    rng = np.random.default_rng(2)
    pixels = rng.integers(0, 255, (size.height, size.width, 4), dtype=np.uint8)
    pixels[..., 3] = 255
    return Painting.from_array(pixels, "Background")


def selected(p: Painting, box: Box) -> None:
    mask = np.zeros((p.size.height, p.size.width, 1), np.uint8)
    mask[box.slices()] = 255
    SetSelection(Tiles.from_array(mask)).flip(p)


def inverted(picture: Picture) -> Picture:
    return replace(picture, colour=255 - picture.colour)


def test_a_kept_result_changes_the_selection_and_nothing_else() -> None:
    p = painting()
    box = Box(40, 60, 100, 90)
    selected(p, box)
    before = composite(p)
    source = source_of(p, p.active)
    history = History(p)
    history.apply("Stylise", *as_layer(p, source, inverted(source.picture), "Stylise", MADE))
    after = composite(p)
    inside = np.zeros(before.shape[:2], bool)
    inside[box.slices()] = True
    assert np.array_equal(after[~inside], before[~inside])
    assert np.array_equal(after[inside][:, :3], 255 - before[inside][:, :3])
    assert p.active_layer is not None and p.active_layer.provenance == (MADE,)
    history.undo()
    assert np.array_equal(composite(p), before)


def test_without_a_selection_the_whole_layer_is_the_source() -> None:
    p = painting()
    source = source_of(p, p.active)
    assert source.box == p.size.box and source.picture.alpha is None


def test_the_box_of_a_selection_is_tight() -> None:
    p = painting(Size(600, 520))
    selected(p, Box(250, 255, 20, 30))
    assert p.selection is not None and tight(p.selection) == Box(250, 255, 20, 30)


def test_a_proxy_covers_the_same_and_shows_only_the_selection() -> None:
    p = painting()
    selected(p, Box(100, 100, 50, 50))
    source = source_of(p)
    small = proxy_of(source, 64)
    assert small.box == source.box and max(small.picture.size.width, small.picture.size.height) == 64
    seen = shown(small, small.picture)
    assert seen.alpha is not None and seen.alpha[0, 0] == 0 and seen.alpha[32, 32] == 255


def test_nothing_to_work_on_is_one_sentence() -> None:
    p = painting()
    layer = p.layer(p.active)
    p.nodes[layer.id] = replace(layer, tiles=Tiles(p.size))
    with pytest.raises(Trouble, match="nothing to work on"):
        source_of(p, p.active)


def test_a_larger_canvas_flips_back() -> None:
    p = painting(Size(70, 50))
    selected(p, Box(10, 10, 20, 20))
    p.nodes["dark"] = Adjustment("dark", "", kind="invert", mask=p.selection, visible=False)
    p.nodes["root"] = replace(p.root, children=(*p.root.children, "dark"))
    before = p.snapshot()

    def enlarge(picture: Picture, progress: Progress) -> Picture:
        return Picture(picture.colour.repeat(2, axis=0).repeat(2, axis=1))

    edit = larger_canvas(p, 2, enlarge, Progress.silent())
    edit.flip(p)
    assert p.size == Size(140, 100) and composite(p).shape == (100, 140, 4)
    assert p.selection is not None and p.selection.size == p.size
    assert p.nodes["dark"].mask == p.selection, "masks of every kind of node grow along"
    assert np.array_equal(composite(p)[::2, ::2], composite(before))
    edit.flip(p)
    assert p.same_as(before)
