"""Two versions of a model on the artist's own picture: both run, looked at side by side, and one of them kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gesso.engine import Package
from gesso.jobs import Job, Jobs, Outcome
from gesso.operations.painting.difference import Difference
from gesso.tools import Tool, Values
from gesso.tools.model_shelf import Model, Version
from gesso.tools.model_words import DEVICES
from gesso.tools.painting.on_layer import Source
from gesso.tools.studio import Studio
from gesso.tools.trial import Tried, tried
from gesso.ui.look import Look
from gesso.ui.models.compare_view import BESIDE, DIFFERENCE, SPLIT, CompareView, Seen
from gesso.ui.models.parts import title_of
from gesso.ui.speech import Speech, mark
from gesso.ui.widgets.controls import button, label
from gesso.values import Progress, Trouble

LOOK_MS = 100
"""How often the bar asks the jobs how far they are."""
MODES = {SPLIT: mark("With a line"), BESIDE: mark("Side by side"), DIFFERENCE: mark("Difference")}


def rivals(models: Sequence[Model], model: Model) -> list[Version]:
    """What a model can be compared with: sound versions for the same task that enlarge as much, its own first."""
    card = model.shown.card
    if card is None:
        return []
    scale = card.tiling.scale if card.tiling is not None else 1
    found = []
    for other in sorted(models, key=lambda one: one.name != model.name):
        for version in other.sound:
            assert version.card is not None
            its = version.card.tiling.scale if version.card.tiling is not None else 1
            if version.card.task == card.task and its == scale:
                found.append(version)
    return found


class Compare(QDialog):
    """What was made is kept by `keep`, a version by `pin`; both belong to whoever opens it."""

    troubled = Signal(object)
    keep_asked = Signal(object)
    """A `Tried` whose picture is to be kept."""
    pin_asked = Signal(str, str)
    """Name and version."""

    def __init__(
        self, studio: Studio, jobs: Jobs, look: Look, speech: Speech, versions: Sequence[Version], tool: Tool,
        values: Values, source: Callable[[], Source], parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._studio, self._jobs, self._speech = studio, jobs, speech
        self._versions, self._tool, self._values, self._source = list(versions), tool, dict(values), source
        self.results: list[Tried | None] = [None, None]
        self._running: list[Job] = []
        self._apart: Difference | None = None
        self.choices = [QComboBox(), QComboBox()]
        self.facts = [label(speech, "", "muted"), label(speech, "", "muted")]
        self.keeps = [QPushButton(), QPushButton()]
        self.pins = [QPushButton(), QPushButton()]
        self.view = CompareView(look, speech)
        self._fill_choices()
        self._lay_out()
        speech.tell(self, self._say)
        self._clock = QTimer(self)
        self._clock.setInterval(LOOK_MS)
        self._clock.timeout.connect(self._look)
        self.resize(1000, 700)
        self.finished.connect(lambda result: self._stop())

    # --- parts ---------------------------------------------------------------------------------------------------

    def _fill_choices(self) -> None:
        for side, choice in enumerate(self.choices):
            choice.addItems([""] * len(self._versions))
            choice.setCurrentIndex(min(side, len(self._versions) - 1))
            choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            choice.activated.connect(lambda index: self._forget())

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        column.addWidget(self._heading())
        column.addLayout(self._sides())
        column.addLayout(self._modes())
        column.addWidget(self.view, 1)
        column.addLayout(self._foot())

    def _heading(self) -> QLabel:
        return label(
            self._speech,
            mark("Both work on the selection, or on everything visible, with the settings of the Assist panel."),
            "muted",
        )

    def _sides(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(6)
        for side in (0, 1):
            grid.setColumnStretch(side, 1)
            grid.addWidget(self.choices[side], 0, side)
            grid.addWidget(self.facts[side], 1, side)
            row = QHBoxLayout()
            row.setSpacing(8)
            for one in (self.keeps[side], self.pins[side]):
                row.addWidget(one)
            row.addStretch(1)
            grid.addLayout(row, 2, side)
            self.keeps[side].clicked.connect(lambda checked=False, s=side: self._keep(s))
            self.pins[side].clicked.connect(lambda checked=False, s=side: self._pin(s))
        return grid

    def _modes(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        group = QButtonGroup(self)
        self.modes: dict[str, QPushButton] = {}
        for mode, title in MODES.items():
            made = button(self._speech, title)
            made.setCheckable(True)
            made.setChecked(mode == SPLIT)
            made.clicked.connect(lambda checked=False, m=mode: self.view.set_mode(m))
            group.addButton(made)
            self.modes[mode] = made
            row.addWidget(made)
        self.apart = label(self._speech, "", "muted")
        row.addWidget(self.apart, 1)
        return row

    def _foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.bar = QProgressBar()
        self.bar.setFixedWidth(280)
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.stop = button(self._speech, mark("Cancel"))
        self.stop.clicked.connect(self._stop)
        close = button(self._speech, mark("Close"))
        close.clicked.connect(self.reject)
        self.go = button(self._speech, mark("Run both"), "primary")
        self.go.clicked.connect(self.run)
        self.go.setDefault(True)
        row.addWidget(self.bar, 1)
        row.addStretch(1)
        row.addWidget(self.stop)
        row.addWidget(close)
        row.addWidget(self.go)
        return row

    # --- words ---------------------------------------------------------------------------------------------------

    def _say(self) -> None:
        say = self._speech.say
        self.setWindowTitle(say("Compare two versions on my picture"))
        for side, choice in enumerate(self.choices):
            name = say("Left") if side == 0 else say("Right")
            choice.setAccessibleName(name)
            for row, version in enumerate(self._versions):
                used = say("in use") if version.is_used else ""
                words = f"{title_of(version, self._speech)} {version.version}"
                choice.setItemText(row, f"{name}: {words} · {used}" if used else f"{name}: {words}")
        self.bar.setAccessibleName(say("Progress of {title}", title=say("Compare")))
        self._show()

    def _show(self) -> None:
        """What stands around the picture, as things are now."""
        say, runs = self._speech.say, bool(self._running)
        enlarges = any(one is not None and self._tool.scale_of(one.values) > 1 for one in self.results)
        for side, result in enumerate(self.results):
            version = self._version(side)
            self.facts[side].setText(self._facts(result))
            keep, pin = self.keeps[side], self.pins[side]
            keep.setText(say("Open as a new painting") if enlarges else say("Keep as a layer"))
            keep.setEnabled(result is not None)
            pin.setText(say("Pin this version"))
            pin.setEnabled(not version.is_pinned)
            for one in (keep, pin):
                one.setAccessibleName(f"{one.text()}: {version.name} {version.version}")
        self.bar.setVisible(runs)
        self.stop.setVisible(runs)
        self.go.setEnabled(not runs)
        for one in self.modes.values():
            one.setEnabled(not self.view.is_empty)
        self.apart.setText(self._apart_words())

    def _facts(self, result: Tried | None) -> str:
        say = self._speech.say
        if result is None:
            return say("Being made…") if self._running else say("Not run yet.")
        device, size = say(DEVICES[result.device]), result.picture.size
        seconds = f"{result.seconds:.1f}" if result.seconds >= 1 else f"{result.seconds:.2f}"
        return say(
            "{seconds} s on {device}, {width} × {height} px", seconds=seconds, device=device, width=size.width,
            height=size.height,
        )  # fmt: skip

    def _apart_words(self) -> str:
        say, found = self._speech.say, self._apart
        if found is None:
            return ""
        if found.largest == 0:
            return say("The two are the same to the last bit.")
        return say(
            "{share} % of the pixels look different; {mean} of 255 steps on average, {largest} at most.",
            share=f"{100 * found.share:.2g}" if found.share < 0.1 else f"{100 * found.share:.0f}", mean=f"{found.mean:.1f}", largest=found.largest,
        )  # fmt: skip

    # --- running -------------------------------------------------------------------------------------------------

    def _version(self, side: int) -> Version:
        return self._versions[max(0, self.choices[side].currentIndex())]

    def _forget(self) -> None:
        self._stop()
        self.results, self._apart = [None, None], None
        self.view.put(None)
        self._show()

    def run(self) -> None:
        """Both, one after the other in the lane of the models."""
        self._forget()
        try:
            source = self._source()
        except Trouble as trouble:
            self.troubled.emit(trouble)
            return
        for side in (0, 1):
            package = self._version(side).package
            assert package is not None  # only sound ones are offered
            self._running.append(self._begin(side, package, source))
        self._clock.start()
        self._show()

    def _begin(self, side: int, package: Package, source: Source) -> Job:
        tool, values = self._tool, self._values

        def work(progress: Progress) -> Tried:
            return tried(self._studio, tool, source.picture, package, values, progress)

        def done(outcome: Outcome[Tried]) -> None:
            if job in self._running:
                self._running.remove(job)
                self.results[side] = outcome.value
                self._ended()
                if outcome.trouble is not None:
                    self.troubled.emit(outcome.trouble)
            if outcome.bug is not None:
                raise outcome.bug

        job = self._jobs.submit(mark("Compare"), work, done)
        return job

    def _ended(self) -> None:
        """One of them; with the second, what they look like beside each other is made ready."""
        first, second = self.results
        if first is not None and second is not None and first.picture.size == second.picture.size:
            self._running.append(self._prepare(first, second))
        self._show()

    def _prepare(self, first: Tried, second: Tried) -> Job:
        def done(outcome: Outcome[Seen]) -> None:
            if job in self._running:
                self._running.remove(job)
                if outcome.value is not None:
                    self._apart = outcome.value.apart
                    self.view.put(outcome.value)
                self._show()
            if outcome.bug is not None:
                raise outcome.bug

        job = self._jobs.submit(
            mark("Compare"), lambda progress: Seen.of(first.picture, second.picture, progress), done, lane="pictures",
            quiet=True,
        )  # fmt: skip
        return job

    def _look(self) -> None:
        if not self._running:
            self._clock.stop()
        made = sum(one is not None for one in self.results)
        self.bar.setValue(round(450 * (made + sum(job.fraction for job in self._running[: 2 - made]))))

    def _stop(self) -> None:
        for job in self._running:
            job.cancel()
        self._running = []
        self._show()

    def _keep(self, side: int) -> None:
        result = self.results[side]
        if result is not None:
            self.keep_asked.emit(result)

    def _pin(self, side: int) -> None:
        version = self._version(side)
        self.pin_asked.emit(version.name, version.version)

    def put_versions(self, versions: Sequence[Version]) -> None:
        """The same versions in a new state."""
        by_folder: dict[Any, Version] = {version.folder: version for version in versions}
        self._versions = [by_folder.get(version.folder, version) for version in self._versions]
        self._say()
