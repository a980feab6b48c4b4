"""The ring that shows how large the brush is, and where."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

LEAST_PX = 5.0
"""A smaller ring is no help; a cross stands in."""


def draw_ring(painter: QPainter, at: QPointF, radius: float, ratio: float) -> None:
    """White on a dark shade: seen on everything. In device pixels."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for width, colour in ((2.6, QColor(0, 0, 0, 110)), (1.2, QColor(255, 255, 255, 235))):
        painter.setPen(QPen(colour, width * ratio))
        painter.drawEllipse(at, radius, radius)
