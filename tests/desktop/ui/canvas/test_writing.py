"""Writing on the canvas with real events: click, type, compose, drag, undo, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from gesso.documents.painting import Painting
from gesso.documents.painting.edits import SetProperty, SetSelection
from gesso.ui.canvas.hands.options import Transforming, options_of
from gesso.ui.canvas.hands.transform import Transform
from gesso.ui.text_deeds import finish_writing
from gesso.ui.text_pixels import tiles_of
from gesso.values import Trouble
from tests.desktop.ui.canvas.conftest import Hand
from tests.desktop.ui.canvas.writing import CTRL, SHIFT, click, compose, key, session, text_layers, type_, write

Until = Callable[[Callable[[], object]], None]


def test_a_click_and_some_keys_make_one_step_and_a_text_layer(pen: Hand) -> None:
    layer = write(pen, "Hello b [1")
    text = layer.text
    assert text is not None and text.string == "Hello b [1" and layer.name == "Hello b [1"
    assert pen.history.titles == ["Text"] and pen.history.document.active == layer.id
    assert layer.tiles == tiles_of(text, pen.history.document.empty_tiles()) and layer.tiles.tiles
    assert text.colour == (1.0, 0.0, 0.0)
    pen.history.undo()
    assert not text_layers(pen)


def test_the_first_line_stands_on_the_place_that_was_clicked(pen: Hand) -> None:
    layer = write(pen, "HHH", 60, 120)
    rows, columns = np.nonzero(layer.tiles.read()[..., 3])
    assert abs(rows.max() + 1 - 120) <= 1 and 58 <= columns.min() < 70


def test_nothing_typed_leaves_nothing(pen: Hand) -> None:
    before = pen.history.document.snapshot()
    click(pen, 60, 120)
    assert pen.view.is_busy
    key(pen, Qt.Key.Key_Escape)
    assert not pen.view.is_busy and pen.history.titles == [] and pen.history.document.same_as(before)


def test_return_begins_a_line_and_ctrl_return_ends(pen: Hand) -> None:
    click(pen, 60, 100)
    type_(pen, "one")
    key(pen, Qt.Key.Key_Return)
    type_(pen, "two")
    key(pen, Qt.Key.Key_Return, CTRL)
    assert not pen.view.is_busy and text_layers(pen)[0].text.string == "one\ntwo"


def test_a_drag_makes_a_box(pen: Hand) -> None:
    pen.drag((50, 40), (120, 90), (250, 140))
    type_(pen, "words that do not fit in one line")
    key(pen, Qt.Key.Key_Escape)
    text = text_layers(pen)[0].text
    assert text.width_px == pytest.approx(200) and text.matrix[4:] == pytest.approx((50, 40))


def test_a_click_on_letters_goes_into_them(pen: Hand) -> None:
    layer = write(pen, "Hello")
    columns = np.nonzero(layer.tiles.read()[..., 3])[1]
    click(pen, columns.max() + 1, 110)
    type_(pen, "!")
    key(pen, Qt.Key.Key_Escape)
    assert [one.text.string for one in text_layers(pen)] == ["Hello!"]
    assert pen.history.titles == ["Text", "Edit text"] and text_layers(pen)[0].name == "Hello!"
    pen.history.undo()
    assert text_layers(pen)[0] == layer


def test_while_it_is_edited_it_is_seen_as_it_will_be(pen: Hand) -> None:
    layer = write(pen, "Hello")
    columns = np.nonzero(layer.tiles.read()[..., 3])[1]
    click(pen, columns.max() + 1, 110)
    for _ in range(5):
        key(pen, Qt.Key.Key_Backspace)
    assert pen.colour(columns.min() + 2, 100) == Qt.GlobalColor.white
    type_(pen, "HHHHHHHH")
    session(pen).typing.go(0)
    before = pen.shown()
    key(pen, Qt.Key.Key_Escape)
    after = pen.shown()
    wrong = (before != after).any(axis=2)
    assert np.flatnonzero(wrong.any(axis=0)).size <= 6, "nothing but the caret is different"


def test_a_look_into_a_text_changes_nothing(pen: Hand) -> None:
    write(pen, "Hello")
    click(pen, 80, 110)
    key(pen, Qt.Key.Key_Escape)
    assert pen.history.titles == ["Text"]


def test_a_click_beside_a_text_ends_it_and_begins_the_next(pen: Hand) -> None:
    click(pen, 20, 60)
    type_(pen, "one")
    click(pen, 200, 250)
    type_(pen, "two")
    key(pen, Qt.Key.Key_Escape)
    assert [one.text.string for one in text_layers(pen)] == ["one", "two"]


def test_all_letters_gone_takes_the_layer_away(pen: Hand) -> None:
    write(pen, "Hello")
    click(pen, 80, 110)
    key(pen, Qt.Key.Key_A, CTRL)
    key(pen, Qt.Key.Key_Delete)
    key(pen, Qt.Key.Key_Escape)
    assert not text_layers(pen)
    pen.history.undo()
    assert text_layers(pen)[0].text.string == "Hello"


def test_keys_move_select_copy_and_go_back(pen: Hand) -> None:
    click(pen, 20, 120)
    type_(pen, "one two")
    key(pen, Qt.Key.Key_Left, CTRL | SHIFT)
    assert session(pen).typing.selection == "two"
    key(pen, Qt.Key.Key_X, CTRL)
    assert session(pen).text.string == "one " and QGuiApplication.clipboard().text() == "two"
    key(pen, Qt.Key.Key_Home)
    key(pen, Qt.Key.Key_V, CTRL)
    assert session(pen).text.string == "twoone "
    key(pen, Qt.Key.Key_Z, CTRL)
    key(pen, Qt.Key.Key_Z, CTRL)
    assert session(pen).text.string == "one two"
    key(pen, Qt.Key.Key_Z, CTRL | SHIFT)
    assert session(pen).text.string == "one "
    key(pen, Qt.Key.Key_Z, CTRL)
    key(pen, Qt.Key.Key_Z, CTRL)
    assert session(pen).text.string == ""  # what was typed in one go is one step
    key(pen, Qt.Key.Key_Escape)
    assert pen.history.titles == []


def test_backspace_takes_one_whole_sign(pen: Hand) -> None:
    click(pen, 20, 120)
    session(pen).typing.insert("a👩‍🎨")
    key(pen, Qt.Key.Key_Backspace)
    assert session(pen).text.string == "a"


def test_the_pointer_selects(pen: Hand) -> None:
    layer = write(pen, "Hello")
    columns = np.nonzero(layer.tiles.read()[..., 3])[1]
    click(pen, columns.min(), 110)
    pen.drag((columns.min(), 110), (columns.min() + 20, 110), (columns.max() + 3, 110))
    assert session(pen).typing.selection == "Hello"
    type_(pen, "Bye")
    assert session(pen).text.string == "Bye"


def test_a_double_click_selects_a_word(pen: Hand) -> None:
    write(pen, "one two")
    click(pen, 70, 110)
    QTest.mouseDClick(pen.view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, pen.at(70, 110))
    assert session(pen).typing.selection == "one"


def test_a_style_is_that_of_what_is_selected_be_it_all(pen: Hand) -> None:
    click(pen, 20, 120)
    type_(pen, "one two")
    key(pen, Qt.Key.Key_Left, CTRL | SHIFT)
    session(pen).restyle(weight=700, colour=(0.0, 0.0, 1.0))
    assert session(pen).typing.selection == "two"
    type_(pen, "six")  # written over, it keeps the style
    key(pen, Qt.Key.Key_Home)
    type_(pen, "a ")
    text = session(pen).text
    assert [(run.start, run.end, run.style.weight) for run in text.runs] == [(6, 9, 700)] and text.string == "a one six"
    key(pen, Qt.Key.Key_A, CTRL)
    session(pen).restyle(size_px=60.0)
    assert {style.size_px for style in session(pen).text.styles} == {60.0}
    key(pen, Qt.Key.Key_Z, CTRL)
    assert session(pen).text == text
    key(pen, Qt.Key.Key_Escape)
    layer = text_layers(pen)[0]
    assert layer.text.string == text.string and [(run.start, run.end) for run in layer.text.runs] == [(6, 9)]
    assert (layer.tiles.read()[..., 2] > 250).any() and pen.history.titles == ["Text"]


def runs(pen: Hand) -> list[tuple[str, int]]:
    """What stands there by weight."""
    text = session(pen).text
    return [(text.string[run.start : run.end], run.style.weight) for run in text.pieces]


def test_a_style_without_a_selection_is_that_of_what_is_written_next(pen: Hand) -> None:
    click(pen, 20, 120)
    session(pen).restyle(weight=300)  # nothing is written yet: the text begins like that
    type_(pen, "one")
    session(pen).restyle(weight=700)
    session(pen).restyle(italic=True)
    assert runs(pen) == [("one", 300)], "what stands there stays"
    [style] = session(pen).typing.styles
    assert (style.weight, style.italic) == (700, True)
    type_(pen, "two")
    key(pen, Qt.Key.Key_Return)
    type_(pen, "x")
    assert runs(pen) == [("one", 300), ("two\nx", 700)]
    key(pen, Qt.Key.Key_Home, CTRL)
    session(pen).restyle(weight=900)
    key(pen, Qt.Key.Key_Right)  # elsewhere, it is forgotten
    type_(pen, "y")
    assert runs(pen) == [("oyne", 300), ("two\nx", 700)]


def test_an_input_method_writes_in_the_style_that_was_chosen_for_what_comes_next(pen: Hand) -> None:
    click(pen, 20, 120)
    type_(pen, "a")
    session(pen).restyle(weight=700)
    compose(pen, "hua")
    assert [run.style.weight for run in session(pen).typing.shown.pieces] == [400, 700]
    compose(pen, "", "画")
    type_(pen, "b")
    assert runs(pen) == [("a", 400), ("画b", 700)]


def test_an_alignment_is_that_of_the_paragraphs_in_which_one_writes(pen: Hand) -> None:
    click(pen, 120, 60)
    type_(pen, "one")
    key(pen, Qt.Key.Key_Return)
    session(pen).restyle(alignment="end")
    type_(pen, "two")
    key(pen, Qt.Key.Key_Return)
    session(pen).restyle(alignment="centre")
    type_(pen, "three")
    assert session(pen).text.paragraphs == ("start", "end", "centre")
    key(pen, Qt.Key.Key_Up, SHIFT)
    assert session(pen).typing.alignments == ("end", "centre")
    session(pen).restyle(alignment="justify")
    assert session(pen).text.paragraphs == ("start", "justify", "justify")
    key(pen, Qt.Key.Key_Z, CTRL)
    key(pen, Qt.Key.Key_Escape)
    assert text_layers(pen)[0].text.paragraphs == ("start", "end", "centre")


def test_shortcuts_of_the_window_are_letters_while_one_writes(pen: Hand) -> None:
    def is_kept(pressed: Qt.Key, modifiers: Qt.KeyboardModifier, string: str = "") -> bool:
        event = QKeyEvent(QEvent.Type.ShortcutOverride, pressed, modifiers, string)
        event.ignore()
        QApplication.sendEvent(pen.view, event)
        return event.isAccepted()

    none = Qt.KeyboardModifier.NoModifier
    assert not is_kept(Qt.Key.Key_B, none, "b")
    click(pen, 60, 120)
    assert is_kept(Qt.Key.Key_B, none, "b") and is_kept(Qt.Key.Key_Z, CTRL) and is_kept(Qt.Key.Key_Return, CTRL)
    assert not is_kept(Qt.Key.Key_S, CTRL) and not is_kept(Qt.Key.Key_F1, none)


def test_an_input_method_shows_what_it_is_about_to_write(pen: Hand) -> None:
    click(pen, 60, 120)
    type_(pen, "a")
    assert pen.view.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
    before = pen.view.inputMethodQuery(Qt.InputMethodQuery.ImCursorRectangle)
    blank = pen.shown()
    compose(pen, "hua")
    assert session(pen).text.string == "a" and session(pen).typing.shown.string == "ahua"
    assert not np.array_equal(pen.shown(), blank)
    after = pen.view.inputMethodQuery(Qt.InputMethodQuery.ImCursorRectangle)
    assert isinstance(after, QRectF) and after.x() > before.x()
    compose(pen, "", "画")
    assert session(pen).text.string == "a画"
    assert pen.view.inputMethodQuery(Qt.InputMethodQuery.ImSurroundingText) == "a画"
    assert pen.view.inputMethodQuery(Qt.InputMethodQuery.ImCursorPosition) == 2
    key(pen, Qt.Key.Key_Escape)
    assert text_layers(pen)[0].text.string == "a画"
    assert not pen.view.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)


def test_what_is_half_composed_is_not_lost(pen: Hand) -> None:
    click(pen, 60, 120)
    compose(pen, "ni")
    finish_writing(pen.view)
    assert text_layers(pen)[0].text.string == "ni"


def test_the_cursor_rectangle_follows_zoom_turn_and_mirror(pen: Hand) -> None:
    for change in (
        lambda: pen.view.zoom_by(2),
        lambda: setattr(pen.view, "angle", 30),
        lambda: setattr(pen.view, "is_mirrored", True),
    ):
        change()
        click(pen, 200, 150)
        rect = pen.view.inputMethodQuery(Qt.InputMethodQuery.ImCursorRectangle)
        foot = pen.view.from_image(QPointF(200, 150))
        assert rect.adjusted(-2, -12, 2, 12).contains(foot)
        type_(pen, "x")
        key(pen, Qt.Key.Key_Escape)
        assert text_layers(pen)[-1].text.matrix[4] == pytest.approx(200, abs=1)
        pen.history.undo()


def test_leaving_keeps_what_was_written(pen: Hand, until: Until) -> None:
    click(pen, 60, 120)
    type_(pen, "one")
    pen.view.tool = "brush"
    assert text_layers(pen)[0].text.string == "one"
    pen.view.tool = "text"
    click(pen, 60, 250)
    type_(pen, "two")
    pen.view.hide()
    until(lambda: len(text_layers(pen)) == 2)


def test_the_keyboard_going_elsewhere_ends_it(pen: Hand) -> None:
    elsewhere = QLineEdit(pen.view)
    elsewhere.show()
    click(pen, 60, 120)
    type_(pen, "one")
    elsewhere.setFocus()
    assert not pen.view.is_busy and text_layers(pen)[0].text.string == "one"


def test_another_change_does_not_end_it_and_loses_nothing(pen: Hand) -> None:
    ground = pen.history.document.layers()[0].id
    click(pen, 60, 120)
    type_(pen, "one")
    pen.history.apply("Opacity", SetProperty(ground, "opacity", 0.5))
    type_(pen, " two")
    key(pen, Qt.Key.Key_Escape)
    assert text_layers(pen)[0].text.string == "one two"


def test_a_text_that_is_taken_away_under_the_hand_is_no_trouble(pen: Hand, until: Until) -> None:
    write(pen, "Hello")
    click(pen, 80, 110)
    type_(pen, "x")
    pen.history.undo()
    assert not pen.view.is_busy
    QApplication.processEvents()
    assert not text_layers(pen)


def test_a_locked_text_is_left_alone(pen: Hand) -> None:
    layer = write(pen, "Hello")
    pen.history.apply("Lock", SetProperty(layer.id, "locked", True))
    said: list[Trouble] = []
    pen.view.refused.connect(said.append)
    click(pen, 80, 110)
    assert not pen.view.is_busy and "locked" in said[0].what


def test_a_brush_is_told_to_rasterise(pen: Hand) -> None:
    write(pen, "Hello")
    said: list[Trouble] = []
    pen.view.refused.connect(said.append)
    pen.view.tool = "brush"
    pen.drag((50, 50), (90, 90))
    assert len(said) == 1 and "is a text layer" in said[0].what and "Rasterise" in said[0].next


def lettered(pen: Hand) -> Transform:
    write(pen, "Hello")
    pen.view.tool = "transform"
    click(pen, 90, 110)
    live = options_of(pen.view).live
    assert isinstance(live, Transform)
    return live


def test_a_text_that_is_moved_and_scaled_stays_one(pen: Hand) -> None:
    live = lettered(pen)
    before = text_layers(pen)[0]
    live.set_pose(replace(live.pose, move=(30.0, -20.0), scale=(1.5, 1.5), degrees=10.0))
    key(pen, Qt.Key.Key_Return)
    after = text_layers(pen)[0]
    assert after.text.string == "Hello" and after.text.matrix != before.text.matrix
    assert after.tiles == tiles_of(after.text, pen.history.document.empty_tiles())
    pen.history.undo()
    assert text_layers(pen)[0] == before


def test_in_perspective_it_becomes_pixels_and_that_is_said(pen: Hand) -> None:
    said: list[Trouble] = []
    pen.view.refused.connect(said.append)
    live = lettered(pen)
    live.set_pose(replace(live.pose, corners=((-10.0, 0.0), (0.0, 0.0), (0.0, 0.0), (0.0, 0.0))))
    key(pen, Qt.Key.Key_Return)
    assert not text_layers(pen) and "became pixels" in said[0].what
    pen.history.undo()
    assert text_layers(pen)[0].text.string == "Hello"


def test_a_part_of_a_text_is_not_moved(pen: Hand) -> None:
    write(pen, "Hello")
    document: Painting = pen.history.document
    pen.history.apply("Select", SetSelection(document.empty_tiles().__class__(document.size, np.uint8, 1)))
    said: list[Trouble] = []
    pen.view.refused.connect(said.append)
    pen.view.tool = "transform"
    click(pen, 90, 110)
    assert not pen.view.is_busy and "is a text layer" in said[0].what
    assert options_of(pen.view)[Transforming].how == "bicubic"
