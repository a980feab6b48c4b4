"""A painting as pictures for the screen: tiles of 256 pixels at full size, a half, a quarter and so on.

Nothing is made before it is wanted, a change makes anew only what it touched, and every `step` is short, so that whoever
draws can stop between two of them.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPainter

from gesso.documents.painting import TILE, Painting, composite
from gesso.documents.painting.composite import composite_box, with_live
from gesso.documents.painting.edits import halo_of
from gesso.documents.painting.thin import thinned
from gesso.documents.painting.tiles import Index
from gesso.values import Box

if TYPE_CHECKING:
    from gesso.operations.painting.proof import Sight

Key = tuple[int, int, int]
"""Level, column, row: a tile of level n covers 256 * 2**n pixels each way."""
FORMAT = QImage.Format.Format_ARGB32_Premultiplied
STRETCH, SMOOTH = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
LIMIT_BYTES = 384 * 1024 * 1024
LEAST_TILES = 64
"""Of each level, so that four children are always there for their parent."""
COARSE_PX = 320
"""Longest side of the picture that stands in for tiles not made yet."""


def rgba_of(pixels: NDArray[Any]) -> NDArray[Any]:
    """(h, w, 4) of (h, w, 4) or (h, w, 3), uint8 or uint16."""
    if pixels.shape[2] == 4:
        return pixels
    solid = np.full((*pixels.shape[:2], 1), np.iinfo(pixels.dtype).max, pixels.dtype)
    return np.concatenate([pixels, solid], axis=2)


def image_of(pixels: NDArray[Any]) -> QImage:
    """(h, w, 4) or (h, w, 3) of uint8 or uint16, straight alpha, as Qt draws it fastest."""
    pixels = np.ascontiguousarray(rgba_of(pixels))
    height, width = pixels.shape[:2]
    kind = QImage.Format.Format_RGBA64 if pixels.dtype == np.uint16 else QImage.Format.Format_RGBA8888
    return QImage(pixels.data, width, height, pixels.strides[0], kind).convertToFormat(FORMAT)


def reduced(painting: Painting, stride: int) -> NDArray[Any]:
    """Every `stride`-th pixel of the painting as it looks: quick and rough."""
    return composite(thinned(painting, stride))


class Pyramid:
    """Of one painting, at one size."""

    def __init__(self, painting: Painting, sight: Sight | None = None, limit_bytes: int = LIMIT_BYTES) -> None:
        self.painting = painting
        self.sight = sight
        """What the screen, or a soft proof, makes of its colours."""
        self.seen_as: Callable[[Painting], Painting] | None = None
        """What is shown in place of the painting, such as one of its masks; of the same size."""
        self.size = painting.size
        self.live: dict[str, Mapping[Index, NDArray[Any]]] = {}
        """Tiles of a stroke in progress, by layer."""
        self._limit = limit_bytes
        self._bytes = 0
        self._images: dict[int, OrderedDict[Key, QImage]] = {}
        """By level, the least lately used first."""
        self._stale: dict[Key, Box] = {}
        """What of a tile is not as the painting is now."""
        self._opaque: set[Key] = set()
        self._coarse: QImage | None = None
        longest = max(self.size.width, self.size.height, 1)
        self.levels = max(0, -(-longest // TILE) - 1).bit_length() + 1
        self._images = {level: OrderedDict() for level in range(self.levels)}
        self._stride = min(TILE, 1 << max(0, -(-longest // COARSE_PX) - 1).bit_length())

    # --- where tiles lie -----------------------------------------------------------------------------------------

    def box(self, key: Key) -> Box:
        """The pixels of the painting that a tile shows."""
        level, column, row = key
        side = TILE << level
        return Box(column * side, row * side, side, side).clip(self.size)

    def keys(self, level: int, box: Box) -> Iterator[Key]:
        """The tiles of a level that a box meets."""
        side, inside = TILE << level, box.clip(self.size)
        if inside.is_empty:
            return
        for row in range(inside.y // side, (inside.bottom - 1) // side + 1):
            for column in range(inside.x // side, (inside.right - 1) // side + 1):
                yield level, column, row

    # --- what there is -------------------------------------------------------------------------------------------

    def image(self, key: Key) -> QImage | None:
        """A tile, perhaps not the newest; None when it was never made."""
        level = self._images[key[0]]
        found = level.get(key)
        if found is not None:
            level.move_to_end(key)
        return found

    def is_ready(self, key: Key) -> bool:
        return key in self._images[key[0]] and key not in self._stale

    def is_opaque(self, key: Key) -> bool:
        return key in self._opaque

    def coarse(self) -> QImage:
        """The whole painting, roughly."""
        if self._coarse is None:
            self._coarse = image_of(self._seen(reduced(self.painting, self._stride)))
        return self._coarse

    def spoil(self, box: Box) -> Box:
        """The painting looks different here now; returns all that does so, which is more where blurs spread it."""
        if not self.live:
            self._coarse = None
        box = box.grow(halo_of(self.painting)).clip(self.size)
        for level in range(self.levels):
            for key in self.keys(level, box):
                if key in self._images[level]:
                    self._stale[key] = self._stale.get(key, Box(0, 0, 0, 0)).union(box.intersect(self.box(key)))
        return box

    # --- making tiles --------------------------------------------------------------------------------------------

    def step(self, key: Key) -> bool:
        """A little work towards a tile; whether it is done now."""
        if self.is_ready(key):
            return True
        box = self.box(key)
        dirty = self._stale[key] if key in self._images[key[0]] else box
        if key[0] == 0:
            self._paint(key, box, dirty)
            return True
        children = list(self.keys(key[0] - 1, dirty))
        for child in children:
            if not self.is_ready(child):
                self.step(child)
                return False
        self._halve(key, box, children)
        return True

    def _paint(self, key: Key, box: Box, dirty: Box) -> None:
        pixels = self._composited(dirty)
        image = self._images[key[0]].get(key)
        solid = pixels is not None and bool((pixels[..., 3] == np.iinfo(pixels.dtype).max).all())
        part = QImage() if pixels is None else image_of(self._seen(pixels))
        if dirty == box and pixels is not None:
            image = part
        else:
            if image is None:
                image = _clear(box.width, box.height)
            painter = QPainter(image)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
            place = QRect(dirty.x - box.x, dirty.y - box.y, dirty.width, dirty.height)
            if pixels is None:
                painter.fillRect(place, Qt.GlobalColor.transparent)
            else:
                painter.drawImage(place.topLeft(), part)
            painter.end()
        self._keep(key, image, solid and (dirty == box or key in self._opaque))

    def _composited(self, box: Box) -> NDArray[Any] | None:
        if self.seen_as is None:
            return composite_box(self.painting, box, live=self.live)
        return composite_box(self.seen_as(with_live(self.painting, self.live) if self.live else self.painting), box)

    def _seen(self, pixels: NDArray[Any]) -> NDArray[Any]:
        return pixels if self.sight is None else self.sight(pixels)

    def _halve(self, key: Key, box: Box, children: list[Key]) -> None:
        level, column, row = key
        image = self._images[key[0]].get(key)
        if image is None:
            image = _clear(-(-box.width >> level) or 1, -(-box.height >> level) or 1)
        painter = QPainter(image)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        for child in children:
            source = self._images[level - 1][child]
            # Not the painter's own smoothing: it rounds down, and five halvings would darken a picture visibly.
            half = source.scaled((source.width() + 1) // 2, (source.height() + 1) // 2, STRETCH, SMOOTH)
            painter.drawImage((child[1] - 2 * column) * TILE // 2, (child[2] - 2 * row) * TILE // 2, half)
        painter.end()
        every = list(self.keys(level - 1, box))
        self._keep(key, image, all(child in self._opaque for child in every))

    def _keep(self, key: Key, image: QImage, opaque: bool) -> None:
        self._stale.pop(key, None)
        (self._opaque.add if opaque else self._opaque.discard)(key)
        images = self._images[key[0]]
        old = images.get(key)
        self._bytes += image.sizeInBytes() - (old.sizeInBytes() if old is not None else 0)
        images[key] = image
        images.move_to_end(key)
        self._forget()

    def _forget(self) -> None:
        """Drop what was not used lately, the finest tiles first: a coarser one has cost more to make."""
        for images in self._images.values():
            while self._bytes > self._limit and len(images) > LEAST_TILES:
                gone, dropped = images.popitem(last=False)
                self._bytes -= dropped.sizeInBytes()
                self._stale.pop(gone, None)
                self._opaque.discard(gone)


def _clear(width: int, height: int) -> QImage:
    image = QImage(width, height, FORMAT)
    image.fill(0)
    return image
