"""Masks and the selection as sheets to paint on: grey and opaque, made tile by tile where they are looked at.

A mask has one channel; brushes, fills and gradients know layers. A `MaskSheet` is a mask that looks like one: what is
painted on it becomes an edit of the mask, or of the selection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.documents.painting.edits import AnyEdit, ReplaceMask, ReplaceTiles, SetSelection
from gesso.documents.painting.painting import ROOT, Group, Layer, Node, Painting
from gesso.documents.painting.tiles import Index, Tiles
from gesso.values import Box, Colour, Size

Array = NDArray[Any]
Make = Callable[[Array | None, Box], Array]
"""A tile (h, w, 4) from one of a mask, or from none, at its place."""
SELECTION = "selection"
"""What the quick mask is painted on, in place of a node's id."""
MASK_MARK = "/mask"
RED, VEIL = (255, 30, 40), 0.5
"""The overlay that shows what a mask hides."""


class _Made(Mapping[Index, Array]):
    def __init__(self, source: Tiles, make: Make) -> None:
        self._source, self._make, self._kept = source, make, dict[Index, Array]()

    def __getitem__(self, index: Index) -> Array:
        found = self._kept.get(index)
        if found is None:
            box = self._source.tile_box(index)
            if box.is_empty or min(index) < 0:
                raise KeyError(index)
            found = self._kept[index] = self._make(self._source.tiles.get(index), box)
            found.flags.writeable = False
        return found

    def __iter__(self) -> Iterator[Index]:
        return self._source.touched(self._source.size.box)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class MadeTiles(Tiles):
    """A picture over the whole canvas, made from a mask where somebody looks."""

    __slots__ = ()

    def __init__(self, source: Tiles, make: Make, dtype: Any = np.uint8) -> None:
        super().__init__(source.size, dtype, 4)
        self._tiles = _Made(source, make)


def _grey(tile: Array | None, box: Box) -> Array:
    found = np.zeros((box.height, box.width, 4), np.uint8)
    if tile is not None:
        found[..., :3] = tile
    found[..., 3] = 255
    return found


def grey(mask: Tiles) -> Tiles:
    """A mask as an opaque picture: white shows, black hides."""
    return MadeTiles(mask, _grey)


def veil(mask: Tiles, depth: int) -> Tiles:
    """Half-transparent red over what a mask hides."""
    dtype, step = (np.uint16, 257) if depth == 16 else (np.uint8, 1)

    def make(tile: Array | None, box: Box) -> Array:
        found = np.empty((box.height, box.width, 4), dtype)
        found[..., :3] = np.array([part * step for part in RED], dtype)
        hidden = np.float32(255) if tile is None else 255 - tile[..., 0].astype(np.float32)
        found[..., 3] = np.rint(hidden * np.float32(VEIL * step))
        return found

    return MadeTiles(mask, make, dtype)


def whole(size: Size) -> Tiles:
    """A mask that hides nothing; equal tiles are one and the same."""
    empty, kept = Tiles(size, np.uint8, 1), dict[tuple[int, int], Array]()
    found: dict[Index, Array | None] = {}
    for index in empty.touched(size.box):
        box = empty.tile_box(index)
        shape = (box.height, box.width)
        if shape not in kept:
            kept[shape] = np.full((*shape, 1), 255, np.uint8)
            kept[shape].flags.writeable = False
        found[index] = kept[shape]
    return empty.replaced(found)


@dataclass(frozen=True)
class MaskSheet(Layer):
    """A node's mask, or the selection, in the look of a layer with the same id."""

    @property
    def is_quick(self) -> bool:
        """Whether it is the selection."""
        return self.id == SELECTION


def sheet_of(painting: Painting) -> MaskSheet | None:
    """What is painted on in place of a layer; None when that is the active layer itself."""
    if painting.is_quick:
        return MaskSheet(SELECTION, "", tiles=grey(painting.selection or whole(painting.size)))
    node = painting.masked_node
    return None if node is None or node.mask is None else MaskSheet(node.id, node.name, tiles=grey(node.mask))


