"""Copy and paste with alpha, formats of layers in the window, and what a file cannot hold, asked about before it is written."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QClipboard, QGuiApplication, QImage
from PySide6.QtWidgets import QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from gesso.documents.painting import Group, Painting, Tiles, composite, new_id
from gesso.files import paintings, pictures, pictures_apart
from gesso.files.pictures import Opened
from gesso.ui import paperwork
from gesso.ui.paperwork import Paperwork
from gesso.ui.placing import PNG
from gesso.values import Box, Picture, Progress, Size
from tests.desktop.files import painted
from tests.desktop.files.painted import layer, painting, told
from tests.desktop.ui.conftest import Desk, Until

SIZE = Size(80, 60)


@pytest.fixture
def paper(paper: Paperwork) -> Iterator[Paperwork]:
    """The same, leaving nothing on the clipboard."""
    yield paper
    QGuiApplication.clipboard().clear()


def test_a_part_is_copied_and_pasted_where_it_was_bit_for_bit(paper: Paperwork, desk: Desk, until: Until) -> None:
    for dtype, depth in ((np.uint8, 8), (np.uint16, 16)):
        given = desk.put(painting(SIZE, layer(SIZE, Box(10, 20, 33, 22), dtype), depth=depth))
        paper.said.clear()
        paper.placing.copy()
        until(lambda: paper.said)
        paper.placing.paste()
        until(lambda: len(desk.easel.painting.layers()) == 2)
        low, high = desk.easel.painting.layers()
        assert np.array_equal(high.tiles.read(), low.tiles.read()) and desk.easel.painting.active == high.id
        assert given is not None and high.name == "Pasted"
    assert desk.easel.history.titles[-1] == "Paste"


def test_only_what_is_selected_and_not_masked_is_copied(paper: Paperwork, desk: Desk, until: Until) -> None:
    given = painting(SIZE, layer(SIZE, SIZE.box, mask=painted.mask(SIZE, Box(0, 0, 80, 60))))
    chosen = np.zeros((60, 80, 1), np.uint8)
    chosen[5:15, 6:26] = 255
    given.selection = Tiles.from_array(chosen)
    desk.put(given)
    paper.placing.copy()
    until(lambda: paper.said)
    data = QGuiApplication.clipboard().mimeData()
    seen = np.asarray(Image.open(BytesIO(bytes(data.data(PNG).data()))).convert("RGBA"))
    assert seen.shape == (10, 20, 4)
    alone = painting(SIZE, given.layers()[0])
    assert painted.unlike(seen, composite(alone)[5:15, 6:26]) <= 1
    assert data.hasImage(), "for programs that know no PNG"


def test_a_group_is_copied_as_it_looks(paper: Paperwork, desk: Desk, until: Until) -> None:
    inside = [layer(SIZE, Box(1, 1, 40, 40), seed=3), layer(SIZE, Box(20, 20, 40, 40), seed=4, opacity=0.5)]
    given = painting(SIZE, (Group(new_id(), "g", opacity=0.2, visible=False), inside))
    given.active = given.root.children[0]
    desk.put(given)
    paper.placing.copy()
    until(lambda: paper.said)
    paper.placing.paste()
    until(lambda: len(desk.easel.painting.layers()) == 3)
    seen = desk.easel.painting.layer(desk.easel.painting.active).tiles.read()
    assert painted.unlike(seen, composite(painting(SIZE, *inside))) <= 1


def test_a_picture_of_another_program_is_pasted_in_the_middle(paper: Paperwork, desk: Desk, until: Until) -> None:
    desk.put(painting(SIZE, layer(SIZE, SIZE.box)))
    pixels = painted.pixels(20, 10)
    QGuiApplication.clipboard().setImage(QImage(pixels.tobytes(), 20, 10, 80, QImage.Format.Format_RGBA8888))
    paper.placing.paste()
    until(lambda: len(desk.easel.painting.layers()) == 2)
    found = desk.easel.painting.layers()[1].tiles
    assert painted.unlike(found.read(Box(30, 25, 20, 10)), pixels) <= 1
    assert found.read(Box(0, 0, 80, 25)).any() == np.False_


def test_without_a_painting_the_clipboard_becomes_one(paper: Paperwork, desk: Desk, until: Until) -> None:
    out = BytesIO()
    Image.fromarray(painted.pixels(20, 10)).save(out, "PNG")
    data = QMimeData()
    data.setData(PNG, out.getvalue())
    QGuiApplication.clipboard().setMimeData(data)
    paper.placing.paste()
    until(lambda: desk.easel.painting)
    assert np.array_equal(desk.easel.painting.layers()[0].tiles.read(), painted.pixels(20, 10))


@pytest.mark.parametrize("suffix, kind", [(".tif", "image/tiff"), (".jpg", "image/jpeg"), (".webp", "image/webp")])
def test_encoded_pictures_of_other_programs_are_read_as_files_are(
    paper: Paperwork, desk: Desk, until: Until, tmp_path: Path, suffix: str, kind: str
) -> None:
    """By our own readers in a process of their own, whatever Qt could make of them."""
    colour = np.full((10, 20, 3), 77, np.uint8)
    pictures.write(Picture(colour), tmp_path / f"a{suffix}")
    data = QMimeData()
    data.setData(kind, (tmp_path / f"a{suffix}").read_bytes())
    QGuiApplication.clipboard().setMimeData(data)
    paper.placing.paste()
    until(lambda: desk.easel.painting is not None)
    found = desk.easel.painting.layers()[0].tiles.read()
    assert np.abs(found[..., :3].astype(int) - 77).max() <= 1 and found.shape[:2] == (10, 20)


def test_files_on_the_clipboard_are_placed(paper: Paperwork, desk: Desk, until: Until, tmp_path: Path) -> None:
    desk.put(painting(SIZE, layer(SIZE, SIZE.box)))
    Image.fromarray(painted.pixels(20, 10)).save(tmp_path / "叶.png")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "叶.png"))])
    QGuiApplication.clipboard().setMimeData(data)
    paper.placing.paste()
    until(lambda: len(desk.easel.painting.layers()) == 2)
    assert desk.easel.painting.layers()[1].name == "叶"


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + bytes(60)])
def test_bad_pictures_on_the_clipboard(paper: Paperwork, desk: Desk, until: Until, content: bytes) -> None:
    desk.put(painting(SIZE, layer(SIZE, SIZE.box)))
    data = QMimeData()
    data.setData(PNG, content)
    QGuiApplication.clipboard().setMimeData(data)
    paper.placing.paste()
    until(lambda: desk.troubles)
    assert len(desk.easel.painting.layers()) == 1 and "lipboard" in str(desk.troubles[0])


def test_nothing_to_copy_and_nothing_to_paste(paper: Paperwork, desk: Desk, until: Until) -> None:
    QGuiApplication.clipboard().clear()
    desk.put(painting(SIZE, layer(SIZE, Box(0, 0, 0, 0))))
    paper.placing.paste()
    assert "no picture on the clipboard" in str(desk.troubles.pop())
    paper.placing.copy()
    until(lambda: desk.troubles)
    assert "nothing here to copy" in str(desk.troubles[0])


def test_a_drawing_is_placed_as_large_as_fits(paper: Paperwork, desk: Desk, until: Until, tmp_path: Path) -> None:
    desk.put(painting(SIZE, layer(SIZE, SIZE.box)))
    (tmp_path / "a.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"><rect width="4" height="4" fill="red"/></svg>'
    )
    paper.place(tmp_path / "a.svg")
    until(lambda: len(desk.easel.painting.layers()) == 2)
    alpha = desk.easel.painting.layers()[1].tiles.read()[..., 3]
    assert (alpha[:, 10:70] == 255).all() and not alpha[:, :10].any() and not alpha[:, 70:].any()


# --- formats of layers -------------------------------------------------------------------------------------------------


def grouped() -> Painting:
    inside = [layer(SIZE, Box(1, 1, 40, 40), seed=3, name="leaf")]
    return painting(SIZE, layer(SIZE, SIZE.box), (Group(new_id(), "组", blend="screen"), inside))


@pytest.mark.parametrize("suffix", [".ora", ".psd"])
def test_layers_are_opened_and_exported(
    paper: Paperwork, desk: Desk, until: Until, tmp_path: Path, suffix: str
) -> None:
    given = grouped()
    paintings.write(given, tmp_path / f"画{suffix}")
    paper.open(tmp_path / f"画{suffix}")
    until(lambda: desk.easel.painting)
    assert told(desk.easel.painting) == told(given)
    assert desk.easel.source == tmp_path / f"画{suffix}" and desk.easel.path is None
    paper.export(tmp_path / f"again{suffix}")
    until(lambda: paper.said)
    assert told(paintings.read(tmp_path / f"again{suffix}").painting) == told(given)


def test_what_is_lost_is_asked_about_once(
    paper: Paperwork, desk: Desk, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.put(grouped())
    answers, asked = iter(["cancel", "save", "project"]), []
    monkeypatch.setattr(paperwork, "ask_losses", lambda name, said, *_: (asked.append((name, said)), next(answers))[1])
    name = [tmp_path / "a.png"]
    monkeypatch.setattr(paperwork.QFileDialog, "getSaveFileName", lambda *_, **__: (str(name[0]), "PNG (*.png)"))
    paper.ask_export()
    until(lambda: asked)
    assert asked[0][0] == "a.png" and "the 2 layers are laid over each other" in asked[0][1][0]
    assert not name[0].exists() and not desk.jobs.running, "given up"
    paper.ask_export()
    until(name[0].exists)
    until(lambda: paper.said)
    name[0] = tmp_path / "b.png"
    paper.ask_export()
    until(name[0].exists)
    assert len(asked) == 2, "known by now"
    saved: list[bool] = []
    monkeypatch.setattr(paper, "save_as", lambda *_: saved.append(True))
    name[0] = tmp_path / "a.jpg"
    paper.ask_export()
    until(lambda: saved)
    assert len(asked) == 3 and not (tmp_path / "a.jpg").exists()
    name[0] = tmp_path / "a.ora"
    paper.ask_export()
    until(name[0].exists)
    assert len(asked) == 3, "nothing is lost there"
    until(lambda: not desk.jobs.running)


@pytest.mark.parametrize(
    "text, answer", [("Save anyway", "save"), ("Save as project instead", "project"), ("", "cancel")]
)
def test_the_question(
    paper: Paperwork, desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, text: str, answer: str
) -> None:
    seen: list[str] = []

    def press(box: QMessageBox) -> int:
        seen.append(box.text() + box.informativeText())
        chosen = [b for b in box.findChildren(QPushButton) if b.text() == (text or "Cancel")]
        chosen[0].click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", press)
    assert paperwork.ask_losses("a.png", ["One.", "Two."], desk.speech, paper.window) == answer
    assert seen == ["a.png cannot hold all of this painting.One.\n\nTwo."]


def test_a_picture_in_a_form_of_the_system_is_not_decoded_here(
    paper: Paperwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Foreign(QMimeData):
        def hasImage(self) -> bool:
            return True

        def formats(self) -> list[str]:
            return ["image/x-xpixmap", "application/x-qt-image"]

        def imageData(self) -> None:
            raise AssertionError("decoded in the window's process")

    told = Picture.from_rgba(painted.pixels(9, 7))
    asked: list[str] = []
    monkeypatch.setattr(QClipboard, "ownsClipboard", lambda self: False)
    monkeypatch.setattr(
        pictures_apart, "read_clipboard", lambda name, progress: asked.append(name) or Opened(told, (), "BMP")
    )
    read = paper.placing._read_of(Foreign())
    assert read is not None and read(Progress.silent()).picture is told and asked == ["The clipboard"]
    assert paper.placing._read_of(QMimeData()) is None
