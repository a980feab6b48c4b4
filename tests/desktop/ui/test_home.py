"""The first page leads on: begin, open, go on, recover, or try a sample."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QMimeData, QObject, QPointF, QSize, Qt, QUrl
from PySide6.QtGui import QColor, QDropEvent, QImage
from PySide6.QtWidgets import QLabel, QPushButton, QScrollArea

from gesso.documents.painting import Painting
from gesso.files.project import save
from gesso.files.session import Recoverable
from gesso.ui.glimpses import Glimpses, small_picture
from gesso.ui.home import SHOWN, HomePage, samples
from gesso.ui.look import Look
from gesso.ui.speech import Speech
from gesso.values import Progress
from gesso.values.paths import resources

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)


@pytest.fixture
def speech(qapp: object) -> Speech:
    return Speech()


@pytest.fixture
def page(qtbot, speech: Speech) -> HomePage:
    page = HomePage(Look(), speech)
    page.resize(1280, 800)
    qtbot.addWidget(page)
    page.show()
    return page


def picture(path: Path, width: int = 600, height: int = 400) -> Path:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("#c04020"))
    assert image.save(str(path))
    return path


def push(page: HomePage, name: str, qtbot) -> None:
    found = next(one for one in page.findChildren(QPushButton) if one.text() == name and one.isVisible())
    qtbot.mouseClick(found, Qt.MouseButton.LeftButton)


def session(path: Path, **more: object) -> Recoverable:
    facts = {"title": "海 sea", "origin": "", "when": "2026-03-01T10:00:00Z", "edits": 12, "thumbnail": None, **more}
    return Recoverable(path, **facts)


def buttons(page: HomePage) -> list[str]:
    return [found.text() for found in page.findChildren(QPushButton) if found.isVisible()]


def texts(page: HomePage) -> str:
    return "\n".join(found.text() for found in page.findChildren(QLabel) if found.isVisible())


def test_new_and_open(page: HomePage, qtbot) -> None:
    with qtbot.waitSignal(page.new_asked):
        push(page, "New…", qtbot)
    with qtbot.waitSignal(page.open_asked):
        push(page, "Open…", qtbot)


def test_an_empty_page_teaches(page: HomePage) -> None:
    assert "Pictures that you open are listed here." in texts(page)
    assert "Unsaved work" not in texts(page)
    page.set_recoverable([session(Path("x"))])
    assert "Unsaved work" in texts(page)
    page.set_recoverable([])
    assert "Unsaved work" not in texts(page)


def test_recent_files_show_their_pictures_and_open(page: HomePage, tmp_path: Path, qtbot) -> None:
    photo = picture(tmp_path / "照片 one.png")
    project = tmp_path / "work.gesso"
    import numpy as np

    save(Painting.from_array(np.full((40, 60, 4), 255, np.uint8)), project)
    page.set_recent([photo, project, tmp_path / "gone.png"])
    cards = page.recent_cards
    qtbot.waitUntil(lambda: cards[2].line == "No longer there", timeout=60_000)
    assert [card.has_picture for card in cards] == [True, True, False]
    assert [card.title for card in cards] == ["照片 one.png", "work", "gone.png"]
    with qtbot.waitSignal(page.file_chosen) as told:
        qtbot.mouseClick(cards[0], Qt.MouseButton.LeftButton)
    assert told.args == [photo]


def test_the_keys_alone_are_enough(page: HomePage, tmp_path: Path, qtbot) -> None:
    photo = picture(tmp_path / "a.png")
    page.set_recent([photo])
    card = page.recent_cards[0]
    card.setFocus()
    qtbot.waitUntil(card.hasFocus)
    with qtbot.waitSignal(page.file_chosen):
        qtbot.keyClick(card, Qt.Key.Key_Space)
    assert card.accessibleName() == f"a.png, {tmp_path.name}"


def test_the_list_is_capped_and_pictures_may_come_from_elsewhere(qtbot, speech: Speech, tmp_path: Path) -> None:
    waiting = []
    page = HomePage(Look(), speech, later=lambda read, put: waiting.append((read, put)))
    qtbot.addWidget(page)
    files = [picture(tmp_path / f"{number}.png", 30, 20) for number in range(SHOWN + 5)]
    page.set_recent(files)
    assert len(page.recent_cards) == SHOWN
    qtbot.waitUntil(lambda: len(waiting) == SHOWN + len(page.sample_cards))
    old = page.recent_cards[0]
    assert not old.has_picture
    page.set_recent(files[:1])
    qtbot.wait(5)
    for read, put in waiting:  # answers that come too late for their card are dropped
        put(read(Progress.silent()))
    qtbot.waitUntil(lambda: len(waiting) > SHOWN + len(page.sample_cards))
    waiting[-1][1](waiting[-1][0](Progress.silent()))
    assert page.recent_cards[0].has_picture


def test_samples_ship_with_titles_in_both_languages(page: HomePage, speech: Speech, qtbot) -> None:
    listed = samples()
    assert len(listed) == 4
    for sample in listed:
        assert sample.path.stat().st_size < 350_000
        image = QImage(str(sample.path))
        assert (image.width(), image.height()) == (1600, 1067)
        assert set(sample.titles) == set(sample.credits) == {"en", "zh_CN"}
    assert {sample.path.name for sample in listed} == {file.name for file in (resources() / "samples").glob("*.webp")}
    cards = page.sample_cards
    assert cards[0].title == listed[0].titles["en"]
    qtbot.waitUntil(lambda: all(card.has_picture for card in cards))
    speech.set_language("zh_CN")
    assert cards[0].title == listed[0].titles["zh_CN"]
    with qtbot.waitSignal(page.sample_chosen) as told:
        cards[1].click()
    assert told.args == [listed[1].path]


def test_recovering_and_discarding_are_asked_for(page: HomePage, qtbot) -> None:
    page.set_recoverable([session(Path("one.gesso"))])
    assert "海 sea" in texts(page)
    assert "12 edits, the last on" in texts(page)
    with qtbot.waitSignal(page.recover_chosen) as told:
        push(page, "Recover", qtbot)
    assert told.args == [Path("one.gesso")]


def test_discarding_is_asked_twice(page: HomePage, qtbot) -> None:
    page.set_recoverable([session(Path("one.gesso"))])
    with qtbot.assertNotEmitted(page.discard_chosen):
        push(page, "Discard…", qtbot)
        push(page, "Keep it", qtbot)
        push(page, "Discard…", qtbot)
    with qtbot.waitSignal(page.discard_chosen) as told:
        push(page, "Discard for good", qtbot)
    assert told.args == [Path("one.gesso")]


def test_a_session_without_a_title_is_named_after_its_file(page: HomePage) -> None:
    page.set_recoverable(
        [session(Path("a"), title="", origin="/art/harbour.png"), session(Path("b"), title="", edits=1)]
    )
    assert "harbour" in texts(page)
    assert "Untitled" in texts(page)
    assert "One edit, on" in texts(page)


def test_a_damaged_session_and_one_without_an_edit_say_so(page: HomePage) -> None:
    page.set_recoverable([session(Path("a"), is_damaged=True, edits=0), session(Path("b"), edits=0)])
    assert "Damaged, last written on" in texts(page) and "what is whole can be recovered" in texts(page)
    assert "unchanged; it is in no other file now" in texts(page)


def test_what_was_open_last_is_offered_and_not_opened(page: HomePage, tmp_path: Path, qtbot) -> None:
    photo = picture(tmp_path / "海.png")
    with qtbot.assertNotEmitted(page.file_chosen):
        page.set_last([photo, tmp_path / "gone.gesso"])
        qtbot.waitUntil(lambda: "Go on with 海.png" in buttons(page))
    assert "Go on with gone.gesso" not in buttons(page)
    with qtbot.waitSignal(page.file_chosen) as told:
        push(page, "Go on with 海.png", qtbot)
    assert told.args == [photo]
    page.set_last([])
    assert not [text for text in buttons(page) if "Go on" in text]


def test_dropping_a_file_opens_it(page: HomePage, tmp_path: Path, qtbot) -> None:
    photo = picture(tmp_path / "a.png")
    carried = QMimeData()
    carried.setUrls([QUrl.fromLocalFile(str(photo))])
    button, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDropEvent(QPointF(100, 100), Qt.DropAction.CopyAction, carried, button, keys)
    page.dragEnterEvent(enter)
    assert enter.isAccepted()
    assert "Drop it to open it" in texts(page)
    with qtbot.waitSignal(page.file_chosen) as told:
        page.dropEvent(QDropEvent(QPointF(100, 100), Qt.DropAction.CopyAction, carried, button, keys))
    assert told.args == [photo]
    assert "Drop it to open it" not in texts(page)


def test_text_dragged_over_is_not_for_us(page: HomePage) -> None:
    carried = QMimeData()
    carried.setText("hello")
    enter = QDropEvent(
        QPointF(1, 1), Qt.DropAction.CopyAction, carried, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    enter.ignore()
    page.dragEnterEvent(enter)
    assert not enter.isAccepted()


@pytest.mark.parametrize("width", [320, 700, 1280, 1920])
def test_nothing_sticks_out_at_any_width(page: HomePage, tmp_path: Path, width: int, qtbot) -> None:
    page.set_recent([picture(tmp_path / f"{number}.png", 30, 20) for number in range(7)])
    page.resize(width, 700)
    qtbot.wait(10)
    area = page.findChild(QScrollArea)
    if width >= 700:
        assert area.horizontalScrollBar().maximum() == 0
    for card in page.recent_cards:
        assert card.parentWidget().rect().contains(card.geometry())
    places = [card.geometry() for card in page.recent_cards]
    assert not any(a.intersects(b) for n, a in enumerate(places) for b in places[n + 1 :])


def test_small_pictures_are_small_and_damaged_ones_none(tmp_path: Path) -> None:
    silent = Progress.silent()
    found = small_picture(picture(tmp_path / "wide.png", 3000, 1000), QSize(208, 138), silent)
    assert found is not None
    assert found.height() == 138
    for name in ("bad.png", "bad.gesso"):
        (tmp_path / name).write_bytes(b"not a picture")
        assert small_picture(tmp_path / name, QSize(208, 138), silent) is None


def test_glimpses_come_when_they_are_read_and_never_to_who_is_gone(tmp_path: Path, qtbot) -> None:
    owner = QObject()
    glimpses = Glimpses(QSize(100, 100), owner)
    seen: dict[str, QImage] = {}
    glimpses.ready.connect(lambda path, image: seen.update({path: image}))
    good = picture(tmp_path / "a.png")
    (tmp_path / "b.png").write_bytes(b"none")
    glimpses.ask(good)
    glimpses.ask(tmp_path / "b.png")
    assert not seen, "the window does not wait"
    qtbot.waitUntil(lambda: len(seen) == 2, timeout=60_000)
    assert seen[str(good)].height() == 100 and seen[str(tmp_path / "b.png")].isNull()
    glimpses.ask(good)
    shiboken6.delete(owner)
    qtbot.waitUntil(lambda: not any(t.name == "gesso-glimpses" for t in threading.enumerate()), timeout=60_000)
    assert len(seen) == 2


def test_a_house_without_samples_has_no_section_for_them(tmp_path: Path) -> None:
    assert samples(tmp_path) == []
    (tmp_path / "samples.json").write_text(json.dumps([]), encoding="utf-8")
    assert samples(tmp_path) == []
