"""What a job leaves behind for the list of jobs: a word on what was made, and the way back to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from gesso.documents.history import History
from gesso.documents.painting import Painting
from gesso.jobs import Job
from gesso.ui.easel import Easel
from gesso.values import Note, Trouble, mark

Tell = Callable[[Trouble], object]


Choose = Callable[[str], object]
"""Makes a layer of the painting that is shown the active one, by its id."""


def leads_to_layer(job: Job, easel: Easel, history: History[Painting], id: str, choose: Choose, tell: Tell) -> None:
    """A layer is what the job made, or without an id the whole painting; the way back shows it."""
    layer = history.document.nodes.get(id)
    if layer is None:
        size = history.document.size
        job.made = Note(mark("The picture, {width} × {height} px"), {"width": size.width, "height": size.height})
        job.reveal = lambda: _shown(easel, history, tell)
        return

    def reveal() -> None:
        if _shown(easel, history, tell):
            if id in history.document.nodes:
                choose(id)
            else:
                tell(Trouble("That layer is not there any more.", "", "Undo may bring it back."))

    job.made, job.reveal = Note(mark("The layer “{name}”"), {"name": layer.name}), reveal


def leads_to_painting(job: Job, name: str, easel: Easel, history: History[Painting], tell: Tell) -> None:
    """What was opened from a file; the way back shows it."""
    job.made = Note(mark("The file {name}"), {"name": name})
    job.reveal = lambda: _shown(easel, history, tell)


def leads_to_file(job: Job, path: Path) -> None:
    """A file on the disk; the way back opens its folder."""
    job.made = Note(mark("The file {name}"), {"name": path.name})
    job.reveal = lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))


def _shown(easel: Easel, history: History[Painting], tell: Tell) -> bool:
    """Bring the painting of a history to the front, if it is still open."""
    one = easel.of(history)
    if one is None:
        tell(Trouble("What was made there is not open any more."))
        return False
    easel.show(one)
    return True
