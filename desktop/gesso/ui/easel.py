"""What stands on the easel: the paintings that are open, each with its journal and file, and the one that is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from gesso.documents.history import History
from gesso.documents.painting import Layer, Painting, Tiles, new_id
from gesso.documents.painting.edits import AnyEdit
from gesso.documents.painting.painting import ROOT
from gesso.files import project
from gesso.files.claims import Claims
from gesso.files.generations import Generations
from gesso.files.seal import Seal
from gesso.files.session import Session, forget
from gesso.jobs import Jobs, Outcome
from gesso.ui.open_painting import OpenPainting
from gesso.values import Colour, Size

THUMBNAIL_MS = 20_000
"""How often recovery's picture is made new while something changes."""


def blank(size: Size, ground: Colour | None, title: str, layer_name: str, *, linear: bool = False) -> Painting:
    """A new canvas with one layer; without a ground it is transparent. Its tiles are one and the same until painted on."""
    tiles = Tiles(size)
    if ground is not None:
        shared: dict[tuple[int, int], np.ndarray] = {}
        filled = {}
        for index in tiles.touched(size.box):
            box = tiles.tile_box(index)
            shape = (box.height, box.width)
            if shape not in shared:
                shared[shape] = np.full((*shape, 4), ground.bytes(), np.uint8)
                shared[shape].flags.writeable = False
            filled[index] = shared[shape]
        tiles = tiles.replaced(filled)
    layer = Layer(new_id(), layer_name, tiles=tiles)
    painting = Painting(size, title=title, active=layer.id, linear=linear)
    painting.nodes[layer.id] = layer
    painting.nodes[ROOT] = replace(painting.root, children=(layer.id,))
    return painting


