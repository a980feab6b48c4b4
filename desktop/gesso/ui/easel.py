"""The painting on the easel: its history, its journal, its file. One at a time."""

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
from gesso.values import Colour, Size

THUMBNAIL_MS = 20_000
"""How often recovery's picture is made new while something changes."""


def blank(size: Size, ground: Colour | None, title: str, layer_name: str) -> Painting:
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
    painting = Painting(size, title=title, active=layer.id)
    painting.nodes[layer.id] = layer
    painting.nodes[ROOT] = replace(painting.root, children=(layer.id,))
    return painting


class Easel(QObject):
    """What is open now. All of it belongs to the window's thread; snapshots go elsewhere."""

    opened = Signal()
    """Another painting, or none, stands on the easel."""
    changed = Signal()
    """Title, file or unsaved changes are different."""

    def __init__(self, sessions: Path, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sessions, self._jobs = sessions, jobs
        self._session: Session | None = None
        self._stop_watching = lambda: None
        self.path: Path | None = None
        """The project file, once there is one."""
        self.source: Path | None = None
        """The picture file that the painting came from."""
        self.seal: Seal | None = None
        """What the project file was when it was opened or saved here."""
        self.claims = Claims(sessions.parent / "open.sqlite")
        self.generations = Generations(sessions.parent / "generations")
        self._saved_at = 0
        self._recovered: Path | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(THUMBNAIL_MS)
        self._timer.timeout.connect(self._refresh)

    @property
    def history(self) -> History[Painting] | None:
        return self._session.history if self._session else None

    @property
    def painting(self) -> Painting | None:
        return self._session.history.document if self._session else None

    @property
    def is_modified(self) -> bool:
        """Whether something would be lost by closing without saving."""
        return self._session is not None and (self._session.changes != self._saved_at or self._recovered is not None)

    @property
    def title(self) -> str:
        """The file's name, or what the painting is called."""
        if self.path is not None:
            return self.path.name
        painting = self.painting
        return painting.title if painting else ""

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
    ) -> None:
        """Show what a session begins with; whatever stood here before is closed without asking.

        `recovered` is an older session that this one goes on with; it is forgotten once the work is saved. A file that
        another window has open becomes a copy without a file: `path` is None then, and `source` the file.
        """
        if path is not None and not self.claims.take(path):
            path, source, seal = None, path, None
        self._take_away()
        self._session, self.path, self.source, self.seal = session, path, source, seal
        self._saved_at, self._recovered = session.changes - is_unsaved, recovered
        self._stop_watching = session.history.watch(lambda change: self._moved())
        self.opened.emit()
        self.changed.emit()

    def close(self) -> None:
        """Take the painting away; its journal is not needed any more."""
        if self._session is not None:
            self._take_away()
            self.opened.emit()
            self.changed.emit()

    def _take_away(self) -> None:
        if self._session is not None:
            self._timer.stop()
            self._stop_watching()
            self._session.end()
            self._let_go_of_file()

    def _let_go_of_file(self) -> None:
        if self.path is not None:
            self.claims.give_back(self.path)
        self._session, self.path, self.source, self.seal, self._recovered = None, None, None, None, None

    @property
    def write_ahead(self) -> Callable[[Sequence[AnyEdit]], None]:
        """Puts the tiles of edits to come into this painting's journal, from any thread, whatever is open by then."""
        assert self._session is not None
        return self._session.write_ahead

    @property
    def journal(self) -> Path | None:
        """Where every edit so far lies on the disk."""
        return self._session.path if self._session else None

    def let_go(self) -> None:
        """In trouble: take the painting away, but leave its journal for recovery."""
        if self._session is not None:
            self._timer.stop()
            self._stop_watching()
            self._session.let_go()
            self._let_go_of_file()

    # --- saving --------------------------------------------------------------------------------------------------

    def mark(self) -> int:
        """Where the history stands, to say later that this was saved."""
        return self._session.changes if self._session else 0

    def saved(self, path: Path, mark: int, seal: Seal | None = None) -> None:
        """A snapshot taken at `mark` is on the disk."""
        if path != self.path:
            self.claims.take(path)
            if self.path is not None:
                self.claims.give_back(self.path)
        self.path, self._saved_at, self.seal = path, mark, seal
        if self._session is not None:
            self._session.was_saved(path, mark)
        if self._recovered is not None:
            forget(self._recovered)
            self._recovered = None
        self.changed.emit()

    def _moved(self) -> None:
        if not self._timer.isActive():
            self._timer.start()
        QTimer.singleShot(0, self, self.changed.emit)  # after the journal has counted it

    def _refresh(self) -> None:
        session = self._session
        if session is None:
            return
        snapshot = session.history.document.snapshot()

        def done(outcome: Outcome[bytes]) -> None:
            if outcome.value is not None and session is self._session:
                session.keep_thumbnail(outcome.value)

        self._jobs.submit("", lambda progress: project.thumbnail_of(snapshot), done, lane="disk", quiet=True)


__all__ = ["Easel", "blank"]
