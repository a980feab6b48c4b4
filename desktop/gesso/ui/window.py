"""The main window: home or canvas in the middle, tools left, form and layers right, proposals below."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QByteArray, QPointF, QSize, Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QStackedWidget, QTabBar, QToolBar, QVBoxLayout, QWidget

from gesso.feedback import Feedback
from gesso.files.session import recoverable
from gesso.files.settings import Settings
from gesso.jobs import Job, Jobs
from gesso.tools import tool
from gesso.tools.studio import Studio
from gesso.ui.actions import MENUS, Act, Actions
from gesso.ui.assist import Assist
from gesso.ui.brush_bar import BrushBar
from gesso.ui.canvas import CanvasView, Preview
from gesso.ui.deeds import deeds
from gesso.ui.easel import Easel
from gesso.ui.errors import ErrorDoor
from gesso.ui.home import HomePage
from gesso.ui.inspector import Inspector
from gesso.ui.job_list import JobBadge, JobList
from gesso.ui.layers import LayersPanel
from gesso.ui.look import Look
from gesso.ui.palette import Command, CommandPalette
from gesso.ui.paperwork import Paperwork
from gesso.ui.proposals import ProposalsStrip
from gesso.ui.speech import Speech, mark
from gesso.ui.status import StatusLine
from gesso.ui.undo_list import UndoList
from gesso.values import Box, Picture, Size, Trouble

BRUSHES = ("brush", "eraser")
ROOMY_PX = 1000
"""A screen at least this high shows form and layers above each other; on a lower one they share a place."""
DOCKS = {
    "assist": mark("Assist"),
    "layers": mark("Layers"),
    "history": mark("History"),
    "jobs": mark("Jobs"),
    "proposals": mark("Proposals"),
}


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
        self.studio, self.jobs, self.feedback, self.settings = studio, jobs, feedback, settings
        self.look, self.speech, self.sessions = look, speech, sessions
        self.door = ErrorDoor(look, speech, self)
        self.easel = Easel(sessions, jobs, self)
        self.assist = Assist(studio, jobs, self.easel, feedback, self)
        self.assist.say = speech.say
        self.paperwork = Paperwork(self.easel, jobs, settings, speech, self)
        self.setWindowIcon(look.app_icon)
        self.setMinimumSize(QSize(960, 600))
        self.resize(1280, 800)
        self.setAcceptDrops(True)
        self.setDockOptions(QMainWindow.DockOption.AllowTabbedDocks | QMainWindow.DockOption.AnimatedDocks)
        self._build_middle()
        self._build_status()
        self._build_docks()
        self.actions_ = Actions(deeds(self), self, look, speech)
        self._build_bars()
        self._build_menus()
        self._build_palette()
        self._connect()
        speech.tell(self, self._say)
        self._show_page()
        self._show_state()
        self._restore()

    # --- parts ---------------------------------------------------------------------------------------------------

    def _build_middle(self) -> None:
        self.home = HomePage(self.look, self.speech)
        self.canvas = CanvasView(self.look, self.speech)
        self.brush_bar = BrushBar(self.look, self.speech)
        desk = QWidget()
        column = QVBoxLayout(desk)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.brush_bar)
        column.addWidget(self.canvas, 1)
        self.desk = desk
        self.pages = QStackedWidget(self)
        self.pages.addWidget(self.home)
        self.pages.addWidget(desk)
        self.setCentralWidget(self.pages)

    def _build_docks(self) -> None:
        self.inspector = Inspector(self.look, self.speech, self.assist, self.easel, self.studio)
        self.layers = LayersPanel(self.look, self.speech, lambda id: self.speech.say(tool(id).title))
        self.undo_list = UndoList(self.look, self.speech)
        self.job_list = JobList(self.look, self.speech, self.jobs)
        self.strip = ProposalsStrip(self.look, self.speech, self.assist)
        area = Qt.DockWidgetArea
        self.docks: dict[str, QDockWidget] = {}
        for name, widget, side in (
            ("assist", self.inspector, area.RightDockWidgetArea),
            ("layers", self.layers, area.RightDockWidgetArea),
            ("history", self.undo_list, area.RightDockWidgetArea),
            ("jobs", self.job_list, area.RightDockWidgetArea),
            ("proposals", self.strip, area.BottomDockWidgetArea),
        ):
            dock = QDockWidget(self)
            dock.setObjectName(f"dock-{name}")
            dock.setWidget(widget)
            self.addDockWidget(side, dock)
            self.docks[name] = dock
        self.setCorner(Qt.Corner.BottomRightCorner, area.RightDockWidgetArea)
        is_roomy = self.screen().availableGeometry().height() >= ROOMY_PX
        if not is_roomy:
            self.tabifyDockWidget(self.docks["assist"], self.docks["layers"])
        self.tabifyDockWidget(self.docks["layers"], self.docks["history"])
        self.tabifyDockWidget(self.docks["history"], self.docks["jobs"])
        self.inspector.setMinimumWidth(316)
        if is_roomy:
            self.docks["layers"].raise_()
            self.resizeDocks([self.docks["assist"], self.docks["layers"]], [600, 400], Qt.Orientation.Vertical)
        self.docks["assist"].raise_()
        self.resizeDocks([self.docks["assist"]], [324], Qt.Orientation.Horizontal)
        self.docks["proposals"].setTitleBarWidget(QWidget())
        self.docks["proposals"].hide()

    def _build_bars(self) -> None:
        self.top = QToolBar(self)
        self.top.setObjectName("bar-main")
        self.side = QToolBar(self)
        self.side.setObjectName("bar-tools")
        for bar in (self.top, self.side):
            bar.setMovable(False)
            bar.setIconSize(QSize(20, 20))
            bar.toggleViewAction().setEnabled(False)
        main = (
            "home",
            "open",
            "save",
            "export",
            "",
            "undo",
            "redo",
            "",
            "zoom-out",
            "fit",
            "zoom-in",
            "",
            "before-after",
        )
        for id in main:
            self.top.addAction(self.actions_[id]) if id else self.top.addSeparator()
        for id in ("tool-hand", "tool-brush", "tool-eraser", "tool-rectangle", "tool-lasso", "", "deselect"):
            self.side.addAction(self.actions_[id]) if id else self.side.addSeparator()
        self.addToolBar(Qt.ToolBarArea.TopToolBarArea, self.top)
        self.addToolBar(Qt.ToolBarArea.LeftToolBarArea, self.side)

    def _build_menus(self) -> None:
        self.menus: dict[str, QMenu] = {}
        for id, title in MENUS:
            menu = self.menuBar().addMenu("")
            self.menus[id] = menu
            self.speech.tell(menu, lambda m=menu, t=title: m.setTitle(self.speech.say(t)))
            last_group = None
            for act in self.actions_.acts.values():
                if act.menu != id:
                    continue
                part = act.group or act.needs
                if last_group is not None and part != last_group:
                    menu.addSeparator()
                last_group = part
                menu.addAction(self.actions_[act.id])

    def _build_palette(self) -> None:
        self.palette_ = CommandPalette(self.look, self.speech, self)

        def command(act: Act) -> Command:
            action = self.actions_[act.id]
            keys = act.keys.split(" | ")[0]
            return Command(act.id, act.title, action.trigger, keys, tuple(act.keywords.split()), action.isEnabled)

        self.palette_.set_commands(lambda: [command(act) for act in self.actions_.acts.values() if act.id != "palette"])

    def _build_status(self) -> None:
        self.status = StatusLine(self.look, self.speech, self)
        self.setStatusBar(self.status)

    # --- what goes where -----------------------------------------------------------------------------------------

    def _connect(self) -> None:
        self.badge = JobBadge(self.look, self.speech, self.jobs)
        self.badge.asked.connect(lambda: self.show_dock("jobs"))
        self.status.add(self.badge)
        for source in (self.assist, self.paperwork):
            source.troubled.connect(self.trouble)
        self.paperwork.noted.connect(self.status.say)
        self.canvas.refused.connect(self.trouble)
        self.layers.failed.connect(self.trouble)
        self.layers.previewed.connect(lambda change: self.canvas.spoil(change.box) if change.box else None)
        self.undo_list.failed.connect(self.trouble)
        self.easel.opened.connect(self._another)
        self.easel.changed.connect(self._show_state)
        self.assist.previewed.connect(self._show_preview)
        self.assist.proposals_changed.connect(self._show_strip)
        self.assist.kept.connect(lambda: self.status.say(self.speech.say("Kept. Undo takes it back.")))
        self.assist.visible_box = self.visible_box
        self.canvas.zoom_changed.connect(self.status.show_zoom)
        self.canvas.pointed.connect(self.status.show_place)
        self.brush_bar.changed.connect(lambda brush: self._set_tool(self.canvas.tool))
        self.home.new_asked.connect(self.paperwork.new)
        self.home.open_asked.connect(self.paperwork.ask_open)
        self.home.file_chosen.connect(self.paperwork.open)
        self.home.sample_chosen.connect(lambda path: self.paperwork.open(path, keep_recent=False))
        self.home.recover_chosen.connect(self.paperwork.recover)
        self.home.discard_chosen.connect(self._discard)
        self._set_tool("brush")

    def _another(self) -> None:
        """Another painting, or none, is on the easel."""
        history, painting = self.easel.history, self.easel.painting
        self.canvas.show_document(history)
        self.layers.set_history(history)
        self.undo_list.set_history(history)
        self.status.show_size(painting.size if painting else None)
        if history is not None:
            history.watch(lambda change: self._changed())
        self._show_page()

    def _changed(self) -> None:
        """After each edit, undo and redo."""
        painting = self.easel.painting
        self.status.show_size(painting.size if painting else None)
        self.assist.refresh()
        self._show_state()

    def _show_page(self) -> None:
        is_open = self.easel.painting is not None
        self.pages.setCurrentWidget(self.desk if is_open else self.home)
        for name, dock in self.docks.items():
            if name != "proposals":
                dock.setVisible(is_open)
        self.top.setVisible(is_open)
        self.side.setVisible(is_open)
        if is_open:
            self.docks["assist"].raise_()
            self.canvas.setFocus()
        else:
            self.docks["proposals"].hide()
            self.refresh_home()

    def refresh_home(self) -> None:
        self.home.set_recent([Path(path) for path in self.settings.recent])
        self.home.set_recoverable(recoverable(self.sessions))

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
        }
        self.actions_.enable(there)
        self._say()

    def _say(self) -> None:
        for name, dock in self.docks.items():
            dock.setWindowTitle(self.speech.say(DOCKS[name]))
        title = self.easel.title
        self.setWindowTitle(f"{title}[*] — Gesso" if title else "Gesso")
        self.setWindowModified(self.easel.is_modified)
        for tabs in self.findChildren(QTabBar):
            tabs.setAccessibleName(self.speech.say("Panels"))
        self.top.setAccessibleName(self.speech.say("File"))
        self.side.setAccessibleName(self.speech.say("Tools"))

    def _show_preview(self, picture: Picture | None, box: Box | None) -> None:
        if picture is None or box is None:
            self.canvas.preview = None
        else:
            self.canvas.preview = Preview(picture.rgba(), box)
        self._show_state()

    def _show_strip(self) -> None:
        self.docks["proposals"].setVisible(bool(self.assist.proposals))

    def visible_box(self) -> Box:
        """The part of the painting that the canvas shows now."""
        first = self.canvas.to_image(QPointF(0, 0))
        last = self.canvas.to_image(QPointF(self.canvas.width(), self.canvas.height()))
        size = self.easel.painting.size if self.easel.painting else Size(0, 0)
        return Box.around(int(first.x()), int(first.y()), int(last.x()) + 1, int(last.y()) + 1).clip(size)

    def _set_tool(self, tool: str) -> None:
        self.canvas.tool = tool
        self.canvas.brush = replace(self.brush_bar.brush, eraser=tool == "eraser")
        self.brush_bar.setVisible(tool in BRUSHES)
        self.actions_[f"tool-{tool}"].setChecked(True)

    def set_tool(self, tool: str) -> None:
        """Hand, brush, eraser, rectangle or lasso."""
        self._set_tool(tool)

    def show_dock(self, name: str) -> None:
        self.docks[name].show()
        self.docks[name].raise_()

    def trouble(self, trouble: Trouble) -> None:
        """The one door for what an artist can act on."""
        self.door.show(trouble, self.pages)

    def undo(self) -> None:
        self._try(lambda: self.easel.history and self.easel.history.undo())

    def redo(self) -> None:
        self._try(lambda: self.easel.history and self.easel.history.redo())

    def _try(self, step: Callable[[], object]) -> None:
        self.layers.settle()
        try:
            step()
        except Trouble as trouble:
            self.trouble(trouble)

    def go_home(self) -> None:
        self.paperwork.settle(self.easel.close)

    # --- jobs and endings ----------------------------------------------------------------------------------------

    def job_changed(self, job: Job) -> None:
        self.badge.refresh(job)
        self.job_list.refresh(job)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        for url in event.mimeData().urls()[:1]:
            self.paperwork.open(Path(url.toLocalFile()))

    def _restore(self) -> None:
        if self.settings.window:
            self.restoreGeometry(QByteArray.fromBase64(self.settings.window.encode()))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Unsaved work is asked about; then everything ends in order."""
        if self.easel.is_modified:
            event.ignore()
            self.paperwork.settle(self._leave)
        else:
            self._leave()
            event.accept()

    def _leave(self) -> None:
        self.settings.window = bytes(self.saveGeometry().toBase64().data()).decode()
        self.settings.save()
        self.easel.close()
        self.hide()
        self.close_down()

    def close_down(self) -> None:
        """Set by whoever wired the rooms: ends jobs and workers, and the program."""
