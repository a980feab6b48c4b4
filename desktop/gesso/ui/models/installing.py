"""Putting a model on the shelf and an author among the trusted: checked first, shown, asked, and only then done."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox, QPushButton, QWidget

from gesso.engine import Package
from gesso.engine.trust import Key, read_key
from gesso.jobs import Job, Jobs, Outcome
from gesso.tools.model_words import TERMS_TOLD, told
from gesso.tools.studio import Studio
from gesso.ui.models.parts import terms_title
from gesso.ui.speech import Speech, mark
from gesso.values import Progress, Trouble


class Installing(QObject):
    """Asks in boxes of its own over `parent`; works in the background."""

    troubled = Signal(object)
    noted = Signal(str)
    changed = Signal(str)
    """The shelf is another; a model to show, or an empty name."""
    busy = Signal(object)
    """A `Job` that has begun, or None when it has ended."""

    def __init__(self, studio: Studio, jobs: Jobs, speech: Speech, parent: QWidget) -> None:
        super().__init__(parent)
        self._studio, self._jobs, self._speech, self._parent = studio, jobs, speech, parent
        self.box: QMessageBox | None = None
        """What is asked at the moment."""
        self._yes: QPushButton | None = None
        self.menu = QMenu(parent)
        self.menu.aboutToShow.connect(self._fill)

    # --- the menu ------------------------------------------------------------------------------------------------

    def _fill(self) -> None:
        say, menu = self._speech.say, self.menu
        menu.clear()
        for title, deed in (
            (mark("Install from a file…"), self._ask_file),
            (mark("Install from a folder…"), self._ask_folder),
            (mark("Trust an author's key…"), self._ask_key),
        ):
            menu.addAction(say(title)).triggered.connect(lambda checked=False, run=deed: run())
        trusted = menu.addMenu(say("Trusted authors"))
        for key in sorted(self._studio.trust.keys, key=lambda key: not key.is_release):
            action = trusted.addAction(f"{key.owner or say('Without a name')} · {key.id}")
            action.setEnabled(not key.is_release)
            action.triggered.connect(lambda checked=False, one=key: self.ask_distrust(one))

    def _ask_file(self) -> None:
        say = self._speech.say
        kinds = say("Model package (*.zip)")
        chosen, _ = QFileDialog.getOpenFileName(self._parent, say("Install a model"), str(Path.home()), kinds)
        if chosen:
            self.install_from(Path(chosen))

    def _ask_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self._parent, self._speech.say("Install a model"), str(Path.home()))
        if chosen:
            self.install_from(Path(chosen))

    def _ask_key(self) -> None:
        say = self._speech.say
        kinds = say("Author's key (*.pub)")
        chosen, _ = QFileDialog.getOpenFileName(self._parent, say("Trust an author's key"), str(Path.home()), kinds)
        if chosen:
            self.trust_from(Path(chosen))

    # --- models --------------------------------------------------------------------------------------------------

    def install_from(self, source: Path) -> Job:
        """Look into it in the background; then the artist is asked. A refusal is one sentence."""

        def look(progress: Progress) -> Package:
            progress.check()
            return self._studio.shelf.examine(source)

        def looked(outcome: Outcome[Package]) -> None:
            self.busy.emit(None)
            if outcome.value is not None:
                self._ask(source, outcome.value)
            self._meet(outcome)

        job = self._jobs.submit(mark("Look into a model package"), look, looked, lane="files", quiet=True)
        self.busy.emit(job)
        return job

    def _ask(self, source: Path, package: Package) -> None:
        say, card = self._speech.say, package.card
        signer = package.signer.owner or package.signer.id
        facts = [
            say("Signed by {signer} ({id}), and unaltered.", signer=signer, id=package.signer.id),
            say("Licence of the weights: {licence}.", licence=card.licence),
            f"{terms_title(card.terms, self._speech)}: {say(TERMS_TOLD[card.terms])}",
            say("It is tried on this computer before it is used."),
        ]
        title = told(card.title, say).text
        self._show(
            say("Install {title} {version}?", title=title, version=package.version), "\n\n".join(facts),
            say("Install"), lambda: self._install(source),
        )  # fmt: skip

    def _install(self, source: Path) -> None:
        """As in the shell: one that comes out wrong here does not stay."""
        studio = self._studio

        def work(progress: Progress) -> tuple[Package, str]:
            package = studio.shelf.install(source)
            try:
                truth = studio.test(package, progress)
            except BaseException:  # also when it is cancelled: what was not tried is not there
                studio.shelf.remove(package.name, package.version)
                raise
            return package, truth.title

        def done(outcome: Outcome[tuple[Package, str]]) -> None:
            self.busy.emit(None)
            if outcome.value is not None:
                package, device = outcome.value
                self.noted.emit(
                    self._speech.say(
                        "{name} {version} is installed, and right on {device}.",
                        name=package.name, version=package.version, device=device,
                    )
                )  # fmt: skip
                self.changed.emit(package.name)
            self._meet(outcome)

        self.busy.emit(self._jobs.submit(mark("Install a model"), work, done))

    # --- authors -------------------------------------------------------------------------------------------------

    def trust_from(self, file: Path) -> None:
        """Show whose key it is; it counts only once the artist says so."""
        say = self._speech.say
        try:
            key = read_key(file)
        except Trouble as trouble:
            self.troubled.emit(trouble)
            return
        self._show(
            say("Trust {owner}?", owner=key.owner or say("Without a name")),
            say(
                "From then on, models signed with this key can be installed. Compare its number with the one that the author "
                "gives you: {id}",
                id=key.id,
            ),
            say("Trust this author"), lambda: self._trust(file, key),
        )  # fmt: skip

    def _trust(self, file: Path, key: Key) -> None:
        try:
            self._studio.trust.add(file)
        except Trouble as trouble:
            self.troubled.emit(trouble)
            return
        self.noted.emit(self._speech.say("Models signed by {owner} can be installed now.", owner=key.owner or key.id))
        self.changed.emit("")

    def ask_distrust(self, key: Key) -> None:
        """Their models that are installed are refused from then on."""
        say, owner = self._speech.say, key.owner or key.id
        self._show(
            say("Trust {owner} no longer?", owner=owner),
            say("Their models stay on the disk, and none of them is used any more."),
            say("Trust no longer"), lambda: self._distrust(key),
        )  # fmt: skip

    def _distrust(self, key: Key) -> None:
        self._studio.trust.remove(key.id)
        self.noted.emit(self._speech.say("{owner} is not trusted any more.", owner=key.owner or key.id))
        self.changed.emit("")

    # --- asking --------------------------------------------------------------------------------------------------

    def _show(self, title: str, text: str, yes: str, then: Callable[[], None]) -> None:
        box = QMessageBox(self._parent)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setWindowTitle(title)
        box.setText(title)
        box.setInformativeText(text)
        box.setTextFormat(Qt.TextFormat.PlainText)
        agree = box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
        decline = box.addButton(self._speech.say("Cancel"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(decline)  # nothing is trusted by a slip of the hand
        box.setEscapeButton(decline)
        agree.clicked.connect(lambda: then())
        box.finished.connect(self._asked)
        self.box, self._yes = box, agree
        box.open()

    def _asked(self) -> None:
        self.box, self._yes = None, None

    def agree(self) -> None:
        """As by the button."""
        if self._yes is not None:
            self._yes.click()

    def _meet(self, outcome: Outcome[Any]) -> None:
        if outcome.trouble is not None:
            self.troubled.emit(outcome.trouble)
        if outcome.bug is not None:
            raise outcome.bug
