"""What a painting looks like: layers, groups and adjustments composited box by box.

Any part of a painting looks to the bit as it does in the whole.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from gesso.documents.painting.adjustments import Neighbours, prepared
from gesso.documents.painting.blend import Floats
from gesso.documents.painting.edits import tree_of
from gesso.documents.painting.light import in_codes, in_light
from gesso.documents.painting.painting import ROOT, Adjustment, Group, Layer, Node, Painting
from gesso.documents.painting.runs import THREADS, Pixels, Sheet, alpha_range, look_of, planes_of
from gesso.documents.painting.sheets import MASK_MARK, put_live
from gesso.documents.painting.tiles import TILE, Index, Tiles
from gesso.values import Box

LEAST_STILL = 2
"""Fewer nodes below a stroke are not worth keeping what they look like."""
LEAST_TILES = 6
"""Fewer are not worth a second thread."""
NOTHING: Collection[str] = ()
Live = Mapping[str, Mapping[Index, Pixels]]
"""Tiles that stand in for a layer's or a mask's own, as `sheets.live_of` names them: a stroke in progress."""


def composite(painting: Painting, box: Box | None = None, exclude: Collection[str] = NOTHING) -> Pixels:
    """The painting, or a box of it, as (h, w, 4) of its depth, straight alpha; without the excluded nodes."""
    box = box or painting.size.box
    # Where tiles lie everything is written; memory that nobody has cleared is sooner to be had.
    room = np.empty if painting.size.box.contains(box) else np.zeros
    out = room((box.height, box.width, 4), painting.dtype)
    grid = Tiles(painting.size, painting.dtype)

    def put(index: Index) -> None:
        common = grid.tile_box(index).intersect(box)
        place = out[common.moved(-box.x, -box.y).slices()]
        part = composite_box(painting, common, exclude, out=place)
        if part is not place:
            place[...] = 0 if part is None else part

    indices = list(grid.touched(box))
    if len(indices) < LEAST_TILES or (os.cpu_count() or 1) < 2:
        for index in indices:
            put(index)
    else:
        with ThreadPoolExecutor(THREADS, "composite") as threads:
            for _ in threads.map(put, indices):
                pass
    return out


def composite_tile(painting: Painting, index: Index, exclude: Collection[str] = NOTHING) -> Pixels | None:
    """One tile as it looks, of the painting's depth; None when it is empty."""
    place = Box(index[0] * TILE, index[1] * TILE, TILE, TILE).clip(painting.size)
    return composite_box(painting, place, exclude)


def composite_box(
    painting: Painting,
    box: Box,
    exclude: Collection[str] = NOTHING,
    live: Live | None = None,
    out: Pixels | None = None,
) -> Pixels | None:
    """A box that lies inside the painting as it looks; None when it is empty.

    With a stroke in progress, what lies below it is kept for the next dab. `out` is where it may be written to, unless
    it is some layer's own pixels.
    """
    still = 0
    if live:
        painting = with_live(painting, live)
        still = _still(painting, live)
    sheets = _sheets(painting, painting.root.children, box, exclude, still)
    if not sheets:
        return None
    if len(sheets) == 1 and sheets[0].is_plain:
        return sheets[0].tile  # its own pixels, exactly
    if out is None:
        out = np.empty((box.height, box.width, 4), painting.dtype)
    look_of(sheets, out, painting.linear)
    return out


def with_live(painting: Painting, live: Live) -> Painting:
    """A snapshot in which these tiles are the layers' and masks' own."""
    found = painting.snapshot()
    for id, tiles in live.items():
        put_live(found, id, tiles)
    return found


# --- what lies on a box ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Below:
    """What lies under a node."""

    ids: Sequence[str]
    clips: bool
    """Whether it is what the node is clipped to."""
    on: Callable[[Box], list[Sheet]]
    """Its sheets on any box."""


def _sheets(
    painting: Painting, children: Sequence[str], box: Box, exclude: Collection[str], still: int = 0
) -> list[Sheet]:
    """From the lowest that can be seen to the top; those of the `still` lowest runs become one that is kept."""
    runs = painting.clip_runs(children)
    cut: dict[str, Pixels] = {}
    first = 0
    for place in range(len(runs) - 1, -1, -1):
        if _covers(painting, runs[place][0], box, exclude, cut):
            first = place
            break
    found: list[Sheet] = []
    if still - first >= LEAST_STILL:
        ids = [id for base, clipped in runs[:still] for id in (base, *clipped)]
        ground = _ground(painting, ids, box, exclude)
        if ground is not None:
            found, first = [Sheet(1.0, "normal", None, ground=ground)], still
    for place in range(first, len(runs)):
        base, clipped = runs[place]
        if base in exclude or not _may_show(painting.nodes[base], box):
            continue

        under = [id for run in runs[:place] for id in (run[0], *run[1])]

        def below(wide: Box, under: Sequence[str] = under) -> list[Sheet]:
            return _sheets(painting, under, wide, exclude)

        sheet = _sheet(painting, painting.nodes[base], box, exclude, Below(under, False, below), cut.get(base))
        if clipped:
            if sheet is None:  # a blur that is clipped to it may still spread to here
                node = painting.nodes[base]
                sheet = Sheet(node.opacity, node.blend, None, inside=[])
            sheet = _clip(painting, base, sheet, clipped, box, exclude)
        if sheet is not None and sheet.inside != []:
            found.append(sheet)
    return found


