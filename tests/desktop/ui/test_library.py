"""The library's window: it teaches while it is empty, reads what is chosen, narrows, finds alike, and hands pictures on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from gesso import app
from gesso.files.library import Library
from gesso.jobs import Jobs
from gesso.tools.library import open_library
from gesso.tools.studio import Studio
from gesso.ui.library import LibraryWindow
from gesso.ui.library_deeds import LibraryDesk
from gesso.ui.look import Look
from gesso.ui.speech import Speech
from gesso.ui.window import Window

from .conftest import Until

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "图片 pictures"
    made.mkdir()
    for name, colour in (("sunset", (230, 60, 40)), ("rose", (220, 70, 60)), ("lake", (40, 80, 200))):
        Image.new("RGB", (60, 40), colour).save(made / f"{name}.png")
    return made


@pytest.fixture
def library(home: Path) -> Iterator[Library]:
    with open_library() as made:
        yield made


@pytest.fixture
def shown(
    library: Library, studio: Studio, look: Look, speech: Speech, qtbot: QtBot, until: Until
) -> Iterator[LibraryWindow]:
    jobs = Jobs(app.Post(QApplication.instance()))
    made = LibraryWindow(library, studio, jobs, look, speech, lambda: False)
    made.show()
    yield made
    # Not left to qtbot, which takes widgets away before this: a process that only just begins would outlive the test.
    made.hide()
    jobs.close()
    until(lambda: not made.grid.is_reading)
    made.deleteLater()
    QApplication.sendPostedEvents(made, QEvent.Type.DeferredDelete)


def names(shown: LibraryWindow) -> set[str]:
    return {one.path.stem for one in shown.grid.tiles.found}


def choose(shown: LibraryWindow, name: str) -> None:
    model = shown.grid.selectionModel()
    row = next(row for row, one in enumerate(shown.grid.tiles.found) if one.path.stem == name)
    model.setCurrentIndex(shown.grid.tiles.index(row), model.SelectionFlag.ClearAndSelect)


@pytest.fixture
def filled(shown: LibraryWindow, folder: Path, until: Until) -> LibraryWindow:
    shown.add(folder)
    until(lambda: names(shown) == {"sunset", "rose", "lake"})
    return shown


def test_an_empty_library_teaches_and_shows_nothing_that_does_nothing(shown: LibraryWindow) -> None:
    assert shown.pages.currentWidget() is shown.teaching
    assert shown.first_folder.isVisible() and not shown.line.isVisible() and not shown.side.isVisible()


def test_a_chosen_folder_is_read_and_told(filled: LibraryWindow, folder: Path) -> None:
    assert filled.pages.currentWidget() is filled.grid
    assert filled.folders.item(0).text() == folder.name and filled.folders.item(0).toolTip() == str(folder)
    assert filled.note.text() == "3 pictures were read."
    assert "3 pictures" in filled.understood.text()


def test_typing_narrows_and_show_all_widens(filled: LibraryWindow, until: Until) -> None:
    filled.line.setText("red")
    until(lambda: names(filled) == {"sunset", "rose"})
    assert "red" in filled.understood.text() and filled.back.isVisible()
    filled.line.setText("red -rose")
    until(lambda: names(filled) == {"sunset"})
    filled.back.click()
    until(lambda: len(names(filled)) == 3)
    assert not filled.back.isVisible() and filled.line.text() == ""


def test_colours_narrow_and_nothing_found_says_what_to_try(filled: LibraryWindow, until: Until) -> None:
    filled.colours.swatches["blue"].click()
    until(lambda: names(filled) == {"lake"})
    filled.colours.swatches["red"].click()
    until(lambda: filled.pages.currentWidget() is filled.nothing)
    assert "another word" in filled.nothing.text()


def test_more_like_this_puts_the_nearest_first(filled: LibraryWindow, until: Until) -> None:
    choose(filled, "rose")
    filled.alike.click()
    until(lambda: "rose" not in names(filled))
    assert [one.path.stem for one in filled.grid.tiles.found] == ["sunset", "lake"]
    assert "Pictures like rose.png" in filled.understood.text()


def test_a_double_click_and_enter_open_and_layers_need_a_painting(
    filled: LibraryWindow, folder: Path, qtbot: QtBot
) -> None:
    opened: list[Path] = []
    filled.open_asked.connect(opened.append)
    assert not filled.open.isEnabled()
    choose(filled, "lake")
    assert filled.open.isEnabled() and not filled.place.isEnabled() and filled.place.toolTip()
    filled.grid.doubleClicked.emit(filled.grid.currentIndex())
    qtbot.keyClick(filled.grid, Qt.Key.Key_Return)
    filled.open.click()
    assert opened == [folder / "lake.png"] * 3


def test_what_is_dragged_are_the_files(filled: LibraryWindow, folder: Path) -> None:
    choose(filled, "lake")
    data = filled.grid.model().mimeData(filled.grid.selectedIndexes())
    assert [Path(url.toLocalFile()) for url in data.urls()] == [folder / "lake.png"]


def test_tiles_are_drawn_with_pictures_of_their_own(filled: LibraryWindow, folder: Path, until: Until) -> None:
    path = str(folder / "lake.png")
    filled.grid.picture(path)
    until(lambda: filled.grid.picture(path) is not None)
    colour = filled.grid.picture(path).toImage().pixelColor(5, 5)
    assert (colour.red(), colour.green(), colour.blue()) == (40, 80, 200)


def test_a_new_file_is_read_when_it_comes(filled: LibraryWindow, folder: Path, until: Until) -> None:
    Image.new("RGB", (30, 30), (60, 160, 60)).save(folder / "meadow.png")
    until(lambda: "meadow" in names(filled))


def test_a_forgotten_folder_takes_its_pictures_along(filled: LibraryWindow, folder: Path, until: Until) -> None:
    filled.folders.setCurrentRow(0)
    filled.remove_folder.click()
    assert filled.pages.currentWidget() is filled.teaching and (folder / "lake.png").exists()
    assert filled.note.text().startswith("3 pictures are forgotten")


def test_all_of_it_speaks_both_languages_and_every_control_has_a_name(filled: LibraryWindow, speech: Speech) -> None:
    for language, title in (("en", "Library"), ("zh_CN", "图库")):
        speech.set_language(language)
        assert filled.windowTitle() == title
        for one in filled.findChildren(QAbstractButton):
            if one.isVisible() and one.objectName() != "_q_qlineeditclearbutton":
                assert one.accessibleName() or one.text(), one
        for one in (filled.line, filled.grid, filled.folders, filled.bar, filled.colours):
            assert one.accessibleName()
    assert "图片" in filled.understood.text()


def test_the_window_opens_it_once_and_pictures_go_to_their_places(
    window: Window, folder: Path, photograph: Path, until: Until
) -> None:
    window.actions_["library"].trigger()
    desk = window.findChild(LibraryDesk)
    assert desk is not None and desk.shown is not None and desk.shown.isVisible()
    first = desk.shown
    first.add(folder)
    until(lambda: len(names(first)) == 3)
    window.actions_["library"].trigger()
    assert desk.shown is first
    first.open_asked.emit(photograph)
    until(lambda: window.easel.painting is not None)
    choose(first, "lake")
    assert first.place.isEnabled()
    first.place.click()
    until(lambda: len(list(window.easel.painting.layers())) == 2)
    choose(first, "rose")
    first.refer.click()
    until(lambda: window.reference.files == [folder / "rose.png"])
    first.close()
    until(lambda: not first.grid.is_reading)
