"""Pictures that come to a painting, and parts of it that leave: placed from files, copied and pasted with their alpha."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication, QImage

from gesso.documents.painting import Layer, Painting, new_id
from gesso.documents.painting.edits import add_layer
from gesso.jobs import Outcome
from gesso.operations.painting.resize import fitted
from gesso.ui.speech import mark
from gesso.values import Box, Note, Picture, Progress, Size, Trouble

if TYPE_CHECKING:
    from gesso.ui.paperwork import Paperwork

DISK = "disk"
PNG = "image/png"
WINDOWS = 'application/x-qt-windows-mime;value="{}"'
ENCODED = (
    PNG, WINDOWS.format("PNG"), "image/tiff", "image/webp", "image/bmp", "image/x-bmp", "image/x-MS-bmp", "image/jpeg",
    "image/avif", "image/gif", WINDOWS.format("JFIF"),
)  # fmt: skip
"""What other programs put on the clipboard, the best first; read as files are, never by Qt in this process."""
PLACE = "application/x-gesso-place"
"""Where a copied part lay: x, y, and the size of the canvas."""
UNTOUCHED = mark("Nothing was changed.")


@dataclass(frozen=True)
class Found:
    """A picture for a new layer."""

    picture: Picture
    notes: Sequence[Note] = ()
    place: Box | None = None
    """Where it belongs; in the middle when there is none."""


class Placing:
    """Belongs to the window's thread; what takes time is a job."""

    def __init__(self, paper: Paperwork) -> None:
        self._paper = paper

    # --- in ------------------------------------------------------------------------------------------------------

    def place(self, path: Path) -> None:
        """A picture file as a new layer; a drawing is made as large as fits on the canvas."""
        painting = self._paper.easel.painting
        if painting is None:
            return
        size = painting.size

        def read(progress: Progress) -> Found:
            from gesso.files import pictures_apart

            found = pictures_apart.read(path, progress=progress, fit=size)
            return Found(found.picture, found.notes)

        self._add(mark("Add picture as layer"), path.stem, path.name, read)

    def paste(self) -> None:
        """What the clipboard holds, as a new layer, or as a painting when none is open; files are placed."""
        given = QGuiApplication.clipboard().mimeData() or QMimeData()
        files = [Path(url.toLocalFile()) for url in given.urls() if url.isLocalFile()]
        read = self._read_of(given)
        name = self._paper.speech.say("Pasted")
        if read is not None and self._paper.easel.painting is not None:
            self._add(mark("Paste"), name, name, read)
        elif read is not None:
            self._begin(read, name)
        elif files and self._paper.easel.painting is not None:
            for path in files:
                self.place(path)
        elif files:
            self._paper.open(files[0])
        else:
            self._paper.troubled.emit(
                Trouble(
                    "There is no picture on the clipboard.", UNTOUCHED, "Copy one first, here or in another program."
                )
            )

    def _read_of(self, given: QMimeData) -> Callable[[Progress], Found] | None:
        """How the clipboard's picture is read; taken from it now, since it may change at any moment."""
        kind = next((kind for kind in ENCODED if given.hasFormat(kind)), "")
        if kind:
            content, place = bytes(given.data(kind).data()), _place_in(given)
            name = self._paper.speech.say("The clipboard")

            def decode(progress: Progress) -> Found:
                from gesso.files import pictures_apart

                found = pictures_apart.read_content(name, content, progress=progress)
                return Found(found.picture, found.notes, place(found.picture.size) if place else None)

            return decode
        if not given.hasImage():
            return None
        if not _is_of_here(given):
            return self._read_elsewhere
        image = given.imageData()
        return (lambda progress: Found(picture_of(image))) if isinstance(image, QImage) else None

    def _read_elsewhere(self, progress: Progress) -> Found:
        """A picture that only the system has, in a form of its own."""
        from gesso.files import pictures_apart

        return Found(pictures_apart.read_clipboard(self._paper.speech.say("The clipboard"), progress=progress).picture)

    def _begin(self, read: Callable[[Progress], Found], name: str) -> None:
        def make(progress: Progress) -> tuple[Painting, Sequence[Note]]:
            found = read(progress)
            return Painting.from_array(found.picture.rgba(), name, name), found.notes

        self._paper.stand(mark("Paste"), make)

    def _add(self, title: str, name: str, file: str, read: Callable[[Progress], Found]) -> None:
        """A new layer above the active one: in its place, or in the middle, made smaller if it is larger than the canvas."""
        paper = self._paper
        painting, history = paper.easel.painting, paper.easel.history
        assert painting is not None and history is not None
        size, depth, empty = painting.size, painting.depth, painting.empty_tiles()

        def work(progress: Progress) -> tuple[Layer, Sequence[Note]]:
            found = read(progress)
            pixels = found.picture.rgba()
            fit = min(1.0, size.width / found.picture.size.width, size.height / found.picture.size.height)
            if fit < 1:
                width, height = (max(1, round(fit * side)) for side in (pixels.shape[1], pixels.shape[0]))
                pixels = fitted(pixels, Size(width, height))
            if found.picture.depth != depth:
                pixels = pixels.astype("u2") * 257 if depth == 16 else ((pixels.astype("u4") + 128) // 257).astype("u1")
            height, width = pixels.shape[:2]
            middle = Box((size.width - width) // 2, (size.height - height) // 2, width, height)
            place = found.place if found.place is not None and size.box.contains(found.place) else middle
            return Layer(new_id(), name, tiles=empty.written(place, pixels)), found.notes

        def done(outcome: Outcome[tuple[Layer, Sequence[Note]]]) -> None:
            if outcome.value is None:
                paper.failed(outcome)
                return
            layer, notes = outcome.value
            if not paper.easel.has(history):
                return
            now = history.document
            if now.size != size:
                paper.troubled.emit(
                    Trouble(
                        "The canvas got another size while {name} was read.",
                        UNTOUCHED,
                        "Add the picture again.",
                        name=file,
                    )
                )
                return
            try:
                history.apply(title, *add_layer(now, layer, now.active))
            except Trouble as trouble:
                paper.troubled.emit(trouble)
            paper.note(notes)

        paper.jobs.submit(title, work, done, lane=DISK)

    # --- out -----------------------------------------------------------------------------------------------------

    def copy(self) -> None:
        """The active layer or group, or what is selected of it, onto the clipboard, as a PNG with its alpha for every program."""
        painting = self._paper.easel.painting
        if painting is None:
            return
        snapshot = painting.snapshot()

        def work(progress: Progress) -> tuple[bytes, str]:
            return copied(snapshot, progress)

        def done(outcome: Outcome[tuple[bytes, str]]) -> None:
            if outcome.value is None:
                self._paper.failed(outcome)
                return
            content, place = outcome.value
            data = QMimeData()
            data.setData(PNG, content)
            data.setData(PLACE, place.encode())
            data.setImageData(QImage.fromData(content))
            QGuiApplication.clipboard().setMimeData(data)
            self._paper.noted.emit(self._paper.speech.say("Copied"))

        self._paper.jobs.submit(mark("Copy"), work, done, lane=DISK)


def copied(painting: Painting, progress: Progress) -> tuple[bytes, str]:
    """A PNG of the active layer or group, and where it lies. Raises `Trouble` when there is nothing."""
    from gesso.files import png
    from gesso.files.flat import shown, tight

    tiles = shown(painting, painting.active) if painting.active in painting.nodes else None
    box = Box(0, 0, 0, 0) if tiles is None else tight(tiles)
    if tiles is None or box.is_empty:
        raise Trouble("There is nothing here to copy.", UNTOUCHED, "Choose a layer or a part with something on it.")
    out = BytesIO()
    png.encode(Picture.from_rgba(tiles.read(box)), out, None, progress, level=3)
    return out.getvalue(), f"{box.x} {box.y} {painting.size.width} {painting.size.height}"


def _is_of_here(given: QMimeData) -> bool:
    """Whether a picture was put on the clipboard by this very process, so that there is nothing to decode."""
    if sys.platform in ("win32", "darwin"):
        return QGuiApplication.clipboard().ownsClipboard()
    return not any(kind.startswith("image/") for kind in given.formats())  # other programs always say what they have


def _place_in(given: QMimeData) -> Callable[[Size], Box] | None:
    """Where a part of our own lay, if its canvas is told."""
    try:
        x, y, width, height = (int(part) for part in bytes(given.data(PLACE).data()).split())
    except ValueError:
        return None
    return lambda size: Box(x, y, size.width, size.height).clip(Size(max(0, width), max(0, height)))


def picture_of(image: QImage) -> Picture:
    """Pixels of another program, at the depth that it gave."""
    import numpy as np

    deep = image.depth() > 32
    made = image.convertToFormat(QImage.Format.Format_RGBA64 if deep else QImage.Format.Format_RGBA8888)
    kind: Any = np.uint16 if deep else np.uint8
    row = made.bytesPerLine() // np.dtype(kind).itemsize
    rows = np.frombuffer(made.constBits(), kind).reshape(made.height(), row)
    pixels = rows[:, : made.width() * 4].reshape(made.height(), made.width(), 4).copy()
    return Picture.from_rgba(pixels)
