"""Choosing styles by their pictures: one, or up to four mixed, shipped ones or the artist's own."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QByteArray,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
)
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QIcon,
    QImage,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QListView,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSlider,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from gesso.tools import Styles
from gesso.tools.painting.stylise import ShippedStyle
from gesso.tools.style_words import credit_of, museum_of
from gesso.ui import knobs
from gesso.ui.glimpses import Glimpses
from gesso.ui.knobs import KnobControl
from gesso.ui.look import Look
from gesso.ui.speech import Speech

CELL_PX = 54
"""A tile is at least so wide; the row is shared out among as many as fit."""
PICTURE_PX = 160
ID = Qt.ItemDataRole.UserRole


def title_of(style: str, shipped: Mapping[str, ShippedStyle], language: str) -> str:
    """A shipped style's name, or that of the picture file."""
    known = shipped.get(style)
    if known is None:
        return Path(style).stem
    return known.title_zh if language == "zh_CN" else known.title


class _Tile(QStyledItemDelegate):
    """A square of the picture, ringed when it is chosen; never tinted, for its colours are the point."""

    def __init__(self, look: Look, parent: QListView) -> None:
        super().__init__(parent)
        self._look = look

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return self.parent().gridSize()

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        icon = index.data(Qt.ItemDataRole.DecorationRole)
        state = option.state
        chosen, focused = state & QStyle.StateFlag.State_Selected, state & QStyle.StateFlag.State_HasFocus
        place = QRectF(option.rect).adjusted(3, 3, -3, -3)
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        corner = QPainterPath()
        corner.addRoundedRect(place, 3, 3)
        painter.setClipPath(corner)
        if isinstance(icon, QIcon) and not icon.isNull():
            picture = icon.pixmap(QSize(PICTURE_PX, PICTURE_PX), 1.0)
            side = min(picture.width(), picture.height())
            square = QRect((picture.width() - side) // 2, (picture.height() - side) // 2, side, side)
            painter.drawPixmap(place, picture, QRectF(square))
        else:
            painter.fillRect(place, self._look.colour("raised"))
            sign = self._look.pixmap("picture", 20, None, painter.device().devicePixelRatioF())
            painter.drawPixmap(
                QRectF(place.center().x() - 10, place.center().y() - 10, 20, 20), sign, QRectF(sign.rect())
            )
        painter.setClipping(False)
        if chosen or focused or state & QStyle.StateFlag.State_MouseOver:
            name, width = ("accent", 3) if chosen else ("text", 2) if focused else ("muted", 1)
            painter.setPen(QPen(self._look.colour(name), width))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(option.rect).adjusted(1.5, 1.5, -1.5, -1.5), 4, 4)
        if chosen and focused:
            painter.setPen(QPen(self._look.colour("panel"), 1))
            painter.drawRoundedRect(place.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        painter.restore()


class _Grid(QListWidget):
    """Tiles in full rows; it is as high as all of them, for the form around it scrolls already."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.arrange()

    def arrange(self) -> None:
        width = self.width() - 2 * self.frameWidth() - 1
        columns = max(3, width // CELL_PX)
        cell = max(24, width // columns)
        rows = max(1, -(-self.count() // columns))
        self.setGridSize(QSize(cell, cell))
        self.setFixedHeight(rows * cell + 2 * self.frameWidth() + 2)


class StylesControl(KnobControl):
    """A grid of pictures; Ctrl adds one to the mix, whose shares are set below."""

    knob: Styles

    def __init__(self, knob: Styles, look: Look, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(knob, look, speech, parent)
        self.shipped: dict[str, ShippedStyle] = {}
        self.value: tuple[tuple[str, float], ...] = ()
        self.grid = _Grid(self)
        self.grid.setViewMode(QListView.ViewMode.IconMode)
        self.grid.setResizeMode(QListView.ResizeMode.Adjust)
        self.grid.setMovement(QListView.Movement.Static)
        self.grid.setProperty("role", "tiles")
        self.grid.setItemDelegate(_Tile(look, self.grid))
        self.grid.setSpacing(0)
        self.grid.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        for which in (self.grid.setHorizontalScrollBarPolicy, self.grid.setVerticalScrollBarPolicy):
            which(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._column.addWidget(self.grid)
        self.credit = QLabel(self)
        self.credit.setWordWrap(True)
        self.credit.setProperty("role", "muted")
        self._column.addWidget(self.credit)
        self.mix = QVBoxLayout()
        self.mix.setSpacing(2)
        self._column.addLayout(self.mix)
        self.own = QPushButton(self)
        self._glimpses = Glimpses(QSize(PICTURE_PX, PICTURE_PX), self)
        self._glimpses.ready.connect(self._show_own)
        self._column.addSpacing(4)
        self._column.addWidget(self.own)
        self.name(self.grid)
        look.tell(self.grid, self.grid.viewport().update)
        speech.tell(self.grid, self._say_styles)
        speech.tell(self.own, self._say_own)
        self.grid.itemSelectionChanged.connect(self._selected)
        self.own.clicked.connect(self._ask)
        self.setAcceptDrops(True)
        self.grid.arrange()

    # --- what is there -------------------------------------------------------------------------------------------

    def set_shipped(self, shipped: list[ShippedStyle]) -> None:
        """Those that come with the model; the artist's own stay behind them."""
        own = [str(item.data(ID)) for item in self._items() if str(item.data(ID)) not in self.shipped]
        self.shipped = {style.id: style for style in shipped}
        self.grid.blockSignals(True)
        self.grid.clear()
        for style in shipped:
            pixels = QPixmap()
            pixels.loadFromData(QByteArray(style.thumbnail))
            self._add(style.id, pixels)
        for path in own:
            if path not in self.shipped:
                self._add_own(path)
        self.grid.blockSignals(False)
        self._say_styles()
        self.show_value(self.value)
        self.grid.arrange()

    def _add(self, style: str, pixels: QPixmap) -> QListWidgetItem:
        item = QListWidgetItem(QIcon(pixels) if not pixels.isNull() else QIcon(), "")
        item.setData(ID, style)
        self.grid.addItem(item)
        return item

    def _add_own(self, path: str) -> QListWidgetItem:
        """A tile that gets its picture when that is read."""
        self._glimpses.ask(Path(path))
        return self._add(path, QPixmap())

    def _show_own(self, path: str, image: QImage) -> None:
        for item in self._items():
            if item.data(ID) == path and not image.isNull():
                item.setIcon(QIcon(QPixmap.fromImage(image)))

    def title_of(self, style: str) -> str:
        return title_of(style, self.shipped, self.speech.language)

    def _say_styles(self) -> None:
        for item in self._items():
            style = str(item.data(ID))
            title, known = self.title_of(style), self.shipped.get(style)
            credit = "\n".join(self._credit(known)) if known else style
            item.setToolTip(_larger(title, self._credit(known), known.thumbnail) if known else style)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, title)
            item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, credit)
        self._show_mix()

    def _credit(self, known: ShippedStyle) -> list[str]:
        """Painter, work and date, and below them the museum."""
        say = self.speech.say
        return [line for line in (credit_of(known, say), museum_of(known, say)) if line]

    def _say_own(self) -> None:
        self.own.setText(self.speech.say("Own picture…"))
        self.own.setToolTip(self.speech.say("Paint in the manner of any picture file; it may also be dropped here."))
        self.grid.setToolTip(self.speech.say("Ctrl and a click mixes up to four styles."))

    def add_own(self, path: Path) -> None:
        """Any picture file as a style, chosen at once."""
        self._item(str(path))
        self._choose([(str(path), 1.0)])

    def _item(self, style: str) -> QListWidgetItem:
        """The tile of a style; made if it is not there yet."""
        item = next((i for i in self._items() if i.data(ID) == style), None)
        if item is None:
            item = self._add_own(style)
            self._say_styles()
            self.grid.arrange()
        return item

    def _ask(self) -> None:
        from gesso.files.pictures import READABLE

        kinds = f"{self.speech.say('Pictures')} ({' '.join('*' + ending for ending in READABLE)})"
        chosen, _ = QFileDialog.getOpenFileName(self, self.speech.say("Own picture…"), "", kinds)
        if chosen:
            self.add_own(Path(chosen))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        for url in event.mimeData().urls():
            if url.isLocalFile():
                self.add_own(Path(url.toLocalFile()))
        event.acceptProposedAction()

    # --- what is chosen ------------------------------------------------------------------------------------------

    def _items(self) -> list[QListWidgetItem]:
        return [self.grid.item(row) for row in range(self.grid.count())]

    def _selected(self) -> None:
        chosen = [str(item.data(ID)) for item in self.grid.selectedItems()]
        kept = [style for style, _ in self.value if style in chosen]
        order = [*kept, *(style for style in chosen if style not in kept)]
        if not order:
            self.show_value(self.value)  # at least one style stays
            return
        if len(order) > self.knob.most:
            order = [*order[: self.knob.most - 1], order[-1]]
        known = dict(self.value)
        self._choose([(style, known.get(style, 1 / len(order))) for style in order])

    def _choose(self, pairs: list[tuple[str, float]]) -> None:
        total = sum(weight for _, weight in pairs)
        self.show_value(tuple((style, weight / total) for style, weight in pairs))
        self.moved.emit(list(self.value))

    def show_value(self, value: Any) -> None:
        self.value = tuple((str(style), float(weight)) for style, weight in value)
        chosen = {style for style, _ in self.value}
        if self.shipped:  # until they are here, a style that is not known may still turn out to be shipped
            for style in chosen:
                self._item(style)
        self.grid.blockSignals(True)
        for item in self._items():
            item.setSelected(item.data(ID) in chosen)
        self.grid.blockSignals(False)
        self.grid.viewport().update()
        self._show_mix()

    def _show_mix(self) -> None:
        """The credit of a single style, or a slider for each one's share."""
        single = self.value[0][0] if len(self.value) == 1 else ""
        known = self.shipped.get(single)
        credit = credit_of(known, self.speech.say) if known else ""
        self.credit.setText(" — ".join(part for part in (self.title_of(single), credit) if part))
        self.credit.setVisible(bool(single) and bool(self.shipped))
        sliders = self._sliders()
        if list(sliders) == [style for style, _ in self.value] and len(self.value) > 1:
            for style, weight in self.value:
                if not sliders[style].isSliderDown():
                    sliders[style].setValue(max(1, round(100 * weight)))
                self._name_share(sliders[style], style)
            return
        while self.mix.count():
            widget = self.mix.takeAt(0).widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for style, weight in self.value if len(self.value) > 1 else ():
            self.mix.addWidget(self._share_row(style, weight))

    def _share_row(self, style: str, weight: float) -> QWidget:
        row = QWidget(self)
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        label = QLabel(row)
        label.setFixedWidth(116)
        share = QSlider(Qt.Orientation.Horizontal, row)
        share.setObjectName("share")
        share.setRange(1, 100)
        share.setPageStep(10)
        share.setValue(max(1, round(100 * weight)))
        share.setProperty("style_id", style)
        share.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        share.installEventFilter(self._still)
        share.sliderReleased.connect(self._shares_moved)
        share.actionTriggered.connect(lambda action: None if share.isSliderDown() else self._later())
        label.setBuddy(share)
        line.addWidget(label)
        line.addWidget(share, 1)
        self._name_share(share, style)
        return row

    def _name_share(self, share: QSlider, style: str) -> None:
        title = self.title_of(style)
        share.setAccessibleName(title)
        for label in share.parentWidget().findChildren(QLabel):
            label.setText(label.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, label.width()))
            label.setToolTip(title)

    def _sliders(self) -> dict[str, QSlider]:
        rows = (self.mix.itemAt(at).widget() for at in range(self.mix.count()))
        return {str(s.property("style_id")): s for row in rows if row is not None for s in row.findChildren(QSlider)}

    def _later(self) -> None:
        QTimer.singleShot(0, self, self._shares_moved)  # the slider has its new value only after the action

    def _shares_moved(self) -> None:
        shares = {style: slider.value() for style, slider in self._sliders().items()}
        total = sum(shares.values()) or 1
        self.value = tuple((style, shares.get(style, 1) / total) for style, _ in self.value)
        self.moved.emit(list(self.value))


CONTROLS = {**knobs.CONTROLS, Styles: StylesControl}
"""Kind of knob -> its control, for every kind that there is."""


def _larger(title: str, credit: list[str], thumbnail: bytes) -> str:
    """A tooltip that shows the style larger than its tile."""
    from html import escape

    data = b64encode(thumbnail).decode()
    picture = f'<img src="data:image/jpeg;base64,{data}" width="{PICTURE_PX}">'
    return f"<p>{picture}</p><p><b>{escape(title)}</b><br>{'<br>'.join(map(escape, credit))}</p>"
