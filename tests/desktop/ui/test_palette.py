"""Commands are found in either language, by sound, by initials, and run from the keys alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QListWidget, QVBoxLayout, QWidget

from gesso.ui.look import Look
from gesso.ui.palette import Command, CommandPalette
from gesso.ui.speech import Speech
from gesso.values.ranking import forms, pinyin, rank, score, spelt

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)

NAMES = {
    "stylise": (("Stylise", "风格化"), ("style transfer", "风格转换")),
    "upscale": (("Upscale", "放大图像"), ()),
    "save": (("Save", "保存"), ()),
    "save-as": (("Save as…", "另存为…"), ()),
    "undo": (("Undo", "撤销"), ()),
    "redo": (("Redo", "重做"), ()),
    "layer": (("New layer", "新建图层"), ()),
    "blur": (("Gaussian blur", "高斯模糊"), ()),
}
THINGS = [(id, forms(names, keywords)) for id, (names, keywords) in NAMES.items()]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("sty", "stylise"),
        ("STYLISE", "stylise"),
        ("风格", "stylise"),
        ("化", "stylise"),
        ("fgh", "stylise"),
        ("fgz", "stylise"),
        ("fghua", "stylise"),
        ("fenggehua", "stylise"),
        ("feng ge", "stylise"),
        ("ｓｔｙｌｅ transfer", "stylise"),
        ("cz", "redo"),
        ("chongzuo", "redo"),
        ("xjtc", "layer"),
        ("tuceng", "layer"),
        ("nl", "layer"),
        ("layer", "layer"),
        ("save", "save"),
        ("sa", "save"),
        ("save a", "save-as"),
        ("lcw", "save-as"),
        ("ussian", "blur"),
        ("gbl", "blur"),
    ],
)
def test_the_best_comes_first(query: str, first: str) -> None:
    assert rank(query, THINGS)[0] == first


def test_what_does_not_fit_is_not_listed() -> None:
    assert rank("qqq", THINGS) == []
    assert "undo" not in rank("sty", THINGS)


def test_beginnings_beat_middles_and_middles_beat_scattered_letters() -> None:
    form = spelt("New layer")
    assert score("new", form) > score("layer", form) > score("aye", form) > score("nwr", form) > 0


def test_every_reading_of_a_sign_counts() -> None:
    form = pinyin("重做")
    assert form is not None
    assert score("chong", form) > 0
    assert score("zhong", form) > 0
    assert pinyin("Redo") is None


def test_recent_ones_lead_when_nothing_is_typed_and_among_equals() -> None:
    assert rank("", THINGS, ["undo", "blur"])[:2] == ["undo", "blur"]
    assert len(rank("", THINGS)) == len(THINGS)
    twins = [("a", forms(["Fill"])), ("b", forms(["Fill"]))]
    assert rank("fi", twins, ["b"]) == ["b", "a"]


@given(st.text(max_size=12), st.text(max_size=20))
def test_any_query_against_any_text_gives_a_plain_number(query: str, text: str) -> None:
    assert 0 <= score(query, spelt(text)) <= 105


@given(st.sampled_from([name for names, _ in NAMES.values() for name in names]))
def test_every_name_finds_itself(name: str) -> None:
    assert name in NAMES[rank(name, THINGS)[0]][0]


# --- the overlay -----------------------------------------------------------------------------------------------------


@pytest.fixture
def window(qtbot) -> QWidget:
    window = QWidget()
    window.resize(900, 700)
    QVBoxLayout(window).addWidget(QLineEdit(window))
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    return window


@pytest.fixture
def speech(tmp_path: Path, qapp: object) -> Speech:
    (tmp_path / "zh_CN").mkdir()
    words = {names[0]: names[1] for names, _ in NAMES.values()}
    (tmp_path / "zh_CN" / "a.json").write_text(json.dumps(words), encoding="utf-8")
    return Speech(folder=tmp_path)


@pytest.fixture
def done() -> list[str]:
    return []


@pytest.fixture
def palette(window: QWidget, speech: Speech, done: list[str]) -> CommandPalette:
    palette = CommandPalette(Look(), speech, window)

    def command(id: str) -> Command:
        title, keywords = NAMES[id][0][0], NAMES[id][1]
        return Command(
            id, title, lambda: done.append(id), "Ctrl+S" if id == "save" else "", keywords, lambda: id != "redo"
        )

    palette.set_commands([command(id) for id in NAMES])
    return palette


def query_of(palette: CommandPalette) -> QLineEdit:
    return palette.findChild(QLineEdit)


def titles(palette: CommandPalette) -> list[str]:
    found = palette.findChild(QListWidget)
    return [found.item(row).text() for row in range(found.count())]


def test_letters_and_enter_run_a_command(palette: CommandPalette, done: list[str], qtbot) -> None:
    palette.show_over()
    qtbot.keyClicks(query_of(palette), "fghua")
    qtbot.waitUntil(lambda: titles(palette)[:1] == ["Stylise"])  # the sounds are learnt in the background
    with qtbot.waitSignal(palette.ran):
        qtbot.keyClick(query_of(palette), Qt.Key.Key_Return)
    assert done == ["stylise"]
    assert palette.isHidden()
    palette.show_over()
    assert titles(palette)[0] == "Stylise", "the recent one leads"


def test_arrows_choose_and_pass_over_what_cannot_be_run(palette: CommandPalette, done: list[str], qtbot) -> None:
    palette.show_over()
    for _ in range(5):  # stylise, upscale, save, save as, undo; redo cannot
        qtbot.keyClick(query_of(palette), Qt.Key.Key_Down)
    qtbot.keyClick(query_of(palette), Qt.Key.Key_Return)
    assert done == ["layer"]
    palette.show_over()
    qtbot.keyClicks(query_of(palette), "redo")
    qtbot.keyClick(query_of(palette), Qt.Key.Key_Return)
    assert done == ["layer"]


def test_escape_closes_and_gives_the_focus_back(palette: CommandPalette, window: QWidget, qtbot) -> None:
    field = window.layout().itemAt(0).widget()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    palette.show_over()
    qtbot.waitUntil(query_of(palette).hasFocus)
    qtbot.keyClick(query_of(palette), Qt.Key.Key_Escape)
    assert palette.isHidden()
    qtbot.waitUntil(field.hasFocus)


def test_looking_elsewhere_closes_it(palette: CommandPalette, window: QWidget, qtbot) -> None:
    palette.show_over()
    qtbot.waitUntil(query_of(palette).hasFocus)
    window.layout().itemAt(0).widget().setFocus()
    qtbot.waitUntil(palette.isHidden)


def test_titles_are_shown_in_the_language_and_searched_in_both(palette: CommandPalette, speech: Speech, qtbot) -> None:
    speech.set_language("zh_CN")
    palette.show_over()
    qtbot.keyClicks(query_of(palette), "upsc")
    assert titles(palette) == ["放大图像"]


def test_it_stays_inside_a_small_window(palette: CommandPalette, window: QWidget) -> None:
    window.resize(360, 240)
    palette.show_over()
    assert window.rect().contains(palette.geometry())
