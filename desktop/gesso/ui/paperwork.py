"""Files on their way in and out of the window: opened, saved and exported as jobs, asked about where something may be lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from gesso.documents.painting import Painting, composite
from gesso.files import pictures, project
from gesso.files.settings import Settings
from gesso.files.xmp import provenance_of
from gesso.jobs import Jobs, Outcome
from gesso.ui.dialogues import NewDialogue, ask_unsaved
from gesso.ui.easel import Easel, blank, forget, painting_of, save
from gesso.ui.speech import Speech, mark
from gesso.values import Picture, Progress

DISK = "disk"


class Paperwork(QObject):
    """The File menu."""

    troubled = Signal(object)
    noted = Signal(str)
    """Something about a file that was read or written, worth a line in the status bar."""

    def __init__(self, easel: Easel, jobs: Jobs, settings: Settings, speech: Speech, window: QWidget) -> None:
        super().__init__(window)
        self.easel, self.jobs, self.settings, self.speech, self.window = easel, jobs, settings, speech, window

    # --- opening -------------------------------------------------------------------------------------------------

    def new(self) -> None:
        dialogue = NewDialogue(self.speech, self.window)
        if dialogue.exec() == QDialog.DialogCode.Accepted:
            size, ground = dialogue.chosen
            say = self.speech.say
            self.settle(lambda: self.easel.put(blank(size, ground, say("Untitled"), say("Background"))))

    def ask_open(self) -> None:
        endings = " ".join(f"*{ending}" for ending in (project.SUFFIX, *pictures.READABLE))
        kinds = f"{self.speech.say('Paintings and pictures')} ({endings})"
        folder = str(Path(self.settings.recent[0]).parent) if self.settings.recent else ""
        chosen, _ = QFileDialog.getOpenFileName(self.window, self.speech.say("Open"), folder, kinds)
        if chosen:
            self.open(Path(chosen))

    def open(self, path: Path, *, keep_recent: bool = True) -> None:
        """A project or a picture; read as a job, put on the easel when it is whole."""
        ground = self.speech.say("Background")

        def work(progress: Progress) -> tuple[Painting, list[Any]]:
            if path.suffix.lower() == project.SUFFIX:
                return project.load(path), []
            found = pictures.read(path, progress=progress)
            return painting_of(found.picture, path.stem, ground), list(found.notes)

        def done(outcome: Outcome[tuple[Painting, list[Any]]]) -> None:
            if outcome.value is None:
                self._failed(outcome)
                return
            painting, notes = outcome.value
            if path.suffix.lower() == project.SUFFIX:
                self.easel.put(painting, path)
            else:
                self.easel.put(painting, source=path)
            if keep_recent:
                self.settings.used(path)
            for note in notes:
                self.noted.emit(note.sentence(self.speech.say))

        self.settle(lambda: self.jobs.submit(mark("Open"), work, done, lane=DISK))

    def recover(self, session: Path) -> None:
        def put() -> None:
            missing = self.easel.put_recovered(session)
            if missing:
                self.noted.emit(self.speech.say("{count} edits at the end could not be read.", count=missing))

        self.settle(put)

    def discard(self, session: Path) -> None:
        forget(session)

    # --- saving --------------------------------------------------------------------------------------------------

    def save(self, then: Callable[[], object] | None = None) -> None:
        if self.easel.path is None:
            self.save_as(then)
        else:
            self._write(self.easel.path, then)

    def save_as(self, then: Callable[[], object] | None = None) -> None:
        if self.easel.painting is None:
            return
        start = self.easel.path or (self.easel.source or Path(self.easel.title or "Gesso")).with_suffix(project.SUFFIX)
        kinds = f"Gesso (*{project.SUFFIX})"
        chosen, _ = QFileDialog.getSaveFileName(self.window, self.speech.say("Save as"), str(start), kinds)
        if chosen:
            path = Path(chosen)
            path = path if path.suffix.lower() == project.SUFFIX else path.with_name(path.name + project.SUFFIX)
            self._write(path, then)

    def _write(self, path: Path, then: Callable[[], object] | None) -> None:
        painting, history = self.easel.painting, self.easel.history
        if painting is None:
            return
        snapshot, at = painting.snapshot(), self.easel.mark()

        def done(outcome: Outcome[None]) -> None:
            if outcome.trouble is not None or outcome.bug is not None:
                self._failed(outcome)
                return
            if self.easel.history is history:
                self.easel.saved(path, at)
                self.settings.used(path)
                self.noted.emit(self.speech.say("Saved {name}", name=path.name))
                if then is not None:
                    then()

        self.jobs.submit(mark("Save"), lambda progress: save(snapshot, path, progress), done, lane=DISK)

    def ask_export(self) -> None:
        if self.easel.painting is None:
            return
        stem = (self.easel.path or self.easel.source or Path(self.easel.title or "Gesso")).stem
        folder = (self.easel.path or self.easel.source or Path.home() / "x").parent
        kinds = ";;".join(
            f"{title} ({' '.join('*' + e for e in endings)})"
            for title, endings in (
                ("PNG", (".png",)),
                ("JPEG", (".jpg", ".jpeg")),
                ("TIFF", (".tif", ".tiff")),
                ("WebP", (".webp",)),
            )
        )
        chosen, kind = QFileDialog.getSaveFileName(
            self.window, self.speech.say("Export"), str(folder / f"{stem}.png"), kinds
        )
        if chosen:
            path = Path(chosen)
            if path.suffix.lower() not in pictures.WRITABLE:
                path = path.with_name(path.name + kind.split("*")[1].split(" ")[0].rstrip(")"))
            self.export(path)

    def export(self, path: Path) -> None:
        """What is seen, as a flat picture that says which models had a part in it. The dialogue asked about replacing."""
        painting = self.easel.painting
        if painting is None:
            return
        snapshot = painting.snapshot()

        def work(progress: Progress) -> None:
            picture = Picture.from_rgba(composite(snapshot))
            progress.at(0.5)
            pictures.write(picture, path, provenance=provenance_of(snapshot), overwrite=True)

        def done(outcome: Outcome[None]) -> None:
            if outcome.trouble is not None or outcome.bug is not None:
                self._failed(outcome)
            else:
                self.noted.emit(self.speech.say("Exported {name}", name=path.name))

        self.jobs.submit(mark("Export"), work, done, lane=DISK)

    # --- asking --------------------------------------------------------------------------------------------------

    def settle(self, then: Callable[[], object]) -> None:
        """Deal with unsaved changes, then go on; the artist may say no."""
        if self.easel.is_modified:
            answer = ask_unsaved(self.easel.title or self.speech.say("Untitled"), self.speech, self.window)
            if answer == "save":
                self.save(then)
            if answer != "discard":
                return
        then()

    def _failed(self, outcome: Outcome[Any]) -> None:
        if outcome.trouble is not None:
            self.troubled.emit(outcome.trouble)
        if outcome.bug is not None:
            raise outcome.bug
