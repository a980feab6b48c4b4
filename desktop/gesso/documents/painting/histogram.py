"""How many pixels have each brightness, in what an adjustment changes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.documents.painting.composite import composite
from gesso.documents.painting.painting import ROOT, Group, Painting
from gesso.documents.painting.thin import thinned
from gesso.documents.painting.tiles import TILE

BINS = 256
SAMPLES_PX = 400
"""Longest side of the copy that is counted: enough for a picture of the distribution."""


def seen_by(painting: Painting, id: str) -> Painting:
    """What an adjustment changes, by itself: all that lies below it in its group, or the layer that it is clipped to."""
    siblings = painting.parent_of(id).children
    below = siblings[: siblings.index(id)]
    base = painting.clip_base(id) if painting.nodes[id].clipped else None
    if base is not None:
        below = below[below.index(base) :]
    found = painting.snapshot()
    if base is not None:
        found.nodes[base] = replace(found.nodes[base], opacity=1.0, blend="normal")
    found.nodes[ROOT] = Group(ROOT, "", children=below)
    return found


def histogram(painting: Painting, id: str) -> NDArray[np.float64]:
    """(4, BINS): brightness, red, green and blue of what an adjustment changes; each adds up to 1, or to 0 when empty."""
    longest = max(painting.size.width, painting.size.height)
    stride = min(TILE, 1 << max(0, -(-longest // SAMPLES_PX) - 1).bit_length())
    return counted(composite(thinned(seen_by(painting, id), stride)))


def counted(pixels: NDArray[Any]) -> NDArray[np.float64]:
    """The histogram of (h, w, 4), each pixel by its alpha."""
    flat = pixels.reshape(-1, 4)
    top = np.iinfo(pixels.dtype).max
    weight = flat[:, 3] / top
    total = weight.sum()
    if total == 0:
        return np.zeros((4, BINS))
    channels = [flat[:, :3] @ np.array([0.3, 0.59, 0.11]), *flat[:, :3].T]
    return np.array([
        np.bincount(np.rint(channel * (BINS - 1) / top).astype(np.intp), weight, BINS) / total for channel in channels
    ])  # fmt: skip
