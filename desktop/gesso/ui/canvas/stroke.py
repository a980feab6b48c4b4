"""A stroke in progress: tiles that stand in for the layer's own until the pen is lifted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.documents.painting import Layer, Painting
from gesso.documents.painting.edits import ReplaceTiles
from gesso.documents.painting.locks import check_paintable, keep_alpha, solid
from gesso.documents.painting.tiles import Index
from gesso.operations.painting.brush import Brush, Coverage, Dab, Point, Stroke, lay, lay_picture, mask_of, stamp
from gesso.operations.painting.brush.lay import Paint, paint_of, pixels_of
from gesso.operations.painting.brush.stamp import pressed
from gesso.operations.painting.brush.wet import Hair
from gesso.values import Box, Trouble

NOWHERE = Box(0, 0, 0, 0)


def layer_to_paint_on(painting: Painting) -> Layer:
    """The active layer; raises `Trouble` when there is none, it cannot be seen or its pixels are not to be changed."""
    layer = painting.active_layer
    if layer is None:
        raise Trouble("There is no layer to paint on.", "", "Choose a layer in the layer list, or add one.")
    node = layer.id
    while node != "root":
        if not painting.nodes[node].visible:
            raise Trouble(
                "The layer “{name}” is hidden.",
                "Nothing was painted.",
                "Show it in the layer list first.",
                name=layer.name,
            )
        node = painting.parent_of(node).id
    check_paintable(painting, layer.id)
    return layer


class LiveStroke:
    """Knows the layer as it was, the coverage so far, and the tiles as they look now."""

    def __init__(self, painting: Painting, layer: Layer, brush: Brush, seed: int | None = None) -> None:
        """The same points with the same seed give the same pixels; without one, the first point stands for it."""
        self.brush = brush
        self.layer = layer
        self.live: dict[Index, NDArray[Any]] = {}
        self._selection = painting.selection
        self._stroke = Stroke(brush, seed)
        self._coverage: dict[Index, Coverage] = {}

    def to(self, point: Point) -> list[Box]:
        """Move on; the parts of the layer that look different now."""
        return self._put(self._stroke.to(point))

    def end(self) -> list[Box]:
        """The pen is lifted; the last parts that look different."""
        return self._put(self._stroke.end())

    def edit(self) -> ReplaceTiles | None:
        """The stroke as one edit; nothing when it changed nothing."""
        changed: dict[Index, NDArray[Any] | None] = {}
        for index, tile in self.live.items():
            old = self.layer.tiles.tiles.get(index)
            if not tile.any():
                if old is not None:
                    changed[index] = None
            elif old is None or not np.array_equal(tile, old):
                tile.flags.writeable = False
                changed[index] = tile
        return ReplaceTiles(self.layer.id, changed) if changed else None

    def _put(self, dabs: list[Dab]) -> list[Box]:
        tiles, dirty = self.layer.tiles, {}
        for dab in dabs:
            for index in tiles.touched(dab.box):
                if self._selection is not None and index not in self._selection.tiles:
                    continue
                place = tiles.tile_box(index)
                coverage = self._coverage.get(index)
                if coverage is None:
                    coverage = self._coverage[index] = np.zeros((place.height, place.width), np.float32)
                touched = stamp(coverage, dab, (place.x, place.y))
                dirty[index] = dirty.get(index, NOWHERE).union(touched)
        return self._lay_all(dirty)

    def _lay_all(self, dirty: dict[Index, Box]) -> list[Box]:
        """Boxes within tiles, laid; where they are in the picture."""
        seen = []
        for index, box in dirty.items():
            if not box.is_empty:
                self._lay(index, box)
                place = self.layer.tiles.tile_box(index)
                seen.append(box.moved(place.x, place.y))
        return seen

    def _lay(self, index: Index, box: Box) -> None:
        if self.layer.alpha_locked and self.brush.eraser:
            return  # erasing changes nothing but alpha
        old, part = self._old(index, box), box.slices()
        chosen = None if self._selection is None else self._selection.tiles[index][part]
        if self.layer.alpha_locked:
            self._shown(index)[part] = keep_alpha(old, self._mixed(solid(old), index, box, chosen))
        else:
            self._shown(index)[part] = self._mixed(old, index, box, chosen)

    def _old(self, index: Index, box: Box) -> NDArray[Any]:
        """A part of a tile as it was before the stroke."""
        base = self.layer.tiles.tiles.get(index)
        if base is None:
            return np.zeros((box.height, box.width, self.layer.tiles.channels), self.layer.tiles.dtype)
        return base[box.slices()]

    def _shown(self, index: Index) -> NDArray[Any]:
        """A tile as it looks now, to be written."""
        if index not in self.live:
            place = self.layer.tiles.tile_box(index)
            self.live[index] = np.array(self._old(index, Box(0, 0, place.width, place.height)))
        return self.live[index]

    def _mixed(self, old: NDArray[Any], index: Index, box: Box, chosen: NDArray[np.uint8] | None) -> NDArray[Any]:
        """What the coverage makes of the pixels of a part of a tile."""
        return lay(old, self._coverage[index][box.slices()], self.brush, chosen)


class PictureStroke(LiveStroke):
    """Lays a picture instead of a colour: a part of the layer from elsewhere, or a softer one of the same place."""

    def __init__(
        self, painting: Painting, layer: Layer, brush: Brush, picture: Callable[[Box], Paint], *, over: bool
    ) -> None:
        """`picture` gives a box of the picture, premultiplied; it is laid over the pixels, or in their place."""
        super().__init__(painting, layer, brush)
        self._picture, self._over = picture, over

    def covered(self) -> Box:
        """The box around the whole stroke."""
        found = NOWHERE
        for index, coverage in self._coverage.items():
            rows, columns = np.flatnonzero(coverage.any(axis=1)), np.flatnonzero(coverage.any(axis=0))
            if len(rows):
                place = self.layer.tiles.tile_box(index)
                box = Box.around(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
                found = found.union(box.moved(place.x, place.y))
        return found

    def coverage(self, box: Box) -> Coverage:
        """The coverage of a box of the picture."""
        found = np.zeros((box.height, box.width), np.float32)
        for index, coverage in self._coverage.items():
            place = self.layer.tiles.tile_box(index)
            common = place.intersect(box)
            if not common.is_empty:
                found[common.moved(-box.x, -box.y).slices()] = coverage[common.moved(-place.x, -place.y).slices()]
        return found

    def lay_again(self, picture: Callable[[Box], Paint], box: Box) -> list[Box]:
        """The stroke, all of which lies in this box, with another picture."""
        self._picture = picture
        dirty = {}
        for index in self._coverage:
            place = self.layer.tiles.tile_box(index)
            dirty[index] = place.intersect(box).moved(-place.x, -place.y)
        return self._lay_all(dirty)

    def _mixed(self, old: NDArray[Any], index: Index, box: Box, chosen: NDArray[np.uint8] | None) -> NDArray[Any]:
        place = self.layer.tiles.tile_box(index)
        picture, covered = self._picture(box.moved(place.x, place.y)), self._coverage[index][box.slices()]
        return lay_picture(old, covered, picture, self.brush.opacity, chosen, over=self._over)


class WetStroke(LiveStroke):
    """Mixes with what lies there, dab by dab, in finer steps than the layer's own so that rounding does not add up."""

    def __init__(self, painting: Painting, layer: Layer, brush: Brush, seed: int | None = None) -> None:
        super().__init__(painting, layer, brush, seed)
        self._hair = Hair(brush)
        self._wet: dict[Index, Paint] = {}

    def _put(self, dabs: list[Dab]) -> list[Box]:
        tiles, dirty = self.layer.tiles, {}
        for dab in dabs:
            whole = mask_of(dab)[1]
            inside = whole.clip(tiles.size)
            wanted, place = pressed(dab, whole)
            if inside.is_empty or place.is_empty:
                continue
            under = self._read(inside)
            # Beyond the border lies what lies at it, so that nothing empty is dragged in.
            around = (
                (inside.y - whole.y, whole.bottom - inside.bottom),
                (inside.x - whole.x, whole.right - inside.right),
            )
            wide = np.pad(under, (*around, (0, 0)), mode="edge") if inside != whole else under
            made = self._hair.press(wide, wanted, dab)[inside.moved(-whole.x, -whole.y).slices()]
            self._write(inside, under, made, dirty)
        return self._lay_all(dirty)

    def _tile(self, index: Index) -> Paint:
        if index not in self._wet:
            place = self.layer.tiles.tile_box(index)
            self._wet[index] = paint_of(self._old(index, Box(0, 0, place.width, place.height)))
        return self._wet[index]

    def _read(self, box: Box) -> Paint:
        found = np.empty((box.height, box.width, 4), np.float32)
        for index in self.layer.tiles.touched(box):
            place = self.layer.tiles.tile_box(index)
            common = place.intersect(box)
            part = common.moved(-place.x, -place.y).slices()
            found[common.moved(-box.x, -box.y).slices()] = self._tile(index)[part]
        return found

    def _write(self, box: Box, under: Paint, made: Paint, dirty: dict[Index, Box]) -> None:
        for index in self.layer.tiles.touched(box):
            if self._selection is not None and index not in self._selection.tiles:
                continue
            place = self.layer.tiles.tile_box(index)
            common = place.intersect(box)
            part, here = common.moved(-place.x, -place.y), common.moved(-box.x, -box.y).slices()
            new, old = made[here], under[here]
            if self._selection is not None:
                share = self._selection.tiles[index][part.slices()] * np.float32(1 / 255)
                new = old + (new - old) * share
            if self.layer.alpha_locked:
                new = new * (old[..., 3:] / np.maximum(new[..., 3:], np.float32(1e-6)))
            self._tile(index)[part.slices()] = new
            dirty[index] = dirty.get(index, NOWHERE).union(part)

    def _lay(self, index: Index, box: Box) -> None:
        part, old = box.slices(), self._old(index, box)
        new = pixels_of(self._wet[index][part], old)
        if self.layer.alpha_locked:
            new = keep_alpha(old, new)
        if self._selection is not None:
            np.copyto(new, old, where=self._selection.tiles[index][part] == 0)
        self._shown(index)[part] = new


def begin_stroke(painting: Painting, layer: Layer, brush: Brush, seed: int | None = None) -> LiveStroke:
    """The kind of stroke that a brush makes."""
    return (WetStroke if brush.is_wet else LiveStroke)(painting, layer, brush, seed)
