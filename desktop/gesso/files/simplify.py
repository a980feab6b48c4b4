"""A painting as a format of layers can hold it: what it cannot hold becomes pixels that look the same, and is listed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from gesso.documents.painting import Group, Layer, Node, Painting, new_id
from gesso.documents.painting.painting import ROOT
from gesso.files import xmp
from gesso.files.flat import together, veiled
from gesso.values import Note, mark

NAMED = 3
"""So many layers are called by name in one sentence."""


@dataclass(frozen=True)
class Holds:
    """What a format of layers can hold."""

    format: str
    blends: frozenset[str]
    masks: bool
    clipping: bool
    marks: bool
    """Locks of the alpha, and colour labels."""
    locks: bool = False
    """Of the whole layer."""
    guides: bool = False
    provenance: bool = False
    """Of each layer by itself."""


@dataclass
class _Losses:
    """Names of what was changed, by the sentence that says so."""

    is_trial: bool = False
    """Nothing is worked out, only what would be lost."""
    named: dict[str, list[str]] = field(default_factory=dict)

    def add(self, template: str, node: Node) -> None:
        self.named.setdefault(template, []).append(node.name)

    def notes(self, format: str) -> list[Note]:
        return [Note(template, {"format": format, "names": spoken(names)}) for template, names in self.named.items()]


def spoken(names: Sequence[str]) -> str:
    """A few names, and a sign that there are more."""
    first = ", ".join(f"“{name}”" for name in names[:NAMED])
    return first + (f" … ({len(names)})" if len(names) > NAMED else "")


MASK = mark("{format} holds no masks: those of {names} become part of the pixels.")
MASK_OFF = mark("{format} holds no masks: those of {names}, which are switched off, are left out.")
GROUP_MASK = mark("{format} holds no masks: the groups {names} become one layer each.")
CLIPPED = mark("{format} cannot clip layers: {names} become one layer each, together with what is clipped to them.")
BLEND = mark("{format} does not know the blend modes of {names}: they become normal and look different.")
OTHER = mark("{format} holds pixels only: {names} become pixels, together with the layers below in the same group.")
RECIPE = mark("{format} does not keep how the filter layers {names} were made: they stay as pixels.")
TEXT = mark("{format} does not keep the letters of {names}: they stay as pixels.")
MARKS = mark("{format} does not keep the locks of the alpha and the colour labels of {names}.")
LOCKS = mark("{format} does not keep the locks of {names}.")


def simplified(painting: Painting, holds: Holds) -> tuple[Painting, list[Note]]:
    """The same picture in layers and groups that the format holds, and what is lost by that."""
    return _simplified(painting, holds, _Losses())


def losses(painting: Painting, holds: Holds) -> list[Note]:
    """What would be lost, without working it out."""
    return _simplified(painting, holds, _Losses(is_trial=True))[1]


def _simplified(painting: Painting, holds: Holds, losses: _Losses) -> tuple[Painting, list[Note]]:
    found = replace(painting, nodes={})
    _place(found, painting, painting.root, holds, losses)
    if found.active not in found.nodes:
        found.active = next((layer.id for layer in reversed(found.layers())), "")
    return found, losses.notes(holds.format)


def _place(into: Painting, painting: Painting, group: Group, holds: Holds, losses: _Losses) -> None:
    """A group with all that is in it."""
    runs = painting.clip_runs(group.children)
    foreign = [number for number, (base, _) in enumerate(runs) if not _is_plain(painting.nodes[base])]
    children = []
    if foreign:
        # It may change how all that lies below it looks, so these are looked at together.
        last = foreign[-1]
        for number in foreign:
            losses.add(OTHER, painting.nodes[runs[number][0]])
        below = [id for base, clipped in runs[: last + 1] for id in (base, *clipped)]
        merged = _merged(painting, below, painting.nodes[runs[last][0]].name, losses)
        into.nodes[merged.id] = merged
        children.append(merged.id)
        runs = runs[last + 1 :]
    for base, clipped in runs:
        node = painting.nodes[base]
        if clipped and not (holds.clipping and all(isinstance(painting.nodes[id], Layer) for id in (base, *clipped))):
            losses.add(CLIPPED, node)
            node, clipped = _as_one(painting, node, losses, clipped), ()
        for one in (node, *(painting.nodes[id] for id in clipped)):
            children.append(_put(into, painting, one, holds, losses))
    into.nodes[group.id] = replace(group, children=tuple(children))


def _is_plain(node: Node) -> bool:
    return isinstance(node, (Layer, Group))


def _put(into: Painting, painting: Painting, node: Node, holds: Holds, losses: _Losses) -> str:
    """A layer, or a group with all that is in it."""
    if node.mask is not None and not holds.masks:
        if not node.masks:
            losses.add(MASK_OFF, node)
        elif isinstance(node, Layer):
            losses.add(MASK, node)
            node = replace(node, tiles=node.tiles if losses.is_trial else veiled(node.tiles, node.mask))
        else:
            losses.add(GROUP_MASK, node)
            node = _as_one(painting, node, losses)
        node = replace(node, mask=None)
    if node.blend not in holds.blends:
        losses.add(BLEND, node)
        node = replace(node, blend="normal")
    if isinstance(node, Layer) and node.recipe is not None:
        losses.add(RECIPE, node)
    if isinstance(node, Layer) and node.text is not None:
        losses.add(TEXT, node)
        node = replace(node, text=None)
    if not holds.marks and (node.label or (isinstance(node, Layer) and node.alpha_locked)):
        losses.add(MARKS, node)
    if not holds.locks and node.locked:
        losses.add(LOCKS, node)
    into.nodes[node.id] = node
    if isinstance(node, Group):
        _place(into, painting, node, holds, losses)
    return node.id


def _as_one(painting: Painting, node: Node, losses: _Losses, clipped: Sequence[str] = ()) -> Layer:
    """A node with what is clipped to it as one layer; how the whole is laid on what lies below stays open."""
    bare = replace(node, opacity=1.0, visible=True, blend="normal")
    nodes = {**painting.nodes, node.id: bare}
    merged = _merged(replace(painting, nodes=nodes), (node.id, *clipped), node.name, losses)
    return replace(
        merged, id=node.id, opacity=node.opacity, visible=node.visible, blend=node.blend, clipped=node.clipped
    )


def _merged(painting: Painting, children: Sequence[str], name: str, losses: _Losses) -> Layer:
    """Some neighbours as one layer that looks like them."""
    if losses.is_trial:
        return Layer(new_id(), name, tiles=painting.empty_tiles())
    part = replace(painting, nodes={**painting.nodes, ROOT: Group(ROOT, "", children=tuple(children))})
    return Layer(new_id(), name, tiles=together(painting, children), provenance=xmp.provenance_of(part))
