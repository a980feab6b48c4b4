"""The guide is whole in both languages, true to what the window can do, and leads where it says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QImage, QKeySequence
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gesso.cli.commands import commands
from gesso.ui.guide import Guide
from gesso.ui.guide_deeds import page_for
from gesso.ui.guide_markup import blocks, codes, headings, html_of, links, pictures, sections
from gesso.ui.guide_pages import PAGES, GuidePages, Page
from gesso.ui.look import Look
from gesso.ui.speech import Speech
from gesso.ui.window import Window
from gesso.values.paths import resources
from gesso.values.words import LANGUAGES
from tests.desktop.ui.conftest import Until

MOST_BYTES = 1_500_000
HELD = {"Space", "Shift", "Alt", "Ctrl", "Enter", "Esc", "Delete", *"123456789"}
"""Keys that the canvas, its tools and the proposals understand by themselves."""

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def every_page() -> list[Page]:
    return [page for language in LANGUAGES for page in GuidePages().of(language).values()]


@pytest.fixture
def guide(qtbot: QtBot) -> Guide:
    made = Guide(Look("dark"), Speech(), lambda id: f"no {id} now", lambda id: "Ctrl+G" if id == "suggest" else "", str)
    qtbot.addWidget(made)
    made.show()
    made.show_page("first-steps")
    return made


# --- the pages -----------------------------------------------------------------------------------------------------------


def test_every_page_is_there_in_both_languages_with_the_same_parts() -> None:
    for id in PAGES:
        pages = [GuidePages().of(language)[id] for language in LANGUAGES]
        levels = [re.findall(r"^#+(?= )", page.source, re.MULTILINE) for page in pages]
        assert levels[0] == levels[1] and len(levels[0]) >= 2, id
        assert pictures(pages[0].source) == pictures(pages[1].source), id
        targets = [sorted(target for _, target in links(page.source)) for page in pages]
        assert targets[0] == targets[1], id
        kinds = [[block.kind for block in blocks(page.source)] for page in pages]
        assert kinds[0] == kinds[1], id


def test_no_page_lies_about_that_nobody_finds() -> None:
    for language in LANGUAGES:
        assert {file.stem for file in (resources() / "guide" / language).glob("*.md")} == set(PAGES)


def test_pictures_are_there_used_and_small() -> None:
    for language in LANGUAGES:
        named = {file for page in GuidePages().of(language).values() for file in pictures(page.source)}
        there = {file.name for file in (resources() / "guide" / language).glob("*.webp")}
        assert named == there, language
        for file in there:
            assert QImage(str(resources() / "guide" / language / file)).width() >= 400, file
    assert sum(file.stat().st_size for file in (resources() / "guide").rglob("*")) < MOST_BYTES


def test_links_lead_to_pages_and_commands_of_that_name(window: Window) -> None:
    for language in LANGUAGES:
        say = window.speech.words_of(language).say
        for page in GuidePages().of(language).values():
            for words, target in links(page.source):
                if target.startswith("act:"):
                    act = window.actions_.acts.get(target.removeprefix("act:"))
                    assert act is not None, f"{page.id}: {target}"
                    title = say(act.title).rstrip("…")
                    keys = {QKeySequence(keys).toString() for keys in act.keys.split(" | ")}
                    assert words == title or words in keys, f"{language} {page.id}: {words!r} is {title!r}"
                else:
                    assert target.removesuffix(".md") in PAGES, f"{page.id}: {target}"


def test_keys_that_are_named_are_keys(window: Window) -> None:
    known = {key for act in window.actions_.acts.values() for key in act.keys.split(" | ")} | HELD
    for page in every_page():
        for code in codes(page.source):
            assert code in known or code.startswith((".", "--", "gesso ")), f"{page.id}: {code}"


def test_words_of_the_window_are_those_that_stand_in_it() -> None:
    folder = resources() / "translations" / "zh_CN"
    catalogue = {en: zh for file in folder.glob("*.json") for en, zh in json.loads(file.read_text("utf-8")).items()}
    shown = {"en": set(catalogue), "zh_CN": set(catalogue.values())}
    for language in LANGUAGES:
        for page in GuidePages().of(language).values():
            for words in re.findall(r"\*\*([^*]+)\*\*", page.source):
                assert words in shown[language], f"{language} {page.id}: {words}"


def test_commands_of_the_shell_are_commands() -> None:
    known = {command.name for command in commands(lambda files: 0)}
    for page in every_page():
        for block in blocks(page.source):
            for line in block.lines if block.kind == "code" else []:
                assert line.split()[0] == "gesso" and line.split()[1] in known, line


# --- from Markdown to what is shown --------------------------------------------------------------------------------------


def test_markup_escapes_what_is_not_markup() -> None:
    made = html_of(
        "# A < B\n\nSome **bold & `<i>`** and [x](act:y).\n\n- one\n  goes on\n- two", lambda id: "Ctrl+<", 300
    )
    assert "A &lt; B" in made and "<b>bold &amp; " in made and "&lt;i&gt;" in made and "<i>" not in made
    assert '<a href="act:y">x</a>' in made and "Ctrl+&lt;" in made
    assert "<li>one goes on</li><li>two</li>" in made


def test_chinese_lines_are_joined_without_a_space() -> None:
    assert "画画，然后保存" in html_of("画画，\n然后保存", lambda id: "", 300)


def test_sections_hold_plain_words() -> None:
    found = sections("# One\n\ntext [Suggest](act:suggest) **now**\n\n## Two\n\n| a | b |\n|---|---|\n| c | d |\n")
    assert found[0] == "One\ntext Suggest now" and found[1].split() == ["Two", "a", "b", "c", "d"]
    assert headings("# One\n## Two") == ["One", "Two"]


# --- finding -------------------------------------------------------------------------------------------------------------


def test_a_search_finds_in_either_language_and_names_the_same_place() -> None:
    pages = GuidePages()
    for query in ("stylise strength", "风格化 强度"):
        for language in LANGUAGES:
            hit = pages.search(query, language)[0]
            assert hit.page == "suggestions", (query, language)
    assert pages.search("", "en") == [] and pages.search("zebra crossing", "en") == []
    assert pages.search("masks", "en")[0].page == "layers", "a heading comes first"


def test_searching_in_the_window(guide: Guide, qtbot: QtBot) -> None:
    assert guide.contents.count() == len(PAGES)
    qtbot.keyClicks(guide.query, "perspective")
    assert guide.contents.count() >= 1 and "perspective" in guide.contents.item(0).text()
    qtbot.keyClick(guide.query, Qt.Key.Key_Return)
    assert guide.page == "selecting" and guide.sheet.verticalScrollBar().value() > 0
    qtbot.keyClick(guide.query, Qt.Key.Key_Escape)
    assert guide.isVisible() and guide.contents.count() == len(PAGES), "Escape clears the search first"
    guide.query.setText("zebra")
    assert "Nothing in the guide" in guide.contents.item(0).text()


# --- turning pages -------------------------------------------------------------------------------------------------------


def test_links_turn_pages_and_back_leads_back(guide: Guide) -> None:
    guide.sheet.anchorClicked.emit(QUrl("painting.md"))
    assert guide.page == "painting" and "Painting and brushes" in guide.sheet.toPlainText()
    guide.back.click()
    assert guide.page == "first-steps" and not guide.back.isEnabled()
    guide.forth.click()
    assert guide.page == "painting"


def test_commands_are_run_or_refused_in_words_and_nothing_else_is_followed(guide: Guide) -> None:
    guide.sheet.anchorClicked.emit(QUrl("act:suggest"))
    assert guide.note.isVisible() and guide.note.text() == "no suggest now"
    before = guide.page
    for address in ("https://example.org", "file:///etc/passwd", "../../secret.md"):
        guide.sheet.anchorClicked.emit(QUrl(address))
    assert guide.page == before
    assert QImage(guide.sheet.loadResource(2, QUrl("https://example.org/a.png"))).isNull()


def test_the_keys_of_a_command_stand_beside_it(guide: Guide) -> None:
    guide.show_page("suggestions")
    text = guide.sheet.toPlainText().replace("\xa0", " ")
    assert re.search(r"Suggest +Ctrl\+G", text)


def test_it_changes_its_language_in_place(guide: Guide, until: Until) -> None:
    guide.show_page("layers")
    guide._speech.set_language("zh_CN")
    until(lambda: "图层与调整" in guide.sheet.toPlainText())
    assert guide.page == "layers" and guide.windowTitle() == "使用指南"


# --- in the window -------------------------------------------------------------------------------------------------------


def test_f1_opens_the_page_that_fits(window: Window, photograph: Path, until: Until) -> None:
    assert page_for(window) == "first-steps"
    window.paperwork.open(photograph)
    until(lambda: window.easel.painting is not None)
    window.activateWindow()
    window.canvas.setFocus()
    until(lambda: QApplication.focusWidget() is window.canvas)
    assert page_for(window) == "painting"
    window.set_tool("lasso")
    assert page_for(window) == "selecting"
    window.panels.show("layers")
    window.layers.tree.setFocus()
    until(lambda: QApplication.focusWidget() is window.layers.tree)
    assert page_for(window) == "layers"
    window.actions_["guide"].trigger()
    guide = window.findChild(Guide)
    assert guide.isVisible() and guide.page == "layers" and not guide.isModal()
    assert window.actions_["guide"].shortcut() == QKeySequence("F1")


def test_the_guide_runs_what_it_names_and_says_what_is_lacking(window: Window, photograph: Path, until: Until) -> None:
    window.actions_["guide"].trigger()
    guide = window.findChild(Guide)
    guide.sheet.anchorClicked.emit(QUrl("act:layer-new"))
    assert "needs a painting" in guide.note.text()
    window.paperwork.open(photograph)
    until(lambda: window.easel.painting is not None)
    guide.sheet.anchorClicked.emit(QUrl("act:layer-new"))
    assert len(window.easel.painting.layers()) == 2 and guide.note.isHidden()


def test_the_table_of_keys_is_what_the_actions_have(window: Window) -> None:
    window.actions_["save"].setShortcuts([QKeySequence("Ctrl+Alt+S")])
    window.actions_["guide-shortcuts"].trigger()
    text = window.findChild(Guide).sheet.toPlainText().replace("\xa0", " ")
    assert "Ctrl+Alt+S" in text and "Ctrl+Z" in text
