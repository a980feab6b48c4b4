"""What an artist can do: tools by art, each declared once."""

from __future__ import annotations

from gesso.tools.declaration import Amount, Choice, Knob, Models, Option, SeedKnob, Styles, Switch, Tool, Values
from gesso.tools.painting import PAINTING
from gesso.values import Trouble

TOOLS: tuple[Tool, ...] = (*PAINTING,)
"""Every tool, in the order of menus."""


def tool(id: str) -> Tool:
    """Raises `Trouble` for an unknown one."""
    for found in TOOLS:
        if found.id == id:
            return found
    raise Trouble("There is no tool {id}.", "Nothing was changed.", "See all of them with: gesso tool list", id=id)


__all__ = [
    "TOOLS", "Amount", "Choice", "Knob", "Models", "Option", "SeedKnob", "Styles", "Switch", "Tool", "Values", "tool",
]  # fmt: skip
