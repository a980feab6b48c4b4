"""A painting: layers and groups of them, a selection, and where each pixel came from."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from gesso.documents.painting.tiles import Tiles
from gesso.values import Size

ROOT = "root"
KINDS = (
    "digitalCreation",
    "algorithmicallyEnhanced",
    "compositeWithTrainedAlgorithmicMedia",
    "trainedAlgorithmicMedia",
)
"""Terms of the IPTC digital source type vocabulary, from the least to the most made by a model."""


def new_id() -> str:
    """A name that nothing else has."""
    return uuid4().hex[:12]


@dataclass(frozen=True)
class Provenance:
    """How an AI edit was made: enough to make it again and to say so."""

    tool: str
    model: str
    model_version: str
    knobs: Mapping[str, Any]
    seed: int
    when: str
    """UTC, ISO 8601."""
    kind: str = "compositeWithTrainedAlgorithmicMedia"


@dataclass(frozen=True)
class Node:
    """What layers and groups share."""

    id: str
    name: str
    opacity: float = 1.0
    visible: bool = True
    blend: str = "normal"
    mask: Tiles | None = None
    """One channel of uint8 over the whole canvas; None hides nothing."""


@dataclass(frozen=True)
class Layer(Node):
    """Pixels over the whole canvas."""

    tiles: Tiles = field(default_factory=lambda: Tiles(Size(0, 0)))
    provenance: tuple[Provenance, ...] = ()


@dataclass(frozen=True)
class Group(Node):
    """Nodes from the bottom up, composited by themselves first."""

    children: tuple[str, ...] = ()


@dataclass
class Painting:
    """The document. Nodes are immutable values in `nodes`; edits exchange them."""

    size: Size
    depth: int = 8
    title: str = ""
    nodes: dict[str, Node] = field(default_factory=lambda: {ROOT: Group(ROOT, "")})
    selection: Tiles | None = None
    """One channel of uint8 over the canvas; None selects everything."""
    active: str = ""
    """The id of the layer that tools work on."""
    icc: bytes | None = None

    @classmethod
    def from_array(cls, pixels: NDArray[Any], name: str = "", title: str = "") -> Painting:
        """One layer from (height, width, 4) of uint8 or uint16."""
        layer = Layer(new_id(), name, tiles=Tiles.from_array(pixels))
        painting = cls(Size(pixels.shape[1], pixels.shape[0]), 16 if pixels.dtype == np.uint16 else 8, title)
        painting.nodes[layer.id] = layer
        painting.nodes[ROOT] = replace(painting.root, children=(layer.id,))
        painting.active = layer.id
        return painting

    @property
    def dtype(self) -> np.dtype[Any]:
        return np.dtype(np.uint16 if self.depth == 16 else np.uint8)

    @property
    def root(self) -> Group:
        return self.group(ROOT)

    def layer(self, id: str) -> Layer:
        found = self.nodes[id]
        if not isinstance(found, Layer):
            raise KeyError(f"{id} is a group")
        return found

    def group(self, id: str) -> Group:
        found = self.nodes[id]
        if not isinstance(found, Group):
            raise KeyError(f"{id} is a layer")
        return found

    @property
    def active_layer(self) -> Layer | None:
        found = self.nodes.get(self.active)
        return found if isinstance(found, Layer) else None

    def parent_of(self, id: str) -> Group:
        """The group that holds a node; raises KeyError for the root and for what is not in the tree."""
        for node in self.nodes.values():
            if isinstance(node, Group) and id in node.children:
                return node
        raise KeyError(id)

    def walk(self, id: str = ROOT, depth: int = 0) -> Iterator[tuple[Node, int]]:
        """Every node with its depth, from the top down as a layer list shows them; without the root."""
        for child in reversed(self.group(id).children):
            node = self.nodes[child]
            yield node, depth
            if isinstance(node, Group):
                yield from self.walk(child, depth + 1)

    def layers(self) -> list[Layer]:
        """All layers, from the bottom up."""
        return [node for node, _ in self.walk() if isinstance(node, Layer)][::-1]

    def empty_tiles(self) -> Tiles:
        return Tiles(self.size, self.dtype)

    def snapshot(self) -> Painting:
        """A copy that later edits do not touch; pixels are shared."""
        found = copy.copy(self)
        found.nodes = dict(self.nodes)
        return found

    def same_as(self, other: Painting) -> bool:
        """Equal in everything the artist can see or save, bit for bit."""
        return (
            (self.size, self.depth, self.title, self.active, self.icc, self.selection)
            == (other.size, other.depth, other.title, other.active, other.icc, other.selection)
        ) and self.nodes == other.nodes
