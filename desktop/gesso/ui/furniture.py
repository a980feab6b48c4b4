"""The bars, the menus and the palette of the window: all of them drawn from its list of acts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolBar, QWidget

from gesso.ui.actions import MENUS, MNEMONICS, Act, with_mnemonic
from gesso.ui.canvas import HANDS
from gesso.ui.palette import Command, CommandPalette
from gesso.ui.panels import BELOW
from gesso.ui.symmetry_button import SymmetryButton
from gesso.ui.tool_column import ToolColumn

if TYPE_CHECKING:
    from gesso.ui.window import Window

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
    panels, arranged = QMenu(found["view"]), QMenu(found["view"])
    bare = actions["canvas-only"]  # its key goes from field to field everywhere but on the canvas
    speech.tell(panels, lambda: panels.setTitle(speech.say("Panels")))
    panels.addActions([actions[f"dock-{name}"] for name in window.panels.docks if name != BELOW])
    panels.addSeparator()
    panels.addAction(bare)
    window.workspaces.fill(arranged, actions)
    for menu in (panels, arranged):
        found["view"].insertMenu(actions["theme-dark"], menu)
    found["view"].insertSeparator(actions["theme-dark"])
    bare.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
    window.canvas.addAction(bare)
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
