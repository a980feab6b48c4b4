"""Settings come back as they were, and a file that somebody spoilt costs only what it spoilt."""

from __future__ import annotations

import json
from pathlib import Path

from gesso.files.settings import MOST_RECENT, Settings


def test_they_come_back(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    made = Settings(file, language="zh_CN", theme="light", docks="AAAA", commands=["export", "open"])
    made.used(tmp_path / "画.png")
    assert Settings.load(file) == made


def test_what_does_not_fit_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text(json.dumps({"theme": 7, "recent": "no list", "language": "zh_CN", "unknown": 1}))
    assert Settings.load(file) == Settings(file, language="zh_CN")
    file.write_text("{")
    assert Settings.load(file) == Settings(file)


def test_a_file_used_again_comes_to_the_top(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "settings.json")
    for number in range(MOST_RECENT + 3):
        settings.used(tmp_path / f"{number}.png")
    settings.used(tmp_path / "5.png")
    assert settings.recent[0].endswith("5.png") and len(settings.recent) == len(set(settings.recent)) == MOST_RECENT


def test_deleted_files_are_forgotten_and_those_of_another_drive_are_not(tmp_path: Path) -> None:
    (tmp_path / "here.png").write_bytes(b"x")
    away = tmp_path / "no such drive" / "there.png"
    settings = Settings(tmp_path / "settings.json")
    settings.recent = [str(tmp_path / "here.png"), str(tmp_path / "gone.png"), str(away)]
    settings.forget_gone()
    assert Settings.load(settings.file).recent == [str(tmp_path / "here.png"), str(away)]


def test_a_folder_that_refuses_costs_only_the_settings(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    Settings(tmp_path / "file" / "settings.json").save()
