"""The main window: home or canvas in the middle, tools left, form and layers right, proposals below."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, QObject, QPointF, QSize
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QImage, QKeyEvent
from PySide6.QtWidgets import (
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gesso.feedback import Feedback
from gesso.files.session import recoverable
from gesso.files.settings import Settings
from gesso.jobs import Job, Jobs
from gesso.tools import tool
from gesso.tools.studio import Studio
from gesso.ui.actions import Actions
from gesso.ui.assist import Assist
from gesso.ui.brush_bar import BrushBar
from gesso.ui.canvas import CanvasView, Preview
from gesso.ui.deeds import deeds
from gesso.ui.dialogues import ask_leave
from gesso.ui.drops import dropped, files_of
from gesso.ui.easel import Easel, OpenPainting
from gesso.ui.errors import ErrorDoor
from gesso.ui.eyedropper import Eyedropper
from gesso.ui.furniture import menus, palette, tool_bars
from gesso.ui.home import HomePage
from gesso.ui.inspector import Inspector
from gesso.ui.job_list import JobBadge, JobList
from gesso.ui.layer_filters import FilterLayers
from gesso.ui.layers import LayersPanel
from gesso.ui.look import THEMES, Look
from gesso.ui.panels import Panels
from gesso.ui.paperwork import Paperwork
from gesso.ui.proofing import Proofing
from gesso.ui.proposals import ProposalsStrip
from gesso.ui.reference import ReferencePanel
from gesso.ui.shape_bars import shape_bars
from gesso.ui.sight import Sight
from gesso.ui.speech import Speech
from gesso.ui.status import StatusLine
from gesso.ui.tabs import DocumentTabs
from gesso.ui.transform_bar import show_frame
from gesso.ui.undo_list import UndoList
from gesso.ui.workspaces import Workspaces
from gesso.values import Box, Picture, Progress, Size, Trouble
from gesso.values.trouble import together
from gesso.values.words import LANGUAGES

WRITING = ("Save", "Export")
"""Titles of jobs whose loss an artist would mind."""


class Window(QMainWindow):
    """Everything the artist sees. What it shows is handed to it."""

    def __init__(
        self,
        studio: Studio,
        jobs: Jobs,
        feedback: Feedback,
        settings: Settings,
        look: Look,
        speech: Speech,
        sessions: Path,
    ) -> None:
        super().__init__()
        self.setObjectName("gesso")
        self.studio, self.jobs, self.feedback, self.settings = studio, jobs, feedback, settings
        self.look, self.speech, self.sessions = look, speech, sessions
        self._stop_watching: Callable[[], None] = lambda: None
        self.door = ErrorDoor(look, speech, self)
        self.easel = Easel(sessions, jobs, self)
        self.assist = Assist(studio, jobs, self.easel, feedback, speech, self)
        self.paperwork = Paperwork(self.easel, jobs, settings, speech, self)
        self.setWindowIcon(look.app_icon)
        self.setMinimumSize(QSize(960, 600))
        self.resize(_first_size(self.screen().availableSize()))
        self.setAcceptDrops(True)
        self.setDockOptions(QMainWindow.DockOption.AllowTabbedDocks | QMainWindow.DockOption.AnimatedDocks)
        self._build_middle()
        self._build_status()
        self._build_docks()
        self.proofing = Proofing(self.canvas, settings, speech, self)
        self.actions_ = Actions(deeds(self), self, look, speech, settings)
        self.top, self.side = tool_bars(self)
        self.menus = menus(self)
        self.palette_ = palette(self)
        self._connect()
        if settings.window:
            self.restoreGeometry(QByteArray.fromBase64(settings.window.encode()))
        self.panels.restore(settings.docks)
        speech.tell(self, self._say)
        self._show_page()
        if feedback.notes:
            self.status.say(together([note.sentence(speech.say) for note in feedback.notes]))
            feedback.notes.clear()

    # --- parts ---------------------------------------------------------------------------------------------------

    def _build_middle(self) -> None:
        self.home = HomePage(self.look, self.speech, self._later)
        self.canvas = CanvasView(self.look, self.speech)
        self.canvas.installEventFilter(self)
        self.brush_bar = BrushBar(self.look, self.speech)
        self.option_bars: dict[str, QWidget] = {
            "brush": self.brush_bar,
            **shape_bars(self.canvas, self.brush_bar, self.look, self.speech),
        }
        """By the name that hands call them by; the one of the hand in use is shown."""
        self.eyedropper = Eyedropper(self.canvas, self)
        self.options = column(*self.option_bars.values(), fills=None)
        self.desk = column(self.options, fills=self.canvas)
        self.pages = QStackedWidget(self)
        self.pages.addWidget(self.home)
        self.pages.addWidget(self.desk)
        self.tabs = DocumentTabs(self.easel, self.look, self.speech)
        self.setCentralWidget(column(self.tabs, fills=self.pages))

    def _build_docks(self) -> None:
        self.inspector = Inspector(self.look, self.speech, self.assist, self.easel)
        self.layers = LayersPanel(
            self.look,
            self.speech,
            lambda id: self.speech.say(tool(id).title),
            jobs=self.jobs,
            versions=self.studio.shelf.versions,
            styles=lambda tool: self.assist.styles.get(tool, []),
        )
        self.filters = FilterLayers(self.studio, self.jobs, self.easel, self)
        self.undo_list = UndoList(self.look, self.speech)
        self.job_list = JobList(self.look, self.speech, self.jobs)
        self.reference = ReferencePanel(self.look, self.speech, self.jobs)
        self.strip = ProposalsStrip(self.look, self.speech, self.assist)
        self.inspector.setMinimumWidth(316)
        self.panels = Panels(
            self,
            self.speech,
            {
                "assist": self.inspector,
                "layers": self.layers,
                "history": self.undo_list,
                "jobs": self.job_list,
                "reference": self.reference,
                "proposals": self.strip,
            },
        )

        self.workspaces = Workspaces(self.panels, self.settings, self.speech, self)

    def _build_status(self) -> None:
        self.status = StatusLine(self.look, self.speech, self)
        self.setStatusBar(self.status)

    # --- what goes where -----------------------------------------------------------------------------------------

    def _connect(self) -> None:
        self.badge = JobBadge(self.look, self.speech, self.jobs)
        self.badge.asked.connect(lambda: self.panels.show("jobs"))
        self.status.add(self.badge)
        for source in (self.assist, self.paperwork):
            source.troubled.connect(self.trouble)
        self.paperwork.noted.connect(self.status.say)
        self.canvas.refused.connect(self.trouble)
        self.layers.failed.connect(self.trouble)
        self.layers.update_asked.connect(self.filters.remake)
        self.filters.troubled.connect(self.trouble)
        self.assist.styles_changed.connect(self.layers.show_styles)
        self.layers.previewed.connect(lambda change: self.canvas.spoil(change.box) if change.box else None)
        self.undo_list.failed.connect(self.trouble)
        self.job_list.troubled.connect(self.trouble)
        self.assist.layer_asked.connect(self.layers.choose)
        self.filters.layer_asked.connect(self.layers.choose)
        self.paperwork.is_busy = lambda: self.canvas.is_busy
        self.tabs.close_asked.connect(self.close_tab)
        self.tabs.home_asked.connect(self.go_home)
        self.workspaces.changed.connect(self._show_page)
        self.workspaces.changed.connect(self._show_state)
        self.panels.changed.connect(self._show_state)
        self.easel.leaving.connect(self._leave_painting)
        self.easel.opened.connect(self._another)
        self.easel.changed.connect(self._show_state)
        self.assist.previewed.connect(self._show_preview)
        self.assist.proposals_changed.connect(self._show_strip)
        self.assist.kept.connect(lambda: self.status.say(self.speech.say("Kept. Undo takes it back.")))
        self.assist.kept_behind.connect(lambda title: self.status.say(self.speech.say("Kept in {name}.", name=title)))
        self.assist.visible_box = self.visible_box
        self.assist.values_changed.connect(self._show_state)
        self.assist.ran.connect(lambda: self.status.show_truth(self.studio.truth()))
        self.eyedropper.taken.connect(self.brush_bar.set_colour)
        self.reference.board.taken.connect(self.brush_bar.set_colour)
        self.reference.troubled.connect(self.trouble)
        self.reference.asked.connect(self._add_reference)
        self.reference.changed.connect(self._keep_references)
        self.look.changed.connect(self._show_state)
        self.canvas.zoom_changed.connect(self.status.show_zoom)
        self.canvas.turned.connect(self.status.show_turn)
        self.canvas.turned.connect(lambda angle, is_mirrored: self._show_state())
        self.canvas.pointed.connect(self.status.show_place)
        self.brush_bar.changed.connect(lambda brush: self._set_tool(self.canvas.tool))
        self.home.new_asked.connect(self.paperwork.new)
        self.home.open_asked.connect(self.paperwork.ask_open)
        self.home.file_chosen.connect(self.paperwork.open)
        self.home.sample_chosen.connect(lambda path: self.paperwork.open(path, keep_recent=False))
        self.home.recover_chosen.connect(self.paperwork.recover)
        self.home.discard_chosen.connect(self._discard)
        self.proofing.troubled.connect(self.trouble)
        self.proofing.changed.connect(lambda: self.status.show_proof(self.proofing.is_proofed))
        self.proofing.changed.connect(self._show_state)
        self.proofing.start()
        self._set_tool("brush")

    def _leave_painting(self) -> None:
        """What is under the artist's hand is done, and where they looked is remembered."""
        self.canvas.finish_gesture()
        self.layers.settle()
        if self.easel.shown is not None:
            self.easel.shown.sight = Sight.of(self.canvas)

    def _another(self) -> None:
        """Another painting, or none, is shown."""
        history, painting = self.easel.history, self.easel.painting
        self._stop_watching()
        self._stop_watching = history.watch(lambda change: self._changed()) if history else lambda: None
        self.canvas.show_document(history)
        self.layers.set_history(history)
        self.undo_list.set_history(history)
        self.status.show_size(painting.size if painting else None)
        self._show_page()
        if self.easel.shown is not None and self.easel.shown.sight is not None:
            self.easel.shown.sight.put(self.canvas)

    def _changed(self) -> None:
        """After each edit, undo and redo."""
        painting = self.easel.painting
        self.status.show_size(painting.size if painting else None)
        self.assist.refresh()
        self._show_state()

    def _show_page(self) -> None:
        is_open = self.easel.painting is not None
        is_furnished = is_open and not self.workspaces.is_bare
        if not is_open and self.pages.currentWidget() is self.desk:
            self.settings.docks = self.panels.state
        self.pages.setCurrentWidget(self.desk if is_open else self.home)
        self.panels.show_all(is_furnished)
        for bar in (self.top, self.side, self.options):
            bar.setVisible(is_furnished)
        self._show_strip()
        if is_open:
            self.canvas.setFocus()
        else:
            self.refresh_home()

    def refresh_home(self) -> None:
        self.settings.forget_gone()
        going_on = [one.recovered for one in self.easel.paintings]
        self.home.set_recent([Path(path) for path in self.settings.recent])
        self.home.set_recoverable([found for found in recoverable(self.sessions) if found.path not in going_on])
        self.home.set_last(self.paperwork.not_again())

    def _discard(self, session: Path) -> None:
        self.paperwork.discard(session)
        self.refresh_home()

    def _show_state(self) -> None:
        history, painting = self.easel.history, self.easel.painting
        there = {
            "painting": painting is not None,
            "undo": history is not None and history.can_undo,
            "redo": history is not None and history.can_redo,
            "selection": painting is not None and painting.selection is not None,
            "preview": self.canvas.preview is not None,
            "tabs": bool(self.easel.paintings),
            "panels": painting is not None and not self.workspaces.is_bare,
            "own workspace": painting is not None and self.workspaces.is_own,
        }
        self.actions_.enable(there)
        chosen = {"live": self.assist.is_live, "mirror": self.canvas.is_mirrored}
        chosen |= {"proof": self.proofing.is_on, "gamut": self.proofing.is_warning}
        chosen["linear-light"] = painting is not None and painting.linear
        chosen |= {f"theme-{theme}": theme == self.look.theme for theme in THEMES}
        chosen |= {f"language-{code}": code == self.speech.language for code in LANGUAGES}
        self.actions_.check(chosen | self.workspaces.checked() | self.panels.checked())
        self._say_title()

    def _say(self) -> None:
        self.panels.say()
        self.top.setAccessibleName(self.speech.say("File"))
        self.side.setAccessibleName(self.speech.say("Tools"))
        self._show_state()

    def _say_title(self) -> None:
        title = self.easel.title
        self.setWindowTitle(f"{title}[*] — Gesso" if title else "Gesso")
        self.setWindowModified(self.easel.is_modified)

    def _show_preview(self, picture: Picture | None, box: Box | None) -> None:
        if picture is None or box is None:
            self.canvas.preview = None
        else:
            appears = self.canvas.preview is None or self.canvas.preview.box != box
            self.canvas.preview = Preview(picture.rgba(), box)
            if appears:
                self._put_split(box)
        self._show_state()

    def _put_split(self, box: Box) -> None:
        """The line stands where there is something to compare, or a preview beside it would not be seen."""
        painting = self.easel.painting
        seen = box.intersect(self.visible_box())
        if painting is None or seen.is_empty:
            return
        at = self.canvas.split * painting.size.width
        if not seen.x < at < seen.right:
            self.canvas.split = (seen.x + seen.width / 2) / painting.size.width

    def _show_strip(self) -> None:
        is_seen = self.easel.painting is not None and not self.workspaces.is_bare
        self.panels["proposals"].setVisible(is_seen and bool(self.assist.proposals))

    def visible_box(self) -> Box:
        """The part of the painting that the canvas shows now."""
        width, height = self.canvas.width(), self.canvas.height()
        corners = [self.canvas.to_image(QPointF(x, y)) for x in (0, width) for y in (0, height)]
        xs, ys = [int(corner.x()) for corner in corners], [int(corner.y()) for corner in corners]
        size = self.easel.painting.size if self.easel.painting else Size(0, 0)
        return Box.around(min(xs), min(ys), max(xs) + 1, max(ys) + 1).clip(size)

    def _set_tool(self, tool: str) -> None:
        self.canvas.tool = tool
        self.canvas.brush = replace(self.brush_bar.brush, eraser=tool == "eraser")
        for name, bar in self.option_bars.items():
            bar.setVisible(name == self.canvas.hand.options)
        self.actions_[f"tool-{tool}"].setChecked(True)

    def set_tool(self, tool: str) -> None:
        """The id of one of the canvas's hands."""
        self._set_tool(tool)
        show_frame(self.canvas)  # again, if it was chosen again

    def trouble(self, trouble: Trouble) -> None:
        """The one door for what an artist can act on."""
        self.door.show(trouble, self.pages)

    def undo(self) -> None:
        self.canvas.finish_gesture()  # a transform under way becomes a step, so that redo has it
        self.attempt(lambda: self.easel.history and self.easel.history.undo())

    def redo(self) -> None:
        self.canvas.finish_gesture()
        self.attempt(lambda: self.easel.history and self.easel.history.redo())

    def attempt(self, step: Callable[[], object]) -> None:
        """Do something to the painting; trouble is told."""
        self.layers.settle()
        try:
            step()
        except Trouble as trouble:
            self.trouble(trouble)

    def go_home(self) -> None:
        """The paintings stay open."""
        self.easel.show(None)

    def close_tab(self, one: OpenPainting | None = None) -> None:
        """The shown painting or another, once its unsaved changes are dealt with."""
        self.canvas.finish_gesture()
        self.layers.settle()
        self.paperwork.close(one)

    # --- keys and drops ------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The canvas has keys of its own; those of the proposals come first while there are some."""
        if watched is self.canvas and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return not self.canvas.is_busy and self.strip.takes(event)
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.strip.takes(event):
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if files_of(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if files := files_of(event):
            event.acceptProposedAction()
            dropped(self, files, self.mapToGlobal(event.position().toPoint()))

    def _add_reference(self) -> None:
        chosen = self.paperwork.ask_picture(self.speech.say("Add a reference picture…").rstrip("…"))
        if chosen is not None:
            self.reference.add([chosen])

    def _keep_references(self) -> None:
        self.settings.references = [str(path) for path in self.reference.files]
        self.settings.save()

    # --- jobs and endings ----------------------------------------------------------------------------------------

    def job_changed(self, job: Job) -> None:
        self.badge.refresh(job)
        self.job_list.refresh(job)

    def _later(self, read: Callable[[Progress], QImage | None], put: Callable[[QImage | None], None]) -> None:
        """Small pictures of the home page are read beside the window; one that cannot be read shows an icon."""

        def work(progress: Progress) -> QImage | None:
            with suppress(Trouble, OSError):
                return read(progress)
            return None

        with suppress(RuntimeError):  # the queue is closed: nobody looks at the page any more
            self.jobs.submit("", work, lambda outcome: put(outcome.value), lane="pictures", quiet=True)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Files that are being written and unsaved work are asked about; then everything ends in order."""
        event.ignore()
        self.canvas.finish_gesture()
        self.layers.settle()
        writing = [job.title for job in self.jobs.running if job.title in WRITING]
        if writing and not ask_leave(writing, self.speech, self):
            return
        if any(one.is_modified for one in self.easel.paintings):
            self.paperwork.settle_all(self._leave)
        else:
            self._leave()
            event.accept()

    def _leave(self) -> None:
        if self.easel.painting is not None:
            self.settings.docks = self.panels.state
        self.settings.window = bytes(self.saveGeometry().toBase64().data()).decode()
        self.settings.commands = self.palette_.recent
        self.settings.save()
        self.hide()
        self.jobs.cancel_all()
        self.easel.close_all()
        self.close_down()

    def close_down(self) -> None:
        """Set by whoever wired the rooms: ends jobs and workers, and the program."""


def column(*parts: QWidget, fills: QWidget | None) -> QWidget:
    """One above the other without gaps, and below them what takes the room that is left."""
    found = QWidget()
    layout = QVBoxLayout(found)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    for part in parts:
        layout.addWidget(part)
    if fills is not None:
        layout.addWidget(fills, 1)
    return found


def _first_size(screen: QSize) -> QSize:
    """Before the artist has chosen one: most of the screen, but no wall of panels on a large one."""
    wish = QSize(min(1680, round(0.85 * screen.width())), min(1080, round(0.85 * screen.height())))
    return wish.expandedTo(QSize(1280, 800)).boundedTo(screen)
