"""What the layer list can do to a painting, as the edits of one undo step each."""

from __future__ import annotations

from dataclasses import replace

from gesso.documents.painting import Adjustment, Group, Layer, Node, Painting, new_id
from gesso.documents.painting.edits import AnyEdit, MoveNode, PlaceNode, SetActive, SetMask, tree_of
from gesso.documents.painting.painting import ROOT

Steps = list[AnyEdit]


def _place_above(painting: Painting) -> tuple[str, int]:
    """Parent and position for something new: on top inside the active group, or right above the active layer."""
    active = painting.nodes.get(painting.active)
    if active is None or active.id == ROOT:
        return ROOT, len(painting.root.children)
    if isinstance(active, Group):
        return active.id, len(active.children)
    parent = painting.parent_of(active.id)
    return parent.id, parent.children.index(active.id) + 1


def new_layer(painting: Painting, name: str) -> Steps:
    layer = Layer(new_id(), name, tiles=painting.empty_tiles())
    return [PlaceNode.add(layer, *_place_above(painting)), SetActive(layer.id)]


def new_adjustment(painting: Painting, kind: str, name: str) -> Steps:
    """An adjustment above the active node, with the selection for its mask if there is one."""
    made = Adjustment(new_id(), name, mask=painting.selection, kind=kind)
    return [PlaceNode.add(made, *_place_above(painting)), SetActive(made.id)]


def new_group(painting: Painting, name: str) -> Steps:
    """A group around the active node; an empty one when there is none."""
    group = Group(new_id(), name)
    active = painting.nodes.get(painting.active)
    if active is None or active.id == ROOT:
        return [PlaceNode.add(group, ROOT, len(painting.root.children)), SetActive(group.id)]
    parent = painting.parent_of(active.id)
    position = parent.children.index(active.id) + 1
    return [PlaceNode.add(group, parent.id, position), MoveNode(active.id, group.id, 0)]


def can_remove(painting: Painting, id: str) -> bool:
    """A painting keeps at least one layer."""
    if id not in painting.nodes or id == ROOT:
        return False
    below = tree_of(painting, id)
    return any(layer.id not in below for layer in painting.layers())


def removal(painting: Painting, id: str) -> Steps:
    """Take a node out; what lies beneath it becomes active."""
    siblings = painting.parent_of(id).children
    at = siblings.index(id)
    if at > 0:
        following = siblings[at - 1]
    elif len(siblings) > 1:
        following = siblings[1]
    else:
        gone = tree_of(painting, id)
        following = next(layer.id for layer in reversed(painting.layers()) if layer.id not in gone)
    return [PlaceNode.remove(painting, id), SetActive(following)]


def duplicate(painting: Painting, id: str, name: str) -> Steps:
    """A copy with everything in it right above; pixels are shared until one of them changes."""
    below: dict[str, Node] = {}

    def copied(old: str) -> Node:
        node = replace(painting.nodes[old], id=new_id())
        if isinstance(node, Group):
            node = replace(node, children=tuple(copied(child).id for child in node.children))
        below[node.id] = node
        return node

    copy = replace(copied(id), name=name)
    del below[copy.id]
    parent = painting.parent_of(id)
    return [PlaceNode.add(copy, parent.id, parent.children.index(id) + 1, below), SetActive(copy.id)]


def shift(painting: Painting, id: str, by: int) -> Steps:
    """One step up (+1) or down (-1) in the list, into and out of groups; nothing at the ends."""
    parent = painting.parent_of(id)
    at = parent.children.index(id)
    beside = at + by
    if 0 <= beside < len(parent.children):
        other = painting.nodes[parent.children[beside]]
        if isinstance(other, Group):
            return [MoveNode(id, other.id, 0 if by > 0 else len(other.children))]
        return [MoveNode(id, parent.id, beside)]
    if parent.id == ROOT:
        return []
    outer = painting.parent_of(parent.id)
    return [MoveNode(id, outer.id, outer.children.index(parent.id) + (1 if by > 0 else 0))]


def drop(painting: Painting, id: str, target: str | None, where: str) -> Steps:
    """Put a node `above`, `below` or `into` a target, or below everything; nothing where it cannot or need not go."""
    if target is None:
        parent, position = painting.root, 0
    elif target in tree_of(painting, id):
        return []
    elif where == "into" and isinstance(group := painting.nodes[target], Group):
        parent, position = group, len([child for child in group.children if child != id])
    else:
        parent = painting.parent_of(target)
        left = [child for child in parent.children if child != id]
        position = left.index(target) + (0 if where == "below" else 1)
    if parent.id == painting.parent_of(id).id and parent.children.index(id) == position:
        return []
    return [MoveNode(id, parent.id, position)]


def mask_from_selection(painting: Painting, id: str) -> Steps:
    """Show only what is selected; nothing to do without a selection."""
    return [SetMask(id, painting.selection)] if painting.selection is not None else []
