"""Two versions on the artist's picture: run, looked at in three ways, and one kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from gesso.documents.painting import composite
from gesso.documents.painting.edits import SetSelection
from gesso.documents.painting.tiles import Tiles
from gesso.ui.look import Look
from gesso.ui.models.browser import ModelBrowser
from gesso.ui.models.compare import Compare, rivals
from gesso.ui.models.compare_view import BESIDE, DIFFERENCE, CompareView, Seen
from gesso.ui.models.deeds import ModelDesk
from gesso.ui.speech import Speech
from gesso.ui.window import Window
from gesso.values import Picture, Progress
from tests.desktop.ui.conftest import Until
from tests.packages import convolution
from tests.studio import stylise_package

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
Make = Callable[..., Path]


@pytest.fixture
def comparing(opened: Window, browser: ModelBrowser, desk: ModelDesk, package: Make, until: Until) -> Compare:
    """A newer upscaler that works otherwise is on the shelf, and the artist asked to compare."""
    opened.studio.shelf.install(package(model=convolution(3, 2, 2)))
    browser.read("upscale-x2-best")
    until(lambda: browser.model is not None and len(browser.model.versions) == 2)
    browser.compare.click()
    assert desk.comparing is not None
    return desk.comparing


def run(compare: Compare, until: Until) -> None:
    compare.go.click()
    until(lambda: not compare.view.is_empty)


def test_what_can_be_compared_is_for_the_same_task_and_size(browser: ModelBrowser) -> None:
    browser.list.choose("upscale-x2-best")
    assert [one.name for one in rivals(browser.models, browser.model)] == ["upscale-x2-best", "upscale-x2-fast"]
    browser.list.choose("stylise")
    assert not browser.compare.isEnabled() and "Open a painting first" in browser.compare.toolTip()


def test_one_that_stands_alone_is_not_compared(opened: Window, browser: ModelBrowser) -> None:
    browser.list.choose("stylise")
    assert not browser.compare.isEnabled() and "no other version" in browser.compare.toolTip()
    browser.list.choose("upscale-x2-best")
    assert browser.compare.isEnabled()


def test_both_run_with_figures_and_one_becomes_a_painting(comparing: Compare, opened: Window, until: Until) -> None:
    assert [choice.currentText() for choice in comparing.choices] == [
        "Left: upscale-x2-best 1.1.0 · in use", "Right: upscale-x2-best 1.0.0",
    ]  # fmt: skip
    run(comparing, until)
    assert [one.package.version for one in comparing.results] == ["1.1.0", "1.0.0"]
    for facts in comparing.facts:
        assert "s on CPU, 320 × 240 px" in facts.text()
    assert "of the pixels look different" in comparing.apart.text() and comparing.go.isEnabled()
    kept = comparing.results[1].picture
    comparing.keeps[1].click()
    assert opened.easel.painting.size == kept.size and "1.0.0" in opened.easel.title
    assert (composite(opened.easel.painting, kept.size.box)[..., :3] == kept.colour).all()
    [layer] = opened.easel.painting.layers()
    assert layer.provenance[0].model_version == "1.0.0", "what made it goes along"


def test_the_same_version_twice_is_the_same_to_the_last_bit(comparing: Compare, until: Until) -> None:
    comparing.choices[1].setCurrentIndex(0)
    run(comparing, until)
    assert comparing.apart.text() == "The two are the same to the last bit."


def test_a_version_is_pinned_from_here(comparing: Compare, browser: ModelBrowser, opened: Window, until: Until) -> None:
    comparing.pins[1].click()
    assert opened.studio.open("painting.upscale", "best", 2).version == "1.0.0"
    until(lambda: browser.version is not None and browser.version.is_pinned)
    until(lambda: not comparing.pins[1].isEnabled())


def test_another_choice_forgets_what_was_run(comparing: Compare, until: Until) -> None:
    run(comparing, until)
    comparing.choices[1].setCurrentIndex(0)
    comparing.choices[1].activated.emit(0)
    assert comparing.view.is_empty and comparing.results == [None, None]
    assert comparing.facts[0].text() == "Not run yet." and not comparing.keeps[0].isEnabled()


def test_cancelled_or_closed_nothing_comes_of_it(
    comparing: Compare, desk: ModelDesk, opened: Window, until: Until
) -> None:
    comparing.go.click()
    assert not comparing.stop.isHidden() and not comparing.go.isEnabled()
    comparing.stop.click()
    assert comparing.go.isEnabled() and comparing.bar.isHidden()
    until(lambda: not opened.jobs.running)
    assert comparing.results == [None, None]
    comparing.go.click()
    comparing.reject()
    until(lambda: desk.comparing is None and not opened.jobs.running)


def test_without_a_painting_it_is_said(comparing: Compare, opened: Window) -> None:
    troubles: list[object] = []
    comparing.troubled.connect(troubles.append)
    opened.easel.close()
    comparing.go.click()
    assert "No painting is open" in str(troubles[0]) and comparing.go.isEnabled()


def test_words_in_chinese(comparing: Compare, opened: Window, until: Until) -> None:
    opened.speech.set_language("zh_CN")
    run(comparing, until)
    texts = [label.text() for label in comparing.findChildren(QLabel)] + [one.text() for one in comparing.keeps]
    assert comparing.windowTitle() == "在我的画上比较两个版本" and "作为新画作打开" in texts
    assert any("用时" in text for text in texts) and not any("different" in text for text in texts)


def test_a_painter_is_kept_as_a_layer_where_the_selection_is(
    opened: Window, browser: ModelBrowser, desk: ModelDesk, author, tmp_path: Path, until: Until
) -> None:
    opened.studio.shelf.install(stylise_package(tmp_path / "made", author, "1.1.0"))
    painting, history = opened.easel.painting, opened.easel.history
    mask = np.zeros((painting.size.height, painting.size.width, 1), np.uint8)
    mask[30:60, 40:90] = 255
    history.apply("Select", SetSelection(Tiles.from_array(mask)))
    browser.read("stylise")
    until(lambda: browser.model is not None and len(browser.model.versions) == 2)
    browser.compare.click()
    compare = desk.comparing
    run(compare, until)
    assert compare.keeps[0].text() == "Keep as a layer"
    compare.keeps[1].click()
    layers = opened.easel.painting.layers()
    made = next(layer for layer in layers if layer.provenance)
    assert len(layers) == 2 and made.provenance[0].model_version == "1.0.0" and made.mask is not None
    assert made.name == "stylise 1.0.0"
    history.undo()
    assert len(opened.easel.painting.layers()) == 1
    history.apply("Deselect", SetSelection(None))
    compare.keeps[1].click()
    assert len(opened.easel.painting.layers()) == 1, "the place is another by now"


# --- looking -------------------------------------------------------------------------------------------------------


@pytest.fixture
def view(look: Look, speech: Speech, qtbot: QtBot) -> CompareView:
    made = CompareView(look, speech)
    qtbot.addWidget(made)
    made.resize(400, 300)
    first, second = (Picture(np.full((75, 100, 3), grey, np.uint8)) for grey in (40, 200))
    made.put(Seen.of(first, second, Progress.silent()))
    made.show()
    return made


def level(view: CompareView, x: int, y: int) -> int:
    return view.grab().toImage().pixelColor(x, y).red()


def test_a_line_stands_between_and_is_dragged(view: CompareView, qtbot: QtBot) -> None:
    assert level(view, 100, 20) == 40 and level(view, 300, 20) == 200
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(200, 150))
    qtbot.mouseMove(view, QPoint(340, 150))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(340, 150))
    assert view.split == pytest.approx(0.85) and level(view, 300, 20) == 40
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert view.split == pytest.approx(0.84)


def test_side_by_side_and_as_a_difference(view: CompareView) -> None:
    view.set_mode(BESIDE)
    assert level(view, 100, 150) == 40 and level(view, 300, 150) == 200
    view.set_mode(DIFFERENCE)
    assert level(view, 100, 150) == level(view, 300, 150) == 255, (
        "160 steps, four times as strong, and no more than white"
    )


def test_the_wheel_and_keys_zoom_and_dragging_pans(view: CompareView, qtbot: QtBot) -> None:
    assert view.zoom == pytest.approx(4)
    view.zoom_by(2, QPointF(100, 100))
    assert view.zoom == pytest.approx(8)
    before = view._place(view._panes()[0]).topLeft()
    assert (QPointF(100, 100) - before) / 8 == QPointF(25, 25), "what was under the pointer stays there"
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    qtbot.mouseMove(view, QPoint(30, 25))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(30, 25))
    assert view._place(view._panes()[0]).topLeft() - before == QPointF(10, 5)
    qtbot.keyClick(view, Qt.Key.Key_0)
    assert view.zoom == pytest.approx(4)
    for _ in range(40):
        qtbot.keyClick(view, Qt.Key.Key_Plus)
    assert view.zoom == pytest.approx(16)
