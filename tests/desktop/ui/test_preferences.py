"""Preferences take effect at once, and what is remembered can be seen, taken along and erased."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gesso.feedback import Feedback
from gesso.files.settings import Settings
from gesso.ui import preferences
from gesso.ui.look import Look
from gesso.ui.preferences import Preferences
from gesso.ui.speech import Speech


@pytest.fixture
def feedback(home: Path) -> Iterator[Feedback]:
    made = Feedback(home / "feedback.sqlite")
    yield made
    made.close()


@pytest.fixture
def dialogue(settings: Settings, look: Look, speech: Speech, feedback: Feedback, qtbot: QtBot) -> Preferences:
    for verdict in ("kept", "rejected", "rejected"):
        feedback.decide(feedback.propose("painting.stylise", "stylise", "1.0.0", {"strength": 1.0}, 1), verdict, 2.0)
    made = Preferences(settings, look, speech, feedback)
    qtbot.addWidget(made)
    return made


def choose(box: object, value: str) -> None:
    box.setCurrentIndex(box.findData(value))
    box.activated.emit(box.currentIndex())


def test_language_and_theme_change_at_once_and_are_kept(
    dialogue: Preferences, settings: Settings, look: Look, speech: Speech
) -> None:
    choose(dialogue.language, "zh_CN")
    choose(dialogue.theme, "light")
    assert speech.language == "zh_CN" and dialogue.windowTitle() == "偏好设置" and look.theme == "light"
    again = Settings.load(settings.file)
    assert (again.language, again.theme) == ("zh_CN", "light")


def test_a_device_counts_from_the_next_start_and_says_so(dialogue: Preferences, settings: Settings) -> None:
    choose(dialogue.device, "cpu")
    assert Settings.load(settings.file).device == "cpu" and "next start" in dialogue.later.text()


def test_what_is_remembered_is_counted_and_erased(dialogue: Preferences, feedback: Feedback) -> None:
    assert dialogue.tally.text() == "3 proposals remembered: 1 kept, 2 rejected."
    dialogue.erase.click()
    assert not feedback.summary() and not dialogue.erase.isEnabled()
    assert dialogue.tally.text() == "No proposals are remembered."


def test_remembering_can_be_paused(dialogue: Preferences, feedback: Feedback) -> None:
    dialogue.remember.click()
    assert feedback.paused
    dialogue.remember.click()
    assert not feedback.paused


def test_what_is_remembered_can_be_taken_along(
    dialogue: Preferences, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "提案.jsonl"
    monkeypatch.setattr(preferences.QFileDialog, "getSaveFileName", lambda *_, **__: (str(path), ""))
    dialogue.export.click()
    assert [json.loads(line)["verdict"] for line in path.read_text("utf-8").splitlines()] == [
        "kept",
        "rejected",
        "rejected",
    ]


def test_a_folder_that_refuses_is_told(dialogue: Preferences, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[object] = []
    dialogue.troubled.connect(told.append)
    gone = str(tmp_path / "no folder" / "a.jsonl")
    monkeypatch.setattr(preferences.QFileDialog, "getSaveFileName", lambda *_, **__: (gone, ""))
    dialogue.export.click()
    assert len(told) == 1
