"""Care for the file behind the painting: changed by others, gone with its drive, damaged, or wanted as it was before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QFileDialog, QMessageBox

from gesso.documents.painting import Painting
from gesso.files import project
from gesso.files.generations import Generation
from gesso.files.seal import CHANGED, GONE, Seal
from gesso.jobs import Outcome
from gesso.ui.dialogues import ask_changed, ask_repair
from gesso.ui.file_history import FileHistory, saved_at
from gesso.ui.speech import mark
from gesso.values import Note, Progress, Trouble

if TYPE_CHECKING:
    from gesso.ui.paperwork import Paperwork

DISK = "disk"


class FileCare(QObject):
    """Belongs to the File menu, and looks at the file whenever the window comes to the front."""

    def __init__(self, paper: Paperwork) -> None:
        super().__init__(paper)
        self.paper = paper
        self.history: FileHistory | None = None
        self._told: dict[Seal, str] = {}
        """What was said already of the files that are open."""
        self._is_asking = False
        paper.window.installEventFilter(self)
        paper.easel.opened.connect(self.look)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.WindowActivate:
            self.look()
        return super().eventFilter(watched, event)

    # --- the file on the disk ------------------------------------------------------------------------------------

    def look(self) -> None:
        """Whether the file is still what it was; beside the window, for a drive may be slow to answer."""
        seal = self.paper.easel.seal
        if seal is None or self._is_asking:
            return

        def done(outcome: Outcome[str]) -> None:
            if outcome.value is not None and seal is self.paper.easel.seal:
                self._found(seal, outcome.value)

        with suppress(RuntimeError):  # the queue is closed: the studio is being left
            self.paper.jobs.submit("", lambda progress: seal.state(), done, lane=DISK, quiet=True)

    def _found(self, seal: Seal, state: str) -> None:
        if self._told.get(seal) == state or self._is_asking:
            return
        self._told = {seal: state, **{one: said for one, said in self._told.items() if one in self._open_seals()}}
        if state == GONE:
            self.paper.troubled.emit(
                Trouble(
                    "{name} is not there any more.",
                    "Your work is still open and safe.",
                    "Connect its disk again, or save under another name.",
                    name=seal.path.name,
                )
            )
        elif state == CHANGED:
            self.ask_about(seal.path)

    def _open_seals(self) -> list[Seal]:
        return [one.seal for one in self.paper.easel.paintings if one.seal not in (None, self.paper.easel.seal)]

    def ask_about(self, path: Path, then: Callable[[], object] | None = None) -> None:
        """Another program wrote the file: open it anew, keep both, or write over it."""
        paper, self._is_asking = self.paper, True
        try:
            answer = ask_changed(path.name, paper.easel.is_modified, paper.speech, paper.window)
        finally:
            self._is_asking = False
        if answer == "reload":
            paper.open(path, instead_of=paper.easel.shown)  # what was painted here waits on the home page
        elif answer == "save-as":
            paper.save_as(then)
        elif answer == "overwrite":
            paper.write(path, then, None)

    # --- damage --------------------------------------------------------------------------------------------------

    def offer_repair(self, path: Path, trouble: Trouble) -> None:
        """A project that does not open: what is whole as a new painting, or a state from its history."""
        paper = self.paper

        def done(outcome: Outcome[bool]) -> None:
            answer = ask_repair(trouble.sentence(paper.speech.say), bool(outcome.value), paper.speech, paper.window)
            if answer == "history":
                self.show_history(path)
            elif answer == "repair":
                self.repair(path)

        generations = paper.easel.generations
        paper.jobs.submit("", lambda progress: bool(generations.of(path)), done, lane=DISK, quiet=True)

    def repair(self, path: Path) -> None:
        """Open what is whole of a project as a new, unsaved painting, and name what is lost."""

        def make(progress: Progress) -> tuple[Painting, Sequence[Note]]:
            from gesso.files.repair import refuse_newer, repaired_path, salvage

            refuse_newer(path)
            found = salvage(path, progress)
            lost.extend(loss.note for loss in found.losses)
            return replace(found.painting, title=repaired_path(path).stem), ()

        def tell() -> None:
            say = self.paper.speech.say
            if not lost:
                self.paper.noted.emit(
                    say("Everything in {name} was recovered; save it under a new name.", name=path.name)
                )
                return
            box = QMessageBox(self.paper.window)
            box.setIcon(QMessageBox.Icon.Information)
            box.setText(say("What is whole of {name} is open; save it under a new name. Lost are:", name=path.name))
            box.setInformativeText("\n".join(note.sentence(say) for note in lost))
            box.addButton(say("Close"), QMessageBox.ButtonRole.RejectRole)
            box.open()

        lost: list[Note] = []
        self.paper.stand(mark("Repair"), make, tell, source=path, is_unsaved=True)

    # --- history -------------------------------------------------------------------------------------------------

    def show_history(self, path: Path | None = None) -> None:
        """The saved states of a file, or of the painting's own, in a dialogue."""
        path = path or self.paper.easel.path
        if path is None:
            self.paper.noted.emit(self.paper.speech.say("The history begins when the painting is saved."))
            return
        generations = self.paper.easel.generations

        def done(outcome: Outcome[list[Generation]]) -> None:
            if not outcome.value:
                self.paper.noted.emit(self.paper.speech.say("The history begins when the painting is saved."))
                return
            if self.history is not None:
                self.history.close()
            dialogue = FileHistory(path.name, outcome.value, self.paper.speech, self.paper.window)
            dialogue.restore_asked.connect(lambda generation: self.restore(generation, path))
            dialogue.copy_asked.connect(lambda generation: self.ask_copy(generation, path))
            dialogue.finished.connect(self._forget)
            self.history = dialogue
            dialogue.open()

        self.paper.jobs.submit("", lambda progress: generations.of(path), done, lane=DISK, quiet=True)

    def _forget(self) -> None:
        if self.history is not None:
            self.history.deleteLater()
            self.history = None

    def restore(self, generation: Generation, path: Path) -> None:
        """A state of before as a new, unsaved painting."""
        paper, title = self.paper, f"{path.stem}, {saved_at(generation, self.paper.speech)}"

        def make(progress: Progress) -> tuple[Painting, Sequence[Note]]:
            return replace(paper.easel.generations.open(generation), title=title), ()

        paper.stand(mark("Restore"), make, source=path, is_unsaved=True)

    def ask_copy(self, generation: Generation, path: Path) -> None:
        say, window = self.paper.speech.say, self.paper.window
        start = path.with_name(f"{path.stem} {generation.when[:10]}{project.SUFFIX}")
        chosen, _ = QFileDialog.getSaveFileName(window, say("Save a copy as"), str(start), f"Gesso (*{project.SUFFIX})")
        if chosen:
            to = Path(chosen)
            self.copy(generation, to if to.suffix.lower() == project.SUFFIX else to.with_name(to.name + project.SUFFIX))

    def copy(self, generation: Generation, to: Path) -> None:
        """Write a state of before into a file of its own; the painting on the easel stays."""
        paper = self.paper
        if any(one.path == to for one in paper.easel.paintings) or paper.easel.claims.is_elsewhere(to):
            paper.troubled.emit(
                Trouble(
                    "{name} is open now.",
                    "It was left exactly as it is.",
                    "Choose another name for the copy.",
                    name=to.name,
                )
            )
            return

        def done(outcome: Outcome[Seal]) -> None:
            if outcome.trouble is not None:
                paper.troubled.emit(outcome.trouble)
            elif outcome.bug is not None:
                raise outcome.bug
            elif outcome.value is not None:
                paper.noted.emit(paper.speech.say("Saved {name}", name=to.name))

        paper.jobs.submit(
            mark("Save"),
            lambda progress: paper.easel.generations.copy_to(generation, to, progress),
            done,
            lane=DISK,
            lasting=True,
        )
