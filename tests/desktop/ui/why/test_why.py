"""Why: a place is pointed at, by mouse or by keys, and what moved it glows on the canvas."""

from __future__ import annotations

from typing import cast

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from gesso.engine import Package
from gesso.tools.why import Why
from gesso.ui.canvas.pyramid import image_of
from gesso.ui.look import Look
from gesso.ui.models.deeds import ModelDesk
from gesso.ui.speech import Speech
from gesso.ui.why import WhyDesk
from gesso.ui.why.heat import CLEAR, SOLID, STOPS, coloured
from gesso.ui.why.legend import Legend
from gesso.ui.window import Window
from gesso.values import Box, Trouble
from tests.desktop.ui.conftest import Until

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def desk(window: Window, photograph, until: Until) -> WhyDesk:
    """A painting is open, and the tool is the upscaler that makes each pixel a square of itself."""
    window.paperwork.open(photograph)
    until(lambda: window.easel.painting is not None)
    window.actions_["tool:painting.upscale"].trigger()
    models = window.findChild(ModelDesk)
    assert isinstance(models, ModelDesk)
    return models.why


def test_the_button_asks_and_a_press_answers(desk: WhyDesk, window: Window, until: Until, qtbot: QtBot) -> None:
    window.inspector.why.click()
    overlay = desk.overlay
    assert overlay.isVisible() and overlay.geometry() == window.canvas.rect() and overlay.hasFocus()
    assert "Point at a place" in overlay.legend.words.text() and overlay.legend.stop.isHidden()
    qtbot.mouseClick(overlay, Qt.MouseButton.LeftButton, pos=window.canvas.from_image(QPointF(80.5, 60.5)).toPoint())
    assert not overlay.legend.bar.isHidden(), "how far it is can be seen"
    until(lambda: overlay.why is not None and desk._job is None)
    why, box = overlay.why, overlay.why.box
    x, y = int(overlay.point[0]), int(overlay.point[1])
    assert (abs(x - 80), abs(y - 60)) <= (1, 1) and why.heat[y - box.y, x - box.x] > 0
    assert why.reach is not None and "dashed frame" in overlay.legend.reach.text()
    assert "The brighter a part glows" in overlay.legend.words.text() and not overlay.legend.ramp.isHidden()
    assert window.jobs.listed[-1].title == "Why?"
    assert not window.easel.history.can_undo, "nothing was painted"
    qtbot.keyClick(overlay, Qt.Key.Key_Escape)
    assert not overlay.isVisible() and window.canvas.hasFocus()


