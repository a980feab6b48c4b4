"""Rulers along the canvas, in pixels of the picture; guides are dragged out of them."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFont, QMouseEvent, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QWidget

from gesso.documents.painting.guides import HORIZONTAL, VERTICAL
from gesso.ui.look import Look
from gesso.ui.speech import Speech, mark

if TYPE_CHECKING:
    from gesso.ui.canvas.hands.aids import MoveGuide
    from gesso.ui.canvas.view import CanvasView

RULER_PX = 20
LABEL_PX = 64.0
"""Numbers stand at least so far apart."""
TICK_PX = 6.0


def step_of(pixels: float) -> float:
    """The least of 1, 2, 5, 10, 20, 50 … that is at least so many."""
    step = 1.0
    while True:
        for part in (1, 2, 5):
            if step * part >= pixels:
                return step * part
        step *= 10


class Ruler(QWidget):
    """One of the two. It counts what lies along its side, however the view is turned by quarters or mirrored."""

    def __init__(self, view: CanvasView, look: Look, speech: Speech, *, is_upright: bool) -> None:
        super().__init__(view)
        self._view, self._look, self._is_upright = view, look, is_upright
        self._mark: float | None = None
        self._drag: MoveGuide | None = None
        self.setCursor(Qt.CursorShape.SplitHCursor if is_upright else Qt.CursorShape.SplitVCursor)
        name = mark("Ruler at the left") if is_upright else mark("Ruler at the top")
        speech.tell(self, lambda: self.setAccessibleName(speech.say(name)))
        speech.tell(self, lambda: self.setToolTip(speech.say("Drag a guide out of the ruler, and back to remove it.")))
        look.tell(self, self.update)
        self.hide()

    def point(self, at: QPointF | None) -> None:
        """Show where the pointer is, in the view."""
        marked = None if at is None else at.y() if self._is_upright else at.x()
        if marked != self._mark:
            self._mark = marked
            self.update()

    @property
    def counts_down(self) -> bool:
        """Whether it counts the picture's rows."""
        return self._is_upright == (self._view.angle % 180 == 0)

    def counted(self, at: float) -> float:
        """The pixel of the picture beside a place along the ruler."""
        place = self._view.to_image(QPointF(0, at) if self._is_upright else QPointF(at, 0))
        return place.y() if self.counts_down else place.x()

    # --- drawing -------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        length = self.height() if self._is_upright else self.width()
        painter.fillRect(self.rect(), self._look.colour("panel"))
        painter.setPen(self._look.colour("line"))
        side = RULER_PX - 1
        painter.drawLine(side if self._is_upright else 0, 0 if self._is_upright else side, *self._end(side, length))
        font = QFont(self.font())
        font.setPixelSize(9)
        painter.setFont(font)
        first, last = self.counted(0), self.counted(length)
        if first == last:
            return
        per_px = abs(last - first) / length
        step = step_of(LABEL_PX * per_px)
        fine = next((step / part for part in (10, 5, 2) if step / part >= max(1, TICK_PX * per_px)), step)
        number = floor(min(first, last) / fine)
        while number * fine <= max(first, last):
            value = number * fine
            at = (value - first) / (last - first) * length
            is_large = abs(value / step - round(value / step)) < 1e-6
            self._tick(painter, at, 11 if is_large else 5)
            if is_large:
                self._number(painter, at, f"{value:.0f}")
            number += 1
        if self._mark is not None:
            self._pointer(painter, self._mark)

    def _end(self, side: int, length: int) -> tuple[int, int]:
        return (side, length) if self._is_upright else (length, side)

    def _tick(self, painter: QPainter, at: float, long: int) -> None:
        painter.setPen(self._look.colour("muted"))
        place = round(at)
        if self._is_upright:
            painter.drawLine(RULER_PX - 1 - long, place, RULER_PX - 2, place)
        else:
            painter.drawLine(place, RULER_PX - 1 - long, place, RULER_PX - 2)

    def _number(self, painter: QPainter, at: float, text: str) -> None:
        """Beside its tick; one that the corner would cut is left out, as it would read as another."""
        wide = painter.fontMetrics().horizontalAdvance(text)
        if at + (-3 - wide if self._is_upright else 3) < RULER_PX:
            return
        painter.setPen(self._look.colour("text"))
        if not self._is_upright:
            painter.drawText(QPointF(round(at) + 3, 9), text)
            return
        painter.save()
        painter.translate(9, round(at) - 3)
        painter.rotate(-90)
        painter.drawText(QPointF(0, 0), text)
        painter.restore()

    def _pointer(self, painter: QPainter, at: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.colour("accent"))
        tip = RULER_PX - 2
        corners = [(at, tip), (at - 4, tip - 7), (at + 4, tip - 7)]
        painter.drawPolygon(QPolygonF([QPointF(b, a) if self._is_upright else QPointF(a, b) for a, b in corners]))

    # --- guides --------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            way = VERTICAL if self._is_upright == (self._view.angle % 180 == 0) else HORIZONTAL
            self._drag = self._view.aids.begin_guide(way, self._view.touch_of(event, self))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is not None:
            self._drag.to(self._view.touch_of(event, self))
            self._view.point_at(self.mapToParent(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        drag, self._drag = self._drag, None
        if drag is not None:
            drag.to(self._view.touch_of(event, self))
            drag.end()


class Rulers:
    """Both, with the corner between them; children of the canvas, over its upper and left side."""

    def __init__(self, view: CanvasView, look: Look, speech: Speech) -> None:
        self._view = view
        self.top = Ruler(view, look, speech, is_upright=False)
        self.left = Ruler(view, look, speech, is_upright=True)
        self.corner = QWidget(view)
        self.corner.setAutoFillBackground(True)
        look.tell(self.corner, lambda: self.corner.setStyleSheet(f"background: {look.colour('panel').name()}"))
        self.corner.hide()
        self.are_shown = False

    def stand(self, wanted: bool) -> None:
        """Along the sides, where a right angle lets them tell the truth."""
        self.are_shown = wanted and self._view.angle % 90 == 0
        width, height = self._view.width(), self._view.height()
        self.top.setGeometry(0, 0, width, RULER_PX)
        self.left.setGeometry(0, 0, RULER_PX, height)
        self.corner.setGeometry(0, 0, RULER_PX, RULER_PX)
        for part in (self.top, self.left, self.corner):
            part.setVisible(self.are_shown)
        self.corner.raise_()
        self.update()

    def update(self) -> None:
        self.top.update()
        self.left.update()

    def point(self, at: QPointF | None) -> None:
        if self.are_shown:
            self.top.point(at)
            self.left.point(at)
