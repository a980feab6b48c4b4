"""Wet paint: a brush that takes up what lies beneath, drags it along and gives it back mixed with its own colour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gesso.operations.painting.brush.brush import Brush
from gesso.operations.painting.brush.lay import Paint
from gesso.operations.painting.brush.path import Dab
from gesso.operations.painting.brush.stamp import Coverage


@dataclass
class Hair:
    """What the brush carries: one colour, mixed in its hairs, and the wet picture it drags along."""

    brush: Brush
    colour: NDArray[np.float32] | None = None
    """Premultiplied (4,); None before the first dab of a brush without a colour of its own."""
    dragged: Paint | None = None

    def press(self, under: Paint, wanted: Coverage, dab: Dab) -> Paint:
        """The paint beneath a dab, (n, n, 4), after it; `wanted` is how much of each pixel the dab covers."""
        brush, weight = self.brush, wanted.sum(dtype=np.float64)
        own = np.array([brush.colour.red, brush.colour.green, brush.colour.blue, 1], np.float32)
        own *= np.float32(brush.colour.alpha)
        paint: Paint | NDArray[np.float32] = own
        if brush.wetness > 0 or brush.charge < 1:
            paint = self._mixed(under, wanted, float(weight), own, dab)
        if dab.smudge > 0:
            dragged = self._along(under, dab.smudge)
            is_finger = brush.charge <= 0 and brush.wetness <= 0
            paint = dragged if is_finger else paint + (dragged - paint) * np.float32(dab.smudge)
        share = wanted * np.float32(dab.flow * brush.opacity)
        return np.asarray(under + (paint - under) * share[..., None], np.float32)

    def _mixed(
        self, under: Paint, wanted: Coverage, weight: float, own: NDArray[np.float32], dab: Dab
    ) -> NDArray[np.float32]:
        if weight <= 0:
            return own if self.colour is None else self.colour
        mean = ((under * wanted[..., None]).sum(axis=(0, 1), dtype=np.float64) / weight).astype(np.float32)
        if self.colour is None:
            self.colour = mean if self.brush.charge <= 0 else own
        taken = np.float32(dab.wetness)
        if self.brush.charge > 0:
            # Of a thin paint it takes up little, and it does not become thin itself.
            taken = np.float32(taken * mean[3])
            mean = mean / max(mean[3], np.float32(1e-6)) * own[3]
        colour = self.colour + (mean - self.colour) * taken
        self.colour = np.asarray(colour + (own - colour) * np.float32(self.brush.charge), np.float32)
        return self.colour

    def _along(self, under: Paint, share: float) -> Paint:
        """The picture in the hairs, now that they stand here."""
        if self.dragged is None:
            self.dragged = under.copy()
            return self.dragged
        held, n = under.copy(), under.shape[0]
        m = self.dragged.shape[0]
        common = min(n, m)
        a, b = (n - common) // 2, (m - common) // 2
        part = held[a : a + common, a : a + common]
        part += (self.dragged[b : b + common, b : b + common] - part) * np.float32(share)
        self.dragged = held
        return held
