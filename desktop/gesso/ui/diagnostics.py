"""Help > Diagnostics bundle: all that would be saved, to be read before it is, and nothing is sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal, qVersion
from PySide6.QtGui import QFontDatabase, QGuiApplication, QInputDevice
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QProgressBar,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from gesso.files.settings import Settings
from gesso.jobs import Job, Jobs, Outcome
from gesso.tools import diagnostics
from gesso.tools.checkup import Found, examine
from gesso.tools.studio import Studio
from gesso.ui.look import Look
from gesso.ui.speech import Speech, mark
from gesso.ui.widgets.controls import button, label
from gesso.values import Progress, Trouble
from gesso.values.paths import user_data

TITLES = {
    "about.txt": mark("About this bundle"),
    "studio.json": mark("Versions, device, models"),
    "settings.json": mark("Settings"),
    "troubles.json": mark("Last troubles"),
    "mistakes.txt": mark("Mistakes of Gesso"),
}
BUNDLE = "gesso-diagnostics.zip"


def screen_facts() -> dict[str, Any]:
    """What only a program with a window knows; kinds and sizes, no names or serial numbers of devices."""
    return {
        "qt": {"version": qVersion(), "platform": QGuiApplication.platformName()},
        "screens": [
            {
                "pixels": f"{screen.size().width()}x{screen.size().height()}",
                "density": screen.devicePixelRatio(),
                "hertz": round(screen.refreshRate()),
            }
            for screen in QGuiApplication.screens()
        ],
        "input": sorted(device.type().name for device in QInputDevice.devices()),
    }


class Diagnostics(QDialog):
    """Runs the check-up beside the window, then shows part by part what the bundle holds."""

    troubled = Signal(object)
    noted = Signal(str)

    def __init__(
        self, studio: Studio, jobs: Jobs, settings: Settings, look: Look, speech: Speech, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._speech, self._settings = speech, settings
        self.parts: dict[str, str] = {}
        self.names, self.text, self._bar = QListWidget(), QPlainTextEdit(), QProgressBar()
        self.names.setMaximumWidth(260)
        self.names.setSpacing(4)
        self.names.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._wait = label(speech, mark("Every model is run once, to see whether it is right here…"), "muted")
        self.save = button(speech, mark("Save the bundle…"), "primary")
        self.save.setEnabled(False)
        self.save.clicked.connect(self._ask)
        close = button(speech, mark("Close"))
        close.clicked.connect(self.reject)
        both = QSplitter()
        both.setChildrenCollapsible(False)
        both.addWidget(self.names)
        both.addWidget(self.text)
        both.setStretchFactor(1, 1)
        both.setSizes([220, 520])
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self._wait, 1)
        foot.addWidget(close)
        foot.addWidget(self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 16)
        column.setSpacing(12)
        column.addWidget(label(speech, mark("For whoever helps you. This is all it holds, word for word."), "heading"))
        column.addWidget(
            label(
                speech,
                mark(
                    "No pictures, no names of files, layers or people, no paths. It is sent nowhere: you save it, and you "
                    "decide who gets it."
                ),
                "muted",
            )
        )
        column.addWidget(self._bar)
        column.addWidget(both, 1)
        column.addLayout(foot)
        self.resize(820, 560)
        self.names.currentItemChanged.connect(self._show)
        speech.tell(self, self._say)
        self._job: Job = jobs.submit(
            mark("Check-up"), lambda progress: self._look_round(studio, progress), self._looked, quiet=True
        )
        self.finished.connect(lambda result: self._job.cancel())

    def _look_round(self, studio: Studio, progress: Progress) -> Found:
        """In the lane of the models; the bundle speaks English, whatever the artist speaks."""
        from gesso.values import Words

        return examine(studio, Words().say, progress)

    def _looked(self, outcome: Outcome[Found]) -> None:
        from shiboken6 import isValid

        if not isValid(self):
            return
        if outcome.value is not None:
            self.parts = diagnostics.parts(outcome.value, self._settings, user_data(), screen_facts())
            self.save.setEnabled(True)
            self._fill()
        self._bar.hide()
        self._wait.clear()
        if outcome.trouble is not None:
            self.troubled.emit(outcome.trouble)
        if outcome.bug is not None:
            raise outcome.bug

    def _fill(self) -> None:
        self.names.clear()
        for name in self.parts:
            item = QListWidgetItem(self._speech.say(TITLES[name]), self.names)
            item.setData(Qt.ItemDataRole.UserRole, name)
            item.setToolTip(name)
        self.names.setCurrentRow(0)

    def _show(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.text.setPlainText(self.parts[item.data(Qt.ItemDataRole.UserRole)])

    def _say(self) -> None:
        say = self._speech.say
        self.setWindowTitle(say("Diagnostics bundle"))
        self.names.setAccessibleName(say("Parts of the bundle"))
        self.text.setAccessibleName(say("What this part holds"))
        self._bar.setAccessibleName(say("Looking round…"))
        row = self.names.currentRow()
        self._fill()
        self.names.setCurrentRow(max(0, row))

    def _ask(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self, self._speech.say("Save the bundle"), str(Path.home() / BUNDLE), "Zip (*.zip)"
        )
        if chosen:
            self.write(Path(chosen))

    def write(self, path: Path) -> None:
        """The parts as they are shown; whoever chose the file agreed to its being replaced."""
        try:
            diagnostics.write(self.parts, path, overwrite=True)
        except Trouble as trouble:
            self.troubled.emit(trouble)
        else:
            self.noted.emit(self._speech.say("Saved {name}. Pass it on to whom you like.", name=path.name))
            self.accept()