def _still(painting: Painting, live: Live) -> int:
    """How many of the lowest runs of the painting a stroke in progress leaves as they are."""
    names = {name.removesuffix(MASK_MARK) for name in live}
    for place, (base, clipped) in enumerate(painting.clip_runs(painting.root.children)):
        if any(not names.isdisjoint(tree_of(painting, id)) for id in (base, *clipped)):
            return place
    return 0


def _ground(painting: Painting, ids: Sequence[str], box: Box, exclude: Collection[str]) -> Floats | None:
    """The lowest nodes over each other as planes (4, pixels), kept tile by tile; None where no one tile has the box."""
    place = _tile_around(painting, box)
    if not place.contains(box):
        return None
    nodes = [node for id in ids for node in tree_of(painting, id).values()]
    key = (place, painting.size, painting.linear, frozenset(exclude), *map(id, nodes))
    kept = _GROUNDS.find(key, nodes)
    if kept is None:
        sheets = _sheets(painting, ids, place, exclude)
        kept = planes_of(sheets, place.width * place.height, painting.linear).reshape(4, place.height, place.width)
        _GROUNDS.keep(key, kept, nodes)
    if box == place:
        return kept.reshape(4, -1)
    rows, columns = box.moved(-place.x, -place.y).slices()
    return np.ascontiguousarray(kept[:, rows, columns]).reshape(4, -1)


