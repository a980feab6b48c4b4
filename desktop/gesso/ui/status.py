"""The line at the bottom: where the pointer is, how large things are, and what the models really run on."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QTimer
from PySide6.QtWidgets import QLabel, QMessageBox, QStatusBar, QToolButton, QWidget

from gesso.engine import DeviceTruth
from gesso.ui.look import Look
from gesso.ui.speech import Speech
from gesso.values import Size

NOTE_MS = 8000


class StatusLine(QStatusBar):
    def __init__(self, look: Look, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look, self.speech = look, speech
        self.truth: DeviceTruth | None = None
        self.setSizeGripEnabled(False)
        self.note = QLabel(self)
        self.place, self.extent, self.zoom = QLabel(self), QLabel(self), QLabel(self)
        self.device = QToolButton(self)
        self.device.setToolButtonStyle(self.device.toolButtonStyle().ToolButtonTextBesideIcon)
        self.device.setAutoRaise(True)
        self.device.clicked.connect(self.explain)
        self.addWidget(self.note, 1)
        for widget in (self.place, self.extent, self.zoom):
            widget.setProperty("role", "muted")
            self.addPermanentWidget(widget)
        self.addPermanentWidget(self.device)
        self._fade = QTimer(self)
        self._fade.setSingleShot(True)
        self._fade.timeout.connect(lambda: self.note.setText(""))
        speech.tell(self, self._say)
        look.tell(self, self._draw)

    def add(self, widget: QWidget) -> None:
        """Another thing that stays, left of the device."""
        self.removeWidget(self.device)
        self.addPermanentWidget(widget)
        self.addPermanentWidget(self.device)
        self.device.show()

    def say(self, sentence: str) -> None:
        self.note.setText(sentence)
        self.note.setToolTip(sentence)
        self._fade.start(NOTE_MS)

    def show_place(self, place: QPointF) -> None:
        self.place.setText(f"{int(place.x())}, {int(place.y())}")

    def show_size(self, size: Size | None) -> None:
        self.extent.setText(f"{size.width} × {size.height}" if size else "")
        for label in (self.place, self.zoom):
            label.setVisible(size is not None)

    def show_zoom(self, zoom: float) -> None:
        self.zoom.setText(f"{zoom * 100:.0f} %")

    def show_truth(self, truth: DeviceTruth) -> None:
        self.truth = truth
        self._say()
        self._draw()

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
        text = self.truth.title if self.truth else self.speech.say("Device…")
        warned = self.truth is not None and bool(self.truth.barred)
        self.device.setText(f"{text} !" if warned else text)
        self.device.setToolTip("\n".join(self.sentences()))
        self.device.setAccessibleName(f"{self.speech.say('Device')}: {text}")

    def _draw(self) -> None:
        held = self.truth.held if self.truth else "cpu"
        self.device.setIcon(self.look.icon("device-cpu" if held == "cpu" else "device-gpu"))
