"""Picking, trying and keeping brushes, as an artist does it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gesso.operations.painting.brush import LINEAR, Brush, Curve, Dynamic
from gesso.ui import brush_editor
from gesso.ui.brush_bar import BrushBar
from gesso.ui.brush_curve import CurveEdit
from gesso.ui.brush_editor import BrushEditor
from gesso.ui.brush_picker import BrushPicker
from gesso.ui.brush_shelf import BrushShelf
from gesso.ui.look import Look
from gesso.ui.speech import Speech
from gesso.values import Colour


@pytest.fixture
def bar(look: Look, speech: Speech, qtbot: QtBot) -> Iterator[BrushBar]:
    made = BrushBar(look, speech)
    qtbot.addWidget(made)
    made.resize(1000, 44)
    yield made
    if made.editor is not None:
        made.editor.pad.show_document(None)
        made.editor.close()


@pytest.fixture
def picker(look: Look, speech: Speech, qtbot: QtBot) -> BrushPicker:
    made = BrushPicker(BrushShelf(), look, speech)
    qtbot.addWidget(made)
    return made


@pytest.fixture
def editor(bar: BrushBar) -> BrushEditor:
    bar.choose("marker")
    bar.show_editor()
    assert bar.editor is not None
    return bar.editor


# --- the picker ------------------------------------------------------------------------------------------------------


def test_every_brush_has_a_picture(picker: BrushPicker, qtbot: QtBot) -> None:
    made = picker.shelf.keep("Mine", Brush(20))
    picker.refresh()
    assert len(picker.shown) == 17 and picker.shown[0] == made.id, "one's own come before ours"

    def drawn() -> bool:
        role = Qt.ItemDataRole.DecorationRole
        return all(picker.list.item(row).data(role) is not None for row in range(17))

    qtbot.waitUntil(drawn, timeout=20000)


@pytest.mark.parametrize(
    ("query", "first"), [("char", "charcoal"), ("毛笔", "ink-brush"), ("fenbi", "chalk"), ("smear", "smudge-finger")]
)
def test_brushes_are_found_by_name_sound_and_use(picker: BrushPicker, query: str, first: str) -> None:
    picker.search.setText(query)
    assert picker.shown[0] == first
    picker.search.setText("xyzzy")
    assert picker.shown == [] and not picker.nothing.isHidden()


def test_favourites_stand_first_and_may_stand_alone(picker: BrushPicker) -> None:
    picker.search.setText("gouache")
    picker.like.click()
    picker.search.clear()
    assert picker.shown[0] == "gouache" and BrushShelf().favourites == ["gouache"]
    picker.only.click()
    assert picker.shown == ["gouache"]


def test_arrows_and_enter_choose_from_the_search_line(picker: BrushPicker, qtbot: QtBot) -> None:
    picker.search.setText("oil")
    first = picker.shown[0]
    with qtbot.waitSignal(picker.chosen) as chosen:
        QTest.keyClick(picker.search, Qt.Key.Key_Return)
    assert chosen.args == [first]


# --- the bar ---------------------------------------------------------------------------------------------------------


def test_a_chosen_brush_is_in_hand_with_the_colour_that_was(bar: BrushBar, speech: Speech) -> None:
    bar.set_colour(Colour(0, 1, 0))
    seen: list[Brush] = []
    bar.changed.connect(seen.append)
    bar.choose("charcoal")
    assert len(seen) == 1 and seen[0].tip == "charcoal" and seen[0].colour == Colour(0, 1, 0)
    assert bar.size.value() == round(bar.brush.size_px) and "Charcoal" in bar.choice.accessibleName()
    speech.set_language("zh_CN")
    assert "炭笔" in bar.choice.accessibleName()


def test_the_last_brush_is_in_hand_at_the_next_start(bar: BrushBar, look: Look, speech: Speech, qtbot: QtBot) -> None:
    bar.choose("pixel")
    again = BrushBar(look, speech)
    qtbot.addWidget(again)
    assert again.brush.antialias is False and again.size.value() == 1


def test_shift_and_brackets_make_it_harder_and_softer(bar: BrushBar) -> None:
    bar.harden(1)
    assert bar.brush.hardness == 0.7
    for _ in range(9):
        bar.harden(-1)
    assert bar.brush.hardness == 0


# --- the editor ------------------------------------------------------------------------------------------------------


def test_a_knob_changes_the_brush_in_hand_and_the_bar(bar: BrushBar, editor: BrushEditor) -> None:
    editor.form.numbers["size_px"].setValue(120)
    editor.form.numbers["scatter"].setValue(50)
    editor.form.texture.setCurrentIndex(editor.form.texture.findData("canvas"))
    assert (bar.brush.size_px, bar.brush.scatter, bar.brush.texture) == (120, 0.5, "canvas")
    assert bar.size.value() == 120 and editor.pad.brush == bar.brush
    bar.size.setValue(80)
    assert editor.form.numbers["size_px"].value() == 80
    editor.reset.click()
    assert bar.brush == bar.shelf.brushes["marker"].brush and bar.size.value() == 44


def test_showing_a_brush_does_not_round_it(bar: BrushBar, editor: BrushEditor) -> None:
    for id, kept in bar.shelf.brushes.items():
        bar.choose(id)
        assert bar.brush == kept.brush, id


def test_the_pad_is_a_canvas(editor: BrushEditor) -> None:
    def pixels() -> np.ndarray:
        return editor.pad.painting.layers()[0].tiles.read()

    blank = pixels()
    places = [editor.pad.from_image(QPointF(x, 200)).toPoint() for x in (100, 200, 300)]
    QTest.mousePress(editor.pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, places[0])
    for place in places[1:]:
        QTest.mouseMove(editor.pad, place)
    QTest.mouseRelease(editor.pad, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, places[-1])
    assert not np.array_equal(pixels(), blank)
    editor.clear.click()
    assert np.array_equal(pixels(), blank)
    editor.colours.click()
    assert len(np.unique(pixels().reshape(-1, 4), axis=0)) > 3


def test_a_part_learns_to_follow_the_pen(bar: BrushBar, editor: BrushEditor) -> None:
    form = editor.form.dynamics
    assert bar.brush.dynamics == () and not form.curve.isEnabled()
    form.part.setCurrentIndex(form.part.findData("opacity"))
    form.sense.setCurrentIndex(form.sense.findData("tilt"))
    form.add.click()
    assert bar.brush.dynamics == (Dynamic("opacity", "tilt"),)
    form.curve.add_point(0.5, 0.9)
    form.most.setValue(2.0)
    assert bar.brush.dynamics == (Dynamic("opacity", "tilt", Curve(((0.0, 0.0), (0.5, 0.9), (1.0, 1.0))), 2.0),)
    form.remove.click()
    assert bar.brush.dynamics == ()


def test_a_brush_is_kept_under_its_name_renamed_and_deleted(bar: BrushBar, editor: BrushEditor) -> None:
    assert not editor.rename.isEnabled() and not editor.delete.isEnabled() and not editor.save.isEnabled()
    editor.form.numbers["size_px"].setValue(77)
    editor.name.setText("Fat marker")
    editor.keep.click()
    (own,) = [b for b in BrushShelf().brushes.values() if b.is_own]
    assert (own.title, own.brush.size_px) == ("Fat marker", 77)
    assert bar.kept is not None and bar.kept.id == own.id and "Fat marker" in editor.note.text()
    editor.form.numbers["size_px"].setValue(78)
    editor.save.click()
    editor.name.setText("Fatter")
    editor.rename.click()
    again = BrushShelf().brushes[own.id]
    assert (again.title, again.brush.size_px) == ("Fatter", 78)
    editor.delete.click()
    assert own.id not in BrushShelf().brushes and bar.kept is None and bar.brush.size_px == 78
    editor.name.setText("Fatter")
    editor.keep.click()
    assert any(b.title == "Fatter" for b in BrushShelf().brushes.values())


def test_brushes_travel_out_and_in(
    bar: BrushBar, editor: BrushEditor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "出 out"
    monkeypatch.setattr(brush_editor.QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    editor.form.numbers["flow"].setValue(33)
    editor.give_out.click()
    written = file.with_suffix(".gessobrush")
    assert written.exists()
    editor.reset.click()
    monkeypatch.setattr(brush_editor.QFileDialog, "getOpenFileName", lambda *_: (str(written), ""))
    editor.take_in.click()
    assert bar.brush.flow == 0.33 and bar.kept is not None and bar.kept.is_own
    written.write_text("{}")
    editor.take_in.click()
    assert "not a brush" in editor.note.text() and editor.note.property("role") == "warn"


def test_names_in_chinese(bar: BrushBar, editor: BrushEditor, speech: Speech) -> None:
    speech.set_language("zh_CN")
    assert editor.windowTitle() == "画笔编辑器" and editor.form.tip.itemText(0) == "圆头"
    assert editor.form.numbers["flow"].accessibleName() == "流量"


# --- the curve -------------------------------------------------------------------------------------------------------


@pytest.fixture
def curve(look: Look, speech: Speech, qtbot: QtBot) -> CurveEdit:
    made = CurveEdit(look, speech)
    qtbot.addWidget(made)
    made.resize(220, 160)
    made.show()
    return made


def test_a_curve_is_pulled_with_the_pointer(curve: CurveEdit) -> None:
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mouseDClick(curve, left, none, curve.place(0.5, 0.2).toPoint())
    QTest.mouseRelease(curve, left, none, curve.place(0.5, 0.2).toPoint())
    assert len(curve.curve.points) == 3 and abs(curve.curve(0.5) - 0.2) < 0.02
    QTest.mousePress(curve, left, none, curve.place(0.5, 0.2).toPoint())
    QTest.mouseMove(curve, curve.place(2.0, 0.8).toPoint())
    QTest.mouseRelease(curve, left, none, curve.place(2.0, 0.8).toPoint())
    x, y = curve.curve.points[1]
    assert 0.9 < x < 1 and abs(y - 0.8) < 0.02, "it does not pass the end"


def test_a_curve_is_shaped_with_keys_alone(curve: CurveEdit) -> None:
    for key in (Qt.Key.Key_Insert, Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Right):
        QTest.keyClick(curve, key)
    assert curve.curve.points[1] == pytest.approx((0.55, 0.6))
    QTest.keyClick(curve, Qt.Key.Key_Delete)
    assert curve.curve == LINEAR
    QTest.keyClick(curve, Qt.Key.Key_Delete)
    assert curve.curve == LINEAR, "the ends stay"
    QTest.keyClick(curve, Qt.Key.Key_Space)
    QTest.keyClick(curve, Qt.Key.Key_Down)
    assert curve.curve.points[-1] == pytest.approx((1.0, 0.95))
