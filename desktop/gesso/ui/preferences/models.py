"""What models run on, and the pack that lets an installed Gesso use an NVIDIA GPU."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFileDialog, QProgressBar

from gesso.engine.gpu_pack import PROVIDER, GpuPacks, Pack, runtime_folder
from gesso.files.settings import Settings
from gesso.jobs import Job, Jobs, Outcome
from gesso.ui.preferences.page import Page
from gesso.ui.speech import Speech, mark
from gesso.ui.widgets.controls import button, label
from gesso.values import Trouble

DEVICE_TITLES = {"auto": mark("The fastest that tells the truth"), "cpu": mark("CPU only")}
LOOK_MS = 100
"""How often the bar asks the job how far it is."""


class ModelsPage(Page):
    """The device and the pack count from the next start: what has begun to run stays where it runs."""

    id, title = "models", mark("Models and device")

    def __init__(self, settings: Settings, speech: Speech, jobs: Jobs | None, packs: GpuPacks) -> None:
        self._jobs, self._packs = jobs, packs
        self._job: Job | None = None
        super().__init__(settings, speech)

    def build(self) -> None:
        self.device = self.choice(DEVICE_TITLES, self.settings.device)
        self.device.activated.connect(lambda _: self.keep("device", self.device.currentData()))
        self.row(
            mark("Models run on"), self.device, about=mark("Counts from the next start of Gesso."),
            keywords=("device", "gpu cpu cuda", "显卡"),
        )  # fmt: skip
        self.install = button(self.speech, mark("Install from a file…"))
        self.stop = button(self.speech, mark("Cancel"))
        self.remove = button(self.speech, mark("Remove the GPU pack"))
        self.install.clicked.connect(self._ask)
        self.stop.clicked.connect(lambda: self._job is not None and self._job.cancel())
        self.remove.clicked.connect(self._remove)
        self.row(
            mark("GPU pack"), self.install, self.stop, self.remove, keywords=("nvidia cuda graphics card", "显卡 加速")
        )
        self.state = label(self.speech, "", "muted")
        self.state.setContentsMargins(8, 0, 8, 0)
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.column.addWidget(self.state)
        self.column.addWidget(self.bar)
        self._clock = QTimer(self)
        self._clock.setInterval(LOOK_MS)
        self._clock.timeout.connect(self._look)
        self.speech.tell(self, self._tell)

    def _tell(self) -> None:
        """What is installed, as far as its signature and the sizes of its files say."""
        say, runs = self.speech.say, self._job is not None
        pack, unsound = None, None
        try:
            pack = self._packs.installed()
        except Trouble as trouble:
            unsound = trouble
        self.bar.setVisible(runs)
        self.bar.setAccessibleName(say("Progress of {title}", title=say("GPU pack")))
        self.stop.setVisible(runs)
        self.install.setVisible(not runs)
        self.install.setEnabled(self._jobs is not None)
        self.remove.setVisible(not runs and (pack is not None or unsound is not None))
        if runs:
            self.state.setText(say("The pack is unpacked, and every byte compared with what was signed."))
        elif unsound is not None:
            self.state.setText(unsound.sentence(say))
        elif pack is not None:
            self.state.setText(self._words_of(pack))
        else:
            own = runtime_folder()
            is_inside = own is not None and (own / PROVIDER).is_file()
            self.state.setText(
                say("This Gesso needs none: its runtime brings CUDA's part itself.")
                if is_inside
                else say("None is installed: models run on the CPU. The pack is a file from Gesso's makers.")
            )

    def _words_of(self, pack: Pack) -> str:
        say = self.speech.say
        if pack.misfit:
            return say("It cannot be used here: {reason}.", reason=pack.misfit)
        return say(
            "Version {version} is installed, {size} GB, signed by {signer}. It counts from the next start of Gesso.",
            version=pack.version,
            size=f"{pack.bytes / 1e9:.2f}",
            signer=pack.signer.owner or pack.signer.id,
        )

    def _ask(self) -> None:
        say = self.speech.say
        chosen, _ = QFileDialog.getOpenFileName(self, say("Install a GPU pack"), str(Path.home()), "GPU pack (*.zip)")
        if chosen:
            self.install_from(Path(chosen))

    def install_from(self, source: Path) -> None:
        """In the background; it is listed among the jobs too."""
        if self._jobs is None or self._job is not None:
            return
        self._job = self._jobs.submit(
            mark("Install a GPU pack"),
            lambda progress: self._packs.install(source, progress),
            self._installed,
            lane="files",
        )
        self._clock.start()
        self._tell()

    def _installed(self, outcome: Outcome[Pack]) -> None:
        with suppress(RuntimeError):  # the dialogue was closed meanwhile
            self._job = None
            self._clock.stop()
            self._tell()
            if outcome.trouble is not None:
                self.state.setText(outcome.trouble.sentence(self.speech.say))
                self.troubled.emit(outcome.trouble)
        if outcome.bug is not None:
            raise outcome.bug

    def _look(self) -> None:
        if self._job is not None:
            self.bar.setValue(round(1000 * self._job.fraction))

    def _remove(self) -> None:
        try:
            self._packs.remove()
        except Trouble as trouble:
            self.troubled.emit(trouble)
        self._tell()
