"""The models on the shelf, grouped by what they are for: title, version, size, terms, and whether they are right here."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gesso.tools.model_shelf import Model
from gesso.ui.look import Look
from gesso.ui.models.parts import (
    PAD_PX,
    TERMS_INK,
    draw_chip,
    size_title,
    task_title,
    terms_title,
    tested_ink,
    tested_title,
    title_of,
)
from gesso.ui.speech import Speech

FACTS = Qt.ItemDataRole.UserRole
NAME = Qt.ItemDataRole.UserRole + 1
ROW_PX = 64
HEAD_PX = 30
EDGE_PX = 10
WIDTH_PX = 300


class _Row(QStyledItemDelegate):
    """Title and terms above, version, size and self-test below."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        lines = option.fontMetrics.height()
        return QSize(0, max(ROW_PX, 3 * lines + 20) if index.data(NAME) else max(HEAD_PX, lines + 14))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        painter.save()
        place, look = option.rect, self._look
        if not index.data(NAME):
            self._draw_head(painter, place, index.data(Qt.ItemDataRole.DisplayRole))
            painter.restore()
            return
        self.parent().style().drawPrimitive(
            QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, self.parent()
        )
        title, version, size, terms, ink, tested, tested_ink_ = index.data(FACTS)
        inner, line = place.adjusted(EDGE_PX, 6, -EDGE_PX, -6), option.fontMetrics.height()
        bold = QFont(option.font)
        bold.setWeight(QFont.Weight.DemiBold)
        painter.setFont(bold)
        painter.setPen(look.colour("text"))
        top = QRect(inner.x(), inner.y(), inner.width(), line + 2)
        painter.drawText(
            top,
            Qt.AlignmentFlag.AlignVCenter,
            painter.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, top.width()),
        )
        painter.setFont(option.font)
        painter.setPen(look.colour("muted"))
        middle = top.translated(0, line + 4)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(middle, left, f"{version} · {size}")
        if terms:
            wide = option.fontMetrics.horizontalAdvance(terms) + 2 * PAD_PX + 2
            chip = QRectF(inner.right() - wide + 1, middle.y(), wide, line + 4)
            draw_chip(painter, chip, terms, look, ink)
        painter.setPen(look.colour(tested_ink_))
        bottom = middle.translated(0, line + 2)
        painter.drawText(
            bottom, left, painter.fontMetrics().elidedText(tested, Qt.TextElideMode.ElideRight, bottom.width())
        )
        painter.restore()

    def _draw_head(self, painter: QPainter, place: QRect, text: str) -> None:
        font = QFont(painter.font())
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(self._look.colour("muted"))
        inner = place.adjusted(EDGE_PX, 0, -EDGE_PX, -4)
        painter.drawText(inner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, text)


class ShelfList(QListWidget):
    """One row for each model."""

    chosen = Signal(str)
    """The name of a model."""

    def __init__(self, look: Look, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._speech, self._models = speech, list[Model]()
        self.setItemDelegate(_Row(look, self))
        self.setMinimumWidth(WIDTH_PX)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(False)
        self.currentItemChanged.connect(self._tell)
        look.tell(self, self.viewport().update)
        speech.tell(self, self._fill)

    def put(self, models: Sequence[Model]) -> None:
        """Show these; what was chosen stays chosen."""
        self._models = list(models)
        self._fill()

    @property
    def name(self) -> str:
        """Of the model that is chosen."""
        item = self.currentItem()
        return str(item.data(NAME)) if item is not None and item.data(NAME) else ""

    def choose(self, name: str) -> None:
        for row in range(self.count()):
            if self.item(row).data(NAME) == name:
                self.setCurrentRow(row)
                return

    def _fill(self) -> None:
        say, before = self._speech.say, self.name
        self.setAccessibleName(say("Models"))
        self.blockSignals(True)
        self.clear()
        task = None
        for model in self._models:
            if model.task != task:
                task = model.task
                head = QListWidgetItem(task_title(task, self._speech) if task else say("Not usable"), self)
                head.setFlags(Qt.ItemFlag.NoItemFlags)
            self._add(model)
        self.blockSignals(False)
        if before:
            self.choose(before)

    def _add(self, model: Model) -> None:
        say, shown = self._speech.say, model.shown
        title = title_of(shown, self._speech)
        version = say("{version}, pinned", version=shown.version) if model.is_pinned else shown.version
        size = size_title(shown.size_bytes, self._speech)
        card = shown.card
        terms = terms_title(card.terms, self._speech) if card is not None else ""
        tested = tested_title(shown.tested, self._speech) if card is not None else say("Refused")
        item = QListWidgetItem(title, self)
        item.setData(NAME, model.name)
        ink = TERMS_INK[card.terms] if card is not None else "muted"
        item.setData(FACTS, (title, version, size, terms, ink, tested, tested_ink(shown.tested) if card else "warn"))
        item.setData(Qt.ItemDataRole.AccessibleTextRole, ", ".join(filter(None, (title, version, size, terms, tested))))
        item.setToolTip(model.name)

    def _tell(self, item: QListWidgetItem | None) -> None:
        if item is not None and item.data(NAME):
            self.chosen.emit(item.data(NAME))
