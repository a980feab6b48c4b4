"""Somebody who types on the canvas."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gesso.documents.painting import Layer
from gesso.ui.canvas.hands.options import options_of
from gesso.ui.canvas.hands.text import Write
from tests.desktop.ui.canvas.conftest import Hand

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def click(hand: Hand, x: float, y: float) -> None:
    hand.press(x, y)
    hand.release(x, y)


def key(hand: Hand, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(hand.view, key, modifiers)


def type_(hand: Hand, string: str) -> None:
    QTest.keyClicks(hand.view, string)


def compose(hand: Hand, preedit: str, commit: str = "") -> None:
    cursor = QInputMethodEvent.Attribute(QInputMethodEvent.AttributeType.Cursor, len(preedit), 1, None)
    event = QInputMethodEvent(preedit, [cursor])
    event.setCommitString(commit)
    QApplication.sendEvent(hand.view, event)


def text_layers(hand: Hand) -> list[Layer]:
    return [layer for layer in hand.history.document.layers() if layer.text is not None]


def session(hand: Hand) -> Write:
    found = options_of(hand.view).live
    assert isinstance(found, Write)
    return found


def write(hand: Hand, string: str, x: float = 60, y: float = 120) -> Layer:
    """A text of one session."""
    click(hand, x, y)
    type_(hand, string)
    key(hand, Qt.Key.Key_Escape)
    return text_layers(hand)[-1]
