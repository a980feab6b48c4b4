"""The hand that lays a gradient from where it is pressed to where it is lifted."""

from __future__ import annotations

from dataclasses import replace
from math import atan2, cos, hypot, pi, sin
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import (
    QColor,
    QConicalGradient,
    QGradient,
    QLinearGradient,
    QPainter,
    QPen,
    QPolygonF,
    QRadialGradient,
)

from gesso.documents.history import History
from gesso.documents.painting import Painting
from gesso.documents.painting.sheets import colour_on
from gesso.operations.painting.gradient import Kind, along, dither, ramp
from gesso.ui.canvas.ants import Ants
from gesso.ui.canvas.camera import Camera
from gesso.ui.canvas.hands.fill import Floats, painted_over
from gesso.ui.canvas.hands.hand import Gesture, Hand, Touch
from gesso.ui.canvas.hands.options import Grading, options_of
from gesso.ui.canvas.hands.select import DRAG_PX, SHIFT
from gesso.ui.canvas.stroke import layer_to_paint_on
from gesso.ui.speech import mark
from gesso.values import Box, Colour

if TYPE_CHECKING:
    from gesso.ui.canvas.view import CanvasView

STEP = pi / 12
"""Shift keeps to these angles."""


class Gradient(Gesture):
    """Raises `Trouble` when there is nothing to paint on."""

    def __init__(self, view: CanvasView, history: History[Painting], touch: Touch) -> None:
        self._view, self._history = view, history
        self._layer = layer_to_paint_on(history.document)
        self._wish = options_of(view)[Grading]
        self._start = self._stop = touch.image
        self._edge = Ants(view)
        self._edge.show(history.document.selection)

    @property
    def colours(self) -> tuple[Colour, Colour]:
        """From the start to the stop."""
        first = self._view.brush.colour
        last = replace(first, alpha=0.0) if self._wish.to_clear else options_of(self._view).second
        return (last, first) if self._wish.turned_round else (first, last)

    @property
    def _is_click(self) -> bool:
        way = (self._stop - self._start) * self._view.zoom
        return hypot(way.x(), way.y()) < DRAG_PX

    def to(self, touch: Touch) -> None:
        self._stop = touch.image
        if touch.modifiers & SHIFT:
            way = self._stop - self._start
            angle, length = round(atan2(way.y(), way.x()) / STEP) * STEP, hypot(way.x(), way.y())
            self._stop = self._start + QPointF(length * cos(angle), length * sin(angle))
        self._view.update()

    def end(self) -> None:
        self.cancel()
        if self._is_click:
            return
        painting, (first, last) = self._history.document, self.colours
        start, stop = ((p.x(), p.y()) for p in (self._start, self._stop))
        opacity = np.float32(self._wish.opacity)
        ends = colour_on(self._layer, first), colour_on(self._layer, last)

        def paint_in(box: Box) -> tuple[Floats, Floats]:
            paint = ramp(along(box, start, stop, self._wish.kind), *ends)
            return paint, np.full((box.height, box.width), opacity, np.float32)

        noise = dither if self._wish.dithered and painting.depth == 8 else None
        edit = painted_over(painting, self._layer, painting.size.box, paint_in, noise)
        if edit is not None:
            self._history.apply(mark("Gradient"), edit)

    def cancel(self) -> None:
        self._edge.deleteLater()
        self._view.update()

    def draw(self, painter: QPainter, camera: Camera, ratio: float) -> None:
        if self._is_click:
            return
        a, b = (camera.point(p.x(), p.y()) for p in (self._start, self._stop))
        painter.save()
        painter.setOpacity(self._wish.opacity)
        picture = QPolygonF(camera.picture)
        if self._history.document.selection is None:
            painter.setClipRect(camera.picture)
        else:
            painter.setClipPath(self._edge.path(camera))
        painter.setPen(QPen(QColor(0, 0, 0, 0)))
        painter.setBrush(brush_of(self._wish.kind, a, b, *self.colours))
        painter.drawPolygon(picture)
        painter.restore()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for colour, width in ((QColor(0, 0, 0, 160), 3.0), (QColor(255, 255, 255), 1.5)):
            painter.setPen(QPen(colour, width * ratio))
            painter.drawLine(a, b)
            painter.drawEllipse(a, 4 * ratio, 4 * ratio)


def brush_of(kind: Kind, a: QPointF, b: QPointF, first: Colour, last: Colour) -> QGradient:
    """The same gradient as Qt draws it, for the screen."""
    way = b - a
    found: QGradient
    if kind == "radial":
        found = QRadialGradient(a, max(1.0, hypot(way.x(), way.y())))
    elif kind == "conical":
        found = QConicalGradient(a, -atan2(way.y(), way.x()) * 180 / pi)
        first, last = last, first  # Qt goes round the other way
    else:
        found = QLinearGradient(a, b)
        if kind == "reflected":
            found.setSpread(QGradient.Spread.PadSpread)
            found.setStart(a - way)
            found.setColorAt(0.5, _qt(first))
            first = last
    found.setColorAt(0, _qt(first))
    found.setColorAt(1, _qt(last))
    return found


def _qt(colour: Colour) -> QColor:
    return QColor.fromRgbF(colour.red, colour.green, colour.blue, colour.alpha)


GRADIENT = Hand(
    "gradient", mark("Gradient"), "gradient", "G", "shape", Gradient, "gradient", snaps=True, keywords="blend ramp"
)
