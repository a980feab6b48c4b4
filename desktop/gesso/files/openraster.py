"""OpenRaster: layers as PNG files in a ZIP, which Krita, MyPaint, GIMP and others exchange."""

from __future__ import annotations

import contextlib
import io
import zipfile
import zlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
from PIL import Image

from gesso.documents.painting import Layer, Painting, Provenance
from gesso.files import limits, openraster_stack, png, project, xmp
from gesso.files.ahead import ahead, threads
from gesso.files.assembly import (
    AS_IT_LOOKED,
    THROUGH,
    UNKNOWN_BLEND,
    Begin,
    Canvas,
    End,
    Look,
    Paint,
    Part,
    rows_of,
    window,
)
from gesso.files.decoding import decoded, faults_of, foreign
from gesso.files.disk import damaged, opened
from gesso.files.flat import flat
from gesso.files.openraster_stack import MOST_XML_BYTES, Entry, Stack
from gesso.files.simplify import Holds, simplified, spoken
from gesso.values import Box, Note, Picture, Progress, Size, Trouble, mark

FORMAT = "OpenRaster"
MIMETYPE = b"image/openraster"
OPERATORS = {
    "normal": "svg:src-over", "multiply": "svg:multiply", "screen": "svg:screen", "overlay": "svg:overlay",
    "darken": "svg:darken", "lighten": "svg:lighten", "color-dodge": "svg:color-dodge",
    "color-burn": "svg:color-burn", "hard-light": "svg:hard-light", "soft-light": "svg:soft-light",
    "difference": "svg:difference", "hue": "svg:hue", "saturation": "svg:saturation", "color": "svg:color",
    "luminosity": "svg:luminosity",
}  # fmt: skip
"""Our blend modes by the names of OpenRaster 0.0.5, which knows no exclusion."""
BLENDS = {operator: blend for blend, operator in OPERATORS.items()} | {"svg:exclusion": "exclusion"}
HOLDS = Holds(FORMAT, frozenset(OPERATORS), masks=False, clipping=False, marks=False, locks=True, provenance=True)
MERGED_FILE = "mergedimage.png"
MOST_MEMBERS = 20_000
THUMBNAIL_PX = 256
"""By the specification."""
PIXELS_LEVEL = 4
"""Of deflate: painted layers shrink hardly more with higher ones, and take twice as long."""
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


# --- reading -----------------------------------------------------------------------------------------------------------


def look(path: Path) -> Look:
    """Raises `Trouble` for what is no OpenRaster file."""
    with opened(path) as file, faults_of(path), _archive(path, file) as archive:
        return _looked(archive, _stack(path, archive))


def parts(path: Path, limit_px: int, progress: Progress) -> Iterator[Part]:
    """A painting, part by part; layers that are damaged stay empty and are named. Raises `Trouble` for all else."""
    with opened(path) as file, faults_of(path), _archive(path, file) as archive:
        stack = _stack(path, archive)
        found = _looked(archive, stack)
        limits.admit(path.name, found.size, found.bytes_needed, limit_px)
        yield Canvas(found.size, found.depth, FORMAT, dpi=stack.dpi, credit=xmp.parse(_packet(archive)).credit)
        if stack.others:
            yield Note(mark("{count} things that are no layers of pixels were left out."), {"count": stack.others})
        foreign_blends = list(_foreign_blends(stack.root))
        yield from foreign_blends
        reading = _Reading(path, archive, found, limit_px, _told(stack.root))
        with contextlib.closing(reading.pictures(progress)) as pictures:
            for entry in reversed(stack.root.entries):
                yield from reading.parts(entry, pictures)
        for template, names in ((EMPTY, reading.empty), (DAMAGED, reading.damaged)):
            if names:
                yield Note(template, {"names": spoken(names)})
        if stack.others or foreign_blends or reading.empty or reading.damaged:
            yield from reading.merged(progress)


EMPTY = mark("The layers {names} have no picture that Gesso can read and stay empty.")
DAMAGED = mark("The layers {names} are damaged and stay empty.")


def packet(path: Path) -> bytes:
    """What the file says about its making as a whole, in the merged picture."""
    with opened(path) as file, faults_of(path), _archive(path, file) as archive:
        return _packet(archive)


def _packet(archive: zipfile.ZipFile) -> bytes:
    """Out of the beginning of the merged picture: it stands before the pixels."""
    try:
        info = archive.getinfo(MERGED_FILE)
        if info.compress_type not in METHODS or info.flag_bits & 1:
            return b""
        with archive.open(info) as member:
            return png.packet(io.BytesIO(member.read(xmp.LARGEST)))
    except (KeyError, ValueError, EOFError, OSError, zipfile.BadZipFile, zlib.error):
        return b""


def thumbnail(path: Path) -> bytes:
    """The small PNG in the file, empty without one."""
    return _member(path, "Thumbnails/thumbnail.png", 1 << 20)


def _member(path: Path, name: str, most_bytes: int) -> bytes:
    with opened(path) as file, faults_of(path), _archive(path, file) as archive:
        try:
            return _content(archive, name, most_bytes)
        except (KeyError, ValueError, zipfile.BadZipFile):
            return b""


