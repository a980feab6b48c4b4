"""The row of open paintings above the canvas: one tab each, and a way to the home page."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QTabBar, QToolButton, QWidget

from gesso.ui.easel import Easel, OpenPainting
from gesso.ui.look import Look
from gesso.ui.speech import Speech, mark
from gesso.ui.widgets.controls import icon_button

WIDEST_PX = 240
UNSAVED = "● "
SHEET = """
QTabBar::tab {{ max-width: {widest}px; padding: 4px 4px 4px 12px; }}
QTabBar[resting="true"]::tab:selected {{ color: {muted}; border-bottom-color: transparent; background: {window}; }}
QTabBar QToolButton {{ margin: 0; }}
"""
"""With the home page before the artist's eyes no tab is the chosen one."""


class _Bar(QTabBar):
    """Tabs that close by a click of the middle button or the Delete key, and have a menu."""

    unwanted = Signal(int)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        place = self.tabAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.MiddleButton and place >= 0:
            self.unwanted.emit(place)
        else:
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and self.currentIndex() >= 0:
            self.unwanted.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def minimumSizeHint(self) -> QSize:
        """No more than the tabs take: Qt keeps room for arrows that scroll where there is nothing to scroll."""
        return super().minimumSizeHint().boundedTo(self.sizeHint())

    def minimumTabSizeHint(self, index: int) -> QSize:
        return QSize(min(96, self.tabSizeHint(index).width()), self.tabSizeHint(index).height())


class DocumentTabs(QWidget):
    """Follows an easel: what is chosen here is shown there, and closing is asked for."""

    close_asked = Signal(object)
    """An `OpenPainting` that the artist does not want to see any more."""
    home_asked = Signal()

    def __init__(self, easel: Easel, look: Look, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._easel, self._look, self._speech = easel, look, speech
        self._row: list[OpenPainting] = []
        self.bar = _Bar(self)
        self.bar.setDocumentMode(True)
        self.bar.setDrawBase(False)
        self.bar.setMovable(True)
        self.bar.setExpanding(False)
        self.bar.setUsesScrollButtons(True)
        self.bar.setElideMode(Qt.TextElideMode.ElideMiddle)
        self.bar.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.bar.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.bar.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.plus = icon_button(look, speech, "plus", mark("New or open: the home page"))
        self.plus.setCheckable(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 4, 0)
        row.setSpacing(2)
        row.addWidget(self.bar)
        row.addWidget(self.plus)
        row.addStretch(1)
        self.bar.currentChanged.connect(self._choose)
        self.bar.tabBarClicked.connect(self._choose)
        self.bar.tabMoved.connect(self._move)
        self.bar.unwanted.connect(lambda place: self.close_asked.emit(self._row[place]))
        self.bar.customContextMenuRequested.connect(self.show_menu)
        self.plus.clicked.connect(self._go_home)
        easel.opened.connect(self.refresh)
        easel.changed.connect(self.refresh)
        speech.tell(self, self.refresh)
        look.tell(self, self._dress)

    def _dress(self) -> None:
        colours = {name: self._look.colour(name).name() for name in ("muted", "window")}
        self.bar.setStyleSheet(SHEET.format(widest=WIDEST_PX, **colours))

    # --- what is there -------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show the row as it is now."""
        blocked = QSignalBlocker(self.bar)
        if self._row != self._easel.paintings:
            self._lay()
        for place, one in enumerate(self._row):
            self._say(place, one)
        shown = self._easel.shown
        if shown is not None:
            self.bar.setCurrentIndex(self._row.index(shown))
        if self.bar.property("resting") != (shown is None):
            self.bar.setProperty("resting", shown is None)
            self.bar.style().unpolish(self.bar)
            self.bar.style().polish(self.bar)
        blocked.unblock()
        self.plus.setChecked(shown is None)
        self.bar.setAccessibleName(self._speech.say("Open paintings"))
        self.setVisible(bool(self._row))

    def _lay(self) -> None:
        """The tabs in the order of the easel."""
        for place in reversed(range(self.bar.count())):
            self.bar.removeTab(place)
        self._row = list(self._easel.paintings)
        for place, one in enumerate(self._row):
            self.bar.addTab("")
            self.bar.setTabButton(place, QTabBar.ButtonPosition.RightSide, self._close_button(one))

    def _close_button(self, one: OpenPainting) -> QToolButton:
        found = QToolButton(self.bar)
        found.setAutoRaise(True)
        found.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Delete and Ctrl+W do it by key
        found.setIconSize(QSize(12, 12))
        self._look.tell(found, lambda: found.setIcon(self._look.icon("close", 12)))
        found.clicked.connect(lambda: self.close_asked.emit(one))
        return found

    def _say(self, place: int, one: OpenPainting) -> None:
        say, bar = self._speech.say, self.bar
        title = one.title or say("Untitled")
        told = say("{name}, not saved", name=title) if one.is_modified else title
        text = (UNSAVED if one.is_modified else "") + title.replace("&", "&&")
        if bar.tabText(place) != text:
            bar.setTabText(place, text)
        where = str(one.file) if one.file is not None else say("In no file yet")
        bar.setTabToolTip(place, f"{told}\n{where}")
        bar.setAccessibleTabName(place, told)
        button = bar.tabButton(place, QTabBar.ButtonPosition.RightSide)
        button.setAccessibleName(say("Close {name}", name=title))
        button.setToolTip(button.accessibleName())

    # --- what is done --------------------------------------------------------------------------------------------

    def _choose(self, place: int) -> None:
        if 0 <= place < len(self._row):
            self._easel.show(self._row[place])

    def _move(self, place: int, to: int) -> None:
        self._row.insert(to, self._row.pop(place))
        self._easel.move(place, to)

    def _go_home(self) -> None:
        self.plus.setChecked(self._easel.shown is None)
        self.home_asked.emit()

    def step(self, by: int) -> None:
        """To the next tab or the one before, around the ends; from the home page to the last one shown."""
        if not self._row:
            return
        place = self.bar.currentIndex()
        self._choose(place if self._easel.shown is None else (place + by) % len(self._row))

    def show_menu(self, at: QPoint) -> QMenu | None:
        """For the tab at a place."""
        place = self.bar.tabAt(at)
        if place < 0:
            return None
        one = self._row[place]
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self._speech.say("Close tab")).triggered.connect(lambda: self.close_asked.emit(one))
        others = menu.addAction(self._speech.say("Close other tabs"))
        others.setEnabled(len(self._row) > 1)
        others.triggered.connect(lambda: self._close_others(one))
        menu.popup(self.bar.mapToGlobal(at))
        return menu

    def _close_others(self, one: OpenPainting) -> None:
        for other in list(self._row):
            if other is not one:
                self.close_asked.emit(other)
        if one in self._row:
            self._easel.show(one)