class Easel(QObject):
    """What is open now. All of it belongs to the window's thread; snapshots go elsewhere.

    Whatever says nothing else is about the painting that is shown.
    """

    leaving = Signal()
    """Another painting is about to be shown: what is under the artist's hand is to be done."""
    opened = Signal()
    """Another painting, or none, is shown."""
    changed = Signal()
    """Titles, files, unsaved changes or the row of open paintings are different."""
    closed = Signal(object)
    """An `OpenPainting` that is not open any more."""

    def __init__(self, sessions: Path, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sessions, self._jobs = sessions, jobs
        self.paintings: list[OpenPainting] = []
        """In the order of their tabs."""
        self.shown: OpenPainting | None = None
        """None while the home page is shown, whatever is open."""
        self.claims = Claims(sessions.parent / "open.sqlite")
        self.generations = Generations(sessions.parent / "generations")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(THUMBNAIL_MS)
        self._timer.timeout.connect(self._refresh)

    @property
    def history(self) -> History[Painting] | None:
        return self.shown.history if self.shown else None

    @property
    def painting(self) -> Painting | None:
        return self.shown.painting if self.shown else None

    @property
    def path(self) -> Path | None:
        """The project file, once there is one."""
        return self.shown.path if self.shown else None

    @property
    def source(self) -> Path | None:
        """The picture file that the painting came from."""
        return self.shown.source if self.shown else None

    @property
    def seal(self) -> Seal | None:
        """What the project file was when it was opened or saved here."""
        return self.shown.seal if self.shown else None

    @property
    def is_modified(self) -> bool:
        """Whether something would be lost by closing without saving."""
        return self.shown is not None and self.shown.is_modified

    @property
    def title(self) -> str:
        """The file's name, or what the painting is called."""
        return self.shown.title if self.shown else ""

    # --- which one -----------------------------------------------------------------------------------------------

    def has(self, history: History[Painting]) -> bool:
        """Whether the painting of a history is still open, shown or not: results of jobs belong there or nowhere."""
        return self.of(history) is not None

    def of(self, history: History[Painting]) -> OpenPainting | None:
        return next((one for one in self.paintings if one.history is history), None)

    def at(self, path: Path) -> OpenPainting | None:
        """What opening the file would show, if it is open already."""
        return next((one for one in self.paintings if one.is_of(path)), None)

    def show(self, one: OpenPainting | None) -> None:
        """Bring an open painting, or the home page, to the front."""
        if one is not self.shown:
            self.leaving.emit()
            self.shown = one
            self.opened.emit()
            self.changed.emit()

    def move(self, place: int, to: int) -> None:
        """Another order of the row."""
        self.paintings.insert(to, self.paintings.pop(place))
        self.changed.emit()

    # --- opening and closing -------------------------------------------------------------------------------------

    def begin(self, painting: Painting, origin: Path | None = None, is_unsaved: bool = False) -> Session:
        """The journal for a painting, ready to be put. Slow, and safe in any thread. Raises `Trouble`.

        `is_unsaved` says that what it begins with is in no file.
        """
        return Session.begin(self._sessions, painting, origin, is_unsaved=is_unsaved)

    def put(
        self,
        session: Session,
        path: Path | None = None,
        source: Path | None = None,
        recovered: Path | None = None,
        *,
        seal: Seal | None = None,
        is_unsaved: bool = False,
        instead_of: OpenPainting | None = None,
        behind: bool = False,
    ) -> OpenPainting:
        """What a session begins with joins the row and is shown; `behind` another one, if there is one.

        `recovered` is an older session that this one goes on with; it is forgotten once the work is saved. A file that
        another window has open becomes a copy without a file: `path` is None then, and `source` the file. The painting
        `instead_of` which it comes is taken away: its journal stays for recovery if something in it was not saved.
        """
        if path is not None and not self.claims.take(path):
            path, source, seal = None, path, None
        one = OpenPainting(session, path, source, seal, session.changes - is_unsaved, recovered)
        one.stop_watching = session.history.watch(lambda change: self._moved(one))
        if not behind or self.shown is None or self.shown is instead_of:
            self.leaving.emit()
            self.shown = one
        place = self.paintings.index(instead_of) if instead_of in self.paintings else len(self.paintings)
        self.paintings.insert(place, one)
        if instead_of in self.paintings:
            self._take_away(instead_of, keeps_journal=instead_of.is_modified)
        if self.shown is one:
            self.opened.emit()
        self.changed.emit()
        return one

    def close(self, one: OpenPainting | None = None) -> None:
        """Take a painting away, the shown one or another; its journal is not needed any more."""
        self._end(one or self.shown, keeps_journal=False)

    def let_go(self, one: OpenPainting | None = None) -> None:
        """In trouble: take a painting away, but leave its journal for recovery."""
        self._end(one or self.shown, keeps_journal=True)

    def close_all(self) -> None:
        """The studio is left."""
        self.show(None)
        for one in list(self.paintings):
            self.close(one)

    def let_go_all(self) -> None:
        """The studio breaks down: leave every journal for recovery, and tell nobody who might be broken too."""
        self.shown = None
        for one in list(self.paintings):
            self.paintings.remove(one)
            one.stop_watching()
            one.session.let_go()

    def _end(self, one: OpenPainting | None, *, keeps_journal: bool) -> None:
        """The next in the row takes its place, or the one before."""
        if one is None or one not in self.paintings:
            return
        was_shown = one is self.shown
        if was_shown:
            self.leaving.emit()
            place = self.paintings.index(one)
            beside = self.paintings[place + 1 :] + self.paintings[:place][::-1]
            self.shown = beside[0] if beside else None
        self._take_away(one, keeps_journal=keeps_journal)
        if was_shown:
            self.opened.emit()
        self.changed.emit()

    def _take_away(self, one: OpenPainting, *, keeps_journal: bool) -> None:
        self.paintings.remove(one)
        one.stop_watching()
        if keeps_journal:
            one.session.let_go()
        else:
            one.session.end()
        if one.path is not None:
            self.claims.give_back(one.path)
        self.closed.emit(one)

    @property
    def write_ahead(self) -> Callable[[Sequence[AnyEdit]], None]:
        """Puts the tiles of edits to come into this painting's journal, from any thread, whatever is shown by then."""
        assert self.shown is not None
        return self.shown.write_ahead

    @property
    def journal(self) -> Path | None:
        """Where every edit so far lies on the disk; of one that is open, while the home page is shown."""
        one = self.shown or next(iter(self.paintings), None)
        return one.session.path if one is not None else None

    # --- saving --------------------------------------------------------------------------------------------------

    def mark(self) -> int:
        """Where the history stands, to say later that this was saved."""
        return self.shown.session.changes if self.shown else 0

    def saved(self, path: Path, mark: int, seal: Seal | None = None, one: OpenPainting | None = None) -> None:
        """A snapshot of the shown painting or another open one, taken at `mark`, is on the disk."""
        one = one or self.shown
        if one is None:
            return
        if path != one.path:
            self.claims.take(path)
            if one.path is not None:
                self.claims.give_back(one.path)
        one.path, one.saved_at, one.seal = path, mark, seal
        one.session.was_saved(path, mark)
        if one.recovered is not None:
            forget(one.recovered)
            one.recovered = None
        self.changed.emit()

    def _moved(self, one: OpenPainting) -> None:
        one.is_stale = True
        if not self._timer.isActive():
            self._timer.start()
        QTimer.singleShot(0, self, self.changed.emit)  # after the journal has counted it

    def _refresh(self) -> None:
        for one in self.paintings:
            if one.is_stale:
                one.is_stale = False
                self._picture(one)

    def _picture(self, one: OpenPainting) -> None:
        snapshot = one.painting.snapshot()

        def done(outcome: Outcome[bytes]) -> None:
            if outcome.value is not None and one in self.paintings:
                one.session.keep_thumbnail(outcome.value)

        self._jobs.submit("", lambda progress: project.thumbnail_of(snapshot), done, lane="disk", quiet=True)


__all__ = ["Easel", "OpenPainting", "blank"]
