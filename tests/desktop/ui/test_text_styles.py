"""Several styles in one text: each letter in its own, none moved by what only looks different."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from gesso.documents.painting import Layer, Painting, Text, Tiles, new_id
from gesso.documents.painting.edits import add_layer
from gesso.ui.text_fonts import missing_families, missing_family, usual_family
from gesso.ui.text_pixels import changed_text, drawn_with, tiles_of
from gesso.ui.text_setting import Setting
from gesso.values import Size

PAPER = Size(600, 300)
RED, BLUE = (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)


@pytest.fixture(autouse=True)
def _application(qtbot: QtBot) -> None:
    """Fonts need one."""


def at(string: str, **parts: object) -> Text:
    return Text(**{"string": string, "size_px": 40.0, "matrix": (1.0, 0.0, 0.0, 1.0, 20.0, 60.0), **parts})


def pixels(text: Text, dtype: type = np.uint8) -> np.ndarray:
    return tiles_of(text, Tiles(PAPER, dtype)).read()


def box(inked: np.ndarray) -> tuple[int, int, int, int]:
    rows, columns = np.nonzero(inked)
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_each_letter_has_its_own_colour(dtype: type) -> None:
    text = at("one two").styled(4, 7, colour=RED)
    found, setting = pixels(text, dtype), Setting(text)
    border = 20 + round(setting.along(4))
    inked, top = found[..., 3] > 0, int(np.iinfo(dtype).max)
    assert (found[:, :border][inked[:, :border]][:, :3] == 0).all()
    assert (found[:, border:][inked[:, border:]][:, :3] == (top, 0, 0)).all()
    assert found[..., 3].max() == top


@pytest.mark.parametrize("string", ["office affairs", "مرحبا بالعالم", "שלום עולם", "画室 and 画家"])
def test_a_colour_moves_no_letter_and_shapes_none_anew(string: str) -> None:
    text = at(string)
    plain, coloured = pixels(text)[..., 3], pixels(text.styled(2, 4, colour=RED).styled(5, 7, colour=BLUE))[..., 3]
    different = (np.abs(plain.astype(int) - coloured) > 64).sum()
    assert different <= 0.01 * (plain > 0).sum(), "but for edges where letters of two colours meet"


def test_where_colours_meet_neither_shines_through_nor_is_lost() -> None:
    text = at("HH", spacing=-0.5).styled(1, 2, colour=RED)
    found = pixels(text)
    assert found[..., 3].max() == 255 and (found[found[..., 3] > 0][:, 1:3] == 0).all()
    whole = found[found[..., 3] == 255]
    assert (whole[:, 0] == 255).any() and (whole[:, 0] == 0).any()


def test_letters_of_another_size_are_as_large_as_in_a_text_of_that_size() -> None:
    text = at("xHx").styled(1, 2, size_px=90.0, colour=RED)
    found = pixels(text)
    mine = box((found[..., 0] > 127) & (found[..., 3] > 127))
    alone = box(pixels(at("H", size_px=90.0))[..., 3] > 127)
    assert (mine[2] - mine[0], mine[3] - mine[1]) == pytest.approx((alone[2] - alone[0], alone[3] - alone[1]), abs=1)
    other = box((found[..., 0] == 0) & (found[..., 3] > 127))
    assert other[3] == pytest.approx(mine[3], abs=1), "they stand on one line"


def test_a_line_is_as_high_as_its_largest_letters() -> None:
    text = at("one\ntwo\nthree", line_height=1.0)
    larger = text.styled(5, 6, size_px=120.0)
    heights = [line.height for line in Setting(larger).lines]
    assert heights[1] == pytest.approx(3 * heights[0], rel=0.02) and heights[2] == heights[0]
    assert Setting(larger).frame.height() == pytest.approx(Setting(text).frame.height() * 5 / 3, rel=0.02)
    one = Setting(larger)
    assert [one.caret(place).dy() for place in (0, 4, 9)] == pytest.approx([h * one.scale for h in heights])


def test_mixed_sizes_break_at_the_same_places_however_large() -> None:
    text = at("Hello wide world again and again", width_px=200.0).styled(6, 10, size_px=61.3)
    large = replace(text.restyled(), width_px=400.0, size_px=80.0).styled(6, 10, size_px=122.6)
    large = large.styled(0, 6, size_px=80.0).styled(10, 32, size_px=80.0)
    starts = [line.start for line in Setting(text).lines]
    assert len(starts) > 2 and starts == [line.start for line in Setting(large).lines]


def test_an_underline_lies_below_its_letters_and_goes_on_through_spaces() -> None:
    text = at("HH HH HH")
    plain, lined = pixels(text)[..., 3], pixels(text.styled(0, 5, underline=True))[..., 3]
    more = box((lined > 127) & (plain < 127))
    foot = box(plain > 127)[3]
    setting = Setting(text)
    assert foot <= more[1] <= foot + 8 and more[3] - more[1] <= 5
    assert more[0] == pytest.approx(20, abs=2) and more[2] == pytest.approx(20 + setting.along(5), abs=3)
    row = lined[(more[1] + more[3]) // 2, more[0] : more[2]]
    assert row.min() > 127, "without a gap"


@pytest.mark.parametrize("parts", [{"weight": 700}, {"italic": True}, {"spacing": 0.3}, {"family": "DejaVu Serif"}])
def test_what_shapes_letters_changes_those_and_moves_the_rest(parts: dict) -> None:
    text = at("one two")
    changed = text.styled(0, 3, **parts)
    alone = pixels(at("one").restyled(**parts))[..., 3]
    width = round(Setting(at("one").restyled(**parts)).along(3))
    assert np.abs(pixels(changed)[:, : 20 + width - 3, 3].astype(int) - alone[:, : 20 + width - 3]).max() <= 40


def test_a_font_that_a_part_asks_for_is_named_and_replaced_when_the_text_is_edited() -> None:
    text = at("one two", family=usual_family()).styled(4, 7, family="Nobody Sans")
    assert missing_family(text) == "Nobody Sans" and missing_families(text) == ["Nobody Sans"]
    painting = Painting.from_array(np.full((300, 600, 4), 255, np.uint8), "ground")
    layer = Layer(new_id(), text.name, tiles=Tiles(PAPER), text=text)
    for edit in add_layer(painting, layer):
        edit.flip(painting)
    assert changed_text(painting, layer, text) == []
    edits = changed_text(painting, layer, text.styled(0, 3, colour=RED))
    for edit in edits:
        edit.flip(painting)
    after = painting.layer(layer.id).text
    assert after is not None and not missing_families(after) and len(after.styles) == 2
    assert drawn_with(after) == after
