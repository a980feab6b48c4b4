"""What a tool is shown before it works in full: one state of the painting, made small once for all settings."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

from gesso.documents.painting import Layer, Painting
from gesso.tools import Tool, Values
from gesso.tools.painting.on_layer import EVERYTHING, Source, proxy_of, source_of
from gesso.values import Box

CROP_PX = 320
"""Side of the part on which an enlarging tool is shown, at its real size."""
BRUSHES = ("fine", "medium", "broad")


class Glance:
    """A snapshot and one layer of it. Safe in any thread; the painting may go on meanwhile."""

    def __init__(self, painting: Painting, layer: str) -> None:
        """A layer that is gone stands for everything that is seen."""
        self.painting = painting
        self.layer = layer if isinstance(painting.nodes.get(layer), Layer) else EVERYTHING
        self._found: dict[tuple[object, ...], Source] = {}
        self._turn = threading.Lock()

    def whole(self) -> Source:
        """At its full size. Raises `Trouble` when there is nothing to work on."""
        return source_of(self.painting, self.layer)

    def of(self, tool: Tool, values: Values, longest_px: int, seen: Box) -> Source:
        """All of it small, or for an enlarging tool a part of what is `seen` at its real size; kept for the next time."""
        enlarges = tool.scale_of(values) > 1
        key = (seen,) if enlarges else (longest_px,)
        with self._turn:
            if key not in self._found:
                self._found[key] = self._part(seen) if enlarges else proxy_of(self.whole(), longest_px)
            return self._found[key]

    def _part(self, seen: Box) -> Source:
        source = self.whole()
        seen = seen.intersect(source.box)
        seen = source.box if seen.is_empty else seen
        width, height = min(CROP_PX, seen.width), min(CROP_PX, seen.height)
        box = Box(seen.x + (seen.width - width) // 2, seen.y + (seen.height - height) // 2, width, height)
        return replace(source, picture=source.picture.cut(box.moved(-source.box.x, -source.box.y)), box=box)


def for_small(tool: Tool, values: Values, source: Source) -> dict[str, Any]:
    """Settings for a small copy: strokes shrink with it as far as they can."""
    found = dict(values)
    shrink = source.box.width / max(1, source.picture.size.width)
    if "brush" in found and tool.scale_of(values) == 1 and shrink > 1.5:
        down = 1 if shrink < 3 else 2
        found["brush"] = BRUSHES[max(0, BRUSHES.index(found["brush"]) - down)]
    return found
