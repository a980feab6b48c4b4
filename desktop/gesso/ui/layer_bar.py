"""Clipping, locks and colour label of the active layer, as a row of buttons."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from gesso.documents.painting import LABELS, Layer, Node, Painting
from gesso.ui.look import Look
from gesso.ui.speech import Speech, mark
from gesso.ui.widgets.controls import icon_button

LABEL_COLOURS = {
    "red": "#d9534a", "orange": "#e08b3c", "yellow": "#d8bd3a", "green": "#5ca75c", "blue": "#4f86d6", "violet": "#9069c8",
    "grey": "#8c8c8c",
}  # fmt: skip
LABEL_TITLES = {
    "": mark("No label"),
    "red": mark("Red label"),
    "orange": mark("Orange label"),
    "yellow": mark("Yellow label"),
    "green": mark("Green label"),
    "blue": mark("Blue label"),
    "violet": mark("Violet label"),
    "grey": mark("Grey label"),
}
SWITCHES = {
    "clipped": ("clip", mark("Clip to the layer below")),
    "alpha_locked": ("alpha-lock", mark("Lock alpha")),
    "locked": ("lock", mark("Lock layer")),
}
"""Property -> its icon and its words."""


def label_icon(label: str, look: Look, size: int = 16) -> QIcon:
    """A disc of a label's colour, or an empty ring."""
    found = QPixmap(QSize(size, size) * 2)
    found.setDevicePixelRatio(2)
    found.fill(Qt.GlobalColor.transparent)
    painter = QPainter(found)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(look.colour("muted"))
    if label:
        painter.setBrush(QColor(LABEL_COLOURS[label]))
    painter.drawEllipse(2, 2, size - 4, size - 4)
    painter.end()
    return QIcon(found)


def fill_labels(menu: QMenu, look: Look, speech: Speech, now: str, choose: Callable[[str], object]) -> None:
    """A menu of all labels, the one there is ticked."""
    for label in LABELS:
        action = menu.addAction(label_icon(label, look), speech.say(LABEL_TITLES[label]))
        action.setCheckable(True)
        action.setChecked(label == now)
        action.triggered.connect(lambda checked=False, label=label: choose(label))


class LayerBar(QWidget):
    """Shows how the active node stands; asks for changes."""

    asked = Signal(str, object)
    """A property and the value it should have."""

    def __init__(self, look: Look, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._speech = look, speech
        self._label = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        self.buttons: dict[str, QToolButton] = {}
        for name, (icon, title) in SWITCHES.items():
            found = icon_button(look, speech, icon, title)
            found.setCheckable(True)
            found.clicked.connect(lambda checked, name=name: self.asked.emit(name, checked))
            self.buttons[name] = found
            row.addWidget(found)
        self.label = icon_button(look, speech, "label", mark("Colour label"))
        self.label.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._fill)
        self.label.setMenu(self._menu)
        row.addWidget(self.label)
        row.addStretch(1)
        look.tell(self, self._draw)

    def _fill(self) -> None:
        self._menu.clear()
        fill_labels(self._menu, self._look, self._speech, self._label, lambda label: self.asked.emit("label", label))

    def _draw(self) -> None:
        self.label.setIcon(label_icon(self._label, self._look, 18) if self._label else self._look.icon("label", 18))

    def show_node(self, painting: Painting | None, node: Node | None) -> None:
        """Fit the buttons to a node, or to none."""
        for name, found in self.buttons.items():
            found.setChecked(bool(getattr(node, name, False)))
            found.setEnabled(node is not None)
        self.label.setEnabled(node is not None)
        self.buttons["alpha_locked"].setEnabled(isinstance(node, Layer))
        if painting is not None and node is not None:
            self.buttons["clipped"].setEnabled(node.clipped or painting.clip_base(node.id) is not None)
        self._label = node.label if node is not None else ""
        self._draw()
