"""Keys for hands that learnt them elsewhere: after the defaults that Krita and Photoshop document, for what Gesso has.

Only what differs from Gesso's own is listed. A key that a preset gives to one command is taken from the command that has
it by default; "" leaves a command without.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gesso.ui.speech import mark


@dataclass(frozen=True)
class Preset:
    """Keys to begin from."""

    title: str
    help: str
    keys: Mapping[str, str]
    """By the id of a command."""


_COMMON = {
    "suggest": "Ctrl+Shift+Return",
    "again": "Ctrl+Alt+Return",
    "live": "Ctrl+Alt+L",
    "layer-group": "Ctrl+G",
    "layer-merge-down": "Ctrl+E",
    "adjust-curves": "Ctrl+M",
    "adjust-levels": "Ctrl+L",
    "adjust-hue-saturation": "Ctrl+U",
    "adjust-colour-balance": "Ctrl+B",
    "adjust-invert": "Ctrl+I",
    "proof": "Ctrl+Y",
    "redo": "Ctrl+Shift+Z",
}
"""What both share; with the keys that Gesso's own commands go to, as theirs are taken."""

PRESETS: Mapping[str, Preset] = {
    "gesso": Preset(mark("Gesso"), mark("Tools on single letters, proposals on Ctrl+G."), {}),
    "krita": Preset(
        mark("Krita"),
        mark("As in Krita, 1, 2, 4, 5 and 6 zoom and turn the view; they choose neither opacity nor proposals then."),
        {
            **_COMMON,
            "export": "Ctrl+Alt+E",
            "layer-new": "Ins",
            "layer-delete": "Shift+Del",
            "layer-clip": "Ctrl+Shift+G",
            "layer-flatten": "Ctrl+Shift+E",
            "layer-merge-visible": "",
            "deselect": "Ctrl+Shift+A",
            "adjust-black-and-white": "Ctrl+Shift+U",
            "fill-selection": "Shift+Backspace",
            "erase-selection": "Del",
            "actual": "1 | Ctrl+1",
            "fit": "2 | Ctrl+0",
            "turn-left": "4 | Ctrl+[",
            "straight": "5 | Ctrl+'",
            "turn-right": "6 | Ctrl+]",
            "mirror": "M",
            "tool-rectangle": "Ctrl+R",
            "tool-ellipse": "J",
            "rulers": "Ctrl+Alt+R",
        },
    ),
    "photoshop": Preset(
        mark("Photoshop"),
        mark("As in Photoshop; the palette is at Ctrl+F and preferences at Ctrl+K."),
        {
            **_COMMON,
            "export": "Ctrl+Alt+Shift+W",
            "preferences": "Ctrl+K",
            "palette": "Ctrl+F",
            "layer-merge-visible": "Ctrl+Alt+Shift+E",
            "adjust-black-and-white": "Ctrl+Alt+Shift+B",
            "erase-selection": "Del",
            "layer-up": "Ctrl+]",
            "layer-down": "Ctrl+[",
            "turn-left": "Ctrl+Alt+[",
            "turn-right": "Ctrl+Alt+]",
            "tool-ellipse": "Shift+M",
            "mirror": "Ctrl+Alt+M",
            "tool-select-brush": "Shift+W",
            "tool-colour-range": "",
            "tool-fill": "Shift+G",
            "canvas-only": "Tab | F",
        },
    ),
}
