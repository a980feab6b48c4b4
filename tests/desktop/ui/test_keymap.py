"""Keys can be changed, are kept as differences, and never belong to two commands."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QAbstractButton

from gesso.files.settings import Settings
from gesso.ui.actions import Act, with_mnemonic
from gesso.ui.keymap import Keymap, normal, split
from gesso.ui.presets import PRESETS
from gesso.ui.window import Window
from gesso.values import Trouble

from .conftest import Until

ACTS = [Act("save", "Save", list, keys="Ctrl+S"), Act("undo", "Undo", list, keys="Ctrl+Z"), Act("crop", "Crop", list)]


@pytest.fixture
def keymap(settings: Settings) -> Keymap:
    return Keymap(ACTS, settings)


def test_keys_are_written_as_qt_writes_them() -> None:
    assert split("ctrl+shift+z | Ctrl+Y") == ["Ctrl+Shift+Z", "Ctrl+Y"]
    assert split("Ctrl+S | Ctrl+S") == ["Ctrl+S"] and split("") == []
    assert normal("Delete") == "Del" and normal("no such key") == ""


def test_a_key_given_to_one_command_is_taken_from_the_other(keymap: Keymap) -> None:
    assert keymap.owner("ctrl+s") == "save" and keymap.owner("Ctrl+S", besides="save") == ""
    keymap.add("crop", "Ctrl+S")
    assert keymap.keys("crop") == ["Ctrl+S"] and keymap.keys("save") == []
    keymap.reset("save")
    assert keymap.keys("save") == ["Ctrl+S"] and keymap.keys("crop") == [] and not keymap.is_changed


def test_only_what_differs_is_kept_and_comes_back(keymap: Keymap, settings: Settings) -> None:
    keymap.add("save", "F5")
    assert Settings.load(settings.file).keys == {"save": "Ctrl+S | F5"}
    assert Keymap(ACTS, Settings.load(settings.file)).keys("save") == ["Ctrl+S", "F5"]
    keymap.remove("save", "F5")
    assert Settings.load(settings.file).keys == {}


def test_shortcuts_travel_in_a_file(keymap: Keymap, tmp_path: Path, home: Path) -> None:
    keymap.set("crop", ["C", "Ctrl+Z"])
    keymap.export(tmp_path / "键.json")
    other = Keymap(ACTS, Settings(home / "other.json"))
    other.import_(tmp_path / "键.json")
    assert other.keys("crop") == ["C", "Ctrl+Z"] and other.keys("undo") == []


@pytest.mark.parametrize(
    "written",
    ["", "[]", '{"format": "other"}', '{"format": "gesso-shortcuts", "preset": "vi", "keys": {}}',
     '{"format": "gesso-shortcuts", "preset": "gesso", "keys": {"save": "F5", "undo": "F5"}}'],
)  # fmt: skip
def test_what_is_no_file_of_shortcuts_changes_nothing(keymap: Keymap, tmp_path: Path, written: str) -> None:
    file = tmp_path / "keys.json"
    file.write_text(written, "utf-8")
    with pytest.raises(Trouble):
        keymap.import_(file)
    assert keymap.keys("save") == ["Ctrl+S"]


@how(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    st.lists(
        st.tuples(st.sampled_from(["add", "remove", "reset"]), st.sampled_from(["save", "undo", "crop"]),
                  st.sampled_from(["Ctrl+S", "Ctrl+Z", "F5", "C"])),
        max_size=8,
    )
)  # fmt: skip
def test_whatever_is_done_no_key_belongs_to_two(home: Path, steps: list[tuple[str, str, str]]) -> None:
    settings = Settings(home / "law.json")
    keymap = Keymap(ACTS, settings)
    for step, id, key in steps:
        keymap.reset(id) if step == "reset" else getattr(keymap, step)(id, key)
        counts = Counter(key for act in ACTS for key in keymap.keys(act.id))
        assert not [key for key, count in counts.items() if count > 1]
        again = Keymap(ACTS, Settings(home / "law.json", keys=dict(settings.keys)))
        assert all(again.keys(act.id) == keymap.keys(act.id) for act in ACTS)


def test_menus_have_letters_in_both_languages() -> None:
    assert with_mnemonic("File", "F") == "&File" and with_mnemonic("文件", "F") == "文件(&F)"


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_gives_no_key_twice_and_names_what_is_there(window: Window, preset: str) -> None:
    acts = window.actions_.acts
    given = PRESETS[preset].keys
    assert given.keys() <= acts.keys()
    assert all(split(row) == row.split(" | ") for row in given.values() if row), "written as Qt writes them"
    twice = Counter(key for row in given.values() for key in split(row))
    assert not [key for key, count in twice.items() if count > 1], "nor within what it changes"
    window.actions_.keymap.use(preset)
    counts = Counter(key.toString() for action in window.actions_.by_id.values() for key in action.shortcuts())
    assert not [key for key, count in counts.items() if count > 1]


def test_a_change_shows_at_once_in_actions_tooltips_and_palette(window: Window) -> None:
    window.actions_.keymap.use("photoshop")
    for id, action in window.actions_.by_id.items():
        keys = window.actions_.keymap.keys(id)
        assert [key.toString() for key in action.shortcuts()] == keys
        shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        assert action.toolTip().endswith(shown), id
    window.actions_.keymap.set("save", ["F12"])
    assert "F12" in window.actions_["save"].toolTip()
    listed = {command.id: command.shortcut for command in window.palette_._commands()}
    assert listed["save"] == "F12" and listed["preferences"] == "Ctrl+K"
    assert json.loads(window.settings.file.read_text("utf-8"))["keys"] == {"save": "F12"}


def test_no_button_has_a_key_that_the_editor_does_not_know(window: Window) -> None:
    assert [b.accessibleName() for b in window.findChildren(QAbstractButton) if not b.shortcut().isEmpty()] == []


def test_layers_are_moved_by_key(window: Window, photograph: Path, until: Until) -> None:
    window.paperwork.open(photograph)
    until(lambda: window.easel.painting is not None)
    window.actions_["layer-new"].trigger()
    above = [layer.id for layer in window.easel.painting.layers()]
    window.actions_["layer-down"].trigger()
    assert [layer.id for layer in window.easel.painting.layers()] == above[::-1]
    window.actions_["layer-up"].trigger()
    assert [layer.id for layer in window.easel.painting.layers()] == above
