"""Files on their way in and out of the window: opened, placed, saved and exported as jobs, asked about where work may be lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from gesso.documents.painting import Painting
from gesso.files import project
from gesso.files.claims import open_elsewhere
from gesso.files.container import Damaged
from gesso.files.seal import ChangedElsewhere, Seal
from gesso.files.session import Session, forget, recover
from gesso.files.settings import Settings
from gesso.jobs import Job, Jobs, Outcome, State
from gesso.ui.dialogues import NewDialogue, ask_losses, ask_replace, ask_unsaved
from gesso.ui.easel import Easel, blank
from gesso.ui.file_care import FileCare
from gesso.ui.placing import Placing
from gesso.ui.speech import Speech, mark
from gesso.values import Note, Progress, Size

# The readers and writers of pictures load with the first file: a start must not wait for them.

DISK = "disk"
COPY_NOTE = mark("{name} is open in another window; this is a copy, to be saved under a name of its own.")
Made = tuple[Painting, Sequence[Note]]


class Paperwork(QObject):
    """The File menu."""

    troubled = Signal(object)
    noted = Signal(str)
    """Something about a file that was read or written, worth a line in the status bar."""

    def __init__(self, easel: Easel, jobs: Jobs, settings: Settings, speech: Speech, window: QWidget) -> None:
        super().__init__(window)
        self.easel, self.jobs, self.settings, self.speech, self.window = easel, jobs, settings, speech, window
        self._opening: Job | None = None
        self._accepted: frozenset[tuple[str, str]] = frozenset()
        """Losses that the artist has seen, by suffix and sentence; asked once while the studio runs."""
        self.placing = Placing(self)
        self.care = FileCare(self)
        easel.changed.connect(self._remember)

    # --- opening -------------------------------------------------------------------------------------------------

    def new(self) -> None:
        dialogue = NewDialogue(self.speech, self.window)
        if dialogue.exec() == QDialog.DialogCode.Accepted:
            size, ground = dialogue.chosen
            self.begin(size, ground)

    def begin(self, size: Size, ground: Any) -> None:
        """A new canvas; the ground is a `Colour`, or None for a transparent one."""
        title, layer = self.speech.say("Untitled"), self.speech.say("Background")
        self.settle(lambda: self.stand(mark("New"), lambda progress: (blank(size, ground, title, layer), ())))

    def ask_open(self) -> None:
        chosen = self._ask_picture(self.speech.say("Open"), with_projects=True)
        if chosen is not None:
            self.open(chosen)

    def ask_picture(self, title: str) -> Path | None:
        """Let the artist choose a picture; None when they would rather not."""
        return self._ask_picture(title, with_projects=False)

    def _ask_picture(self, title: str, *, with_projects: bool) -> Path | None:
        from gesso.files import pictures

        known = (project.SUFFIX, *pictures.READABLE) if with_projects else pictures.READABLE
        endings = " ".join(f"*{ending}" for ending in known)
        kinds = f"{self.speech.say('Paintings and pictures')} ({endings});;{self.speech.say('All files')} (*)"
        folder = str(Path(self.settings.recent[0]).parent) if self.settings.recent else ""
        chosen, _ = QFileDialog.getOpenFileName(self.window, title, folder, kinds)
        return Path(chosen) if chosen else None

    def open(self, path: Path, *, keep_recent: bool = True) -> None:
        """A project or a picture; read as a job, put on the easel when it is whole."""
        ground = self.speech.say("Background")
        is_project = path.suffix.lower() == project.SUFFIX
        is_previous = path.name.lower().endswith(f"{project.SUFFIX}~")  # opened beside the file, never written to
        seals: list[Seal] = []

        def make(progress: Progress) -> Made:
            from gesso.files import paintings

            if is_project:
                with suppress(OSError):  # `load` says why
                    seals[:] = [Seal.of(path)]
                return project.load(path), ()
            if is_previous:
                return project.load(path), ()
            found = paintings.read(path, ground, progress=progress, is_apart=True)
            return found.painting, found.notes

        def then() -> None:
            if keep_recent:
                self.settings.used(path)

        way: dict[str, Any] = {"path": path, "seals": seals} if is_project else {"source": path}
        if is_previous:
            way = {"source": path.with_name(path.name[:-1])}
        self.settle(lambda: self.stand(mark("Open"), make, then, **way))

    def recover(self, session: Path) -> None:
        """Go on with a session that nobody closed."""

        def make(progress: Progress) -> Made:
            found = recover(session)
            return found.painting, found.notes

        self.settle(lambda: self.stand(mark("Recover"), make, recovered=session))

    def discard(self, session: Path) -> None:
        forget(session)

    def stand(
        self,
        title: str,
        make: Callable[[Progress], Made],
        then: Callable[[], object] = lambda: None,
        path: Path | None = None,
        source: Path | None = None,
        recovered: Path | None = None,
        seals: Sequence[Seal] = (),
        is_unsaved: bool = False,
    ) -> None:
        """Make a painting and begin its journal in the background, then show it; a later wish takes the place of this one.

        `seals` holds, once it is made, what the file at `path` was then.
        """
        if self._opening is not None:
            self._opening.cancel()

        def work(progress: Progress) -> tuple[Session, Sequence[Note]]:
            painting, notes = make(progress.part(0, 0.7))
            progress.at(0.7)
            session = self.easel.begin(painting, path or source, is_unsaved)
            if progress.is_cancelled:
                session.end()
            progress.at(1.0)
            return session, notes

        def done(outcome: Outcome[tuple[Session, Sequence[Note]]]) -> None:
            if path is not None and isinstance(outcome.trouble, Damaged):
                self.care.offer_repair(path, outcome.trouble)
                return
            if outcome.value is None:
                self.failed(outcome)
                return
            session, notes = outcome.value

            if (self.easel.history, self.easel.mark()) != before:  # painted on meanwhile: not to be lost unasked
                session.end()
                self.settle(lambda: self.stand(title, make, then, path, source, recovered, seals, is_unsaved))
                return
            self.easel.put(session, path, source, recovered, seal=next(iter(seals), None), is_unsaved=is_unsaved)
            then()
            is_copy = path is not None and self.easel.path is None
            self.note(notes, self.speech.say(COPY_NOTE, name=path.name) if path is not None and is_copy else "")

        before = (self.easel.history, self.easel.mark())
        self._opening = self.jobs.submit(title, work, done, lane=DISK)

    # --- another picture on the painting -------------------------------------------------------------------------

    def ask_place(self) -> None:
        chosen = self._ask_picture(self.speech.say("Add picture as layer"), with_projects=False)
        if chosen is not None:
            self.place(chosen)

    def place(self, path: Path) -> None:
        """A picture file as a new layer above the active one."""
        self.placing.place(path)

    # --- saving --------------------------------------------------------------------------------------------------

    def save(self, then: Callable[[], object] | None = None) -> None:
        if self.easel.path is None:
            self.save_as(then)
        else:
            self._write(self.easel.path, then)

    def save_as(self, then: Callable[[], object] | None = None) -> None:
        if self.easel.painting is None:
            return
        start = self.easel.path or fresh(
            (self.easel.source or Path(self.easel.title or "Gesso")).with_suffix(project.SUFFIX)
        )
        kinds = f"Gesso (*{project.SUFFIX})"
        chosen, _ = QFileDialog.getSaveFileName(self.window, self.speech.say("Save as"), str(start), kinds)
        if chosen:
            path = Path(chosen)
            if path.suffix.lower() != project.SUFFIX:
                path = path.with_name(path.name + project.SUFFIX)
                if not self._may_replace(path):  # the dialogue asked about another name
                    return
            self._write(path, then)

    def _may_replace(self, path: Path) -> bool:
        return not path.exists() or ask_replace(path.name, self.speech, self.window)

    def _write(self, path: Path, then: Callable[[], object] | None) -> None:
        self.write(path, then, None if path != self.easel.path else self.easel.seal)

    def write(self, path: Path, then: Callable[[], object] | None, over: Seal | None) -> None:
        """Save to a file; with `over`, only if nobody else has changed it since."""
        painting, history = self.easel.painting, self.easel.history
        if painting is None:
            return
        if path != self.easel.path and self.easel.claims.is_elsewhere(path):
            self.troubled.emit(open_elsewhere(path))
            return
        snapshot, at = replace(painting.snapshot(), title=path.stem), self.easel.mark()
        own = self.easel.seal if path == self.easel.path else None
        document, generations = own.document if own else "", self.easel.generations
        generations.limit_bytes = self.settings.history_mb * 1_000_000

        def work(progress: Progress) -> tuple[Seal, Note | None]:
            return generations.save(snapshot, path, progress, document=document, over=over)

        def done(outcome: Outcome[tuple[Seal, Note | None]]) -> None:
            if isinstance(outcome.trouble, ChangedElsewhere):
                self.care.ask_about(path, then)
            elif outcome.value is None:
                self.failed(outcome)
            elif outcome.state is State.DONE and self.easel.history is history:
                seal, note = outcome.value
                self.easel.saved(path, at, seal)
                self.settings.used(path)
                self.note([note] if note else [], self.speech.say("Saved {name}", name=path.name))
                if then is not None:
                    then()

        self.jobs.submit(mark("Save"), work, done, lane=DISK)

    def ask_export(self) -> None:
        from gesso.files import pictures

        if self.easel.painting is None:
            return
        stem = (self.easel.path or self.easel.source or Path(self.easel.title or "Gesso")).stem
        folder = (self.easel.path or self.easel.source or Path.home() / "x").parent
        kinds = ";;".join(f"{title} ({' '.join('*' + e for e in endings)})" for title, endings in pictures.EXPORTS)
        chosen, kind = QFileDialog.getSaveFileName(
            self.window, self.speech.say("Export"), str(folder / f"{stem}.png"), kinds
        )
        if chosen:
            path = Path(chosen)
            if path.suffix.lower() not in pictures.WRITABLE:
                path = path.with_name(path.name + kind.split("*")[1].split(" ")[0].rstrip(")"))
                if not self._may_replace(path):
                    return
            self._export_if_wanted(path)

    def _export_if_wanted(self, path: Path) -> None:
        """Say what the format cannot hold, unless the artist knows, and export if it is wanted all the same."""
        painting, history = self.easel.painting, self.easel.history
        if painting is None:
            return
        snapshot = painting.snapshot()

        def work(progress: Progress) -> Sequence[Note]:
            from gesso.files.losses import losses

            return losses(snapshot, path, progress)

        def done(outcome: Outcome[Sequence[Note]]) -> None:
            if outcome.value is None or self.easel.history is not history:
                self.failed(outcome)
                return
            known = frozenset((path.suffix.lower(), note.template) for note in outcome.value)
            said = [note.sentence(self.speech.say) for note in outcome.value]
            answer = ask_losses(path.name, said, self.speech, self.window) if known - self._accepted else "save"
            if answer == "save":
                self._accepted |= known
                self.export(path)
            elif answer == "project":
                self.save_as()

        self.jobs.submit("", work, done, lane=DISK, quiet=True)

    def export(self, path: Path) -> None:
        """In whatever format the name asks for, with which models had a part in it. The dialogue asked about replacing."""
        painting = self.easel.painting
        if painting is None:
            return
        snapshot = painting.snapshot()

        def work(progress: Progress) -> Sequence[Note]:
            from gesso.files import paintings

            return paintings.write(snapshot, path, overwrite=True, progress=progress)

        def done(outcome: Outcome[Sequence[Note]]) -> None:
            if outcome.value is None:
                self.failed(outcome)
            else:
                self.note(outcome.value, self.speech.say("Exported {name}", name=path.name))

        self.jobs.submit(mark("Export"), work, done, lane=DISK)

    def _remember(self) -> None:
        """What to offer at the next start; written with the settings when the studio is left."""
        file = self.easel.path or self.easel.source
        self.settings.open_last = [str(file)] if file else []

    # --- asking and telling --------------------------------------------------------------------------------------

    def settle(self, then: Callable[[], object]) -> None:
        """Deal with unsaved changes, then go on; the artist may say no."""
        if self.easel.is_modified:
            answer = ask_unsaved(self.easel.title or self.speech.say("Untitled"), self.speech, self.window)
            if answer == "save":
                self.save(then)
            if answer != "discard":
                return
        then()

    def note(self, notes: Sequence[Note], first: str = "") -> None:
        said = " ".join(part for part in (first, *(note.sentence(self.speech.say) for note in notes)) if part)
        if said:
            self.noted.emit(said)

    def failed(self, outcome: Outcome[Any]) -> None:
        if outcome.trouble is not None:
            self.troubled.emit(outcome.trouble)
        if outcome.bug is not None:
            raise outcome.bug


def fresh(path: Path) -> Path:
    """The name, or with a number the first like it that nothing has yet."""
    number, found = 1, path
    while found.exists():
        number += 1
        found = path.with_name(f"{path.stem} {number}{path.suffix}")
    return found
