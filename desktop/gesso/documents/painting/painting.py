"""A painting: layers, groups and adjustments, a selection, and where each pixel came from."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from gesso.documents.painting.guides import Guide, Symmetry
from gesso.documents.painting.text import Text
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
LABELS = ("", "red", "orange", "yellow", "green", "blue", "violet", "grey")
"""Colours that a node may be marked with in the layer list; the first is none."""


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
class Credit:
    """Who made a picture, what it is called and whose it is, as far as somebody has said so; nothing is ever made up."""

    author: str = ""
    """Several are parted by semicolons."""
    rights: str = ""
    """A copyright line."""
    title: str = ""

    def or_else(self, other: Credit) -> Credit:
        """The same, or with another's author and rights where neither is said: one's rights belong to no other's picture."""
        if self.author or self.rights:
            return self
        return replace(other, title=self.title or other.title)


@dataclass(frozen=True)
class Recipe:
    """How the pixels of a filter layer were made from another layer, to make them again."""

    source: str
    """The id of the layer it was made from; empty for all that lies below."""
    tool: str
    knobs: Mapping[str, Any]
    model: str
    model_version: str
    box: tuple[int, int, int, int]
    """The part of the canvas it was made from: x, y, width, height."""
    state: str
    """A digest of the source as it was; another one now means that the pixels are stale."""


@dataclass(frozen=True)
class Node:
    """What layers, groups and adjustments share."""

    id: str
    name: str
    opacity: float = 1.0
    visible: bool = True
    blend: str = "normal"
    mask: Tiles | None = None
    """One channel of uint8 over the whole canvas; None hides nothing."""
    masks: bool = True
    """Whether the mask is in force."""
    clipped: bool = False
    """Whether it shows only where the layer below it does."""
    locked: bool = False
    """Whether its pixels are kept from every change."""
    label: str = ""
    """One of `LABELS`."""

    @property
    def mask_in_force(self) -> Tiles | None:
        return self.mask if self.masks else None


@dataclass(frozen=True)
class Layer(Node):
    """Pixels over the whole canvas."""

    tiles: Tiles = field(default_factory=lambda: Tiles(Size(0, 0)))
    provenance: tuple[Provenance, ...] = ()
    alpha_locked: bool = False
    """Whether painting keeps the alpha of every pixel."""
    recipe: Recipe | None = None
    """How a filter layer is made again; its tiles are the last result."""
    text: Text | None = None
    """What a text layer says; its tiles are how that looked when it was last set."""


@dataclass(frozen=True)
class Group(Node):
    """Nodes from the bottom up, composited by themselves first."""

    children: tuple[str, ...] = ()


@dataclass(frozen=True)
class Adjustment(Node):
    """Changes how all that lies below it in its group looks; see `adjustments.ADJUSTMENTS`."""

    kind: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    """By the names of the kind's settings; one that is missing stands at its default."""


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
    dpi: tuple[float, float] | None = None
    """Pixels to the inch across and down, in print; None when nobody has said."""
    guides: tuple[Guide, ...] = ()
    symmetry: Symmetry | None = None
    linear: bool = False
    """Whether layers are blended in linear light, and not in the numbers that stand for it."""
    credit: Credit = field(default_factory=Credit)
    """As the file said from which it came, or as the artist has said since."""
    mask_of: str = ""
    """The id of the node whose mask is painted on while it is active; of the artist's sitting, kept in no file."""
    is_quick: bool = False
    """Whether the selection is painted on; of the sitting, too."""

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
            raise KeyError(f"{id} is no layer")
        return found

    def group(self, id: str) -> Group:
        found = self.nodes[id]
        if not isinstance(found, Group):
            raise KeyError(f"{id} is no group")
        return found

    def adjustment(self, id: str) -> Adjustment:
        found = self.nodes[id]
        if not isinstance(found, Adjustment):
            raise KeyError(f"{id} is no adjustment")
        return found

    @property
    def active_layer(self) -> Layer | None:
        found = self.nodes.get(self.active)
        return found if isinstance(found, Layer) else None

    @property
    def masked_node(self) -> Node | None:
        """The active node, while its mask is what is painted on."""
        found = self.nodes.get(self.active) if self.mask_of == self.active else None
        return found if found is not None and found.mask is not None else None

    def parent_of(self, id: str) -> Group:
        """The group that holds a node; raises KeyError for the root and for what is not in the tree."""
        for node in self.nodes.values():
            if isinstance(node, Group) and id in node.children:
                return node
        raise KeyError(id)

    def ancestors_of(self, id: str) -> Iterator[Group]:
        """The groups that a node lies in, from the innermost to the root."""
        while id != ROOT:
            parent = self.parent_of(id)
            yield parent
            id = parent.id

    def clip_runs(self, children: Iterable[str]) -> list[tuple[str, tuple[str, ...]]]:
        """Each node that stands by itself with the nodes clipped to it, from the bottom up.

        A clipped node with nothing below, or right above an adjustment, has nothing to be clipped to: it stands by itself.
        """
        found: list[tuple[str, tuple[str, ...]]] = []
        for child in children:
            if self.nodes[child].clipped and found and not isinstance(self.nodes[found[-1][0]], Adjustment):
                found[-1] = (found[-1][0], (*found[-1][1], child))
            else:
                found.append((child, ()))
        return found

    def clip_base(self, id: str) -> str | None:
        """What a node is clipped to, or would be; None when there is nothing."""
        children = self.parent_of(id).children
        runs = self.clip_runs(children[: children.index(id)])
        return runs[-1][0] if runs and not isinstance(self.nodes[runs[-1][0]], Adjustment) else None

    def is_locked(self, id: str) -> bool:
        """Whether a node or a group that it lies in is locked."""
        return self.nodes[id].locked or any(group.locked for group in self.ancestors_of(id))

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
        kept = (
            "size",
            "depth",
            "title",
            "active",
            "icc",
            "dpi",
            "guides",
            "symmetry",
            "credit",
            "selection",
            "nodes",
            "linear",
        )
        return all(getattr(self, name) == getattr(other, name) for name in kept)
