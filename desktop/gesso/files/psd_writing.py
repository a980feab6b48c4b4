"""PSD and PSB written: layers, groups, masks and the merged picture, in the order in which Photoshop writes them."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gesso.documents.painting import Group, Guide, Layer, Node, Painting, Tiles
from gesso.documents.painting.guides import HORIZONTAL
from gesso.files import icc, png, project, xmp
from gesso.files.flat import flat, tight
from gesso.files.psd import HOLDS, PSB, PSD
from gesso.files.psd_head import LINE_STEPS, LINES, RESOLUTION
from gesso.files.psd_words import KEYS, LABELS, LOCK_ALPHA, LOCK_PIXELS
from gesso.files.simplify import simplified
from gesso.files.trouble import SAFE
from gesso.values import Box, Note, Picture, Progress, Trouble

Array = NDArray[Any]
RLE, ZIP_PREDICTED = 1, 3
OPEN_FOLDER, DIVIDER = 1, 3
MOST_BYTES = (1 << 31) - 1
"""Of a PSD; a PSB may have as many as it likes."""
HIDDEN, HAS_FOURTH, NO_PIXELS, ALPHA_LOCKED = 2, 8, 16, 1
"""Flags of a record."""


def write_psd(painting: Painting, file: BinaryIO, progress: Progress) -> list[Note]:
    """Write a painting; returns what the format could not hold. Raises `Trouble` for more than two gigabytes."""
    return _write(painting, file, progress, PSD)


def write_psb(painting: Painting, file: BinaryIO, progress: Progress) -> list[Note]:
    """Write a painting; returns what the format could not hold."""
    return _write(painting, file, progress, PSB)


@dataclass
class _Record:
    """One layer as the file has it: what is said of it, and its channels, packed."""

    box: Box
    said: bytes
    """All that stands behind the list of channels."""
    channels: list[tuple[int, bytes]] = field(default_factory=list)


def _write(painting: Painting, file: BinaryIO, progress: Progress, kind: str) -> list[Note]:
    painting, notes = simplified(painting, HOLDS[kind])
    version = 2 if kind == PSB else 1
    packing = _Packing(painting, version, progress.part(0.0, 0.7))
    records = list(packing.records(painting.root))
    merged = flat(painting, progress.part(0.7, 0.8))
    size, depth, has_alpha = painting.size, painting.depth, merged.alpha is not None
    channels = 4 if has_alpha else 3
    file.write(struct.pack(">4sH6xHIIHH", b"8BPS", version, channels, size.height, size.width, depth, 3))
    file.write(bytes(4))
    resources = _resources(painting)
    file.write(struct.pack(">I", len(resources)) + resources)
    _write_layers(file, records, has_alpha, depth, version)
    _write_merged(file, merged, version, progress.part(0.8, 1.0))
    if version == 1 and file.tell() > MOST_BYTES:
        raise Trouble(
            "A PSD file holds at most 2 GB, and this painting needs more.", SAFE, "Choose a name that ends in .psb."
        )
    return notes


def _length(version: int, count: int) -> bytes:
    """A length, which has eight bytes in a PSB."""
    try:
        return struct.pack(">Q" if version == 2 else ">I", count)
    except struct.error:
        raise Trouble(
            "A PSD file holds at most 2 GB, and this painting needs more.", SAFE, "Choose a name that ends in .psb."
        ) from None


def _write_layers(file: BinaryIO, records: list[_Record], has_alpha: bool, depth: int, version: int) -> None:
    head = bytearray(struct.pack(">h", -len(records) if has_alpha else len(records)))
    for record in records:
        box = record.box
        head += struct.pack(">4iH", box.y, box.x, box.bottom, box.right, len(record.channels))
        for number, packed in record.channels:
            head += struct.pack(">h", number) + _length(version, len(packed))
        head += record.said
    total = len(head) + sum(len(packed) for record in records for _, packed in record.channels)
    padding = -total % 4
    if depth == 8:
        before, after = _length(version, total + padding), bytes(4)
    else:
        # Layers of 16 bit stand in a block of their own behind the empty list.
        before, after = _length(version, 0) + bytes(4) + b"8BIMLr16" + _length(version, total + padding), b""
    file.write(_length(version, len(before) + total + padding + len(after)) + before + head)
    for record in records:
        for _, packed in record.channels:
            file.write(packed)
    file.write(bytes(padding) + after)


class _Packing:
    """Nodes to records, from the bottom up."""

    def __init__(self, painting: Painting, version: int, progress: Progress) -> None:
        self._painting, self._version, self._progress = painting, version, progress
        self._total, self._done = max(1, len(painting.nodes)), 0

    def records(self, group: Group) -> Iterator[_Record]:
        for id in group.children:
            node = self._painting.nodes[id]
            self._done += 1
            self._progress.at(self._done / self._total)
            if isinstance(node, Group):
                nothing = Box(0, 0, 0, 0)
                yield _Record(nothing, _said(node, DIVIDER), self._empty())
                yield from self.records(node)
                yield _Record(nothing, _said(node, OPEN_FOLDER), [*self._empty(), *self._mask(node)])
            elif isinstance(node, Layer):
                yield _Record(tight(node.tiles), _said(node), [*self._pixels(node), *self._mask(node)])

    def _empty(self) -> list[tuple[int, bytes]]:
        return [(channel, struct.pack(">H", 0)) for channel in (-1, 0, 1, 2)]

    def _pixels(self, layer: Layer) -> list[tuple[int, bytes]]:
        box = tight(layer.tiles)
        if box.is_empty:
            return self._empty()
        pixels = layer.tiles.read(box)
        return [(number, self._packed(pixels[..., plane])) for number, plane in ((-1, 3), (0, 0), (1, 1), (2, 2))]

    def _mask(self, node: Node) -> list[tuple[int, bytes]]:
        if node.mask is None:
            return []
        box, _ = _extent(node.mask)
        if box.is_empty:
            return [(-2, struct.pack(">H", 0))]
        values = node.mask.read(box)[..., 0]
        return [(-2, self._packed(values.astype(np.uint16) * 257 if self._painting.depth == 16 else values))]

    def _packed(self, plane: Array) -> bytes:
        method = ZIP_PREDICTED if self._painting.depth == 16 else RLE
        return struct.pack(">H", method) + packed(plane, method, self._version)


def packed(plane: Array, method: int, version: int) -> bytes:
    """One channel as PackBits with the lengths of its rows before it, or deflated differences."""
    from psd_tools.compression import compress
    from psd_tools.constants import Compression

    depth = 8 * plane.dtype.itemsize
    raw = np.ascontiguousarray(plane, plane.dtype.newbyteorder(">")).tobytes()
    return compress(raw, Compression(method), plane.shape[1], plane.shape[0], depth, version)


def _extent(mask: Tiles) -> tuple[Box, int]:
    """The part of a mask that has to be written, and what it is everywhere else."""
    everywhere = list(mask.touched(mask.size.box))
    outside = 255 if all(index in mask.tiles for index in everywhere) else 0
    found = Box(0, 0, 0, 0)
    for index, tile in mask.tiles.items():
        if outside == 0 or tile.min() < 255:
            found = found.union(mask.tile_box(index))
    return found, outside


def _said(node: Node, section: int = 0) -> bytes:
    """A record from its blend mode on."""
    is_divider = section == DIVIDER
    key = b"norm" if is_divider else KEYS[node.blend]
    flags = HAS_FOURTH | (0 if node.visible or is_divider else HIDDEN) | (NO_PIXELS if section else 0)
    if isinstance(node, Layer) and node.alpha_locked:
        flags |= ALPHA_LOCKED
    opacity = 255 if is_divider else round(node.opacity * 255)
    name = "</Layer group>" if is_divider else node.name
    extra = (b"" if is_divider else _mask_data(node)) or bytes(4)
    extra += bytes(4)  # no ranges of blending
    short = name.encode("latin-1", "replace")[:250]
    short = bytes([len(short)]) + short
    extra += short + bytes(-len(short) % 4)
    units = name.encode("utf-16-be", "surrogatepass")
    extra += _block(b"luni", struct.pack(">I", len(units) // 2) + units)
    if section:
        extra += _block(b"lsct", struct.pack(">I4s4s", section, b"8BIM", key))
    if not is_divider:
        locks = (LOCK_PIXELS if node.locked else 0) | (LOCK_ALPHA if flags & ALPHA_LOCKED else 0)
        extra += _block(b"lspf", struct.pack(">I", locks))
        label = LABELS.index(node.label) if node.label in LABELS else 0
        extra += _block(b"lclr", struct.pack(">4H", label, 0, 0, 0))
    clipped = node.clipped and not section
    return struct.pack(">4s4sBBBxI", b"8BIM", key, opacity, clipped, flags, len(extra)) + extra


def _mask_data(node: Node) -> bytes:
    if node.mask is None:
        return b""
    box, outside = _extent(node.mask)
    return struct.pack(">I4iBBH", 20, box.y, box.x, box.bottom, box.right, outside, 0 if node.masks else 2, 0)


def _block(key: bytes, content: bytes) -> bytes:
    content += bytes(-len(content) % 4)
    return b"8BIM" + key + struct.pack(">I", len(content)) + content


def _resources(painting: Painting) -> bytes:
    found = _resource(1039, icc.srgb())
    if painting.dpi is not None:
        across, down = (round(min(65535.0, side) * 65536) for side in painting.dpi)
        found += _resource(RESOLUTION, struct.pack(">IHHIHH", across, 1, 2, down, 1, 2))
    if painting.guides:
        found += _resource(LINES, _lines(painting.guides))
    words = ["Gesso", "Gesso"]
    texts = b"".join(struct.pack(">I", len(word)) + word.encode("utf-16-be") for word in words)
    found += _resource(1057, struct.pack(">IB", 1, 1) + texts + struct.pack(">I", 1))
    found += _resource(1036, _thumbnail(painting))
    packet = xmp.packet(xmp.provenance_of(painting), painting.credit)
    return found + (_resource(1060, packet) if packet else b"")


def _lines(guides: Sequence[Guide]) -> bytes:
    """The guides, behind a grid as Photoshop has it when nobody has changed it."""
    found = struct.pack(">4I", 1, 18 * LINE_STEPS, 18 * LINE_STEPS, len(guides))
    for guide in guides:
        found += struct.pack(">iB", round(guide.at * LINE_STEPS), guide.way == HORIZONTAL)
    return found


def _resource(number: int, content: bytes) -> bytes:
    return struct.pack(">4sHHI", b"8BIM", number, 0, len(content)) + content + bytes(len(content) & 1)


def _thumbnail(painting: Painting) -> bytes:
    """A JPEG of at most 160 pixels over white, behind what Photoshop wants to know of it."""
    seen = Image.open(io.BytesIO(project.thumbnail_of(painting)))
    seen.thumbnail((160, 160))
    paper = Image.new("RGB", seen.size, "white")
    paper.paste(seen, mask=seen.getchannel("A"))
    out = io.BytesIO()
    paper.save(out, "JPEG", quality=85)
    row = (paper.width * 24 + 31) // 32 * 4
    head = (1, paper.width, paper.height, row, row * paper.height, len(out.getvalue()), 24, 1)
    return struct.pack(">6I2H", *head) + out.getvalue()


def _write_merged(file: BinaryIO, merged: Picture, version: int, progress: Progress) -> None:
    """All channels as PackBits, the lengths of all rows first; colours as if over white, as Photoshop has them."""
    counts, rows, height = b"", [], merged.size.height
    for channel in range(3 if merged.alpha is None else 4):
        progress.at(channel / 4)
        content = packed(_merged_plane(merged, channel), RLE, version)
        end_of_counts = height * 2 * version
        counts += content[:end_of_counts]
        rows.append(content[end_of_counts:])
    file.write(struct.pack(">H", RLE) + counts)
    for part in rows:
        file.write(part)


def _merged_plane(merged: Picture, channel: int) -> Array:
    if merged.alpha is None:
        return merged.colour[..., channel]
    if channel == 3:
        return merged.alpha
    found, top = np.empty_like(merged.alpha), merged.top
    for rows in png.strips(merged.size.height, merged.size.width):
        alpha = merged.alpha[rows].astype(np.uint64)
        found[rows] = (merged.colour[rows, :, channel] * alpha + (top - alpha) * top + top // 2) // top
    return found
