"""Files on their way in and out of the window: opened, placed, saved and exported as jobs, asked about where work may be lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from gesso.documents.painting import Layer, Painting, composite, new_id
from gesso.documents.painting.edits import add_layer
from gesso.files import project
from gesso.files.claims import open_elsewhere
from gesso.files.container import Damaged
from gesso.files.seal import ChangedElsewhere, Seal
from gesso.files.session import Session, forget, recover
from gesso.files.settings import Settings
from gesso.jobs import Job, Jobs, Outcome, State
from gesso.operations.painting.resize import fitted
from gesso.ui.dialogues import NewDialogue, ask_replace, ask_unsaved
from gesso.ui.easel import Easel, blank, painting_of
from gesso.ui.file_care import FileCare
from gesso.ui.speech import Speech, mark
from gesso.values import Box, Note, Picture, Progress, Size, Trouble

# The readers and writers of pictures load with the first file: a start must not wait for them.

DISK = "disk"
COPY_NOTE = mark("{name} is open in another window; this is a copy, to be saved under a name of its own.")
STRIP_PX = 1024
"""So many rows of a painting are flattened at a time."""
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
        self.care = FileCare(self)

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
        seals: list[Seal] = []

        def make(progress: Progress) -> Made:
            from gesso.files import pictures

            if is_project:
                with suppress(OSError):  # `load` says why
                    seals[:] = [Seal.of(path)]
                return project.load(path), ()
            found = pictures.read(path, progress=progress)
            return painting_of(found.picture, path.stem, ground), found.notes

        def then() -> None:
            if keep_recent:
                self.settings.used(path)

        way: dict[str, Any] = {"path": path, "seals": seals} if is_project else {"source": path}
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
                self._failed(outcome)
                return
            session, notes = outcome.value

            if (self.easel.history, self.easel.mark()) != before:  # painted on meanwhile: not to be lost unasked
                session.end()
                self.settle(lambda: self.stand(title, make, then, path, source, recovered, seals, is_unsaved))
                return
            self.easel.put(session, path, source, recovered, seal=next(iter(seals), None), is_unsaved=is_unsaved)
            then()
            is_copy = path is not None and self.easel.path is None
            self._note(notes, self.speech.say(COPY_NOTE, name=path.name) if path is not None and is_copy else "")

        before = (self.easel.history, self.easel.mark())
        self._opening = self.jobs.submit(title, work, done, lane=DISK)

    # --- another picture on the painting -------------------------------------------------------------------------

    def ask_place(self) -> None:
        chosen = self._ask_picture(self.speech.say("Add picture as layer"), with_projects=False)
        if chosen is not None:
            self.place(chosen)

    def place(self, path: Path) -> None:
        """A picture file as a new layer above the active one: in the middle, made smaller if it is larger than the canvas."""
        painting, history = self.easel.painting, self.easel.history
        if painting is None or history is None:
            return
        size, depth, empty = painting.size, painting.depth, painting.empty_tiles()

        def work(progress: Progress) -> tuple[Layer, Sequence[Note]]:
            from gesso.files import pictures

            found = pictures.read(path, progress=progress)
            pixels = found.picture.rgba()
            fit = min(1.0, size.width / found.picture.size.width, size.height / found.picture.size.height)
            if fit < 1:
                width, height = (max(1, round(fit * side)) for side in (pixels.shape[1], pixels.shape[0]))
                pixels = fitted(pixels, Size(width, height))
            if found.picture.depth != depth:
                pixels = pixels.astype("u2") * 257 if depth == 16 else ((pixels.astype("u4") + 128) // 257).astype("u1")
            height, width = pixels.shape[:2]
            place = Box((size.width - width) // 2, (size.height - height) // 2, width, height)
            return Layer(new_id(), path.stem, tiles=empty.written(place, pixels)), found.notes

        def done(outcome: Outcome[tuple[Layer, Sequence[Note]]]) -> None:
            if outcome.value is None:
                self._failed(outcome)
                return
            layer, notes = outcome.value
            if self.easel.history is not history:
                return
            now = history.document
            if now.size != size:
                self.troubled.emit(
                    Trouble(
                        "The canvas got another size while {name} was read.",
                        "Nothing was changed.",
                        "Add the picture again.",
                        name=path.name,
                    )
                )
                return
            try:
                history.apply(mark("Add picture as layer"), *add_layer(now, layer, now.active))
            except Trouble as trouble:
                self.troubled.emit(trouble)
            self._note(notes)

        self.jobs.submit(mark("Add picture as layer"), work, done, lane=DISK)

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
                self._failed(outcome)
            elif outcome.state is State.DONE and self.easel.history is history:
                seal, note = outcome.value
                self.easel.saved(path, at, seal)
                self.settings.used(path)
                self._note([note] if note else [], self.speech.say("Saved {name}", name=path.name))
                if then is not None:
                    then()

        self.jobs.submit(mark("Save"), work, done, lane=DISK)

    def ask_export(self) -> None:
        from gesso.files import pictures

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
                if not self._may_replace(path):
                    return
            self.export(path)

    def export(self, path: Path) -> None:
        """What is seen, as a flat picture that says which models had a part in it. The dialogue asked about replacing."""
        painting = self.easel.painting
        if painting is None:
            return
        snapshot = painting.snapshot()

        def work(progress: Progress) -> Sequence[Note]:
            from gesso.files import pictures
            from gesso.files.xmp import provenance_of

            picture = flat(snapshot, progress.part(0, 0.5))
            found = provenance_of(snapshot)
            return pictures.write(picture, path, provenance=found, overwrite=True, progress=progress.part(0.5, 1))

        def done(outcome: Outcome[Sequence[Note]]) -> None:
            if outcome.value is None:
                self._failed(outcome)
            else:
                self._note(outcome.value, self.speech.say("Exported {name}", name=path.name))

        self.jobs.submit(mark("Export"), work, done, lane=DISK)

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

    def _note(self, notes: Sequence[Note], first: str = "") -> None:
        said = " ".join(part for part in (first, *(note.sentence(self.speech.say) for note in notes)) if part)
        if said:
            self.noted.emit(said)

    def _failed(self, outcome: Outcome[Any]) -> None:
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


def flat(painting: Painting, progress: Progress) -> Picture:
    """All that is seen as one picture, a strip at a time so that it can be cancelled."""
    size = painting.size
    pixels = None
    for top in range(0, size.height, STRIP_PX):
        strip = Box(0, top, size.width, min(STRIP_PX, size.height - top))
        found = composite(painting, strip)
        if pixels is None:
            from numpy import empty

            pixels = empty((size.height, size.width, 4), found.dtype)
        pixels[strip.slices()] = found
        progress.at(strip.bottom / size.height)
    assert pixels is not None
    return Picture.from_rgba(pixels)
