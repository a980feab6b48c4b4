"""A painting with every so many pixels: quick to look at as a whole."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gesso.documents.painting.adjustments import at_scale
from gesso.documents.painting.painting import Adjustment, Layer, Painting
from gesso.documents.painting.tiles import TILE, Tiles
from gesso.values import Size


def thinned(painting: Painting, stride: int) -> Painting:
    """Every `stride`-th pixel of each layer and mask, a power of two up to TILE; blurs shrink with them."""
    size = Size(-(-painting.size.width // stride), -(-painting.size.height // stride))

    def thin(tiles: Tiles) -> Tiles:
        found = np.zeros((size.height, size.width, tiles.channels), tiles.dtype)
        for (column, row), tile in tiles.tiles.items():
            part, x, y = tile[::stride, ::stride], column * TILE // stride, row * TILE // stride
            found[y : y + part.shape[0], x : x + part.shape[1]] = part
        return Tiles.from_array(found)

    nodes = {}
    for id, node in painting.nodes.items():
        if isinstance(node, Layer):
            node = replace(node, tiles=thin(node.tiles))
        elif isinstance(node, Adjustment):
            node = replace(node, values=at_scale(node.kind, node.values, 1 / stride))
        nodes[id] = node if node.mask is None else replace(node, mask=thin(node.mask))
    return Painting(size, painting.depth, nodes=nodes, active=painting.active, linear=painting.linear)
