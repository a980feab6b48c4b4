"""A painting as one flat picture, as it is seen."""

from __future__ import annotations

import numpy as np

from gesso.documents.painting import Painting, composite
from gesso.values import Box, Picture, Progress

STRIP_PX = 1024
"""So many rows are flattened at a time."""


def flat(painting: Painting, progress: Progress) -> Picture:
    """All that is seen as one picture, a strip at a time so that it can be cancelled."""
    size = painting.size
    pixels = np.empty((size.height, size.width, 4), painting.dtype)
    for top in range(0, size.height, STRIP_PX):
        strip = Box(0, top, size.width, min(STRIP_PX, size.height - top))
        pixels[strip.slices()] = composite(painting, strip)
        progress.at(strip.bottom / size.height)
    return Picture.from_rgba(pixels)
