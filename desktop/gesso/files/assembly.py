"""Layered files on their way in: readers tell a painting part by part, from the bottom up, and here it is put together.

Parts are small and plain, so that a reader may also work in a process of its own and send them over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.documents.painting import TILE, Credit, Group, Guide, Layer, Node, Painting, Provenance, Tiles, new_id
from gesso.documents.painting.blend import BLENDS
from gesso.documents.painting.painting import LABELS, ROOT
from gesso.values import Box, Note, Size, mark

MOST_NODES = 5000
"""Layers and groups of one file; Photoshop itself holds 8,000, painters' largest have some hundreds."""
DEEPEST = 60
"""Groups inside groups; Photoshop holds ten."""
LONGEST_NAME = 250
UNKNOWN_BLEND = mark("The blend modes of {names} are not known to Gesso: they became normal and may look different.")
THROUGH = mark(
    "The layers in {names} blended with those below the group; in Gesso a group is composited by itself first, which may look different."
)
"""What formats of layers hold and a painting does not, for their readers to say."""
AS_IT_LOOKED = mark("How it looked is a hidden layer at the top.")
"""Said of the merged picture that such files bring along."""


@dataclass(frozen=True)
class Look:
    """What a file of layers says before any pixels are decoded."""

    size: Size
    depth: int
    bytes_needed: int
    largest_bytes: int = 0
    """What decoding its largest layer takes of that."""


@dataclass(frozen=True)
class Canvas:
    """The first part of all."""

    size: Size
    depth: int
    format: str
    provenance: tuple[Provenance, ...] = ()
    """For files that know it of the whole only."""
    dpi: tuple[float, float] | None = None
    guides: tuple[Guide, ...] = ()
    credit: Credit = field(default_factory=Credit)


@dataclass(frozen=True)
class Begin:
    """A layer or a group begins; all parts up to its `End` belong to it."""

    name: str
    is_group: bool = False
    opacity: float = 1.0
    visible: bool = True
    blend: str = "normal"
    is_active: bool = False
    provenance: tuple[Provenance, ...] = ()
    clipped: bool = False
    locked: bool = False
    alpha_locked: bool = False
    label: str = ""


@dataclass(frozen=True)
class Paint:
    """Pixels (h, w, 4) of the canvas's depth at a place that may reach beyond the canvas."""

    x: int
    y: int
    pixels: NDArray[Any]


@dataclass(frozen=True)
class Veil:
    """A mask (h, w) of uint8 at a place, and what it is everywhere else."""

    x: int
    y: int
    pixels: NDArray[np.uint8]
    outside: int
    in_force: bool = True


@dataclass(frozen=True)
class End:
    pass


Part = Canvas | Begin | Paint | Veil | End | Note


@dataclass(frozen=True)
class Assembled:
    """A painting from a file, and what is worth knowing about how it was read."""

    painting: Painting
    notes: tuple[Note, ...]
    format: str


@dataclass
class _Open:
    """What is not ended yet."""

    begin: Begin
    id: str
    tiles: Tiles
    mask: Tiles | None
    children: list[str]
    masks: bool = True


def assemble(parts: Iterable[Part], title: str, layer_name: str = "") -> Assembled:
    """Put a painting together; one without layers gets an empty one. Raises ValueError for parts that do not fit."""
    stream = iter(parts)
    notes: list[Note] = []
    canvas = _canvas(stream, notes)
    painting = Painting(canvas.size, canvas.depth, title, dpi=canvas.dpi, guides=canvas.guides, credit=canvas.credit)
    open_ = [_Open(Begin("", is_group=True), ROOT, painting.empty_tiles(), None, [])]
    was_cut = False
    for part in stream:
        top = open_[-1]
        if isinstance(part, Note):
            notes.append(part)
        elif isinstance(part, Begin):
            if len(open_) > DEEPEST or len(painting.nodes) > MOST_NODES or not top.begin.is_group:
                raise ValueError("too many layers, or too deep a tree")
            open_.append(_Open(part, new_id(), painting.empty_tiles(), None, []))
        elif isinstance(part, Paint):
            place = Box(part.x, part.y, part.pixels.shape[1], part.pixels.shape[0])
            was_cut |= not canvas.size.box.contains(place)
            top.tiles = _put(top.tiles, place, part.pixels)
        elif isinstance(part, Veil):
            place = Box(part.x, part.y, part.pixels.shape[1], part.pixels.shape[0])
            top.masks = part.in_force
            top.mask = _put(_filled(canvas.size, part.outside), place, part.pixels[..., None])
        elif isinstance(part, End):
            if len(open_) < 2:
                raise ValueError("an end without a beginning")
            ended = open_.pop()
            painting.nodes[ended.id] = _node(ended, painting)
            open_[-1].children.append(ended.id)
            if ended.begin.is_active and not ended.begin.is_group:
                painting.active = ended.id
        else:
            raise ValueError("two canvases")
    if len(open_) != 1:
        raise ValueError("a beginning without an end")
    painting.nodes[ROOT] = Group(ROOT, "", children=tuple(open_[0].children))
    _settle(painting, layer_name or title, canvas.provenance)
    if was_cut:
        notes.append(Note(mark("Parts of layers outside the canvas were cut off.")))
    once = [note for number, note in enumerate(notes) if note not in notes[:number]]
    return Assembled(painting, tuple(once), canvas.format)


