"""A walk through the window, as an artist would: open, look, ask, keep, undo, paint, save, export, close."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QImage
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QMenu, QMessageBox, QToolButton, QWidget
from pytestqt.exceptions import TimeoutError as QtTimeout
from pytestqt.qtbot import QtBot

from gesso import app
from gesso.documents.painting import composite
from gesso.files import pictures, project
from gesso.ui import paperwork
from gesso.ui.window import Window
from gesso.values import Box, Colour
from tests.desktop.ui.conftest import SLOW_MS


def opened(window: Window, path: Path, qtbot: QtBot) -> None:
    window.paperwork.open(path)
    until(qtbot, lambda: window.easel.source == path or window.easel.path == path)


def until(qtbot: QtBot, true: Callable[[], object]) -> None:
    qtbot.waitUntil(lambda: bool(true()), timeout=SLOW_MS)


def proposed(window: Window, qtbot: QtBot) -> None:
    window.actions_["suggest"].trigger()
    until(qtbot, lambda: window.assist.proposals and all(p.result for p in window.assist.proposals))


def test_the_home_page_comes_first_and_nothing_can_be_done_to_nothing(window: Window) -> None:
    assert window.pages.currentWidget() is window.home
    assert not window.actions_["save"].isEnabled() and window.actions_["open"].isEnabled()


def test_open_suggest_keep_undo(window: Window, photograph: Path, qtbot: QtBot) -> None:
    opened(window, photograph, qtbot)
    before = composite(window.easel.painting)
    proposed(window, qtbot)
    assert window.panels["proposals"].isVisible() and len(window.strip.cards) == len(window.assist.proposals) >= 4
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
    window.actions_["close-tab"].trigger()
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
    window.actions_["close-tab"].trigger()
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
    assert window.inspector.apply.text() == "应用为新图层" and window.menus["file"].title() == "文件(&F)"
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


# --- keys --------------------------------------------------------------------------------------------------------------


def test_numbers_choose_enter_keeps_and_escape_looks_away(window: Window, photograph: Path, qtbot: QtBot) -> None:
    opened(window, photograph, qtbot)
    proposed(window, qtbot)
    canvas, assist = window.canvas, window.assist
    qtbot.keyClick(canvas, Qt.Key.Key_2)
    assert assist.chosen is assist.proposals[1] and canvas.preview is not None
    qtbot.keyClick(canvas, Qt.Key.Key_1)
    assert assist.chosen is assist.proposals[0], "and not the opacity"
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    assert assist.chosen is None and canvas.preview is None
    qtbot.keyClick(window.strip.cards[2], Qt.Key.Key_Space)
    assert assist.chosen is assist.proposals[2]
    qtbot.keyClick(window.strip.cards[2], Qt.Key.Key_Escape)
    assert assist.chosen is None
    qtbot.keyClick(window.inspector.suggest, Qt.Key.Key_3)
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    until(qtbot, lambda: len(window.easel.painting.layers()) == 2)
    assert len(assist.proposals) == 5
    window.strip.away.click()
    qtbot.keyClick(canvas, Qt.Key.Key_4)
    assert window.brush_bar.opacity.value() == 40, "without proposals the canvas has its keys for itself"


def test_escape_ends_the_live_preview(window: Window, photograph: Path, qtbot: QtBot) -> None:
    opened(window, photograph, qtbot)
    window.actions_["live"].trigger()
    until(qtbot, lambda: window.canvas.preview is not None)
    assert window.actions_["live"].isChecked() and window.inspector.live.isChecked()
    qtbot.keyClick(window.canvas, Qt.Key.Key_Escape)
    assert window.canvas.preview is None and not window.actions_["live"].isChecked()


def test_alt_takes_a_colour_up_and_x_swaps_it(window: Window, photograph: Path, qtbot: QtBot) -> None:
    opened(window, photograph, qtbot)
    canvas, bar = window.canvas, window.brush_bar
    window.actions_["tool-brush"].trigger()
    at = canvas.from_image(QPointF(100.5, 30.5)).toPoint()
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.AltModifier, at)
    wanted = tuple(int(part) for part in composite(window.easel.painting)[30, 100])
    assert bar.brush.colour.bytes() == canvas.brush.colour.bytes() == wanted
    assert not window.easel.history.can_undo, "nothing was painted"
    window.actions_["swap-colours"].trigger()
    assert bar.brush.colour == Colour(1, 1, 1) and bar.other.bytes() == wanted
    window.actions_["reset-colours"].trigger()
    assert (bar.brush.colour, bar.other) == (Colour(0, 0, 0), Colour(1, 1, 1))


# --- files let fall on the window --------------------------------------------------------------------------------------


def let_fall(window: Window, path: Path) -> QMenu | None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(
        QPointF(400, 300), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    before = set(window.findChildren(QMenu))
    window.dropEvent(event)
    return next(iter(set(window.findChildren(QMenu)) - before), None)


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_a_picture_that_falls_on_a_painting_may_become_a_layer(
    window: Window, photograph: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    opened(window, photograph, qtbot)
    Image.new("RGB", (30, 20), "red").save(tmp_path / "red.png")
    menu = let_fall(window, tmp_path / "red.png")
    assert [action.text() for action in menu.actions() if action.text()] == ["Add as layer", "Open in a tab", "Cancel"]
    assert menu.activeAction() is menu.actions()[0]
    menu.actions()[0].trigger()
    menu.close()
    until(qtbot, lambda: len(window.easel.painting.layers()) == 2)
    assert window.easel.painting.active_layer.name == "red" and window.easel.source == photograph


def test_on_an_empty_easel_it_is_opened(window: Window, photograph: Path, qtbot: QtBot) -> None:
    assert let_fall(window, photograph) is None
    until(qtbot, lambda: window.easel.source == photograph)


# --- looking -----------------------------------------------------------------------------------------------------------


def test_an_enlarged_canvas_is_shown_whole(window: Window, photograph: Path, qtbot: QtBot) -> None:
    opened(window, photograph, qtbot)
    window.canvas.set_zoom(6.0)
    window.actions_["tool:painting.upscale"].trigger()
    window.assist.keep()
    until(qtbot, lambda: window.easel.painting.size.width == 320)
    assert Box(0, 0, 320, 240) == window.visible_box()


def test_a_preview_of_a_part_is_never_hidden_behind_the_line(window: Window, photograph: Path, qtbot: QtBot) -> None:
    opened(window, photograph, qtbot)
    window.actions_["tool-rectangle"].trigger()
    canvas = window.canvas
    drag(qtbot, canvas, canvas.from_image(QPointF(4, 4)), canvas.from_image(QPointF(20, 100)))
    canvas.split = 0.9
    window.actions_["live"].trigger()
    until(qtbot, lambda: canvas.preview is not None)
    box = canvas.preview.box
    assert box.x < canvas.split * 160 < box.right


def test_history_and_layers_show_what_was_kept(window: Window, photograph: Path, qtbot: QtBot) -> None:
    opened(window, photograph, qtbot)
    window.assist.keep()
    until(qtbot, lambda: len(window.easel.painting.layers()) == 2)
    until(qtbot, lambda: window.undo_list._steps.count() == 2)
    assert window.undo_list._steps.item(1).text() == "Stylise"
    until(qtbot, lambda: window.layers.tree.topLevelItemCount() == 2)


@pytest.mark.parametrize("size", [(1280, 800), (1024, 640), (960, 600)])  # (1024, 640) is 1280 × 800 at 125 %
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_no_word_is_cut_off(
    window: Window, photograph: Path, qtbot: QtBot, language: str, size: tuple[int, int]
) -> None:
    window.resize(*size)
    opened(window, photograph, qtbot)
    window.speech.set_language(language)
    proposed(window, qtbot)
    window.assist.choose(window.assist.proposals[0])
    for tool in ("painting.stylise", "painting.upscale"):
        window.actions_[f"tool:{tool}"].trigger()
        for panel in ("layers", "history", "jobs", "assist"):
            window.panels.show(panel)
            with suppress(QtTimeout):  # what is still cut off then is told below
                qtbot.waitUntil(lambda: not cut_off(window), timeout=5000)
            assert not cut_off(window)
    assert (window.width(), window.height()) == size, "nothing needs more room than the window has"


def cut_off(window: Window) -> list[str]:
    """Labels and buttons whose words are wider than they are; what is shortened on purpose ends in an ellipsis."""
    found = []
    for widget in window.findChildren(QWidget):
        if not isinstance(widget, (QLabel, QAbstractButton)) or not widget.text():
            continue
        if widget.visibleRegion().isEmpty():  # a panel behind another one counts as visible
            continue
        needs = widget.fontMetrics().horizontalAdvance(widget.text().split("\n")[0])
        if isinstance(widget, QLabel) and (widget.wordWrap() or "…" in widget.text()):
            if widget.wordWrap() and widget.heightForWidth(widget.width()) > widget.height() + 1:
                found.append(
                    f"{widget.text()!r} is {widget.size().toTuple()}, needs {widget.heightForWidth(widget.width())}"
                )
        elif isinstance(widget, QToolButton) and widget.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly:
            continue
        elif needs > widget.contentsRect().width() or widget.width() < min(widget.minimumSizeHint().width(), needs):
            found.append(f"{widget.text()!r} needs {needs} of {widget.contentsRect().width()}")
    return found


# --- from one day to the next ------------------------------------------------------------------------------------------


def test_the_window_comes_back_as_it_was_left(window: Window, photograph: Path, qtbot: QtBot) -> None:
    window.resize(1100, 700)
    opened(window, photograph, qtbot)
    window.removeDockWidget(window.panels["layers"])
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, window.panels["layers"])
    window.panels["layers"].show()
    window.palette_.recent = ["export"]
    window.close()
    assert not window.isVisible() and window.easel.painting is None
    again = app.build(QApplication.instance())
    try:
        qtbot.addWidget(again, before_close_func=lambda widget: widget.easel.close_all())
        assert again.height() == 700 and again.palette_.recent == ["export"]
        assert again.dockWidgetArea(again.panels["layers"]) == Qt.DockWidgetArea.LeftDockWidgetArea
        assert again.settings.recent == [str(photograph)]
    finally:
        again.close_down()
