"""What a painting is called, and by whom, is written down in the window, undone like anything else, and exported."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel

from gesso.documents.painting import Credit, Provenance
from gesso.documents.painting.edits import SetProvenance
from gesso.files import pictures, project
from gesso.files.session import recover
from gesso.ui.about_painting import AboutPainting
from gesso.ui.window import Window
from tests.desktop.ui.conftest import Until, stripes
from tests.desktop.ui.test_shape_deeds import ACCEPT, answer, press

MADE = Provenance("painting.stylise", "stylise-gouache", "0.4.0", {}, 1, "2026-01-01T00:00:00Z")


def asked(window: Window) -> AboutPainting:
    window.actions_["about-painting"].trigger()
    found = answer(window, AboutPainting)
    assert isinstance(found, AboutPainting)
    return found


def told(dialogue: AboutPainting) -> str:
    return "\n".join(label.text() for label in dialogue.findChildren(QLabel))


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_a_title_is_one_step_that_exports_and_journals_carry(
    window: Window, until: Until, tmp_path: Path, language: str
) -> None:
    window.speech.set_language(language)
    assert not window.actions_["about-painting"].isEnabled()
    session = window.easel.begin(stripes(60, 40))
    window.easel.put(session)
    history, painting = window.easel.history, window.easel.painting
    dialogue = asked(window)
    for line in (dialogue.title, dialogue.author, dialogue.rights):
        assert line.accessibleName() and line.text() == ""
    dialogue.title.setText("  鹭\tHeron ")
    press(dialogue, ACCEPT)
    assert painting.credit == Credit(title="鹭 Heron") and history.titles == ["About this painting"]
    assert recover(session.path).painting.credit == painting.credit
    window.paperwork.export(tmp_path / "heron.png")
    until(lambda: (tmp_path / "heron.png").exists() and not window.jobs.running)
    assert pictures.read(tmp_path / "heron.png").origin.credit.title == "鹭 Heron"
    project.save(painting, tmp_path / "heron.gesso")
    assert project.load(tmp_path / "heron.gesso").credit == painting.credit
    window.undo()
    assert painting.credit == Credit() and history.can_redo


def test_nothing_changed_is_no_step(window: Window) -> None:
    window.easel.put(window.easel.begin(replace(stripes(60, 40), credit=Credit("Ada", "", "Sea"))))
    dialogue = asked(window)
    assert (dialogue.title.text(), dialogue.author.text()) == ("Sea", "Ada")
    press(dialogue, ACCEPT)
    assert window.easel.history.titles == []


def test_an_empty_line_shows_what_the_preferences_would_say_in_its_place(window: Window) -> None:
    window.settings.author, window.settings.rights = "林 Ada", "© 林 Ada"
    window.easel.put(window.easel.begin(stripes(60, 40)))
    dialogue = asked(window)
    assert (dialogue.author.placeholderText(), dialogue.rights.placeholderText()) == ("林 Ada", "© 林 Ada")
    dialogue.author.setText("Bo")  # another's name: the rights of the preferences are not theirs
    assert dialogue.rights.placeholderText() == ""
    dialogue.reject()


def test_the_models_that_had_a_part_are_named(window: Window) -> None:
    window.easel.put(window.easel.begin(stripes(60, 40)))
    dialogue = asked(window)
    assert "None had a part" in told(dialogue)
    dialogue.reject()
    window.easel.history.apply("x", SetProvenance(window.easel.painting.active, (MADE, replace(MADE, seed=2))))
    dialogue = asked(window)
    assert told(dialogue).count("Stylise (stylise-gouache 0.4.0)") == 1
    dialogue.reject()
