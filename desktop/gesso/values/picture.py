"""A flat picture: what files hold and what picture tools take and give."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.values.geometry import Box, Size

Pixels = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Picture:
    """Pixels in sRGB, straight alpha, of 8 or 16 bit a channel. Read-only wherever it goes."""

    colour: Pixels  # (height, width, 3) uint8 or uint16
    alpha: Pixels | None = None  # (height, width) of the same depth; None is opaque
    dpi: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        if self.colour.ndim != 3 or self.colour.shape[2] != 3 or self.colour.dtype not in (np.uint8, np.uint16):
            raise ValueError(f"not a picture: {self.colour.shape} {self.colour.dtype}")
        if self.alpha is not None and (
            self.alpha.shape != self.colour.shape[:2] or self.alpha.dtype != self.colour.dtype
        ):
            raise ValueError("alpha does not fit the colours")

    @property
    def size(self) -> Size:
        return Size(self.colour.shape[1], self.colour.shape[0])

    @property
    def depth(self) -> int:
        """Bits a channel: 8 or 16."""
        return 16 if self.colour.dtype == np.uint16 else 8

    @property
    def top(self) -> int:
        """The number that stands for 1."""
        return 65535 if self.depth == 16 else 255

    @property
    def byte_size(self) -> int:
        return self.colour.nbytes + (0 if self.alpha is None else self.alpha.nbytes)

    def cut(self, box: Box) -> Picture:
        """A part that lies inside, sharing its pixels."""
        rows, columns = box.slices()
        alpha = None if self.alpha is None else self.alpha[rows, columns]
        return replace(self, colour=self.colour[rows, columns], alpha=alpha)

    @classmethod
    def from_rgba(cls, pixels: Pixels) -> Picture:
        """From (height, width, 4); a fully opaque one has no alpha. Views where possible."""
        alpha = pixels[..., 3]
        opaque = bool((alpha == np.iinfo(pixels.dtype).max).all())
        return cls(pixels[..., :3], None if opaque else alpha)

    def rgba(self) -> Pixels:
        """A copy as (height, width, 4)."""
        together = self._together()
        if together is not None:
            return np.array(together, order="C")  # one copy is much quicker than two of every fourth number
        found = np.empty((*self.colour.shape[:2], 4), self.colour.dtype)
        found[..., :3] = self.colour
        found[..., 3] = self.top if self.alpha is None else self.alpha
        return found

    def _together(self) -> Pixels | None:
        """Colours and alpha as one view, when they lie in one array."""
        colour, alpha = self.colour, self.alpha
        if alpha is None or colour.base is None or colour.base is not alpha.base:
            return None
        apart = alpha.__array_interface__["data"][0] - colour.__array_interface__["data"][0]
        if colour.strides != (*alpha.strides, colour.itemsize) or apart != 3 * colour.itemsize:
            return None
        return np.lib.stride_tricks.as_strided(colour, (*colour.shape[:2], 4), colour.strides, writeable=False)
