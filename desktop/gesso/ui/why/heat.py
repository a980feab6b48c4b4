"""Heat as colours: little is dark violet and nearly clear, much is bright yellow; even in lightness, for every eye."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gesso.operations.painting.occlusion import Heat
from gesso.ui.look import Look
from gesso.ui.speech import Speech

STOPS = ((0.0, "#20104a"), (0.25, "#781c6d"), (0.5, "#cf4446"), (0.75, "#f98e09"), (1.0, "#fcf6a4"))
"""After matplotlib's inferno: lighter all the way, so that it also reads in grey."""
CLEAR, SOLID = 0.22, 0.86
"""How much covers the picture at no heat and at full heat."""
RAMP_PX = 12


def coloured(heat: Heat) -> QImage:
    """A picture to be laid over the painting; it holds its own pixels."""
    at = np.clip(np.nan_to_num(heat), 0, 1)
    places = [place for place, _ in STOPS]
    pixels = np.empty((*heat.shape, 4), np.uint8)
    cover = CLEAR + (SOLID - CLEAR) * at
    for channel, part in enumerate(("blue", "green", "red")):
        values = [getattr(QColor(colour), part)() for _, colour in STOPS]
        pixels[..., channel] = np.rint(np.interp(at, places, values) * cover)
    pixels[..., 3] = np.rint(255 * cover)
    return _image(pixels)


def _image(pixels: NDArray[np.uint8]) -> QImage:
    height, width = pixels.shape[:2]
    found = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)
    return found.copy()


class Ramp(QWidget):
    """The legend's strip, from little to much."""

    def __init__(self, look: Look, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._speech = look, speech
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        speech.tell(self, self._say)
        look.tell(self, self.update)

    def _say(self) -> None:
        say = self._speech.say
        self.setFixedHeight(RAMP_PX + self.fontMetrics().height() + 4)
        self._ends = (say("moved it little"), say("moved it most"))
        self.setAccessibleName(f"{self._ends[0]} – {self._ends[1]}")
        self.setMinimumWidth(sum(self.fontMetrics().horizontalAdvance(end) for end in self._ends) + 16)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        strip = QRectF(0.5, 0.5, self.width() - 1, RAMP_PX)
        ramp = QLinearGradient(strip.topLeft(), strip.topRight())
        for place, colour in STOPS:
            ramp.setColorAt(place, QColor(colour))
        painter.setBrush(ramp)
        painter.setPen(QPen(self._look.colour("line"), 1))
        painter.drawRoundedRect(strip, 3, 3)
        painter.setPen(self._look.colour("muted"))
        words = QRectF(0, RAMP_PX + 3, self.width(), self.height() - RAMP_PX - 3)
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft, self._ends[0])
        painter.drawText(words, Qt.AlignmentFlag.AlignRight, self._ends[1])
