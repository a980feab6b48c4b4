"""Small paintings made by code, and what can be told of one, to compare it with another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from gesso.documents.painting import Group, Layer, Node, Painting, Provenance, Tiles, new_id
from gesso.documents.painting.blend import BLENDS
from gesso.documents.painting.painting import ROOT
from gesso.values import Box, Size

RECORD = Provenance("stylise", "gouache", "1.0.0", {"strength": 0.5}, 7, "2026-01-02T03:04:05Z")


def pixels(width: int, height: int, dtype: Any = np.uint8, seed: int = 1) -> np.ndarray:
    """Noise with clear, soft and full parts."""
    random = np.random.default_rng(seed)
    top = np.iinfo(dtype).max
    found = random.integers(0, top, (height, width, 4), endpoint=True).astype(dtype)
    found[: height // 3, :, 3] = top
    found[-(height // 4) :, :, 3] = 0
    return found


def layer(size: Size, box: Box, dtype: Any = np.uint8, seed: int = 1, **given: Any) -> Layer:
    empty = Tiles(size, dtype)
    tiles = empty if box.is_empty else empty.written(box, pixels(box.width, box.height, dtype, seed))
    return Layer(new_id(), given.pop("name", f"层 {seed}"), tiles=tiles, **given)


def mask(size: Size, box: Box, outside: int = 0, seed: int = 3) -> Tiles:
    values = np.full((size.height, size.width, 1), outside, np.uint8)
    soft = np.random.default_rng(seed).integers(0, 255, (box.height, box.width, 1), endpoint=True).astype(np.uint8)
    values[box.slices()] = soft
    return Tiles.from_array(values)


def painting(size: Size, *nodes: Node | tuple[Group, Sequence[Node]], depth: int = 8, title: str = "画") -> Painting:
    """From the bottom up; a group comes with what is in it."""
    found = Painting(size, depth, title)
    children = []
    for node in nodes:
        if isinstance(node, tuple):
            group, inside = node
            found.nodes |= {one.id: one for one in inside}
            node = replace(group, children=tuple(one.id for one in inside))
        found.nodes[node.id] = node
        children.append(node.id)
    found.nodes[ROOT] = Group(ROOT, "", children=tuple(children))
    found.active = found.layers()[-1].id
    return found


def told(painting: Painting, masks: bool = True) -> list[Any]:
    """All that a file of layers keeps, without the ids."""

    def of(group: Group) -> list[Any]:
        said: list[Any] = []
        for id in group.children:
            node = painting.nodes[id]
            own = [node.name, node.opacity, node.visible, node.blend, id == painting.active]
            own.append(node.mask.read().tobytes() if masks and node.mask else None)
            if isinstance(node, Layer):
                own.append((node.tiles.dtype.str, node.tiles.read().tobytes(), node.provenance))
            else:
                assert isinstance(node, Group)
                own.append(of(node))
            said.append(own)
        return said

    return [painting.size, painting.depth, of(painting.root)]


def unlike(a: np.ndarray, b: np.ndarray) -> float:
    """The largest difference of what is seen: alpha, and colours as far as they are covered, in steps of 255."""
    top = float(np.iinfo(a.dtype).max)
    shown = [
        np.concatenate([p[..., :3] * (p[..., 3:] / top), p[..., 3:]], -1) for p in (a.astype(float), b.astype(float))
    ]
    return float(np.abs(shown[0] - shown[1]).max()) * 255 / top


NAMES = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn", "Co", "Cf", "Zl", "Zp", "Zs"]), max_size=12)


@st.composite
def paintings(draw: st.DrawFn, blends: Sequence[str] = tuple(BLENDS), masks: bool = False) -> Painting:
    """Any small painting, over the border of a tile too."""
    size = Size(draw(st.integers(1, 300)), draw(st.integers(1, 40)))
    dtype = draw(st.sampled_from([np.uint8, np.uint16]))

    def shared(seed: int) -> dict[str, Any]:
        return {
            "name": draw(NAMES),
            "opacity": draw(st.sampled_from([0.0, 1.0, 0.5, 0.2, 1 / 3])),
            "visible": draw(st.booleans()),
            "blend": draw(st.sampled_from(blends)),
            "mask": mask(size, draw(boxes(size)), draw(st.sampled_from([0, 255])), seed)
            if masks and draw(st.booleans())
            else None,
        }

    def one(seed: int) -> Layer:
        return layer(size, draw(boxes(size)), dtype, seed, **shared(seed))

    nodes: list[Any] = []
    for number in range(draw(st.integers(1, 3))):
        if draw(st.booleans()):
            nodes.append(one(number))
        else:
            inside = [one(number * 10 + i) for i in range(draw(st.integers(0, 2)))]
            nodes.append((Group(new_id(), **shared(number + 50)), inside))
    nodes.append(one(99))
    return painting(size, *nodes, depth=16 if dtype == np.uint16 else 8)


@st.composite
def boxes(draw: st.DrawFn, size: Size) -> Box:
    x, y = draw(st.integers(0, size.width - 1)), draw(st.integers(0, size.height - 1))
    return Box(x, y, draw(st.integers(0, size.width - x)), draw(st.integers(0, size.height - y)))
