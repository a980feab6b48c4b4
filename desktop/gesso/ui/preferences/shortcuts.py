"""The editor of shortcuts: every command, found by name or by its keys, and what to do about two that want the same."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
)

from gesso.files.settings import Settings
from gesso.ui.actions import MENUS
from gesso.ui.keymap import OF_THE_CANVAS, Keymap, normal
from gesso.ui.preferences.page import Page
from gesso.ui.presets import PRESETS
from gesso.ui.speech import Speech, mark
from gesso.ui.widgets.controls import button, label, shortcut_text
from gesso.values import Trouble
from gesso.values.ranking import forms, score
from gesso.values.words import LANGUAGES

FITS = 40
"""What a command has to score to be listed; less are letters that merely come in this order."""
FILES = "JSON (*.json)"


class ShortcutsPage(Page):
    """Changes count at once, everywhere."""

    id, title = "shortcuts", mark("Shortcuts")
    fills = True

    def __init__(self, settings: Settings, speech: Speech, keymap: Keymap) -> None:
        self.keymap = keymap
        super().__init__(settings, speech)

    def build(self) -> None:
        self.preset = self.choice({id: preset.title for id, preset in PRESETS.items()}, self.keymap.preset)
        self.import_ = button(self.speech, mark("Import…"))
        self.export = button(self.speech, mark("Export…"))
        self.reset_all = button(self.speech, mark("Reset all"))
        self.row(
            mark("Keys as in"),
            self.preset,
            keywords=("keyboard shortcuts keys hotkeys", "preset krita photoshop", "快捷键 按键 预设"),
        )  # fmt: skip
        self.about = label(self.speech, "", "muted")
        self.about.setContentsMargins(8, 0, 8, 4)
        self.column.addWidget(self.about)
        self.query, self.pressed = QLineEdit(), QKeySequenceEdit()
        self.query.setClearButtonEnabled(True)
        self.pressed.setMaximumSequenceLength(1)
        self.pressed.setClearButtonEnabled(True)
        self.pressed.setFixedWidth(200)
        search = QHBoxLayout()
        search.setContentsMargins(8, 0, 8, 0)
        search.addWidget(self.query, 1)
        search.addWidget(self.pressed)
        self.column.addLayout(search)
        self.list = QTreeWidget()
        self.list.setProperty("role", "rows")
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setColumnCount(2)
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.list.setMinimumHeight(150)
        found = QHBoxLayout()
        found.setContentsMargins(8, 0, 8, 0)
        found.addWidget(self.list)
        self.column.addLayout(found, 1)
        self._build_change()
        self.query.textChanged.connect(self._list)
        self.pressed.keySequenceChanged.connect(self._list)
        self.list.currentItemChanged.connect(self._choose)
        self.preset.activated.connect(lambda _: self.keymap.use(self.preset.currentData()))
        self.import_.clicked.connect(self._import)
        self.export.clicked.connect(self._export)
        self.keymap.changed.connect(self._tell_keys)
        self.speech.tell(self, self._say)

    def _build_change(self) -> None:
        """Below the list: what can be done to the chosen command."""
        self.chosen = label(self.speech, "", "heading")
        self.chosen.setContentsMargins(8, 4, 8, 0)
        self.column.addWidget(self.chosen)
        self.field = QKeySequenceEdit()
        self.field.setMaximumSequenceLength(1)
        self.field.setClearButtonEnabled(True)
        self.change = button(self.speech, mark("Replace"))
        self.add = button(self.speech, mark("Add"))
        self.clear = button(self.speech, mark("Remove keys"))
        self.reset = button(self.speech, mark("Reset"))
        across = QHBoxLayout()
        across.setContentsMargins(8, 0, 8, 0)
        across.setSpacing(6)
        across.addWidget(self.field, 1)
        for one in (self.change, self.add, self.clear, self.reset):
            across.addWidget(one)
        self.column.addLayout(across)
        self.warning = label(self.speech, "", "warn")
        self.warning.setContentsMargins(8, 0, 8, 0)
        self.column.addWidget(self.warning)
        below = QHBoxLayout()
        below.setContentsMargins(8, 4, 8, 0)
        below.setSpacing(6)
        for one in (self.import_, self.export):
            below.addWidget(one)
        below.addStretch(1)
        below.addWidget(self.reset_all)
        self.column.addLayout(below)
        self.field.keySequenceChanged.connect(self._warn)
        self.change.clicked.connect(lambda: self._give(only=True))
        self.add.clicked.connect(lambda: self._give(only=False))
        self.clear.clicked.connect(lambda: self.keymap.set(self.current, []))
        self.reset.clicked.connect(lambda: self.keymap.reset(self.current))
        self.reset_all.clicked.connect(self.keymap.reset_all)

    # --- what is listed ------------------------------------------------------------------------------------------

    @property
    def current(self) -> str:
        """The id of the chosen command, or nothing."""
        item = self.list.currentItem()
        return item.data(0, Qt.ItemDataRole.UserRole) if item is not None else ""

    def choose(self, id: str) -> None:
        """As if its row was clicked."""
        for row in range(self.list.topLevelItemCount()):
            item = self.list.topLevelItem(row)
            if item.data(0, Qt.ItemDataRole.UserRole) == id:
                self.list.setCurrentItem(item)

    def _say(self) -> None:
        say = self.speech.say
        self.query.setPlaceholderText(say("Search by name"))
        self.query.setAccessibleName(say("Search commands"))
        self.pressed.setAccessibleName(say("Search by keys: press them"))
        self.field.setAccessibleName(say("New keys for the chosen command"))
        self.list.setAccessibleName(say("Commands found"))
        self.list.setHeaderLabels([say("Command"), say("Keys")])
        self._tell_keys()

    def _tell_keys(self) -> None:
        """After any change of keys."""
        preset = PRESETS[self.keymap.preset]
        self.preset.setCurrentIndex(self.preset.findData(self.keymap.preset))
        self.about.setText(self.speech.say(preset.help))
        self.reset_all.setEnabled(self.keymap.is_changed)
        self._list()

    def _fits(self, id: str, query: str, pressed: str) -> bool:
        if pressed and pressed not in self.keymap.keys(id):
            return False
        if not query.strip():
            return True
        act = self.keymap.acts[id]
        names = dict.fromkeys(self.speech.words_of(code).say(act.title) for code in LANGUAGES)
        found = forms(names, act.keywords.split())
        return max(score(query, form) for form in found) >= FITS or query.casefold() in " ".join(
            shortcut_text(key).casefold() for key in self.keymap.keys(id)
        )

    def _list(self) -> None:
        was, place = self.current, self.list.verticalScrollBar().value()
        pressed, say = normal(_written(self.pressed)), self.speech.say
        menus = {id: say(title) for id, title in MENUS}
        self.list.clear()
        for id, act in self.keymap.acts.items():
            if not self._fits(id, self.query.text(), pressed):
                continue
            title = say(act.title).rstrip("…")
            keys = "   ".join(shortcut_text(key) for key in self.keymap.keys(id))
            item = QTreeWidgetItem([f"{menus[act.menu]} › {title}" if act.menu else title, keys])
            item.setData(0, Qt.ItemDataRole.UserRole, id)
            item.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{title} {keys}".strip())
            font = item.font(1)
            font.setBold(self.keymap.differs(id))
            item.setFont(1, font)
            self.list.addTopLevelItem(item)
        self.choose(was)
        if self.list.currentItem() is None and self.list.topLevelItemCount():
            self.list.setCurrentItem(self.list.topLevelItem(0))
        self.list.verticalScrollBar().setValue(place)
        self._choose()

    # --- what is changed -----------------------------------------------------------------------------------------

    def _choose(self) -> None:
        id, say = self.current, self.speech.say
        self.chosen.setText(say(self.keymap.acts[id].title).rstrip("…") if id else say("No command has these."))
        self.field.setEnabled(bool(id))
        self.clear.setEnabled(bool(id) and bool(self.keymap.keys(id)))
        self.reset.setEnabled(bool(id) and self.keymap.differs(id))
        self.field.clear()
        self._warn()

    def _warn(self) -> None:
        """Name the command that has these keys already; giving them here takes them from it."""
        key, say = normal(_written(self.field)), self.speech.say
        for field, text in ((self.pressed, say("Search by keys: press them")), (self.field, say("Press new keys"))):
            field.findChild(QLineEdit).setPlaceholderText(text)  # Qt puts its own there at each clearing
        other = self.keymap.owner(key, besides=self.current) if key else ""
        ours = bool(self.current) and key in self.keymap.keys(self.current)
        self.change.setEnabled(bool(key) and bool(self.current))
        self.add.setEnabled(bool(key) and bool(self.current) and not ours)
        shown = shortcut_text(key)
        if other:
            title = say(self.keymap.acts[other].title).rstrip("…")
            text = say("{keys} belongs to “{title}”, which loses it if you go on.", keys=shown, title=title)
        elif key in OF_THE_CANVAS:
            text = say(
                "On the canvas, {keys} is for {what}; that ends if you go on.", keys=shown, what=say(OF_THE_CANVAS[key])
            )
        else:
            text = ""
        self.warning.setText(text)

    def _give(self, only: bool) -> None:
        key = normal(_written(self.field))
        if only:
            self.keymap.set(self.current, [key])
        else:
            self.keymap.add(self.current, key)

    def _export(self) -> None:
        title, usual = self.speech.say("Export shortcuts"), str(Path.home() / "gesso-shortcuts.json")
        chosen, _ = QFileDialog.getSaveFileName(self, title, usual, FILES)
        self._try(self.keymap.export, chosen)

    def _import(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, self.speech.say("Import shortcuts"), str(Path.home()), FILES)
        self._try(self.keymap.import_, chosen)

    def _try(self, step, chosen: str) -> None:
        if chosen:
            try:
                step(Path(chosen))
            except Trouble as trouble:
                self.troubled.emit(trouble)


def _written(field: QKeySequenceEdit) -> str:
    return field.keySequence().toString(QKeySequence.SequenceFormat.PortableText)
