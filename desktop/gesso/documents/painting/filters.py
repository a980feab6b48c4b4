"""Filter layers: pixels that a model made from another layer, and the recipe to make them again.

The pixels are kept whatever happens to the source or to the model; only an update replaces them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.documents.painting.composite import composite
from gesso.documents.painting.edits import AnyEdit, PlaceNode, ReplaceTiles, SetProvenance, SetRecipe
from gesso.documents.painting.painting import ROOT, Adjustment, Group, Layer, Painting, Provenance, Recipe
from gesso.values import Box

FRESH, STALE, ORPHAN = "fresh", "stale", "orphan"
BELOW = ""
"""Instead of a source's id: all that lies below the filter layer."""


def above_or_itself(painting: Painting, id: str) -> set[str]:
    """A node and all that lies above it: what its source must leave out."""
    found = {id}
    inner = id
    for group in painting.ancestors_of(id):
        found |= set(group.children[group.children.index(inner) + 1 :])
        inner = group.id
    return found


def source_state(painting: Painting, source: str, id: str) -> str | None:
    """A digest of what a filter layer `id` is made from; None when that is gone."""
    if source != BELOW:
        node = painting.nodes.get(source)
        return node.tiles.state() if isinstance(node, Layer) else None
    if id not in painting.nodes:
        return None
    whole = hashlib.blake2b(b"linear" if painting.linear else b"", digest_size=16)
    excluded = above_or_itself(painting, id)

    def add(parent: str) -> None:
        for child in painting.group(parent).children:
            node = painting.nodes[child]
            if child in excluded or not node.visible:
                continue
            mask = node.mask_in_force
            whole.update(f"{node.opacity} {node.blend} {node.clipped} {mask.state() if mask else ''}".encode())
            if isinstance(node, Layer):
                whole.update(node.tiles.state().encode())
            elif isinstance(node, Adjustment):
                whole.update(f"{node.kind} {sorted(node.values.items())}".encode())
            elif isinstance(node, Group):
                whole.update(b"(")
                add(child)
                whole.update(b")")

    add(ROOT)
    return whole.hexdigest()


def freshness(painting: Painting, id: str) -> str:
    """Whether a filter layer's pixels are of its source as it is, as it was, or of one that is gone."""
    recipe = painting.layer(id).recipe
    if recipe is None:
        return FRESH
    state = source_state(painting, recipe.source, id)
    return ORPHAN if state is None else FRESH if state == recipe.state else STALE


def source_pixels(painting: Painting, id: str) -> tuple[NDArray[Any], Box]:
    """What a filter layer is to be made from now, (h, w, 4), and where that lies. Raises KeyError when it is gone."""
    recipe = painting.layer(id).recipe
    if recipe is None:
        raise KeyError(f"{id} is no filter layer")
    box = Box(*recipe.box).clip(painting.size)
    if box.is_empty:
        box = painting.size.box
    if recipe.source != BELOW:
        return painting.layer(recipe.source).tiles.read(box), box
    return composite(painting, box, above_or_itself(painting, id)), box


def recipe_of(painting: Painting, source: str, id: str, box: Box, made: Provenance) -> Recipe:
    """The recipe of a filter layer `id` that was just made from a source; `id` may not be in the painting yet."""
    knobs = {name: _still(value) for name, value in made.knobs.items()}
    return Recipe(
        source, made.tool, knobs, made.model, made.model_version, (box.x, box.y, box.width, box.height),
        source_state(painting, source, id) or "",
    )  # fmt: skip


def _still(value: Any) -> Any:
    """Lists as tuples, the way a file gives them back."""
    return tuple(_still(item) for item in value) if isinstance(value, (list, tuple)) else value


def remade(painting: Painting, id: str, pixels: NDArray[Any], box: Box, made: Provenance) -> list[AnyEdit]:
    """The edits of an update: new pixels, and the recipe and record of how they were made."""
    layer = painting.layer(id)
    if layer.recipe is None:
        raise KeyError(f"{id} is no filter layer")
    tiles = painting.empty_tiles().written(box, pixels)
    changed = {
        index: tile
        for index, tile in layer.tiles.difference(tiles).items()
        if tile is None or index not in layer.tiles.tiles or not np.array_equal(tile, layer.tiles.tiles[index])
    }
    earlier = layer.provenance[:-1]
    return [
        ReplaceTiles(id, changed),
        SetRecipe(id, recipe_of(painting, layer.recipe.source, id, box, made)),
        SetProvenance(id, (*earlier, made)),
    ]


def as_filter(painting: Painting, layer: Layer, source: str, box: Box, made: Provenance, above: str = "") -> Layer:
    """A layer that was made from a source as a filter layer, before it is put above a node (or on top)."""
    with_it = painting.snapshot()
    parent = with_it.parent_of(above) if above and above != ROOT and above in with_it.nodes else with_it.root
    place = parent.children.index(above) + 1 if above in parent.children else len(parent.children)
    with_it.nodes[layer.id] = layer
    with_it.nodes[parent.id] = replace(parent, children=(*parent.children[:place], layer.id, *parent.children[place:]))
    return replace(layer, recipe=recipe_of(with_it, source, layer.id, box, made))


def kept_as_filter(
    painting: Painting, edits: Sequence[AnyEdit], source: str, box: Box, made: Provenance
) -> list[AnyEdit]:
    """The edits that put a result above its source, with the result as a filter layer."""
    found: list[AnyEdit] = []
    for edit in edits:
        if isinstance(edit, PlaceNode) and isinstance(layer := edit.held.get(edit.id), Layer):
            edit = replace(edit, held={**edit.held, layer.id: as_filter(painting, layer, source, box, made, source)})
        found.append(edit)
    return found


def rasterised(painting: Painting, id: str) -> list[AnyEdit]:
    """A filter layer becomes a layer like any other, with the pixels it has."""
    return [SetRecipe(id, None)] if painting.layer(id).recipe is not None else []
