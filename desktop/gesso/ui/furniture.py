"""The bars, the menus and the palette of the window: all of them drawn from its list of acts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolBar, QWidget

from gesso.ui.actions import MENUS, MNEMONICS, Act, with_mnemonic
from gesso.ui.canvas import HANDS
from gesso.ui.look import THEMES
from gesso.ui.palette import Command, CommandPalette
from gesso.ui.panels import BELOW
from gesso.ui.speech import mark
from gesso.ui.symmetry_button import SymmetryButton
from gesso.ui.tool_column import ToolColumn
from gesso.values.words import LANGUAGES

if TYPE_CHECKING:
    from gesso.ui.window import Window

MASKS = (
    "mask-add", "mask-from-selection", "mask-apply", "mask-invert", "mask-use", "mask-remove", "",
    "mask-paint", "mask-alone", "mask-veil",
)  # fmt: skip
BREAKS = (
    ("layer", ("layer-merge-down", "layer-clip", "layer-from-copy", "layer-up")), ("view", ("turn-left", "proof")),
)  # fmt: skip
"""By menu, before which commands a line stands besides."""
AIDS = ("rulers", "guides", "snap", "lock-guides", "guide-new", "guides-clear")
TOP = "home open save export | undo redo | zoom-out fit zoom-in | before-after"


def tool_bars(window: Window) -> tuple[QToolBar, ToolColumn]:
    """The one above, and the hands at the left."""
    actions = window.actions_
    names = dict.fromkeys(hand.family for hand in HANDS)
    families = [[actions[f"tool-{hand.id}"] for hand in HANDS if hand.family == name] for name in names]
    top, side = QToolBar(window), ToolColumn(families, window.look, window)
    top.setObjectName("bar-main")
    side.setObjectName("bar-tools")
    for bar in (top, side):
        bar.setMovable(False)
        bar.setIconSize(QSize(20, 20))
        bar.toggleViewAction().setEnabled(False)
    for id in TOP.split():
        top.addSeparator() if id == "|" else top.addAction(actions[id])
    window.brush_bar.add(SymmetryButton(actions, window.canvas.aids, window.look, window.speech))
    gap = QWidget()
    gap.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    top.addWidget(gap)
    top.addAction(actions["palette"])
    window.addToolBar(Qt.ToolBarArea.TopToolBarArea, top)
    window.addToolBar(Qt.ToolBarArea.LeftToolBarArea, side)
    return top, side


def menus(window: Window) -> dict[str, QMenu]:
    """By id; a line stands where other things are needed for what follows."""
    speech, actions = window.speech, window.actions_
    found: dict[str, QMenu] = {}
    for id, title in MENUS:
        menu = window.menuBar().addMenu("")
        found[id] = menu
        speech.tell(menu, lambda m=menu, t=title, i=id: m.setTitle(with_mnemonic(speech.say(t), MNEMONICS[i])))
        last_group = None
        for act in actions.acts.values():
            if act.menu != id:
                continue
            part = act.group or act.needs
            if last_group is not None and part != last_group:
                menu.addSeparator()
            last_group = part
            menu.addAction(actions[act.id])
    for id, following in BREAKS:
        for act in following:
            found[id].insertSeparator(actions[act])
    _within(window, found["layer"], mark("Mask"), MASKS, actions["mask-add"])
    view, arranged = found["view"], QMenu(found["view"])
    window.workspaces.fill(arranged, actions)
    docks = [f"dock-{name}" for name in window.panels.docks if name != BELOW]
    _within(window, view, mark("Rulers and guides"), AIDS, actions["rulers"])
    themes = _within(window, view, mark("Theme"), [f"theme-{theme}" for theme in THEMES], actions["theme-dark"])
    languages = [f"language-{code}" for code in LANGUAGES]
    _within(window, view, mark("Language"), languages, themes.menuAction())
    before = view.insertSeparator(view.actions()[view.actions().index(themes.menuAction()) - 1])
    _within(window, view, mark("Panels"), [*docks, "", "canvas-only"], before)
    view.insertMenu(before, arranged)
    bare = actions["canvas-only"]  # its key goes from field to field everywhere but on the canvas
    bare.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
    window.canvas.addAction(bare)
    return found


def _within(window: Window, menu: QMenu, title: str, ids: Sequence[str], before: QAction) -> QMenu:
    """A menu in another one, in place of the commands that it takes; a line for an empty id."""
    found = QMenu(menu)
    window.speech.tell(found, lambda: found.setTitle(window.speech.say(title)))
    menu.insertMenu(before, found)
    for id in ids:
        if id:
            menu.removeAction(window.actions_[id])
            found.addAction(window.actions_[id])
        else:
            found.addSeparator()
    return found


def palette(window: Window) -> CommandPalette:
    """Everything by name, the artist's own workspaces too."""
    found = CommandPalette(window.look, window.speech, window)
    found.recent = list(window.settings.commands)
    actions = window.actions_

    def command(act: Act) -> Command:
        action = actions[act.id]
        keys = actions.keymap.first(act.id)
        return Command(act.id, act.title, action.trigger, keys, tuple(act.keywords.split()), action.isEnabled)

    def commands() -> list[Command]:
        listed = [command(act) for act in actions.acts.values() if act.id != "palette"]
        return listed + window.workspaces.commands(lambda: window.easel.painting is not None)

    found.set_commands(commands)
    return found
