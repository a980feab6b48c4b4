"""Several nodes become one layer, and layers lend pixels to each other: the edits of one undo step each.

Compositing takes its time with a large painting, so these work on a snapshot and in any thread; what they give back fits the
painting as long as its tree is the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from gesso.documents.painting.composite import composite_tile
from gesso.documents.painting.edits import (
    AnyEdit,
    PlaceNode,
    ReplaceTiles,
    SetActive,
    SetMask,
    SetProperty,
    masked,
    tree_of,
)
from gesso.documents.painting.locks import check_paintable, check_unlocked
from gesso.documents.painting.painting import ROOT, Adjustment, Group, Layer, Node, Painting, Provenance, new_id
from gesso.documents.painting.runs import THREADS
from gesso.documents.painting.tiles import Array, Index, Tiles
from gesso.values import Progress

Steps = list[AnyEdit]


def tiles_of(painting: Painting, progress: Progress | None = None) -> Tiles:
    """All that is seen of a painting, as the tiles of one layer."""
    found: dict[Index, Array] = {}
    empty = painting.empty_tiles()
    indices = list(empty.touched(painting.size.box))
    with ThreadPoolExecutor(THREADS, "merge") as threads:
        for number, (index, tile) in enumerate(
            zip(indices, threads.map(lambda index: composite_tile(painting, index), indices), strict=True)
        ):
            if progress is not None:
                progress.at(number / len(indices))
            if tile is not None and tile.any():
                tile.flags.writeable = False
                found[index] = tile
    return Tiles(painting.size, painting.dtype, 4, found)


def _alone(painting: Painting, children: Sequence[Node]) -> Painting:
    """A painting of these nodes and all below them."""
    found = Painting(painting.size, painting.depth, linear=painting.linear)
    for node in children:
        found.nodes |= tree_of(painting, node.id)
        found.nodes[node.id] = node
    found.nodes[ROOT] = Group(ROOT, "", children=tuple(node.id for node in children))
    return found


def _records(painting: Painting, ids: Sequence[str]) -> tuple[Provenance, ...]:
    """The AI edits in all of these, each once."""
    found: list[Provenance] = []
    for id in ids:
        for node in tree_of(painting, id).values():
            if isinstance(node, Layer):
                found += [one for one in node.provenance if one not in found]
    return tuple(found)


# --- merging -----------------------------------------------------------------------------------------------------


def below(painting: Painting, id: str) -> str | None:
    """The node that one can be merged into; None when the two would not look the same as one layer."""
    if id not in painting.nodes or id == ROOT:
        return None
    siblings = painting.parent_of(id).children
    at = siblings.index(id)
    if at == 0:
        return None
    high, low = painting.nodes[id], painting.nodes[siblings[at - 1]]
    if isinstance(low, Adjustment) or not (low.visible and high.visible) or (low.clipped and not high.clipped):
        return None
    return low.id


def merge_down(painting: Painting, id: str, progress: Progress | None = None) -> Steps:
    """A node and the one below it become one layer, which keeps the lower one's name, blend mode, clipping and place.

    Raises `Trouble` when one of them is locked.
    """
    under = below(painting, id)
    if under is None:
        return []
    for one in (id, under):
        check_unlocked(painting, one)
    parent, low, high = painting.parent_of(id), painting.nodes[under], painting.nodes[id]
    position = parent.children.index(under)
    # Of two that are clipped to a third, the upper one is not clipped to the lower one.
    ground = replace(low, blend="normal", clipped=False)
    both = _alone(painting, [ground, replace(high, clipped=high.clipped and not low.clipped)])
    merged = Layer(
        new_id(), low.name, blend=low.blend, clipped=low.clipped, label=low.label, tiles=tiles_of(both, progress),
        provenance=_records(painting, (under, id)),
    )  # fmt: skip
    return [
        PlaceNode(id, parent.id, position + 1),
        PlaceNode(under, parent.id, position),
        PlaceNode.add(merged, parent.id, position),
        SetActive(merged.id),
    ]


def merge_group(painting: Painting, id: str, progress: Progress | None = None) -> Steps:
    """A group becomes one layer that looks the same, with its opacity, blend mode, clipping and mask."""
    check_unlocked(painting, id)
    group, parent = painting.group(id), painting.parent_of(id)
    position = parent.children.index(id)
    plain = replace(group, opacity=1.0, blend="normal", mask=None, clipped=False, visible=True)
    merged = Layer(
        new_id(), group.name, group.opacity, group.visible, group.blend, group.mask, group.masks, group.clipped,
        label=group.label, tiles=tiles_of(_alone(painting, [plain]), progress), provenance=_records(painting, (id,)),
    )  # fmt: skip
    return [PlaceNode(id, parent.id, position), PlaceNode.add(merged, parent.id, position), SetActive(merged.id)]


def merge_visible(painting: Painting, name: str, progress: Progress | None = None) -> Steps:
    """All that is seen as a new layer on top; the others stay."""
    seen = [child for child in painting.root.children if painting.nodes[child].visible]
    layer = Layer(new_id(), name, tiles=tiles_of(painting, progress), provenance=_records(painting, seen))
    return [PlaceNode.add(layer, ROOT, len(painting.root.children)), SetActive(layer.id)]


def flatten(painting: Painting, name: str, progress: Progress | None = None) -> Steps:
    """All that is seen as the only layer; hidden ones go. Raises `Trouble` when one is locked."""
    children = painting.root.children
    for node, _ in painting.walk():
        check_unlocked(painting, node.id)
    seen = [child for child in children if painting.nodes[child].visible]
    layer = Layer(new_id(), name, tiles=tiles_of(painting, progress), provenance=_records(painting, seen))
    removed: Steps = [PlaceNode(id, ROOT, place) for place, id in reversed(list(enumerate(children)))]
    return [*removed, PlaceNode.add(layer, ROOT, 0), SetActive(layer.id)]


# --- parts of a layer --------------------------------------------------------------------------------------------


def layer_from_selection(painting: Painting, id: str, name: str, *, cut: bool) -> Steps:
    """The selected pixels of a layer on a layer of their own right above; `cut` takes them out of it.

    Nothing when nothing is selected there. Raises `Trouble` when they are to be cut out of a locked layer.
    """
    layer, selection = painting.layer(id), painting.selection
    if cut:
        check_paintable(painting, id)
    taken: dict[Index, Array] = {}
    left: dict[Index, Array | None] = {}
    for index, tile in layer.tiles.tiles.items():
        chosen = None if selection is None else selection.tiles.get(index)
        if selection is not None and chosen is None:
            continue
        clear = np.zeros_like(tile)
        part = tile if chosen is None else _faded(tile, chosen)
        if not part[..., 3].any():
            continue
        part.flags.writeable = False
        taken[index] = part
        rest = clear if chosen is None else masked(tile, clear, chosen)
        rest.flags.writeable = False
        left[index] = rest if rest.any() else None
    if not taken:
        return []
    parent = painting.parent_of(id)
    above = replace(
        layer, id=new_id(), name=name, mask=None, recipe=None, text=None, locked=False,
        tiles=Tiles(painting.size, painting.dtype, 4, taken),
    )  # fmt: skip
    lifted: Steps = [PlaceNode.add(above, parent.id, parent.children.index(id) + 1), SetActive(above.id)]
    return [ReplaceTiles(id, left), *lifted] if cut else lifted


def _faded(tile: Array, share: Array) -> Array:
    """A tile with its alpha times a mask; nothing where the mask is 0."""
    found = tile.copy()
    alpha = tile[..., 3:].astype(np.float32) * (share.astype(np.float32) / 255)
    found[..., 3:] = np.rint(alpha).astype(tile.dtype)
    found[found[..., 3] == 0] = 0
    return found


# --- masks -------------------------------------------------------------------------------------------------------


def apply_mask(painting: Painting, id: str) -> Steps:
    """What a layer's mask hides is taken out of its pixels, and the mask with it. Raises `Trouble` when it is locked."""
    layer = painting.layer(id)
    if layer.mask is None:
        return []
    check_paintable(painting, id)
    changed: dict[Index, Array | None] = {}
    for index, tile in layer.tiles.tiles.items():
        share = layer.mask.tiles.get(index)
        part = None if share is None else _faded(tile, share)
        if part is not None and not part.any():
            part = None
        if part is not None:
            part.flags.writeable = False
        changed[index] = part
    steps: Steps = [ReplaceTiles(id, changed), SetMask(id, None)]
    return steps if layer.masks else [*steps, SetProperty(id, "masks", True)]


def white_mask(painting: Painting) -> Tiles:
    """A mask that hides nothing yet."""
    return inverted(Tiles(painting.size, np.uint8, 1))


def inverted(mask: Tiles) -> Tiles:
    """Hidden becomes shown."""
    found: dict[Index, Array] = {}
    for index in mask.touched(mask.size.box):
        place, tile = mask.tile_box(index), mask.tiles.get(index)
        turned = np.full((place.height, place.width, 1), 255, np.uint8) if tile is None else 255 - tile
        if turned.any():
            turned.flags.writeable = False
            found[index] = turned
    return Tiles(mask.size, np.uint8, 1, found)


def invert_mask(painting: Painting, id: str) -> Steps:
    mask = painting.nodes[id].mask
    return [] if mask is None else [SetMask(id, inverted(mask))]
