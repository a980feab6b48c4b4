"""Choosing styles by their pictures: one, or up to four mixed, shipped ones or the artist's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QIcon, QImageReader, QPixmap
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
    QVBoxLayout,
    QWidget,
)

from gesso.tools import Styles
from gesso.tools.painting.stylise import ShippedStyle
from gesso.ui.knobs import KnobControl
from gesso.ui.look import Look
from gesso.ui.speech import Speech

TILE_PX = 60
ID = Qt.ItemDataRole.UserRole


class StylesControl(KnobControl):
    """A grid of pictures; Ctrl adds one to the mix, whose shares are set below."""

    knob: Styles

    def __init__(
        self, knob: Styles, look: Look, speech: Speech, shipped: list[ShippedStyle], parent: QWidget | None = None
    ) -> None:
        super().__init__(knob, look, speech, parent)
        self.shipped = {style.id: style for style in shipped}
        self.value: tuple[tuple[str, float], ...] = ()
        self.grid = QListWidget(self)
        self.grid.setViewMode(QListView.ViewMode.IconMode)
        self.grid.setResizeMode(QListView.ResizeMode.Adjust)
        self.grid.setProperty("role", "tiles")
        self.grid.setMovement(QListView.Movement.Static)
        self.grid.setUniformItemSizes(True)
        self.grid.setIconSize(QSize(TILE_PX, TILE_PX))
        self.grid.setGridSize(QSize(TILE_PX + 8, TILE_PX + 8))
        self.grid.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.grid.setFixedHeight(3 * (TILE_PX + 8) + 4)
        self.grid.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._column.addWidget(self.grid, 1)
        self.credit = QLabel(self)
        self.credit.setWordWrap(True)
        self.credit.setProperty("role", "muted")
        self._column.addWidget(self.credit)
        self.mix = QVBoxLayout()
        self._column.addLayout(self.mix)
        self.own = QPushButton(self)
        self._column.addWidget(self.own)
        self.name(self.grid)
        for style in shipped:
            pixels = QPixmap()
            pixels.loadFromData(QByteArray(style.thumbnail))
            self._add(style.id, pixels)
        speech.tell(self.grid, self._say_styles)
        speech.tell(self.own, self._say_own)
        self.grid.itemSelectionChanged.connect(self._selected)
        self.own.clicked.connect(self._ask)
        self.setAcceptDrops(True)

    # --- what is there -------------------------------------------------------------------------------------------

    def _add(self, style: str, pixels: QPixmap) -> QListWidgetItem:
        square = pixels.scaled(
            2 * TILE_PX,
            2 * TILE_PX,
            Qt.AspectRatioMode.KeepAspectRatioByExpanding,
            Qt.TransformationMode.SmoothTransformation,
        )
        icon = QIcon()
        for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected, QIcon.Mode.Disabled):
            icon.addPixmap(square.copy(0, 0, 2 * TILE_PX, 2 * TILE_PX), mode)  # never tinted: colours are the point
        item = QListWidgetItem(icon, "")
        item.setData(ID, style)
        self.grid.addItem(item)
        return item

    def title_of(self, style: str) -> str:
        known = self.shipped.get(style)
        if known is None:
            return Path(style).stem
        return known.title_zh if self.speech.language == "zh_CN" else known.title

    def _say_styles(self) -> None:
        for row in range(self.grid.count()):
            item = self.grid.item(row)
            style = str(item.data(ID))
            known = self.shipped.get(style)
            title = self.title_of(style)
            item.setToolTip(f"{title}\n{known.credit}" if known else title)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, title)
        self._show_mix()

    def _say_own(self) -> None:
        self.own.setText(self.speech.say("Own picture…"))
        self.own.setToolTip(self.speech.say("Paint in the manner of any picture file; it may also be dropped here."))

    def add_own(self, path: Path) -> None:
        """Any picture file as a style, chosen at once."""
        style = str(path)
        item = next((i for i in self._items() if i.data(ID) == style), None)
        if item is None:
            reader = QImageReader(style)
            reader.setAutoTransform(True)
            item = self._add(style, QPixmap.fromImage(reader.read()))
            self._say_styles()
        self.grid.setCurrentItem(item)
        self.grid.scrollToItem(item)

    def _ask(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, self.speech.say("Own picture…"))
        if chosen:
            self.add_own(Path(chosen))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        for url in event.mimeData().urls():
            if url.isLocalFile():
                self.add_own(Path(url.toLocalFile()))

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
        self.show_value(tuple(pairs))
        self.moved.emit(list(self.value))

    def show_value(self, value: Any) -> None:
        self.value = tuple((str(style), float(weight)) for style, weight in value)
        chosen = {style for style, _ in self.value}
        self.grid.blockSignals(True)
        for item in self._items():
            item.setSelected(item.data(ID) in chosen)
        self.grid.blockSignals(False)
        self._show_mix()

    def _show_mix(self) -> None:
        """The credit of a single style, or a slider for each one's share."""
        while self.mix.count():
            widget = self.mix.takeAt(0).widget()
            if widget is not None:
                widget.deleteLater()
        single = self.shipped.get(self.value[0][0]) if len(self.value) == 1 else None
        self.credit.setText(self._credit(single) if single else "")
        self.credit.setVisible(single is not None)
        if len(self.value) < 2:
            return
        for style, weight in self.value:
            row = QWidget(self)
            line = QHBoxLayout(row)
            line.setContentsMargins(0, 0, 0, 0)
            label = QLabel(self.title_of(style), row)
            label.setFixedWidth(110)
            share = QSlider(Qt.Orientation.Horizontal, row)
            share.setRange(1, 100)
            share.setValue(max(1, round(100 * weight)))
            share.setAccessibleName(self.title_of(style))
            share.sliderReleased.connect(self._shares_moved)
            share.actionTriggered.connect(lambda action, s=share: None if s.isSliderDown() else self._later())
            share.setProperty("style_id", style)
            line.addWidget(label)
            line.addWidget(share, 1)
            self.mix.addWidget(row)

    def _credit(self, style: ShippedStyle) -> str:
        return " — ".join(part for part in (self.title_of(style.id), style.credit) if part)

    def _later(self) -> None:
        from PySide6.QtCore import QTimer

        QTimer.singleShot(0, self, self._shares_moved)  # the slider has its new value only after the action

    def _shares_moved(self) -> None:
        sliders = [s for s in self.findChildren(QSlider) if s.property("style_id") in dict(self.value)]
        shares = {str(s.property("style_id")): s.value() for s in sliders}
        total = sum(shares.values()) or 1
        self.value = tuple((style, shares.get(style, 1) / total) for style, _ in self.value)
        self.moved.emit(list(self.value))
