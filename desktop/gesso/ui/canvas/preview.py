"""A picture shown in place of the painting, on one side of a line that can be moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray
from PySide6.QtGui import QImage

from gesso.ui.canvas.pyramid import SMOOTH, STRETCH, image_of, rgba_of
from gesso.values import Box

if TYPE_CHECKING:
    from gesso.operations.painting.proof import Sight


@dataclass(frozen=True, eq=False)
class Preview:
    """Pixels of any size, stretched over a box of the painting."""

    pixels: NDArray[Any]
    """(h, w, 4) or (h, w, 3) of uint8 or uint16, straight alpha."""
    box: Box


class Shown:
    """A preview at several sizes, each half the one before and made when it is first wanted."""

    def __init__(self, preview: Preview, sight: Sight | None = None) -> None:
        self.preview = preview
        pixels = rgba_of(preview.pixels)
        self._images = [image_of(pixels if sight is None else sight(pixels))]

    def image(self, width_px: float) -> QImage:
        """The smallest that is still at least as wide as it is shown."""
        level = 0
        while True:
            image = self._images[level]
            if image.width() < 2 * width_px or image.width() < 2 or image.height() < 2:
                return image
            level += 1
            if level == len(self._images):
                half = image.scaled((image.width() + 1) // 2, (image.height() + 1) // 2, STRETCH, SMOOTH)
                self._images.append(half)
