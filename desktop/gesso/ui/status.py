"""The line at the bottom: where the pointer is, how large things are, and what the models really run on."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QMessageBox, QStatusBar, QToolButton, QWidget

from gesso.engine import DeviceTruth
from gesso.ui.look import Look
from gesso.ui.speech import Speech
from gesso.values import Size

NOTE_MS = 8000
MS_A_SIGN = 90


class StatusLine(QStatusBar):
    truth_shown = Signal()
    """What models run on is known, or something else than before."""

    def __init__(self, look: Look, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look, self.speech = look, speech
        self.truth: DeviceTruth | None = None
        self._sentence = ""
        self.setSizeGripEnabled(False)
        self.setContentsMargins(8, 0, 4, 0)
        self.note = QLabel(self)
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setMinimumWidth(0)
        self.place, self.extent, self.zoom = QLabel(self), QLabel(self), QLabel(self)
        self._zoom, self._angle, self._is_mirrored, self._is_proofed = 1.0, 0.0, False, False
        self.device = QToolButton(self)
        self.device.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.device.setIconSize(QSize(16, 16))
        self.device.setAutoRaise(True)
        self.device.clicked.connect(self.explain)
        self.addWidget(self.note, 1)
        for widget in (self.place, self.extent, self.zoom):
            widget.setProperty("role", "muted")
            self.addPermanentWidget(widget)
        self.addPermanentWidget(self.device)
        self._fade = QTimer(self)
        self._fade.setSingleShot(True)
        self._fade.timeout.connect(self._forget)
        self.show_size(None)
        speech.tell(self, self._say)
        look.tell(self, self._draw)

    def add(self, widget: QWidget) -> None:
        """Another thing that stays, left of the device."""
        self.removeWidget(self.device)
        self.addPermanentWidget(widget)
        self.addPermanentWidget(self.device)
        self.device.show()

    def say(self, sentence: str) -> None:
        """Show a note for a while: the longer it is, the longer it stays."""
        self._sentence = sentence
        self._show_note()
        self.note.setToolTip(sentence)
        self.note.setAccessibleName(sentence)
        self._fade.start(max(NOTE_MS, MS_A_SIGN * len(sentence)))

    def _show_note(self) -> None:
        """As much as there is room for; the tooltip has all of it."""
        width = max(0, self.note.width() - 4)
        self.note.setText(self.note.fontMetrics().elidedText(self._sentence, Qt.TextElideMode.ElideRight, width))

    def _forget(self) -> None:
        self._sentence = ""
        self.note.clear()
        self.note.setToolTip("")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_note()

    def show_place(self, place: QPointF) -> None:
        """Which pixel the pointer is over."""
        self.place.setText(f"{math.floor(place.x())}, {math.floor(place.y())}")

    def show_size(self, size: Size | None) -> None:
        self.extent.setText(f"{size.width} × {size.height}" if size else "")
        for label in (self.place, self.zoom):
            label.setVisible(size is not None)

    def show_zoom(self, zoom: float) -> None:
        self._zoom = zoom
        self._show_view()

    def show_turn(self, angle: float, is_mirrored: bool) -> None:
        self._angle, self._is_mirrored = angle, is_mirrored
        self._show_view()

    def show_proof(self, is_proofed: bool) -> None:
        self._is_proofed = is_proofed
        self._show_view()

    def _show_view(self) -> None:
        parts = [f"{self._zoom * 100:.0f} %"]
        if self._angle:
            parts.append(f"{self._angle:.0f}°")
        if self._is_mirrored:
            parts.append(self.speech.say("mirrored"))
        if self._is_proofed:
            parts.append(self.speech.say("soft proof"))
        self.zoom.setText("  ".join(parts))

    def show_truth(self, truth: DeviceTruth) -> None:
        self.truth = truth
        self._say()
        self._draw()
        self.truth_shown.emit()

    def sentences(self) -> list[str]:
        """What is to be said of the device."""
        if self.truth is None:
            return [self.speech.say("The models have not been asked to run yet.")]
        found = [self.speech.say("Models run on: {device}", device=self.truth.title)]
        found += [self.speech.say("Not used: {reason}", reason=reason) for reason in self.truth.reasons]
        found += [self.speech.say("Barred: {reason}", reason=reason) for reason in self.truth.barred.values()]
        return found

    def explain(self) -> None:
        box = QMessageBox(self.window())
        box.setWindowTitle(self.speech.say("Device"))
        box.setText("\n".join(self.sentences()))
        box.addButton(self.speech.say("Close"), QMessageBox.ButtonRole.RejectRole)
        box.open()

    def _say(self) -> None:
        self._show_view()
        text = self.truth.title if self.truth else self.speech.say("Device…")
        self.device.setText(text)
        self.device.setToolTip("\n".join(self.sentences()))
        self.device.setAccessibleName(f"{self.speech.say('Device')}: {text}")

    def _draw(self) -> None:
        held = self.truth.held if self.truth else "cpu"
        warned = self.truth is not None and bool(self.truth.barred)
        self.device.setIcon(self.look.icon("warning" if warned else "device-cpu" if held == "cpu" else "device-gpu"))
