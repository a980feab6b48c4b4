"""Words change under the window's eyes, and nothing is kept alive by them."""

from __future__ import annotations

import gc
import json
import weakref
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QWidget

from gesso.ui.speech import Speech, mark


@pytest.fixture
def speech(qapp: object, tmp_path: Path) -> Speech:
    (tmp_path / "zh_CN").mkdir()
    words = {"Open…": "打开…", "{count} edits": "{count} 处修改"}
    (tmp_path / "zh_CN" / "one.json").write_text(json.dumps(words), encoding="utf-8")
    return Speech(folder=tmp_path)


def test_a_text_follows_the_language(speech: Speech, qtbot) -> None:
    label = QLabel()
    qtbot.addWidget(label)
    speech.tell(label, lambda: label.setText(speech.say("Open…")))
    assert label.text() == "Open…"
    with qtbot.waitSignal(speech.changed):
        speech.set_language("zh_CN")
    assert (label.text(), speech.language) == ("打开…", "zh_CN")
    speech.set_language("en")
    assert label.text() == "Open…"


def test_places_are_filled_and_what_is_not_translated_stays_english(speech: Speech) -> None:
    speech.set_language("zh_CN")
    assert speech.say("{count} edits", count=3) == "3 处修改"
    assert speech.say(mark("Unheard of")) == "Unheard of"


def test_the_same_language_again_tells_nobody(speech: Speech, qtbot) -> None:
    with qtbot.assertNotEmitted(speech.changed):
        speech.set_language("en")


def test_an_unknown_language_changes_nothing(speech: Speech) -> None:
    with pytest.raises(ValueError):
        speech.set_language("xx")
    assert speech.language == "en"


def test_an_owner_with_a_parent_is_told_no_more_once_it_is_gone(speech: Speech, qtbot) -> None:
    told: list[str] = []
    parent = QWidget()
    owner = QLabel(parent)
    speech.tell(owner, lambda: told.append(speech.language))
    owner.deleteLater()
    qtbot.wait(1)
    speech.set_language("zh_CN")
    assert told == ["en"]


def test_an_owner_is_not_kept_alive_by_its_words(speech: Speech) -> None:
    def spoken() -> weakref.ref[QLabel]:
        owner = QLabel()
        speech.tell(owner, lambda: owner.setText(speech.say("Open…")))
        return weakref.ref(owner)

    watched = spoken()
    gc.collect()
    assert watched() is None
    speech.set_language("zh_CN")
