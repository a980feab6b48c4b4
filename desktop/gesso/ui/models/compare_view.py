"""Two results of one size, looked at with a line between them, side by side, or as their difference."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QWheelEvent
from PySide6.QtWidgets import QWidget

from gesso.operations.painting.difference import Difference, difference, shown
from gesso.ui.canvas.pyramid import image_of
from gesso.ui.look import Look
from gesso.ui.speech import Speech
from gesso.values import Picture, Progress

SPLIT, BESIDE, DIFFERENCE = "split", "beside", "difference"
LARGEST_ZOOM = 16.0
STEP = 1.25
NEAR_PX = 12
"""How near the line it is taken hold of."""
GAP_PX = 8
KNOB_PX = 11


@dataclass(frozen=True)
class Seen:
    """Two results made ready to be looked at; made beside the window, since they may be large."""

    first: QImage
    second: QImage
    difference: QImage
    apart: Difference

    @classmethod
    def of(cls, first: Picture, second: Picture, progress: Progress) -> Seen:
        apart = difference(first.colour, second.colour)
        progress.at(0.4)
        strong = shown(first.colour, second.colour)
        opaque = np.full((*strong.shape[:2], 1), 255, np.uint8)
        progress.at(0.7)
        drawn = image_of(np.concatenate([strong, opaque], axis=2))
        return cls(image_of(first.rgba()), image_of(second.rgba()), drawn, apart)


class CompareView(QWidget):
    """Left is the first, right the second. The wheel zooms, dragging moves the line or the pictures."""

    split_changed = Signal(float)

    def __init__(self, look: Look, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.mode, self.split = SPLIT, 0.5
        self._images: list[QImage] = []
        self._difference = QImage()
        self._zoom, self._middle = 0.0, QPointF()
        """Zoom 0 fits; the middle is a place of the picture."""
        self._grip: QPointF | None = None
        self._holds_line = False
        self.setMinimumSize(QSize(320, 200))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        speech.tell(self, lambda: self.setAccessibleName(speech.say("The two results")))
        speech.tell(
            self,
            lambda: self.setToolTip(
                speech.say("Drag the line, or move it with ← and →. The wheel zooms; + and - do, too; 0 shows all.")
            ),
        )
        look.tell(self, self.update)

    @property
    def is_empty(self) -> bool:
        return not self._images

    def put(self, seen: Seen | None) -> None:
        """Show these, whole; nothing for None."""
        self._images, self._difference, self._zoom = [], QImage(), 0.0
        if seen is not None:
            self._images, self._difference = [seen.first, seen.second], seen.difference
            self._middle = QPointF(seen.first.width() / 2, seen.first.height() / 2)
        self.update()

    def set_mode(self, mode: str) -> None:
        self.mode = mode
        self.update()

    def set_split(self, split: float) -> None:
        """Of the picture's width."""
        split = min(1.0, max(0.0, split))
        if split != self.split:
            self.split = split
            self.split_changed.emit(split)
            self.update()

    # --- where things are ----------------------------------------------------------------------------------------

    def _panes(self) -> list[QRectF]:
        whole = QRectF(self.rect())
        if self.mode != BESIDE:
            return [whole]
        wide = (whole.width() - GAP_PX) / 2
        return [QRectF(0, 0, wide, whole.height()), QRectF(wide + GAP_PX, 0, wide, whole.height())]

    @property
    def zoom(self) -> float:
        """Pixels of the desktop to one of the picture."""
        if self._zoom or not self._images:
            return self._zoom or 1.0
        pane, image = self._panes()[0], self._images[0]
        return min(pane.width() / image.width(), pane.height() / image.height())

    def _place(self, pane: QRectF) -> QRectF:
        """Where the whole picture lies for a pane."""
        image, zoom = self._images[0], self.zoom
        middle = self._middle if self._zoom else QPointF(image.width() / 2, image.height() / 2)
        corner = pane.center() - middle * zoom
        return QRectF(corner.x(), corner.y(), image.width() * zoom, image.height() * zoom)

    def _line_x(self) -> float:
        place = self._place(self._panes()[0])
        return place.left() + self.split * place.width()

    # --- drawing -------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.colour("canvas"))
        if not self._images:
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self.zoom < 2)
        panes = self._panes()
        if self.mode == DIFFERENCE:
            painter.drawImage(self._place(panes[0]), self._difference)
        elif self.mode == BESIDE:
            for pane, image in zip(panes, self._images, strict=True):
                painter.setClipRect(pane)
                painter.drawImage(self._place(pane), image)
        else:
            line, place = self._line_x(), self._place(panes[0])
            for left, right, image in ((0.0, line, self._images[0]), (line, float(self.width()), self._images[1])):
                painter.setClipRect(QRectF(left, 0, max(0.0, right - left), self.height()))
                painter.drawImage(place, image)
            painter.setClipping(False)
            self._draw_line(painter, line)
        painter.setClipping(False)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._look.colour("accent"), 2))
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))

    def _draw_line(self, painter: QPainter, x: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(Qt.GlobalColor.black, 3))
        painter.drawLine(QPointF(x, 0), QPointF(x, self.height()))
        painter.setPen(QPen(Qt.GlobalColor.white, 1))
        painter.drawLine(QPointF(x, 0), QPointF(x, self.height()))
        centre = QPointF(x, self.height() / 2)
        painter.setPen(QPen(Qt.GlobalColor.black, 1))
        painter.setBrush(self._look.colour("accent"))
        painter.drawEllipse(centre, KNOB_PX, KNOB_PX)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.colour("accent_text"))
        for side in (-1, 1):
            tip = centre + QPointF(side * 8, 0)
            painter.drawPolygon(QPolygonF([tip, tip + QPointF(-side * 4, -4), tip + QPointF(-side * 4, 4)]))

    # --- hands ---------------------------------------------------------------------------------------------------

    def zoom_by(self, factor: float, anchor: QPointF | None = None) -> None:
        """Around a place of the widget, or its middle."""
        if not self._images:
            return
        pane = next((p for p in self._panes() if anchor is not None and p.contains(anchor)), self._panes()[0])
        anchor = anchor or pane.center()
        before = (anchor - self._place(pane).topLeft()) / self.zoom
        zoom = min(LARGEST_ZOOM, max(0.02, self.zoom * factor))
        self._zoom = zoom
        self._middle = before - (anchor - pane.center()) / zoom
        self.update()

    def fit(self) -> None:
        self._zoom = 0.0
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turns = event.angleDelta().y() / 120
        if turns:
            self.zoom_by(STEP**turns, event.position())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._images:
            self._grip = event.position()
            self._holds_line = self._is_near_line(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if self._grip is None:
            near = bool(self._images) and self._is_near_line(at)
            self.setCursor(Qt.CursorShape.SplitHCursor if near else Qt.CursorShape.ArrowCursor)
        elif self._holds_line:
            place = self._place(self._panes()[0])
            self.set_split((at.x() - place.left()) / place.width())
        else:
            if not self._zoom:
                self._zoom = self.zoom
                self._middle = QPointF(self._images[0].width() / 2, self._images[0].height() / 2)
            self._middle -= (at - self._grip) / self._zoom
            self._grip = at
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grip, self._holds_line = None, False

    def _is_near_line(self, at: QPointF) -> bool:
        return self.mode == SPLIT and abs(at.x() - self._line_x()) <= NEAR_PX

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.set_split(self.split + (0.01 if key == Qt.Key.Key_Right else -0.01))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_by(STEP)
        elif key == Qt.Key.Key_Minus:
            self.zoom_by(1 / STEP)
        elif key == Qt.Key.Key_0:
            self.fit()
        else:
            super().keyPressEvent(event)
