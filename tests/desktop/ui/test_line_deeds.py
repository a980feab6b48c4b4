"""Lines of a layer to a file of paths, from the window."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest
from PIL import Image
from PySide6.QtWidgets import QFileDialog

from gesso.ui import line_deeds
from gesso.ui.line_deeds import ask_lines, export_lines
from gesso.ui.paperwork import Paperwork
from tests.desktop.ui.conftest import Desk, Until


@pytest.fixture
def drawing(paper: Paperwork, desk: Desk, until: Until, tmp_path: Path) -> Path:
    """A painting of one layer with a line on it is open."""
    pixels = np.zeros((60, 90, 4), np.uint8)
    cv2.line(pixels, (10, 30), (80, 30), (0, 0, 0, 255), 4)
    Image.fromarray(pixels).save(tmp_path / "墨 ink.png")
    paper.open(tmp_path / "墨 ink.png")
    until(lambda: desk.easel.painting)
    return tmp_path


def paths_in(file: Path) -> int:
    return len(list(ElementTree.parse(file).iter("{http://www.w3.org/2000/svg}path")))


def test_the_active_layer_is_written_as_paths(paper: Paperwork, desk: Desk, until: Until, drawing: Path) -> None:
    said: list[str] = []
    paper.noted.connect(said.append)
    export_lines(paper, drawing / "lines.svg")
    until(lambda: said)
    assert paths_in(drawing / "lines.svg") == 1 and "lines.svg" in said[0]
    assert not desk.easel.is_modified


def test_a_name_without_an_ending_gets_one_and_an_old_file_is_asked_about(
    paper: Paperwork, until: Until, drawing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(drawing / "mine"), ""))
    (drawing / "mine.svg").write_text("old", encoding="utf-8")
    monkeypatch.setattr(line_deeds, "ask_replace", lambda *_: False)
    ask_lines(paper)
    assert not paper.jobs.running and (drawing / "mine.svg").read_text(encoding="utf-8") == "old"
    monkeypatch.setattr(line_deeds, "ask_replace", lambda *_: True)
    ask_lines(paper)
    until(lambda: "<path" in (drawing / "mine.svg").read_text(encoding="utf-8"))


def test_a_photograph_is_refused_and_nothing_written(
    paper: Paperwork, desk: Desk, until: Until, photograph: Path, tmp_path: Path
) -> None:
    troubles: list[object] = []
    paper.troubled.connect(troubles.append)
    paper.open(photograph)
    until(lambda: desk.easel.painting)
    export_lines(paper, tmp_path / "lines.svg")
    until(lambda: troubles)
    assert not (tmp_path / "lines.svg").exists()
