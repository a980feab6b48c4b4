"""Taking a colour up from the canvas."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from gesso.documents.history import History
from gesso.documents.painting import Painting
from gesso.ui.canvas import CanvasView
from gesso.ui.eyedropper import Eyedropper
from gesso.ui.look import Look
from gesso.ui.speech import Speech

ALT, NONE = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.NoModifier


@pytest.fixture(params=[np.uint8, np.uint16])
def canvas(request: pytest.FixtureRequest, look: Look, speech: Speech, qtbot: QtBot) -> CanvasView:
    made = CanvasView(look, speech)
    qtbot.addWidget(made)
    made.resize(400, 300)
    made.show()
    top = np.iinfo(request.param).max
    pixels = np.zeros((60, 80, 4), request.param)
    pixels[:, :40] = (top, 0, top // 5, top)
    made.show_document(History(Painting.from_array(pixels)))
    made.tool = "brush"
    made.eyedropper = Eyedropper(made, made)
    made.taken = []
    made.eyedropper.taken.connect(made.taken.append)
    return made


def click(qtbot: QtBot, canvas: CanvasView, x: float, y: float, key: Qt.KeyboardModifier = ALT) -> None:
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, key, canvas.from_image(QPointF(x, y)).toPoint())


def test_alt_and_a_click_take_the_colour_and_paint_nothing(canvas: CanvasView, qtbot: QtBot) -> None:
    click(qtbot, canvas, 10, 10)
    assert canvas.taken[-1].bytes() == (255, 0, 51, 255) and not canvas.history.can_undo and not canvas.is_busy


def test_what_is_transparent_or_outside_has_no_colour(canvas: CanvasView, qtbot: QtBot) -> None:
    click(qtbot, canvas, 60, 10)
    click(qtbot, canvas, -3, 10)
    assert not canvas.taken


def test_the_colour_follows_until_the_button_is_let_go(canvas: CanvasView, qtbot: QtBot) -> None:
    left = Qt.MouseButton.LeftButton
    qtbot.mousePress(canvas, left, ALT, canvas.from_image(QPointF(60, 10)).toPoint())
    qtbot.mouseMove(canvas, canvas.from_image(QPointF(20, 10)).toPoint())
    qtbot.mouseRelease(canvas, left, NONE, canvas.from_image(QPointF(20, 10)).toPoint())
    assert canvas.taken and not canvas.history.can_undo


def test_without_alt_the_brush_paints_and_with_the_lasso_alt_takes_away(canvas: CanvasView, qtbot: QtBot) -> None:
    click(qtbot, canvas, 10, 10, NONE)
    assert not canvas.taken and canvas.history.can_undo
    canvas.tool = "lasso"
    click(qtbot, canvas, 10, 10)
    assert not canvas.taken


def test_the_pointer_says_so_while_alt_is_held(canvas: CanvasView, qtbot: QtBot) -> None:
    before = canvas.cursor().shape()
    qtbot.keyPress(canvas, Qt.Key.Key_Alt)
    assert canvas.cursor().shape() == Qt.CursorShape.CrossCursor
    qtbot.keyRelease(canvas, Qt.Key.Key_Alt)
    assert canvas.cursor().shape() == before
