"""From one part of the window to the next by key, and through the bars by arrows: nothing needs the mouse."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QToolBar, QToolButton, QWidget

ARROWS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}


def stops(part: QWidget) -> Iterator[QWidget]:
    """The controls of a part that Tab goes to, in Tab's order."""
    first = part if part.isWindow() else part.window()
    widget = first
    while True:
        if (
            (widget is part or part.isAncestorOf(widget))
            and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
            and widget.isVisible()
            and widget.isEnabled()
            and not widget.visibleRegion().isEmpty()
            and widget.focusProxy() is None
        ):
            yield widget
        widget = widget.nextInFocusChain()
        if widget is None or widget is first:
            return


class Regions(QObject):
    """Cycles through the parts of a window, each left and entered at the control that had the focus there last."""

    def __init__(self, window: QMainWindow, parts: Callable[[], list[QWidget]]) -> None:
        super().__init__(window)
        self._window, self._parts = window, parts
        self._last: dict[QWidget, QWidget] = {}

    @property
    def parts(self) -> list[QWidget]:
        """Those that can be seen and hold something to stand on."""
        return [part for part in self._parts() if next(stops(part), None) is not None]

    def go(self, by: int = 1) -> None:
        """To the next part, or with -1 to the one before, round the end."""
        parts = self.parts
        if not parts:
            return
        at = self.current(parts)
        focus = QApplication.focusWidget()
        if at is not None and focus is not None:
            self._last[parts[at]] = focus
        following = parts[(at + by) % len(parts) if at is not None else 0 if by > 0 else -1]
        self.enter(following)

    def current(self, parts: list[QWidget]) -> int | None:
        """Which of the parts has the focus; of one within another, the inner."""
        widget = QApplication.focusWidget()
        while widget is not None:
            if widget in parts:
                return parts.index(widget)
            widget = widget.parentWidget()
        return None

    def enter(self, part: QWidget) -> None:
        """Stand where one stood last, or at the first control."""
        there = list(stops(part))
        for before, after in pairwise(there):  # what came later, such as a proposal, stands in its part too
            QWidget.setTabOrder(before, after)
        last = self._last.get(part)
        target = last if last in there else there[0] if there else None
        if target is not None:
            target.setFocus(Qt.FocusReason.TabFocusReason)


class BarKeys(QObject):
    """Makes the buttons of a tool bar stops for Tab, and steps between them with arrows, Home and End."""

    def __init__(self, bar: QToolBar) -> None:
        super().__init__(bar)
        self._bar = bar
        bar.installEventFilter(self)
        self._take()

    @property
    def _buttons(self) -> list[QToolButton]:
        found = self._bar.findChildren(QToolButton)
        return [button for button in found if button.defaultAction() is not None]

    def _after(self, button: QToolButton, key: Qt.Key) -> QToolButton:
        """Where an arrow leads, round the end; up and down stay in their column of a bar that has several."""
        there = [one for one in self._buttons if one.isVisible() and one.isEnabled()]
        if self._bar.orientation() == Qt.Orientation.Vertical and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            there = [one for one in there if one.x() == button.x()]
        ends = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: -1}
        return there[ends[key] if key in ends else (there.index(button) + ARROWS[key]) % len(there)]

    def _take(self) -> None:
        for button in self._buttons:
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._bar and event.type() == QEvent.Type.ActionAdded:
            self._take()
        elif isinstance(watched, QToolButton) and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = Qt.Key(event.key())
            if key in ARROWS or key in (Qt.Key.Key_Home, Qt.Key.Key_End):
                self._after(watched, key).setFocus(Qt.FocusReason.TabFocusReason)
                return True
        return super().eventFilter(watched, event)