def _tile_around(painting: Painting, box: Box) -> Box:
    """The tile that a box begins in."""
    return Box(box.x // TILE * TILE, box.y // TILE * TILE, TILE, TILE).clip(painting.size)


def _clip(
    painting: Painting, base: str, sheet: Sheet, clipped: Sequence[str], box: Box, exclude: Collection[str]
) -> Sheet:
    """A sheet with those that are clipped to it: a group whose alpha is the sheet's own."""
    ground = replace(sheet, opacity=1.0, blend="normal")
    inside = [ground]
    for place, id in enumerate(clipped):
        node = painting.nodes[id]
        if id in exclude or not _may_show(node, box):
            continue

        def below(wide: Box, place: int = place) -> list[Sheet]:
            again = _sheets(painting, [base], wide, exclude)
            if not again:
                return []
            again[0].opacity, again[0].blend = 1.0, "normal"
            return [_clip(painting, base, again[0], clipped[:place], wide, exclude)]

        above = _sheet(painting, node, box, exclude, Below([base, *clipped[:place]], True, below))
        if above is not None:
            above.atop = True
            inside.append(above)
    return sheet if len(inside) == 1 else Sheet(sheet.opacity, sheet.blend, None, inside=inside)


def _sheet(
    painting: Painting,
    node: Node,
    box: Box,
    exclude: Collection[str],
    below: Below,
    pixels: Pixels | None = None,
) -> Sheet | None:
    """What one node puts on a box."""
    hidden = node.mask_in_force
    mask = None
    if hidden is not None:
        shape = cut_out(hidden, box)
        if shape is None:
            return None
        mask = np.ascontiguousarray(shape).reshape(-1)
    if isinstance(node, Group):
        inside = _sheets(painting, node.children, box, exclude)
        return Sheet(node.opacity, node.blend, mask, inside=inside) if inside else None
    if isinstance(node, Adjustment):
        ready = prepared(node.kind, node.values)
        if ready is None:
            return None
        if isinstance(ready, Neighbours):
            planes = _around(painting, ready, box, exclude, below)
            return None if planes is None else Sheet(node.opacity, node.blend, mask, planes=planes)
        return Sheet(node.opacity, node.blend, mask, point=ready)
    assert isinstance(node, Layer)
    tile = cut_out(node.tiles, box) if pixels is None else pixels
    if tile is None:
        return None
    return Sheet(node.opacity, node.blend, mask, tile, np.ascontiguousarray(tile).reshape(-1, 4))


def _around(painting: Painting, ready: Neighbours, box: Box, exclude: Collection[str], below: Below) -> Floats | None:
    """What lies below a box through an adjustment that looks around, as planes (4, pixels).

    Whole tiles are kept for the next time, so that painting above a blur does not blur again.
    """
    place = _tile_around(painting, box)
    nodes = [node for id in below.ids for node in tree_of(painting, id).values()]
    key = (place, painting.size, painting.linear, id(ready), below.clips, frozenset(exclude), *map(id, nodes))
    owners = (ready, *nodes)
    kept = _KEPT.find(key, owners) if place.contains(box) else None
    if kept is None:
        kept = _made_around(painting, ready, box, below)
        if kept is None or box != place:
            return None if kept is None else kept.reshape(4, -1)
        _KEPT.keep(key, kept, owners)
    rows, columns = box.moved(-place.x, -place.y).slices()
    return np.ascontiguousarray(kept[:, rows, columns]).reshape(4, -1)


def _made_around(painting: Painting, ready: Neighbours, box: Box, below: Below) -> Floats | None:
    """Made from a larger box, and cut: (4, height, width); None when nothing is there."""
    halo, grain = ready.halo, ready.grain
    left, top = (edge // grain * grain for edge in (box.x - halo, box.y - halo))
    right, bottom = (-(-edge // grain) * grain for edge in (box.right + halo, box.bottom + halo))
    wide = Box.around(left, top, right, bottom)
    inside = wide.clip(painting.size)
    sheets = below.on(inside)
    if not sheets:
        return None
    planes = planes_of(sheets, inside.width * inside.height, painting.linear)
    planes = planes.reshape(4, inside.height, inside.width)
    of_codes = painting.linear and not ready.mixes_light
    if of_codes:
        planes = in_codes(planes)
    # Beyond the canvas it goes on as at its edge, or every picture would get a faded frame.
    beyond = ((inside.y - wide.y, wide.bottom - inside.bottom), (inside.x - wide.x, wide.right - inside.right))
    if inside != wide:
        planes = np.pad(planes, ((0, 0), *beyond), mode="edge")
    rows, columns = box.moved(-wide.x, -wide.y).slices()
    made = ready.work(planes)
    return np.ascontiguousarray((in_light(made) if of_codes else made)[:, rows, columns])


class _Kept:
    """Tiles as planes, by all that they depend on, the least lately used first to go. Safe in any thread."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._bytes = 0
        self._found: OrderedDict[object, tuple[Floats, list[weakref.ref[object]]]] = OrderedDict()
        self._turn = threading.Lock()

    def find(self, key: object, owners: Sequence[object]) -> Floats | None:
        """`owners` are what a key names by identity; once one of them is gone, another may have its name."""
        with self._turn:
            found = self._found.get(key)
            if found is None:
                return None
            if any(known() is not owner for known, owner in zip(found[1], owners, strict=True)):
                self._bytes -= self._found.pop(key)[0].nbytes
                return None
            self._found.move_to_end(key)
            return found[0]

    def keep(self, key: object, planes: Floats, owners: Sequence[object]) -> None:
        with self._turn:
            if key in self._found:
                return
            self._found[key] = (planes, [weakref.ref(owner) for owner in owners])
            self._bytes += planes.nbytes
            while self._bytes > self._limit:
                self._bytes -= self._found.popitem(last=False)[1][0].nbytes


_KEPT = _Kept(64 * 1024 * 1024)
_GROUNDS = _Kept(64 * 1024 * 1024)
"""What lies below strokes in progress: the tiles that a large brush goes over."""


def _covers(painting: Painting, id: str, box: Box, exclude: Collection[str], cut: dict[str, Pixels]) -> bool:
    """Whether a node hides all that lies below it here; the pixels it looked at are left in `cut`."""
    node = painting.nodes[id]
    if (
        not isinstance(node, Layer)
        or id in exclude
        or node.blend != "normal"
        or node.opacity < 1
        or node.mask_in_force is not None
        or not node.visible
    ):
        return False
    tile = cut_out(node.tiles, box)
    if tile is None:
        return False
    cut[id] = tile = np.ascontiguousarray(tile)
    return alpha_range(tile.reshape(-1, 4))[0] == node.tiles.top


def _may_show(node: Node, box: Box) -> bool:
    return node.visible and node.opacity > 0


def cut_out(tiles: Tiles, box: Box) -> Pixels | None:
    """A box of a picture, shared with it where that is possible; None when nothing is there."""
    index = (box.x // TILE, box.y // TILE)
    place = tiles.tile_box(index)
    if place.intersect(box) == box:
        tile = tiles.tiles.get(index)
        if tile is None or place == box:
            return tile
        return tile[box.moved(-place.x, -place.y).slices()]
    if not any(touched in tiles.tiles for touched in tiles.touched(box)):
        return None
    return tiles.read(box)


__all__ = ["ROOT", "Live", "composite", "composite_box", "composite_tile", "cut_out", "with_live"]
