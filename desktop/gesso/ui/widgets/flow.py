"""A row that breaks: what does not fit goes to the next line."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QSize
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget


class Flow(QWidget):
    """Widgets from left to right, each as wide as it wants to be.

    It places them itself: a layout written in Python shares items with Qt that either may outlive.
    """

    def __init__(self, parent: QWidget | None = None, gap_px: int = 8) -> None:
        super().__init__(parent)
        self._widgets: list[QWidget] = []
        self._gap = gap_px
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def add(self, widget: QWidget) -> None:
        """At the end of the row."""
        widget.setParent(self)
        self._widgets.append(widget)
        if self.isVisible():
            widget.show()
        self.updateGeometry()

    def heightForWidth(self, width: int) -> int:
        return self._arrange(width, put=False)

    def sizeHint(self) -> QSize:
        sizes = [_wish(widget) for widget in self._seen()]
        width = sum(size.width() for size in sizes) + self._gap * max(0, len(sizes) - 1)
        return self._with_margins(QSize(width, max((size.height() for size in sizes), default=0)))

    def minimumSizeHint(self) -> QSize:
        """As wide as the widest of them; as high as what is there is at this width."""
        widest = max((_wish(widget).width() for widget in self._seen()), default=0)
        width = self._with_margins(QSize(widest, 0)).width()
        return QSize(width, self.heightForWidth(max(self.width(), width, 200)))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:  # one of them wants another size, came or went
            self._arrange(self.width(), put=True)
            self.updateGeometry()
        return super().event(event)

    def showEvent(self, event: QShowEvent) -> None:
        self._arrange(self.width(), put=True)  # while it was hidden, words may have become others

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange(self.width(), put=True)

    def _seen(self) -> list[QWidget]:
        return [widget for widget in self._widgets if not widget.isHidden()]

    def _with_margins(self, size: QSize) -> QSize:
        return size.grownBy(self.contentsMargins())

    def _arrange(self, width: int, *, put: bool) -> int:
        """The height of all lines; with `put`, the widgets go to their places."""
        inside = QRect(0, 0, width, 0).marginsRemoved(self.contentsMargins())
        lines: list[list[QWidget]] = [[]]
        x = inside.x()
        for widget in self._seen():
            wide = _wish(widget).width()
            if lines[-1] and x + wide > inside.right() + 1:
                lines.append([])
                x = inside.x()
            lines[-1].append(widget)
            x += wide + self._gap
        y = inside.y()
        for line in lines:
            height, x = max((_wish(widget).height() for widget in line), default=0), inside.x()
            for widget in line:
                size = _wish(widget)
                if put:
                    widget.setGeometry(QRect(QPoint(x, y + (height - size.height()) // 2), size))
                x += size.width() + self._gap
            y += height + self._gap // 2
        return y - self._gap // 2 + self.contentsMargins().bottom()


def _wish(widget: QWidget) -> QSize:
    """What a layout would ask for."""
    wish = widget.sizeHint().expandedTo(widget.minimumSizeHint())
    return wish.boundedTo(widget.maximumSize()).expandedTo(widget.minimumSize())
