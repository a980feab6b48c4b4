"""Everything the window can do, once: menus, tool bar, shortcuts and the command palette are drawn from this list."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QWidget

from gesso.files.settings import Settings
from gesso.ui.look import Look
from gesso.ui.speech import Speech, mark


@dataclass(frozen=True)
class Act:
    """One thing to do."""

    id: str
    title: str
    run: Callable[[], object]
    icon: str = ""
    keys: str = ""
    menu: str = ""
    """Id of the menu it stands in; empty for the palette alone."""
    needs: str = ""
    """`painting`, `undo`, `redo`, `selection`, `preview` or `chosen`: what must be there."""
    group: str = ""
    """Acts of a group exclude each other and can be checked."""
    checkable: bool = False
    keywords: str = ""


MENUS = (
    ("file", mark("File")),
    ("edit", mark("Edit")),
    ("select", mark("Select")),
    ("image", mark("Image")),
    ("layer", mark("Layer")),
    ("assist", mark("Assist")),
    ("view", mark("View")),
    ("help", mark("Help")),
)


MNEMONICS = {
    "file": "F", "edit": "E", "select": "S", "image": "I", "layer": "L", "assist": "A", "view": "V", "help": "H",
}  # fmt: skip
"""Letters that open the menus together with Alt, the same in every language."""


def with_mnemonic(title: str, letter: str) -> str:
    """The letter marked where it stands in the title, or put behind it as Chinese menus have it."""
    at = title.casefold().find(letter.casefold())
    return f"{title}(&{letter})" if at < 0 else f"{title[:at]}&{title[at:]}"


ROLES = {
    "quit": QAction.MenuRole.QuitRole,
    "preferences": QAction.MenuRole.PreferencesRole,
    "about": QAction.MenuRole.AboutRole,
}
"""Where a Mac keeps these; it would guess others from their words."""


class Actions:
    """QActions made from the list, told again in each language."""

    def __init__(
        self, acts: Sequence[Act], owner: QWidget, look: Look, speech: Speech, settings: Settings | None = None
    ) -> None:
        from gesso.ui.keymap import Keymap  # which knows what an act is

        self.acts = {act.id: act for act in acts}
        self.keymap = Keymap(acts, settings or Settings(Path(os.devnull)), owner)
        self.by_id: dict[str, QAction] = {}
        self._groups: dict[str, QActionGroup] = {}
        self._look, self._speech = look, speech
        for act in acts:
            action = QAction(owner)
            action.setObjectName(act.id)
            action.setCheckable(act.checkable or bool(act.group))
            action.triggered.connect(lambda checked=False, run=act.run: run())
            action.setMenuRole(ROLES.get(act.id, QAction.MenuRole.NoRole))
            if act.group:
                self._groups.setdefault(act.group, QActionGroup(owner)).addAction(action)
            owner.addAction(action)
            self.by_id[act.id] = action
        self._key()
        speech.tell(owner, self._say)
        look.tell(owner, self._draw)
        self.keymap.changed.connect(self._key_again)

    def __getitem__(self, id: str) -> QAction:
        return self.by_id[id]

    def _key(self) -> None:
        """The keys of the keymap; first away with all, so that none is there twice even for a moment."""
        for action in self.by_id.values():
            action.setShortcuts([])
        for id, action in self.by_id.items():
            action.setShortcuts([QKeySequence(key) for key in self.keymap.keys(id)])

    def _key_again(self) -> None:
        self._key()
        self._say()

    def _say(self) -> None:
        for id, action in self.by_id.items():
            title = self._speech.say(self.acts[id].title)
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            action.setText(title)
            action.setIconText(title.rstrip("…"))
            action.setToolTip(f"{title.rstrip('…')}  {keys}".rstrip())

    def _draw(self) -> None:
        for id, action in self.by_id.items():
            if self.acts[id].icon:
                action.setIcon(self._look.icon(self.acts[id].icon))

    def check(self, state: dict[str, bool]) -> None:
        """Tick the acts that are so at the moment."""
        for id, checked in state.items():
            self.by_id[id].setChecked(checked)

    def enable(self, there: dict[str, bool]) -> None:
        """Switch off what lacks what it needs."""
        for id, action in self.by_id.items():
            needs = self.acts[id].needs
            action.setEnabled(not needs or there.get(needs, False))
