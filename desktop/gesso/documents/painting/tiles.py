"""Pixels in copy-on-write tiles: a change costs what it touches, a snapshot costs nothing.

A tile is a read-only array of 256 x 256 pixels, or less at the right and lower border; a missing tile is empty
(transparent for layers, zero for masks). Tiles are shared between snapshots and never written into.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.values import Box, Size

TILE = 256
Array = NDArray[Any]
Index = tuple[int, int]
"""Column and row of a tile."""


class Tiles:
    """An immutable picture: (height, width, channels) of uint8 or uint16, straight alpha where there are four."""

    __slots__ = ("_states", "_tiles", "channels", "dtype", "size")

    def __init__(
        self, size: Size, dtype: Any = np.uint8, channels: int = 4, tiles: Mapping[Index, Array] | None = None
    ) -> None:
        self.size = size
        self.dtype = np.dtype(dtype)
        self.channels = channels
        self._tiles: Mapping[Index, Array] = dict(tiles or {})
        self._states: dict[Index, tuple[Array, bytes]] = {}
        """Digests of tiles, as far as somebody asked."""

    @classmethod
    def from_array(cls, pixels: Array) -> Tiles:
        """A copy of (height, width, channels), its empty tiles left out."""
        empty = cls(Size(pixels.shape[1], pixels.shape[0]), pixels.dtype, pixels.shape[2])
        return empty.written(empty.size.box, pixels)

    @property
    def top(self) -> int:
        """The number that stands for 1."""
        return int(np.iinfo(self.dtype).max)

    @property
    def tiles(self) -> Mapping[Index, Array]:
        return self._tiles

    @property
    def byte_size(self) -> int:
        return sum(tile.nbytes for tile in self._tiles.values())

    def tile_box(self, index: Index) -> Box:
        """Where a tile lies, cut to the picture."""
        return Box(index[0] * TILE, index[1] * TILE, TILE, TILE).clip(self.size)

    def touched(self, box: Box) -> Iterator[Index]:
        """Every tile position that a box meets, row by row."""
        inside = box.clip(self.size)
        if inside.is_empty:
            return
        for row in range(inside.y // TILE, (inside.bottom - 1) // TILE + 1):
            for column in range(inside.x // TILE, (inside.right - 1) // TILE + 1):
                yield column, row

    def extent(self) -> Box:
        """The box around all tiles that are there."""
        found = Box(0, 0, 0, 0)
        for index in self._tiles:
            found = found.union(self.tile_box(index))
        return found

    def read(self, box: Box | None = None) -> Array:
        """A copy of a part; what lies outside is empty."""
        box = box or self.size.box
        found = np.zeros((box.height, box.width, self.channels), self.dtype)
        for index in self.touched(box):
            tile = self._tiles.get(index)
            if tile is None:
                continue
            place = self.tile_box(index)
            common = place.intersect(box)
            found[common.moved(-box.x, -box.y).slices()] = tile[common.moved(-place.x, -place.y).slices()]
        return found

    def written(self, box: Box, pixels: Array) -> Tiles:
        """These pixels put at a box; tiles that did not change are shared, tiles that became empty are dropped."""
        if pixels.shape != (box.height, box.width, self.channels):
            raise ValueError(f"{pixels.shape} does not fit {box} with {self.channels} channels")
        tiles = dict(self._tiles)
        for index in self.touched(box):
            place = self.tile_box(index)
            common = place.intersect(box)
            new = pixels[common.moved(-box.x, -box.y).slices()]
            old = tiles.get(index)
            if common == place:
                fresh = np.array(new, self.dtype, order="C")
            else:
                fresh = np.zeros((place.height, place.width, self.channels), self.dtype) if old is None else old.copy()
                fresh[common.moved(-place.x, -place.y).slices()] = new
            if not fresh.any():
                tiles.pop(index, None)
            elif old is None or not np.array_equal(fresh, old):
                fresh.flags.writeable = False
                tiles[index] = fresh
        return self._with(tiles)

    def replaced(self, tiles: Mapping[Index, Array | None]) -> Tiles:
        """With some tiles exchanged; None empties one."""
        found = dict(self._tiles)
        for index, tile in tiles.items():
            if tile is None:
                found.pop(index, None)
            else:
                found[index] = tile
        return self._with(found)

    def _with(self, tiles: Mapping[Index, Array]) -> Tiles:
        found = Tiles(self.size, self.dtype, self.channels, tiles)
        found._states = self._states  # each says of which array it is
        return found

    def state(self) -> str:
        """A digest of all pixels; asked again after a change, only changed tiles are read."""
        whole = hashlib.blake2b(f"{self.size} {self.dtype} {self.channels}".encode(), digest_size=16)
        for index, tile in sorted(self._tiles.items()):
            known = self._states.get(index)
            if known is None or known[0] is not tile:
                known = (tile, hashlib.blake2b(np.ascontiguousarray(tile).data, digest_size=16).digest())
                self._states[index] = known
            whole.update(f"{index}".encode() + known[1])
        return whole.hexdigest()

    def difference(self, other: Tiles) -> dict[Index, Array | None]:
        """The tiles of `other` that are not these, ready for `replaced`."""
        return {
            index: other._tiles.get(index)
            for index in {*self._tiles, *other._tiles}
            if self._tiles.get(index) is not other._tiles.get(index)
        }

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Tiles):
            return NotImplemented
        return (
            (self.size, self.dtype, self.channels) == (other.size, other.dtype, other.channels)
            and self._tiles.keys() == other._tiles.keys()
            and all(t is other._tiles[i] or np.array_equal(t, other._tiles[i]) for i, t in self._tiles.items())
        )
