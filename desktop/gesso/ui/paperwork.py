"""Files on their way in and out of the window: opened, placed, saved and exported as jobs, asked about where work may be lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from gesso.documents.painting import Credit, Painting
from gesso.files import project
from gesso.files.claims import open_elsewhere
from gesso.files.container import Damaged
from gesso.files.seal import ChangedElsewhere, Seal
from gesso.files.session import Session, forget, recover
from gesso.files.settings import Settings
from gesso.jobs import Jobs, Outcome, State
from gesso.ui.dialogues import NewDialogue, ask_losses, ask_replace, ask_unsaved
from gesso.ui.easel import Easel, OpenPainting, blank
from gesso.ui.file_care import FileCare
from gesso.ui.job_traces import leads_to_file, leads_to_painting
from gesso.ui.open_painting import key_of
from gesso.ui.placing import Placing
from gesso.ui.speech import Speech, mark
from gesso.values import Cancelled, Note, Progress, Size, Trouble
from gesso.values.trouble import together

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
        self.is_busy: Callable[[], bool] = lambda: False
        """Whether the artist is in the middle of a stroke: nothing else may come before their eyes then."""
        self.left = list(settings.open_last)
        """Files that were open when the studio was left the last time."""
        self._coming: set[str] = set()
        """Files that are being opened."""
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
            self.begin(size, ground, linear=dialogue.linear.isChecked())

    def begin(self, size: Size, ground: Any, *, linear: bool = False) -> None:
        """A new canvas; the ground is a `Colour`, or None for a transparent one."""
        title, layer = self.speech.say("Untitled"), self.speech.say("Background")
        self.stand(mark("New"), lambda progress: (blank(size, ground, title, layer, linear=linear), ()))

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

    def open(
        self, path: Path, *, keep_recent: bool = True, behind: bool = False, instead_of: OpenPainting | None = None
    ) -> None:
        """A project or a picture; read as a job, shown when it is whole. One that is open already is shown at once."""
        there = self.easel.at(path)
        if there is not None and instead_of is None:
            self.easel.show(there)
            return
        if key_of(path) in self._coming:
            return
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
        self._coming.add(key_of(path))
        came = partial(self._coming.discard, key_of(path))
        self.stand(mark("Open"), make, then, **way, behind=behind, instead_of=instead_of, ended=came)

    def open_left(self) -> None:
        """All that was open when the studio was left, if it is still there; what cannot be read is said."""
        for path in map(Path, self.left):
            if path.is_file():
                self.open(path, keep_recent=False, behind=True)

    def recover(self, session: Path) -> None:
        """Go on with a session that nobody closed."""

        def make(progress: Progress) -> Made:
            found = recover(session)
            return found.painting, found.notes

        if key_of(session) not in self._coming:
            self._coming.add(key_of(session))
            came = partial(self._coming.discard, key_of(session))
            self.stand(mark("Recover"), make, recovered=session, ended=came)

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
        behind: bool = False,
        instead_of: OpenPainting | None = None,
        ended: Callable[[], object] = lambda: None,
    ) -> None:
        """Make a painting and begin its journal in the background, then give it a tab and show it.

        `seals` holds, once it is made, what the file at `path` was then; `ended` is called whatever came of it.
        """

        def work(progress: Progress) -> tuple[Session, Sequence[Note]]:
            painting, notes = make(progress.part(0, 0.7))
            progress.at(0.7)
            session = self.easel.begin(painting, path or source, is_unsaved)
            try:
                progress.at(1.0)
            except Cancelled:
                session.end()
                raise
            return session, notes

        def done(outcome: Outcome[tuple[Session, Sequence[Note]]]) -> None:
            ended()
            if path is not None and isinstance(outcome.trouble, Damaged):
                self.care.offer_repair(path, outcome.trouble)
                return
            if outcome.value is None:
                self.failed(outcome)
                return
            session, notes = outcome.value
            one = self.easel.put(
                session, path, source, recovered, seal=next(iter(seals), None), is_unsaved=is_unsaved,
                instead_of=instead_of, behind=behind or self.is_busy(),
            )  # fmt: skip
            then()
            if (file := path or source) is not None:
                leads_to_painting(job, file.name, self.easel, session.history, self.troubled.emit)
            is_copy = path is not None and one.path is None
            first = self.speech.say(COPY_NOTE, name=path.name) if path is not None and is_copy else ""
            if one is not self.easel.shown and not behind:
                first = first or self.speech.say("{name} is open in a tab of its own.", name=one.name)
            self.note(notes, first)

        job = self.jobs.submit(title, work, done, lane=DISK, lasting=True)

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
        """Save what is shown to a file; with `over`, only if nobody else has changed it since."""
        one = self.easel.shown
        if one is None:
            return
        if any(other.path is not None and key_of(other.path) == key_of(path) for other in self.others(one)):
            self.troubled.emit(_open_beside(path))
            return
        if path != one.path and self.easel.claims.is_elsewhere(path):
            self.troubled.emit(open_elsewhere(path))
            return
        snapshot, at = replace(one.painting.snapshot(), title=path.stem), one.session.changes
        own = one.seal if path == one.path else None
        document, generations = own.document if own else "", self.easel.generations
        generations.limit_bytes = self.settings.history_mb * 1_000_000

        def work(progress: Progress) -> tuple[Seal, Note | None]:
            return generations.save(snapshot, path, progress, document=document, over=over)

        def done(outcome: Outcome[tuple[Seal, Note | None]]) -> None:
            if isinstance(outcome.trouble, ChangedElsewhere):
                if one in self.easel.paintings:
                    self.easel.show(one)
                    self.care.ask_about(path, then)
            elif outcome.value is None:
                self.failed(outcome)
            elif outcome.state is State.DONE and one in self.easel.paintings:
                seal, note = outcome.value
                self.easel.saved(path, at, seal, one)
                self.settings.used(path)
                leads_to_file(job, path)
                self.note([note] if note else [], self.speech.say("Saved {name}", name=path.name))
                if then is not None:
                    then()

        job = self.jobs.submit(mark("Save"), work, done, lane=DISK, lasting=True)

    def others(self, one: OpenPainting | None) -> list[OpenPainting]:
        """What is open beside a painting."""
        return [other for other in self.easel.paintings if other is not one]

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
        one = self.easel.shown
        if one is None:
            return
        snapshot = one.painting.snapshot()

        def work(progress: Progress) -> Sequence[Note]:
            from gesso.files.losses import losses

            return losses(snapshot, path, progress)

        def done(outcome: Outcome[Sequence[Note]]) -> None:
            if outcome.value is None or one not in self.easel.paintings:
                self.failed(outcome)
                return
            known = frozenset((path.suffix.lower(), note.template) for note in outcome.value)
            said = [note.sentence(self.speech.say) for note in outcome.value]
            answer = ask_losses(path.name, said, self.speech, self.window) if known - self._accepted else "save"
            if answer == "save":
                self._accepted |= known
                self.export(path, one)
            elif answer == "project":
                self.easel.show(one)
                self.save_as()

        self.jobs.submit("", work, done, lane=DISK, quiet=True)

    def export(self, path: Path, one: OpenPainting | None = None) -> None:
        """In whatever format the name asks for, with which models had a part in it. The dialogue asked about replacing."""
        one = one or self.easel.shown
        if one is None:
            return
        snapshot, credit = one.painting.snapshot(), Credit(self.settings.author, self.settings.rights)

        def work(progress: Progress) -> Sequence[Note]:
            from gesso.files import paintings

            return paintings.write(snapshot, path, credit=credit, overwrite=True, progress=progress)

        def done(outcome: Outcome[Sequence[Note]]) -> None:
            if outcome.value is None:
                self.failed(outcome)
            else:
                leads_to_file(job, path)
                self.note(outcome.value, self.speech.say("Exported {name}", name=path.name))

        job = self.jobs.submit(mark("Export"), work, done, lane=DISK, lasting=True)

    def _remember(self) -> None:
        """What to offer at the next start; written with the settings when the studio is left."""
        self.settings.open_last = [str(one.file) for one in self.easel.paintings if one.file is not None]

    def not_again(self) -> list[Path]:
        """What was open the last time and is not open now."""
        return [path for path in map(Path, self.left) if self.easel.at(path) is None]

    # --- asking and telling --------------------------------------------------------------------------------------

    def close(self, one: OpenPainting | None = None) -> None:
        """Close a tab, the shown one or another, once its unsaved changes are dealt with."""
        one = one or self.easel.shown
        if one is not None:
            self.settle(lambda: self.easel.close(one), one)

    def settle(
        self,
        then: Callable[[], object],
        one: OpenPainting | None = None,
        discarded: Callable[[], object] | None = None,
    ) -> None:
        """Deal with unsaved changes, then go on; the artist may say no. They see what they are asked about."""
        one = one or self.easel.shown
        if one is not None and one.is_modified:
            self.easel.show(one)
            answer = ask_unsaved(one.title or self.speech.say("Untitled"), self.speech, self.window)
            if answer == "save":
                self.save(then)
            elif answer == "discard":
                (discarded or then)()
            return
        then()

    def settle_all(self, then: Callable[[], object], discarded: Sequence[OpenPainting] = ()) -> None:
        """One painting after the other, and nothing is closed before the last answer; a no ends it."""
        one = next((one for one in self.easel.paintings if one.is_modified and one not in discarded), None)
        if one is None:
            then()
        else:
            self.settle(lambda: self.settle_all(then, discarded), one, lambda: self.settle_all(then, (*discarded, one)))

    def note(self, notes: Sequence[Note], first: str = "") -> None:
        said = together([first, *(note.sentence(self.speech.say) for note in notes)])
        if said:
            self.noted.emit(said)

    def failed(self, outcome: Outcome[Any]) -> None:
        if outcome.trouble is not None:
            self.troubled.emit(outcome.trouble)
        if outcome.bug is not None:
            raise outcome.bug


def _open_beside(path: Path) -> Trouble:
    return Trouble(
        "{name} is open in another tab.",
        "Your work is still open and safe.",
        "Save under another name, or close the other tab first.",
        name=path.name,
    )


def fresh(path: Path) -> Path:
    """The name, or with a number the first like it that nothing has yet."""
    number, found = 1, path
    while found.exists():
        number += 1
        found = path.with_name(f"{path.stem} {number}{path.suffix}")
    return found
