"""Workspaces: arrangements of panels and bars under a name, some of ours and as many of the artist's own as they like."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLineEdit, QMenu, QWidget

from gesso.files.settings import Settings
from gesso.ui.actions import Act, Actions
from gesso.ui.palette import Command
from gesso.ui.panels import USUAL, Groups, Panels
from gesso.ui.speech import Speech, mark

BARE = "bare"
BUILT_IN: dict[str, tuple[str, Groups, float]] = {
    "painting": (mark("Painting"), (("layers",), ("reference", "history")), 0.55),
    "assist": (mark("Assist"), USUAL, 0.64),
    "adjusting": (mark("Layers and adjusting"), (("layers", "history"),), 1.0),
}
"""Titles, which panels stand in which groups, and what the first group takes of the height."""
LONGEST = 40


class Workspaces(QObject):
    """What the View menu and the palette know about arrangements. One is in use; it may have been changed since."""

    changed = Signal()
    """Another one is in use, or the canvas is alone or not any more."""

    def __init__(self, panels: Panels, settings: Settings, speech: Speech, window: QWidget) -> None:
        super().__init__(window)
        self._panels, self._settings, self._speech, self._window = panels, settings, speech, window
        self.is_bare = False
        """Whether the canvas is alone: no panels, no bars."""
        self._menu: QMenu | None = None
        self._own: list[QAction] = []

    @property
    def own(self) -> list[str]:
        """The names that the artist gave, in the order of their making."""
        return list(self._settings.workspaces)

    @property
    def current(self) -> str:
        """An id of ours or a name of the artist's."""
        return self._settings.workspace

    @property
    def is_own(self) -> bool:
        return self.current in self._settings.workspaces

    def use(self, name: str) -> None:
        """Arrange everything as it is under this name; an id of ours, or a name of the artist's."""
        self.is_bare = False
        if name in self._settings.workspaces:
            self._panels.restore(self._settings.workspaces[name])
        elif name in BUILT_IN:
            self._panels.arrange(*BUILT_IN[name][1:])
        else:
            return
        self._settings.workspace = name
        self._settings.save()
        self.changed.emit()

    def reset(self) -> None:
        """As the one in use was before panels were moved about."""
        self.use(self.current if self.is_own or self.current in BUILT_IN else "assist")

    def toggle_bare(self) -> None:
        """The canvas alone, or everything back as it was."""
        self.is_bare = not self.is_bare
        self.changed.emit()

    # --- the artist's own ----------------------------------------------------------------------------------------

    def keep(self, name: str) -> None:
        """What is arranged now, under a name; one of that name is replaced."""
        self._settings.workspaces[name] = self._panels.state
        self._settings.workspace = name
        self._settings.save()
        self.changed.emit()

    def rename(self, name: str) -> None:
        """Give the one in use another name; it keeps its place in the row."""
        before = self.current
        if self.is_own:
            self._settings.workspaces = {
                name if one == before else one: state
                for one, state in self._settings.workspaces.items()
                if one == before or one != name
            }
            self._settings.workspace = name
            self._settings.save()
            self.changed.emit()

    def delete(self) -> None:
        """Forget the one in use; the panels stay where they are."""
        if self.is_own:
            del self._settings.workspaces[self.current]
            self._settings.workspace = "assist"
            self._settings.save()
            self.changed.emit()

    def ask_keep(self) -> None:
        self._ask(mark("Save workspace"), "", self.keep)

    def ask_rename(self) -> None:
        if self.is_own:
            self._ask(mark("Rename workspace"), self.current, self.rename)

    def _ask(self, title: str, name: str, then: Callable[[str], None]) -> None:
        dialogue = NameDialogue(title, name, self._speech, self._window)
        dialogue.accepted.connect(lambda: then(dialogue.name))
        dialogue.finished.connect(dialogue.deleteLater)
        dialogue.open()

    # --- in menu and palette -------------------------------------------------------------------------------------

    def acts(self) -> list[Act]:
        """What the window can do with them, but for those of the artist's own."""
        kind = "workspace"
        return [
            *(
                Act(f"workspace-{id}", title, partial(self.use, id), "", "", "", "painting", "workspace", keywords=kind)
                for id, (title, _, _) in BUILT_IN.items()
            ),
            Act("canvas-only", mark("Canvas only"), self.toggle_bare, "", "Tab", "", "painting", checkable=True, keywords="workspace hide panels"),
            Act("workspace-save", mark("Save workspace as…"), self.ask_keep, "", "", "", "panels", keywords=kind),
            Act("workspace-rename", mark("Rename workspace…"), self.ask_rename, "", "", "", "own workspace"),
            Act("workspace-delete", mark("Delete workspace"), self.delete, "", "", "", "own workspace"),
            Act("workspace-reset", mark("Reset workspace"), self.reset, "", "", "", "painting", keywords="panels default"),
        ]  # fmt: skip

    def fill(self, menu: QMenu, actions: Actions) -> None:
        """Put everything into a menu; those of the artist's own are put there whenever it is shown."""
        self._menu = menu
        self._speech.tell(menu, lambda: menu.setTitle(self._speech.say("Workspaces")))
        for id in BUILT_IN:
            menu.addAction(actions[f"workspace-{id}"])
        self._after_own = menu.addSeparator()
        for id in ("workspace-save", "workspace-rename", "workspace-delete", "workspace-reset"):
            menu.addAction(actions[id])
        menu.aboutToShow.connect(self._put_own)
        self._put_own()

    def _put_own(self) -> None:
        assert self._menu is not None
        for action in self._own:
            self._menu.removeAction(action)
            action.deleteLater()
        self._own = []
        for name in self.own:
            action = QAction(name.replace("&", "&&"), self._menu)
            action.setCheckable(True)
            action.setChecked(name == self.current)
            action.triggered.connect(lambda checked=False, name=name: self.use(name))
            self._menu.insertAction(self._after_own, action)
            self._own.append(action)

    def checked(self) -> dict[str, bool]:
        """Which of the acts are ticked."""
        return {f"workspace-{id}": id == self.current for id in BUILT_IN} | {"canvas-only": self.is_bare}

    def commands(self, is_there: Callable[[], bool]) -> list[Command]:
        """The artist's own, for the palette."""
        return [
            Command(f"workspace:{name}", name, partial(self.use, name), "", ("workspace",), is_there)
            for name in self.own
        ]


class NameDialogue(QDialog):
    """A name for an arrangement; an empty one cannot be accepted."""

    def __init__(self, title: str, name: str, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        say = speech.say
        self.setWindowTitle(say(title))
        self.field = QLineEdit(name, self)
        self.field.setMaxLength(LONGEST)
        self.field.setAccessibleName(say("Name"))
        form = QFormLayout(self)
        form.addRow(say("Name"), self.field)
        self.buttons = QDialogButtonBox(self)
        self._save = self.buttons.addButton(say("Save"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(say("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        form.addRow(self.buttons)
        self.setMinimumWidth(340)
        self.field.textChanged.connect(lambda _: self._save.setEnabled(bool(self.name)))
        self._save.setEnabled(bool(self.name))
        self.field.selectAll()
        self.field.setFocus()

    @property
    def name(self) -> str:
        return self.field.text().strip()
