"""A stroke in progress: tiles that stand in for the layer's own until the pen is lifted."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.documents.painting import Layer, Painting
from gesso.documents.painting.edits import ReplaceTiles
from gesso.documents.painting.locks import check_paintable, keep_alpha, solid
from gesso.documents.painting.tiles import Index
from gesso.operations.painting.brush import Brush, Coverage, Dab, Point, Stroke, lay, stamp
from gesso.values import Box, Trouble


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

    def __init__(self, painting: Painting, layer: Layer, brush: Brush) -> None:
        self.brush = brush
        self.layer = layer
        self.live: dict[Index, NDArray[Any]] = {}
        self._selection = painting.selection
        self._stroke = Stroke(brush)
        self._coverage: dict[Index, Coverage] = {}

    def to(self, point: Point) -> Box:
        """Move on; the part of the layer that looks different now."""
        return self._put(self._stroke.to(point))

    def end(self) -> Box:
        """The pen is lifted; the last part that looks different."""
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

    def _put(self, dabs: list[Dab]) -> Box:
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
                dirty[index] = dirty.get(index, Box(0, 0, 0, 0)).union(touched)
        seen = Box(0, 0, 0, 0)
        for index, box in dirty.items():
            if not box.is_empty:
                self._lay(index, box)
                place = tiles.tile_box(index)
                seen = seen.union(box.moved(place.x, place.y))
        return seen

    def _lay(self, index: Index, box: Box) -> None:
        tiles, part = self.layer.tiles, box.slices()
        place, base = tiles.tile_box(index), tiles.tiles.get(index)
        if index not in self.live:
            empty = np.zeros((place.height, place.width, tiles.channels), tiles.dtype)
            self.live[index] = empty if base is None else base.copy()
        old = np.zeros((box.height, box.width, tiles.channels), tiles.dtype) if base is None else base[part]
        chosen = None if self._selection is None else self._selection.tiles[index][part]
        covered = self._coverage[index][part]
        if self.layer.alpha_locked and self.brush.eraser:
            return  # erasing changes nothing but alpha
        if self.layer.alpha_locked:
            self.live[index][part] = keep_alpha(old, lay(solid(old), covered, self.brush, chosen))
        else:
            self.live[index][part] = lay(old, covered, self.brush, chosen)
