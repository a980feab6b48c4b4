"""`stack.xml`, the list of layers in an OpenRaster file: read without trust, and written."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from gesso.documents.painting import Group, Node, Painting
from gesso.files.assembly import DEEPEST, MOST_NODES
from gesso.values import Size

MOST_XML_BYTES = 16 << 20
ISOLATED, THROUGH = "isolate", "auto"


@dataclass
class Entry:
    """One layer or stack, as the file says it."""

    name: str
    is_stack: bool
    operator: str = "svg:src-over"
    opacity: float = 1.0
    visible: bool = True
    is_active: bool = False
    is_isolated: bool = False
    is_locked: bool = False
    source: str = ""
    x: int = 0
    y: int = 0
    entries: list[Entry] = field(default_factory=list)
    """From the top down."""

    def lets_through(self) -> bool:
        """Whether a stack's layers blend with what lies below it, and that would be seen."""
        plain = self.operator == "svg:src-over" and self.opacity >= 1
        return not self.is_isolated and plain and any(entry.blends() for entry in self.entries)

    def blends(self) -> bool:
        """Whether how it looks depends on the colours below."""
        through = self.is_stack and not self.is_isolated and any(entry.blends() for entry in self.entries)
        return self.operator != "svg:src-over" or through


@dataclass
class Stack:
    """The canvas and all that lies on it."""

    size: Size
    root: Entry
    others: int = 0
    """Texts, filters and the like, which are no layers of pixels."""
    dpi: tuple[float, float] | None = None

    def layers(self) -> list[Entry]:
        """Every entry with pixels, from the top down."""
        found: list[Entry] = []

        def gather(entry: Entry) -> None:
            for inner in entry.entries:
                gather(inner) if inner.is_stack else found.append(inner)

        gather(self.root)
        return found


def parse(content: bytes) -> Stack:
    """Raises ValueError for what is no list of layers, and for what is made to hurt: entities, depth, numbers."""
    parser = expat.ParserCreate()
    reading = _Reading()
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.StartDoctypeDeclHandler = _refuse_document_type
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise ValueError(f"stack.xml: {error}") from None
    if reading.stack is None or reading.open or not reading.stack.root.is_stack:
        raise ValueError("stack.xml holds no picture")
    return reading.stack


def _refuse_document_type(*_: Any) -> None:
    """Entities live only in a document type, so none is ever expanded."""
    raise ValueError("stack.xml has a document type")


class _Reading:
    def __init__(self) -> None:
        self.stack: Stack | None = None
        self.open: list[Entry] = []
        self._depth = self._skipped = self._count = 0
        self._has_root = False

    def start(self, tag: str, given: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST + 3:
            raise ValueError("stack.xml is too deep")
        if self._skipped:
            self._skipped += 1
        elif self.stack is None:
            if tag != "image":
                raise ValueError("stack.xml does not begin with an image")
            self.stack = Stack(Size(_whole(given, "w", 1), _whole(given, "h", 1)), Entry("", True, is_isolated=True))
            self.stack.dpi = _dpi(given)
            if self.stack.size.is_empty:
                raise ValueError("an empty canvas")
        elif tag == "stack" and not self.open and not self._has_root:
            self._has_root = True
            self.open.append(self.stack.root)
        elif tag in ("stack", "layer") and self.open and self.open[-1].is_stack:
            self._count += 1
            if self._count > MOST_NODES:
                raise ValueError("too many layers")
            entry = _entry(tag, given)
            self.open[-1].entries.append(entry)
            self.open.append(entry)
        else:
            self.stack.others += bool(self.open)
            self._skipped = 1

    def end(self, tag: str) -> None:
        self._depth -= 1
        if self._skipped:
            self._skipped -= 1
        elif self.open:
            self.open.pop()


def _entry(tag: str, given: dict[str, str]) -> Entry:
    return Entry(
        given.get("name", ""),
        tag == "stack",
        given.get("composite-op", "svg:src-over"),
        _opacity(given),
        given.get("visibility", "visible") != "hidden",
        given.get("selected", "") in ("true", "1"),
        given.get("isolation", THROUGH) == ISOLATED,
        given.get("edit-locked", "") in ("true", "1"),
        given.get("src", ""),
        _whole(given, "x", -(1 << 30)),
        _whole(given, "y", -(1 << 30)),
    )


def _whole(given: dict[str, str], name: str, least: int) -> int:
    found = float(given.get(name, "0"))
    if not math.isfinite(found) or not least <= found < 1 << 30:
        raise ValueError(f"{name} is out of bounds")
    return round(found)


def _dpi(given: dict[str, str]) -> tuple[float, float] | None:
    """Nothing for what is no resolution: a picture is worth more than how large it is in print."""
    try:
        across, down = float(given["xres"]), float(given["yres"])
    except (KeyError, ValueError):
        return None
    return (across, down) if 0 < across < 1e6 and 0 < down < 1e6 else None


def _opacity(given: dict[str, str]) -> float:
    found = float(given.get("opacity", "1"))
    return min(1.0, max(0.0, found)) if math.isfinite(found) else 1.0


# --- writing -----------------------------------------------------------------------------------------------------------


def written(painting: Painting, operator: Callable[[Node], str], place: dict[str, tuple[str, int, int]]) -> bytes:
    """The list for a painting; `place` says for each layer's id the file of its pixels and where they begin."""
    size, dpi = painting.size, painting.dpi
    in_print = f' xres="{dpi[0]!r}" yres="{dpi[1]!r}"' if dpi is not None else ""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<image version="0.0.5" w="{size.width}" h="{size.height}"{in_print} name={_quoted(painting.title)}>',
        "<stack>",
    ]

    def put(group: Group, indent: str) -> None:
        for id in reversed(group.children):
            node = painting.nodes[id]
            said = (
                f'name={_quoted(node.name)} opacity="{node.opacity!r}" '
                f'visibility="{"visible" if node.visible else "hidden"}" composite-op="{operator(node)}"'
            )
            said += ' edit-locked="true"' if node.locked else ""
            if isinstance(node, Group):
                lines.append(f'{indent}<stack {said} isolation="{ISOLATED}">')
                put(node, indent + " ")
                lines.append(f"{indent}</stack>")
            else:
                source, x, y = place[id]
                chosen = ' selected="true"' if id == painting.active else ""
                lines.append(f'{indent}<layer {said} src={_quoted(source)} x="{x}" y="{y}"{chosen}/>')

    put(painting.root, " ")
    return "\n".join([*lines, "</stack>", "</image>", ""]).encode()


def _quoted(text: str) -> str:
    """An attribute's value; letters that XML cannot carry are left out."""
    sound = "".join(c for c in text if c >= " " and not 0xD800 <= ord(c) <= 0xDFFF and c not in "\ufffe\uffff")
    return quoteattr(sound)
