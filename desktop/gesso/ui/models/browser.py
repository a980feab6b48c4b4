"""The model browser: the shelf at the left, a model's versions and its card at the right, what can be done with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QProgressBar,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from gesso.engine import DeviceTruth
from gesso.jobs import Job, Jobs, Outcome
from gesso.tools.model_shelf import Model, Version, models_on
from gesso.tools.studio import Studio
from gesso.ui.look import Look
from gesso.ui.models.card_page import CardPage
from gesso.ui.models.compare import rivals
from gesso.ui.models.installing import Installing
from gesso.ui.models.shelf_list import WIDTH_PX, ShelfList
from gesso.ui.speech import Speech, mark
from gesso.ui.widgets.controls import button, label
from gesso.ui.widgets.flow import Flow
from gesso.values import Progress, Trouble

LOOK_MS = 100


class ModelBrowser(QDialog):
    """Reads the shelf in the background, and again after each change of it."""

    troubled = Signal(object)
    shelf_changed = Signal()
    """Another version is used than before, or one came or went."""
    shelf_read = Signal()
    """`models` is what is on the shelf now."""
    compare_asked = Signal(object)
    """Versions to choose two from, as `Version`s."""

    def __init__(
        self, studio: Studio, jobs: Jobs, look: Look, speech: Speech, has_painting: Callable[[], bool],
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._studio, self._jobs, self._speech, self._has_painting = studio, jobs, speech, has_painting
        self.models: list[Model] = []
        self._wanted = ""
        """A model, or model and version, to be shown once the shelf is read."""
        self._job: Job | None = None
        self._reading: Job | None = None
        self.list, self.page = ShelfList(look, speech), CardPage(look, speech)
        self.versions = QComboBox()
        self.installing = Installing(studio, jobs, speech, self)
        self.note = QLabel()
        self.note.setWordWrap(True)
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self._noted: Callable[[], str] = lambda: ""
        self._is_warned = False
        self._lay_out()
        self._connect()
        speech.tell(self, self._say)
        self._be_busy(None)
        self.resize(1080, 700)
        self.read()

    # --- parts ---------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 12)
        column.setSpacing(10)
        both = QSplitter()
        both.setChildrenCollapsible(False)
        both.addWidget(self.list)
        both.addWidget(self._right())
        both.setStretchFactor(1, 1)
        both.setSizes([WIDTH_PX + 20, 700])
        column.addWidget(both, 1)
        column.addLayout(self._foot())

    def _right(self) -> QWidget:
        found = QWidget()
        column = QVBoxLayout(found)
        column.setContentsMargins(8, 0, 0, 0)
        column.setSpacing(10)
        speech = self._speech
        self.pin = button(speech, mark("Pin this version"))
        self.back = button(speech, mark("Go back one version"))
        self.newest = button(speech, mark("Use the newest again"))
        self.test = button(speech, mark("Test here"))
        self.compare = button(speech, mark("Compare on my picture…"))
        self.remove = button(speech, mark("Remove…"))
        self.versions.setMinimumWidth(170)
        self.deeds = Flow(gap_px=8)
        self._version_label = label(speech, mark("Version"), "muted")
        self._version_label.setWordWrap(False)
        self._version_label.setBuddy(self.versions)
        for one in (
            self._version_label, self.versions, self.pin, self.back, self.newest, self.test, self.compare, self.remove,
        ):  # fmt: skip
            self.deeds.add(one)
        column.addWidget(self.deeds)
        column.addWidget(self.page, 1)
        return found

    def _foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.install = button(self._speech, mark("Install…"))
        self.install.setMenu(self.installing.menu)
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(140)
        self.stop = button(self._speech, mark("Cancel"))
        self.stop.clicked.connect(lambda: self._job is not None and self._job.cancel())
        close = button(self._speech, mark("Close"))
        close.clicked.connect(self.reject)
        row.addWidget(self.install)
        row.addWidget(self.note, 1)
        row.addWidget(self.bar)
        row.addWidget(self.stop)
        row.addWidget(close)
        self._clock = QTimer(self)
        self._clock.setInterval(LOOK_MS)
        self._clock.timeout.connect(self._look)
        return row

    def _connect(self) -> None:
        self.list.chosen.connect(lambda name: self._show_model())
        self.versions.activated.connect(lambda index: self._show_version())
        self.pin.clicked.connect(lambda: self._act(self._pin))
        self.back.clicked.connect(lambda: self._act(self._roll_back))
        self.newest.clicked.connect(lambda: self._act(self._unpin))
        self.test.clicked.connect(self.test_here)
        self.compare.clicked.connect(self._compare)
        self.remove.clicked.connect(self._ask_remove)
        self.installing.troubled.connect(self.warn)
        self.installing.noted.connect(lambda text: self.tell(lambda: text))
        self.installing.busy.connect(self._be_busy)
        self.installing.changed.connect(self._installed)

    # --- words ---------------------------------------------------------------------------------------------------

    def _say(self) -> None:
        say = self._speech.say
        self.setWindowTitle(say("Models"))
        self.versions.setAccessibleName(say("Version"))
        self.bar.setAccessibleName(say("Progress of {title}", title=say("Models")))
        self._say_versions()
        self._say_note()

    def tell(self, words: Callable[[], str]) -> None:
        """A line at the foot, said again in another language."""
        self._noted, self._is_warned = words, False
        self._say_note()

    def warn(self, trouble: Trouble) -> None:
        """One sentence at the foot."""
        self._noted, self._is_warned = lambda: trouble.sentence(self._speech.say), True
        self._say_note()

    def _say_note(self) -> None:
        self.note.setText(self._noted())
        role = "warn" if self._is_warned else "muted"
        if self.note.property("role") != role:
            self.note.setProperty("role", role)
            self.note.style().unpolish(self.note)
            self.note.style().polish(self.note)

    # --- the shelf -----------------------------------------------------------------------------------------------

    def read(self, wanted: str = "") -> None:
        """Verify what is on the shelf; `wanted` is a model to show afterwards, or `model version`."""
        self._wanted = wanted or self._wanted
        if self._reading is not None:
            self._reading.cancel()
        if not self.models:
            self.tell(lambda: self._speech.say("The signatures of the models are checked…"))

        def work(progress: Progress) -> list[Model]:
            return models_on(self._studio, progress)

        def done(outcome: Outcome[list[Model]]) -> None:
            with suppress(RuntimeError):  # the dialogue is gone
                if outcome.value is not None:
                    self._put(outcome.value)
                self._meet(outcome)

        self._reading = self._jobs.submit(mark("Models"), work, done, lane="disk", quiet=True)

    def _put(self, models: Sequence[Model]) -> None:
        is_first = not self.models
        before = self.version
        self.models = list(models)
        self.list.put(self.models)
        wanted, _, version = self._wanted.partition(" ")
        if any(model.name == wanted for model in self.models):
            self.list.choose(wanted)
        elif wanted:
            version = ""
            self.warn(Trouble("The model {name} is not on the shelf any more.", "", "", name=wanted))
        if not self.list.name and self.models:
            self.list.choose(self.models[0].name)
        self._show_model(version or (before.version if before is not None and not wanted else ""))
        self._wanted = ""
        if is_first and not self._is_warned:
            self.tell(lambda: "")
        self.shelf_read.emit()

    def show_model(self, name: str, version: str = "") -> None:
        """Its card, such as the one that made a layer."""
        self.read(f"{name} {version}".strip())

    @property
    def model(self) -> Model | None:
        return next((model for model in self.models if model.name == self.list.name), None)

    @property
    def version(self) -> Version | None:
        """The one whose card is shown."""
        model = self.model
        return model.version(str(self.versions.currentData())) if model is not None else None

    def _show_model(self, version: str = "") -> None:
        model = self.model
        self.versions.clear()
        if model is not None:
            for one in model.versions:
                self.versions.addItem("", one.version)
            at = self.versions.findData(version) if version else -1
            if version and at < 0:
                self.tell(
                    lambda: self._speech.say(
                        "Version {version} is not here any more; this is the one in use.", version=version
                    )
                )
            self.versions.setCurrentIndex(at if at >= 0 else max(0, self.versions.findData(model.shown.version)))
        self._say_versions()
        self._show_version()

    def _say_versions(self) -> None:
        say, model = self._speech.say, self.model
        for row, one in enumerate(model.versions if model is not None else ()):
            state = say("pinned") if one.is_pinned else say("in use") if one.is_used else ""
            self.versions.setItemText(row, f"{one.version} · {state}" if state else one.version)

    def _show_version(self) -> None:
        model, version = self.model, self.version
        self.page.show_version(model, version)
        self._show_deeds()

    def _show_deeds(self) -> None:
        """Which buttons mean something now, and why the others do not."""
        say, model, version = self._speech.say, self.model, self.version
        is_free, sound = self._job is None, model.sound if model is not None else []
        is_sound = version is not None and version.package is not None
        self.pin.setEnabled(is_free and is_sound and version is not None and not version.is_pinned)
        used = model.shown if model is not None else None
        self.back.setEnabled(is_free and used is not None and used in sound and sound.index(used) < len(sound) - 1)
        self.newest.setEnabled(is_free and model is not None and model.is_pinned)
        self.test.setEnabled(is_free and is_sound)
        others = rivals(self.models, model) if model is not None else []
        can_compare = is_free and self._has_painting() and len(others) > 1 and is_sound
        self.compare.setEnabled(can_compare)
        self.compare.setToolTip(
            say("Open a painting first: both work on it.")
            if not self._has_painting()
            else say("There is no other version to compare it with.")
            if len(others) < 2
            else say("Both work on your picture; look at them with a line between.")
        )
        self.remove.setEnabled(is_free and version is not None and not version.is_shipped)
        self.remove.setToolTip(
            say("It came with Gesso and cannot be removed.") if version is not None and version.is_shipped else ""
        )

    # --- deeds ---------------------------------------------------------------------------------------------------

    def _act(self, deed: Callable[[Model, Version], Callable[[], str]]) -> None:
        """Something small done to the shelf, and said."""
        model, version = self.model, self.version
        if model is None or version is None:
            return
        try:
            words = deed(model, version)
        except Trouble as trouble:
            self.warn(trouble)
            return
        self.tell(words)
        self._changed(model.name)

    def _changed(self, name: str, version: str = "") -> None:
        self.shelf_changed.emit()
        self.read(f"{name} {version}".strip())

    def _pin(self, model: Model, version: Version) -> Callable[[], str]:
        return self.use(model.name, version.version)

    def use(self, name: str, version: str) -> Callable[[], str]:
        """Pin a version; the words that say so. Raises `Trouble`."""
        self._studio.shelf.pin(name, version)
        return lambda: self._speech.say(
            "{name} {version} is used until you use the newest again.", name=name, version=version
        )

    def _roll_back(self, model: Model, version: Version) -> Callable[[], str]:
        return self.use(model.name, self._studio.shelf.rollback(model.name))

    def _unpin(self, model: Model, version: Version) -> Callable[[], str]:
        self._studio.shelf.unpin(model.name)
        used = self._studio.shelf.open(model.name).version
        return lambda: self._speech.say(
            "{name} {version} is used: the newest sound one.", name=model.name, version=used
        )

    def pin_version(self, name: str, version: str) -> None:
        """As by the button, for a version that was compared."""
        try:
            words = self.use(name, version)
        except Trouble as trouble:
            self.warn(trouble)
            return
        self.tell(words)
        self._changed(name, version)

    def test_here(self) -> None:
        """Its golden samples on this computer."""
        version = self.version
        if version is None or version.package is None or self._job is not None:
            return
        package = version.package

        def done(outcome: Outcome[DeviceTruth]) -> None:
            with suppress(RuntimeError):  # the dialogue is gone
                self._be_busy(None)
                if outcome.value is not None:
                    device = outcome.value.title
                    self.tell(
                        lambda: self._speech.say(
                            "{name} {version} is right on {device}.",
                            name=package.name, version=package.version, device=device,
                        )
                    )  # fmt: skip
                self.read(f"{package.name} {package.version}")
                self._meet(outcome)

        self._be_busy(
            self._jobs.submit(mark("Test a model"), lambda progress: self._studio.test(package, progress), done)
        )

    def _compare(self) -> None:
        model, version = self.model, self.version
        if model is not None and version is not None:
            others = [one for one in rivals(self.models, model) if one.folder != version.folder]
            self.compare_asked.emit([version, *others])

    def _ask_remove(self) -> None:
        say, version = self._speech.say, self.version
        if version is None:
            return
        box = QMessageBox(self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setWindowTitle(say("Remove a model"))
        box.setText(say("Remove {name} {version}?", name=version.name, version=version.version))
        box.setInformativeText(say("Layers that it made stay as they are. To have it back, install it again."))
        agree = box.addButton(say("Remove"), QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton(say("Cancel"), QMessageBox.ButtonRole.RejectRole))
        agree.clicked.connect(lambda: self.remove_version(version))
        box.open()

    def remove_version(self, version: Version) -> None:
        """One that the artist installed."""
        try:
            self._studio.shelf.remove(version.name, version.version)
        except Trouble as trouble:
            self.warn(trouble)
            return
        self.tell(lambda: self._speech.say("{name} {version} is removed.", name=version.name, version=version.version))
        self._changed(version.name)

    def _installed(self, name: str) -> None:
        self.shelf_changed.emit()
        self.read(name)

    # --- under way -----------------------------------------------------------------------------------------------

    def _be_busy(self, job: Job | None) -> None:
        with suppress(RuntimeError):  # the dialogue is gone
            self._job = job
            (self._clock.start if job is not None else self._clock.stop)()
            for one in (self.bar, self.stop):
                one.setVisible(job is not None)
            self.install.setEnabled(job is None)
            self._show_deeds()

    def _look(self) -> None:
        if self._job is not None:
            self.bar.setValue(round(1000 * self._job.fraction))

    def _meet(self, outcome: Outcome[Any]) -> None:
        if outcome.trouble is not None:
            self.warn(outcome.trouble)
        if outcome.bug is not None:
            raise outcome.bug

    def closeEvent(self, event: QCloseEvent) -> None:
        self._end()
        super().closeEvent(event)

    def done(self, result: int) -> None:
        self._end()
        super().done(result)

    def _end(self) -> None:
        """A test that nobody looks at stops; what is being installed goes on and is in the list of jobs."""
        if self._reading is not None:
            self._reading.cancel()
