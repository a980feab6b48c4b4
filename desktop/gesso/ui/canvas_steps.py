"""Changes of the whole canvas, each as one edit: cropped, enlarged, scaled, turned, flipped. Safe in any thread."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.documents.painting import TILE, Layer, Painting, Tiles
from gesso.documents.painting.beside import Along
from gesso.documents.painting.edits import AnyEdit, SetCanvas, masked
from gesso.documents.painting.sheets import MaskSheet, edit_of, limit_of
from gesso.operations.painting.select_colour import tight
from gesso.operations.painting.transform import How, Matrix, is_exact, reach, transformed
from gesso.values import Box, Progress, Size

TURNS = {"right": ((0, -1), (1, 0)), "left": ((0, 1), (-1, 0)), "half": ((-1, 0), (0, -1))}
FLIPS = {"horizontal": ((-1, 0), (0, 1)), "vertical": ((1, 0), (0, -1))}


def by_matrix(
    painting: Painting,
    size: Size,
    matrix: Matrix,
    how: How,
    progress: Progress | None = None,
    growth: float | None = None,
) -> SetCanvas:
    """Everything through a matrix onto a canvas of another size; `growth` says that the picture itself was scaled."""
    progress = progress or Progress.silent()
    layers = [node for node in painting.nodes.values() if isinstance(node, Layer)]
    masks = {node.id: node.mask for node in painting.nodes.values()}
    steps, done = len(layers) + len(masks) + 1, 0
    found: dict[str, Tiles] = {}
    for layer in layers:
        found[layer.id] = tiles_by_matrix(layer.tiles, size, matrix, how)
        done += 1
        progress.at(done / steps)
    moved: dict[str, Tiles | None] = {}
    for id, mask in masks.items():
        moved[id] = None if mask is None else mask_by_matrix(mask, size, matrix, how)
        done += 1
        progress.at(done / steps)
    chosen = painting.selection
    selection = None if chosen is None else tiles_by_matrix(chosen, size, matrix, how)
    along = Along.by(painting, size, matrix, growth)
    return SetCanvas(size, found, moved, selection if selection is not None and selection.tiles else None, along)


def tiles_by_matrix(tiles: Tiles, size: Size, matrix: Matrix, how: How) -> Tiles:
    """What lies outside of the tiles is empty."""
    empty = Tiles(size, tiles.dtype, tiles.channels)
    box = tiles.extent()
    if box.is_empty:
        return empty
    if is_exact(matrix):
        return _moved_exactly(tiles, empty, matrix)
    wanted = reach(matrix, box).clip(size)
    return empty if wanted.is_empty else empty.written(wanted, transformed(tiles.read(box), box, matrix, wanted, how))


def _moved_exactly(tiles: Tiles, empty: Tiles, matrix: Matrix) -> Tiles:
    """Tile by tile, from no more than what each needs; a tile that only changes its place is shared."""
    back, found = np.linalg.inv(matrix), {}
    shift = np.rint(matrix[:2, 2]).astype(int)
    slides = bool((np.rint(matrix[:2, :2]) == np.eye(2)).all() and not (shift % TILE).any())
    for index in empty.touched(reach(matrix, tiles.extent())):
        place = empty.tile_box(index)
        source = reach(back, place).clip(tiles.size)
        if source.is_empty:
            continue
        old = tiles.tiles.get((source.x // TILE, source.y // TILE))
        if slides and old is not None and source.size == place.size and old.shape[:2] == (place.height, place.width):
            found[index] = old
            continue
        tile = transformed(tiles.read(source), source, matrix, place)
        if tile.any():
            tile.flags.writeable = False
            found[index] = tile
    return Tiles(empty.size, empty.dtype, empty.channels, found)


def mask_by_matrix(mask: Tiles, size: Size, matrix: Matrix, how: How) -> Tiles:
    """Outside of the mask lies what most of its border is, so that a mask that hid nothing there goes on to do so."""
    if not shows_outside(mask):
        return tiles_by_matrix(mask, size, matrix, how)
    hidden = Tiles.from_array(255 - mask.read())
    return Tiles.from_array(255 - tiles_by_matrix(hidden, size, matrix, how).read())


def shows_outside(mask: Tiles) -> bool:
    """Whether most of a mask's border shows what lies under it."""
    width, height = mask.size.width, mask.size.height
    sides = (Box(0, 0, width, 1), Box(0, height - 1, width, 1), Box(0, 0, 1, height), Box(width - 1, 0, 1, height))
    border = np.concatenate([mask.read(side).reshape(-1) for side in sides])
    return bool(border.size) and float(border.mean()) > 127.5


