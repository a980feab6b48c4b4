"""Hands that select by colour: the magic wand, and a range of colours all over the picture."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from gesso.documents.history import History
from gesso.documents.painting import Painting, composite
from gesso.documents.painting.thin import thinned
from gesso.operations.painting.select_colour import colour_range, similar, tight
from gesso.ui.canvas.camera import Camera
from gesso.ui.canvas.hands.hand import Hand, Touch
from gesso.ui.canvas.hands.options import Selecting, options_of
from gesso.ui.canvas.hands.select import SHIFT, Choose
from gesso.ui.canvas.marquee import looked_at
from gesso.ui.speech import mark
from gesso.values import Box

if TYPE_CHECKING:
    from gesso.ui.canvas.view import CanvasView

LOOK_PX = 1024
"""Longest side of the picture that a colour range is shown with."""
VEIL = (200, 40, 40, 150)
"""Lies over what is not selected."""


def pixel_of(touch: Touch, painting: Painting) -> tuple[int, int] | None:
    """The pixel under the pointer; None beside the picture."""
    x, y = floor(touch.image.x()), floor(touch.image.y())
    return (x, y) if 0 <= x < painting.size.width and 0 <= y < painting.size.height else None


class Wand(Choose):
    """Selects what looks like the place that was clicked."""

    def __init__(self, view: CanvasView, history: History[Painting], touch: Touch) -> None:
        super().__init__(view, history, touch)
        self._at = pixel_of(touch, history.document)

    def end(self) -> None:
        painting, wish = self._history.document, options_of(self._view)[Selecting]
        if self._at is None:
            self.take_none()
            return
        pixels = looked_at(painting, painting.size.box, everything=wish.everything)
        mask = similar(pixels, self._at, wish.tolerance, contiguous=wish.contiguous, antialias=wish.antialias)
        box = tight(mask)
        self.take(box, mask[box.slices()])


class ColourRange(Choose):
    """Stays while colours are picked, with shift more than one, and the fuzziness is tried; Enter selects them all over."""

    def __init__(self, view: CanvasView, history: History[Painting], touch: Touch) -> None:
        super().__init__(view, history, touch)
        painting, self._options = history.document, options_of(view)
        self._mode = self._options[Selecting].mode  # here shift means one more colour
        self._colours: list[NDArray[np.generic]] = []
        self._veil: QImage | None = None
        self._stride = max(1, -(-max(painting.size.width, painting.size.height) // LOOK_PX))
        self._small = self._look(self._stride)
        self._options.changed.connect(self._show)
        self._pick(touch)
        self._options.tell_live(self)

    def _look(self, stride: int) -> NDArray[np.generic]:
        painting, everything = self._history.document, self._options[Selecting].everything
        layer = painting.active_layer
        if stride == 1:
            return looked_at(painting, painting.size.box, everything=everything)
        small = thinned(painting, stride)
        return composite(small) if everything or layer is None else small.layer(layer.id).tiles.read()

    def _pick(self, touch: Touch) -> None:
        painting = self._history.document
        at = pixel_of(touch, painting)
        if at is None:
            return
        colour = looked_at(painting, Box(*at, 1, 1), everything=self._options[Selecting].everything)[0, 0]
        self._colours = [*self._colours, colour] if touch.modifiers & SHIFT else [colour]
        self._show()

    def press(self, touch: Touch) -> None:
        self._pick(touch)

    def lift(self) -> bool:
        return True

    def _show(self) -> None:
        """The veil anew, for other colours or another fuzziness."""
        if self._colours:
            mask = colour_range(self._small, self._colours, self._options[Selecting].fuzziness)
            veil = np.empty((*mask.shape, 4), np.uint8)
            veil[:] = VEIL
            veil[..., 3] = (255 - mask.astype(np.uint16)) * VEIL[3] // 255
            height, width = mask.shape
            self._veil = QImage(veil.data, width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()
        self._view.update()

    def _leave(self) -> None:
        self._options.changed.disconnect(self._show)
        self._options.tell_live(None)
        self._view.update()

    def end(self) -> None:
        self._leave()
        if self._colours:
            painting, wish = self._history.document, self._options[Selecting]
            pixels = looked_at(painting, painting.size.box, everything=wish.everything)
            mask = colour_range(pixels, self._colours, wish.fuzziness)
            box = tight(mask)
            self.take(box, mask[box.slices()])

    def cancel(self) -> None:
        self._leave()

    def draw(self, painter: QPainter, camera: Camera, ratio: float) -> None:
        if self._veil is not None:
            size = self._history.document.size
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, camera.zoom * self._stride < 2)
            shown = QRectF(0, 0, size.width / self._stride, size.height / self._stride)
            painter.drawImage(camera.to_device(size.box), self._veil, shown)


WAND = Hand("wand", mark("Magic wand"), "wand", "W", "select", Wand, "wand", keywords="tolerance similar colour")
COLOUR_RANGE = Hand(
    "colour-range", mark("Colour range"), "colour-range", "Shift+W", "select", ColourRange, "colour-range",
    keywords="select by colour fuzziness",
)  # fmt: skip
