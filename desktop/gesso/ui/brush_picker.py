"""Choosing a brush by what it does: previews, search, favourites first."""

from __future__ import annotations

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QHideEvent, QImage, QKeyEvent, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from gesso.ui.brush_preview import PREVIEW, preview
from gesso.ui.brush_shelf import BrushShelf, KeptBrush
from gesso.ui.look import Look
from gesso.ui.speech import Speech, mark
from gesso.ui.widgets.controls import button, icon_button
from gesso.values.ranking import forms, rank

ID, LIKED = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
PICTURE = QSize(PREVIEW.width // 2, PREVIEW.height // 2)
CELL = QSize(PICTURE.width() + 16, PICTURE.height() + 34)
COLUMNS, ROWS = 2, 5
STAR_PX = 16


class _Card(QStyledItemDelegate):
    """The stroke of a brush above its name; a star on favourites."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return CELL

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        look, state = self._look, option.state
        chosen, under = state & QStyle.StateFlag.State_Selected, state & QStyle.StateFlag.State_MouseOver
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        whole = QRectF(option.rect).adjusted(2, 2, -2, -2)
        shape = QPainterPath()
        shape.addRoundedRect(whole, 5, 5)
        painter.fillPath(shape, look.colour("raised" if chosen or under else "panel"))
        place = QRect(option.rect.x() + 8, option.rect.y() + 6, PICTURE.width(), PICTURE.height())
        picture = index.data(Qt.ItemDataRole.DecorationRole)
        inner = QPainterPath()
        inner.addRoundedRect(QRectF(place), 3, 3)
        painter.setClipPath(inner)
        if isinstance(picture, QPixmap) and not picture.isNull():
            painter.drawPixmap(place, picture)
        else:
            painter.fillRect(place, look.colour("canvas"))
        painter.setClipping(False)
        words = QRect(place.x(), place.bottom() + 3, place.width(), option.rect.bottom() - place.bottom() - 5)
        if index.data(LIKED):
            star = look.pixmap("star-full", STAR_PX, look.colour("accent"), painter.device().devicePixelRatioF())
            painter.drawPixmap(QPoint(words.right() - STAR_PX, words.center().y() - STAR_PX // 2 + 1), star)
            words.setRight(words.right() - STAR_PX - 4)
        painter.setPen(look.colour("text"))
        text = QFontMetrics(option.font).elidedText(index.data(), Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        if chosen:
            painter.setPen(QPen(look.colour("accent"), 2))
            painter.drawPath(shape)
        painter.restore()


class BrushPicker(QFrame):
    """A pop-up over the canvas."""

    chosen = Signal(str)
    """The id of a brush."""
    edit_asked = Signal()

    def __init__(self, shelf: BrushShelf, look: Look, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("role", "panel")
        self.shelf, self._look, self._speech = shelf, look, speech
        self._pictures: dict[KeptBrush, QPixmap] = {}
        self._in_hand = ""
        self.search = QLineEdit(self)
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda: self._fill())
        self.search.installEventFilter(self)
        self.only = icon_button(look, speech, "star", mark("Show favourites only"))
        self.only.setCheckable(True)
        self.only.toggled.connect(lambda: self._fill())
        self.list = QListWidget(self)
        self.list.setViewMode(QListView.ViewMode.IconMode)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setMovement(QListView.Movement.Static)
        self.list.setUniformItemSizes(True)
        self.list.setGridSize(CELL)
        self.list.setItemDelegate(_Card(look, self.list))
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMouseTracking(True)
        self.list.setFixedSize(CELL.width() * COLUMNS + 26, CELL.height() * ROWS + 6)
        self.list.itemClicked.connect(self._choose)
        self.list.itemActivated.connect(self._choose)
        self.list.currentItemChanged.connect(lambda: self._show_liked())
        self.nothing = QLabel(self)
        self.nothing.setProperty("role", "muted")
        self.nothing.setWordWrap(True)
        self.nothing.hide()
        self.like = icon_button(look, speech, "star", mark("Favourite"))
        self.like.setCheckable(True)
        self.like.clicked.connect(self._favour)
        look.tell(self.like, self._show_liked)
        self.edit = button(speech, mark("Edit brush…"), "", look, "adjust")
        self.edit.clicked.connect(self._ask_edit)
        column, top, bottom = QVBoxLayout(self), QHBoxLayout(), QHBoxLayout()
        column.setContentsMargins(8, 8, 8, 8)
        top.addWidget(self.search, 1)
        top.addWidget(self.only)
        bottom.addWidget(self.like)
        bottom.addStretch(1)
        bottom.addWidget(self.edit)
        for part in (top, self.list, self.nothing, bottom):
            column.addWidget(part) if isinstance(part, QWidget) else column.addLayout(part)
        self._drawer = QTimer(self)
        self._drawer.setInterval(0)
        self._drawer.timeout.connect(self._draw_one)
        speech.tell(self, self._say)

    def _say(self) -> None:
        say = self._speech.say
        self.setAccessibleName(say("Brushes"))
        self.search.setPlaceholderText(say("Find a brush"))
        self.search.setAccessibleName(say("Find a brush"))
        self.list.setAccessibleName(say("Brushes"))
        self.nothing.setText(say("No brush is called that. Try another word, or its pinyin initials."))
        self._fill()

    def open_below(self, anchor: QWidget, in_hand: str = "") -> None:
        """Show it under a button, the brush in hand chosen."""
        self._in_hand = in_hand
        self.search.clear()
        self.list.clear()
        self._fill()
        self.list.scrollToItem(self.list.currentItem())
        self.adjustSize()
        at = anchor.mapToGlobal(QPoint(0, anchor.height() + 2))
        seen = anchor.screen().availableGeometry()
        at.setX(max(seen.left(), min(at.x(), seen.right() - self.width())))
        at.setY(max(seen.top(), min(at.y(), seen.bottom() - self.height())))
        self.move(at)
        self.show()
        self.search.setFocus()

    @property
    def shown(self) -> list[str]:
        """The ids of the brushes in the list, in its order."""
        return [self.list.item(row).data(ID) for row in range(self.list.count())]

    def refresh(self) -> None:
        """The shelf has changed."""
        self._fill()

    # --- the list ------------------------------------------------------------------------------------------------

    def _wanted(self) -> list[KeptBrush]:
        """Favourites first, then the artist's own, then Gesso's; those that fit the search best before all."""
        liked, query = self.shelf.favourites, self.search.text()
        all_ = [b for b in self.shelf.brushes.values() if not self.only.isChecked() or b.id in liked]
        all_.sort(key=lambda b: (b.id not in liked, not b.is_own))
        if not query.strip():
            return all_
        things = [(b.id, forms([b.title, b.title_zh], b.keywords.split())) for b in all_]
        return [self.shelf.brushes[id] for id in rank(query, things)]

    def _fill(self) -> None:
        current = self.list.currentItem()
        keep = self._in_hand if current is None else current.data(ID)
        self.list.clear()
        for kept in self._wanted():
            item = QListWidgetItem(kept.name(self._speech.language))
            item.setData(ID, kept.id)
            item.setData(LIKED, kept.id in self.shelf.favourites)
            item.setToolTip(item.text())
            picture = self._picture(kept)
            if picture is not None:
                item.setData(Qt.ItemDataRole.DecorationRole, picture)
            self.list.addItem(item)
            if kept.id == keep:
                self.list.setCurrentItem(item)
        if self.list.count() and self.list.currentRow() < 0:
            self.list.setCurrentRow(0)
        self.nothing.setVisible(not self.list.count())
        if any(self.shelf.brushes[id] not in self._pictures for id in self.shown):
            self._drawer.start()
        self._show_liked()

    def _picture(self, kept: KeptBrush) -> QPixmap | None:
        if kept not in self._pictures:
            path = self.shelf.preview_of(kept)
            if path is None:
                return None
            self._pictures[kept] = QPixmap(str(path))
        return self._pictures[kept]

    def _draw_one(self) -> None:
        """The stroke of one of the artist's own brushes: drawn when there is time, one by one."""
        for row in range(self.list.count()):
            item = self.list.item(row)
            kept = self.shelf.brushes.get(item.data(ID))
            if kept is not None and kept not in self._pictures:
                pixels = preview(kept.brush)
                height, width = pixels.shape[:2]
                image = QImage(pixels.data, width, height, pixels.strides[0], QImage.Format.Format_RGBA8888)
                self._pictures[kept] = QPixmap.fromImage(image)
                item.setData(Qt.ItemDataRole.DecorationRole, self._pictures[kept])
                return
        self._drawer.stop()

    def hideEvent(self, event: QHideEvent) -> None:
        self._drawer.stop()
        super().hideEvent(event)

    # --- choosing ------------------------------------------------------------------------------------------------

    def _choose(self, item: QListWidgetItem) -> None:
        self._in_hand = item.data(ID)
        self.hide()
        self.chosen.emit(self._in_hand)

    def _ask_edit(self) -> None:
        self.hide()
        self.edit_asked.emit()

    def _favour(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            liked = item.data(ID) not in self.shelf.favourites
            self.shelf.favour(item.data(ID), liked)
            item.setData(LIKED, liked)
        self._show_liked()

    def _show_liked(self) -> None:
        item = self.list.currentItem()
        liked = item is not None and bool(item.data(LIKED))
        self.like.setEnabled(item is not None)
        self.like.setChecked(liked)
        self.like.setIcon(self._look.icon("star-full" if liked else "star", 18))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """From the search line the arrows walk through the list, and Enter takes what is chosen."""
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: COLUMNS, Qt.Key.Key_Up: -COLUMNS}.get(event.key())
            if step is not None and self.list.count():
                self.list.setCurrentRow(min(self.list.count() - 1, max(0, self.list.currentRow() + step)))
                return True
            item = self.list.currentItem()
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and item is not None:
                self._choose(item)
                return True
        return super().eventFilter(watched, event)
