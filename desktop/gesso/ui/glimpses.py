"""Small pictures of files, read one after the other beside the window, in the process for files of unknown origin."""

from __future__ import annotations

import threading
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QImage

from gesso.values import Cancelled, Progress, Size

if TYPE_CHECKING:
    from gesso.files.thumbnails import Pixels


def small_picture(path: Path, size: QSize, progress: Progress) -> QImage | None:
    """A file's picture, just large enough to cover `size`; None when there is none to be had cheaply. Any thread."""
    from gesso.files.thumbnails import small  # brings the whole room of files along

    return image_of(small(path, Size(size.width(), size.height()), progress))


def kept_picture(name: str, content: bytes, size: QSize, progress: Progress) -> QImage | None:
    """The same of a picture that a file keeps of itself."""
    from gesso.files.thumbnails import small_of

    return image_of(small_of(name, content, Size(size.width(), size.height()), progress))


def image_of(pixels: Pixels | None) -> QImage | None:
    if pixels is None:
        return None
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, pixels.strides[0], QImage.Format.Format_RGBA8888).copy()


class Glimpses(QObject):
    """Asked on the window's thread, answered there; nobody is answered once it is gone."""

    ready = Signal(str, QImage)
    """The path, and a picture that is null when there is none."""

    def __init__(self, size: QSize, parent: QObject) -> None:
        super().__init__(parent)
        self._size = size
        self._wanted: deque[Path] = deque()
        self._gone = threading.Event()
        self._lock = threading.Lock()
        self._is_reading = False
        self.destroyed.connect(self._gone.set)

    def ask(self, path: Path) -> None:
        with self._lock:
            self._wanted.append(path)
            if self._is_reading:
                return
            self._is_reading = True
        threading.Thread(target=self._read, name="gesso-glimpses", daemon=True).start()

    def _read(self) -> None:
        progress = Progress(cancelled=self._gone.is_set)
        while True:
            with self._lock:
                self._is_reading = bool(self._wanted)
                if not self._wanted:
                    return
                path = self._wanted.popleft()
            try:
                found = small_picture(path, self._size, progress)
                self.ready.emit(str(path), found or QImage())
            except (Cancelled, RuntimeError):  # RuntimeError: the list went away at this very moment
                return
