"""Labels and buttons that speak the artist's language and follow the look."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QSpinBox, QToolButton

from gesso.ui.look import Look
from gesso.ui.speech import Speech


def shortcut_text(shortcut: str) -> str:
    """As the artist's system writes it, such as ⌘K on a Mac."""
    return QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText) if shortcut else ""


def label(speech: Speech, template: str, role: str = "") -> QLabel:
    """A text that wraps rather than being cut."""
    found = QLabel()
    found.setTextFormat(Qt.TextFormat.PlainText)
    found.setWordWrap(role != "title")
    if role:
        found.setProperty("role", role)
    if template:
        speech.tell(found, lambda: found.setText(speech.say(template)))
    return found


def button(speech: Speech, template: str, role: str = "", look: Look | None = None, icon: str = "") -> QPushButton:
    """A button with words, and an icon when `look` and its name are given."""
    found = QPushButton()
    found.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
    if role:
        found.setProperty("role", role)

    def put() -> None:
        found.setText(speech.say(template))
        found.setAccessibleName(speech.say(template).rstrip("…"))

    speech.tell(found, put)
    if look is not None and icon:
        ink = "accent_text" if role == "primary" else "text"
        look.tell(found, lambda: found.setIcon(look.icon(icon, 18, ink)))
    return found


def spin_box(low: int, high: int, suffix: str = "") -> QSpinBox:
    """A number to type or step; its value counts once it is typed to the end."""
    found = QSpinBox()
    found.setRange(low, high)
    found.setSuffix(suffix)
    found.setKeyboardTracking(False)
    # Qt ignores a style sheet's padding at the left of a spin box.
    found.lineEdit().setTextMargins(6, 0, 0, 0)
    return found


def icon_button(
    look: Look, speech: Speech, icon: str, template: str, shortcut: str = "", size: int = 18
) -> QToolButton:
    """A button with an icon alone: its words are the tooltip and the accessible name."""
    found = QToolButton()
    found.setAutoRaise(True)
    found.setIconSize(QSize(size, size))
    found.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    look.tell(found, lambda: found.setIcon(look.icon(icon, size)))
    rename(speech, found, template, shortcut)
    return found


def rename(speech: Speech, found: QToolButton, template: str, shortcut: str = "") -> None:
    """Give a button of icons its words."""

    def put() -> None:
        text = speech.say(template)
        found.setAccessibleName(text)
        found.setToolTip(f"{text} ({shortcut_text(shortcut)})" if shortcut else text)

    speech.tell(found, put)
