"""The list of what the window can do."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMessageBox

from gesso import __version__
from gesso.tools import TOOLS, Tool
from gesso.ui.about_painting import ask_about
from gesso.ui.actions import Act
from gesso.ui.aid_deeds import aid_acts
from gesso.ui.canvas import HANDS
from gesso.ui.guide_deeds import guide_acts
from gesso.ui.layer_deeds import layer_acts
from gesso.ui.library_deeds import library_acts
from gesso.ui.line_deeds import line_acts
from gesso.ui.mask_work import mask_acts
from gesso.ui.models.deeds import model_acts
from gesso.ui.preference_deeds import preference_acts
from gesso.ui.shape_deeds import shape_acts
from gesso.ui.speech import mark
from gesso.ui.text_deeds import finish_writing
from gesso.values.words import LANGUAGES

if TYPE_CHECKING:
    from gesso.ui.window import Window


def deeds(window: Window) -> list[Act]:
    """In the order of menus and of an empty palette."""
    paper, canvas, assist = window.paperwork, window.canvas, window.assist
    found = [
        Act("new", mark("New…"), paper.new, "new", "Ctrl+N", "file"),
        Act("open", mark("Open…"), paper.ask_open, "open", "Ctrl+O", "file"),
        *library_acts(window),
        Act("place", mark("Add picture as layer…"), paper.ask_place, "picture", "", "file", "painting"),
        Act("save", mark("Save"), lambda: _settled(window, paper.save), "save", "Ctrl+S", "file", "painting"),
        Act("save-as", mark("Save as…"), lambda: _settled(window, paper.save_as), "", "Ctrl+Shift+S", "file", "painting"),
        Act("export", mark("Export…"), lambda: _settled(window, paper.ask_export), "export", "Ctrl+E", "file", "painting"),
        *line_acts(window),
        Act("about-painting", mark("About this painting…"), lambda: ask_about(window), "", "", "file", "painting", keywords="title author copyright credit name metadata info xmp"),
        Act("file-history", mark("History of this file…"), paper.care.show_history, "history", "", "file", "painting", keywords="versions backup restore"),
        Act("close-tab", mark("Close tab"), window.close_tab, "close", "Ctrl+W", "file", "painting", keywords="painting"),
        Act("home", mark("Home"), window.go_home, "home", "Alt+Home", "file", "painting"),
        Act("quit", mark("Quit"), window.close, "", "Ctrl+Q", "file"),
        Act("undo", mark("Undo"), window.undo, "undo", "Ctrl+Z", "edit", "undo"),
        Act("redo", mark("Redo"), window.redo, "redo", "Ctrl+Shift+Z | Ctrl+Y", "edit", "redo"),
        Act("copy", mark("Copy"), paper.placing.copy, "copy", "Ctrl+C", "edit", "painting"),
        Act("paste", mark("Paste as layer"), paper.placing.paste, "", "Ctrl+V", "edit"),
        *shape_acts(window),
        *preference_acts(window),
        Act("layer-new", mark("New layer"), window.layers.add_layer, "layer-add", "Ctrl+Shift+N", "layer", "painting"),
        Act("layer-group", mark("Group layer"), window.layers.add_group, "group-add", "", "layer", "painting"),
        Act("layer-copy", mark("Duplicate layer"), window.layers.duplicate, "", "Ctrl+J", "layer", "painting"),
        Act("layer-delete", mark("Delete layer"), window.layers.delete, "trash", "", "layer", "painting"),
        *layer_acts(window.layers),
        *mask_acts(window),
        *(
            Act(
                f"tool:{tool.id}", tool.title, lambda t=tool: _open_tool(window, t), tool.name, "", "assist", "painting",
                keywords=tool.summary,
            )
            for tool in TOOLS
        ),
        Act("suggest", mark("Suggest"), assist.propose, "sparkle", "Ctrl+G", "assist", "painting", keywords="proposals ideas variations"),
        Act("again", mark("Ask again"), assist.again, "again", "Ctrl+Shift+G", "assist", "painting"),
        Act("apply", mark("Make it in full"), lambda: assist.keep(assist.chosen), "keep", "Ctrl+Return", "assist", "painting"),
        Act("live", mark("Live preview"), lambda: assist.set_live(not assist.is_live), "eye", "Ctrl+L", "assist", "painting", checkable=True),
        Act("look-away", mark("Hide the preview"), lambda: _look_away(window), "eye-off", "", "assist", "preview"),
        *model_acts(window),
        Act("before-after", mark("Before and after"), lambda: _split(window), "split", "\\", "view", "preview"),
        Act("zoom-in", mark("Zoom in"), lambda: canvas.zoom_by(1.25), "zoom-in", "Ctrl++ | Ctrl+=", "view", "painting"),
        Act("zoom-out", mark("Zoom out"), lambda: canvas.zoom_by(0.8), "zoom-out", "Ctrl+-", "view", "painting"),
        Act("fit", mark("Fit in window"), canvas.fit, "fit", "Ctrl+0", "view", "painting"),
        Act("actual", mark("Actual size"), canvas.actual_size, "", "Ctrl+1", "view", "painting"),
        Act("turn-left", mark("Turn the view left"), lambda: _turn(window, -15), "", "Ctrl+[", "view", "painting", keywords="rotate"),
        Act("turn-right", mark("Turn the view right"), lambda: _turn(window, 15), "", "Ctrl+]", "view", "painting", keywords="rotate"),
        Act("mirror", mark("Mirror the view"), lambda: _mirror(window), "", "Shift+M", "view", "painting", checkable=True, keywords="flip"),
        Act("straight", mark("Straighten the view"), lambda: _straighten(window), "", "Ctrl+'", "view", "painting", keywords="rotate reset"),
        *aid_acts(window),
        *(
            Act(
                f"tool-{hand.id}", hand.title, lambda h=hand: window.set_tool(h.id), hand.icon, hand.keys, "", "painting", "tool",
                keywords=hand.keywords,
            )
            for hand in HANDS
        ),
        Act("brush-smaller", mark("Smaller brush"), lambda: window.brush_bar.resize_brush(-1), "", "[", "", "painting"),
        Act("brush-larger", mark("Larger brush"), lambda: window.brush_bar.resize_brush(1), "", "]", "", "painting"),
        Act("brush-softer", mark("Softer brush"), lambda: window.brush_bar.harden(-1), "", "Shift+[ | {", "", "painting"),
        Act("brush-harder", mark("Harder brush"), lambda: window.brush_bar.harden(1), "", "Shift+] | }", "", "painting"),
        Act("brush-choose", mark("Choose a brush"), window.brush_bar.show_picker, "brush", "", "", "painting", keywords="brushes presets"),
        Act("brush-edit", mark("Brush editor"), window.brush_bar.show_editor, "adjust", "", "", "painting", keywords="brush settings dynamics"),
        Act("swap-colours", mark("Swap colours"), window.brush_bar.swap, "", "X", "", "painting"),
        Act("reset-colours", mark("Black and white"), window.brush_bar.reset, "", "D", "", "painting"),
        *window.panels.acts(),
        *window.proofing.acts(),
        Act("tab-next", mark("Next painting"), lambda: window.tabs.step(1), "", "Ctrl+Tab", "view", "tabs", keywords="tab switch"),
        Act("tab-previous", mark("Painting before"), lambda: window.tabs.step(-1), "", "Ctrl+Shift+Tab", "view", "tabs", keywords="tab switch previous"),
        *window.workspaces.acts(),
        *(
            Act(f"theme-{theme}", title, lambda t=theme: _theme(window, t), "", "", "view", "", "theme")
            for theme, title in (
                ("dark", mark("Dark theme")),
                ("light", mark("Light theme")),
                ("contrast", mark("High-contrast theme")),
                ("system", mark("Theme of the system")),
            )
        ),
        *(
            Act(f"language-{code}", title, lambda c=code: _language(window, c), "", "", "view", "", "language")
            for code, title in LANGUAGES.items()
        ),
        Act("palette", mark("Find a command…"), lambda: window.palette_.show_over(), "search", "Ctrl+K", "help"),
        *guide_acts(window),
        Act("device", mark("What models run on…"), window.status.explain, "device-cpu", "", "help"),
        Act("about", mark("About Gesso"), lambda: _about(window), "info", "", "help"),
    ]  # fmt: skip
    return found


def _settled(window: Window, then: Callable[[], None]) -> None:
    """What is under the artist's hand, such as a slider of the layers, is done before it is written."""
    window.layers.settle()
    finish_writing(window.canvas)
    then()


