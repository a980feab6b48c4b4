"""One painting that is open: its journal, its file, and how it was looked at. Several may be; one is shown."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gesso.documents.history import History
from gesso.documents.painting import Painting
from gesso.documents.painting.edits import AnyEdit
from gesso.files import project
from gesso.files.seal import Seal
from gesso.files.session import Session
from gesso.ui.sight import Sight


@dataclass(eq=False)
class OpenPainting:
    """Belongs to the window's thread; snapshots go elsewhere."""

    session: Session
    path: Path | None = None
    """The project file, once there is one."""
    source: Path | None = None
    """The picture file that the painting came from."""
    seal: Seal | None = None
    """What the project file was when it was opened or saved here."""
    saved_at: int = 0
    recovered: Path | None = None
    """An older session that this one goes on with, until it is saved."""
    sight: Sight | None = None
    """Where the canvas looked when another painting was shown."""
    is_stale: bool = False
    """Whether recovery's picture is older than the painting."""
    stop_watching: Callable[[], None] = field(default=lambda: None)

    @property
    def history(self) -> History[Painting]:
        return self.session.history

    @property
    def painting(self) -> Painting:
        return self.session.history.document

    @property
    def is_modified(self) -> bool:
        """Whether something would be lost by closing without saving."""
        return self.session.changes != self.saved_at or self.recovered is not None

    @property
    def title(self) -> str:
        """The file's name, or what the painting is called."""
        return self.path.name if self.path is not None else self.painting.title

    @property
    def name(self) -> str:
        """Of the file that it came from or is in, if there is one."""
        return self.file.name if self.file is not None else self.title

    @property
    def file(self) -> Path | None:
        """What to open to see it again, if it was ever in a file."""
        return self.path or self.source

    @property
    def write_ahead(self) -> Callable[[Sequence[AnyEdit]], None]:
        """Puts the tiles of edits to come into this painting's journal, from any thread, whatever is shown by then."""
        return self.session.write_ahead

    def is_of(self, path: Path) -> bool:
        """Whether this is what opening the file would show: a state of before or a rescued one is another painting."""
        if self.path is not None:
            return _same(self.path, path)
        return self.source is not None and path.suffix.lower() != project.SUFFIX and _same(self.source, path)


def _same(one: Path, other: Path) -> bool:
    return key_of(one) == key_of(other)


def key_of(path: Path) -> str:
    """The same for all names of a file."""
    return os.path.normcase(os.path.realpath(path))
