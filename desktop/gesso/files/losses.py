"""What a format cannot hold of a painting, to be said before it is written."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gesso.documents.painting import Group, Layer, Node, Painting
from gesso.documents.painting.composite import composite_tile
from gesso.files import pictures, project, simplify
from gesso.files.layered import LAYERED
from gesso.values import Note, Progress, mark


def losses(painting: Painting, path: Path, progress: Progress | None = None) -> list[Note]:
    """What the format of `path` cannot hold; empty when nothing is lost. The undo history is never part of a file."""
    suffix = path.suffix.lower()
    if suffix == project.SUFFIX:
        return []
    format = pictures.FORMATS[suffix]
    if format in LAYERED:
        holds = LAYERED[format].holds
        lost = (
            (SELECTION, painting.selection is not None),
            (GUIDES, bool(painting.guides) and not holds.guides),
            (AXES, painting.symmetry is not None),
            (LIGHT, painting.linear and not _is_flat([node for node, _ in painting.walk()])),
            (MAKING, not holds.provenance and _tells_layers_apart(painting)),
        )
        beside = [Note(template, {"format": format}) for template, is_lost in lost if is_lost]
        return [*simplify.losses(painting, holds), *beside]
    has_alpha = format in pictures.OPAQUE and not is_opaque(painting, progress or Progress.silent())
    return [*_flattened(painting, format), *pictures.losses_of(format, painting.depth, has_alpha)]


def _flattened(painting: Painting, format: str) -> list[Note]:
    """What is lost when all that is seen becomes one picture."""
    nodes = [node for node, _ in painting.walk()]
    layers = [node for node in nodes if not isinstance(node, Group)]
    seen = [node for node in nodes if isinstance(node, Layer) and node.visible]

    def named(template: str, found: list[Node]) -> list[Note]:
        names = simplify.spoken([node.name for node in found])
        return [Note(template, {"format": format, "names": names})] if found else []

    found = [Note(FLAT, {"format": format, "count": len(layers)})] if len(layers) > 1 else []
    if len(layers) == 1 and not _is_plain(nodes):
        found += named(ONE, nodes[:1])
    hidden = [node for node in nodes if not node.visible]
    found += [Note(HIDDEN, {"names": simplify.spoken([node.name for node in hidden])})] if hidden else []
    found += named(simplify.TEXT, [node for node in seen if node.text is not None])
    found += named(simplify.RECIPE, [node for node in seen if node.recipe is not None])
    beside = ((SELECTION, painting.selection), (GUIDES, painting.guides), (AXES, painting.symmetry))
    return found + [Note(template, {"format": format}) for template, given in beside if given]


FLAT = mark("{format} holds one flat picture: the {count} layers are laid over each other.")
ONE = mark("{format} holds one flat picture: the opacity, masks and marks of {names} are not kept by themselves.")
MAKING = mark("{format} keeps which models had a part in the whole, but not in which layer.")
HIDDEN = mark("What is hidden is left out: {names}.")
GUIDES = mark("{format} does not keep guides.")
AXES = mark("{format} does not keep axes of symmetry.")
LIGHT = mark(
    "{format} does not keep that layers are blended in linear light: other programs will mix them darker. The flattened picture in the file is as you see it."
)
SELECTION = mark("{format} does not keep the selection.")


def _is_flat(nodes: list[Node]) -> bool:
    """Whether the pixels of one layer are all there is."""
    return len(nodes) == 1 and isinstance(nodes[0], Layer) and nodes[0].mask is None and nodes[0].opacity == 1


def _is_plain(nodes: list[Node]) -> bool:
    """The same, and nothing marks it."""
    [layer, *_] = nodes
    is_marked = layer.locked or bool(layer.label) or (isinstance(layer, Layer) and layer.alpha_locked)
    return _is_flat(nodes) and not is_marked


def _tells_layers_apart(painting: Painting) -> bool:
    layers = painting.layers()
    return len(layers) > 1 and any(layer.provenance for layer in layers)


def is_opaque(painting: Painting, progress: Progress) -> bool:
    """Whether nothing shines through anywhere."""
    indices = list(painting.empty_tiles().touched(painting.size.box))
    for done, index in enumerate(indices):
        progress.at(done / len(indices))
        tile = composite_tile(painting, index)
        if tile is None or bool((tile[..., 3] < np.iinfo(tile.dtype).max).any()):
            return False
    return True