def _turn(window: Window, degrees: float) -> None:
    window.canvas.angle += degrees


def _mirror(window: Window) -> None:
    window.canvas.is_mirrored = not window.canvas.is_mirrored


def _straighten(window: Window) -> None:
    window.canvas.angle, window.canvas.is_mirrored = 0.0, False


def _theme(window: Window, theme: str) -> None:
    window.look.theme = window.settings.theme = theme
    window.settings.save()


def _language(window: Window, code: str) -> None:
    window.settings.language = code
    window.settings.save()
    window.speech.set_language(code)


def _open_tool(window: Window, tool: Tool) -> None:
    window.panels.show("assist")
    window.assist.set_tool(tool)


def _look_away(window: Window) -> None:
    window.assist.choose(None)
    window.assist.set_live(False)


def _split(window: Window) -> None:
    """Whole before, half, whole after, by turns."""
    window.canvas.split = {0.0: 0.5, 0.5: 1.0}.get(window.canvas.split, 0.0)


def _about(window: Window) -> None:
    say = window.speech.say
    box = QMessageBox(window)
    box.setWindowTitle(say("About Gesso"))
    box.setIconPixmap(window.look.pixmap("gesso", 64))
    box.setText(f"Gesso {__version__}")
    box.setInformativeText(
        say(
            "An offline studio in which small neural networks assist artists. Apache-2.0. Nothing ever leaves this computer."
        )
    )
    box.addButton(say("Close"), QMessageBox.ButtonRole.RejectRole)
    box.open()
