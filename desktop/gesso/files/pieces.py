"""A file read through a window: only some stretches of it, with progress, and stopped when it is not wanted any more."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import BinaryIO

from gesso.values import Progress


class Pieces:
    """Looks like one seekable file made of stretches of another, so that decoders never see the rest."""

    def __init__(self, file: BinaryIO, stretches: Sequence[tuple[int, int]], progress: Progress | None = None) -> None:
        self._file, self._stretches = file, stretches
        self._length = sum(length for _, length in stretches)
        self._progress = progress or Progress.silent()
        self._at = 0

    @classmethod
    def whole(cls, file: BinaryIO, progress: Progress | None = None) -> Pieces:
        return cls(file, [(0, file.seek(0, os.SEEK_END))], progress)

    def read(self, count: int = -1) -> bytes:
        self._progress.at(min(1.0, self._at / max(1, self._length)))
        left = self._length - self._at if count is None or count < 0 else count
        found = []
        begin = 0
        for start, length in self._stretches:
            inside = self._at - begin
            if left > 0 and 0 <= inside < length:
                self._file.seek(start + inside)
                part = self._file.read(min(left, length - inside))
                if not part:
                    break
                found.append(part)
                self._at += len(part)
                left -= len(part)
            begin += length
        return b"".join(found)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._length}[whence]
        if base + offset < 0:
            raise OSError("before the beginning")
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        """The file behind belongs to whoever opened it."""
