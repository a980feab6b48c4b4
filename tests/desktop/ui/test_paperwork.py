"""Files: opened beside the window, placed on a painting, saved and exported; what goes wrong is one sentence and no loss."""

from __future__ import annotations

import errno
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gesso.documents.painting import Painting, composite
from gesso.documents.painting.edits import SetProperty
from gesso.files import pictures, project
from gesso.ui import paperwork
from gesso.ui.paperwork import Paperwork
from gesso.values import Colour, Size, Trouble
from tests.desktop.ui.conftest import Desk, Until, stripes


def answers(monkeypatch: pytest.MonkeyPatch, answer: str) -> list[str]:
    asked: list[str] = []
    monkeypatch.setattr(paperwork, "ask_unsaved", lambda title, *_: (asked.append(title), answer)[1])
    return asked


def fade(desk: Desk) -> None:
    desk.easel.history.apply("Fade", SetProperty(desk.easel.painting.active, "opacity", 0.5))


def test_a_picture_is_opened_beside_the_window(
    paper: Paperwork, desk: Desk, until: Until, photograph: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = set()
    begin = desk.easel.begin
    monkeypatch.setattr(desk.easel, "begin", lambda *a: (threads.add(threading.current_thread().name), begin(*a))[1])
    paper.open(photograph)
    assert [job.title for job in desk.jobs.running] == ["Open"], "the badge shows it"
    until(lambda: desk.easel.painting)
    assert threads == {"gesso-lane-disk"} and paper.settings.recent == [str(photograph)]
    assert desk.easel.source == photograph and desk.easel.path is None and not desk.easel.is_modified


def test_each_file_is_a_painting_of_its_own(paper: Paperwork, desk: Desk, until: Until, tmp_path: Path) -> None:
    for name, side in (("one", 30), ("two", 40), ("three", 50)):
        Image.new("RGB", (side, side), "red").save(tmp_path / f"{name}.png")
        paper.open(tmp_path / f"{name}.png")
        paper.open(tmp_path / f"{name}.png")  # a double click
    until(lambda: len(desk.easel.paintings) == 3 and not desk.jobs.running)
    assert [one.painting.size.width for one in desk.easel.paintings] == [30, 40, 50]
    assert desk.easel.painting.size == Size(50, 50)
    assert len({one.session.path for one in desk.easel.paintings}) == 3, "each has its journal"
    assert paper.settings.open_last == [str(tmp_path / f"{name}.png") for name in ("one", "two", "three")]
    paper.open(tmp_path / "." / "one.png")
    assert desk.easel.painting.size == Size(30, 30) and len(desk.easel.paintings) == 3, "it is open already"


def test_what_was_painted_while_a_file_was_read_stays_in_its_own_tab(
    paper: Paperwork, desk: Desk, until: Until, photograph: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    painting = desk.put(stripes())
    asked = answers(monkeypatch, "cancel")
    paper.open(photograph)
    fade(desk)
    until(lambda: len(desk.easel.paintings) == 2)
    assert not asked and desk.easel.source == photograph
    desk.easel.show(desk.easel.paintings[0])
    assert desk.easel.painting is painting and desk.easel.is_modified


def test_nothing_comes_before_the_eyes_in_the_middle_of_a_stroke(
    paper: Paperwork, desk: Desk, until: Until, photograph: Path
) -> None:
    painting = desk.put(stripes())
    paper.is_busy = lambda: True
    paper.open(photograph)
    until(lambda: len(desk.easel.paintings) == 2)
    assert desk.easel.painting is painting and photograph.name in paper.said[0]


def test_what_was_left_open_comes_back_if_it_is_still_there(
    desk: Desk, paper: Paperwork, until: Until, photograph: Path, tmp_path: Path
) -> None:
    project.save(stripes(), tmp_path / "画.gesso")
    paper.left = [str(tmp_path / "画.gesso"), str(tmp_path / "gone.gesso"), str(photograph)]
    assert len(paper.not_again()) == 3
    paper.open_left()
    until(lambda: len(desk.easel.paintings) == 2)
    assert desk.easel.path == tmp_path / "画.gesso", "the first is shown"
    assert paper.not_again() == [tmp_path / "gone.gesso"] and not desk.troubles


def test_notes_about_a_file_are_said(paper: Paperwork, desk: Desk, until: Until, tmp_path: Path) -> None:
    path = tmp_path / "film.gif"
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue", "green")]
    frames[0].save(path, save_all=True, append_images=frames[1:])
    paper.open(path)
    until(lambda: desk.easel.painting)
    assert "3" in paper.said[0], "that only the first of three frames is there"


def test_a_new_canvas(paper: Paperwork, desk: Desk, until: Until) -> None:
    paper.begin(Size(300, 200), Colour(1, 1, 1))
    until(lambda: desk.easel.painting)
    assert (composite(desk.easel.painting) == 255).all() and desk.easel.title == "Untitled"
    assert not desk.easel.painting.linear
    paper.begin(Size(30, 20), None, linear=True)
    until(lambda: desk.easel.painting.size == Size(30, 20))
    assert desk.easel.painting.linear


# --- placing -----------------------------------------------------------------------------------------------------------


def test_a_small_picture_is_placed_in_the_middle(paper: Paperwork, desk: Desk, until: Until, tmp_path: Path) -> None:
    painting = desk.put(stripes())
    before = composite(painting)
    Image.new("RGBA", (20, 10), (255, 0, 0, 255)).save(tmp_path / "红.png")
    paper.place(tmp_path / "红.png")
    until(lambda: len(painting.layers()) == 2)
    seen = composite(painting)
    assert (seen[19:29, 22:42] == (255, 0, 0, 255)).all()
    seen[19:29, 22:42] = before[19:29, 22:42]
    assert np.array_equal(seen, before) and painting.active_layer.name == "红"
    desk.easel.history.undo()
    assert np.array_equal(composite(painting), before)


@pytest.mark.parametrize("depth", [8, 16])
def test_a_large_one_is_made_to_fit(paper: Paperwork, desk: Desk, until: Until, tmp_path: Path, depth: int) -> None:
    pixels = np.full((48, 64, 4), 65535 if depth == 16 else 255, np.uint16 if depth == 16 else np.uint8)
    painting = desk.put(Painting.from_array(pixels, "Background"))
    Image.new("RGB", (400, 100), (0, 0, 255)).save(tmp_path / "wide.png")
    paper.place(tmp_path / "wide.png")
    until(lambda: len(painting.layers()) == 2)
    seen = composite(painting)
    blue = (seen[..., 0] == 0) & (seen[..., 2] == pixels.max())
    assert blue[16:32].all() and blue.sum() == 16 * 64


def test_what_is_no_picture_is_not_placed(paper: Paperwork, desk: Desk, until: Until, tmp_path: Path) -> None:
    painting = desk.put(stripes())
    (tmp_path / "note.png").write_text("no picture")
    paper.place(tmp_path / "note.png")
    until(lambda: desk.troubles)
    assert len(painting.layers()) == 1 and not desk.easel.is_modified


# --- saving ------------------------------------------------------------------------------------------------------------


def test_a_full_disk_is_one_sentence_and_the_work_goes_on(
    paper: Paperwork, desk: Desk, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.put(stripes())
    fade(desk)
    path = tmp_path / "painting.gesso"
    monkeypatch.setattr(paperwork.QFileDialog, "getSaveFileName", lambda *_, **__: (str(path), ""))

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    left: list[str] = []
    with monkeypatch.context() as patched:
        patched.setattr(project, "write_snapshot", full)
        paper.save(lambda: left.append("the window"))
        until(lambda: desk.troubles)
    assert not path.exists() and desk.easel.is_modified and not left, "nothing is closed that was not saved"
    paper.save()
    until(lambda: not desk.easel.is_modified)
    assert project.load(path).size == desk.easel.painting.size


def test_a_name_without_an_ending_does_not_replace_another_file_unasked(
    paper: Paperwork, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, until: Until
) -> None:
    desk.put(stripes())
    (tmp_path / "painting.gesso").write_bytes(b"of somebody")
    chosen = str(tmp_path / "painting")
    monkeypatch.setattr(paperwork.QFileDialog, "getSaveFileName", lambda *_, **__: (chosen, "PNG (*.png)"))
    asked: list[str] = []
    monkeypatch.setattr(paperwork, "ask_replace", lambda name, *_: asked.append(name))
    paper.save_as()
    assert asked == ["painting.gesso"] and (tmp_path / "painting.gesso").read_bytes() == b"of somebody"
    paper.ask_export()
    until((tmp_path / "painting.png").exists)
    assert len(asked) == 1, "a name that is free is not asked about"
    until(lambda: not desk.jobs.running)


def test_save_and_leave_leaves_only_once_it_is_saved(
    paper: Paperwork, desk: Desk, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.put(stripes())
    fade(desk)
    answers(monkeypatch, "save")
    monkeypatch.setattr(paperwork.QFileDialog, "getSaveFileName", lambda *_, **__: (str(tmp_path / "a.gesso"), ""))
    left: list[bool] = []
    paper.settle(lambda: left.append((tmp_path / "a.gesso").exists()))
    assert not left
    until(lambda: left)
    assert left == [True]


def test_giving_up_the_name_gives_up_leaving(paper: Paperwork, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.put(stripes())
    fade(desk)
    answers(monkeypatch, "save")
    monkeypatch.setattr(paperwork.QFileDialog, "getSaveFileName", lambda *_, **__: ("", ""))
    left: list[int] = []
    paper.settle(lambda: left.append(1))
    assert not left and desk.easel.is_modified


def test_a_save_that_ends_behind_another_tab_belongs_to_its_painting(
    paper: Paperwork, desk: Desk, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.put(stripes())
    fade(desk)
    first = desk.easel.shown
    paper.write(tmp_path / "first.gesso", None, None)
    desk.put(stripes(20, 20))
    until(lambda: not first.is_modified)
    assert first.path == tmp_path / "first.gesso" and desk.easel.path is None
    assert project.load(first.path).size == Size(64, 48)
    paper.write(tmp_path / "first.gesso", None, None)
    assert "open in another tab" in str(desk.troubles[-1]), "two tabs never write one file"
    assert project.load(first.path).size == Size(64, 48)


def test_leaving_asks_about_each_one_and_a_no_closes_none(
    paper: Paperwork, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for side in (30, 40, 50):
        desk.put(stripes(side, side))
        if side != 40:
            fade(desk)
    shown, replies, left = [], ["discard", "cancel"], []

    def ask(*_: object) -> str:
        shown.append(desk.easel.painting.size.width)
        return replies.pop(0)

    monkeypatch.setattr(paperwork, "ask_unsaved", ask)
    paper.settle_all(lambda: left.append(1))
    assert shown == [30, 50] and not left and len(desk.easel.paintings) == 3
    replies[:] = ["discard", "discard"]
    paper.settle_all(lambda: left.append(1))
    assert left == [1] and shown == [30, 50, 30, 50]


def test_leaving_saves_one_after_the_other(
    paper: Paperwork, desk: Desk, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for side in (30, 40):
        desk.put(stripes(side, side))
        fade(desk)
    answers(monkeypatch, "save")
    names = iter(["a.gesso", "b.gesso"])
    monkeypatch.setattr(paperwork.QFileDialog, "getSaveFileName", lambda *_, **__: (str(tmp_path / next(names)), ""))
    left: list[int] = []
    paper.settle_all(lambda: left.append(1))
    until(lambda: left)
    assert [project.load(tmp_path / name).size.width for name in ("a.gesso", "b.gesso")] == [30, 40]


def test_an_export_is_what_is_seen(paper: Paperwork, desk: Desk, until: Until, tmp_path: Path) -> None:
    painting = desk.put(stripes(40, 2100))
    paper.export(tmp_path / "seen.png")
    until(lambda: paper.said)
    assert np.array_equal(pictures.read(tmp_path / "seen.png").picture.rgba(), composite(painting))


def test_what_an_export_cannot_hold_is_said(paper: Paperwork, desk: Desk, until: Until, tmp_path: Path) -> None:
    pixels = np.full((8, 8, 4), 200, np.uint8)
    pixels[:4, :, 3] = 0
    desk.put(Painting.from_array(pixels, "x"))
    paper.export(tmp_path / "flat.jpg")
    until(lambda: paper.said)
    assert paper.said[0].startswith("Exported flat.jpg ") and "transparen" in paper.said[0]


def test_an_export_names_the_artist_who_has_said_so(paper: Paperwork, desk: Desk, until: Until, tmp_path: Path) -> None:
    desk.put(stripes())
    for name, author in (("none.png", ""), ("named.png", "Ada 爱达")):
        paper.settings.author, paper.settings.rights = author, author and "© Ada"
        paper.export(tmp_path / name)
        until(lambda file=tmp_path / name: file.exists() and not desk.jobs.running)
        found = pictures.read(tmp_path / name).origin.credit
        assert (found.author, found.rights) == (author, author and "© Ada")


def test_a_folder_that_cannot_be_written_to(paper: Paperwork, desk: Desk, until: Until, tmp_path: Path) -> None:
    desk.put(stripes())
    paper.export(tmp_path / "no such folder" / "a.png")
    until(lambda: desk.troubles)
    trouble = desk.troubles[0]
    assert isinstance(trouble, Trouble) and trouble.values["name"] == "no such folder" and not desk.jobs.running