def limit_of(painting: Painting, layer: Layer) -> Tiles | None:
    """The selection that painting on a sheet keeps to: the quick mask is not kept by itself."""
    return None if isinstance(layer, MaskSheet) and layer.is_quick else painting.selection


def colour_on(layer: Layer, colour: Colour) -> Colour:
    """A colour as a sheet takes it: masks know grey alone."""
    if not isinstance(layer, MaskSheet):
        return colour
    light = min(1.0, 0.3 * colour.red + 0.59 * colour.green + 0.11 * colour.blue)
    return Colour(light, light, light, colour.alpha)


def edit_of(painting: Painting, layer: Layer, tiles: Mapping[Index, Array | None]) -> AnyEdit:
    """New tiles (h, w, 4) of a layer or of a mask's sheet as an edit."""
    if not isinstance(layer, MaskSheet):
        return ReplaceTiles(layer.id, dict(tiles))
    found: dict[Index, Array | None] = {}
    for index, tile in tiles.items():
        part = None if tile is None or not tile[..., 0].any() else np.ascontiguousarray(tile[..., :1])
        if part is not None:
            part.flags.writeable = False
        found[index] = part
    if not layer.is_quick:
        return ReplaceMask(layer.id, found)
    chosen = (painting.selection or whole(painting.size)).replaced(found)
    return SetSelection(chosen)


# --- a stroke in progress ----------------------------------------------------------------------------------------------


class _FirstChannel(Mapping[Index, Array]):
    """Follows tiles as they are painted."""

    def __init__(self, tiles: Mapping[Index, Array]) -> None:
        self._tiles = tiles

    def __getitem__(self, index: Index) -> Array:
        return self._tiles[index][..., :1]

    def __iter__(self) -> Iterator[Index]:
        return iter(self._tiles)

    def __len__(self) -> int:
        return len(self._tiles)


def live_of(layer: Layer, tiles: Mapping[Index, Array]) -> tuple[str, Mapping[Index, Array]]:
    """Under which name, and how, tiles stand in for a layer's or a mask's own."""
    if not isinstance(layer, MaskSheet):
        return layer.id, tiles
    return layer.id if layer.is_quick else layer.id + MASK_MARK, _FirstChannel(tiles)


def put_live(painting: Painting, name: str, tiles: Mapping[Index, Array]) -> None:
    """Let tiles stand in for those that `live_of` named, in a snapshot."""
    if name == SELECTION:
        painting.selection = (painting.selection or whole(painting.size)).replaced(tiles)
        return
    node: Node | None = painting.nodes.get(name.removesuffix(MASK_MARK))
    if name.endswith(MASK_MARK):
        if node is not None and node.mask is not None:
            painting.nodes[node.id] = replace(node, mask=node.mask.replaced(tiles))
    elif isinstance(node, Layer):
        painting.nodes[name] = replace(node, tiles=node.tiles.replaced(tiles))


# --- looking at a mask -------------------------------------------------------------------------------------------------


def mask_alone(painting: Painting, id: str) -> Painting:
    """A mask in black and white in place of the picture."""
    mask = _mask(painting, id)
    if mask is None:
        return painting
    found = painting.snapshot()
    found.nodes = {ROOT: Group(ROOT, "", children=("alone",)), "alone": Layer("alone", "", tiles=grey(mask))}
    found.depth = 8
    return found


def under_veil(painting: Painting, id: str) -> Painting:
    """The picture with red over what a mask hides."""
    mask = _mask(painting, id)
    if mask is None:
        return painting
    found = painting.snapshot()
    found.nodes["veil"] = Layer("veil", "", tiles=veil(mask, painting.depth))
    found.nodes[ROOT] = replace(painting.root, children=(*painting.root.children, "veil"))
    return found


def _mask(painting: Painting, id: str) -> Tiles | None:
    if id == SELECTION:
        return painting.selection or whole(painting.size)
    node = painting.nodes.get(id)
    return node.mask if node is not None else None