def _canvas(stream: Iterator[Part], notes: list[Note]) -> Canvas:
    for part in stream:
        if isinstance(part, Canvas):
            return part
        if not isinstance(part, Note):
            break
        notes.append(part)
    raise ValueError("no canvas")


def _put(tiles: Tiles, place: Box, pixels: NDArray[Any]) -> Tiles:
    inside = place.clip(tiles.size)
    if inside.is_empty:
        return tiles
    return tiles.written(inside, pixels[inside.moved(-place.x, -place.y).slices()])


def _filled(size: Size, value: int) -> Tiles:
    """A mask of one value, its tiles one and the same as far as they are of one shape."""
    empty = Tiles(size, np.uint8, 1)
    if value == 0:
        return empty
    shared: dict[tuple[int, int], NDArray[Any]] = {}
    filled: dict[tuple[int, int], NDArray[Any] | None] = {}
    for index in empty.touched(size.box):
        box = empty.tile_box(index)
        shape = (box.height, box.width)
        if shape not in shared:
            shared[shape] = np.full((*shape, 1), value, np.uint8)
            shared[shape].flags.writeable = False
        filled[index] = shared[shape]
    return empty.replaced(filled)


def _node(ended: _Open, painting: Painting) -> Node:
    begin = ended.begin
    shared: dict[str, Any] = {
        "name": "".join(letter for letter in begin.name if letter.isprintable())[:LONGEST_NAME],
        "opacity": min(1.0, max(0.0, begin.opacity)),
        "visible": begin.visible,
        "blend": begin.blend if begin.blend in BLENDS else "normal",
        "mask": ended.mask,
        "masks": ended.masks,
        "clipped": begin.clipped,
        "locked": begin.locked,
        "label": begin.label if begin.label in LABELS else "",
    }
    if begin.is_group:
        return Group(ended.id, children=tuple(ended.children), **shared)
    return Layer(ended.id, tiles=ended.tiles, provenance=begin.provenance, alpha_locked=begin.alpha_locked, **shared)


def _settle(painting: Painting, name: str, provenance: tuple[Provenance, ...]) -> None:
    """A layer to work on, and records that the file kept for the whole on the lowest layer."""
    layers = painting.layers()
    if not layers:
        layer = Layer(new_id(), name, tiles=painting.empty_tiles())
        painting.nodes[layer.id] = layer
        painting.nodes[ROOT] = replace(painting.root, children=(*painting.root.children, layer.id))
        layers = [layer]
    if provenance and not any(layer.provenance for layer in layers):
        painting.nodes[layers[0].id] = replace(layers[0], provenance=provenance)
    painting.active = painting.active or layers[-1].id


def window(canvas: Size, place: Box) -> Box:
    """As much of what lies at a place as has to be sent: what is on the canvas, and a sliver of what will be cut off."""
    inside = place.clip(canvas)
    if inside == place:
        return place
    return Box(place.x, place.y, 1, 1) if inside.is_empty else inside.grow(1).intersect(place)


def rows_of(place: Box) -> Iterator[Box]:
    """A place in rows of tiles, so that no part is large."""
    top = place.y
    while top < place.bottom:
        bottom = min(place.bottom, (top // TILE + 1) * TILE)
        yield Box(place.x, top, place.width, bottom - top)
        top = bottom
