"""Whether what was read from a file is a painting that can be worked on: what a stranger wrote may be anything."""

from __future__ import annotations

import math
from collections.abc import Iterator

from gesso.documents.painting import Group, Layer, Node, Painting, Tiles
from gesso.documents.painting.blend import BLENDS
from gesso.documents.painting.painting import ROOT

UNFIT = (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError)
"""What reading raises for a document that is none."""
LONGEST_PX, LARGEST_PX = 1 << 20, 1 << 34
"""Of a canvas: a side, and all of it. Far more than fits into any memory, and few enough to be counted through."""
DEEPEST = 200
"""Groups inside groups."""


def sound(painting: Painting) -> Painting:
    """The same painting; raises ValueError when it cannot be one."""
    size = painting.size
    sides = (size.width, size.height)
    if not all(type(side) is int and 1 <= side <= LONGEST_PX for side in sides) or size.area > LARGEST_PX:
        raise ValueError("an impossible size")
    if painting.depth not in (8, 16):
        raise ValueError("an impossible depth")
    for node in painting.nodes.values():
        sound_node(node)
        pixels = node.tiles if isinstance(node, Layer) else None
        if pixels is not None and (pixels.size, pixels.dtype, pixels.channels) != (size, painting.dtype, 4):
            raise ValueError("a layer does not fit the canvas")
        _fits(node.mask, painting)
    _fits(painting.selection, painting)
    placed = list(_placed(painting, ROOT, 0))
    if len(placed) != len(set(placed)):
        raise ValueError("a layer is in two places")
    return painting


def sound_node(node: Node) -> Node:
    """The same; raises ValueError for settings that no layer has."""
    is_number = isinstance(node.opacity, int | float) and math.isfinite(node.opacity)
    if not is_number or not 0 <= node.opacity <= 1 or node.blend not in BLENDS:
        raise ValueError("impossible settings of a layer")
    if not all(isinstance(text, str) for text in (node.id, node.name, node.label)):
        raise ValueError("a name that is no text")
    return node


def _fits(mask: Tiles | None, painting: Painting) -> None:
    if mask is not None and (mask.size, mask.channels) != (painting.size, 1):
        raise ValueError("a mask does not fit the canvas")


def _placed(painting: Painting, id: str, depth: int) -> Iterator[str]:
    """Every node in the tree; also the groups that lie in themselves come to an end."""
    if depth > DEEPEST:
        raise ValueError("too deep a tree")
    for child in painting.group(id).children:
        yield child
        if isinstance(painting.nodes[child], Group):
            yield from _placed(painting, child, depth + 1)
