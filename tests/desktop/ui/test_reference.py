"""Reference pictures: laid down, moved about, taken away, their colours taken up; the files themselves are never touched."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gesso.ui.look import Look
from gesso.ui.reference import LONGEST_PX, ReferencePanel
from gesso.values import Trouble
from tests.desktop.ui.conftest import SLOW_MS, Desk, Until


@pytest.fixture
def panel(qtbot: QtBot, desk: Desk) -> ReferencePanel:
    made = ReferencePanel(Look("dark"), desk.speech, desk.jobs)
    made.resize(320, 400)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


def picture(folder: Path, name: str, colour: tuple[int, int, int], size: tuple[int, int] = (60, 40)) -> Path:
    Image.new("RGB", size, colour).save(folder / name)
    return folder / name


def test_pictures_lie_side_by_side_and_all_are_seen(panel: ReferencePanel, until: Until, tmp_path: Path) -> None:
    files = [picture(tmp_path, "红.png", (200, 0, 0)), picture(tmp_path, "blue.png", (0, 0, 200), (30, 90))]
    before = [file.read_bytes() for file in files]
    panel.add(files)
    until(lambda: len(panel.files) == 2)
    assert panel.files == files and [file.read_bytes() for file in files] == before
    one, two = (item.sceneBoundingRect() for item in panel.board.pictures())
    assert not one.intersects(two)
    seen = panel.board.mapToScene(panel.board.viewport().rect()).boundingRect()
    assert seen.contains(one) and seen.contains(two)


def test_alt_takes_a_colour_up_and_delete_takes_the_picture_away(
    panel: ReferencePanel, until: Until, tmp_path: Path
) -> None:
    panel.add([picture(tmp_path, "a.png", (255, 0, 51))])
    until(lambda: len(panel.files) == 1)
    item, taken = panel.board.pictures()[0], []
    panel.board.taken.connect(taken.append)
    place = panel.board.mapFromScene(item.sceneBoundingRect().center())
    QTest.mouseClick(panel.board.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.AltModifier, place)
    assert taken[0].bytes()[:3] == (255, 0, 51)
    QTest.mouseClick(panel.board.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.AltModifier, QPoint(1, 1))
    assert len(taken) == 1, "the table has no colour"
    QTest.mouseClick(panel.board.viewport(), Qt.MouseButton.LeftButton, pos=place)
    QTest.keyClick(panel.board, Qt.Key.Key_Delete)
    assert not panel.files and not panel.board.pictures()
    assert not any(button.isEnabled() for button in panel._needy), "there is nothing to fit or to take away"


def test_a_file_that_is_no_picture_is_said_unless_it_comes_from_yesterday(
    panel: ReferencePanel, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "broken.png").write_bytes(b"\x89PNG nothing")
    with qtbot.waitSignal(panel.troubled, timeout=SLOW_MS) as said:
        panel.add([tmp_path / "broken.png"])
    assert isinstance(said.args[0], Trouble)
    with qtbot.assertNotEmitted(panel.troubled, wait=300):
        panel.add([tmp_path / "gone.png"], quietly=True)
    assert not panel.files


def test_a_large_picture_is_kept_small(panel: ReferencePanel, until: Until, tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (50, 3000, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "wide.png")
    panel.add([tmp_path / "wide.png"])
    until(lambda: len(panel.files) == 1)
    assert panel.board.pictures()[0].pixmap().width() == LONGEST_PX


def test_zooming_stays_within_bounds(panel: ReferencePanel, until: Until, tmp_path: Path) -> None:
    panel.add([picture(tmp_path, "a.png", (1, 2, 3))])
    until(lambda: len(panel.files) == 1)
    for _ in range(100):
        QTest.keyClick(panel.board, Qt.Key.Key_Plus)
    assert panel.board.transform().m11() <= 32.001
    QTest.keyClick(panel.board, Qt.Key.Key_0)
    assert panel.board.transform().m11() < 10
