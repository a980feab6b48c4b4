"""The Select and Image menus, walked through in the whole window: every step is one, and undo takes it back."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QDialogButtonBox

from gesso.ui.sizes import AmountDialogue, CanvasSize, ImageSize
from gesso.ui.window import Window
from gesso.values import Size
from tests.desktop.ui.conftest import Until, stripes


def put(window: Window) -> None:
    window.easel.put(window.easel.begin(stripes(200, 160)))


def selected(window: Window) -> int:
    selection = window.easel.painting.selection
    return 0 if selection is None else int((selection.read() > 0).sum())


def answer(window: Window, kind: type[QDialog]) -> QDialog:
    """The dialogue that is open."""
    return next(one for one in window.findChildren(kind) if one.isVisible())


def press(dialogue: QDialog, role: QDialogButtonBox.ButtonRole) -> None:
    box = dialogue.findChild(QDialogButtonBox)
    next(one for one in box.buttons() if box.buttonRole(one) == role).click()


ACCEPT = QDialogButtonBox.ButtonRole.AcceptRole


def at(window: Window, x: float, y: float) -> QPoint:
    return window.canvas.from_image(QPointF(x, y)).toPoint()


def drag(window: Window, start: tuple[float, float], stop: tuple[float, float]) -> None:
    QTest.mousePress(window.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at(window, *start))
    QTest.mouseMove(window.canvas, at(window, *stop))
    QTest.mouseRelease(window.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at(window, *stop))


def test_the_select_menu(window: Window) -> None:
    put(window)
    act, history = window.actions_, window.easel.history
    assert not act["select-grow"].isEnabled()
    window.set_tool("rectangle")
    assert window.option_bars["select"].isVisible() and not window.brush_bar.isVisible()
    drag(window, (50, 40), (150, 120))
    assert selected(window) == 100 * 80
    act["select-grow"].trigger()
    dialogue = answer(window, AmountDialogue)
    dialogue.amount.setValue(5)
    press(dialogue, ACCEPT)
    assert selected(window) > 108 * 88
    act["select-shrink"].trigger()
    answer(window, AmountDialogue).amount.setValue(5)
    press(answer(window, AmountDialogue), ACCEPT)
    assert selected(window) == 100 * 80 and history.titles == ["Select", "Grow selection", "Shrink selection"]
    history.go_to(1)
    act["invert"].trigger()
    assert selected(window) == 200 * 160 - 100 * 80
    act["deselect"].trigger()
    assert selected(window) == 0
    act["reselect"].trigger()
    assert selected(window) == 200 * 160 - 100 * 80
    act["select-all"].trigger()
    assert selected(window) == 200 * 160
    act["select-alpha"].trigger()
    assert selected(window) == 200 * 160
    assert history.titles == ["Select", "Invert selection", "Deselect", "Reselect", "Select", "Select"]
    history.go_to(1)
    assert selected(window) == 100 * 80
    act["erase-selection"].trigger()
    assert not window.easel.painting.layers()[0].tiles.read()[40:120, 50:150].any()
    act["fill-selection"].trigger()
    assert (window.easel.painting.layers()[0].tiles.read()[41:119, 51:149] == (0, 0, 0, 255)).all()


def test_the_image_menu(window: Window, until: Until) -> None:
    put(window)
    act, easel = window.actions_, window.easel
    before = easel.painting.layers()[0].tiles.read()
    act["image-turn-right"].trigger()
    until(lambda: easel.painting.size == Size(160, 200))
    assert np.array_equal(easel.painting.layers()[0].tiles.read(), np.rot90(before, -1))
    window.undo()
    act["image-flip-horizontal"].trigger()
    until(lambda: easel.history.titles == ["Flip image horizontally"])
    assert np.array_equal(easel.painting.layers()[0].tiles.read(), before[:, ::-1])
    window.undo()
    act["canvas-size"].trigger()
    dialogue = answer(window, CanvasSize)
    dialogue.width_px.setValue(300)
    dialogue.set_anchor(1, 0)
    press(dialogue, ACCEPT)
    until(lambda: easel.painting.size == Size(300, 160))
    assert np.array_equal(easel.painting.layers()[0].tiles.read()[:, 100:], before)
    act["trim"].trigger()
    until(lambda: easel.painting.size == Size(200, 160))
    assert np.array_equal(easel.painting.layers()[0].tiles.read(), before)
    act["image-size"].trigger()
    dialogue = answer(window, ImageSize)
    dialogue.width_px.setValue(100)
    press(dialogue, ACCEPT)
    until(lambda: easel.painting.size == Size(100, 80))
    assert easel.history.titles == ["Canvas size", "Trim", "Image size"]
    easel.history.go_to(0)
    assert np.array_equal(easel.painting.layers()[0].tiles.read(), before)


def test_linear_light_is_a_switch_that_can_be_undone(window: Window) -> None:
    put(window)
    act, easel = window.actions_["linear-light"], window.easel
    assert act.isEnabled() and not act.isChecked()
    act.trigger()
    assert easel.painting.linear and act.isChecked() and easel.history.titles == ["Linear light"]
    window.undo()
    assert not easel.painting.linear and not act.isChecked()
    window.redo()
    assert act.isChecked()
    easel.put(easel.begin(stripes(20, 16)))
    assert not act.isChecked(), "each painting has its own"


def test_a_model_enlarges_through_its_own_tool(window: Window, until: Until) -> None:
    put(window)
    window.actions_["image-size"].trigger()
    dialogue = answer(window, ImageSize)
    dialogue.choose("model-2")
    press(dialogue, ACCEPT)
    until(lambda: window.easel.painting.size == Size(400, 320))
    assert window.easel.painting.layers()[0].provenance[-1].tool == "painting.upscale"
    assert window.easel.history.titles == ["Upscale"]


def test_transform_by_its_key_and_crop_in_the_window(window: Window) -> None:
    put(window)
    window.actions_["tool-transform"].trigger()
    assert window.option_bars["transform"].isVisible() and window.canvas.stays
    window.option_bars["transform"].parts["x"].setValue(10)
    QTest.keyClick(window.canvas, Qt.Key.Key_Return)
    assert window.easel.history.titles == ["Transform"]
    window.actions_["tool-transform"].trigger()
    assert window.canvas.stays, "chosen again, the frame is there again"
    QTest.keyClick(window.canvas, Qt.Key.Key_Escape)
    window.actions_["tool-crop"].trigger()
    window.option_bars["crop"].parts["width"].setValue(120)
    QTest.keyClick(window.canvas, Qt.Key.Key_Return)
    assert window.easel.painting.size == Size(120, 160)
    window.set_tool("brush")
    assert window.brush_bar.isVisible() and not window.option_bars["crop"].isVisible()