def _archive(path: Path, file: BinaryIO) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(file)
    except zipfile.BadZipFile:
        raise damaged(path) from None
    if len(archive.infolist()) > MOST_MEMBERS:
        archive.close()
        raise damaged(path)
    return archive


def _stack(path: Path, archive: zipfile.ZipFile) -> Stack:
    try:
        content = _content(archive, "stack.xml", MOST_XML_BYTES)
    except KeyError:
        raise foreign(path, "ZIP") from None
    return openraster_stack.parse(content)


def _content(archive: zipfile.ZipFile, name: str, most_bytes: int) -> bytes:
    """A member, never unpacked beyond what it claims and may have. Nothing is ever put on the disk under its name."""
    info = archive.getinfo(name)
    claims_too_much = info.file_size > most_bytes or info.file_size > 100 + info.compress_size * limits.DEFLATE_AT_MOST
    if claims_too_much or info.compress_type not in METHODS or info.flag_bits & 1:
        raise ValueError(f"{name} is not to be unpacked")
    try:
        with archive.open(info) as member:
            content = member.read(info.file_size)
            member.read(1)  # past the end the checksum is compared
            return content
    except zlib.error as error:
        raise ValueError(f"{name}: {error}") from None


def _looked(archive: zipfile.ZipFile, stack: Stack) -> Look:
    """The depth of the deepest layer; memory for all that lies on the canvas and for decoding the largest layer."""
    depth, area, largest = 8, stack.size.area, stack.size.area * 4  # the merged picture may come along
    for entry in stack.layers():
        head = _head(archive, entry.source)
        if head is None:
            continue
        size, own_depth, packed = head
        depth = max(depth, own_depth)
        area += Box(entry.x, entry.y, size.width, size.height).clip(stack.size).size.area
        largest = max(largest, size.area * 12 * own_depth // 8 + packed)
    return Look(stack.size, depth, area * 4 * depth // 8 + largest, largest)


def _head(archive: zipfile.ZipFile, name: str) -> tuple[Size, int, int] | None:
    """Size and depth of a member's PNG, and its bytes; None when it is none."""
    try:
        info = archive.getinfo(name)
        if info.compress_type not in METHODS or info.flag_bits & 1:
            return None
        with archive.open(info) as member:
            head = member.read(33)
    except (KeyError, zipfile.BadZipFile, EOFError, zlib.error):
        return None
    if len(head) < 33 or not head.startswith(png.SIGNATURE):
        return None
    size = Size(int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big"))
    return size, 16 if head[24] == 16 else 8, info.file_size


def _blend(entry: Entry) -> str:
    """Our name for a mode, by what other programs call it in spaces of their own, too; empty for one that is not known."""
    operator = entry.operator.strip().lower()
    plain = operator.rpartition(":")[2].replace("_", "-").replace(" ", "-")
    return BLENDS.get(operator) or BLENDS.get(f"svg:{plain}") or ("normal" if plain == "normal" else "")


def _foreign_blends(root: Entry) -> Iterator[Note]:
    through: list[str] = []
    unknown: list[str] = []

    def gather(entry: Entry) -> None:
        for inner in entry.entries:
            if not _blend(inner):
                unknown.append(inner.name)
            if inner.lets_through():
                through.append(inner.name)
            gather(inner)

    gather(root)
    if unknown:
        yield Note(UNKNOWN_BLEND, {"names": spoken(unknown)})
    if through:
        yield Note(THROUGH, {"names": spoken(through)})


def _told(stack: Entry) -> list[Entry]:
    """Every entry with pixels, in the order in which they are told: from the bottom up."""
    found: list[Entry] = []
    for entry in reversed(stack.entries):
        found += _told(entry) if entry.is_stack else [entry]
    return found


@dataclass(frozen=True)
class _Pixels:
    """What the file has for a layer."""

    picture: Picture | None = None
    records: tuple[Provenance, ...] = ()
    is_damaged: bool = False


class _Reading:
    """The layers of one file."""

    def __init__(self, path: Path, archive: zipfile.ZipFile, found: Look, limit_px: int, layers: list[Entry]) -> None:
        self._path, self._archive, self._look, self._limit_px = path, archive, found, limit_px
        self._layers = layers
        self.empty: list[str] = []
        self.damaged: list[str] = []

    def pictures(self, progress: Progress) -> Generator[_Pixels, None, None]:
        """Of all layers in the order in which they are told; several are decoded at a time."""
        count = threads(self._look.largest_bytes)
        for done, found in enumerate(ahead(self._pixels, self._layers, count, progress)):
            progress.at((done + 1) / len(self._layers))
            yield found

    def parts(self, entry: Entry, pictures: Iterator[_Pixels]) -> Iterator[Part]:
        found = _Pixels() if entry.is_stack else next(pictures)
        if found.is_damaged:
            self.damaged.append(entry.name)
        elif found.picture is None and not entry.is_stack:
            self.empty.append(entry.name)
        yield Begin(
            entry.name,
            entry.is_stack,
            entry.opacity,
            entry.visible,
            _blend(entry) or "normal",
            entry.is_active,
            found.records,
            locked=entry.is_locked,
        )
        for inner in reversed(entry.entries):
            yield from self.parts(inner, pictures)
        if found.picture is not None:
            yield from self._strips(entry, found.picture)
        yield End()

    def merged(self, progress: Progress) -> Iterator[Part]:
        """How the program that wrote it saw the whole, as a hidden layer, if the file has that."""
        entry = Entry(MERGED_FILE, False, visible=False, source=MERGED_FILE)
        found = self._pixels(entry, progress.part(1.0, 1.0))
        if found.picture is None or found.picture.size != self._look.size:
            return
        yield Note(AS_IT_LOOKED)
        yield Begin(entry.name, visible=False)
        yield from self._strips(entry, found.picture)
        yield End()

    def _strips(self, entry: Entry, picture: Picture) -> Iterator[Part]:
        place = Box(entry.x, entry.y, picture.size.width, picture.size.height)
        for row in rows_of(window(self._look.size, place)):
            pixels = picture.cut(row.moved(-place.x, -place.y)).rgba()
            if picture.depth == 8 and self._look.depth == 16:
                pixels = pixels.astype(np.uint16) * 257
            yield Paint(row.x, row.y, pixels)

    def _pixels(self, entry: Entry, progress: Progress) -> _Pixels:
        """Called in a thread of its own."""
        head = _head(self._archive, entry.source)
        if head is None:
            return _Pixels()
        size, depth, _ = head
        # Incompressible rows are hardly larger packed than raw; the rest is room for profiles and texts.
        most = size.area * 4 * depth // 8 * 2 + size.height * 2 + (16 << 20)
        try:
            content = io.BytesIO(_content(self._archive, entry.source, most))
            found = decoded(self._path, content, self._limit_px, progress)
        except (ValueError, EOFError, zipfile.BadZipFile, zipfile.LargeZipFile):
            return _Pixels(is_damaged=True)
        except Trouble as trouble:
            if trouble.what != damaged(self._path).what:
                raise
            return _Pixels(is_damaged=True)
        return _Pixels(found.picture, xmp.parse(png.packet(content)).records)


# --- writing -----------------------------------------------------------------------------------------------------------


def write(painting: Painting, file: BinaryIO, progress: Progress) -> list[Note]:
    """Write a painting; returns what the format could not hold. The same painting always gives the same bytes."""
    painting, notes = simplified(painting, HOLDS)
    layers = painting.layers()
    boxes = {layer.id: _tight(layer) for layer in layers}
    place = {
        layer.id: (f"data/layer{n:04}.png", boxes[layer.id].x, boxes[layer.id].y) for n, layer in enumerate(layers)
    }
    total = sum(box.size.area for box in boxes.values()) + painting.size.area
    done, largest = 0, max((box.size.area for box in boxes.values()), default=0)
    packing = ahead(
        lambda layer, watched: _packed(layer, boxes[layer.id], watched),
        layers,
        threads(largest * painting.dtype.itemsize * 12),  # its pixels, their filtered rows, and what comes of them
        progress,
    )
    with contextlib.closing(packing), zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo("mimetype"), MIMETYPE)
        stack = openraster_stack.written(painting, lambda node: OPERATORS[node.blend], place)
        archive.writestr(zipfile.ZipInfo("stack.xml"), stack, zipfile.ZIP_DEFLATED)
        for layer, packed in zip(layers, packing, strict=True):
            archive.writestr(zipfile.ZipInfo(place[layer.id][0]), packed)
            done += boxes[layer.id].size.area
            progress.at(done / total)
        rest = progress.part(done / total, 1.0)
        merged = flat(painting, rest.part(0.0, 0.4))
        packet = xmp.packet(xmp.provenance_of(painting), painting.credit)
        _put(archive, MERGED_FILE, merged, packet, rest.part(0.4, 1.0))
        archive.writestr(zipfile.ZipInfo("Thumbnails/thumbnail.png"), _thumbnail(painting))
    return notes


def _tight(layer: Layer) -> Box:
    """The tiles that hold something; one pixel for an empty layer, since no PNG is smaller."""
    box = layer.tiles.extent()
    return Box(0, 0, 1, 1) if box.is_empty else box


def _packed(layer: Layer, box: Box, progress: Progress) -> memoryview:
    """Its pixels as a PNG. Called in a thread of its own."""
    packet = xmp.packet(layer.provenance)
    out = io.BytesIO()
    png.encode(Picture.from_rgba(layer.tiles.read(box)), out, packet, progress, PIXELS_LEVEL, in_haste=True)
    return out.getbuffer()


def _put(archive: zipfile.ZipFile, name: str, picture: Picture, packet: bytes | None, progress: Progress) -> None:
    large = picture.byte_size > 1 << 30
    with archive.open(zipfile.ZipInfo(name), "w", force_zip64=large) as member:
        png.encode(picture, cast(BinaryIO, member), packet, progress, PIXELS_LEVEL, in_haste=True)


def _thumbnail(painting: Painting) -> bytes:
    image = Image.open(io.BytesIO(project.thumbnail_of(painting)))
    image.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
