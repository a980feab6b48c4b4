"""Looking an installation over finds what an artist would find, and names what is not there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from gesso import app
from gesso.files.pictures import WRITABLE
from gesso.ui.guide import Guide
from gesso.ui.guide_pages import PAGES, GuidePages
from gesso.ui.look_over import LookOver
from gesso.ui.window import Window
from gesso.values.words import LANGUAGES

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="7"><path fill="teal" d="M0 0H9V7Z"/></svg>'


def test_everything_is_opened_saved_and_opened_again_by_one_reader(
    window: Window, photograph: Path, tmp_path: Path
) -> None:
    drawing, place = tmp_path / "a.svg", tmp_path / "saved"
    drawing.write_text(SVG, "utf-8")
    place.mkdir()
    look = LookOver(window)
    look.everything([photograph, drawing], place)
    found = look.found
    assert len(found["readers"]) == 1
    assert {path.name for path in place.iterdir()} == set(found["saved"])
    assert {Path(name).suffix for name in found["saved"]} == {*WRITABLE, ".gesso"}
    again = {Path(one["name"]).suffix: one for one in found["opened"][2:]}
    assert set(again) == {*WRITABLE, ".gesso"} - {".pdf"}
    assert {suffix for suffix, one in again.items() if one["apart"] == 0} >= {".gesso", ".png", ".tif", ".ora", ".psd"}
    assert [again[suffix]["layers"] for suffix in (".gesso", ".ora", ".psd", ".png")] == [2, 2, 2, 1]
    assert all(
        told["pages"] == len(PAGES) and told["pictures"] and not told["missing"] for told in found["guide"].values()
    )
    assert list(found["guide"]) == list(LANGUAGES) and found["guide"]["zh_CN"]["title"] == "使用指南"
    assert window.speech.language == "en" and "pencil" in found["brushes"]


def test_a_file_that_cannot_be_read_ends_it_and_is_told(
    window: Window, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    torn = tmp_path / "torn.png"
    torn.write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    app._report_look_over(window, [torn], tmp_path)
    told = json.loads(capsys.readouterr().out)
    assert "torn.png" in told["trouble"] and told["saved"] == []


def test_a_picture_missing_from_the_guide_is_named(window: Window, tmp_path: Path) -> None:
    for language in LANGUAGES:
        folder = tmp_path / "guide" / language
        folder.mkdir(parents=True)
        (folder / f"{PAGES[0]}.md").write_text("# First\n\n![here](here.webp)\n\n![gone](gone.webp)\n", "utf-8")
        Image.new("RGB", (8, 8)).save(folder / "here.webp")
    window.actions_["guide"].trigger()
    window.findChild(Guide).pages = GuidePages(tmp_path / "guide")
    look = LookOver(window)
    look._read_guide()
    assert look.found["guide"]["en"] == {"pages": 1, "pictures": 1, "missing": ["gone.webp"], "title": "Guide"}
