"""The tools at the left: one column where the window is high enough, else as many beside each other as it takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolBar, QToolButton, QWidget

from gesso.ui.look import Look

ICON_PX = 20
GAP_PX = 2
BREAK_PX = 10
"""Between families, with a line in the middle."""


class ToolColumn(QToolBar):
    """A bar that never hides a tool behind an arrow: all of them are in sight in any window."""

    def __init__(self, families: Sequence[Sequence[QAction]], look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.setOrientation(Qt.Orientation.Vertical)
        self.rows = _Rows(families, look, self)
        self.addWidget(self.rows)


class _Rows(QWidget):
    """Places the buttons; as wide as they need at the height that there is."""

    def __init__(self, families: Sequence[Sequence[QAction]], look: Look, bar: QToolBar) -> None:
        super().__init__(bar)
        self._look = look
        self.families = [[self._button(action) for action in family] for family in families]
        self.columns = 1
        self._lines: list[int] = []
        """Where the lines between families run."""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        look.tell(self, self._fit)

    def _button(self, action: QAction) -> QToolButton:
        found = QToolButton(self)
        found.setAutoRaise(True)
        found.setIconSize(QSize(ICON_PX, ICON_PX))
        found.setDefaultAction(action)
        return found

    @property
    def _cell(self) -> QSize:
        found = QSize(0, 0)
        for family in self.families:
            for button in family:
                found = found.expandedTo(button.sizeHint())
        return found

    def _wide(self, columns: int) -> int:
        return columns * (self._cell.width() + GAP_PX) - GAP_PX

    def sizeHint(self) -> QSize:
        """Of one row: the bar gives all the height that it has."""
        return QSize(self._wide(self.columns), self._cell.height())

    minimumSizeHint = sizeHint

    def _places(self, columns: int) -> Iterator[tuple[QToolButton | None, QPoint]]:
        """Each button with its corner; None for a line, and at the end for the foot of it all."""
        cell, y = self._cell, 0
        for number, family in enumerate(self.families):
            if number:
                yield None, QPoint(0, y - GAP_PX + BREAK_PX // 2)
                y += BREAK_PX - GAP_PX
            for place, button in enumerate(family):
                row, column = divmod(place, columns)
                yield button, QPoint(column * (cell.width() + GAP_PX), y + row * (cell.height() + GAP_PX))
            y += -(-len(family) // columns) * (cell.height() + GAP_PX)
        yield None, QPoint(0, y - GAP_PX)

    def _high(self, columns: int) -> int:
        return max(at.y() for _, at in self._places(columns))

    def _fit(self) -> None:
        """As few columns as the height allows."""
        most = max(len(family) for family in self.families)
        columns = next((n for n in range(1, most) if self._high(n) <= self.height()), most)
        self._lines = []
        for button, at in self._places(columns):
            if button is not None:
                button.setGeometry(QRect(at, self._cell))
            else:
                self._lines.append(at.y())
        del self._lines[-1]  # the foot
        if columns != self.columns:
            self.columns = columns
            self.updateGeometry()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        for y in self._lines:
            painter.fillRect(4, y, self.width() - 8, 1, self._look.colour("line"))
