"""The edits of a painting. Each swaps what it holds with what is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.documents.edit import Change
from gesso.documents.painting.adjustments import halo_px
from gesso.documents.painting.beside import SMALL, Along, SetCredit, SetGuides, SetLight, SetResolution, SetSymmetry
from gesso.documents.painting.painting import (
    LABELS,
    ROOT,
    Adjustment,
    Group,
    Layer,
    Node,
    Painting,
    Provenance,
    Recipe,
)
from gesso.documents.painting.text import SetText
from gesso.documents.painting.tiles import Index, Tiles
from gesso.values import Box, Size

STRUCTURE = ("name", "opacity", "visible", "blend", "masks", "clipped", "locked", "label", "alpha_locked")
UNSEEN = ("name", "locked", "label", "alpha_locked")
"""Those that no pixel looks different for."""


@dataclass
class ReplaceTiles:
    """Exchange some tiles of a layer."""

    layer: str
    tiles: dict[Index, NDArray[Any] | None]

    @classmethod
    def of(cls, layer: Layer, box: Box, pixels: NDArray[Any], mask: NDArray[np.uint8] | None = None) -> ReplaceTiles:
        """Put pixels (h, w, 4) at a box of a layer; a mask (h, w, 1) mixes, and where it is 0 nothing changes."""
        if mask is not None:
            pixels = masked(layer.tiles.read(box), pixels, mask)
        return cls(layer.id, layer.tiles.difference(layer.tiles.written(box, pixels)))

    def flip(self, painting: Painting) -> Change:
        layer = painting.layer(self.layer)
        old: dict[Index, NDArray[Any] | None] = {index: layer.tiles.tiles.get(index) for index in self.tiles}
        painting.nodes[layer.id] = replace(layer, tiles=layer.tiles.replaced(self.tiles))
        self.tiles = old
        box = Box(0, 0, 0, 0)
        for index in old:
            box = box.union(layer.tiles.tile_box(index))
        return Change(reach(painting, layer.id, box))

    def absorb(self, later: object) -> bool:
        if not isinstance(later, ReplaceTiles) or later.layer != self.layer:
            return False
        self.tiles = {**later.tiles, **self.tiles}  # what lay there before either
        return True

    @property
    def byte_size(self) -> int:
        return SMALL + sum(tile.nbytes for tile in self.tiles.values() if tile is not None)


def masked(old: NDArray[Any], new: NDArray[Any], mask: NDArray[np.uint8]) -> NDArray[Any]:
    """Old where the mask is 0, new where it is 255, between them mixed as premultiplied colours."""
    found = np.where(mask == 255, new, old)
    soft = (mask > 0) & (mask < 255)
    if soft.any():
        top = np.float32(np.iinfo(old.dtype).max)
        a, b = (p.astype(np.float32) / top for p in (old, new))
        share = mask.astype(np.float32) / 255
        alpha = a[..., 3:] * (1 - share) + b[..., 3:] * share
        colour = a[..., :3] * a[..., 3:] * (1 - share) + b[..., :3] * b[..., 3:] * share
        with np.errstate(divide="ignore", invalid="ignore"):
            mixed = np.concatenate([np.where(alpha > 0, colour / alpha, 0), alpha], axis=2)
        found = np.where(soft, np.rint(np.clip(mixed, 0, 1) * top).astype(old.dtype), found)
    return np.asarray(found)


def tree_of(painting: Painting, id: str) -> dict[str, Node]:
    """A node with everything below it."""
    node = painting.nodes[id]
    found = {id: node}
    if isinstance(node, Group):
        for child in node.children:
            found |= tree_of(painting, child)
    return found


def extent(painting: Painting, nodes: Mapping[str, Node]) -> Box:
    """The part of the canvas in which any of these can be seen."""
    found = Box(0, 0, 0, 0)
    for node in nodes.values():
        if isinstance(node, Layer):
            found = found.union(node.tiles.extent())
        elif isinstance(node, Adjustment):
            found = found.union(painting.size.box if node.mask_in_force is None else node.mask_in_force.extent())
    return found.clip(painting.size)


def reach(painting: Painting, id: str, box: Box) -> Box:
    """The part of the canvas that looks different when a node does so in a box: blurs above it spread the change."""
    if box.is_empty:
        return box
    for group in painting.ancestors_of(id):
        for above in group.children[group.children.index(id) + 1 :]:
            node = painting.nodes[above]
            if isinstance(node, Adjustment):
                box = box.grow(halo_px(node.kind, node.values))
        id = group.id
    return box.clip(painting.size)


def halo_of(painting: Painting) -> int:
    """How far a change anywhere may spread."""
    nodes = painting.nodes.values()
    return sum(halo_px(node.kind, node.values) for node in nodes if isinstance(node, Adjustment) and node.visible)


def _touched(painting: Painting, id: str) -> Box:
    """Where the picture may change with a node's place: its own look, and that of what may be clipped to it."""
    found = reach(painting, id, extent(painting, tree_of(painting, id)))
    siblings = painting.parent_of(id).children
    for above in siblings[siblings.index(id) + 1 :]:
        if not painting.nodes[above].clipped:
            break
        found = found.union(reach(painting, above, extent(painting, tree_of(painting, above))))
    return found


