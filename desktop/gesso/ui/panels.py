"""The panels around the canvas: which stand where, which are named by a tab, and how the artist left them."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QByteArray, QObject, Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabBar, QTabWidget, QWidget

from gesso.ui.speech import Speech, mark

ROOMY_PX = 1000
"""A window at least this high shows form and layers above each other; in a lower one they share a place."""
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
BELOW = "proposals"
"""Comes and goes with what it shows; the others stand at the right."""


class Panels(QObject):
    """Docks of a window, by name."""

    def __init__(self, window: QMainWindow, speech: Speech, widgets: Mapping[str, QWidget]) -> None:
        super().__init__(window)
        self._window, self._speech = window, speech
        self.docks: dict[str, QDockWidget] = {}
        self._dress = QTimer(self)  # Qt tells of a dock before it has put it into its tabs
        self._dress.setSingleShot(True)
        self._dress.setInterval(0)
        self._dress.timeout.connect(self.dress)
        feature, area = QDockWidget.DockWidgetFeature, Qt.DockWidgetArea
        for name, widget in widgets.items():
            dock = QDockWidget(window)
            dock.setObjectName(f"dock-{name}")
            dock.setWidget(widget)
            dock.setFeatures(feature.DockWidgetMovable | feature.DockWidgetFloatable)
            dock.topLevelChanged.connect(lambda floats: self._dress.start())
            dock.dockLocationChanged.connect(lambda area: self._dress.start())
            window.addDockWidget(area.BottomDockWidgetArea if name == BELOW else area.RightDockWidgetArea, dock)
            self.docks[name] = dock
        self.docks[BELOW].setFeatures(feature.NoDockWidgetFeatures)
        self.docks[BELOW].hide()
        self._arrange(window.height() >= ROOMY_PX)

    def __getitem__(self, name: str) -> QDockWidget:
        return self.docks[name]

    def _arrange(self, roomy: bool) -> None:
        window, docks = self._window, self.docks
        window.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
        window.setTabPosition(Qt.DockWidgetArea.RightDockWidgetArea, QTabWidget.TabPosition.North)
        if not roomy:
            window.tabifyDockWidget(docks["assist"], docks["layers"])
        window.tabifyDockWidget(docks["layers"], docks["history"])
        window.tabifyDockWidget(docks["history"], docks["jobs"])
        window.tabifyDockWidget(docks["jobs"], docks["reference"])
        if roomy:
            docks["layers"].raise_()
            window.resizeDocks([docks["assist"], docks["layers"]], [640, 360], Qt.Orientation.Vertical)
        docks["assist"].raise_()
        window.resizeDocks([docks["assist"]], [324], Qt.Orientation.Horizontal)

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
        for tabs in self._window.findChildren(QTabBar):
            tabs.setAccessibleName(self._speech.say("Panels"))

    def show(self, name: str) -> None:
        """Bring one to the front."""
        self.docks[name].show()
        self.docks[name].raise_()

    def show_all(self, shown: bool) -> None:
        """Those at the right, with a painting and without one."""
        for name, dock in self.docks.items():
            if name != BELOW:
                dock.setVisible(shown)
        if not shown:
            self.docks[BELOW].hide()
        self._dress.start()

    @property
    def state(self) -> str:
        """How they stand, as text."""
        return bytes(self._window.saveState(STATE).toBase64().data()).decode()

    def restore(self, state: str) -> None:
        """As they once stood; what does not fit any more is passed over."""
        if state:
            self._window.restoreState(QByteArray.fromBase64(state.encode()), STATE)
        self.docks[BELOW].hide()
        self.dress()
