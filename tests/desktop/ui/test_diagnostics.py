"""The bundle is shown, word for word, before it is saved."""

from __future__ import annotations

import getpass
import zipfile
from pathlib import Path

import pytest

from gesso.ui import diagnostics
from gesso.ui.diagnostics import Diagnostics
from gesso.ui.window import Window
from gesso.values import Trouble
from tests.desktop.ui.conftest import Until

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def dialogue(window: Window, photograph: Path, until: Until, monkeypatch: pytest.MonkeyPatch) -> Diagnostics:
    """With a picture open, a trouble behind, and an artist named in Chinese."""
    monkeypatch.setattr(getpass, "getuser", lambda: "王小明")
    window.settings.author = "王小明"
    window.paperwork.open(photograph)
    until(lambda: window.easel.painting is not None)
    window.trouble(Trouble("{name} is not there.", name=photograph.name))
    window.door.dismiss_all()
    window.actions_["diagnostics"].trigger()
    return window.findChild(Diagnostics)


def test_it_shows_what_it_holds_and_saves_that(
    dialogue: Diagnostics, window: Window, photograph: Path, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not dialogue.save.isEnabled(), "not before the models were looked at"
    until(dialogue.save.isEnabled)
    seen = {}
    for row, name in enumerate(dialogue.parts):
        dialogue.names.setCurrentRow(row)
        seen[name] = dialogue.text.toPlainText()
    assert seen == dialogue.parts
    path = photograph.with_name("诊断.zip")
    monkeypatch.setattr(diagnostics.QFileDialog, "getSaveFileName", lambda *_, **__: (str(path), ""))
    dialogue.save.click()
    with zipfile.ZipFile(path) as bundle:
        held = {name: bundle.read(name).decode() for name in bundle.namelist()}
    assert held == seen
    whole = "\n".join(held.values())
    for secret in (photograph.name, photograph.stem, str(photograph.parent), "王小明", str(Path.home())):
        assert secret not in whole
    assert "is not there" in held["troubles.json"] and '"platform": "offscreen"' in held["studio.json"]


def test_nothing_of_the_picture_travels_along(dialogue: Diagnostics, window: Window, until: Until) -> None:
    until(dialogue.save.isEnabled)
    whole = "\n".join(dialogue.parts.values())
    painting = window.easel.painting
    assert painting.title not in whole
    assert all(layer.id not in whole for layer in painting.layers())
    assert set(dialogue.parts) == {"about.txt", "studio.json", "settings.json", "troubles.json", "mistakes.txt"}
    assert len(whole.encode()) < 60_000, "there is no room for a picture in it"
    dialogue.reject()


def test_closing_it_early_stops_the_check_up(dialogue: Diagnostics, window: Window, until: Until) -> None:
    job = dialogue._job
    dialogue.reject()
    until(lambda: job.is_ended)
    assert not window.door.banners
