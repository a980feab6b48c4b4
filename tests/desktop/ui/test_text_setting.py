"""How texts are set and drawn, whatever fonts a machine has: where ink lies, where the caret stands, what is missing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QFontDatabase
from pytestqt.qtbot import QtBot

from gesso.documents.painting import Layer, Painting, Text, Tiles, new_id
from gesso.documents.painting.edits import add_layer
from gesso.ui.text_fonts import cut, missing_family, units, usual_family
from gesso.ui.text_pixels import changed_text, tiles_of
from gesso.ui.text_setting import Setting
from gesso.values import Size

PAPER = Size(600, 300)
HEBREW, ARABIC, CHINESE = "שלום עולם", "مرحبا بالعالم", "画室里的画家"


def ink(text: Text, dtype: type = np.uint8) -> np.ndarray:
    """The alpha of every pixel, in 0-1."""
    tiles = tiles_of(text, Tiles(PAPER, dtype))
    return tiles.read()[..., 3].astype(np.float64) / tiles.top


def columns(alpha: np.ndarray) -> tuple[int, int]:
    """The first and the last column that has ink."""
    found = np.flatnonzero(alpha.any(axis=0))
    return int(found[0]), int(found[-1])


def at(x: float, y: float, **parts: object) -> Text:
    return Text(**{"size_px": 40.0, "matrix": (1.0, 0.0, 0.0, 1.0, x, y), **parts})


@pytest.fixture(autouse=True)
def _application(qtbot: QtBot) -> None:
    """Fonts need one."""


def test_ink_lies_where_the_frame_says() -> None:
    text = at(100, 80, string="Hello world, how wide", width_px=200.0)
    frame, alpha = Setting(text).frame, ink(text)
    first, last = columns(alpha)
    assert frame.width() == pytest.approx(200)
    assert 98 <= first < last <= 302
    rows = np.flatnonzero(alpha.any(axis=1))
    assert 80 <= rows[0] < rows[-1] <= 80 + frame.height() + 1
    assert len(Setting(text).lines) > 1


def test_larger_letters_hold_more_ink_and_break_at_the_same_places() -> None:
    small = at(10, 10, string="Hello world again", width_px=150.0)
    large = replace(small, size_px=80.0, width_px=300.0)
    assert ink(large).sum() > 3 * ink(small).sum()
    assert [line.start for line in Setting(small).lines] == [line.start for line in Setting(large).lines]


def test_bold_holds_more_ink_than_regular() -> None:
    regular = at(10, 10, string="Hamburg")
    assert ink(replace(regular, weight=700)).sum() > 1.1 * ink(regular).sum()


def test_alignment_moves_the_ink() -> None:
    text = at(100, 50, string="Hello", width_px=400.0)
    start, centre, end = (columns(ink(replace(text, alignment=a))) for a in ("start", "centre", "end"))
    assert abs(start[0] - 100) < 8 and abs(end[1] - 500) < 8
    assert abs(sum(centre) / 2 - 300) < 6


@pytest.mark.parametrize("width", [400.0, None])
def test_each_paragraph_is_aligned_as_it_says(width: float | None) -> None:
    plain = at(20 if width else 300, 20, string="Hello\nHello\nHello", width_px=width)
    mixed = plain.aligned(6, 6, "centre").aligned(12, 12, "end")
    step = Setting(plain).frame.height() / 3
    rows = [slice(round(20 + n * step), round(20 + (n + 1) * step)) for n in range(3)]
    for row, alignment in zip(rows, ("start", "centre", "end"), strict=True):
        alone = ink(plain.restyled(alignment=alignment))
        assert np.array_equal(ink(mixed)[row], alone[row]) and alone[row].any()
    for place, alignment in ((1, "start"), (7, "centre"), (13, "end")):  # the caret goes along
        assert Setting(mixed).caret(place) == Setting(plain.restyled(alignment=alignment)).caret(place)


def test_without_a_box_lines_stand_about_the_place() -> None:
    text = at(300, 50, string="Hello")
    assert columns(ink(text))[0] >= 298
    assert columns(ink(replace(text, alignment="end")))[1] <= 302
    assert abs(sum(columns(ink(replace(text, alignment="centre")))) / 2 - 300) < 6


def test_justified_lines_fill_the_box_but_not_the_last() -> None:
    text = at(
        20, 20, string="one two three four five six seven eight", width_px=260.0, alignment="justify", size_px=30.0
    )
    setting, alpha = Setting(text), ink(text)
    step = setting.frame.height() / len(setting.lines)
    first = columns(alpha[20 : int(20 + step * 0.9)])
    assert len(setting.lines) >= 2 and abs(first[0] - 20) < 6 and abs(first[1] - 280) < 6
    loose = replace(text, alignment="start")
    assert not np.array_equal(ink(loose), alpha)


@pytest.mark.parametrize("string", [HEBREW, ARABIC])
def test_what_is_written_to_the_left_begins_at_the_right(string: str) -> None:
    text = at(100, 50, string=string, width_px=450.0)
    setting = Setting(text)
    assert columns(ink(text))[1] > 530
    assert setting.caret(0).x1() > setting.caret(len(string)).x1()
    assert setting.step(0, -1) == 1 and setting.step(1, 1) == 0
    assert columns(ink(replace(text, alignment="end")))[0] < 110


def test_each_paragraph_goes_by_its_own_first_letter() -> None:
    setting = Setting(at(0, 0, string=f"abc\n{HEBREW}", width_px=500.0))
    assert setting.caret(0).x1() < 10
    assert setting.caret(4).x1() > 490


def test_a_direction_can_be_said() -> None:
    setting = Setting(at(0, 0, string="abc", width_px=500.0, direction="rtl"))
    assert columns(ink(setting.text))[1] > 480


def test_chinese_is_written_in_a_font_that_has_it() -> None:
    """Each sign takes up the room of one, whatever family was asked for."""
    if not QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese):
        return
    text = at(20, 40, string=CHINESE, family=usual_family())
    setting = Setting(text)
    widths = [setting.caret(k + 1).x1() - setting.caret(k).x1() for k in range(len(CHINESE))]
    assert min(widths) > 30
    marks = ink(text)[:, 20 : 20 + int(widths[0])]
    other = ink(text)[:, 20 + int(widths[0]) : 20 + 2 * int(widths[0])]
    assert marks.sum() > 0 and not np.array_equal(marks, other)  # no boxes that stand for letters


def test_a_caret_is_found_where_it_is_drawn() -> None:
    text = at(0, 0, string="Hello\n\nwide world 𝄞 and so on", width_px=220.0)
    setting = Setting(text)
    for position in range(units(text.string) + 1):
        if cut(text.string, position - 1, position) == "\ufffd":
            continue  # in the middle of a sign
        caret = setting.caret(position)
        found = setting.position_at(QPointF(caret.x1(), (caret.y1() + caret.y2()) / 2))
        assert setting.caret(found) == caret


def test_steps_go_over_whole_signs_and_across_lines() -> None:
    setting = Setting(Text("a👩‍🎨b\nc"))
    places = [0]
    while (following := setting.next(places[-1], 1)) != places[-1]:
        places.append(following)
    assert places == [0, 1, 6, 7, 8, 9]
    assert [setting.next(place, -1) for place in places[1:]] == places[:-1]


def test_the_colour_is_exact_and_nothing_is_left_where_no_ink_is() -> None:
    for dtype, top in ((np.uint8, 255), (np.uint16, 65535)):
        tiles = tiles_of(at(20, 20, string="Hello", colour=(1.0, 0.5, 0.0)), Tiles(PAPER, dtype))
        pixels = tiles.read()
        inked = pixels[..., 3] > 0
        assert (pixels[inked][:, :3] == np.rint(np.array([1.0, 0.5, 0.0]) * top)).all()
        assert not pixels[~inked].any() and pixels[..., 3].max() == top


def test_hard_letters_have_no_half_covered_pixels() -> None:
    text = at(20, 20, string="Hello")
    assert set(np.unique(ink(replace(text, antialias=False)))) == {0.0, 1.0}
    assert len(np.unique(ink(text))) > 10


def test_a_text_that_is_turned_keeps_its_ink() -> None:
    text = at(200, 50, string="Hello")
    turned = replace(text, matrix=(0.0, 1.0, -1.0, 0.0, 300.0, 60.0))
    assert ink(turned).sum() == pytest.approx(ink(text).sum(), rel=0.01)


def test_what_lies_beyond_the_canvas_is_no_trouble() -> None:
    assert not tiles_of(at(5000, 20, string="Hello"), Tiles(PAPER)).tiles
    assert 0 < ink(at(-30, 20, string="Hello")).sum() < ink(at(30, 20, string="Hello")).sum()
    assert not tiles_of(at(0, 0, string=" \n "), Tiles(PAPER)).tiles


def written(text: Text) -> tuple[Painting, Layer]:
    """A text layer with pixels that only another machine can make."""
    painting = Painting.from_array(np.full((300, 600, 4), 255, np.uint8), "ground")
    pixels = np.zeros((300, 600, 4), np.uint8)
    pixels[10:20, 10:90] = 77
    layer = Layer(new_id(), text.name, tiles=Tiles.from_array(pixels), text=text)
    for edit in add_layer(painting, layer):
        edit.flip(painting)
    return painting, layer


def test_a_missing_font_is_named_and_its_pixels_stay_until_the_text_is_edited() -> None:
    text = at(20, 20, string="Hello", family="A family that nobody has")
    painting, layer = written(text)
    assert missing_family(text) == "A family that nobody has"
    assert changed_text(painting, layer, text) == []
    for edit in changed_text(painting, layer, replace(text, string="Hallo")):
        edit.flip(painting)
    after = painting.layer(layer.id)
    assert after.text is not None and missing_family(after.text) == "" and after.text.family == usual_family()
    assert after.tiles == tiles_of(after.text, painting.empty_tiles())
    assert after.name == "Hallo"


def test_a_name_that_the_artist_gave_stays() -> None:
    painting, layer = written(at(20, 20, string="Hello"))
    layer = replace(layer, name="Title of the book")
    painting.nodes[layer.id] = layer
    for edit in changed_text(painting, layer, at(20, 20, string="Bye")):
        edit.flip(painting)
    assert painting.nodes[layer.id].name == "Title of the book"
