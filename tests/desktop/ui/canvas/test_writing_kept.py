"""What is typed is kept word by word in one step; boxes are pulled, and columns are written in."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from gesso.documents.painting import Text
from gesso.documents.painting.edits import SetProperty
from gesso.ui.canvas.hands.options import options_of
from gesso.ui.text_pixels import tiles_of
from gesso.values import Trouble
from tests.desktop.ui.canvas.conftest import Hand
from tests.desktop.ui.canvas.writing import CTRL, click, compose, key, session, text_layers, type_, write

Until = Callable[[Callable[[], object]], None]


def test_a_word_is_kept_as_soon_as_it_is_whole_and_all_are_one_step(pen: Hand) -> None:
    before = pen.history.document.snapshot()
    click(pen, 20, 120)
    type_(pen, "one ")
    assert text_layers(pen)[0].text.string == "one "
    type_(pen, "two")
    assert text_layers(pen)[0].text.string == "one "
    key(pen, Qt.Key.Key_Return)
    assert text_layers(pen)[0].text.string == "one two\n" and pen.history.titles == ["Text"]
    type_(pen, "three")
    key(pen, Qt.Key.Key_Escape)
    (layer,) = text_layers(pen)
    assert layer.text.string == "one two\nthree" and pen.history.titles == ["Text"] and layer.name == "one two"
    assert layer.tiles == tiles_of(layer.text, pen.history.document.empty_tiles())
    pen.history.undo()
    assert pen.history.document.same_as(before)
    pen.history.redo()
    assert text_layers(pen) == [layer]


def test_what_is_typed_is_kept_after_a_pause(pen: Hand, until: Until) -> None:
    click(pen, 20, 120)
    type_(pen, "one")
    until(lambda: text_layers(pen))
    assert text_layers(pen)[0].text.string == "one" and pen.view.is_busy
    type_(pen, "s")
    until(lambda: text_layers(pen)[0].text.string == "ones")
    assert pen.history.titles == ["Text"]


def test_what_an_input_method_wrote_is_kept_and_what_it_is_about_to_is_not(pen: Hand) -> None:
    click(pen, 60, 120)
    compose(pen, "hua")
    assert not text_layers(pen)
    compose(pen, "", "画")
    compose(pen, "jia")
    assert text_layers(pen)[0].text.string == "画" and session(pen).typing.shown.string == "画jia"


def test_an_edit_that_goes_on_is_one_step_and_one_that_comes_to_nothing_is_none(pen: Hand) -> None:
    layer = write(pen, "Hello")
    right = np.nonzero(layer.tiles.read()[..., 3])[1].max() + 1
    click(pen, right, 110)
    type_(pen, " you there ")
    assert pen.history.titles == ["Text", "Edit text"]
    for _ in " you there ":
        key(pen, Qt.Key.Key_Backspace)
    key(pen, Qt.Key.Key_Escape)
    assert pen.history.titles == ["Text"] and text_layers(pen) == [layer] and not pen.history.can_redo


def test_a_new_text_all_rubbed_out_again_leaves_nothing(pen: Hand) -> None:
    before = pen.history.document.snapshot()
    click(pen, 20, 120)
    type_(pen, "one two ")
    assert text_layers(pen)
    key(pen, Qt.Key.Key_A, CTRL)
    key(pen, Qt.Key.Key_Delete)
    key(pen, Qt.Key.Key_Escape)
    assert pen.history.document.same_as(before) and pen.history.titles == [] and not pen.history.can_redo


def test_all_letters_of_an_old_text_gone_after_some_were_kept_is_one_step(pen: Hand) -> None:
    layer = write(pen, "Hello")
    click(pen, 80, 110)
    type_(pen, " x ")
    key(pen, Qt.Key.Key_A, CTRL)
    key(pen, Qt.Key.Key_Delete)
    key(pen, Qt.Key.Key_Escape)
    assert not text_layers(pen) and pen.history.titles == ["Text", "Edit text"]
    pen.history.undo()
    assert text_layers(pen) == [layer]


def test_what_was_done_between_stays_a_step_of_its_own(pen: Hand) -> None:
    ground = pen.history.document.layers()[0].id
    click(pen, 20, 120)
    type_(pen, "one ")
    pen.history.apply("Opacity", SetProperty(ground, "opacity", 0.5))
    type_(pen, "two ")
    key(pen, Qt.Key.Key_Escape)
    assert pen.history.titles == ["Text", "Opacity", "Text"] and text_layers(pen)[0].text.string == "one two "
    pen.history.go_to(0)
    assert not text_layers(pen)
    pen.history.go_to(3)
    assert text_layers(pen)[0].text.string == "one two "


def test_a_step_undone_while_it_is_written_is_not_done_again(pen: Hand) -> None:
    click(pen, 20, 120)
    type_(pen, "one two")
    key(pen, Qt.Key.Key_Space)
    pen.history.undo()
    QApplication.processEvents()
    assert not pen.view.is_busy and not text_layers(pen) and pen.history.can_redo
    pen.history.redo()
    assert text_layers(pen)[0].text.string == "one two "


def test_a_disk_that_takes_nothing_is_told_once_and_the_letters_stay(pen: Hand) -> None:
    said: list[Trouble] = []
    pen.view.refused.connect(said.append)

    def refuse(what: str, transaction: object) -> None:
        raise Trouble("full", "safe", "next")

    stop = pen.history.journal(refuse)
    click(pen, 20, 120)
    type_(pen, "one two three ")
    assert len(said) == 1 and not text_layers(pen) and session(pen).text.string == "one two three "
    stop()
    key(pen, Qt.Key.Key_Escape)
    assert text_layers(pen)[0].text.string == "one two three "


# --- boxes and columns -----------------------------------------------------------------------------------------------


def test_the_end_of_a_box_is_pulled(pen: Hand) -> None:
    pen.drag((50, 40), (120, 90), (250, 140))
    type_(pen, "words that do not fit in one line ")
    pen.drag((250, 60), (300, 60), (350, 60))
    assert session(pen).text.width_px == pytest.approx(300, abs=1)
    key(pen, Qt.Key.Key_Escape)
    assert text_layers(pen)[0].text.width_px == pytest.approx(300, abs=1) and pen.history.titles == ["Text"]


def test_columns_begin_where_it_was_clicked_and_go_down(pen: Hand) -> None:
    options_of(pen.view).set(Text, vertical=True)
    layer = write(pen, "HHH", 300, 40)
    rows, columns = np.nonzero(layer.tiles.read()[..., 3])
    assert abs((columns.min() + columns.max() + 1) / 2 - 300) <= 2 and 38 <= rows.min() < 50
    assert rows.max() - rows.min() > 2 * (columns.max() - columns.min())
    click(pen, 300, int(rows.max()) + 1)
    assert session(pen).typing.caret == 3
    key(pen, Qt.Key.Key_Up)
    type_(pen, "x")
    assert session(pen).text.string == "HHxH"


def test_a_drag_makes_a_box_for_columns_and_its_foot_is_pulled(pen: Hand) -> None:
    options_of(pen.view).set(Text, vertical=True)
    pen.drag((50, 40), (120, 90), (250, 190))
    type_(pen, "words that do not fit in one")
    text = session(pen).text
    assert text.width_px == pytest.approx(150) and text.matrix[4:] == pytest.approx((250, 40))
    pen.drag((240, 190), (240, 220), (240, 240))
    assert session(pen).text.width_px == pytest.approx(200, abs=1)


def test_an_input_method_stands_beside_the_column(pen: Hand) -> None:
    options_of(pen.view).set(Text, vertical=True)
    click(pen, 300, 40)
    before = pen.view.inputMethodQuery(Qt.InputMethodQuery.ImCursorRectangle)
    assert before.width() > 20 and before.height() < 4
    compose(pen, "hua")
    after = pen.view.inputMethodQuery(Qt.InputMethodQuery.ImCursorRectangle)
    assert after.y() > before.y() + 20 and after.x() == pytest.approx(before.x())
    compose(pen, "", "画")
    assert session(pen).text.string == "画" and session(pen).text.vertical
