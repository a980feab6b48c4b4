"""The dialogues about sizes: sides in proportion, an anchor, a model that makes just so many times as much."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialogButtonBox
from pytestqt.qtbot import QtBot

from gesso.files import limits
from gesso.ui.sizes import AmountDialogue, CanvasSize, ImageSize, ask
from gesso.ui.speech import Speech
from gesso.values import Size


def test_the_other_side_follows_in_proportion(speech: Speech, qtbot: QtBot) -> None:
    dialogue = ImageSize(Size(400, 300), 2, speech)
    qtbot.addWidget(dialogue)
    dialogue.width_px.setValue(200)
    assert dialogue.size_px == Size(200, 150)
    dialogue.height_px.setValue(300)
    assert dialogue.size_px == Size(400, 300)
    dialogue.proportional.click()
    dialogue.height_px.setValue(10)
    assert dialogue.size_px == Size(400, 10) and dialogue.method.currentData() == "lanczos"


def test_a_model_sets_the_size_and_gives_it_free_again(speech: Speech, qtbot: QtBot) -> None:
    dialogue = ImageSize(Size(40, 30), 1, speech)
    qtbot.addWidget(dialogue)
    dialogue.choose("model-4")
    assert dialogue.model_scale == 4 and dialogue.size_px == Size(160, 120) and not dialogue.width_px.isEnabled()
    dialogue.choose("nearest")
    assert dialogue.model_scale == 0 and dialogue.width_px.isEnabled()


def test_the_anchor_is_one_of_nine(speech: Speech, qtbot: QtBot) -> None:
    dialogue = CanvasSize(Size(40, 30), 1, speech)
    qtbot.addWidget(dialogue)
    assert dialogue.anchor == (0.5, 0.5)
    for across, down in ((0, 0), (1, 0.5), (0.5, 1)):
        dialogue.set_anchor(across, down)
        assert dialogue.anchor == (across, down)
    assert not dialogue.proportional.isChecked()


def test_what_the_memory_cannot_hold_is_not_begun(
    speech: Speech, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "free_bytes", lambda: 50_000_000)
    dialogue = CanvasSize(Size(400, 300), 3, speech)
    qtbot.addWidget(dialogue)
    accept = dialogue.buttons.buttons()[0]
    assert accept.isEnabled() and dialogue.note.isHidden()
    dialogue.width_px.setValue(20_000)
    assert not accept.isEnabled() and not dialogue.note.isHidden() and "Too large" in dialogue.note.text()


def test_what_is_asked_is_done_once_and_only_when_it_is_accepted(speech: Speech, qtbot: QtBot) -> None:
    done = []
    for key, count in ((Qt.Key.Key_Escape, 0), (Qt.Key.Key_Return, 1)):
        dialogue = AmountDialogue("Grow selection…", 8, speech)
        assert dialogue.windowTitle() == "Grow selection" and dialogue.findChild(QDialogButtonBox)
        ask(dialogue, lambda d=dialogue: done.append(d.amount.value()))
        qtbot.keyClick(dialogue, key)
        assert len(done) == count
    assert done == [8]


def test_the_resolution_says_how_large_it_is_in_print(speech: Speech, qtbot: QtBot) -> None:
    dialogue = ImageSize(Size(600, 300), 1, speech, dpi=(300.0, 150.0))
    qtbot.addWidget(dialogue)
    assert dialogue.dpi == (300.0, 150.0) and dialogue.in_print.text() == "5.1 × 5.1 cm"
    dialogue.per_inch.setValue(100)
    assert dialogue.dpi == (100.0, 100.0) and dialogue.in_print.text() == "15.2 × 7.6 cm"
    dialogue.choose("model-2")
    assert dialogue.in_print.text() == "15.2 × 7.6 cm", "finer, not larger"
    dialogue.per_inch.setValue(0)
    assert dialogue.dpi is None and dialogue.per_inch.text() == "not set"


def test_a_picture_of_no_resolution_says_so(speech: Speech, qtbot: QtBot) -> None:
    dialogue = ImageSize(Size(60, 30), 1, speech)
    qtbot.addWidget(dialogue)
    assert dialogue.dpi is None and dialogue.in_print.text() == "—"
