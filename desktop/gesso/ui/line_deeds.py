"""Lines of a layer to a file of paths."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from gesso.documents.painting import Credit
from gesso.jobs import Outcome, State
from gesso.ui.actions import Act
from gesso.ui.dialogues import ask_replace
from gesso.ui.job_traces import leads_to_file
from gesso.ui.speech import mark
from gesso.ui.text_deeds import finish_writing
from gesso.values import Progress

if TYPE_CHECKING:
    from gesso.ui.paperwork import Paperwork
    from gesso.ui.window import Window

SVG = ".svg"


def ask_lines(paper: Paperwork) -> None:
    """Ask for a file and write the active layer's lines into it."""
    easel = paper.easel
    if easel.painting is None:
        return
    start = easel.path or easel.source or Path.home() / (easel.title or "Gesso")
    chosen, _ = QFileDialog.getSaveFileName(
        paper.window, paper.speech.say("Export lines as SVG"), str(start.with_suffix(SVG)), f"SVG (*{SVG})"
    )
    if not chosen:
        return
    path = Path(chosen)
    if path.suffix.lower() != SVG:
        path = path.with_name(path.name + SVG)
        if path.exists() and not ask_replace(path.name, paper.speech, paper.window):
            return  # the dialogue asked about another name
    export_lines(paper, path)


def export_lines(paper: Paperwork, path: Path) -> None:
    """Beside the window: the active layer as it is now."""
    painting = paper.easel.painting
    if painting is None:
        return
    snapshot, id = painting.snapshot(), painting.active
    credit = snapshot.credit.or_else(Credit(paper.settings.author, paper.settings.rights))

    def work(progress: Progress) -> None:
        from gesso.files import svg_drawing
        from gesso.tools.painting.line_export import lines_of

        drawing = lines_of(snapshot, id, progress.part(0, 0.9))
        records = snapshot.layer(id).provenance
        svg_drawing.write(drawing, path, provenance=records, credit=credit, overwrite=True)

    def done(outcome: Outcome[None]) -> None:
        if outcome.state is State.DONE:
            leads_to_file(job, path)
            paper.note([], paper.speech.say("Exported {name}", name=path.name))
        else:
            paper.failed(outcome)

    job = paper.jobs.submit(mark("Export lines"), work, done, lane="disk", lasting=True)


def line_acts(window: Window) -> tuple[Act, ...]:
    """For the file menu."""

    def ask() -> None:
        window.layers.settle()
        finish_writing(window.canvas)
        ask_lines(window.paperwork)

    return (
        Act(
            "export-lines", mark("Export lines as SVG…"), ask, "", "", "file", "painting",
            keywords="vector paths drawing ink line art",
        ),
    )  # fmt: skip
