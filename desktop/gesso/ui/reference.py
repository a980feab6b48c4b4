"""Pictures to look at while painting. They lie beside the canvas, are never changed and are no part of the painting."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsPixmapItem,
    QGraphicsScene,
    QGraphicsView,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from gesso.jobs import Jobs, Outcome
from gesso.operations.painting.resize import fitted
from gesso.ui.canvas.pyramid import image_of
from gesso.ui.look import Look
from gesso.ui.speech import Speech, mark
from gesso.ui.widgets.controls import icon_button, label
from gesso.values import Colour, Progress

LONGEST_PX = 2048
"""References are kept at most so large: they are looked at, not worked on."""
MOST = 24
GAP_PX = 24
NOTCH, NOTCH_ZOOM = 120, 1.2
SMALLEST, LARGEST = 0.02, 32.0


class Board(QGraphicsView):
    """The pictures on a table: drag one to move it, wheel to zoom, drag the table to move all, Alt takes a colour up."""

    taken = Signal(object)
    """A `Colour` of a picture."""
    dropped = Signal(list)
    """Files."""
    removed = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = QGraphicsScene(self)
        self.setScene(self.table)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        for policy in (self.setHorizontalScrollBarPolicy, self.setVerticalScrollBarPolicy):
            policy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAcceptDrops(True)
        self._fits = True
        look.tell(self, lambda: self.setBackgroundBrush(look.colour("canvas")))

    def pictures(self) -> list[QGraphicsPixmapItem]:
        """From the one that was laid down first."""
        order = Qt.SortOrder.AscendingOrder
        return [item for item in self.table.items(order) if isinstance(item, QGraphicsPixmapItem)]

    def lay(self, pixmap: QPixmap, name: str) -> QGraphicsPixmapItem:
        """A picture at the right of the others."""
        right = max((item.sceneBoundingRect().right() for item in self.pictures()), default=-float(GAP_PX))
        item = self.table.addPixmap(pixmap)
        item.setTransformationMode(Qt.TransformationMode.SmoothTransformation)
        item.setToolTip(name)
        flag = QGraphicsPixmapItem.GraphicsItemFlag
        item.setFlags(flag.ItemIsMovable | flag.ItemIsSelectable)
        item.setPos(right + GAP_PX, 0)
        self.show_all()
        return item

    def show_all(self) -> None:
        """Fit every picture into the view."""
        self._fits = True
        bounds = QRectF()
        for item in self.pictures():
            bounds = bounds.united(item.sceneBoundingRect())
        if not bounds.isEmpty():
            far = max(bounds.width(), bounds.height())
            self.table.setSceneRect(bounds.adjusted(-far, -far, far, far))
            self.fitInView(bounds.adjusted(-GAP_PX, -GAP_PX, GAP_PX, GAP_PX), Qt.AspectRatioMode.KeepAspectRatio)

    def remove_chosen(self) -> None:
        chosen = [item for item in self.pictures() if item.isSelected()]
        for item in chosen:
            self.table.removeItem(item)
        if chosen:
            self.removed.emit()

    def zoom_by(self, factor: float) -> None:
        self._fits = False
        factor = min(max(factor, SMALLEST / self.transform().m11()), LARGEST / self.transform().m11())
        self.scale(factor, factor)

    def colour_at(self, at: QPointF) -> Colour | None:
        """Of the topmost picture at a place of the view."""
        item = self.itemAt(at.toPoint())
        if not isinstance(item, QGraphicsPixmapItem):
            return None
        place = item.mapFromScene(self.mapToScene(at.toPoint()))
        found = item.pixmap().toImage().pixelColor(int(place.x()), int(place.y()))
        return Colour(found.redF(), found.greenF(), found.blueF())

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom_by(NOTCH_ZOOM ** (event.angleDelta().y() / NOTCH))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.AltModifier and event.button() == Qt.MouseButton.LeftButton:
            found = self.colour_at(event.position())
            if found is not None:
                self.taken.emit(found)
        else:
            super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_chosen()
        elif event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_by(NOTCH_ZOOM)
        elif event.key() == Qt.Key.Key_Minus:
            self.zoom_by(1 / NOTCH_ZOOM)
        elif event.key() == Qt.Key.Key_0:
            self.show_all()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fits:
            self.show_all()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            event.acceptProposedAction()
            self.dropped.emit(files)


class ReferencePanel(QWidget):
    """The board with its buttons. Which files lie on it is remembered from one day to the next."""

    troubled = Signal(object)
    """A `Trouble`: why a picture could not be laid down."""
    asked = Signal()
    """The artist wants to choose a file."""
    changed = Signal()
    """Other files lie on the board."""

    def __init__(self, look: Look, speech: Speech, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._files: dict[QGraphicsPixmapItem, Path] = {}
        self.board = Board(look)
        self._empty = label(
            speech,
            mark("Drop pictures here to look at them while you paint. Alt takes a colour up from them."),
            "muted",
        )
        self._empty.setContentsMargins(12, 8, 12, 8)
        row = QHBoxLayout()
        row.setContentsMargins(8, 6, 8, 6)
        row.setSpacing(2)
        buttons = (
            ("plus", mark("Add a reference picture…"), self.asked.emit),
            ("fit", mark("Show all references"), self.board.show_all),
            ("trash", mark("Take the chosen references away"), self.board.remove_chosen),
        )
        self._needy: list[QWidget] = []
        """What does something to pictures that lie there."""
        for icon, text, call in buttons:
            button = icon_button(look, speech, icon, text)
            if icon != "plus":
                self._needy.append(button)
            button.clicked.connect(lambda checked=False, c=call: c())
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self._empty)
        column.addWidget(self.board, 1)
        self.board.dropped.connect(self.add)
        self.board.removed.connect(self._removed)
        for part in (self.board, self.board.viewport()):
            speech.tell(part, lambda p=part: p.setAccessibleName(speech.say("Reference pictures")))
        self._show()

    @property
    def files(self) -> list[Path]:
        """What lies on the board, in order."""
        return [self._files[item] for item in self.board.pictures() if item in self._files]

    def add(self, files: Sequence[Path], *, quietly: bool = False) -> None:
        """Lay pictures down, read in the background; `quietly` passes over what is gone."""

        def read(path: Path, progress: Progress) -> NDArray[Any]:
            from gesso.files import pictures_apart

            picture = pictures_apart.read(path, progress=progress).picture
            return fitted(np.ascontiguousarray(picture.rgba()), picture.size.within(LONGEST_PX))

        for path in files[: max(0, MOST - len(self._files))]:

            def done(outcome: Outcome[NDArray[Any]], path: Path = path) -> None:
                if outcome.value is not None:
                    item = self.board.lay(QPixmap.fromImage(image_of(outcome.value)), path.name)
                    self._files[item] = path
                    self._show()
                    self.changed.emit()
                elif outcome.trouble is not None and not quietly:
                    self.troubled.emit(outcome.trouble)
                elif outcome.bug is not None:
                    raise outcome.bug

            self._jobs.submit(
                mark("Read a reference"), lambda progress, p=path: read(p, progress), done, lane="pictures", quiet=True
            )

    def _removed(self) -> None:
        there = self.board.pictures()
        self._files = {item: path for item, path in self._files.items() if item in there}
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        self._empty.setVisible(not self._files)
        for button in self._needy:
            button.setEnabled(bool(self._files))
