"""The line below the layers that names the model that made one, and leads to its card."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from gesso.documents.painting import Layer, Provenance
from gesso.ui.easel import Easel
from gesso.ui.layers import LayersPanel
from gesso.ui.look import Look
from gesso.ui.speech import Speech
from gesso.ui.widgets.telling import tell


class MadeBy(QPushButton):
    """There only while the active layer was made by a model."""

    asked = Signal(str, str)
    """Name and version of the model."""

    def __init__(
        self, layers: LayersPanel, easel: Easel, look: Look, speech: Speech, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._layers, self._speech = layers, speech
        self.setProperty("role", "quiet")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(self.ask)
        layers.active_changed.connect(lambda id: self.refresh())
        easel.opened.connect(self.refresh)
        tell(easel.changed, self, self.refresh)
        look.tell(self, lambda: self.setIcon(look.icon("models", 18)))
        speech.tell(self, self.refresh)

    @property
    def record(self) -> Provenance | None:
        """Of the active layer's last making by a model."""
        node = self._layers.active
        records = [one for one in node.provenance if one.model] if isinstance(node, Layer) else []
        return records[-1] if records else None

    def ask(self) -> None:
        record = self.record
        if record is not None:
            self.asked.emit(record.model, record.model_version)

    def refresh(self) -> None:
        """As the active layer is now."""
        record, say = self.record, self._speech.say
        self.setVisible(record is not None)
        if record is None:
            return
        text = say("Made by {model} {version}", model=record.model, version=record.model_version)
        self.setText(text)
        self.setAccessibleName(text)
        self.setToolTip(say("Show the card of the model that made this layer"))
