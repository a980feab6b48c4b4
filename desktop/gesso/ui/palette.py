"""The command palette: everything the window can do, found by a few letters in either language."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGraphicsDropShadowEffect,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from gesso.ui.look import Look
from gesso.ui.speech import Speech
from gesso.ui.widgets.controls import label, shortcut_text
from gesso.values.ranking import Form, forms, learn_sounds, rank
from gesso.values.words import LANGUAGES

KEPT = 12
"""Commands remembered as recent."""
ROWS = 9
_ROW_PX = 34
_SHORTCUT, _OTHER = Qt.ItemDataRole.UserRole + 1, Qt.ItemDataRole.UserRole + 2


@dataclass(frozen=True)
class Command:
    """Something that can be asked for by name."""

    id: str
    title: str
    """An English template."""
    run: Callable[[], object]
    shortcut: str = ""
    keywords: tuple[str, ...] = ()
    """What else an artist may call it, in any language; never shown."""
    can_run: Callable[[], bool] = lambda: True


class _Row(QStyledItemDelegate):
    """The title, the same in the other language, and the shortcut at the right."""

    def __init__(self, look: Look, parent: QObject) -> None:
        super().__init__(parent)
        self._look = look

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(100, max(_ROW_PX, option.fontMetrics.height() + 12))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        self.initStyleOption(option, index)
        title, option.text = option.text, ""
        style = option.widget.style() if option.widget else QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        enabled = bool(option.state & QStyle.StateFlag.State_Enabled)
        metrics, place = QFontMetrics(option.font), option.rect.adjusted(12, 0, -12, 0)
        painter.save()
        painter.setFont(option.font)
        middle = Qt.AlignmentFlag.AlignVCenter
        keys = index.data(_SHORTCUT)
        painter.setPen(self._look.colour("muted") if enabled else self._look.faint)
        painter.drawText(place, middle | Qt.AlignmentFlag.AlignRight, keys)
        room = place.width() - metrics.horizontalAdvance(keys) - 16
        other = index.data(_OTHER)
        start = metrics.horizontalAdvance(title) + 12
        if other and start < room:
            rest = QRect(place.left() + start, place.top(), room - start, place.height())
            painter.drawText(rest, middle, metrics.elidedText(other, Qt.TextElideMode.ElideRight, rest.width()))
        painter.setPen(option.palette.color(QPalette.ColorRole.Text) if enabled else self._look.faint)
        painter.drawText(place, middle, metrics.elidedText(title, Qt.TextElideMode.ElideRight, room))
        painter.restore()


class CommandPalette(QFrame):
    """An overlay near the top of its parent; `show_over` opens it, Escape or a click elsewhere closes it."""

    ran = Signal(str)
    """The id of a command just before it is run."""
    _learnt = Signal()

    def __init__(self, look: Look, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._speech = look, speech
        self._commands: Callable[[], Sequence[Command]] = tuple
        self._listed: dict[str, Command] = {}
        self._forms: dict[str, tuple[Command, list[Form]]] = {}
        self._has_sounds = False
        self._learnt.connect(self._search_again, Qt.ConnectionType.QueuedConnection)
        self._before: QWidget | None = None
        self.recent: list[str] = []
        """Ids, the latest first; the window keeps them between days."""
        self.setProperty("role", "card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._query = QLineEdit(self)
        self._query.setClearButtonEnabled(False)
        self._found = QListWidget(self)
        self._found.setItemDelegate(_Row(look, self._found))
        self._found.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._found.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._nothing = label(speech, "", "muted")
        self._nothing.setContentsMargins(12, 8, 12, 8)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        for part in (self._query, self._found, self._nothing):
            layout.addWidget(part)
        shadow = QGraphicsDropShadowEffect(self)
        shadow.setBlurRadius(32)
        shadow.setOffset(0, 8)
        self.setGraphicsEffect(shadow)
        self._query.textChanged.connect(self._search)
        self._found.itemClicked.connect(lambda item: self._run())
        self._query.installEventFilter(self)
        if parent is not None:
            parent.installEventFilter(self)
        speech.tell(self, self._put)
        look.tell(self, self._found.viewport().update)
        self.hide()

    def _put(self) -> None:
        say = self._speech.say
        self._query.setPlaceholderText(say("What do you want to do?"))
        self._query.setAccessibleName(say("Search commands"))
        self._found.setAccessibleName(say("Commands found"))
        self.setAccessibleName(say("Command palette"))
        self._nothing.setText(say("Nothing by that name. Try another word, or its pinyin initials."))
        if self.isVisible():
            self._search()

    def set_commands(self, commands: Callable[[], Sequence[Command]] | Sequence[Command]) -> None:
        """All there is, or a function asked at each opening."""
        self._commands = commands if callable(commands) else lambda: commands

    def show_over(self) -> None:
        """Open with an empty query and the recent commands first."""
        self._before = QApplication.focusWidget()
        self._listed = {command.id: command for command in self._commands()}
        self._query.clear()
        self._place()
        self._search()
        self.show()
        self.raise_()
        self._query.setFocus(Qt.FocusReason.PopupFocusReason)
        if not self._has_sounds:
            threading.Thread(target=self._learn, name="gesso-sounds", daemon=True).start()

    def _learn(self) -> None:
        """In a thread: the dictionary takes longer to load than a window may wait."""
        learn_sounds()
        with suppress(RuntimeError):  # the window is gone
            self._learnt.emit()

    @Slot()
    def _search_again(self) -> None:
        self._has_sounds = True
        self._forms.clear()
        if self.isVisible() and self._query.text().strip():
            self._search()

    def _ways(self, command: Command) -> list[Form]:
        known = self._forms.get(command.id)
        if known is None or known[0] != command:
            names = dict.fromkeys(self._speech.words_of(code).say(command.title) for code in LANGUAGES)
            known = self._forms[command.id] = (command, forms(names, command.keywords, self._has_sounds))
        return known[1]

    def _search(self) -> None:
        query = self._query.text()
        things = [(id, self._ways(command) if query.strip() else ()) for id, command in self._listed.items()]
        self._found.clear()
        for id in rank(query, things, self.recent):
            command = self._listed[id]
            title, keys = self._speech.say(command.title), shortcut_text(command.shortcut)
            other = next((code for code in LANGUAGES if code != self._speech.language), "en")
            item = QListWidgetItem(title, self._found)
            item.setData(Qt.ItemDataRole.UserRole, id)
            item.setData(_SHORTCUT, keys)
            named = self._speech.words_of(other).say(command.title)
            item.setData(_OTHER, named if query.strip() and named != title else "")
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{title} {keys}".strip())
            if not command.can_run():
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEnabled)
        self._found.setCurrentRow(0)
        if self._found.count() and not self._is_enabled(0):
            self._step(1)
        self._found.setVisible(self._found.count() > 0)
        self._nothing.setVisible(self._found.count() == 0)
        self._place()

    def _is_enabled(self, row: int) -> bool:
        return bool(self._found.item(row).flags() & Qt.ItemFlag.ItemIsEnabled)

    def _step(self, by: int) -> None:
        """To the next command that can be run, round the end."""
        count, row = self._found.count(), self._found.currentRow()
        for _ in range(count):
            row = (row + by) % count
            if self._is_enabled(row):
                self._found.setCurrentRow(row)
                return

    def _run(self) -> None:
        item = self._found.currentItem()
        if item is None or not item.flags() & Qt.ItemFlag.ItemIsEnabled:
            return
        command = self._listed[item.data(Qt.ItemDataRole.UserRole)]
        self.recent = [command.id, *(id for id in self.recent if id != command.id)][:KEPT]
        self.dismiss()
        self.ran.emit(command.id)
        command.run()

    def dismiss(self) -> None:
        """Close without running anything; the focus goes back to where it was."""
        if not self.isVisible():
            return
        had = self._query.hasFocus()
        self.hide()
        if had and self._before is not None:
            self._before.setFocus(Qt.FocusReason.PopupFocusReason)
        self._before = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._query and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            key = event.key()
            pages = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
            if key in pages:
                self._step(pages[Qt.Key(key)])
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run()
                return True
            if key == Qt.Key.Key_Escape:
                self.dismiss()
                return True
        elif watched is self._query and event.type() == QEvent.Type.FocusOut and self.isVisible():
            if not self.isActiveWindow() or QApplication.focusWidget() is not self._query:
                self.dismiss()
        elif watched is self.parent() and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        parent = self.parentWidget()
        room = parent.size() if parent else QSize(800, 600)
        width = min(600, max(280, room.width() - 48))
        rows = min(ROWS, self._found.count())
        row_px = max(_ROW_PX, self._found.sizeHintForRow(0)) if rows else 0
        self._found.setFixedHeight(max(row_px * rows + 6, 1))
        self._found.setVisible(rows > 0)
        self.layout().activate()
        height = min(self.sizeHint().height(), max(80, room.height() - 72))
        self.setGeometry((room.width() - width) // 2, min(72, room.height() // 8), width, height)
