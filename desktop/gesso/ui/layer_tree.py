"""The layer list itself: an eye, a small picture and a name for each, groups folded or open."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QDropEvent, QIcon, QImage, QKeyEvent, QMouseEvent, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem

from gesso.documents.painting import TILE, Adjustment, Group, Layer, Node, Painting, Tiles, filters
from gesso.ui.layer_bar import LABEL_COLOURS, LABEL_TITLES
from gesso.ui.look import Look
from gesso.ui.speech import Speech, mark
from gesso.ui.text_fonts import missing_family

EYE, NAME, MARKS = range(3)
THUMB = QSize(44, 34)
_ID = Qt.ItemDataRole.UserRole
_ROW_PX = 42
GAP_PX = 6
"""Between the picture of a node and that of its mask."""
ICON_LEFT_PX = 3
"""Where a row's pictures begin."""


def sampled(tiles: Tiles, width: int, height: int) -> np.ndarray:
    """(height, width, channels) of uint8 picked from the tiles; no pixel is read that is not shown."""
    found = np.zeros((height, width, tiles.channels), np.uint8)
    xs = (np.arange(width) * tiles.size.width + tiles.size.width // 2) // max(1, width)
    ys = (np.arange(height) * tiles.size.height + tiles.size.height // 2) // max(1, height)
    for (column, row), tile in tiles.tiles.items():
        inside_x, inside_y = np.flatnonzero(xs // TILE == column), np.flatnonzero(ys // TILE == row)
        if inside_x.size and inside_y.size:
            picked = tile[np.ix_(ys[inside_y] - row * TILE, xs[inside_x] - column * TILE)]
            found[np.ix_(inside_y, inside_x)] = picked >> 8 if picked.dtype == np.uint16 else picked
    return found


def thumbnail(tiles: Tiles, look: Look, density: float) -> QPixmap:
    """A layer's pixels over the squares that stand for nothing, in a frame."""
    shape = QSize(max(1, tiles.size.width), max(1, tiles.size.height))
    inner = shape.scaled(THUMB, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(4, 4)) * density
    pixels = np.ascontiguousarray(sampled(tiles, inner.width(), inner.height()))
    picture = QImage(pixels.tobytes(), inner.width(), inner.height(), inner.width() * 4, QImage.Format.Format_RGBA8888)
    found = QPixmap(THUMB * density)
    found.fill(Qt.GlobalColor.transparent)
    painter = QPainter(found)
    place = QRect(QPoint((found.width() - inner.width()) // 2, (found.height() - inner.height()) // 2), inner)
    painter.fillRect(place, Qt.GlobalColor.white)
    step = max(4, round(5 * density))
    painter.setClipRect(place)
    for x in range(place.left(), place.right() + 1, step):
        for y in range(place.top(), place.bottom() + 1, step):
            if ((x - place.left()) // step + (y - place.top()) // step) % 2:
                painter.fillRect(x, y, step, step, Qt.GlobalColor.lightGray)
    painter.drawImage(place, picture)
    painter.setPen(look.colour("line"))
    painter.drawRect(place.adjusted(0, 0, -1, -1))
    painter.end()
    found.setDevicePixelRatio(density)
    return found


def mask_picture(mask: Tiles, look: Look, density: float, *, is_used: bool = True) -> QPixmap:
    """A mask in grey, in a frame; crossed out when it is not in force."""
    shape = QSize(max(1, mask.size.width), max(1, mask.size.height))
    inner = shape.scaled(THUMB, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(4, 4)) * density
    grey = np.ascontiguousarray(sampled(mask, inner.width(), inner.height()))
    picture = QImage(grey.tobytes(), inner.width(), inner.height(), inner.width(), QImage.Format.Format_Grayscale8)
    found = QPixmap(THUMB * density)
    found.fill(Qt.GlobalColor.transparent)
    painter = QPainter(found)
    place = QRect(QPoint((found.width() - inner.width()) // 2, (found.height() - inner.height()) // 2), inner)
    painter.drawImage(place, picture)
    painter.setPen(look.colour("line"))
    painter.drawRect(place.adjusted(0, 0, -1, -1))
    if not is_used:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.colour("warn"), 2 * density))
        painter.drawLine(place.topLeft(), place.bottomRight())
        painter.drawLine(place.topRight(), place.bottomLeft())
    painter.end()
    found.setDevicePixelRatio(density)
    return found


def _plain(picture: QPixmap) -> QIcon:
    """An icon that keeps its colours when its row is chosen."""
    icon = QIcon(picture)
    icon.addPixmap(picture, QIcon.Mode.Selected)
    return icon


class LayerTree(QTreeWidget):
    """Shows a painting's nodes; asks by signals for what the artist wants."""

    chosen = Signal(str)
    """The id of the node that was clicked or reached with the arrows."""
    seen = Signal(str)
    """Its eye was clicked, or Space pressed."""
    named = Signal(str, str)
    """An id and its new name."""
    part_chosen = Signal(str, bool)
    """The small picture of a node that has a mask was clicked: its own, or the mask's."""
    mask_wanted = Signal(str)
    """Its mask is to be seen alone, or not any more."""
    dropped = Signal(str, object, str)
    """An id, the target's id or None, and `above`, `below` or `into`."""
    unwanted = Signal(str)
    """Delete was pressed on it."""

    def __init__(self, look: Look, speech: Speech, made_with: Callable[[Layer], str]) -> None:
        """`made_with` tells about a layer's AI edits."""
        super().__init__()
        self._look, self._speech, self._made_with = look, speech, made_with
        self._items: dict[str, QTreeWidgetItem] = {}
        self._folded: set[str] = set()
        self._thumbs: dict[tuple[str, str], tuple[Tiles | None, bool, QPixmap]] = {}
        self._painting: Painting | None = None
        self._filling = False
        self.setColumnCount(3)
        self.setHeaderHidden(True)
        self.setTreePosition(NAME)
        self.setIconSize(QSize(2 * THUMB.width() + GAP_PX, THUMB.height()))
        self.setIndentation(16)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed)
        header = self.header()
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(8)
        for column, mode in ((EYE, QHeaderView.ResizeMode.Fixed), (NAME, QHeaderView.ResizeMode.Stretch)):
            header.setSectionResizeMode(column, mode)
        header.setSectionResizeMode(MARKS, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(EYE, 32)
        self.currentItemChanged.connect(self._choose)
        self.itemChanged.connect(self._name)
        self.itemCollapsed.connect(lambda item: self._folded.add(item.data(NAME, _ID)))
        self.itemExpanded.connect(lambda item: self._folded.discard(item.data(NAME, _ID)))

    # --- showing -------------------------------------------------------------------------------------------------

    def fill(self, painting: Painting | None, freshness: Mapping[str, str] | None = None) -> None:
        """Show every node again; what was folded stays folded, the list stays where it was.

        `freshness` tells which filter layers are stale, as far as that is known.
        """
        place = self.verticalScrollBar().value()
        self._filling, self._painting = True, painting
        self.clear()
        self._items.clear()
        marks = 0
        if painting is not None:
            for node, _ in painting.walk():
                parent = self._items.get(painting.parent_of(node.id).id)
                item = QTreeWidgetItem(parent if parent is not None else self.invisibleRootItem())
                self._items[node.id] = item
                marks = max(marks, self._put(item, node, (freshness or {}).get(node.id, filters.FRESH)))
            for id, item in self._items.items():
                item.setExpanded(id not in self._folded)
            self.header().resizeSection(MARKS, marks * 22 + 6)
        self._thumbs = {key: kept for key, kept in self._thumbs.items() if key[0] in self._items}
        self._filling = False
        self.show_active(painting.active if painting is not None else "")
        self.verticalScrollBar().setValue(place)

    def show_active(self, id: str) -> None:
        self._filling = True
        self.setCurrentItem(self._items.get(id))
        self._filling = False
        self.show_target()

    def show_target(self) -> None:
        """Frame what is painted on."""
        if self._painting is not None:
            self.repaint_thumbs(self._painting)

    def repaint_thumbs(self, painting: Painting) -> None:
        """Draw the small pictures of layers whose pixels changed."""
        self._filling = True
        self._painting = painting
        for id, item in self._items.items():
            node = painting.nodes.get(id)
            if node is not None and (isinstance(node, Layer) or node.mask is not None):
                item.setIcon(NAME, self._face(node))
        self._filling = False

    def retint(self) -> None:
        """The theme changed: frames and icons are drawn again."""
        self._thumbs.clear()

    def item_of(self, id: str) -> QTreeWidgetItem:
        return self._items[id]

    def _put(self, item: QTreeWidgetItem, node: Node, freshness: str) -> int:
        """Fill a row; returns how many marks it has."""
        say, look = self._speech.say, self._look
        kind = say("Group" if isinstance(node, Group) else "Adjustment" if isinstance(node, Adjustment) else "Layer")
        name = node.name or kind
        item.setData(NAME, _ID, node.id)
        item.setText(NAME, name)
        item.setSizeHint(NAME, QSize(0, _ROW_PX))
        item.setToolTip(NAME, name)
        item.setIcon(EYE, self._eye(node))
        item.setToolTip(EYE, say("Hide") if node.visible else say("Show"))
        shown = say("{name}, visible", name=name) if node.visible else say("{name}, hidden", name=name)
        item.setData(NAME, Qt.ItemDataRole.AccessibleTextRole, f"{kind}: {shown}")
        item.setData(EYE, Qt.ItemDataRole.AccessibleTextRole, item.toolTip(EYE))
        if not node.visible:
            item.setForeground(NAME, look.faint)
        flags = item.flags() | Qt.ItemFlag.ItemIsEditable
        item.setIcon(NAME, self._face(node))
        if not isinstance(node, Group):
            flags &= ~Qt.ItemFlag.ItemIsDropEnabled
        item.setFlags(flags)
        marks, told = [], []
        if isinstance(node, Layer) and node.provenance:
            marks.append("sparkle")
            told.append(self._made_with(node))
        if isinstance(node, Layer) and node.recipe is not None:
            marks.append("filter" if freshness == filters.FRESH else "warning")
            told.append(
                say("Filter layer") if freshness == filters.FRESH else say("Filter layer whose source has changed")
            )
        if isinstance(node, Layer) and node.text is not None:
            missing = missing_family(node.text)
            marks.append("warning" if missing else "text")
            told.append(say("Text layer"))
            if missing:
                told.append(say("The font “{font}” is missing: its pixels stay until you edit it", font=missing))
        if node.mask is not None:
            told.append(say("Has a mask") if node.masks else say("Has a mask that is not used"))
        if node.clipped:
            marks.append("clip")
            told.append(say("Clipped to the layer below"))
        if isinstance(node, Layer) and node.alpha_locked:
            marks.append("alpha-lock")
            told.append(say("Its alpha is locked"))
        if node.locked:
            marks.append("lock")
            told.append(say("Locked"))
        if node.label:
            told.append(say(LABEL_TITLES[node.label]))
        if marks:
            item.setIcon(MARKS, self._row_of(marks))
        if told:
            item.setToolTip(MARKS, "\n".join(told))
            item.setData(MARKS, Qt.ItemDataRole.AccessibleTextRole, ". ".join(told))
        return len(marks)

    def _face(self, node: Node) -> QIcon:
        """Its small picture, that of its mask beside it, and a frame around the one that is painted on."""
        density = self.devicePixelRatioF()
        own = self._picture(node)
        if node.mask is None:
            return _plain(own)
        found = QPixmap(QSize(2 * THUMB.width() + GAP_PX, THUMB.height()) * density)
        found.setDevicePixelRatio(density)
        found.fill(Qt.GlobalColor.transparent)
        painter = QPainter(found)
        painter.drawPixmap(0, 0, own)
        painter.drawPixmap(THUMB.width() + GAP_PX, 0, self._mask(node.id, node.mask, node.masks))
        painting = self._painting
        if painting is not None and painting.active == node.id:
            on_mask = painting.masked_node is not None
            left = THUMB.width() + GAP_PX if on_mask else 0
            pen = QPen(self._look.colour("accent"), 2)
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            painter.setPen(pen)
            painter.drawRect(QRect(left + 1, 1, THUMB.width() - 2, THUMB.height() - 2))
        painter.end()
        return _plain(found)

    def _kept(self, key: tuple[str, str], tiles: Tiles | None, make: Callable[[], QPixmap]) -> QPixmap:
        kept = self._thumbs.get(key)
        if kept is None or kept[0] is not tiles or kept[1] != self._look.is_dark:
            self._thumbs[key] = kept = (tiles, self._look.is_dark, make())
        return kept[2]

    def _picture(self, node: Node) -> QPixmap:
        density = self.devicePixelRatioF()
        if isinstance(node, Layer):
            return self._kept((node.id, ""), node.tiles, lambda: thumbnail(node.tiles, self._look, density))
        sign = "group" if isinstance(node, Group) else "adjust"
        return self._kept((node.id, ""), None, lambda: self._row([sign], THUMB.width(), 22, THUMB.height()))

    def _mask(self, id: str, mask: Tiles, is_used: bool) -> QPixmap:
        density = self.devicePixelRatioF()
        key = "mask" if is_used else "unused"
        return self._kept((id, key), mask, lambda: mask_picture(mask, self._look, density, is_used=is_used))

    def _eye(self, node: Node) -> QIcon:
        """Whether it is seen, and its label as a stripe beside the eye."""
        density = self.devicePixelRatioF()
        found = QPixmap(QSize(28, THUMB.height()) * density)
        found.setDevicePixelRatio(density)
        found.fill(Qt.GlobalColor.transparent)
        painter = QPainter(found)
        eye = self._look.pixmap("eye" if node.visible else "eye-off", 18, None, density)
        painter.drawPixmap(6, (THUMB.height() - 18) // 2, eye)
        if node.label:
            painter.fillRect(QRect(0, 0, 4, THUMB.height()), QColor(LABEL_COLOURS[node.label]))
        painter.end()
        return _plain(found)

    def _row_of(self, names: list[str]) -> QIcon:
        # As high as every icon of the list, or Qt would enlarge it on dense screens.
        return _plain(self._row(names, height=THUMB.height()))

    def _row(self, names: list[str], width: int = 0, size: int = 18, height: int = 18) -> QPixmap:
        """Icons beside each other as one, centred when there is room."""
        density = self.devicePixelRatioF()
        width = width or len(names) * 22
        found = QPixmap(QSize(width, height) * density)
        found.setDevicePixelRatio(density)
        found.fill(Qt.GlobalColor.transparent)
        painter = QPainter(found)
        for place, name in enumerate(names):
            left = (width - len(names) * 22) // 2 + place * 22 + (22 - size) // 2
            painter.drawPixmap(left, (height - size) // 2, self._look.pixmap(name, size, None, density))
        painter.end()
        return found

    # --- asking --------------------------------------------------------------------------------------------------

    def _choose(self, item: QTreeWidgetItem | None) -> None:
        if not self._filling and item is not None:
            self.chosen.emit(item.data(NAME, _ID))

    def _name(self, item: QTreeWidgetItem, column: int) -> None:
        if not self._filling and column == NAME:
            self.named.emit(item.data(NAME, _ID), item.text(NAME).strip())

    def edit_name(self, id: str) -> None:
        self.editItem(self._items[id], NAME)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        item = self.itemAt(place)
        if item is not None and self.columnAt(place.x()) == EYE and event.button() == Qt.MouseButton.LeftButton:
            self.seen.emit(item.data(NAME, _ID))  # and the active layer stays as it is
            return
        part = self._part_at(place) if event.button() == Qt.MouseButton.LeftButton else None
        if part is not None and part[1] and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.mask_wanted.emit(part[0])
            return
        super().mousePressEvent(event)
        if part is not None:
            self.part_chosen.emit(*part)

    def _part_at(self, place: QPoint) -> tuple[str, bool] | None:
        """Which small picture of a node with a mask lies here: its own, or the mask's."""
        item = self.itemAt(place)
        if item is None or self._painting is None or self.columnAt(place.x()) != NAME:
            return None
        node = self._painting.nodes.get(item.data(NAME, _ID))
        inside = place.x() - self.visualRect(self.indexFromItem(item, NAME)).left() - ICON_LEFT_PX
        if node is None or node.mask is None or not 0 <= inside < 2 * THUMB.width() + GAP_PX:
            return None
        return node.id, inside >= THUMB.width() + GAP_PX // 2

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.columnAt(event.position().toPoint().x()) == EYE:
            self.mousePressEvent(event)
            return
        super().mouseDoubleClickEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.currentItem()
        busy = self.state() == QAbstractItemView.State.EditingState
        if item is not None and not busy and event.key() == Qt.Key.Key_Space:
            self.seen.emit(item.data(NAME, _ID))
        elif item is not None and not busy and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.unwanted.emit(item.data(NAME, _ID))
        elif item is not None and not busy and event.key() == Qt.Key.Key_F2:
            self.editItem(item, NAME)  # wherever the cursor's column is
        else:
            super().keyPressEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Ask for the move; the list is filled anew once the painting has it."""
        moved, place = self.currentItem(), event.position().toPoint()
        # Anything but "ignore" would make Qt take the row out by itself.
        event.setDropAction(Qt.DropAction.IgnoreAction)
        event.accept()
        if moved is None:
            return
        target = self.itemAt(place)
        if target is None:
            self.dropped.emit(moved.data(NAME, _ID), None, "below")
            return
        rect = self.visualItemRect(target)
        share = (place.y() - rect.top()) / max(1, rect.height())
        is_group = bool(target.flags() & Qt.ItemFlag.ItemIsDropEnabled)
        if is_group and (0.25 < share < 0.75 or (share >= 0.75 and target.isExpanded() and target.childCount())):
            where = "into"
        else:
            where = "above" if share < 0.5 else "below"
        self.dropped.emit(moved.data(NAME, _ID), target.data(NAME, _ID), where)


BLEND_TITLES = {
    "normal": mark("Normal"),
    "multiply": mark("Multiply"),
    "screen": mark("Screen"),
    "overlay": mark("Overlay"),
    "darken": mark("Darken"),
    "lighten": mark("Lighten"),
    "color-dodge": mark("Colour dodge"),
    "color-burn": mark("Colour burn"),
    "hard-light": mark("Hard light"),
    "soft-light": mark("Soft light"),
    "difference": mark("Difference"),
    "exclusion": mark("Exclusion"),
    "hue": mark("Hue"),
    "saturation": mark("Saturation"),
    "color": mark("Colour"),
    "luminosity": mark("Luminosity"),
}
"""The blend modes as a menu names them."""
