"""The bar of texts, and texts in the whole window: they are restyled, saved while they are written, told and rasterised."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFontDatabase
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QColorDialog

from gesso.documents.painting import Layer, Painting, Text
from gesso.documents.painting.text import SetText
from gesso.files import project
from gesso.files.session import recover
from gesso.ui.canvas.hands.options import options_of
from gesso.ui.canvas.hands.text import Write
from gesso.ui.option_bar import OptionBar
from gesso.ui.text_bar import TextBar
from gesso.ui.text_fonts import usual_family
from gesso.ui.text_pixels import tiles_of
from gesso.ui.window import Window
from gesso.values import Colour

Until = Callable[[Callable[[], object]], None]
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def desk(window: Window) -> Window:
    """A white painting, and the hand that writes."""
    window.easel.put(window.easel.begin(Painting.from_array(np.full((300, 400, 4), 255, np.uint8), "ground", "white")))
    window.set_tool("text")
    return window


def bar(window: Window) -> TextBar:
    found = window.option_bars["text"]
    assert isinstance(found, TextBar) and isinstance(found, OptionBar)
    return found


def click(window: Window, x: float, y: float) -> None:
    at = window.canvas.from_image(QPointF(x, y)).toPoint()
    QTest.mouseClick(window.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)


def begin(window: Window, string: str) -> Write:
    """What stands there and is still being written."""
    click(window, 60, 150)
    QTest.keyClicks(window.canvas, string)
    found = options_of(window.canvas).live
    assert isinstance(found, Write)
    return found


def end(window: Window) -> Layer:
    QTest.keyClick(window.canvas, Qt.Key.Key_Escape)
    return text_layer(window)


def text_layer(window: Window) -> Layer:
    assert window.easel.painting is not None
    return next(layer for layer in window.easel.painting.layers() if layer.text is not None)


def test_the_bar_restyles_what_is_written_and_the_keys_go_on_in_it(desk: Window) -> None:
    live = begin(desk, "one")
    QTest.keyClick(desk.canvas, Qt.Key.Key_A, CTRL)
    bar(desk).size.setValue(80)
    bar(desk).italic.click()
    bar(desk).alignments["centre"].click()
    bar(desk).weight.setCurrentIndex(bar(desk).weight.findData(700))
    bar(desk).weight.activated.emit(bar(desk).weight.currentIndex())
    assert options_of(desk.canvas).live is live and desk.canvas.hasFocus()
    QTest.keyClick(desk.canvas, Qt.Key.Key_End)
    QTest.keyClicks(desk.canvas, " two")
    text = end(desk).text
    assert text is not None and text.string == "one two" and text.runs == ()
    assert (text.size_px, text.italic, text.alignment, text.weight) == (80, True, "centre", 700)
    assert desk.easel.history is not None and desk.easel.history.titles == ["Text"]


def test_the_bar_restyles_the_active_text_and_the_next_one_begins_like_it(desk: Window) -> None:
    begin(desk, "one")
    layer = end(desk)
    bar(desk).line_height.setValue(200)
    bar(desk).spacing.setValue(10)
    after = text_layer(desk)
    assert after.text == replace(layer.text, line_height=2.0, spacing=0.1)
    assert after.tiles == tiles_of(after.text, layer.tiles.__class__(layer.tiles.size))
    assert desk.easel.history is not None and desk.easel.history.titles == ["Text", "Text style", "Text style"]
    click(desk, 60, 270)
    live = options_of(desk.canvas).live
    assert isinstance(live, Write) and live.text.line_height == 2.0


def test_the_bar_changes_what_is_selected_and_shows_what_differs_as_nothing(desk: Window) -> None:
    live = begin(desk, "one two")
    QTest.keyClick(desk.canvas, Qt.Key.Key_Left, CTRL | SHIFT)
    bar(desk).size.setValue(80)
    bar(desk).italic.click()
    bar(desk).underline.click()
    desk.brush_bar.set_colour(Colour(0, 0, 1))
    assert live.typing.selection == "two" and desk.canvas.hasFocus()
    assert bar(desk).size.value() == 80 and bar(desk).italic.isChecked() and bar(desk).underline.isChecked()
    QTest.keyClick(desk.canvas, Qt.Key.Key_Home)
    assert bar(desk).size.value() == 48, "that of what would be written there"
    QTest.keyClick(desk.canvas, Qt.Key.Key_A, CTRL)
    assert bar(desk).size.lineEdit().text() == "" and not bar(desk).italic.isChecked()
    bar(desk).weight.setCurrentIndex(bar(desk).weight.findData(700))
    bar(desk).weight.activated.emit(bar(desk).weight.currentIndex())
    text = end(desk).text
    assert text is not None and text.pieces[0].end == 4 and len(text.pieces) == 2
    first, second = (piece.style for piece in text.pieces)
    assert (second.size_px, second.italic, second.underline, second.colour) == (80, True, True, (0, 0, 1))
    assert (first.size_px, first.italic, first.underline) == (48, False, False) and first.weight == second.weight == 700
    assert desk.easel.history is not None and desk.easel.history.titles == ["Text"]
    assert options_of(desk.canvas)[Text].size_px == 48, "what was said of a part is not what the next text begins with"


def test_another_brush_colour_leaves_a_text_of_several_colours_alone(desk: Window) -> None:
    begin(desk, "one two")
    QTest.keyClick(desk.canvas, Qt.Key.Key_Left, CTRL | SHIFT)
    desk.brush_bar.set_colour(Colour(0, 0, 1))
    before = end(desk)
    desk.brush_bar.set_colour(Colour(0, 1, 0))
    assert text_layer(desk) == before and len(before.text.runs) == 1


def test_the_bar_turns_a_text_into_columns_and_boxes_it(desk: Window) -> None:
    assert not bar(desk).box.isEnabled()
    live = begin(desk, "one two")
    bar(desk).ways[True].click()
    assert live.text.vertical and bar(desk).ways[True].isChecked() and desk.canvas.hasFocus()
    bar(desk).box.click()
    assert live.text.width_px is not None and bar(desk).box.isChecked()
    layer = end(desk)
    assert layer.text is not None and layer.text.vertical and options_of(desk.canvas)[Text].vertical
    bar(desk).box.click()
    bar(desk).ways[False].click()
    after = text_layer(desk)
    assert after.text is not None and not after.text.vertical and after.text.width_px is None
    assert after.tiles == tiles_of(after.text, layer.tiles.__class__(layer.tiles.size))
    assert desk.easel.history is not None and desk.easel.history.titles == ["Text", "Text style", "Text style"]


def test_going_on_after_it_was_saved_is_a_change_to_be_saved(desk: Window, tmp_path: Path) -> None:
    begin(desk, "one ")
    one = desk.easel.shown
    assert one is not None
    desk.easel.saved(tmp_path / "letters.gesso", one.session.changes)
    assert not one.is_modified
    QTest.keyClicks(desk.canvas, "two ")
    assert one.is_modified and desk.easel.history is not None and desk.easel.history.titles == ["Text"]


def test_the_colour_is_that_of_the_brush(desk: Window) -> None:
    live = begin(desk, "one")
    desk.brush_bar.set_colour(Colour(0, 0, 1))
    assert live.text.colour == (0, 0, 0), "what stands there stays"
    QTest.keyClicks(desk.canvas, " two")
    assert [style.colour for style in live.text.styles] == [(0, 0, 0), (0, 0, 1)]
    QTest.keyClick(desk.canvas, Qt.Key.Key_A, CTRL)
    desk.brush_bar.set_colour(Colour(1, 0, 0))
    text = end(desk).text
    assert text is not None and text.colour == (1, 0, 0) and text.runs == ()
    desk.brush_bar.set_colour(Colour(0, 1, 0))
    assert text_layer(desk).text.colour == (0, 1, 0), "all of one that is not written"


def test_the_swatch_is_the_letters_own_and_asks_for_another(desk: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def answer(now: QColor, *_: object) -> QColor:
        asked.append(now.name())
        return QColor("#000000") if len(asked) == 1 else QColor()

    monkeypatch.setattr(QColorDialog, "getColor", answer)
    begin(desk, "one")
    QTest.keyClick(desk.canvas, Qt.Key.Key_A, CTRL)
    desk.brush_bar.set_colour(Colour(1, 0, 0))
    end(desk)
    desk.set_tool("brush")
    desk.brush_bar.set_colour(Colour(0, 0, 0))  # another tool's business: the letters stay as they are
    desk.set_tool("text")
    assert text_layer(desk).text.colour == (1, 0, 0) and bar(desk).colour == Colour(1, 0, 0)
    bar(desk).swatch.click()
    assert text_layer(desk).text.colour == (0, 0, 0), "even though the brush had that colour already"
    bar(desk).swatch.click()
    assert asked == ["#ff0000", "#000000"] and text_layer(desk).text.colour == (0, 0, 0)


def test_what_is_said_at_the_caret_is_shown_and_is_not_what_the_next_text_begins_with(desk: Window) -> None:
    begin(desk, "one")
    bar(desk).size.setValue(80)
    bar(desk).italic.click()
    assert bar(desk).size.value() == 80 and bar(desk).italic.isChecked() and desk.canvas.hasFocus()
    assert options_of(desk.canvas)[Text].size_px == 48
    QTest.keyClick(desk.canvas, Qt.Key.Key_Home)
    assert bar(desk).size.value() == 48 and not bar(desk).italic.isChecked()


def test_the_bar_aligns_the_paragraph_and_shows_none_where_they_differ(desk: Window) -> None:
    begin(desk, "one")
    QTest.keyClick(desk.canvas, Qt.Key.Key_Return)
    QTest.keyClicks(desk.canvas, "two")
    bar(desk).alignments["end"].click()
    assert bar(desk).alignments["end"].isChecked() and options_of(desk.canvas)[Text].alignment == "start"
    QTest.keyClick(desk.canvas, Qt.Key.Key_Up)
    assert bar(desk).alignments["start"].isChecked()
    layer = end(desk)
    assert layer.text is not None and layer.text.paragraphs == ("start", "end")
    assert not any(one.isChecked() for one in bar(desk).alignments.values())
    bar(desk).alignments["centre"].click()
    text = text_layer(desk).text
    assert text is not None and (text.alignment, text.paragraphs) == ("centre", ())
    assert options_of(desk.canvas)[Text].alignment == "centre"


def test_a_font_is_found_by_a_part_of_its_name(desk: Window) -> None:
    family = next(name for name in reversed(QFontDatabase.families()) if name != usual_family() and len(name) > 5)
    live, choice = begin(desk, "one"), bar(desk).font_choice
    QTest.keyClick(desk.canvas, Qt.Key.Key_A, CTRL)
    completer = choice.completer()
    completer.setCompletionPrefix(family[2:].upper())
    found = {completer.completionModel().index(row, 0).data() for row in range(completer.completionCount())}
    assert family in found
    choice.lineEdit().setText("no such fo")
    choice.textActivated.emit("no such fo")
    assert live.text.family != "no such fo" and choice.currentText() != "no such fo"
    choice.textActivated.emit(family)
    assert live.text.family == family and choice.currentText() == family


def test_points_are_counted_by_the_resolution(desk: Window) -> None:
    assert desk.easel.painting is not None
    desk.easel.painting.dpi = (300.0, 300.0)
    live = begin(desk, "one")
    QTest.keyClick(desk.canvas, Qt.Key.Key_A, CTRL)
    bar(desk).unit.setCurrentIndex(1)
    bar(desk).unit.activated.emit(1)
    bar(desk).size.setValue(12)
    assert live.text.size_px == pytest.approx(50)


def test_a_missing_font_is_told_by_the_bar_and_the_layer_list(desk: Window, until: Until) -> None:
    begin(desk, "one")
    layer = end(desk)
    assert desk.easel.history is not None and not bar(desk).missing.isVisible()
    desk.easel.history.apply("Elsewhere", SetText(layer.id, replace(layer.text, family="Nobody Sans")))
    bar(desk)._show()
    assert bar(desk).missing.isVisible() and "Nobody Sans" in bar(desk).missing.text()
    tree = desk.layers.tree

    def told() -> list[str]:
        items = [tree.topLevelItem(row) for row in range(tree.topLevelItemCount())]
        return [item.toolTip(column) for item in items if item is not None for column in range(tree.columnCount())]

    until(lambda: any("“Nobody Sans” is missing" in one for one in told()))


def test_saving_keeps_what_is_half_written(desk: Window, tmp_path: Path, until: Until) -> None:
    begin(desk, "half a sen")
    assert desk.easel.shown is not None
    path = tmp_path / "letters.gesso"
    desk.easel.saved(path, -1)
    desk.actions_["save"].trigger()
    assert not desk.canvas.is_busy
    until(path.exists)
    until(lambda: not desk.jobs.running)
    text = next(layer.text for layer in project.load(path).layers() if layer.text is not None)
    assert text.string == "half a sen"


def test_what_was_written_is_in_the_journal_as_soon_as_it_is_done(desk: Window, until: Until) -> None:
    begin(desk, "never lost")
    layer = end(desk)
    assert desk.easel.journal is not None
    journal = desk.easel.journal
    assert recover(journal).painting.layer(layer.id) == layer


def test_words_are_in_the_journal_while_they_are_written(desk: Window) -> None:
    begin(desk, "never lost ")
    assert desk.easel.journal is not None
    QTest.keyClicks(desk.canvas, "atal")
    found = [layer.text.string for layer in recover(desk.easel.journal).painting.layers() if layer.text is not None]
    assert found == ["never lost "]
    QTest.keyClicks(desk.canvas, "l ")
    found = [layer.text.string for layer in recover(desk.easel.journal).painting.layers() if layer.text is not None]
    assert found == ["never lost atall "]


def test_another_tab_keeps_what_is_half_written(desk: Window) -> None:
    begin(desk, "half")
    first = desk.easel.shown
    desk.easel.put(desk.easel.begin(Painting.from_array(np.zeros((30, 40, 4), np.uint8), "ground", "other")))
    assert first is not None
    assert [layer.text.string for layer in first.painting.layers() if layer.text is not None] == ["half"]


def test_a_text_is_rasterised_from_the_layer_menu(desk: Window) -> None:
    begin(desk, "one")
    layer = end(desk)
    desk.actions_["text-raster"].trigger()
    assert desk.easel.painting is not None and desk.easel.history is not None
    after = desk.easel.painting.layer(layer.id)
    assert after.text is None and after.tiles == layer.tiles
    desk.easel.history.undo()
    assert desk.easel.painting.layer(layer.id) == layer


def test_a_locked_text_is_not_restyled(desk: Window) -> None:
    begin(desk, "one")
    layer = end(desk)
    desk.actions_["layer-lock"].trigger()
    bar(desk).size.setValue(99)
    assert text_layer(desk).text == layer.text


def test_an_old_text_keeps_its_style_of_letters_in_the_bar(desk: Window) -> None:
    assert bar(desk).text == options_of(desk.canvas)[Text]
    begin(desk, "one")
    bar(desk).direction.setCurrentIndex(2)
    bar(desk).direction.activated.emit(2)
    end(desk)
    assert bar(desk).text == text_layer(desk).text and bar(desk).direction.currentData() == "rtl"
