"""Styles by their pictures: one, several mixed, the artist's own."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot

from gesso.tools import tool
from gesso.tools.painting.stylise import ShippedStyle
from gesso.ui.look import Look
from gesso.ui.speech import Speech
from gesso.ui.styles import StylesControl, title_of
from tests.desktop.ui.conftest import Painter

KNOB = tool("painting.stylise").knob("style")


def shipped(count: int = 24) -> list[ShippedStyle]:
    from gesso.tools.painting.stylise import shipped_styles

    first = shipped_styles(Painter().open("painting.stylise"))[0]
    made = [ShippedStyle(f"s{n}", f"Style {n}", f"风格 {n}", "Somebody", "", first.thumbnail) for n in range(1, count)]
    return [first, *made]


@pytest.fixture
def control(look: Look, speech: Speech, qtbot: QtBot) -> StylesControl:
    made = StylesControl(KNOB, look, speech)
    qtbot.addWidget(made)
    made.chosen = []
    made.moved.connect(made.chosen.append)
    made.resize(284, 500)
    made.show()
    made.set_shipped(shipped())
    made.show_value((("great-wave", 1.0),))
    return made


def chosen(control: StylesControl) -> list[str]:
    return [item.data(Qt.ItemDataRole.UserRole) for item in control.grid.selectedItems()]


def reading() -> bool:
    return any(thread.name == "gesso-glimpses" for thread in threading.enumerate())


def test_all_styles_are_seen_without_scrolling_in_the_grid(control: StylesControl, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: control.grid.width() > 200)
    control.grid.arrange()
    last = control.grid.visualItemRect(control.grid.item(23))
    assert control.grid.viewport().rect().contains(last) and control.grid.count() == 24
    assert (
        control.grid.visualItemRect(control.grid.item(4)).y() == control.grid.visualItemRect(control.grid.item(0)).y()
    )


def test_a_style_is_named_with_its_credit(control: StylesControl, speech: Speech) -> None:
    assert control.credit.text() == "Great wave — Somebody, 1831"
    speech.set_language("zh_CN")
    assert control.credit.text() == "神奈川冲浪里 — Somebody, 1831"
    assert control.grid.item(0).data(Qt.ItemDataRole.AccessibleTextRole) == "神奈川冲浪里"


def test_painter_work_and_museum_are_said_in_the_artists_language(control: StylesControl, speech: Speech) -> None:
    wave = replace(
        shipped(1)[0],
        creator="Katsushika Hokusai",
        work="Under the Wave off Kanagawa (Kanagawa oki nami ura)",
        date="1826",
        museum="The Art Institute of Chicago",
    )
    control.set_shipped([wave])
    about = Qt.ItemDataRole.AccessibleDescriptionRole
    assert "Kanagawa oki nami ura), 1826" in control.credit.text()
    assert control.grid.item(0).data(about).endswith("\nThe Art Institute of Chicago")
    speech.set_language("zh_CN")
    assert control.credit.text() == "神奈川冲浪里 — 葛饰北斋，《神奈川冲浪里》，1826 年"
    assert control.grid.item(0).data(about) == "葛饰北斋，《神奈川冲浪里》，1826 年\n芝加哥艺术博物馆"
    assert "芝加哥艺术博物馆" in control.grid.item(0).toolTip()


def test_one_is_chosen_by_a_click_and_a_second_mixed_in_by_ctrl(control: StylesControl) -> None:
    control.grid.item(0).setSelected(False)
    assert chosen(control) == ["great-wave"], "one style stays"
    control.grid.item(3).setSelected(True)
    assert control.chosen[-1] == [("great-wave", 2 / 3), ("s3", 1 / 3)] or control.chosen[-1][0][0] == "great-wave"
    assert KNOB.check(control.chosen[-1]) and len(control._sliders()) == 2


def test_no_more_than_four(control: StylesControl) -> None:
    for row in range(6):
        control.grid.item(row).setSelected(True)
    assert len(chosen(control)) == KNOB.most == len(control.chosen[-1]) and "s5" in chosen(control), (
        "the last one counts"
    )


def test_shares_are_set_by_sliders_that_stay_under_the_hand(control: StylesControl, qtbot: QtBot) -> None:
    control.show_value((("great-wave", 0.5), ("s1", 0.5)))
    slider = control._sliders()["great-wave"]
    qtbot.keyClick(slider, Qt.Key.Key_PageUp)
    qtbot.waitUntil(lambda: bool(control.chosen))
    pairs = dict(control.chosen[-1])
    assert pairs["great-wave"] > 0.5 and sum(pairs.values()) == pytest.approx(1)
    control.show_value(control.chosen[-1])
    assert control._sliders()["great-wave"] is slider, "not made anew while it is moved"
    assert slider.accessibleName() == "Great wave"


def test_an_own_picture_is_dropped_and_chosen(control: StylesControl, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "我的 画.png"
    Image.new("RGB", (300, 200), "orange").save(path)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    control.dropEvent(
        QDropEvent(
            QPointF(5, 5), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        )
    )
    assert control.chosen == [[(str(path), 1.0)]] and control.credit.text() == "我的 画"
    control.set_shipped(shipped())
    assert chosen(control) == [str(path)], "it stays when the styles are read again"
    own = control.grid.selectedItems()[0]
    assert own.icon().isNull(), "the window does not wait for its picture"
    qtbot.waitUntil(lambda: not own.icon().isNull(), timeout=60_000)
    qtbot.waitUntil(lambda: not reading(), timeout=60_000)


def test_what_is_no_picture_shows_a_sign_and_does_no_harm(control: StylesControl, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "note.txt").write_text("no picture")
    control.add_own(tmp_path / "note.txt")
    qtbot.waitUntil(lambda: not reading(), timeout=60_000)
    assert control.grid.selectedItems()[0].icon().isNull() and not control.grab().isNull()


def test_before_the_styles_are_read_nothing_is_taken_for_a_file(look: Look, speech: Speech, qtbot: QtBot) -> None:
    control = StylesControl(KNOB, look, speech)
    qtbot.addWidget(control)
    control.show_value((("great-wave", 1.0),))
    assert control.grid.count() == 0 and not control.credit.isVisibleTo(control)
    control.set_shipped(shipped(3))
    assert chosen(control) == ["great-wave"] and control.grid.count() == 3


def test_a_file_is_called_by_its_name() -> None:
    assert title_of("/a/b/Großes Bild.jpeg", {}, "en") == "Großes Bild"
