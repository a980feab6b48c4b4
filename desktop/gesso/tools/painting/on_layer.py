"""From a painting to a tool and back: which pixels it gets, and the edits that keep its result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from gesso.documents.painting import Layer, Painting, Provenance, Tiles, composite, new_id
from gesso.documents.painting.beside import Along
from gesso.documents.painting.edits import AnyEdit, SetCanvas, add_layer
from gesso.operations.painting.resize import enlarged, fitted
from gesso.values import Box, Picture, Progress, Size, Trouble

EVERYTHING = ""
"""Instead of a layer's id: the picture as it is seen."""
AROUND_PX = 48
"""Context that a selection is given, so that brush work does not change at its border."""


@dataclass(frozen=True)
class Source:
    """The pixels that a tool works on, and where they lie."""

    picture: Picture
    box: Box
    layer: str
    selection: Tiles | None


def source_of(painting: Painting, layer: str = EVERYTHING) -> Source:
    """A layer, or all that is seen, cut to the selection and a little around it.

    Raises `Trouble` when there is nothing to work on.
    """
    box = painting.size.box
    if painting.selection is not None:
        box = tight(painting.selection).grow(AROUND_PX).clip(painting.size)
    if layer and layer in painting.nodes:
        pixels = painting.layer(layer).tiles.read(box)
    else:
        pixels = composite(painting, box)
    if box.is_empty or not pixels[..., 3].any():
        raise Trouble(
            "There is nothing to work on: the layer is empty here.",
            "Nothing was changed.",
            "Choose a layer with something on it, or another selection.",
        )
    return Source(Picture.from_rgba(pixels), box, layer, painting.selection)


def tight(selection: Tiles) -> Box:
    """The smallest box around everything selected."""
    found = Box(0, 0, 0, 0)
    for index, tile in selection.tiles.items():
        rows, columns = np.flatnonzero(tile.any(axis=(1, 2))), np.flatnonzero(tile.any(axis=(0, 2)))
        if len(rows):
            place = selection.tile_box(index)
            inside = Box.around(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
            found = found.union(inside.moved(place.x, place.y))
    return found


def proxy_of(source: Source, longest_px: int) -> Source:
    """The same at a size that a preview is quick at."""
    size = source.picture.size.within(longest_px)
    if size == source.picture.size:
        return source
    alpha = source.picture.alpha
    small = Picture(
        fitted(source.picture.colour, size), None if alpha is None else fitted(alpha, size), source.picture.dpi
    )
    return replace(source, picture=small)


def shown(source: Source, result: Picture) -> Picture:
    """A result as it will look once kept: only where the selection is."""
    if source.selection is None:
        return result
    mask = fitted(source.selection.read(source.box)[..., 0], result.size).astype(np.float32) / 255
    alpha = np.full(mask.shape, result.top, result.colour.dtype) if result.alpha is None else result.alpha
    return replace(result, alpha=np.rint(alpha * mask).astype(result.colour.dtype))


def as_layer(painting: Painting, source: Source, result: Picture, name: str, made: Provenance) -> list[AnyEdit]:
    """A new layer above the source, the selection its mask: nothing outside it changes, and nothing below it."""
    tiles = painting.empty_tiles().written(source.box, result.rgba())
    layer = Layer(new_id(), name, mask=source.selection, tiles=tiles, provenance=(made,))
    return list(add_layer(painting, layer, source.layer))


def larger_canvas(
    painting: Painting, scale: int, enlarge: Callable[[Picture, Progress], Picture], progress: Progress
) -> SetCanvas:
    """Every layer through `enlarge`; masks and selection bicubic."""
    size = Size(painting.size.width * scale, painting.size.height * scale)
    layers = {node.id: node.tiles for node in painting.nodes.values() if isinstance(node, Layer)}
    found: dict[str, Tiles] = {}
    for number, (id, tiles) in enumerate(layers.items()):
        part = progress.part(number / len(layers), (number + 1) / len(layers))
        box = tiles.extent()
        empty = Tiles(size, tiles.dtype)
        if box.is_empty:
            found[id] = empty
            continue
        result = enlarge(Picture.from_rgba(tiles.read(box)), part)
        place = Box(box.x * scale, box.y * scale, box.width * scale, box.height * scale)
        found[id] = empty.written(place, result.rgba())

    def mask(tiles: Tiles | None) -> Tiles | None:
        if tiles is None:
            return None
        return Tiles.from_array(enlarged(tiles.read()[..., 0], size)[..., None])

    masks = {node.id: mask(node.mask) for node in painting.nodes.values()}
    along = Along.by(painting, size, np.diag([scale, scale, 1.0]), scale)
    if along.dpi is not None:  # as large in print, and finer
        along = replace(along, dpi=(along.dpi[0] * scale, along.dpi[1] * scale))
    return SetCanvas(size, found, masks, mask(painting.selection), along)