def test_keys_alone_do_it(desk: WhyDesk, until: Until, qtbot: QtBot) -> None:
    desk.ask()
    overlay = desk.overlay
    before = overlay.point
    qtbot.keyClick(overlay, Qt.Key.Key_Right)
    qtbot.keyClick(overlay, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert overlay.point == (before[0] + 1, before[1] + 10)
    for _ in range(40):
        qtbot.keyClick(overlay, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert overlay.point[1] < 120, "the cross stays on the picture"
    qtbot.keyClick(overlay, Qt.Key.Key_Return)
    until(lambda: overlay.why is not None)


def test_a_network_that_sees_all_is_asked_about_a_small_copy(desk: WhyDesk, window: Window, until: Until) -> None:
    window.actions_["tool:painting.stylise"].trigger()
    desk.ask()
    desk.overlay.ask(QPointF(80, 60))
    until(lambda: desk._job is None and desk.overlay.why is not None)
    package = window.studio.open("painting.stylise")
    assert desk.overlay.why.package.name == package.name and desk.overlay.why.peak > 0


def test_cancel_keeps_what_was_found_and_another_question_takes_its_place(
    desk: WhyDesk, window: Window, until: Until
) -> None:
    desk.ask()
    overlay = desk.overlay
    overlay.ask(QPointF(30, 30))
    overlay.ask(QPointF(90, 70))
    overlay.legend.stop.click()
    assert overlay.legend.stop.isHidden() and desk._job is None
    until(lambda: not window.jobs.running)
    assert overlay.why is None
    overlay.ask(QPointF(90, 70))
    until(lambda: overlay.why is not None and desk._job is None)
    assert overlay.why.point == (90, 70)


def test_other_settings_or_another_painting_forget_the_answer(desk: WhyDesk, window: Window, until: Until) -> None:
    desk.ask()
    desk.overlay.ask(QPointF(60, 60))
    until(lambda: desk.overlay.why is not None and desk._job is None)
    window.assist.set_value("quality", "fast")
    assert desk.overlay.why is None and "Point at a place" in desk.overlay.legend.words.text()
    window.easel.close()
    assert desk.overlay.isHidden()
    desk.ask()
    assert desk.overlay.isHidden(), "there is nothing to point at"


def test_a_refusal_is_told_in_the_legend_in_both_languages(desk: WhyDesk, window: Window, until: Until) -> None:
    window.layers.add_layer()
    window.actions_["tool:painting.stylise"].trigger()
    window.assist.set_source(window.easel.painting.active)  # with nothing on it
    desk.ask()
    desk.overlay.ask(QPointF(60, 60))
    until(lambda: "nothing to work on" in desk.overlay.legend.words.text())
    window.speech.set_language("zh_CN")
    assert "没有可处理的内容" in desk.overlay.legend.words.text()


def test_the_wheel_stays_the_canvas_s(desk: WhyDesk, window: Window, qtbot: QtBot) -> None:
    from PySide6.QtGui import QWheelEvent
    from PySide6.QtWidgets import QApplication

    desk.ask()
    zoom, overlay = window.canvas.zoom, desk.overlay
    at = QPointF(overlay.width() / 2, overlay.height() / 2)
    QApplication.sendEvent(
        overlay,
        QWheelEvent(at, overlay.mapToGlobal(at), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton,
                    Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False),
    )  # fmt: skip
    qtbot.waitUntil(lambda: window.canvas.zoom > zoom, timeout=5000)


def test_a_turned_view_shows_the_cross_where_it_is(desk: WhyDesk, window: Window) -> None:
    desk.ask()
    window.canvas.angle, window.canvas.is_mirrored = 30.0, True
    for at in (QPointF(10, 20), QPointF(150, 100)):
        seen, wanted = desk.overlay._to_view.map(at), window.canvas.from_image(at)
        assert (seen - wanted).manhattanLength() < 0.01


# --- heat and legend -----------------------------------------------------------------------------------------------


def test_heat_is_clear_where_it_is_cold_and_brighter_all_the_way() -> None:
    image = coloured(np.linspace(0, 1, 50, dtype=np.float32)[None])
    pixels = [image.pixelColor(x, 0) for x in range(50)]
    alphas = [pixel.alphaF() for pixel in pixels]
    assert alphas[0] == pytest.approx(CLEAR, abs=0.01) and alphas[-1] == pytest.approx(SOLID, abs=0.01)
    light = [0.2126 * p.redF() + 0.7152 * p.greenF() + 0.0722 * p.blueF() for p in pixels]
    assert light == sorted(light) and abs(pixels[-1].red() - QColor(STOPS[-1][1]).red()) <= 1
    assert coloured(np.array([[np.nan]], np.float32)).pixelColor(0, 0).alphaF() == pytest.approx(CLEAR, abs=0.01)


@pytest.fixture
def legend(look: Look, speech: Speech, qtbot: QtBot) -> Legend:
    made = Legend(look, speech)
    qtbot.addWidget(made)
    made.show()
    return made


PACKAGE = cast(Package, None)
"""The legend does not ask which."""


def answer(peak: float, reach: Box | None) -> Why:
    return Why((4, 4), Box(0, 0, 9, 9), np.ones((9, 9), np.float32), peak, reach, 1, PACKAGE)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_one_sentence_says_what_is_seen(legend: Legend, speech: Speech, language: str) -> None:
    speech.set_language(language)
    words = []
    legend.ask()
    words.append(legend.words.text())
    legend.run()
    words.append(legend.words.text())
    legend.put(answer(0.2, Box(2, 2, 5, 5)), is_done=True)
    words.append(legend.words.text())
    legend.put(answer(0.0, None), is_done=True)
    words.append(legend.words.text())
    legend.stand(Trouble("The model could not run: {text}", text="x"))
    words.append(legend.words.text())
    assert len(set(words)) == 5 and all(word.isascii() == (language == "en") for word in words[1:] if "…" not in word)


def test_a_small_part_is_shown_closer(legend: Legend) -> None:
    legend.put(answer(0.2, Box(2, 2, 5, 5)), is_done=True)
    legend.show_inset(image_of(np.full((9, 9, 4), 255, np.uint8)))
    assert not legend.inset.isHidden()
    assert legend.grab().toImage().size() == legend.size()
    legend.show_inset(None)
    assert legend.inset.isHidden()
