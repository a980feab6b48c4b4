"""The list shows every step, and a click goes there."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QListWidget

from gesso.documents.history import History
from gesso.documents.painting import Painting
from gesso.documents.painting.edits import SetProperty
from gesso.ui.look import Look
from gesso.ui.speech import Speech
from gesso.ui.undo_list import UndoList
from gesso.values import Trouble

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)


@pytest.fixture
def history() -> History[Painting]:
    return History(Painting.from_array(np.full((8, 8, 4), 255, np.uint8), "Ground"))


@pytest.fixture
def steps(qtbot) -> UndoList:
    found = UndoList(Look(), Speech())
    found.resize(240, 300)
    qtbot.addWidget(found)
    found.show()
    return found


def rename(history: History[Painting], name: str) -> None:
    history.apply("Rename layer", SetProperty(history.document.active, "name", name))


def rows(steps: UndoList) -> tuple[list[str], int]:
    found = steps.findChild(QListWidget)
    return [found.item(row).text() for row in range(found.count())], found.currentRow()


def click(steps: UndoList, row: int, qtbot) -> None:
    found = steps.findChild(QListWidget)
    place = found.visualItemRect(found.item(row)).center()
    qtbot.mouseClick(found.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place))


def test_steps_appear_and_the_present_one_is_chosen(steps: UndoList, history: History[Painting], qtbot) -> None:
    steps.set_history(history)
    assert rows(steps) == ([], -1)
    assert steps.findChild(QLabel).isVisible()
    rename(history, "Sky")
    qtbot.waitUntil(lambda: rows(steps) == (["Opened", "Rename layer"], 1))
    history.undo()
    qtbot.waitUntil(lambda: rows(steps) == (["Opened", "Rename layer"], 0))


def test_a_click_goes_there_and_back(steps: UndoList, history: History[Painting], qtbot) -> None:
    steps.set_history(history)
    for name in ("a", "b", "c"):
        rename(history, name)
    qtbot.waitUntil(lambda: rows(steps)[1] == 3)
    click(steps, 1, qtbot)
    assert history.document.active_layer.name == "a"
    qtbot.waitUntil(lambda: rows(steps)[1] == 1)
    click(steps, 3, qtbot)
    assert history.document.active_layer.name == "c"


def test_enter_goes_to_the_step_chosen_with_the_arrows(steps: UndoList, history: History[Painting], qtbot) -> None:
    steps.set_history(history)
    rename(history, "a")
    qtbot.waitUntil(lambda: rows(steps)[1] == 1)
    found = steps.findChild(QListWidget)
    qtbot.keyClick(found, Qt.Key.Key_Up)
    qtbot.keyClick(found, Qt.Key.Key_Return)
    assert history.position == 0


def test_a_full_disk_is_reported_not_raised(steps: UndoList, history: History[Painting], qtbot) -> None:
    steps.set_history(history)
    rename(history, "a")
    qtbot.waitUntil(lambda: rows(steps)[1] == 1)

    def refuse(what: str, transaction: object) -> None:
        raise Trouble("The disk is full.")

    stop = history.journal(refuse)
    with qtbot.waitSignal(steps.failed) as told:
        click(steps, 0, qtbot)
    stop()
    assert isinstance(told.args[0], Trouble)
    assert history.position == 1


def test_a_closed_document_leaves_nothing_behind(steps: UndoList, history: History[Painting], qtbot) -> None:
    steps.set_history(history)
    rename(history, "a")
    steps.set_history(None)
    assert rows(steps) == ([], -1)
    rename(history, "b")
    qtbot.wait(10)
    assert rows(steps) == ([], -1)
