"""Zooming that glides: every frame in the same proportion, the same place under the pointer throughout."""

from __future__ import annotations

from math import exp, log

from PySide6.QtCore import QObject, QPointF, QVariantAnimation, Signal

GLIDE_MS = 130


class Glide(QVariantAnimation):
    """From one zoom to another; asked again on the way, it goes on from there to the further one."""

    zoomed = Signal(float, QPointF)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.setDuration(GLIDE_MS)
        self.valueChanged.connect(self._step)
        self._goal, self._anchor = 1.0, QPointF()

    @property
    def is_moving(self) -> bool:
        return self.state() == QVariantAnimation.State.Running

    def goal(self, now: float) -> float:
        """The zoom that it is on its way to, or rests at."""
        return self._goal if self.is_moving else now

    def towards(self, now: float, goal: float, anchor: QPointF) -> None:
        self.stop()
        self._goal, self._anchor = goal, anchor
        self.setStartValue(log(now))
        self.setEndValue(log(goal))
        self.start()

    def _step(self, value: float) -> None:
        if self.is_moving:
            done = abs(value - log(self._goal)) < 1e-6
            self.zoomed.emit(self._goal if done else exp(value), self._anchor)
