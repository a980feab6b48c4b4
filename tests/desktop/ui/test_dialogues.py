"""The few questions that are asked."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from gesso.files import limits
from gesso.ui.dialogues import NewDialogue, ask_leave, ask_replace, ask_unsaved
from gesso.ui.speech import Speech
from gesso.values import Colour, Size


@pytest.fixture
def dialogue(speech: Speech, qtbot: QtBot) -> NewDialogue:
    made = NewDialogue(speech)
    qtbot.addWidget(made)
    return made


def test_a_new_canvas_begins_as_a_white_screen(dialogue: NewDialogue) -> None:
    assert dialogue.chosen == (Size(1920, 1080), Colour(1, 1, 1)) and not dialogue.linear.isChecked()


def test_a_format_fills_the_numbers_and_numbers_make_their_own_format(dialogue: NewDialogue) -> None:
    dialogue.preset.setCurrentIndex(3)
    dialogue.preset.activated.emit(3)
    assert dialogue.chosen[0] == Size(2480, 3508)
    dialogue.width_px.setValue(2000)
    assert dialogue.preset.currentText() == "Own size" and dialogue.chosen[0] == Size(2000, 3508)
    dialogue.width_px.setValue(2480)
    assert dialogue.preset.currentIndex() == 3


def test_what_the_memory_cannot_hold_is_not_begun(dialogue: NewDialogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "free_bytes", lambda: 2_000_000_000)
    dialogue.width_px.setValue(30_000)
    dialogue.height_px.setValue(30_000)
    create = dialogue.buttons.buttons()[0]
    assert not create.isEnabled() and "3.6 GB" in dialogue.estimate.text()
    dialogue.height_px.setValue(1000)
    assert create.isEnabled()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_each_field_has_a_name(speech: Speech, qtbot: QtBot, language: str) -> None:
    speech.set_language(language)
    dialogue = NewDialogue(speech)
    qtbot.addWidget(dialogue)
    fields = (dialogue.preset, dialogue.width_px, dialogue.height_px, dialogue.ground, dialogue.linear)
    assert all(field.accessibleName() for field in fields)


def pressing(monkeypatch: pytest.MonkeyPatch, which: str) -> list[QMessageBox]:
    """Whoever asks is answered by the button with these words."""
    shown: list[QMessageBox] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: shown.append(box))
    monkeypatch.setattr(QMessageBox, "clickedButton", lambda box: next(b for b in box.buttons() if b.text() == which))
    return shown


@pytest.mark.parametrize(("words", "answer"), [("Save", "save"), ("Do not save", "discard"), ("Cancel", "cancel")])
def test_unsaved(speech: Speech, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, words: str, answer: str) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    shown = pressing(monkeypatch, words)
    assert ask_unsaved("画", speech, parent) == answer
    assert "画" in shown[0].text() and shown[0].defaultButton().text() == "Save"
    assert shown[0].escapeButton().text() == "Cancel"


@pytest.mark.parametrize(("words", "answer"), [("Replace it", True), ("Cancel", False)])
def test_replacing(speech: Speech, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, words: str, answer: bool) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    shown = pressing(monkeypatch, words)
    assert ask_replace("画.gesso", speech, parent) is answer
    assert shown[0].defaultButton().text() == "Cancel", "Enter by habit replaces nothing"


def test_leaving_names_what_is_under_way(speech: Speech, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    speech.set_language("zh_CN")
    shown = pressing(monkeypatch, "停止并退出")
    assert ask_leave(["Export", "Save"], speech, parent) is True
    assert "导出, 保存" in shown[0].text()