def cut(painting: Painting, box: Box) -> SetCanvas:
    """The canvas becomes a box of it, which may reach beyond it."""
    matrix = np.eye(3)
    matrix[:2, 2] = -box.x, -box.y
    return by_matrix(painting, box.size, matrix, "nearest")


def anchored(old: Size, new: Size, across: float, down: float) -> Box:
    """The box that a canvas of another size is of the old one; 0, 0.5 and 1 say which side stays where it is."""
    return Box(round((old.width - new.width) * across), round((old.height - new.height) * down), new.width, new.height)


def scaled(
    painting: Painting,
    size: Size,
    how: How,
    progress: Progress | None = None,
    dpi: tuple[float, float] | None = None,
) -> SetCanvas:
    """The picture at another size, and with another resolution if that is given."""
    across, down = size.width / painting.size.width, size.height / painting.size.height
    growth = float(np.sqrt(across * down))
    found = by_matrix(painting, size, np.diag([across, down, 1.0]), how, progress, growth)
    if dpi is not None and found.along is not None:
        found.along = replace(found.along, dpi=dpi)
    return found


def turned(painting: Painting, way: str) -> SetCanvas:
    """By a quarter `right` or `left`, or by `half` a turn; to the bit."""
    size = painting.size if way == "half" else Size(painting.size.height, painting.size.width)
    return _exchanged(painting, size, TURNS[way])


def flipped(painting: Painting, way: str) -> SetCanvas:
    """`horizontal` exchanges left and right, `vertical` up and down."""
    return _exchanged(painting, painting.size, FLIPS[way])


def _exchanged(painting: Painting, size: Size, linear: tuple[tuple[int, int], tuple[int, int]]) -> SetCanvas:
    matrix = np.eye(3)
    matrix[:2, :2] = linear
    corners = matrix[:2, :2] @ np.array([[0, painting.size.width], [0, painting.size.height]])
    matrix[:2, 2] = -np.minimum(corners.min(axis=1), 0)
    return by_matrix(painting, size, matrix, "nearest")


def content(painting: Painting) -> Box:
    """The smallest box around all that layers hold."""
    found = Box(0, 0, 0, 0)
    for node in painting.nodes.values():
        if isinstance(node, Layer):
            found = found.union(seen_of(node.tiles))
    return found


def seen_of(tiles: Tiles) -> Box:
    """The smallest box around all that is not empty: of a layer by its alpha, of a mask or a selection by itself."""
    found = Box(0, 0, 0, 0)
    for index, tile in tiles.tiles.items():
        place = tiles.tile_box(index)
        if found.contains(place):
            continue
        inner = tight(tile[..., -1])
        found = found.union(inner.moved(place.x, place.y)) if not inner.is_empty else found
    return found


def emptied(painting: Painting, layer: Layer) -> AnyEdit | None:
    """A layer without what is selected of it, a mask that hides there; None when there is nothing. Locked alpha is kept."""
    if layer.alpha_locked:
        return None
    changed: dict[tuple[int, int], NDArray[Any] | None] = {}
    selection = limit_of(painting, layer)
    for index, tile in layer.tiles.tiles.items():
        chosen = None if selection is None else selection.tiles.get(index)
        if selection is not None and chosen is None:
            continue
        nothing = np.zeros_like(tile)
        if isinstance(layer, MaskSheet):
            nothing[..., 3] = 255
        rest = nothing if chosen is None else masked(tile, nothing, chosen)
        rest.flags.writeable = False
        changed[index] = rest if rest.any() else None
    return edit_of(painting, layer, changed) if changed else None