@dataclass
class PlaceNode:
    """Put a node with everything below it into the tree, or take it out; `AddNode` and `RemoveNode` in one."""

    id: str
    parent: str
    position: int
    held: dict[str, Node] = field(default_factory=dict)
    """What is out of the tree now; empty when the node is in it."""

    @classmethod
    def add(cls, node: Node, parent: str, position: int, below: Mapping[str, Node] | None = None) -> PlaceNode:
        return cls(node.id, parent, position, {node.id: node, **(below or {})})

    @classmethod
    def remove(cls, painting: Painting, id: str) -> PlaceNode:
        parent = painting.parent_of(id)
        return cls(id, parent.id, parent.children.index(id))

    def flip(self, painting: Painting) -> Change:
        parent = painting.group(self.parent)
        if self.held:
            painting.nodes.update(self.held)
            children = (*parent.children[: self.position], self.id, *parent.children[self.position :])
            self.held = {}
            painting.nodes[parent.id] = replace(parent, children=children)
            box = _touched(painting, self.id)
        else:
            box = _touched(painting, self.id)
            self.held = tree_of(painting, self.id)
            children = tuple(child for child in parent.children if child != self.id)
            for id in self.held:
                del painting.nodes[id]
            painting.nodes[parent.id] = replace(parent, children=children)
        return Change(box, structure=True)

    @property
    def byte_size(self) -> int:
        masks = sum(node.mask.byte_size for node in self.held.values() if node.mask is not None)
        return SMALL + masks + sum(node.tiles.byte_size for node in self.held.values() if isinstance(node, Layer))


@dataclass
class MoveNode:
    """Move a node to a place in the same or another group."""

    id: str
    parent: str
    position: int

    def flip(self, painting: Painting) -> Change:
        old = painting.parent_of(self.id)
        was = old.children.index(self.id)
        before = _touched(painting, self.id)
        painting.nodes[old.id] = replace(old, children=tuple(c for c in old.children if c != self.id))
        new = painting.group(self.parent)
        children = (*new.children[: self.position], self.id, *new.children[self.position :])
        painting.nodes[new.id] = replace(new, children=children)
        self.parent, self.position = old.id, was
        return Change(before.union(_touched(painting, self.id)), structure=True)

    @property
    def byte_size(self) -> int:
        return SMALL


def with_property(node: Node, name: str, value: str | float | bool) -> Node:
    """A node with one of `STRUCTURE` changed."""
    changed: dict[str, Any] = {name: value}
    return replace(node, **changed)


@dataclass
class SetProperty:
    """Exchange the name, opacity, visibility, blend mode, clipping, locks, label or the use of the mask of a node."""

    id: str
    name: str
    value: str | float | bool

    def __post_init__(self) -> None:
        if self.name not in STRUCTURE:
            raise ValueError(f"{self.name} is not a property of a layer")
        if self.name == "label" and self.value not in LABELS:
            raise ValueError(f"{self.value} is not a label")

    def flip(self, painting: Painting) -> Change:
        node = painting.nodes[self.id]
        old = getattr(node, self.name)
        box = None if self.name in UNSEEN else _touched(painting, self.id)
        painting.nodes[self.id] = with_property(node, self.name, self.value)
        self.value = old
        if box is not None:
            box = box.union(_touched(painting, self.id))
        return Change(box, structure=True)

    def absorb(self, later: object) -> bool:
        return isinstance(later, SetProperty) and (later.id, later.name) == (self.id, self.name)

    @property
    def byte_size(self) -> int:
        return SMALL


@dataclass
class SetMask:
    """Exchange a node's mask."""

    id: str
    mask: Tiles | None

    def flip(self, painting: Painting) -> Change:
        node = painting.nodes[self.id]
        box = _touched(painting, self.id)
        painting.nodes[self.id], self.mask = replace(node, mask=self.mask), node.mask
        return Change(box.union(_touched(painting, self.id)), structure=True)

    @property
    def byte_size(self) -> int:
        return SMALL + (self.mask.byte_size if self.mask else 0)


