"""Contrast of every pair of colours that the style sheet and the palette put on each other, in all themes (WCAG 2)."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPushButton, QSpinBox, QToolButton
from pytestqt.qtbot import QtBot

from gesso.ui.look import CONTRAST_DARK, CONTRAST_LIGHT, DARK, LIGHT, Look
from gesso.ui.style import mixtures

from .test_look import contrast

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
GROUNDS = ("window", "panel", "raised")
TEXTS = [
    *((text, ground) for text in ("text", "muted", "warn", "good") for ground in GROUNDS),
    ("text", "chosen"), ("muted", "chosen"), ("accent_text", "accent"), ("accent_text", "accent_hover"),
]  # fmt: skip
"""Words on a ground."""
EDGES = [
    *(("accent", ground) for ground in GROUNDS),
    *(("text", ground) for ground in GROUNDS),
    *(("muted", ground) for ground in GROUNDS),
    ("accent_text", "accent"), ("accent", "chosen"),
]  # fmt: skip
"""Rings of the focus, ticks and boxes of controls on a ground; 3 to 1 at least."""
TABLES = {"dark": DARK, "light": LIGHT, "contrast dark": CONTRAST_DARK, "contrast light": CONTRAST_LIGHT}


def colours(theme: str) -> dict[str, QColor]:
    table = TABLES[theme]
    return {name: QColor(value) for name, value in {**table, **mixtures(table, "contrast" in theme)}.items()}


@pytest.mark.parametrize("pair", TEXTS, ids="-on-".join)
@pytest.mark.parametrize("theme", TABLES)
def test_words_can_be_read(theme: str, pair: tuple[str, str]) -> None:
    found = colours(theme)
    assert contrast(found[pair[0]], found[pair[1]]) >= (7 if "contrast" in theme else 4.5)


@pytest.mark.parametrize("pair", EDGES, ids="-on-".join)
@pytest.mark.parametrize("theme", TABLES)
def test_rings_and_boxes_stand_out(theme: str, pair: tuple[str, str]) -> None:
    found = colours(theme)
    assert contrast(found[pair[0]], found[pair[1]]) >= 3


@pytest.mark.parametrize("theme", ["contrast dark", "contrast light"])
@pytest.mark.parametrize("ground", GROUNDS)
def test_high_contrast_shows_lines_and_what_is_switched_off(theme: str, ground: str) -> None:
    found = colours(theme)
    assert contrast(found["line"], found[ground]) >= 4.5 and contrast(found["faint"], found[ground]) >= 3


@pytest.mark.parametrize("kind", [QPushButton, QLineEdit, QComboBox, QSpinBox, QToolButton])
@pytest.mark.parametrize("theme", ["dark", "light", "contrast"])
def test_the_focus_is_seen_and_moves_nothing(qapp: QApplication, qtbot: QtBot, theme: str, kind: type) -> None:
    look = Look(theme)
    look.apply(qapp)
    widget, other = kind(), QPushButton()
    if isinstance(widget, QToolButton):
        widget.setIcon(look.icon("plus", 18))
    for one in (widget, other):
        qtbot.addWidget(one)
        one.show()
    other.setFocus()
    size, before = widget.sizeHint(), widget.grab().toImage()
    widget.activateWindow()
    widget.setFocus()
    qtbot.waitUntil(widget.hasFocus)
    after = widget.grab().toImage()
    ring = look.colour("accent").name()
    inked = sum(
        after.pixelColor(x, y).name() == ring and before.pixelColor(x, y).name() != ring
        for x in range(after.width())
        for y in range(after.height())
    )
    assert inked > (2 if theme == "contrast" else 1) * widget.width(), "a ring all around"
    assert widget.sizeHint() == size
