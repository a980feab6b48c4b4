"""The line at the bottom says where, how large, on what, and what has just been done."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from gesso.engine import DeviceTruth
from gesso.ui import status
from gesso.ui.look import Look
from gesso.ui.speech import Speech
from gesso.ui.status import StatusLine
from gesso.values import Note, Size


@pytest.fixture
def line(look: Look, speech: Speech, qtbot: QtBot) -> StatusLine:
    made = StatusLine(look, speech)
    qtbot.addWidget(made)
    made.resize(700, 28)
    made.show()
    return made


def test_a_note_fades(line: StatusLine, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status, "NOTE_MS", 10)
    monkeypatch.setattr(status, "MS_A_SIGN", 0)
    line.say("Saved a.gesso")
    assert line.note.text() == "Saved a.gesso"
    qtbot.waitUntil(lambda: not line.note.text(), timeout=5000)


def test_a_long_note_is_shortened_and_told_whole_by_its_tooltip(line: StatusLine) -> None:
    QApplication.processEvents()
    long = "Its colours were converted from a profile that is not sRGB. " * 6
    line.say(long)
    assert line.note.text().endswith("…") and line.note.toolTip() == long and line._fade.interval() > status.NOTE_MS
    line.resize(5000, 28)
    QApplication.processEvents()
    assert line.note.text() == long


def test_the_pixel_under_the_pointer(line: StatusLine) -> None:
    line.show_place(QPointF(12.9, -0.2))
    assert line.place.text() == "12, -1", "left of the picture is not its first column"


def test_without_a_painting_there_is_no_size(line: StatusLine) -> None:
    line.show_size(Size(30, 20))
    assert line.extent.text() == "30 × 20" and line.zoom.isVisibleTo(line)
    line.show_size(None)
    assert not line.extent.text() and not line.zoom.isVisibleTo(line)


def test_the_device_and_why_it_is_no_faster(line: StatusLine, speech: Speech) -> None:
    assert line.device.text() == "Device…" and len(line.sentences()) == 1
    line.show_truth(DeviceTruth("auto", "cpu", "", reasons=[Note("CUDA: {reason}", {"reason": "no driver"})]))
    assert line.device.text() == "CPU" and line.sentences()[1] == "Not used: CUDA: no driver"
    assert "no driver" in line.device.toolTip() and line.device.accessibleName() == "Device: CPU"
    speech.set_language("zh_CN")
    assert line.sentences()[1].startswith("未使用：")


def test_something_more_stands_left_of_the_device(line: StatusLine) -> None:
    badge = QLabel("Export 40 %")
    line.add(badge)
    QApplication.processEvents()
    assert badge.isVisible() and line.device.isVisible() and badge.x() < line.device.x()
