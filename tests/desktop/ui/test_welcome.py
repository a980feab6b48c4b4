"""The first-run page greets once, sets what is chosen at once, feels the pen, and does not come again."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QInputDevice, QPointingDevice, QPointingDeviceUniqueId, QTabletEvent
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from gesso.engine import DeviceTruth
from gesso.files.settings import Settings
from gesso.ui.guide import Guide
from gesso.ui.look import Look
from gesso.ui.pen_strip import MOST_POINTS, PenStrip
from gesso.ui.speech import Speech
from gesso.ui.welcome import Welcome
from gesso.ui.window import Window
from tests.desktop.ui.conftest import Until

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def shown(window: Window) -> Welcome | None:
    return next((found for found in window.findChildren(Welcome) if found.isVisible()), None)


def texts(welcome: Welcome) -> str:
    return "\n".join(found.text() for found in welcome.findChildren(QLabel))


def touch(strip: PenStrip, kind: QEvent.Type, pressure: float, x: float, tilt: float = 0) -> None:
    pen = QPointingDevice(
        "pen", 1, QInputDevice.DeviceType.Stylus, QPointingDevice.PointerType.Pen,
        QInputDevice.Capability.Pressure, 1, 1, "", QPointingDeviceUniqueId(),
    )  # fmt: skip
    at, left, none = QPointF(x, 20), Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    held = none if kind == QEvent.Type.TabletRelease else left
    event = QTabletEvent(
        kind, pen, at, at, pressure, tilt, 0, 0, 0, 0, Qt.KeyboardModifier.NoModifier, left, held
    )  # fmt: skip
    QApplication.sendEvent(strip, event)


def test_it_greets_once(window: Window, qtbot: QtBot) -> None:
    welcome = shown(window)
    assert welcome is not None and not window.settings.welcomed
    welcome.done.click()
    assert shown(window) is None and window.home.sample_cards[0].isVisible()
    assert Settings.load(window.settings.file).welcomed


def test_it_can_be_called_again_and_changes_nothing_by_being_closed(window: Window, qtbot: QtBot) -> None:
    shown(window).skip.click()
    window.actions_["welcome"].trigger()
    again = shown(window)
    assert again is not None and again.window() is not window
    qtbot.keyClick(again, Qt.Key.Key_Escape)
    assert shown(window) is None and window.settings.language == ""


def test_a_sample_closes_it_and_is_opened(window: Window, until: Until) -> None:
    shown(window).cards[1].click()
    until(lambda: window.easel.painting is not None)
    assert window.easel.title == "still-life" and window.settings.welcomed
    assert window.settings.recent == []


def test_first_steps_open_the_guide(window: Window) -> None:
    shown(window).steps.click()
    assert window.findChild(Guide).page == "first-steps" and shown(window) is not None


def test_language_and_theme_count_at_once(window: Window) -> None:
    welcome = shown(window)
    welcome.language.setCurrentIndex(welcome.language.findData("zh_CN"))
    welcome.language.activated.emit(welcome.language.currentIndex())
    welcome.theme.setCurrentIndex(welcome.theme.findData("light"))
    welcome.theme.activated.emit(welcome.theme.currentIndex())
    assert window.speech.language == "zh_CN" and "欢迎" in texts(welcome) and not window.look.is_dark
    kept = Settings.load(window.settings.file)
    assert (kept.language, kept.theme) == ("zh_CN", "light")


def test_keys_as_elsewhere_count_at_once(window: Window) -> None:
    welcome = shown(window)
    ours = window.actions_["layer-new"].shortcut()
    welcome.keys.setCurrentIndex(welcome.keys.findData("krita"))
    welcome.keys.activated.emit(welcome.keys.currentIndex())
    assert window.actions_["layer-new"].shortcut() != ours and window.settings.key_preset == "krita"


def test_it_says_what_suggestions_run_on_as_soon_as_that_is_known(window: Window) -> None:
    welcome = shown(window)
    assert "soon" in welcome.device.text()
    window.status.show_truth(DeviceTruth("auto", "cuda", "NVIDIA GPU", [], {}))
    assert "NVIDIA GPU" in welcome.device.text()


def test_the_pen_is_felt(qtbot: QtBot, settings: Settings) -> None:
    welcome = Welcome(Look("dark"), Speech("en"), settings, lambda card, read: None, lambda: None, str)
    qtbot.addWidget(welcome)
    welcome.show()
    assert "Try your pen" in welcome.pen.text()
    for kind, pressure, x in (("Press", 0.1, 10), ("Move", 0.1, 40), ("Move", 0.75, 44), ("Move", 0.75, 90)):
        touch(welcome.strip, getattr(QEvent.Type, f"Tablet{kind}"), pressure, x, tilt=30)
    touch(welcome.strip, QEvent.Type.TabletRelease, 0, 90)
    assert "75 %" in welcome.pen.text() and "30°" in welcome.pen.text()
    assert [pressure for _, pressure in welcome.strip.lines[0]] == [0.1, 0.1, 0.75, 0.75]
    picture = welcome.strip.grab().toImage()
    paper = picture.pixel(5, 80)  # of the empty strip
    thick = [sum(picture.pixel(x, y) != paper for y in range(4, 60)) for x in (22, 80)]
    assert thick[1] > thick[0] > 0, "the line is as wide as the pressure"
    qtbot.mouseClick(welcome.strip, Qt.MouseButton.LeftButton)
    assert "mouse" in welcome.pen.text()


def test_the_strip_forgets_old_lines(qtbot: QtBot) -> None:
    strip = PenStrip(Look("dark"), Speech("en"))
    qtbot.addWidget(strip)
    for _ in range(6):
        touch(strip, QEvent.Type.TabletPress, 0.5, 10)
        for step in range(MOST_POINTS // 4):
            touch(strip, QEvent.Type.TabletMove, 0.5, 10 + step % 50)
    assert sum(map(len, strip.lines)) <= MOST_POINTS and len(strip.lines) < 6
    strip.clear()
    assert not strip.lines


def test_whoever_was_greeted_sees_their_files(qtbot: QtBot, home: Path, window: Window) -> None:
    window.settings.welcomed = True
    window.home.set_welcome(None)
    assert shown(window) is None and window.home.sample_cards[0].isVisible()
