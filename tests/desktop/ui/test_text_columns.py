"""Texts in columns, whatever fonts a machine has: where they go, how each sign stands, where the caret is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QFontDatabase, QKeyEvent
from pytestqt.qtbot import QtBot

from gesso.documents.painting import Text, Tiles
from gesso.ui.text_fonts import cut, units, usual_family
from gesso.ui.text_pixels import tiles_of
from gesso.ui.text_setting import Setting, in_box, in_columns
from gesso.ui.text_typing import Typing
from gesso.ui.text_upright import stand_of
from gesso.values import Size

PAPER = Size(400, 500)
CHINESE = "画室里的画家，今天的光真好！"
SIZE = 60.0


@pytest.fixture(autouse=True)
def _application(qtbot: QtBot) -> None:
    """Fonts need one."""


def families() -> list[str]:
    """The fonts here that have Chinese; every machine that Gesso is used on has some, one that tests may have none."""
    return QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese)


def column(string: str, **parts: object) -> Text:
    """Its first column's right edge at 300, its head at 20."""
    return Text(
        **{"string": string, "size_px": SIZE, "vertical": True, "matrix": (1.0, 0.0, 0.0, 1.0, 300.0, 20.0), **parts}
    )


def ink(text: Text, colour: tuple[float, float, float] | None = None) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of what is inked, or of what is inked in one colour."""
    pixels = tiles_of(text, Tiles(PAPER)).read()
    inked = pixels[..., 3] > 127
    if colour is not None:
        inked &= (np.abs(pixels[..., :3] - np.array(colour) * 255) < 2).all(axis=2)
    rows, columns = np.nonzero(inked)
    return float(columns.min()), float(rows.min()), float(columns.max() + 1), float(rows.max() + 1)


def cell(text: Text, position: int) -> tuple[float, float, float, float]:
    """The square of the sign behind a position, on the paper."""
    setting = Setting(text)
    head, foot = setting.caret(position), setting.caret(position + 1)
    e, f = text.matrix[4:]
    return head.x2() + e, head.y1() + f, head.x1() + e, foot.y1() + f


def middle(box: tuple[float, float, float, float]) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def sides(box: tuple[float, float, float, float]) -> tuple[float, float]:
    return box[2] - box[0], box[3] - box[1]


@pytest.mark.parametrize(
    ("signs", "stand"),
    [
        ("画あア한Ａ①★、"[:-1], "upright"), ("aZ19é(-אש", "turned"), ("（）「」『』【】《》ー～", "turned"), ("、。，．", "corner"),
        ("ゃッぁ", "small"), ("！？：；", "middle"), ("…—", "axis"), ("𠀀🎨", "upright"),
    ],
)  # fmt: skip
def test_how_signs_stand_in_a_column(signs: str, stand: str) -> None:
    assert {stand_of(sign) for sign in signs} == {stand}


def test_columns_follow_each_other_from_the_right_to_the_left() -> None:
    setting = Setting(column("ab\ncd\nef"))
    carets = [setting.caret(position) for position in (0, 3, 6)]
    assert carets[0].x1() > carets[1].x1() > carets[2].x1()
    assert all(caret.y1() == caret.y2() and caret.x1() > caret.x2() for caret in carets)
    assert setting.caret(1).y1() > setting.caret(0).y1()
    assert setting.frame.right() == pytest.approx(0) and setting.frame.top() == 0


def test_columns_break_where_lines_of_that_length_do() -> None:
    text = column("words that do not fit in one column of these", width_px=200.0, size_px=30.0)
    lines = Setting(replace(text, vertical=False)).lines
    setting = Setting(text)
    assert len(lines) > 2 and [line.start for line in setting.lines] == [line.start for line in lines]
    assert setting.frame.height() == pytest.approx(200)
    box = ink(text)
    assert 300 + setting.frame.left() <= box[0] and box[2] <= 301 and box[1] >= 19 and box[3] <= 221


def test_a_column_at_the_end_stands_at_the_foot_and_a_justified_one_fills_its_box() -> None:
    text = column("one two three four five six", width_px=240.0, size_px=30.0)
    assert ink(replace(text, alignment="end", string="one"))[3] == pytest.approx(260, abs=5)
    full = Setting(replace(text, alignment="justify"))
    assert len(full.lines) > 1
    marked = full.marked(0, full.lines[0].end)
    assert max(rect.bottom() for rect in marked) == pytest.approx(240, abs=12)


def test_chinese_stands_upright_in_the_middle_of_its_column() -> None:
    for family in families():
        text = column("国", family=family)
        flat = ink(replace(text, vertical=False))
        box = ink(text)
        assert sides(box) == pytest.approx(sides(flat), abs=1.01)
        assert middle(box) == pytest.approx(middle(cell(text, 0)), abs=2.5)


def test_latin_letters_are_turned_with_the_column() -> None:
    text = column("L", family=usual_family())
    wide, high = sides(ink(replace(text, vertical=False)))
    assert sides(ink(text)) == pytest.approx((high, wide), abs=1.01)
    pixels = tiles_of(text, Tiles(PAPER)).read()[..., 3]
    left, top, right, bottom = (int(side) for side in ink(text))
    part = pixels[top:bottom, left:right].astype(int)
    assert part[:, : (right - left) // 3].sum() > part[:, -(right - left) // 3 :].sum(), "its foot is at the left"


def test_a_comma_stands_at_the_upper_right_of_its_square() -> None:
    for family in families():
        for sign in "，。、":
            flat = replace(column("国" + sign, family=family), vertical=False, matrix=(1.0, 0.0, 0.0, 1.0, 20.0, 20.0))
            setting = Setting(flat)
            ink_of_sign = ink(flat.styled(1, 2, colour=(1.0, 0.0, 0.0)), (1.0, 0.0, 0.0))
            if middle(ink_of_sign)[0] > 20 + setting.caret(1).x1() + SIZE * 0.4:
                continue  # a font that has it in the middle has it there in columns, too
            text = column("国" + sign, family=family).styled(1, 2, colour=(1.0, 0.0, 0.0))
            at, square = middle(ink(text, (1.0, 0.0, 0.0))), middle(cell(text, 1))
            assert at[0] > square[0] + 5 and at[1] < square[1] - 5, (family, sign)


def test_brackets_and_dashes_lie_across_the_column() -> None:
    for family in families():
        for sign in "（」—":
            text = column(sign, family=family)
            wide, high = sides(ink(replace(text, vertical=False)))
            assert sides(ink(text)) == pytest.approx((high, wide), abs=1.01), (family, sign)


def test_no_font_makes_another_sign_of_punctuation() -> None:
    """Some fonts have tables that name signs which were cut out of them."""
    for family in families():
        for sign in "、。「」ー（）":
            text = column(sign, family=family)
            flat, box = sorted(sides(ink(replace(text, vertical=False)))), sorted(sides(ink(text)))
            assert box == pytest.approx(flat, rel=0.7), (family, sign)


def test_dots_of_an_ellipsis_lie_along_the_middle() -> None:
    text = column("…", family=usual_family())
    box = ink(text)
    assert middle(box)[0] == pytest.approx(middle(cell(text, 0))[0], abs=1.5) and sides(box)[1] > sides(box)[0]


def test_each_sign_is_in_its_own_square_though_fonts_help_each_other_out() -> None:
    """Latin and Chinese of one line mostly come from two fonts."""
    string = "张12图fx…a、b国"
    colours = [(0.0, 0.0, number / 20) for number in range(len(string))]
    for vertical in (True, False):
        where = (300.0, 20.0) if vertical else (10.0, 60.0)
        text = column(string, family=usual_family(), vertical=vertical, size_px=30.0, antialias=False,
                      matrix=(1.0, 0.0, 0.0, 1.0, *where))  # fmt: skip
        for place, colour in enumerate(colours):
            text = text.styled(place, place + 1, colour=colour)
        setting = Setting(text)
        for place, colour in enumerate(colours):
            box = ink(text, colour)
            start, end = setting.along(place), setting.along(place + 1)
            first, last = (box[1] - 20, box[3] - 20) if vertical else (box[0] - 10, box[2] - 10)
            assert start - 2.5 <= first <= last <= end + 2.5, string[place]


def test_a_caret_is_found_where_it_is_drawn() -> None:
    text = column("Hello\n\n画室 wide 𝄞 and so on，又", width_px=220.0)
    setting = Setting(text)
    assert len(setting.lines) > 3
    for position in range(units(text.string) + 1):
        if cut(text.string, position - 1, position) == "\ufffd":
            continue  # in the middle of a sign
        caret = setting.caret(position)
        found = setting.position_at(QPointF((caret.x1() + caret.x2()) / 2, caret.y1()))
        assert setting.caret(found) == caret


def press(typing: Typing, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    assert typing.key(QKeyEvent(QEvent.Type.KeyPress, key, modifiers))


def test_arrows_go_the_way_that_they_point() -> None:
    typing = Typing(column("abcd\nefgh"))
    typing.go(1)
    press(typing, Qt.Key.Key_Down)
    assert typing.caret == 2
    press(typing, Qt.Key.Key_Up)
    press(typing, Qt.Key.Key_Left)
    assert typing.caret in (5, 6, 7)
    press(typing, Qt.Key.Key_Right)
    assert typing.caret == 1
    press(typing, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert typing.selection == "b"
    press(typing, Qt.Key.Key_End)
    assert typing.caret == 4


def test_what_is_selected_is_marked_down_the_column() -> None:
    setting = Setting(column("abcdef"))
    (rect,) = setting.marked(1, 3)
    assert rect.top() == pytest.approx(setting.caret(1).y1(), abs=1)
    assert rect.bottom() == pytest.approx(setting.caret(3).y1(), abs=1)
    assert rect.width() == pytest.approx(setting.frame.width(), abs=1)


def test_an_underline_stands_at_the_left_of_its_column() -> None:
    text = column("HHHH")
    before, after = ink(text), ink(text.restyled(underline=True))
    assert after[0] < before[0] - 3 and after[2] == before[2]


@pytest.mark.parametrize("parts", [{}, {"width_px": 150.0}, {"alignment": "centre"}, {"alignment": "end"}])
def test_turned_into_columns_and_boxed_it_stays_where_it_was(parts: dict) -> None:
    def corner(text: Text) -> QPointF:
        e, f = text.matrix[4:]
        return Setting(text).frame.topLeft() + QPointF(e, f)

    text = column("Hello 画室\nand more", vertical=False, **parts)
    at = corner(text)
    turned = in_columns(text, True)
    assert turned.vertical and (corner(turned) - at).manhattanLength() < 1e-6
    back = in_columns(turned, False)
    assert back.matrix == pytest.approx(text.matrix) and replace(back, matrix=text.matrix) == text
    boxed = in_box(in_box(turned, False), True)
    assert boxed.width_px is not None and (corner(boxed) - at).manhattanLength() < 1e-6
    assert len(Setting(boxed).lines) >= 2


def test_a_text_that_is_scaled_and_turned_moves_within_its_own_frame() -> None:
    text = column("Hello", vertical=False, matrix=(0.0, 2.0, -2.0, 0.0, 200.0, 100.0))
    turned = in_columns(text, True)
    assert turned.placement[:2, :2].tolist() == text.placement[:2, :2].tolist()
    before, after = (Setting(one).frame.topLeft() for one in (text, turned))
    at = [one.placement @ np.array([corner.x(), corner.y(), 1.0]) for one, corner in ((text, before), (turned, after))]
    assert at[0] == pytest.approx(at[1])
