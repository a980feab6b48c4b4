"""Taking noise out as far as wanted, in light and dark and in colour apart, and coarse noise too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.operations.painting.colour import BAND_ROWS, LUMA
from gesso.operations.painting.resize import enlarged, shrunk
from gesso.values import Progress, Size

Pixels = NDArray[Any]
Clean = Callable[[Pixels, Progress], Pixels]
"""A picture (h, w, 3) -> one without fine noise, of the same kind."""
LEAST_PX = 16
"""A picture that would be smaller when shrunk is not cleaned at that size."""


def without_noise(picture: Pixels, clean: Clean, grain: int, progress: Progress) -> Pixels:
    """(h, w, 3) of 8 or 16 bit without noise whose grains are up to `grain` pixels large (1, 2 or 4).

    Coarse grains are fine ones in a smaller copy: what cleaning takes out of the copy is taken out of the picture, from
    the coarsest to the finest.
    """
    sizes = [
        times for times in (4, 2, 1) if times <= grain and (times == 1 or min(picture.shape[:2]) // times >= LEAST_PX)
    ]
    work = [1 / times**2 for times in sizes]
    found, done = picture, 0.0
    for times, share in zip(sizes, work, strict=True):
        part = progress.part(done / sum(work), (done + share) / sum(work))
        done += share
        if times == 1:
            return clean(found, part)
        small = shrunk(found, Size(-(-picture.shape[1] // times), -(-picture.shape[0] // times)))
        taken = small.astype(np.float32) - clean(small, part)
        found = _less(found, enlarged(taken, Size(picture.shape[1], picture.shape[0])))
    return found


def _less(picture: Pixels, taken: NDArray[np.float32]) -> Pixels:
    top = np.iinfo(picture.dtype).max
    return np.clip(np.rint(picture - taken), 0, top).astype(picture.dtype)


def mixed(picture: Pixels, clean: Pixels, light: float, colour: float) -> Pixels:
    """The picture with a share (0-1) of the change in luma, and a share of what changes in colour besides."""
    if light == colour == 1:
        return clean
    found = np.empty_like(picture)
    for row in range(0, len(picture), BAND_ROWS):
        rows = slice(row, row + BAND_ROWS)
        taken = picture[rows].astype(np.float32) - clean[rows]
        grey = (taken @ LUMA)[..., None]
        part = grey * light + (taken - grey) * colour
        found[rows] = _less(picture[rows], np.asarray(part, np.float32))
    return found
