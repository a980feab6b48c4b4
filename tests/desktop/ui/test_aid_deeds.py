"""Rulers, guides, symmetry and masks from the menus of the whole window, and what it remembers of them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from gesso.documents.painting import Guide, Symmetry
from gesso.files.settings import Settings
from gesso.ui.aid_deeds import NewGuide, Rays
from gesso.ui.layer_tree import GAP_PX, ICON_LEFT_PX, NAME, THUMB
from gesso.ui.speech import Speech
from gesso.ui.window import Window
from gesso.values import Size
from tests.desktop.ui.conftest import Until, stripes

ALT, NONE = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def room(window: Window, until: Until) -> Window:
    """With a painting of stripes on the easel."""
    window.easel.put(window.easel.begin(stripes()))
    until(lambda: window.canvas.isVisible())
    return window


def dialogue(window: Window, kind: type[QDialog]) -> QDialog:
    found = window.findChild(kind)
    assert found is not None
    return found


def click_picture(window: Window, *, of_mask: bool, modifiers: Qt.KeyboardModifier = NONE) -> None:
    """Of the active layer."""
    tree, painting = window.layers.tree, window.easel.painting
    assert painting is not None
    rect = tree.visualRect(tree.indexFromItem(tree.item_of(painting.active), NAME))
    place = rect.topLeft()
    place.setX(rect.left() + ICON_LEFT_PX + THUMB.width() // 2 + (THUMB.width() + GAP_PX if of_mask else 0))
    place.setY(rect.center().y())
    QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, modifiers, place)


def is_on(window: Window, id: str) -> bool:
    return bool(window.actions_[id].isChecked())


# --- rulers, guides, symmetry ------------------------------------------------------------------------------------------


def test_rulers_are_off_at_first_and_remembered_when_on(room: Window) -> None:
    assert not is_on(room, "rulers") and not room.canvas.aids.ruler_px
    room.actions_["rulers"].trigger()
    assert is_on(room, "rulers") and room.canvas.aids.ruler_px
    assert Settings.load(room.settings.file).aids["rulers"]
    room.actions_["rulers"].trigger()
    assert not is_on(room, "rulers") and not Settings.load(room.settings.file).aids["rulers"]


def test_a_guide_is_set_by_number(room: Window, until: Until) -> None:
    room.actions_["guide-new"].trigger()
    asked = dialogue(room, NewGuide)
    assert isinstance(asked, NewGuide)
    asked.way.setCurrentIndex(1)
    assert asked.at.value() == 24 and asked.at.maximum() == 48, "the middle of the other side"
    asked.at.setValue(10)
    asked.accept()
    painting = room.easel.painting
    assert painting is not None and painting.guides == (Guide("horizontal", 10.0),)
    room.actions_["guides-clear"].trigger()
    assert painting.guides == ()


def test_the_menu_says_which_symmetry_there_is(room: Window) -> None:
    painting = room.easel.painting
    assert painting is not None and is_on(room, "symmetry-none")
    room.actions_["symmetry-both"].trigger()
    assert is_on(room, "symmetry-both") and painting.symmetry == Symmetry("both", 32.0, 24.0)
    room.actions_["symmetry-radial"].trigger()
    assert is_on(room, "symmetry-both"), "not before it is answered"
    asked = dialogue(room, Rays)
    assert isinstance(asked, Rays)
    asked.rays.setValue(12)
    asked.accept()
    assert is_on(room, "symmetry-radial") and painting.symmetry == Symmetry("radial", 32.0, 24.0, 0.0, 12)
    room.undo()
    assert is_on(room, "symmetry-both")


def test_digits_are_the_brushs_or_the_layers_opacity(room: Window, until: Until) -> None:
    room.set_tool("brush")
    QTest.keyClick(room.canvas, Qt.Key.Key_3)
    assert room.brush_bar.opacity.value() == 30
    room.set_tool("rectangle")
    room.canvas.opacity_typed.emit(70)
    painting = room.easel.painting
    assert painting is not None and painting.layers()[0].opacity == 0.7 and room.brush_bar.opacity.value() == 30
    room.layers.settle()
    assert room.easel.history is not None and room.easel.history.titles == ["Change opacity"]


def test_undo_during_a_transform_takes_back_just_that_and_redo_has_it(room: Window) -> None:
    history = room.easel.history
    assert history is not None
    room.canvas.aids.add_guide("vertical", 5.0)
    room.set_tool("transform")
    gesture = room.canvas
    for kind, at in ((QTest.mousePress, (30, 20)), (QTest.mouseRelease, (40, 30))):
        place = gesture.from_image(QPointF(*at)).toPoint()
        QTest.mouseMove(gesture, place)
        kind(gesture, Qt.MouseButton.LeftButton, NONE, place)
    assert gesture.stays
    before = history.document.layers()[0].tiles
    room.undo()
    assert not gesture.is_busy and history.titles == ["New guide", "Transform"] and history.position == 1
    assert history.document.layers()[0].tiles == before
    room.redo()
    assert history.position == 2 and history.document.layers()[0].tiles != before


# --- masks -------------------------------------------------------------------------------------------------------------


def test_a_click_on_a_masks_picture_makes_it_what_is_painted_on(room: Window) -> None:
    painting = room.easel.painting
    assert painting is not None
    room.layers.work.add_mask()
    room.panels.show("layers")
    room.layers.refresh()
    click_picture(room, of_mask=True)
    assert painting.masked_node is not None and is_on(room, "mask-paint")
    framed = room.layers.tree.item_of(painting.active).icon(NAME).pixmap(200, 60).toImage()
    click_picture(room, of_mask=False)
    assert painting.masked_node is None and not is_on(room, "mask-paint")
    assert room.layers.tree.item_of(painting.active).icon(NAME).pixmap(200, 60).toImage() != framed
    assert room.easel.history is not None and room.easel.history.titles == ["Add mask"], "choosing is no step"


def test_alt_and_a_click_show_it_alone_and_the_picture_again(room: Window) -> None:
    room.layers.work.add_mask()
    room.panels.show("layers")
    room.layers.refresh()
    click_picture(room, of_mask=True, modifiers=ALT)
    assert is_on(room, "mask-alone") and is_on(room, "mask-paint")
    click_picture(room, of_mask=True, modifiers=ALT)
    assert not is_on(room, "mask-alone")
    room.actions_["mask-veil"].trigger()
    assert is_on(room, "mask-veil") and not is_on(room, "mask-alone")
    room.layers.work.remove_mask()
    assert not is_on(room, "mask-veil") and not is_on(room, "mask-paint"), "it is gone"


def test_without_a_mask_there_is_nothing_to_tick(room: Window) -> None:
    for id in ("mask-paint", "mask-alone", "mask-veil"):
        room.actions_[id].trigger()
        assert not is_on(room, id)


def test_the_quick_mask_is_a_selection_again(room: Window) -> None:
    painting = room.easel.painting
    assert painting is not None
    room.actions_["quick-mask"].trigger()
    assert is_on(room, "quick-mask") and painting.is_quick
    room.actions_["erase-selection"].trigger()
    room.actions_["quick-mask"].trigger()
    assert not painting.is_quick and not is_on(room, "quick-mask")
    assert painting.selection is not None and not painting.selection.read().any()


def test_a_quick_mask_is_still_red_when_its_painting_comes_back(room: Window, until: Until) -> None:
    first = room.easel.history
    assert first is not None
    room.actions_["quick-mask"].trigger()
    room.easel.put(room.easel.begin(stripes()))
    until(lambda: not is_on(room, "quick-mask") and room.canvas.pane.pyramid.seen_as is None)
    room.easel.show(room.easel.of(first))
    until(lambda: is_on(room, "quick-mask") and room.canvas.pane.pyramid.seen_as is not None)


def test_dialogues_begin_with_what_is_there(speech: Speech, qtbot: QtBot) -> None:
    assert NewGuide(Size(640, 480), speech).at.value() == 320
    assert Rays(9, speech).rays.value() == 9
