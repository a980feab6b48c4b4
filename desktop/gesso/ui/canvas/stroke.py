"""A stroke in progress: tiles that stand in for the layer's own until the pen is lifted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.documents.painting import Layer, Painting
from gesso.documents.painting.edits import AnyEdit
from gesso.documents.painting.locks import check_paintable, check_unlocked, keep_alpha, solid
from gesso.documents.painting.sheets import MaskSheet, colour_on, edit_of, limit_of, sheet_of
from gesso.documents.painting.tiles import Index
from gesso.operations.painting.brush import BLACK, Brush, Copy, Coverage, Dab, Point, Stroke, lay, stamp
from gesso.operations.painting.brush.copies import prints, stamp_together
from gesso.values import Box, Trouble

NOWHERE = Box(0, 0, 0, 0)


def layer_to_paint_on(painting: Painting) -> Layer:
    """The active layer, or the mask that is painted on in its look.

    Raises `Trouble` when there is none, it cannot be seen or its pixels are not to be changed.
    """
    sheet = sheet_of(painting)
    if sheet is None:
        return layer_to_change(painting)
    if not sheet.is_quick:
        check_unlocked(painting, sheet.id)
    return sheet


def layer_to_change(painting: Painting) -> Layer:
    """The active layer itself; raises `Trouble` as `layer_to_paint_on` does."""
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


def copies_of(painting: Painting) -> tuple[Copy, ...]:
    """What every stroke is repeated by, itself first."""
    about = painting.symmetry
    if about is None:
        return (Copy(),)
    return tuple(Copy(about.x, about.y, one.turn, one.is_mirrored) for one in about.motions)


DRY = {"eraser": False, "colour": BLACK, "wet_edge": 0.0, "smudge": 0.0, "wetness": 0.0, "charge": 1.0}
"""What rubs out on a mask: it hides."""


def brush_on(layer: Layer, brush: Brush) -> Brush:
    """A brush as a layer or a mask takes it."""
    if not isinstance(layer, MaskSheet):
        return brush
    return replace(brush, **DRY) if brush.eraser else replace(brush, colour=colour_on(layer, brush.colour))


class LiveStroke:
    """Knows the layer as it was, the coverage so far, and the tiles as they look now."""

    def __init__(self, painting: Painting, layer: Layer, brush: Brush, seed: int | None = None) -> None:
        """The same points with the same seed give the same pixels; without one, the first point stands for it."""
        self.brush = brush_on(layer, brush)
        self.layer = layer
        self.copies = copies_of(painting)
        self.live: dict[Index, NDArray[Any]] = {}
        self._painting = painting
        self._selection = limit_of(painting, layer)
        self._stroke = Stroke(self.brush, seed)
        self._coverage: dict[Index, Coverage] = {}

    def to(self, point: Point) -> list[Box]:
        """Move on; the parts of the layer that look different now."""
        return self._put(self._stroke.to(point))

    def end(self) -> list[Box]:
        """The pen is lifted; the last parts that look different."""
        return self._put(self._stroke.end())

    def edit(self) -> AnyEdit | None:
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
        return edit_of(self._painting, self.layer, changed) if changed else None

    def _put(self, dabs: list[Dab]) -> list[Box]:
        tiles, dirty = self.layer.tiles, dict[Index, Box]()
        for dab in dabs:
            if len(self.copies) > 1:
                self._put_copies(dab, dirty)
                continue
            for index in tiles.touched(dab.box):
                if self._selection is not None and index not in self._selection.tiles:
                    continue
                place = tiles.tile_box(index)
                touched = stamp(self._covered(self._coverage, index), dab, (place.x, place.y))
                dirty[index] = dirty.get(index, NOWHERE).union(touched)
        return self._lay_all(dirty)

    def _covered(self, coverage: dict[Index, Coverage], index: Index) -> Coverage:
        found = coverage.get(index)
        if found is None:
            place = self.layer.tiles.tile_box(index)
            found = coverage[index] = np.zeros((place.height, place.width), np.float32)
        return found

    def _put_copies(self, dab: Dab, dirty: dict[Index, Box]) -> None:
        """A dab with all its copies, so that none comes before another."""
        tiles, copies = self.layer.tiles, prints(dab, self.copies)
        for index in dict.fromkeys(index for one in copies for index in tiles.touched(one.box)):
            if self._selection is not None and index not in self._selection.tiles:
                continue
            place = tiles.tile_box(index)
            touched = stamp_together(self._covered(self._coverage, index), dab, copies, (place.x, place.y))
            dirty[index] = dirty.get(index, NOWHERE).union(touched)

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
