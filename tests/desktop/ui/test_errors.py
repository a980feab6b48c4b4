"""Trouble is one sentence that stays; a bug saves the work before anything else."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMainWindow, QPushButton, QToolButton

from gesso.ui.errors import SHOWN, CrashDialog, ErrorDoor
from gesso.ui.look import Look
from gesso.ui.speech import Speech
from gesso.values import Cancelled, Trouble

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)


@pytest.fixture
def window(qtbot) -> QMainWindow:
    window = QMainWindow()
    window.resize(800, 600)
    window.statusBar()
    qtbot.addWidget(window)
    window.show()
    return window


@pytest.fixture
def door(qapp: QApplication) -> Iterator[ErrorDoor]:
    yield ErrorDoor(Look(), Speech())


def no_layer(name: str = "sea.png") -> Trouble:
    return Trouble("{name} is not there.", "Your work is safe.", "Look for it elsewhere.", name=name)


def shown_buttons(dialog: CrashDialog) -> dict[str, QPushButton]:
    return {found.text(): found for found in dialog.findChildren(QPushButton)}


def test_trouble_stays_until_it_is_dismissed(door: ErrorDoor, window: QMainWindow, qtbot) -> None:
    banner = door.show(no_layer(), window.statusBar())
    assert banner.text == "sea.png is not there. Your work is safe. Look for it elsewhere."
    assert banner.accessibleDescription() == banner.text
    assert window.rect().contains(banner.geometry())
    assert not banner.geometry().intersects(window.statusBar().geometry())
    qtbot.wait(50)
    assert banner.isVisible()
    close = banner.findChild(QToolButton)
    qtbot.mouseClick(close, Qt.MouseButton.LeftButton)
    assert door.banners == []


def test_escape_dismisses(door: ErrorDoor, window: QMainWindow, qtbot) -> None:
    banner = door.show(no_layer(), window)
    qtbot.keyClick(banner.findChild(QToolButton), Qt.Key.Key_Escape)
    assert door.banners == []


def test_banners_stack_without_covering_each_other_and_never_repeat(door: ErrorDoor, window: QMainWindow) -> None:
    first, second = door.show(no_layer("a"), window), door.show(no_layer("b"), window)
    assert not first.geometry().intersects(second.geometry())
    assert door.show(no_layer("b"), window) is second
    for name in "cdef":
        door.show(no_layer(name), window)
    assert len(door.banners) == SHOWN
    window.resize(420, 500)
    QApplication.processEvents()
    assert all(window.rect().contains(banner.geometry()) for banner in door.banners)


def test_file_names_are_not_taken_for_markup(door: ErrorDoor, window: QMainWindow) -> None:
    assert "<b>x</b>" in door.show(no_layer("<b>x</b>"), window).text


def test_a_closed_window_takes_its_banners_along(door: ErrorDoor, qtbot) -> None:
    other = QMainWindow()
    door.show(no_layer(), other)
    other.deleteLater()
    qtbot.waitUntil(lambda: door.banners == [])


def test_a_bug_saves_first_then_tells(door: ErrorDoor, window: QMainWindow, tmp_path: Path, home: Path, qtbot) -> None:
    order: list[str] = []

    def save_aside() -> Path:
        order.append("saved")
        assert window.findChild(CrashDialog) is None
        return tmp_path / "aside.gesso"

    dialog = door.crash(_bug(), save_aside, window)
    assert order == ["saved"]
    assert "ZeroDivisionError" in dialog.log
    said = " ".join(child.text() for child in dialog.findChildren(type(dialog.layout().itemAt(0).widget())))
    assert str(tmp_path / "aside.gesso") in said
    [kept] = (home / "logs").iterdir()
    assert "ZeroDivisionError" in kept.read_text(encoding="utf-8")
    qtbot.mouseClick(shown_buttons(dialog)["Copy log"], Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == dialog.log
    qtbot.mouseClick(shown_buttons(dialog)["Go on working"], Qt.MouseButton.LeftButton)
    assert dialog.isHidden()


def test_saving_aside_may_fail_too(door: ErrorDoor, window: QMainWindow) -> None:
    def save_aside() -> Path:
        raise OSError("disk gone")

    dialog = door.crash(_bug(), save_aside, window)
    assert "ZeroDivisionError" in dialog.log
    assert "disk gone" in dialog.log
    assert any("could not be saved aside" in child.text() for child in dialog.findChildren(type(_label(dialog))))
    dialog.accept()


def test_one_dialogue_holds_a_series_of_bugs(door: ErrorDoor, window: QMainWindow) -> None:
    saved: list[int] = []
    first = door.crash(_bug(), lambda: saved.append(1), window)
    assert door.crash(ValueError("second"), lambda: saved.append(2), window) is first
    assert "second" in first.log
    first.accept()
    assert door.crash(_bug(), lambda: saved.append(3), window) is not first
    assert saved == [1, 3]


def test_ending_quits_in_good_order(
    door: ErrorDoor, window: QMainWindow, qapp: QApplication, qtbot, monkeypatch
) -> None:
    quits: list[str] = []
    monkeypatch.setattr(QApplication, "quit", lambda *_: quits.append("quit"))
    dialog = door.crash(_bug(), lambda: None, window)
    qtbot.mouseClick(shown_buttons(dialog)["Close Gesso"], Qt.MouseButton.LeftButton)
    assert quits == ["quit"]


def test_installed_it_meets_what_nobody_caught(door: ErrorDoor, window: QMainWindow, qtbot) -> None:
    before, before_thread = sys.excepthook, threading.excepthook
    saved: list[str] = []
    undo = door.install(lambda: saved.append("aside"), window)
    try:
        sys.excepthook(Trouble, no_layer(), None)
        assert [banner.text for banner in door.banners] == [str(no_layer())]
        sys.excepthook(Cancelled, Cancelled(), None)
        assert saved == []

        def fall() -> None:
            raise RuntimeError("in a thread")

        thread = threading.Thread(target=fall)
        thread.start()
        thread.join()
        qtbot.waitUntil(lambda: saved == ["aside"])
        dialog = window.findChild(CrashDialog)
        assert "in a thread" in dialog.log
        dialog.accept()
    finally:
        undo()
    assert (sys.excepthook, threading.excepthook) == (before, before_thread)


def test_banners_change_language(door: ErrorDoor, window: QMainWindow) -> None:
    banner = door.show(Trouble("Opened"), window)
    door._speech.set_language("zh_CN")
    assert banner.text != "Opened"


def _bug() -> ZeroDivisionError:
    try:
        1 / 0  # noqa: B018
    except ZeroDivisionError as bug:
        return bug
    raise AssertionError


def _label(dialog: CrashDialog):
    return dialog.layout().itemAt(0).widget()
