"""The library's pictures as tiles: read as they come into sight, chosen, opened, dragged to wherever files may fall."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    QUrl,
    Signal,
)
from PySide6.QtGui import QContextMenuEvent, QImage, QKeyEvent, QPainter, QPainterPath, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gesso.files.library import Found
from gesso.ui.glimpses import Glimpses
from gesso.ui.look import Look
from gesso.ui.speech import Speech

PICTURE = QSize(160, 120)
PAD, WORDS_PX = 6, 24
TILE = QSize(PICTURE.width() + 2 * PAD, PICTURE.height() + WORDS_PX + 2 * PAD)
MOST_KEPT = 800
"""Small pictures that stay in memory."""
PATH = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


class Tiles(QAbstractListModel):
    """What was found, the best first."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.found: list[Found] = []

    def put(self, found: Sequence[Found]) -> None:
        self.beginResetModel()
        self.found = list(found)
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.found)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        path = self.found[index.row()].path
        if role == PATH:
            return str(path)
        if role == Qt.ItemDataRole.ToolTipRole:
            return str(path)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return path.name
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled

    def mimeTypes(self) -> list[str]:
        return ["text/uri-list"]

    def mimeData(self, indexes: Sequence[Index]) -> QMimeData:
        found = QMimeData()
        found.setUrls([QUrl.fromLocalFile(str(self.found[index.row()].path)) for index in indexes])
        return found


class Grid(QListView):
    """Tiles in as many columns as there is room for."""

    opened = Signal(Path)
    """By a double click, or by Enter."""
    menu_asked = Signal(object)
    """Where, on the screen: a `QPoint`."""

    def __init__(self, look: Look, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tiles = Tiles(self)
        self.setModel(self.tiles)
        self.setItemDelegate(_Tile(look, self))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().setSingleStep(TILE.height() // 3)
        self._pictures: OrderedDict[str, QPixmap | None] = OrderedDict()
        """None while one is read."""
        self._glimpses = Glimpses(PICTURE * 2, self)
        self._glimpses.ready.connect(self._read)
        self.doubleClicked.connect(self._open)
        look.tell(self, self.viewport().update)
        speech.tell(self, lambda: self.setAccessibleName(speech.say("Pictures of the library")))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many columns as fit, over the whole width."""
        wide = self.viewport().width() - 1
        columns = max(1, wide // TILE.width())
        self.setGridSize(QSize(wide // columns, TILE.height()))
        super().resizeEvent(event)

    def put(self, found: Sequence[Found]) -> None:
        """Show these; what was chosen stays chosen where it is still there."""
        before = set(self.chosen)
        self.tiles.put(found)
        model = self.selectionModel()
        for row, one in enumerate(found):
            if one.path in before:
                index = self.tiles.index(row)
                model.select(index, model.SelectionFlag.Select)
                model.setCurrentIndex(index, model.SelectionFlag.NoUpdate)

    @property
    def chosen(self) -> list[Path]:
        """In the order in which they stand."""
        rows = sorted(index.row() for index in self.selectedIndexes())
        return [self.tiles.found[row].path for row in rows]

    def picture(self, path: str) -> QPixmap | None:
        """A small picture, asked for when it is not there yet."""
        if path not in self._pictures:
            self._pictures[path] = None
            self._glimpses.ask(Path(path))
        return self._pictures[path]

    @property
    def is_reading(self) -> bool:
        """Whether small pictures are still to come."""
        return any(picture is None for picture in self._pictures.values())

    def forget_pictures(self) -> None:
        """Files may have changed: read them again as they come into sight."""
        self._pictures.clear()
        self.viewport().update()

    def _read(self, path: str, image: QImage) -> None:
        self._pictures[path] = QPixmap.fromImage(image) if not image.isNull() else QPixmap()
        self._pictures.move_to_end(path)
        while len(self._pictures) > MOST_KEPT:
            self._pictures.popitem(last=False)
        self.viewport().update()

    def _open(self, index: QModelIndex) -> None:
        self.opened.emit(Path(str(index.data(PATH))))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._open(self.currentIndex())
            return
        super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.chosen:
            self.menu_asked.emit(event.globalPos())

    def event(self, event: QEvent) -> bool:
        is_key = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if is_key and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()  # not the dialogue's
            return True
        return super().event(event)


class _Tile(QStyledItemDelegate):
    """A picture whole in its place, and its name below."""

    def __init__(self, look: Look, grid: Grid) -> None:
        super().__init__(grid)
        self._look, self._grid = look, grid

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return self._grid.gridSize().expandedTo(TILE)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look, place = self._look, QRect(QPoint(0, 0), TILE)
        place.moveCenter(option.rect.center())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(place).adjusted(1, 1, -1, -1), 5, 5)
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        is_under = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if is_chosen or is_under:
            painter.fillPath(shape, look.colour("raised"))
        room = QRect(place.topLeft(), PICTURE).translated(PAD, PAD)
        self._draw_picture(painter, room, self._grid.picture(str(index.data(PATH))))
        words = QRect(room.left(), room.bottom() + 1, room.width(), WORDS_PX)
        painter.setPen(look.colour("text"))
        shown = option.fontMetrics.elidedText(str(index.data()), Qt.TextElideMode.ElideMiddle, words.width())
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, shown)
        has_focus = bool(option.state & QStyle.StateFlag.State_HasFocus)
        if is_chosen or has_focus:
            painter.setPen(QPen(look.colour("accent"), 2))
            painter.drawPath(shape)
        painter.restore()

    def _draw_picture(self, painter: QPainter, room: QRect, picture: QPixmap | None) -> None:
        if picture is None or picture.isNull():
            icon = self._look.pixmap("picture", 28, self._look.colour("muted"), self._grid.devicePixelRatioF())
            painter.drawPixmap(room.center().x() - 14, room.center().y() - 14, icon)
            return
        size = picture.size().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        fitted = QRect(0, 0, size.width(), size.height())
        fitted.moveCenter(room.center())
        painter.drawPixmap(fitted, picture)
