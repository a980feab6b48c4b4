"""A canvas on the screen, and a hand that paints on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QInputDevice, QPointingDevice, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gesso.documents.history import History
from gesso.documents.painting import Painting
from gesso.operations.painting.brush import Brush
from gesso.ui.canvas import CanvasView
from gesso.ui.look import Look
from gesso.ui.speech import Speech
from gesso.values import Colour

NONE = Qt.KeyboardModifier.NoModifier


class Hand:
    """Works on a canvas as an artist does: with pointer and pen, in places of the picture."""

    def __init__(self, view: CanvasView, history: History[Painting], qtbot: QtBot) -> None:
        self.view, self.history, self.qtbot = view, history, qtbot
        self._pen = QPointingDevice(
            "pen", 1, QInputDevice.DeviceType.Stylus, QPointingDevice.PointerType.Pen,
            QInputDevice.Capability.Position | QInputDevice.Capability.Pressure, 1, 3,
        )  # fmt: skip

    def at(self, x: float, y: float) -> QPoint:
        return self.view.from_image(QPointF(x, y)).toPoint()

    def press(self, x: float, y: float, modifiers: Qt.KeyboardModifier = NONE) -> None:
        QTest.mousePress(self.view, Qt.MouseButton.LeftButton, modifiers, self.at(x, y))

    def move(self, x: float, y: float) -> None:
        QTest.mouseMove(self.view, self.at(x, y))

    def release(self, x: float, y: float, modifiers: Qt.KeyboardModifier = NONE) -> None:
        QTest.mouseRelease(self.view, Qt.MouseButton.LeftButton, modifiers, self.at(x, y))

    def drag(self, *points: tuple[float, float], modifiers: Qt.KeyboardModifier = NONE) -> None:
        self.press(*points[0], modifiers)
        for point in points[1:]:
            self.move(*point)
        self.release(*points[-1], modifiers)

    def pen(self, kind: QEvent.Type, x: float, y: float, pressure: float) -> None:
        at = QPointF(self.at(x, y))
        button = Qt.MouseButton.NoButton if kind == QEvent.Type.TabletMove else Qt.MouseButton.LeftButton
        held = Qt.MouseButton.NoButton if kind == QEvent.Type.TabletRelease else Qt.MouseButton.LeftButton
        event = QTabletEvent(
            kind, self._pen, at, QPointF(self.view.mapToGlobal(at)), pressure, 0, 0, 0, 0, 0, NONE, button, held
        )
        QApplication.sendEvent(self.view, event)

    def settle(self) -> None:
        """Wait until every tile that is seen is ready."""

        def ready() -> bool:
            self.view.grab()
            return not self.view.pane.is_owed

        self.qtbot.waitUntil(ready, timeout=20000)

    def colour(self, x: float, y: float) -> QColor:
        """What is seen at a place of the picture."""
        self.settle()
        return self.view.grab().toImage().pixelColor(self.at(x, y) * self.view.devicePixelRatioF())

    def shown(self) -> np.ndarray:
        """All that is seen, (h, w, 3)."""
        self.settle()
        image = self.view.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
        rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
        return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def white(width: int, height: int) -> Painting:
    return Painting.from_array(np.full((height, width, 4), 255, np.uint8), "ground")


Show = Callable[[Painting], Hand]


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[CanvasView]:
    made = CanvasView(Look("dark"), Speech())
    made.resize(640, 480)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    QTest.mouseMove(made, QPoint(1, 1))  # not where another test left the pointer, with a ring around it
    made.brush = Brush(20, hardness=1.0, colour=Colour(1.0, 0.0, 0.0))
    yield made
    made.show_document(None)


@pytest.fixture
def show(view: CanvasView, qtbot: QtBot) -> Show:
    """Put a painting on the canvas, at actual size, with the brush in hand."""

    def put(painting: Painting) -> Hand:
        history = History(painting)
        view.show_document(history)
        view.actual_size()
        view.tool = "brush"
        return Hand(view, history, qtbot)

    return put


@pytest.fixture
def hand(show: Show) -> Hand:
    """On a white painting of 400 x 300."""
    return show(white(400, 300))


@pytest.fixture
def pen(show: Show) -> Hand:
    """The hand that writes, on white."""
    hand = show(white(400, 300))
    hand.view.tool = "text"
    return hand
