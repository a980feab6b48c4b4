"""The file behind the painting: changed by others, gone, open twice, damaged, or wanted as it was before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QFileDialog, QMessageBox

from gesso.documents.painting import Painting, composite
from gesso.documents.painting.edits import SetProperty
from gesso.files import project
from gesso.files.session import recoverable
from gesso.files.settings import Settings
from gesso.ui import file_care, paperwork
from gesso.ui.file_history import FileHistory
from gesso.ui.paperwork import Paperwork
from tests.desktop.files.test_claims import another
from tests.desktop.ui.conftest import Desk, Until, stripes


@pytest.fixture
def path(paper: Paperwork, desk: Desk, until: Until, tmp_path: Path) -> Path:
    """A project that is open, saved once and unchanged."""
    found = tmp_path / "画.gesso"
    project.save(replace(stripes(), title="画"), found)
    paper.open(found)
    until(lambda: desk.easel.painting)
    return found


def fade(desk: Desk, opacity: float = 0.5) -> None:
    desk.easel.history.apply("Fade", SetProperty(desk.easel.painting.active, "opacity", opacity))


def theirs(path: Path) -> Painting:
    """What another program writes into the file."""
    painting = stripes(90, 70)
    project.save(painting, path)
    return painting


def answering(monkeypatch: pytest.MonkeyPatch, question: str, answer: str) -> list[tuple]:
    asked: list[tuple] = []
    monkeypatch.setattr(file_care, question, lambda *given: (asked.append(given), answer)[1])
    return asked


def to_the_front(paper: Paperwork, desk: Desk, until: Until) -> None:
    """The window is activated, and has looked at its file: the lane does one thing after the other."""
    QCoreApplication.sendEvent(paper.window, QEvent(QEvent.Type.WindowActivate))
    after: list[object] = []
    desk.jobs.submit("", lambda progress: None, after.append, lane=file_care.DISK, quiet=True)
    until(lambda: after)


def saved(paper: Paperwork, desk: Desk, until: Until) -> None:
    paper.save()
    until(lambda: not desk.jobs.running)
    QCoreApplication.processEvents()


# --- changed by another program ----------------------------------------------------------------------------------------


def test_a_changed_file_is_noticed_at_the_next_saving_and_may_be_overwritten(
    paper: Paperwork, desk: Desk, until: Until, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fade(desk)
    other = theirs(path)
    asked = answering(monkeypatch, "ask_changed", "later")
    saved(paper, desk, until)
    assert [(name, modified) for name, modified, *_ in asked] == [("画.gesso", True)]
    assert project.load(path).same_as(other) and desk.easel.is_modified
    answering(monkeypatch, "ask_changed", "overwrite")
    saved(paper, desk, until)
    until(lambda: not desk.easel.is_modified)
    assert project.load(path).layers()[0].opacity == 0.5
    states = desk.easel.generations.of(path)
    assert any(desk.easel.generations.open(state).same_as(other) for state in states), "the other state is kept"
    saved(paper, desk, until)
    assert not desk.troubles, "the file is ours again"


def test_it_is_noticed_when_the_window_comes_to_the_front_and_asked_once(
    paper: Paperwork, desk: Desk, until: Until, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answering(monkeypatch, "ask_changed", "later")
    to_the_front(paper, desk, until)
    assert not asked
    theirs(path)
    to_the_front(paper, desk, until)
    to_the_front(paper, desk, until)
    assert len(asked) == 1


def test_opening_it_again_keeps_what_was_painted_with_the_unsaved_work(
    paper: Paperwork, desk: Desk, until: Until, path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fade(desk)
    mine = desk.easel.painting.snapshot()
    theirs(path)
    answering(monkeypatch, "ask_changed", "reload")
    to_the_front(paper, desk, until)
    until(lambda: desk.easel.painting and desk.easel.painting.size.width == 90)
    assert desk.easel.path == path and not desk.easel.is_modified
    [left] = recoverable(home / "sessions")
    paper.recover(left.path)
    until(lambda: desk.easel.painting and desk.easel.painting.size == mine.size)
    assert np.array_equal(composite(desk.easel.painting), composite(mine))


def test_saving_under_another_name_leaves_both(
    paper: Paperwork, desk: Desk, until: Until, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fade(desk)
    other = theirs(path)
    answering(monkeypatch, "ask_changed", "save-as")
    mine = path.with_name("mine.gesso")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(mine), ""))
    saved(paper, desk, until)
    until(lambda: desk.easel.path == mine)
    assert project.load(path).same_as(other) and project.load(mine).layers()[0].opacity == 0.5


# --- gone ----------------------------------------------------------------------------------------------------------------


def test_a_drive_that_is_gone_is_told_once_and_the_work_can_be_saved_when_it_is_back(
    paper: Paperwork, desk: Desk, until: Until, path: Path
) -> None:
    away = path.parent.rename(path.parent.with_name("unplugged"))
    fade(desk)
    for _ in range(2):
        to_the_front(paper, desk, until)
    assert [str(trouble) for trouble in desk.troubles] == [
        "画.gesso is not there any more. Your work is still open and safe. "
        "Connect its disk again, or save under another name."
    ]
    saved(paper, desk, until)
    assert desk.easel.is_modified and "Your work is still open and safe" in str(desk.troubles[-1])
    away.rename(path.parent)
    saved(paper, desk, until)
    until(lambda: not desk.easel.is_modified)
    assert project.load(path).layers()[0].opacity == 0.5 and len(desk.easel.generations.of(path)) == 2


# --- two windows ---------------------------------------------------------------------------------------------------------


def test_a_file_that_is_open_in_another_window_is_opened_as_a_copy(
    paper: Paperwork, desk: Desk, until: Until, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "画.gesso"
    project.save(stripes(), path)
    with another(home / "open.sqlite", path) as window:
        window.stdout.readline()
        paper.open(path)
        until(lambda: desk.easel.painting)
        assert desk.easel.path is None and desk.easel.source == path
        assert paper.said == [
            "画.gesso is open in another window; this is a copy, to be saved under a name of its own."
        ]
        offered = []
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a: (offered.append(a[2]), (str(path), ""))[1])
        before = path.read_bytes()
        paper.save()
        assert offered == [str(path.with_name("画 2.gesso"))]
        assert "open in another window" in str(desk.troubles[0]) and path.read_bytes() == before
        window.kill()
    paper.open(path)
    until(lambda: desk.easel.path == path)


def test_a_file_that_was_closed_may_be_opened_elsewhere(desk: Desk, path: Path, home: Path) -> None:
    def may_open() -> bool:
        with another(home / "open.sqlite", path) as window:
            said = window.stdout.readline()
            window.kill()
        return said == "True\n"

    assert not may_open()
    desk.easel.close()
    assert may_open()


# --- damaged -------------------------------------------------------------------------------------------------------------


def broken(path: Path) -> bytes:
    """A file of 36 tiles without its end."""
    pixels = np.random.default_rng(1).integers(0, 256, (1300, 1300, 4)).astype(np.uint8)
    project.save(Painting.from_array(pixels, "Sky", "work"), path)
    path.write_bytes(path.read_bytes()[:5_000_000])
    return path.read_bytes()


def test_what_is_whole_of_a_damaged_project_is_opened_and_what_is_lost_is_named(
    paper: Paperwork, desk: Desk, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.gesso"
    before = broken(path)
    asked = answering(monkeypatch, "ask_repair", "repair")
    shown: list[QMessageBox] = []
    monkeypatch.setattr(QMessageBox, "open", lambda box: shown.append(box))
    paper.open(path)
    until(lambda: desk.easel.painting)
    assert "a.gesso is damaged" in asked[0][0] and asked[0][1] is False
    assert desk.easel.title == "a repaired" and desk.easel.path is None and desk.easel.is_modified
    assert "Sky: " in shown[0].informativeText() and path.read_bytes() == before
    assert not desk.troubles


def test_a_damaged_project_may_be_left_alone(
    paper: Paperwork, desk: Desk, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(tmp_path / "a.gesso")
    asked = answering(monkeypatch, "ask_repair", "cancel")
    paper.open(tmp_path / "a.gesso")
    until(lambda: asked)
    assert desk.easel.painting is None and [file.name for file in tmp_path.glob("*")] == ["a.gesso"]


def test_nothing_to_recover_is_one_sentence(
    paper: Paperwork, desk: Desk, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.gesso").write_bytes(b"nothing of ours" * 500)
    answering(monkeypatch, "ask_repair", "repair")
    paper.open(tmp_path / "a.gesso")
    until(lambda: desk.troubles)
    assert str(desk.troubles[0]).startswith("Nothing of a.gesso could be recovered.")


def test_the_history_is_offered_for_a_damaged_project(
    paper: Paperwork, desk: Desk, until: Until, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fade(desk)
    saved(paper, desk, until)
    until(lambda: not desk.easel.is_modified)
    desk.easel.close()
    path.write_bytes(b"\0" * 5000)
    asked = answering(monkeypatch, "ask_repair", "history")
    paper.open(path)
    until(lambda: paper.care.history)
    assert asked[0][1] is True and len(paper.care.history._states) == 2
    paper.care.history.reject()


def test_the_copy_before_can_be_opened_and_is_never_written_to(
    paper: Paperwork, desk: Desk, until: Until, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = project.load(path)
    fade(desk)
    saved(paper, desk, until)
    until(lambda: not desk.easel.is_modified)
    paper.open(project.previous(path))
    until(lambda: desk.easel.painting.layers()[0].opacity == 1)
    assert desk.easel.painting.same_as(before) and desk.easel.path is None
    offered = []
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a: (offered.append(a[2]), ("", ""))[1])
    paper.save()
    assert offered == [str(path.with_name("画 2.gesso"))]


# --- history -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def history(paper: Paperwork, desk: Desk, until: Until, path: Path) -> FileHistory:
    """Of a file that was opened, faded and saved."""
    fade(desk)
    saved(paper, desk, until)
    until(lambda: not desk.easel.is_modified)
    paper.care.show_history()
    until(lambda: paper.care.history)
    return paper.care.history


def test_the_states_of_a_file_are_listed_with_pictures(history: FileHistory) -> None:
    assert history.list.count() == 2 and history.windowTitle() == "History of 画.gesso"
    assert all(not history.list.item(row).icon().isNull() for row in range(2))
    assert not history.picture.pixmap().isNull() and "64 × 48" in history.facts.text()
    history.reject()


def test_a_state_is_opened_as_a_new_unsaved_painting(
    paper: Paperwork, desk: Desk, until: Until, history: FileHistory, path: Path
) -> None:
    file = path.read_bytes()
    history.list.setCurrentRow(1)
    history.open_button.click()
    until(lambda: desk.easel.painting.layers()[0].opacity == 1)
    assert desk.easel.path is None and desk.easel.is_modified and desk.easel.title.startswith("画, ")
    assert path.read_bytes() == file and paper.care.history is None


def test_a_state_is_copied_out_while_the_painting_stays(
    paper: Paperwork, desk: Desk, until: Until, history: FileHistory, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = path.with_name("as it was.gesso")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(copy), ""))
    history.list.setCurrentRow(1)
    history.copy_button.click()
    until(copy.exists)
    until(lambda: not desk.jobs.running)
    assert project.load(copy).layers()[0].opacity == 1 and desk.easel.path == path
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    history.copy_button.click()
    assert "is open now" in str(desk.troubles[0]) and project.load(path).layers()[0].opacity == 0.5
    history.reject()


def test_a_painting_without_a_file_has_no_history_yet(paper: Paperwork, desk: Desk) -> None:
    desk.put(stripes())
    paper.care.show_history()
    assert paper.said == ["The history begins when the painting is saved."] and paper.care.history is None


def test_a_history_that_cannot_grow_is_said_beside_the_saving(
    paper: Paperwork, desk: Desk, until: Until, path: Path, home: Path
) -> None:
    (home / "generations").write_bytes(b"a file in its place")
    fade(desk)
    saved(paper, desk, until)
    until(lambda: not desk.easel.is_modified)
    assert "Saved 画.gesso" in paper.said[-1] and "did not grow" in paper.said[-1]


def test_no_history_is_kept_when_the_artist_wants_none(
    paper: Paperwork, desk: Desk, until: Until, path: Path, home: Path
) -> None:
    paper.settings.history_mb = 0
    fade(desk)
    saved(paper, desk, until)
    until(lambda: not desk.easel.is_modified)
    assert not (home / "generations").exists()


def test_what_is_open_when_the_studio_is_left_is_remembered(
    paper: Paperwork, desk: Desk, path: Path, settings: Settings
) -> None:
    settings.save()
    assert Settings.load(settings.file).open_last == [str(path)]
    desk.easel.close()
    settings.save()
    assert Settings.load(settings.file).open_last == [], "closed before"


def test_a_free_name_is_offered(tmp_path: Path) -> None:
    assert paperwork.fresh(tmp_path / "a.gesso").name == "a.gesso"
    for name in ("a.gesso", "a 2.gesso"):
        (tmp_path / name).touch()
    assert paperwork.fresh(tmp_path / "a.gesso").name == "a 3.gesso"
