"""History of this file: its saved states with pictures and times, to be opened again or copied out."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QDateTime, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from gesso.files.generations import Generation
from gesso.ui.moments import moment
from gesso.ui.speech import Speech, mark
from gesso.ui.widgets.controls import button, label

PICTURE = QSize(112, 76)
PREVIEW_PX = 340


def saved_at(generation: Generation, speech: Speech) -> str:
    """When a state was saved, as the artist's language writes it."""
    return moment(QDateTime.fromSecsSinceEpoch(int(generation.made)).toLocalTime(), speech)


class FileHistory(QDialog):
    """The newest state first; what is chosen is shown large."""

    restore_asked = Signal(object)
    copy_asked = Signal(object)

    def __init__(self, name: str, states: Sequence[Generation], speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModal(True)
        self.resize(820, 560)
        self._states, self._speech = list(states), speech
        self.list = QListWidget()
        self.list.setIconSize(PICTURE)
        self.list.setUniformItemSizes(True)
        self.list.setMinimumWidth(330)
        self.picture = QLabel()
        self.picture.setFixedWidth(PREVIEW_PX)
        self.picture.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.facts = label(speech, "", "muted")
        for _ in self._states:
            self.list.addItem(QListWidgetItem())
        self.open_button = button(speech, mark("Open as a new painting"), "primary")
        self.copy_button = button(speech, mark("Save a copy as…"))
        close = button(speech, mark("Close"))
        self.open_button.setDefault(True)
        self.open_button.clicked.connect(self._restore)
        self.copy_button.clicked.connect(lambda: self.copy_asked.emit(self.chosen))
        close.clicked.connect(self.reject)
        self.list.itemActivated.connect(lambda _: self._restore())
        self.list.currentRowChanged.connect(lambda _: self._show())
        self._lay_out(close)
        self._draw()
        speech.tell(self, lambda: self._say(name))
        self.list.setCurrentRow(0)
        self.list.setFocus()

    def _lay_out(self, close: QWidget) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(
            label(
                self._speech,
                mark(
                    "Each saving is kept: all of the last hour, then one an hour, a day, a week. The file stays as it is."
                ),
                "muted",
            )
        )
        middle, right = QHBoxLayout(), QVBoxLayout()
        middle.setSpacing(16)
        right.addWidget(self.picture)
        right.addWidget(self.facts)
        right.addStretch(1)
        middle.addWidget(self.list, 1)
        middle.addLayout(right)
        layout.addLayout(middle, 1)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        for part in (close, self.copy_button, self.open_button):
            row.addWidget(part)
        layout.addLayout(row)

    @property
    def chosen(self) -> Generation:
        return self._states[max(0, self.list.currentRow())]

    def _draw(self) -> None:
        for row, state in enumerate(self._states):
            self.list.item(row).setIcon(QIcon(_fitted(state, PICTURE, self.devicePixelRatioF())))

    def _say(self, name: str) -> None:
        say = self._speech.say
        self.setWindowTitle(say("History of {name}", name=name))
        self.list.setAccessibleName(say("Saved states, the newest first"))
        for row, state in enumerate(self._states):
            self.list.item(row).setText(f"{saved_at(state, self._speech)}\n{state.name}")
        self._show()

    def _show(self) -> None:
        state = self.chosen
        self.picture.setPixmap(_fitted(state, QSize(PREVIEW_PX, PREVIEW_PX), self.devicePixelRatioF()))
        when = saved_at(state, self._speech)
        self.picture.setAccessibleName(self._speech.say("The picture of {when}", when=when))
        self.facts.setText(f"{state.name}\n{when}\n{state.width} × {state.height} px")

    def _restore(self) -> None:
        state = self.chosen
        self.accept()
        self.restore_asked.emit(state)


def _fitted(state: Generation, size: QSize, density: float) -> QPixmap:
    """The picture as large as fits, in the middle of nothing; empty when there is none."""
    image = QImage.fromData(state.thumbnail) if state.thumbnail else QImage()
    if image.isNull():
        return QPixmap()
    fitted = image.scaled(
        size * density, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    fitted.setDevicePixelRatio(density)
    return QPixmap.fromImage(fitted)
