"""The panels around the canvas: which stand where, which are named by a tab, and how the artist left them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import pairwise

from PySide6.QtCore import QByteArray, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabBar, QTabWidget, QWidget

from gesso.ui.actions import Act
from gesso.ui.speech import Speech, mark

ROOMY_PX = 1000
"""A window at least this high shows form and layers above each other; in a lower one they share a place."""
WIDTH_PX = 324
STATE = 2
"""Counts up when panels or bars are others than before, so that an old arrangement is not forced on them."""
TITLES = {
    "assist": mark("Assist"),
    "layers": mark("Layers"),
    "history": mark("History"),
    "jobs": mark("Jobs"),
    "reference": mark("Reference"),
    "proposals": mark("Proposals"),
}
SWITCHES = (
    ("assist", mark("Assist panel"), "sparkle", "Alt+1"),
    ("layers", mark("Layers panel"), "layers", "Alt+2"),
    ("history", mark("History panel"), "history", "Alt+3"),
    ("jobs", mark("Jobs panel"), "jobs", "Alt+4"),
    ("reference", mark("Reference panel"), "picture", "Alt+5"),
)
"""What the View menu calls them, with icon and keys."""
BELOW = "proposals"
"""Comes and goes with what it shows; the others stand at the right."""
Groups = tuple[tuple[str, ...], ...]
"""Panels from top to bottom; those of a group share a place as tabs, the first in front."""
USUAL: Groups = (("assist",), ("layers", "history", "jobs", "reference"))


class Panels(QObject):
    """Docks of a window, by name."""

    changed = Signal()
    """Others are in sight than before."""

    def __init__(self, window: QMainWindow, speech: Speech, widgets: Mapping[str, QWidget]) -> None:
        super().__init__(window)
        self._window, self._speech = window, speech
        self.docks: dict[str, QDockWidget] = {}
        self.seen: set[str] = set()
        """Those in sight; one behind another's tab is not."""
        self._seen: set[str] | None = None
        """Those that come back, while they are put away."""
        self._kept = ""
        """How they stood before they were put away."""
        self._dress = QTimer(self)  # Qt tells of a dock before it has put it into its tabs
        self._dress.setSingleShot(True)
        self._dress.setInterval(0)
        self._dress.timeout.connect(self.dress)
        feature, area = QDockWidget.DockWidgetFeature, Qt.DockWidgetArea
        for name, widget in widgets.items():
            dock = QDockWidget(window)
            dock.setObjectName(f"dock-{name}")
            dock.setWidget(widget)
            dock.setFeatures(feature.DockWidgetMovable | feature.DockWidgetFloatable | feature.DockWidgetClosable)
            dock.topLevelChanged.connect(lambda floats: self._dress.start())
            dock.dockLocationChanged.connect(lambda area: self._dress.start())
            dock.visibilityChanged.connect(partial(self._see, name))
            window.addDockWidget(area.BottomDockWidgetArea if name == BELOW else area.RightDockWidgetArea, dock)
            self.docks[name] = dock
        self.docks[BELOW].setFeatures(feature.NoDockWidgetFeatures)
        self.docks[BELOW].hide()
        window.setCorner(Qt.Corner.BottomRightCorner, area.RightDockWidgetArea)
        window.setTabPosition(area.RightDockWidgetArea, QTabWidget.TabPosition.North)
        self.arrange(USUAL)

    def __getitem__(self, name: str) -> QDockWidget:
        return self.docks[name]

    def arrange(self, groups: Groups, share: float = 0.64) -> None:
        """Stand them at the right in these groups, in a low window in one; the others wait hidden.

        `share` is what the first group takes of the height.
        """
        window = self._window
        names = [name for group in groups for name in group]
        if window.height() < ROOMY_PX:
            groups = (tuple(names),)
        waiting = [name for name in self.docks if name not in names and name != BELOW]
        for name in (*names, *waiting):
            self.docks[name].setFloating(False)
            window.removeDockWidget(self.docks[name])
        for group in groups:
            first = self.docks[group[0]]
            window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, first)
            for before, name in pairwise((*group, *(waiting if group is groups[-1] else ()))):
                window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.docks[name])
                window.tabifyDockWidget(self.docks[before], self.docks[name])
        for name in (*names, *waiting):
            self.docks[name].setVisible(name in names)
        for group in reversed(groups):
            self.docks[group[0]].raise_()
        if len(groups) > 1:
            heights = [round(1000 * share), round(1000 * (1 - share))]
            window.resizeDocks([self.docks[group[0]] for group in groups[:2]], heights, Qt.Orientation.Vertical)
        window.resizeDocks([self.docks[names[0]]], [WIDTH_PX], Qt.Orientation.Horizontal)
        self._seen = None
        self._dress.start()

    def dress(self) -> None:
        """A panel among tabs is named by its tab; one that stands alone has a title to be moved by."""
        for name, dock in self.docks.items():
            tabbed = bool(self._window.tabifiedDockWidgets(dock)) and not dock.isFloating()
            if (name == BELOW or tabbed) != (dock.titleBarWidget() is not None):
                dock.setTitleBarWidget(QWidget() if name == BELOW or tabbed else None)
        self.say()

    def say(self) -> None:
        for name, dock in self.docks.items():
            dock.setWindowTitle(self._speech.say(TITLES[name]))
        for tabs in self._window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly):
            tabs.setAccessibleName(self._speech.say("Panels"))

    def show(self, name: str) -> None:
        """Bring one to the front."""
        self.docks[name].show()
        self.docks[name].raise_()
        if self._seen is not None:
            self._seen.add(name)

    def switch(self, name: str) -> None:
        """Hide one that is in sight; bring any other to the front."""
        if name in self.seen:
            self.docks[name].hide()
        else:
            self.show(name)
        self.changed.emit()

    def _see(self, name: str, seen: bool) -> None:
        (self.seen.add if seen else self.seen.discard)(name)
        self._dress.start()
        self.changed.emit()

    def acts(self) -> list[Act]:
        """A switch for each, ticked while it is in sight."""
        return [
            Act(
                f"dock-{name}", title, partial(self.switch, name), icon, keys, "", "panels", checkable=True,
                keywords="panel dock show hide",
            )
            for name, title, icon, keys in SWITCHES
        ]  # fmt: skip

    def checked(self) -> dict[str, bool]:
        """Which of the acts are ticked."""
        return {f"dock-{name}": name in self.seen for name, *_ in SWITCHES}

    def show_all(self, shown: bool) -> None:
        """Put those at the right away, or let them stand again as they stood."""
        if shown:
            self._bring_back()
        else:
            self._put_away()
            self.docks[BELOW].hide()
        self._dress.start()

    def _put_away(self) -> None:
        if self._seen is None:
            if self._window.isVisible():
                self._kept = self._state()
            self._seen = {name for name, dock in self.docks.items() if name != BELOW and not dock.isHidden()}
        for name, dock in self.docks.items():
            if name != BELOW:
                dock.hide()

    def _bring_back(self) -> None:
        if self._seen is None:
            return
        if self._kept:
            self._window.restoreState(QByteArray.fromBase64(self._kept.encode()), STATE)
        for name in self._seen:
            self.docks[name].show()
        if not self._kept and "assist" in self._seen:
            self.docks["assist"].raise_()  # the first of the usual arrangement, that was never seen before
        self._seen = None

    def _state(self) -> str:
        return bytes(self._window.saveState(STATE).toBase64().data()).decode()

    @property
    def state(self) -> str:
        """How they stand, or will stand when they are brought back, as text."""
        return self._state() if self._seen is None else self._kept

    def restore(self, state: str) -> None:
        """As they once stood; what does not fit any more is passed over."""
        if state and self._window.restoreState(QByteArray.fromBase64(state.encode()), STATE):
            self._kept, self._seen = state, None
        self.docks[BELOW].hide()
        self.dress()
