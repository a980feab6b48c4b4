"""A painting seen as the screen and the press show it, from the menu to the pixels on the canvas."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from gesso.ui.proofing import ALARM, ProfileRow, ProofDialogue
from gesso.ui.window import Window
from tests.desktop.files.made import press_profile, wide_profile
from tests.desktop.operations.test_proof import small_device
from tests.desktop.ui.conftest import Until


@pytest.fixture
def proofed(window: Window, tmp_path: Path, until: Until) -> Window:
    """A window with a painting that is red all over, and a profile of a dull device."""
    Image.new("RGB", (600, 600), (255, 0, 0)).save(tmp_path / "red.png")
    window.paperwork.open(tmp_path / "red.png")
    until(lambda: window.easel.painting is not None)
    (tmp_path / "dull.icc").write_bytes(small_device())
    window.settings.proof_profile = str(tmp_path / "dull.icc")
    return window


def middle(window: Window, until: Until) -> QColor:
    until(lambda: window.canvas.grab() and not window.canvas.pane.is_owed)
    seen = window.canvas.grab().toImage()
    return seen.pixelColor(seen.width() // 2, seen.height() // 2)


def test_a_soft_proof_changes_what_is_seen_and_not_what_is_painted(proofed: Window, until: Until) -> None:
    before = proofed.easel.painting
    assert middle(proofed, until).red() == 255
    proofed.actions_["proof"].trigger()
    assert middle(proofed, until).green() > 60
    assert proofed.actions_["proof"].isChecked() and "soft proof" in proofed.status.zoom.text()
    assert proofed.easel.painting == before
    proofed.actions_["gamut"].trigger()
    assert middle(proofed, until).getRgb()[:3] == ALARM.bytes()[:3]
    proofed.actions_["gamut"].trigger()
    proofed.actions_["proof"].trigger()
    assert middle(proofed, until).getRgb()[:3] == (255, 0, 0)
    assert "soft proof" not in proofed.status.zoom.text()


def test_a_screen_with_a_profile_of_its_own_is_given_its_own_numbers(
    proofed: Window, until: Until, tmp_path: Path
) -> None:
    (tmp_path / "screen.icc").write_bytes(wide_profile())
    proofed.settings.screen_profile = str(tmp_path / "screen.icc")
    proofed.proofing.start()
    assert 200 < middle(proofed, until).red() < 240


def test_a_profile_that_is_gone_is_told_once_and_the_canvas_goes_on(proofed: Window, until: Until) -> None:
    told: list[object] = []
    proofed.proofing.troubled.connect(told.append)
    Path(proofed.settings.proof_profile).unlink()
    proofed.actions_["proof"].trigger()
    assert len(told) == 1 and not proofed.actions_["proof"].isChecked()
    assert middle(proofed, until).red() == 255


def test_profiles_are_chosen_in_the_dialogue_and_unfit_ones_refused(
    proofed: Window, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "press.icc").write_bytes(press_profile())
    (tmp_path / "screen.icc").write_bytes(wide_profile())
    dialogue = ProofDialogue(proofed.settings, proofed.speech, proofed)
    qtbot.addWidget(dialogue)
    told: list[object] = []
    dialogue.troubled.connect(told.append)

    def choose(row: ProfileRow, name: str) -> None:
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / name), ""))
        row.choose.click()

    choose(dialogue.screen_row, "press.icc")
    assert len(told) == 1 and dialogue.screen_row.file == "", "a press is no screen"
    choose(dialogue.screen_row, "screen.icc")
    assert dialogue.screen_row.file.endswith("screen.icc") and dialogue.screen_row.name.text() == "made for a test"
    dialogue.proof_row.drop.click()
    dialogue.intent.setCurrentIndex(dialogue.intent.findData("perceptual"))
    dialogue.paper.setChecked(True)
    dialogue.keep()
    kept = proofed.settings
    assert kept.screen_profile.endswith("screen.icc") and kept.proof_profile == ""
    assert (kept.proof_intent, kept.proof_paper, kept.proof_black_point) == ("perceptual", True, True)
