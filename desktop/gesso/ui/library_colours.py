"""A row of colours and lights that pictures are narrowed by: several together must all be in a picture."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from gesso.operations.painting.likeness import COLOURS
from gesso.tools.library import title
from gesso.ui.look import Look
from gesso.ui.speech import Speech
from gesso.ui.widgets.flow import Flow

SWATCH = QSize(26, 26)
INKS = {
    "red": "#d23b33", "orange": "#e88a2c", "yellow": "#ecd03f", "green": "#4f9e4a", "turquoise": "#3bb3ad",
    "blue": "#3c6fc9", "purple": "#8a56b8", "pink": "#e58bb0", "brown": "#7c5236", "black": "#17181a", "grey": "#8c8f94",
    "white": "#f6f6f4",
}  # fmt: skip
LIGHTS = ("light", "dark", "black-and-white")


class Swatch(QAbstractButton):
    """A round button in a colour, with a ring while it is chosen."""

    def __init__(self, name: str, look: Look, speech: Speech) -> None:
        super().__init__()
        self.name, self._look = name, look
        self.setCheckable(True)
        self.setFixedSize(SWATCH)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        look.tell(self, self.update)

        def put() -> None:
            self.setAccessibleName(title(name, speech.say))
            self.setToolTip(title(name, speech.say))

        speech.tell(self, put)

    def sizeHint(self) -> QSize:
        return SWATCH

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        inner = whole.adjusted(4, 4, -4, -4) if self.isChecked() else whole.adjusted(2, 2, -2, -2)
        painter.setPen(QPen(self._look.colour("line"), 1))
        if self.name in INKS:
            painter.setBrush(QColor(INKS[self.name]))
        else:
            painter.setBrush(self._shade(inner))
        painter.drawEllipse(inner)
        if self.isChecked() or self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._look.colour("accent" if self.isChecked() else "muted"), 2))
            painter.drawEllipse(whole)

    def _shade(self, place: QRectF) -> QLinearGradient:
        """Lights are no colours: from dark to light, as far as they go."""
        first, last = {"light": ("#c8c8c8", "#ffffff"), "dark": ("#000000", "#484848")}.get(
            self.name, ("#000000", "#ffffff")
        )
        found = QLinearGradient(place.topLeft(), place.topRight())
        if self.name == "black-and-white":
            found.setColorAt(0.499, QColor(first))
            found.setColorAt(0.501, QColor(last))
        else:
            found.setColorAt(0, QColor(first))
            found.setColorAt(1, QColor(last))
        return found


class ColourRow(Flow):
    """Every colour once."""

    changed = Signal()

    def __init__(self, look: Look, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent, gap_px=4)
        self.swatches = {name: Swatch(name, look, speech) for name in (*COLOURS, *LIGHTS)}
        for swatch in self.swatches.values():
            self.add(swatch)
            swatch.toggled.connect(lambda checked: self.changed.emit())
        speech.tell(self, lambda: self.setAccessibleName(speech.say("Colours")))

    @property
    def chosen(self) -> list[str]:
        """By the names of the library's words."""
        return [name for name, swatch in self.swatches.items() if swatch.isChecked()]

    def clear(self) -> None:
        """Choose none; tells nobody."""
        for swatch in self.swatches.values():
            swatch.blockSignals(True)
            swatch.setChecked(False)
            swatch.blockSignals(False)
            swatch.update()