@dataclass
class ReplaceMask:
    """Exchange some tiles of a node's mask: what painting on it changes."""

    id: str
    tiles: dict[Index, NDArray[Any] | None]

    def flip(self, painting: Painting) -> Change:
        node = painting.nodes[self.id]
        assert node.mask is not None
        mask, box = node.mask, Box(0, 0, 0, 0)
        old: dict[Index, NDArray[Any] | None] = {index: mask.tiles.get(index) for index in self.tiles}
        painting.nodes[self.id], self.tiles = replace(node, mask=mask.replaced(self.tiles)), old
        for index in old:
            box = box.union(mask.tile_box(index))
        return Change(reach(painting, self.id, box))

    @property
    def byte_size(self) -> int:
        return SMALL + sum(tile.nbytes for tile in self.tiles.values() if tile is not None)


@dataclass
class SetSelection:
    """Exchange the selection."""

    selection: Tiles | None

    def flip(self, painting: Painting) -> Change:
        painting.selection, self.selection = self.selection, painting.selection
        return Change(structure=True)

    @property
    def byte_size(self) -> int:
        return SMALL + (self.selection.byte_size if self.selection else 0)


@dataclass
class SetActive:
    """Exchange the layer that tools work on."""

    id: str

    def flip(self, painting: Painting) -> Change:
        painting.active, self.id = self.id, painting.active
        return Change(structure=True)

    @property
    def byte_size(self) -> int:
        return SMALL


@dataclass
class SetProvenance:
    """Exchange a layer's record of AI edits."""

    id: str
    provenance: tuple[Provenance, ...]

    def flip(self, painting: Painting) -> Change:
        layer = painting.layer(self.id)
        painting.nodes[self.id] = replace(layer, provenance=self.provenance)
        self.provenance = layer.provenance
        return Change(structure=True)

    @property
    def byte_size(self) -> int:
        return SMALL


@dataclass
class SetValues:
    """Exchange the settings of an adjustment."""

    id: str
    values: Mapping[str, Any]

    def flip(self, painting: Painting) -> Change:
        node = painting.adjustment(self.id)
        box = _touched(painting, self.id)
        painting.nodes[self.id], self.values = replace(node, values=self.values), node.values
        return Change(box.union(_touched(painting, self.id)), structure=True)

    @property
    def byte_size(self) -> int:
        return SMALL


@dataclass
class SetRecipe:
    """Exchange how a filter layer is made again; None makes it a layer like any other."""

    id: str
    recipe: Recipe | None

    def flip(self, painting: Painting) -> Change:
        layer = painting.layer(self.id)
        painting.nodes[self.id], self.recipe = replace(layer, recipe=self.recipe), layer.recipe
        return Change(structure=True)

    @property
    def byte_size(self) -> int:
        return SMALL


@dataclass
class SetCanvas:
    """Exchange the canvas: its size with every layer, mask and selection, and what goes along."""

    size: Size
    layers: dict[str, Tiles]
    masks: dict[str, Tiles | None]
    selection: Tiles | None
    along: Along | None = None
    """None leaves all of that as it is."""

    def flip(self, painting: Painting) -> Change:
        old = SetCanvas(
            painting.size,
            {node.id: node.tiles for node in painting.nodes.values() if isinstance(node, Layer)},
            {node.id: node.mask for node in painting.nodes.values()},
            painting.selection,
            None if self.along is None else Along.of(painting),
        )
        for id, node in list(painting.nodes.items()):
            node = replace(node, mask=self.masks.get(id))
            if isinstance(node, Layer):
                node = replace(node, tiles=self.layers[id])
            painting.nodes[id] = node
        painting.size, painting.selection = self.size, self.selection
        if self.along is not None:
            self.along.put(painting)
        self.size, self.layers, self.masks, self.selection = old.size, old.layers, old.masks, old.selection
        self.along = old.along
        return Change(painting.size.box, structure=True)

    @property
    def byte_size(self) -> int:
        masks = sum(mask.byte_size for mask in self.masks.values() if mask)
        return SMALL + masks + sum(tiles.byte_size for tiles in self.layers.values())


AnyEdit = (
    ReplaceTiles
    | PlaceNode
    | MoveNode
    | SetProperty
    | SetMask
    | ReplaceMask
    | SetSelection
    | SetActive
    | SetProvenance
    | SetValues
    | SetRecipe
    | SetText
    | SetGuides
    | SetSymmetry
    | SetResolution
    | SetLight
    | SetCredit
    | SetCanvas
)


def add_layer(painting: Painting, layer: Layer, above: str = "") -> list[AnyEdit]:
    """Put a layer above another one (or on top) and make it the active one."""
    if above and above != ROOT and above in painting.nodes:
        parent = painting.parent_of(above)
        position = parent.children.index(above) + 1
    else:
        parent = painting.root
        position = len(parent.children)
    return [PlaceNode.add(layer, parent.id, position), SetActive(layer.id)]
