"""Preferences take effect at once, are found by a few letters, and what is remembered can be seen, taken along and erased."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from gesso import app
from gesso.engine.gpu_pack import GpuPacks
from gesso.engine.trust import Trust
from gesso.feedback import Feedback
from gesso.files.settings import Settings
from gesso.jobs import Jobs
from gesso.ui.actions import Act
from gesso.ui.keymap import Keymap
from gesso.ui.look import Look
from gesso.ui.preferences import Preferences
from gesso.ui.preferences import memory as memory_page
from gesso.ui.preferences import shortcuts as shortcuts_page
from gesso.ui.speech import Speech
from gesso.ui.window import Window

from .conftest import Until

ACTS = [
    Act("save", "Save", list, keys="Ctrl+S", menu="file"),
    Act("undo", "Undo", list, keys="Ctrl+Z", menu="edit"),
    Act("layer-new", "New layer", list, menu="layer"),
]


@pytest.fixture
def feedback(home: Path) -> Iterator[Feedback]:
    made = Feedback(home / "feedback.sqlite")
    yield made
    made.close()


@pytest.fixture
def jobs(qtbot: QtBot) -> Iterator[Jobs]:
    made = Jobs(app.Post(QApplication.instance()))
    yield made
    made.close()


@pytest.fixture
def dialogue(
    settings: Settings, look: Look, speech: Speech, feedback: Feedback, jobs: Jobs, home: Path, qtbot: QtBot
) -> Preferences:
    for verdict in ("kept", "rejected", "rejected"):
        feedback.decide(feedback.propose("painting.stylise", "stylise", "1.0.0", {"strength": 1.0}, 1), verdict, 2.0)
    made = Preferences(
        settings, look, speech, feedback, keymap=Keymap(ACTS, settings), jobs=jobs, histories=home / "generations",
        packs=GpuPacks(home / "gpu", Trust(home / "no keys", home / "none either")),
    )  # fmt: skip
    qtbot.addWidget(made)
    return made


def choose(box: object, value: str) -> None:
    box.setCurrentIndex(box.findData(value))
    box.activated.emit(box.currentIndex())


def texts(page: QWidget) -> str:
    return "\n".join(label.text() for label in page.findChildren(QLabel))


def pages_listed(dialogue: Preferences) -> list[str]:
    return [page.id for at, page in enumerate(dialogue.pages) if not dialogue.list.item(at).isHidden()]


def found(dialogue: Preferences) -> set[str]:
    return {row.title for page in dialogue.pages for row in page.rows if row.frame.property("found")}


# --- appearance, canvas, files ---------------------------------------------------------------------------------------


def test_language_and_theme_change_at_once_and_are_kept(
    dialogue: Preferences, settings: Settings, look: Look, speech: Speech
) -> None:
    choose(dialogue.appearance.language, "zh_CN")
    choose(dialogue.appearance.theme, "contrast")
    assert speech.language == "zh_CN" and dialogue.windowTitle() == "偏好设置" and look.is_contrast
    again = Settings.load(settings.file)
    assert (again.language, again.theme) == ("zh_CN", "contrast")


def test_device_and_size_count_from_the_next_start_and_say_so(
    dialogue: Preferences, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(dialogue.models.device, "cpu")
    choose(dialogue.appearance.scale, "150")
    kept = Settings.load(settings.file)
    assert (kept.device, kept.ui_scale) == ("cpu", 150)
    assert all("next start" in texts(page) for page in (dialogue.models, dialogue.appearance))
    monkeypatch.setattr(app.os, "environ", {})
    app.scale_up(kept)
    assert app.os.environ == {"QT_SCALE_FACTOR": "1.5"}


def test_a_size_that_the_screen_cannot_hold_is_told(dialogue: Preferences) -> None:
    choose(dialogue.appearance.scale, "80")
    assert dialogue.appearance.room.text() == ""
    choose(dialogue.appearance.scale, "200")
    screen = dialogue.appearance.screen().size() * dialogue.appearance.screen().devicePixelRatio()
    is_small = screen.width() < 1920 or screen.height() < 1200
    assert ("1920 × 1200" in dialogue.appearance.room.text()) == is_small


def test_what_the_histories_take_is_told(dialogue: Preferences, settings: Settings, home: Path) -> None:
    assert "none yet" in dialogue.files.taken.text()
    (home / "generations").mkdir()
    (home / "generations" / "a.gesso").write_bytes(bytes(2_500_000))
    dialogue.files.histories.setValue(1)
    assert Settings.load(settings.file).history_mb == 1
    assert "2.5 MB now, for 1 files" in dialogue.files.taken.text() and "throws away" in dialogue.files.taken.text()
    dialogue.files.histories.setValue(0)
    assert "no new states" in dialogue.files.taken.text()


def test_whom_exports_name_is_nobody_until_it_is_written_down(dialogue: Preferences, settings: Settings) -> None:
    assert settings.author == settings.rights == dialogue.files.author.text() == ""
    for field, words in ((dialogue.files.author, " 林 Ada "), (dialogue.files.rights, "© 林")):
        field.setText(words)
        field.editingFinished.emit()
    kept = Settings.load(settings.file)
    assert (kept.author, kept.rights) == ("林 Ada", "© 林")


def test_the_canvas_heeds_what_is_chosen(window: Window, photograph: Path, until: Until) -> None:
    window.paperwork.open(photograph)
    until(lambda: window.easel.history is not None)
    window.actions_["preferences"].trigger()
    dialogue = window.findChild(Preferences)
    dialogue.canvas.grid.click()
    dialogue.canvas.undo.setValue(128)
    assert not window.canvas.pane.shows_grid and window.easel.history.limit_bytes == 128 * 1024 * 1024
    dialogue.close()


# --- search ----------------------------------------------------------------------------------------------------------


def test_settings_are_found_in_both_languages_and_by_initials(dialogue: Preferences, until: Until) -> None:
    for query in ("undo", "撤销"):
        dialogue.query.setText(query)
        assert found(dialogue) == {"Memory for undo"} and pages_listed(dialogue) == ["canvas"], query
        assert dialogue.stack.currentWidget() is dialogue.canvas
    dialogue.query.setText("jmsf")  # 界面缩放
    until(lambda: found(dialogue) == {"Size of everything"})
    dialogue.query.setText("")
    assert not found(dialogue) and len(pages_listed(dialogue)) == len(dialogue.pages)


def test_what_is_not_there_is_said(dialogue: Preferences) -> None:
    dialogue.query.setText("qqqq")
    assert pages_listed(dialogue) == [] and not dialogue.nothing.isHidden() and dialogue.stack.isHidden()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_control_has_a_name_and_no_word_is_cut_off(
    dialogue: Preferences, speech: Speech, qtbot: QtBot, language: str
) -> None:
    speech.set_language(language)
    dialogue.show()
    for page in dialogue.pages:
        dialogue.show_page(page.id)
        QApplication.processEvents()
        for widget in dialogue.findChildren(QWidget):
            if not widget.isVisible() or widget.objectName().startswith("qt_"):
                continue
            if widget.focusPolicy() != Qt.FocusPolicy.NoFocus:
                assert widget.accessibleName() or getattr(widget, "text", str)(), (page.id, type(widget).__name__)
            if isinstance(widget, QAbstractButton) and widget.text():
                assert widget.width() >= widget.minimumSizeHint().width(), widget.text()
            elif isinstance(widget, QLabel) and widget.text():
                needs = widget.heightForWidth(widget.width()) if widget.wordWrap() else widget.sizeHint().height()
                assert widget.height() + 1 >= needs, widget.text()


# --- models ----------------------------------------------------------------------------------------------------------


def test_a_file_that_is_no_pack_is_refused_in_one_sentence(dialogue: Preferences, tmp_path: Path, until: Until) -> None:
    told: list[object] = []
    dialogue.troubled.connect(told.append)
    (tmp_path / "包.zip").write_bytes(b"no zip at all")
    dialogue.models.install_from(tmp_path / "包.zip")
    assert not dialogue.models.bar.isHidden() and not dialogue.models.stop.isHidden()
    until(lambda: told)
    assert "包.zip" in dialogue.models.state.text() and dialogue.models.bar.isHidden()
    assert not dialogue.models.install.isHidden() and dialogue.models.remove.isHidden()


def test_a_pack_that_is_not_sound_can_be_removed(dialogue: Preferences, home: Path, speech: Speech) -> None:
    (home / "gpu" / "pack").mkdir(parents=True)
    speech.changed.emit()
    assert not dialogue.models.remove.isHidden() and "refused" in dialogue.models.state.text()
    dialogue.models.remove.click()
    assert not (home / "gpu" / "pack").exists() and dialogue.models.remove.isHidden()


# --- shortcuts -------------------------------------------------------------------------------------------------------


def listed(dialogue: Preferences) -> list[tuple[str, str]]:
    rows = dialogue.shortcuts.list
    items = [rows.topLevelItem(row) for row in range(rows.topLevelItemCount())]
    return [(item.data(0, Qt.ItemDataRole.UserRole), item.text(1)) for item in items]


def test_commands_are_found_by_name_and_by_keys(dialogue: Preferences) -> None:
    page = dialogue.shortcuts
    assert [id for id, _ in listed(dialogue)] == ["save", "undo", "layer-new"]
    page.query.setText("撤销")
    assert listed(dialogue) == [("undo", "Ctrl+Z")]
    page.query.clear()
    page.pressed.setKeySequence(QKeySequence("Ctrl+S"))
    assert listed(dialogue) == [("save", "Ctrl+S")]


def test_keys_that_belong_to_another_command_are_named_before_they_are_taken(dialogue: Preferences) -> None:
    page = dialogue.shortcuts
    page.choose("layer-new")
    page.field.setKeySequence(QKeySequence("Ctrl+S"))
    assert page.warning.text() == "Ctrl+S belongs to “Save”, which loses it if you go on."
    page.add.click()
    assert dict(listed(dialogue)) == {"save": "", "undo": "Ctrl+Z", "layer-new": "Ctrl+S"} and not page.warning.text()
    assert page.current == "layer-new"
    page.field.setKeySequence(QKeySequence("Space"))
    assert "moving the view" in page.warning.text()
    page.change.click()
    assert page.keymap.keys("layer-new") == ["Space"]
    page.reset_all.click()
    assert page.keymap.keys("save") == ["Ctrl+S"] and not page.reset_all.isEnabled()


def test_keys_can_be_removed_and_reset(dialogue: Preferences) -> None:
    page = dialogue.shortcuts
    page.choose("undo")
    page.clear.click()
    assert page.keymap.keys("undo") == [] and page.reset.isEnabled() and not page.clear.isEnabled()
    page.reset.click()
    assert page.keymap.keys("undo") == ["Ctrl+Z"] and not page.reset.isEnabled()


def test_shortcuts_are_taken_along(dialogue: Preferences, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page, path = dialogue.shortcuts, str(tmp_path / "keys.json")
    for name in ("getSaveFileName", "getOpenFileName"):
        monkeypatch.setattr(shortcuts_page.QFileDialog, name, lambda *_, **__: (path, ""))
    choose(page.preset, "krita")
    assert page.keymap.keys("layer-new") == ["Ins"]
    page.keymap.add("save", "F2")
    page.export.click()
    choose(page.preset, "gesso")
    assert page.keymap.keys("layer-new") == [] and page.keymap.keys("save") == ["Ctrl+S"]
    page.import_.click()
    assert page.preset.currentData() == "krita" and page.keymap.keys("save") == ["Ctrl+S", "F2"]
    told: list[object] = []
    dialogue.troubled.connect(told.append)
    Path(path).write_text("{}", "utf-8")
    page.import_.click()
    assert len(told) == 1


# --- what is remembered ----------------------------------------------------------------------------------------------


def test_what_is_remembered_is_counted_and_erased(dialogue: Preferences, feedback: Feedback) -> None:
    page = dialogue.memory
    assert page.tally.text() == "3 proposals remembered: 1 kept, 2 rejected."
    page.erase.click()
    assert not feedback.summary() and not page.erase.isEnabled()
    assert page.tally.text() == "No proposals are remembered."


def test_remembering_can_be_paused(dialogue: Preferences, feedback: Feedback) -> None:
    dialogue.memory.remember.click()
    assert feedback.paused
    dialogue.memory.remember.click()
    assert not feedback.paused


def test_what_is_remembered_can_be_taken_along(
    dialogue: Preferences, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "提案.jsonl"
    monkeypatch.setattr(memory_page.QFileDialog, "getSaveFileName", lambda *_, **__: (str(path), ""))
    dialogue.memory.export.click()
    verdicts = [json.loads(line)["verdict"] for line in path.read_text("utf-8").splitlines()]
    assert verdicts == ["kept", "rejected", "rejected"]


def test_a_folder_that_refuses_is_told(dialogue: Preferences, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[object] = []
    dialogue.troubled.connect(told.append)
    gone = str(tmp_path / "no folder" / "a.jsonl")
    monkeypatch.setattr(memory_page.QFileDialog, "getSaveFileName", lambda *_, **__: (gone, ""))
    dialogue.memory.export.click()
    assert len(told) == 1
