"""What the Help menu does: the guide at the page that fits, the first-run page, the diagnostics bundle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QDialog, QDockWidget, QVBoxLayout, QWidget

from gesso.ui.actions import MENUS, Act
from gesso.ui.diagnostics import Diagnostics
from gesso.ui.guide import Guide, shortcut_rows
from gesso.ui.guide_markup import cap, table_of
from gesso.ui.speech import mark
from gesso.ui.welcome import Welcome

if TYPE_CHECKING:
    from gesso.ui.window import Window

PANEL_PAGES = {
    "assist": "suggestions", "proposals": "suggestions", "jobs": "suggestions", "layers": "layers", "history": "files",
    "reference": "painting",
}  # fmt: skip
"""By the name of the panel that has the focus."""
HAND_PAGES = {"select": "selecting", "shape": "selecting"}
"""By the family of the hand in use, while the canvas has the focus; painting for the others."""
LACKS = {
    "painting": mark("“{title}” needs a painting. Open one, or a sample on the home page."),
    "selection": mark("“{title}” needs a selection. Draw one first."),
    "preview": mark("“{title}” needs a proposal on the canvas. Ask for some first."),
}


class GuideDesk:
    """Holds the guide of a window, made when it is first asked for."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self.guide: Guide | None = None
        if not window.settings.welcomed:
            welcome = self._new_welcome()
            welcome.closed.connect(lambda: window.home.set_welcome(None))
            window.home.set_welcome(welcome)

    def _new_welcome(self) -> Welcome:
        window = self._window
        made = Welcome(
            window.look,
            window.speech,
            window.settings,
            window.home.ask_picture,
            lambda: window.status.truth,
            lambda preset: window.actions_.keymap.use(preset),
        )
        window.status.truth_shown.connect(made.show_truth)
        made.steps_asked.connect(lambda: self.show("first-steps"))
        made.sample_chosen.connect(window.home.sample_chosen)
        made.closed.connect(self._welcomed)
        return made

    def _welcomed(self) -> None:
        self._window.settings.welcomed = True
        self._window.settings.save()

    def welcome(self) -> None:
        """Called for again: in a window of its own, whatever is open."""
        window, dialogue = self._window, QDialog(self._window)
        dialogue.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        made = self._new_welcome()
        made.closed.connect(dialogue.accept)
        column = QVBoxLayout(dialogue)
        column.addWidget(made)
        window.speech.tell(dialogue, lambda: dialogue.setWindowTitle(window.speech.say("First-run page")))
        dialogue.open()

    def show(self, page: str = "") -> None:
        """Open it, or bring it forward, at a page or at the one that fits what the artist is doing."""
        window = self._window
        page = page or page_for(window)
        if self.guide is None:
            self.guide = Guide(window.look, window.speech, self.run, self.keys, self.shortcuts, window)
        self.guide.show_page(page)
        self.guide.show()
        self.guide.raise_()
        self.guide.activateWindow()

    def run(self, id: str) -> str:
        """Do a command that the guide names; what it lacks is said."""
        window = self._window
        act, action = window.actions_.acts[id], window.actions_[id]
        if not action.isEnabled():
            template = LACKS.get(act.needs, mark("“{title}” cannot be done at the moment."))
            return window.speech.say(template, title=window.speech.say(act.title).rstrip("…"))
        action.trigger()
        return ""

    def keys(self, id: str) -> str:
        """The first keys of a command, as they are set now."""
        return self._window.actions_[id].shortcut().toString(QKeySequence.SequenceFormat.NativeText)

    def shortcuts(self) -> str:
        """Every command that has keys, menu by menu, as the artist has set them."""
        window, say = self._window, self._window.speech.say
        made = []
        for id, title in (*MENUS, ("", mark("Tools and brushes"))):
            rows = []
            for act in window.actions_.acts.values():
                keys = window.actions_[act.id].shortcuts()
                if act.menu == id and keys:
                    caps = "&nbsp; ".join(cap(one.toString(QKeySequence.SequenceFormat.NativeText)) for one in keys)
                    rows.append((say(act.title).rstrip("…"), caps))
            if rows:
                made.append(table_of(shortcut_rows((say(title), say("Keys")), rows)))
        return "<br>".join(made)


def page_for(window: Window) -> str:
    """The page that fits the panel with the focus, or the hand in use."""
    if window.pages.currentWidget() is window.home:
        return "first-steps"
    widget: QWidget | None = QApplication.focusWidget()
    while widget is not None:
        if isinstance(widget, QDockWidget):
            return PANEL_PAGES.get(widget.objectName().removeprefix("dock-"), "first-steps")
        widget = widget.parentWidget()
    return HAND_PAGES.get(window.canvas.hand.family, "painting")


def guide_acts(window: Window) -> list[Act]:
    """For the Help menu and the palette."""
    desk = GuideDesk(window)
    return [
        Act("guide", mark("Guide"), desk.show, "info", "F1", "help", keywords="help manual documentation learn"),
        Act("guide-shortcuts", mark("All shortcuts"), lambda: desk.show("shortcuts"), "", "", "help", keywords="keys keyboard"),
        Act("welcome", mark("First-run page"), desk.welcome, "", "", "help", keywords="welcome start begin pen pressure test"),
        Act("diagnostics", mark("Diagnostics bundle…"), lambda: _diagnostics(window), "", "", "help", keywords="doctor report bug support"),
    ]  # fmt: skip


def _diagnostics(window: Window) -> None:
    dialogue = Diagnostics(window.studio, window.jobs, window.settings, window.look, window.speech, window)
    dialogue.troubled.connect(window.trouble)
    dialogue.noted.connect(window.status.say)
    dialogue.open()
