"""A walk through the window, as an artist would: open, look, ask, keep, undo, paint, save, export, close."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from gesso import app
from gesso.documents.painting import composite
from gesso.files import pictures, project
from gesso.ui import paperwork
from gesso.ui.window import Window
from gesso.values import Box, Colour

SLOW_MS = 20_000


@pytest.fixture
def window(qtbot: QtBot, tiny_models: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    monkeypatch.setenv("LANG", "C.UTF-8")
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    monkeypatch.setattr(application, "quit", lambda: None)
    before = application.styleSheet(), application.palette(), application.font()
    made = app.build(application)
    made.speech.set_language("en")
    qtbot.addWidget(made, before_close_func=lambda widget: widget.easel.close())
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.close_down()
    application.setStyleSheet(before[0])
    application.setPalette(before[1])
    application.setFont(before[2])


@pytest.fixture
def photograph(tmp_path: Path) -> Path:
    y, x = np.mgrid[0:120, 0:160]
    pixels = np.stack([x * 255 / 160, y * 255 / 120, 120 + 80 * np.sin(x / 9)], -1).astype(np.uint8)
    path = tmp_path / "照片 一.png"
    Image.fromarray(pixels).save(path)
    return path


def opened(window: Window, path: Path, qtbot: QtBot) -> None:
    window.paperwork.open(path)
    qtbot.waitUntil(lambda: window.easel.painting is not None, timeout=SLOW_MS)


def until(qtbot: QtBot, true: Callable[[], bool]) -> None:
    qtbot.waitUntil(true, timeout=SLOW_MS)


def test_the_home_page_comes_first_and_nothing_can_be_done_to_nothing(window: Window) -> None:
    assert window.pages.currentWidget() is window.home
    assert not window.actions_["save"].isEnabled() and window.actions_["open"].isEnabled()


def test_open_suggest_keep_undo(window: Window, photograph: Path, qtbot: QtBot) -> None:
    opened(window, photograph, qtbot)
    before = composite(window.easel.painting)
    window.actions_["suggest"].trigger()
    until(qtbot, lambda: bool(window.assist.proposals) and all(p.result for p in window.assist.proposals))
    assert window.docks["proposals"].isVisible() and len(window.strip.cards) == len(window.assist.proposals) >= 4
    card = window.strip.cards[0]
    qtbot.mouseClick(card, Qt.MouseButton.LeftButton)
    assert window.canvas.preview is not None and window.assist.chosen is card.proposal
    assert np.array_equal(composite(window.easel.painting), before), "a look is not an edit"
    qtbot.mouseClick(card.keep, Qt.MouseButton.LeftButton)
    until(qtbot, lambda: window.easel.history.can_undo)
    assert window.canvas.preview is None
    layers = window.easel.painting.layers()
    assert len(layers) == 2 and layers[-1].provenance[0].tool == "painting.stylise"
    assert not np.array_equal(composite(window.easel.painting), before)
    window.actions_["undo"].trigger()
    assert np.array_equal(composite(window.easel.painting), before)
    assert [(t.tool, t.kept) for t in window.feedback.summary()] == [("painting.stylise", 1)]


def test_a_selection_limits_what_is_kept(window: Window, photograph: Path, qtbot: QtBot) -> None:
    opened(window, photograph, qtbot)
    before = composite(window.easel.painting)
    canvas = window.canvas
    window.actions_["tool-rectangle"].trigger()
    drag(qtbot, canvas, canvas.from_image(QPointF(20, 30)), canvas.from_image(QPointF(90, 100)))
    assert window.easel.painting.selection is not None
    inside = window.easel.painting.selection.read()[..., 0] > 0
    qtbot.mouseClick(window.inspector.apply, Qt.MouseButton.LeftButton)
    until(qtbot, lambda: len(window.easel.painting.layers()) == 2)
    after = composite(window.easel.painting)
    assert np.array_equal(after[~inside], before[~inside])
    assert not np.array_equal(after[inside], before[inside])


def test_live_preview_follows_the_settings(window: Window, photograph: Path, qtbot: QtBot) -> None:
    opened(window, photograph, qtbot)
    window.inspector.live.click()
    until(qtbot, lambda: window.canvas.preview is not None)
    first = window.canvas.preview.pixels.copy()
    window.inspector.controls["strength"].slider.setValue(30)
    until(qtbot, lambda: not np.array_equal(window.canvas.preview.pixels, first))
    window.inspector.live.click()
    assert window.canvas.preview is None and not window.easel.history.can_undo


def test_upscale_enlarges_every_layer_and_flips_back(window: Window, photograph: Path, qtbot: QtBot) -> None:
    opened(window, photograph, qtbot)
    window.actions_["layer-new"].trigger()
    window.actions_["tool:painting.upscale"].trigger()
    qtbot.mouseClick(window.inspector.apply, Qt.MouseButton.LeftButton)
    until(qtbot, lambda: window.easel.painting.size.width == 320)
    assert window.status.extent.text() == "320 × 240"
    window.actions_["undo"].trigger()
    assert window.easel.painting.size.width == 160


def test_paint_save_close_open_again(
    window: Window, photograph: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(window, photograph, qtbot)
    window.brush_bar.set_colour(Colour(1, 0, 0))
    window.actions_["tool-brush"].trigger()
    canvas = window.canvas
    drag(qtbot, canvas, canvas.from_image(QPointF(40, 40)), canvas.from_image(QPointF(110, 80)))
    until(qtbot, lambda: window.easel.is_modified)
    assert window.isWindowModified()
    painted = composite(window.easel.painting)
    path = photograph.with_suffix(".gesso")
    monkeypatch.setattr(paperwork.QFileDialog, "getSaveFileName", lambda *_, **__: (str(path), ""))
    window.actions_["save"].trigger()
    until(qtbot, lambda: not window.easel.is_modified)
    assert np.array_equal(composite(project.load(path)), painted)
    window.actions_["home"].trigger()
    assert window.easel.painting is None and window.pages.currentWidget() is window.home
    assert not list(window.sessions.glob("*")), "a journal of a closed painting is not kept"
    opened(window, path, qtbot)
    assert np.array_equal(composite(window.easel.painting), painted) and window.easel.path == path


def test_an_export_says_how_it_was_made(window: Window, photograph: Path, qtbot: QtBot, tmp_path: Path) -> None:
    opened(window, photograph, qtbot)
    window.assist.keep()
    until(qtbot, lambda: len(window.easel.painting.layers()) == 2)
    out = tmp_path / "导出.png"
    window.paperwork.export(out)
    until(qtbot, out.exists)
    until(qtbot, lambda: not window.jobs.running)
    origin = pictures.read_provenance(out)
    assert origin.records[0].model == "stylise" and origin.source_type == "compositeWithTrainedAlgorithmicMedia"


def test_unsaved_work_is_asked_about_and_cancel_keeps_it(
    window: Window, photograph: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(window, photograph, qtbot)
    window.actions_["layer-new"].trigger()
    until(qtbot, lambda: window.easel.is_modified)
    asked: list[str] = []

    def answer(box: QMessageBox) -> int:
        asked.append(box.text())
        box.setResult(0)
        return 0

    monkeypatch.setattr(QMessageBox, "exec", answer)
    monkeypatch.setattr(QMessageBox, "clickedButton", lambda box: box.escapeButton())
    window.actions_["home"].trigger()
    assert asked and photograph.stem in asked[0] and window.easel.painting is not None


@pytest.mark.parametrize("content", [b"", b"nothing that is a picture", b"\x89PNG\r\n\x1a\n broken"])
def test_what_cannot_be_opened_is_one_sentence(window: Window, tmp_path: Path, qtbot: QtBot, content: bytes) -> None:
    path = tmp_path / "坏 图.png"
    path.write_bytes(content)
    window.paperwork.open(path)
    until(qtbot, lambda: bool(window.door.banners))
    assert path.name in window.door.banners[0].text
    assert window.easel.painting is None and path.read_bytes() == content
    window.door.dismiss_all()


def test_the_language_changes_while_the_window_is_open(window: Window, photograph: Path, qtbot: QtBot) -> None:
    opened(window, photograph, qtbot)
    window.actions_["language-zh_CN"].trigger()
    assert window.inspector.apply.text() == "应用为新图层" and window.menus["file"].title() == "文件"
    window.actions_["language-en"].trigger()
    assert window.inspector.apply.text() == "Apply as layer"


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_everything_that_takes_focus_has_a_name(window: Window, photograph: Path, qtbot: QtBot, language: str) -> None:
    opened(window, photograph, qtbot)
    window.speech.set_language(language)
    window.assist.propose()
    until(qtbot, lambda: all(p.result for p in window.assist.proposals))
    nameless = [
        f"{type(w).__name__} in {type(w.parent()).__name__}"
        for w in window.findChildren(QWidget)
        if w.focusPolicy() != Qt.FocusPolicy.NoFocus
        and w.isVisible()
        and not (w.accessibleName() or getattr(w, "text", str)())
        and not w.objectName().startswith("qt_")
    ]
    assert not nameless


def test_the_palette_finds_by_pinyin_initials_and_runs(window: Window, photograph: Path, qtbot: QtBot) -> None:
    opened(window, photograph, qtbot)
    window.actions_["palette"].trigger()
    qtbot.keyClicks(window.palette_._query, "xjtc")
    until(qtbot, lambda: window.palette_._found.count() > 0)
    qtbot.keyClick(window.palette_._query, Qt.Key.Key_Return)
    assert not window.palette_.isVisible()
    assert len(window.easel.painting.layers()) == 2, "新建图层 made a layer"


def test_the_status_bar_tells_what_models_run_on(window: Window, qtbot: QtBot) -> None:
    app.warm_up(window)
    until(qtbot, lambda: window.status.truth is not None)
    assert window.status.device.text() == "CPU"
    assert "CPU" in window.status.sentences()[0]


def test_a_picture_behind_the_split_line_is_the_result(window: Window, photograph: Path, qtbot: QtBot) -> None:
    opened(window, photograph, qtbot)
    window.assist.propose()
    until(qtbot, lambda: all(p.result for p in window.assist.proposals))
    plain = grabbed(window)
    window.assist.choose(window.assist.proposals[0])
    window.canvas.split = 0.5
    both = grabbed(window)
    centre = window.canvas.from_image(QPointF(80, 60))
    left, right = int(centre.x()) - 40, int(centre.x()) + 40
    y = int(centre.y())
    assert plain.pixel(left, y) == both.pixel(left, y) and plain.pixel(right, y) != both.pixel(right, y)


def grabbed(window: Window) -> QImage:
    QApplication.processEvents()
    return window.canvas.grab().toImage()


def drag(qtbot: QtBot, widget: QWidget, start: QPointF, end: QPointF) -> None:
    qtbot.mousePress(widget, Qt.MouseButton.LeftButton, pos=start.toPoint())
    for step in range(1, 6):
        qtbot.mouseMove(widget, (start + (end - start) * step / 5).toPoint())
    qtbot.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=end.toPoint())
    QApplication.processEvents()


def test_visible_box_is_inside_the_painting(window: Window, photograph: Path, qtbot: QtBot) -> None:
    opened(window, photograph, qtbot)
    window.canvas.set_zoom(8.0)
    box = window.visible_box()
    assert not box.is_empty and Box(0, 0, 160, 120).contains(box)
