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
    selected = [Note(SELECTION, {"format": format})] if painting.selection is not None else []
    if format in LAYERED:
        holds = LAYERED[format].holds
        lost = (
            (GUIDES, bool(painting.guides) and not holds.guides),
            (AXES, painting.symmetry is not None),
            (LIGHT, painting.linear and not _is_flat([node for node, _ in painting.walk()])),
        )
        beside = [Note(template, {"format": format}) for template, is_lost in lost if is_lost]
        return [*simplify.losses(painting, holds), *selected, *beside]
    nodes = [node for node, _ in painting.walk()]
    found: list[Note] = []
    hidden = [node for node in nodes if not node.visible]
    if not _is_flat(nodes):
        layers = sum(not isinstance(node, Group) for node in nodes)
        found.append(Note(FLAT, {"format": format, "count": layers}))
    if hidden:
        names = simplify.spoken([node.name for node in hidden])
        found.append(Note(HIDDEN, {"names": names}))
    written = [node.name for node in nodes if isinstance(node, Layer) and node.text is not None and node.visible]
    if written:
        found.append(Note(simplify.TEXT, {"format": format, "names": simplify.spoken(written)}))
    has_alpha = format in pictures.OPAQUE and not is_opaque(painting, progress or Progress.silent())
    return [*found, *pictures.losses_of(format, painting.depth, has_alpha)]


FLAT = mark("{format} holds one flat picture: the {count} layers are laid over each other.")
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


def is_opaque(painting: Painting, progress: Progress) -> bool:
    """Whether nothing shines through anywhere."""
    indices = list(painting.empty_tiles().touched(painting.size.box))
    for done, index in enumerate(indices):
        progress.at(done / len(indices))
        tile = composite_tile(painting, index)
        if tile is None or bool((tile[..., 3] < np.iinfo(tile.dtype).max).any()):
            return False
    return True
