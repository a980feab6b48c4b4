"""The ink of a layer as paths for a drawing program."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gesso.documents.painting import Layer, Painting
from gesso.operations.painting.line_art_drawing import as_svg
from gesso.operations.painting.line_art_tracing import INK, traced_ink
from gesso.values import Progress, Trouble, mark

FULL = 0.5
"""Share of the sheet from which a layer is no drawing of lines any more."""


def lines_of(painting: Painting, id: str, progress: Progress) -> str:
    """A layer's ink as an SVG of strokes in its usual colour: as it is now, with what was erased or added by hand.

    Raises `Trouble` for what is no layer of lines.
    """
    layer = painting.nodes.get(id)
    if not isinstance(layer, Layer):
        raise _no_lines(mark("Only a layer can be written as lines, not a group or an adjustment."))
    pixels = layer.tiles.read(painting.size.box)
    if pixels.dtype == np.uint16:
        pixels = (pixels >> 8).astype(np.uint8)
    cover: NDArray[np.uint8] = pixels[..., 3]
    if layer.mask_in_force is not None:
        mask = layer.mask_in_force.read(painting.size.box)[..., 0]
        cover = np.rint(cover.astype(np.float32) * mask / 255).astype(np.uint8)
    ink = cover >= INK
    share = float(ink.mean())
    if share == 0:
        raise _no_lines(mark("There are no lines on this layer."))
    if share > FULL:
        raise _no_lines(mark("This layer is no drawing of lines: it is filled nearly everywhere."))
    red, green, blue = (int(level) for level in np.median(pixels[ink][:, :3], axis=0))
    return as_svg(traced_ink(cover, progress), f"#{red:02x}{green:02x}{blue:02x}")


def _no_lines(what: str) -> Trouble:
    return Trouble(what, "Nothing was written.", "Choose a layer of lines, such as one that Line art made.")
