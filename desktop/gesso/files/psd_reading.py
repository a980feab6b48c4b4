"""The part of reading a PSD that runs in a process of its own: psd-tools decodes, what it finds is told part by part."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from gesso.files import icc, psd_head, xmp
from gesso.files.assembly import AS_IT_LOOKED, UNKNOWN_BLEND, Begin, Canvas, End, Paint, Part, Veil, rows_of, window
from gesso.files.assembly import THROUGH as PASSES
from gesso.files.psd_head import CMYK, DUOTONE, GREY, LAB, RGB, Head
from gesso.files.psd_words import BLENDS, LABELS, LOCK_ALL, LOCK_PIXELS, THROUGH, opacity_of
from gesso.files.simplify import spoken
from gesso.values import Box, Note, Progress, Size, mark

Array = NDArray[Any]
ALPHA, MASK, MASK_OF_BOTH = -1, -2, -3
BASES = {GREY: "L", DUOTONE: "L", RGB: "RGB", CMYK: "CMYK", LAB: "LAB"}
AS_PIXELS = ("type", "shape", "smartobject")
WHOLE_RANGE = (0, 65535)
MERGED = "Photoshop"
"""The name of the layer with the picture as Photoshop left it."""


def tell(path: Path, progress: Progress) -> Iterator[Part]:
    """A painting, part by part, from the bottom up."""
    head = psd_head.head(path)
    from psd_tools import ParseLimits, PSDImage

    limits = ParseLimits(max_read_bytes=head.file_bytes, max_total_bytes=4 * head.file_bytes + (1 << 24))
    with path.open("rb") as file:
        document = PSDImage.open(file, parse_limits=limits)
    format, origin = "PSD" if head.version == 1 else "PSB", xmp.parse(head.xmp)
    yield Canvas(head.size, head.result_depth, format, origin.records, head.dpi, head.guides, origin.credit)
    telling = _Telling(document, head, progress)
    if telling.note is not None:
        yield telling.note
    if len(document) == 0:
        yield from telling.merged(path.stem, is_hidden=False)
        return
    for layer in document:
        yield from telling.layer(layer)
    yield from telling.notes()
    if telling.differs:
        yield from telling.merged(MERGED, is_hidden=True)


class _Telling:
    def __init__(self, document: Any, head: Head, progress: Progress) -> None:
        self._document, self._head, self._progress = document, head, progress
        self._convert, self.note = _conversion(document, head)
        self._said: dict[str, list[str]] = {}
        self._total, self._done = max(1, sum(1 for _ in document.descendants())), 0

    @property
    def differs(self) -> bool:
        """Whether something could not be read that Photoshop's own merged picture still shows."""
        return any(
            template in self._said for template in (SKIPPED, EFFECTS, UNKNOWN_BLEND, PASSES, VECTOR, RANGES, FEATHER)
        ) and bool(self._document.has_preview())

    def notes(self) -> Iterator[Note]:
        for template, names in self._said.items():
            yield Note(template, {"names": spoken(names)})
        if self.differs:
            yield Note(AS_IT_LOOKED)

    def _say(self, template: str, layer: Any) -> None:
        self._said.setdefault(template, []).append(_name(layer))

    # --- layers ------------------------------------------------------------------------------------------------------

    def layer(self, layer: Any) -> Iterator[Part]:
        self._done += 1
        self._progress.at(self._done / self._total)
        record = layer._record
        if layer.is_group():
            yield from self._group(layer)
            return
        fill = self._fill(layer)
        if not layer.has_pixels() and fill is None and layer.kind != "pixel":
            self._say(SKIPPED, layer)
            return
        if layer.kind in AS_PIXELS:
            self._say(PIXELS, layer)
        yield self._begin(layer, record.blend_mode)
        try:
            if layer.has_pixels():
                yield from self._pixels(layer)
            elif fill is not None:
                yield from self._filled(fill)
            yield from self._mask(layer)
        except (ValueError, IndexError, KeyError, Warning):
            self._say(DAMAGED, layer)
        yield End()

    def _group(self, group: Any) -> Iterator[Part]:
        key = group.blend_mode.value
        if key == THROUGH and any(_blends(inner) for inner in group):
            self._say(PASSES, group)
        yield self._begin(group, key)
        for inner in group:
            yield from self.layer(inner)
        try:
            yield from self._mask(group)
        except (ValueError, IndexError, KeyError, Warning):
            self._say(DAMAGED, group)
        yield End()

    def _begin(self, layer: Any, key: Any) -> Begin:
        key = bytes(getattr(key, "value", key))
        if key not in BLENDS and key != THROUGH:
            self._say(UNKNOWN_BLEND, layer)
        if layer.has_effects():
            self._say(EFFECTS, layer)
        if layer.has_vector_mask() and not _has(layer, MASK_OF_BOTH) and layer.kind not in AS_PIXELS:
            self._say(VECTOR, layer)
        if _has_ranges(layer):
            self._say(RANGES, layer)
        from psd_tools.constants import Tag

        blocks = layer.tagged_blocks
        fill = blocks.get_data(Tag.BLEND_FILL_OPACITY, 255)
        label = int(blocks.get_data(Tag.SHEET_COLOR_SETTING, 0) or 0)
        locks = int(getattr(layer.locks, "value", 0) or 0)
        opacity = opacity_of(layer.opacity)
        if isinstance(fill, int) and not layer.is_group():
            opacity *= opacity_of(fill)
        return Begin(
            _name(layer),
            layer.is_group(),
            opacity,
            bool(layer.visible),
            BLENDS.get(key, "normal"),
            clipped=bool(layer._record.clipping),
            locked=bool(locks & (LOCK_PIXELS | LOCK_ALL)),
            alpha_locked=bool(layer._record.flags.transparency_protected),
            label=LABELS[label] if label < len(LABELS) else "",
        )

    def _pixels(self, layer: Any) -> Iterator[Part]:
        box = Box(layer.left, layer.top, layer.width, layer.height)
        planes = [self._plane(layer, channel, box) for channel in range(psd_head.CHANNELS[self._head.mode])]
        alpha = self._plane(layer, ALPHA, box) if _has(layer, ALPHA) else None
        yield from self._painted(box, planes, alpha)

    def _painted(self, box: Box, planes: list[Array], alpha: Array | None) -> Iterator[Part]:
        deep = self._head.result_depth == 16
        for row in rows_of(window(self._head.size, box)):
            where = row.moved(-box.x, -box.y).slices()
            strip = np.stack([plane[where] for plane in planes], -1)
            pixels = np.empty((row.height, row.width, 4), np.uint16 if deep else np.uint8)
            pixels[..., :3] = self._convert(strip)
            pixels[..., 3] = (65535 if deep else 255) if alpha is None else _at_depth(alpha[where], deep)
            yield Paint(row.x, row.y, pixels)

    def _plane(self, layer: Any, channel: int, box: Box) -> Array:
        """One channel (h, w) of the file's own depth."""
        number = [info.id for info in layer._record.channel_info].index(channel)
        depth, version = self._head.depth, self._head.version
        with _strict():
            raw = layer._channels[number].get_data(box.width, box.height, depth, version)
        return _array(raw, box.size, depth)

    def _mask(self, layer: Any) -> Iterator[Part]:
        given = layer._record.mask_data
        if not given or not (_has(layer, MASK) or _has(layer, MASK_OF_BOTH)):
            return
        if _has(layer, MASK_OF_BOTH) and given.real_flags is not None:
            channel, flags, outside = MASK_OF_BOTH, given.real_flags, given.real_background_color
            box = Box.around(given.real_left, given.real_top, given.real_right, given.real_bottom)
        else:
            channel, flags, outside = MASK, given.flags, given.background_color
            box = Box.around(given.left, given.top, given.right, given.bottom)
        in_force = not (given.flags.mask_disabled or flags.mask_disabled)
        density, feather = 255, 0.0
        if channel == MASK and given.parameters is not None:
            said = given.parameters.user_mask_density
            density, feather = 255 if said is None else said, given.parameters.user_mask_feather or 0.0
        if feather > 0:
            self._say(FEATHER, layer)
        outside = _thinned(np.uint8(outside), density)
        if box.is_empty:
            yield Veil(0, 0, np.empty((0, 0), np.uint8), int(outside), in_force)
            return
        values = _thinned(_at_depth(self._plane(layer, channel, box), False), density)
        seen = window(self._head.size, box)
        where = seen.moved(-box.x, -box.y).slices()
        yield Veil(seen.x, seen.y, np.ascontiguousarray(values[where]), int(outside), in_force)

    def _fill(self, layer: Any) -> tuple[int, int, int] | None:
        """The colour of a layer of one colour without a shape, 8 bit; None for all others."""
        if layer.kind != "solidcolorfill" or layer.has_vector_mask():
            return None
        found = layer.data
        try:
            red, green, blue = (min(255, max(0, round(float(found[key])))) for key in (b"Rd  ", b"Grn ", b"Bl  "))
        except (KeyError, TypeError, ValueError):
            return None
        return red, green, blue

    def _filled(self, fill: tuple[int, int, int]) -> Iterator[Part]:
        deep = self._head.result_depth == 16
        for row in rows_of(self._head.size.box):
            pixels = np.empty((row.height, row.width, 4), np.uint16 if deep else np.uint8)
            pixels[...] = [value * (257 if deep else 1) for value in (*fill, 255)]
            yield Paint(0, row.y, pixels)

    # --- the merged picture --------------------------------------------------------------------------------------------

    def merged(self, name: str, is_hidden: bool) -> Iterator[Part]:
        """The picture as Photoshop left it, as one layer."""
        head = self._head
        colours = psd_head.CHANNELS[head.mode]
        record = self._document._record
        with _strict():
            raw = record.image_data.get_data(record.header)
        planes = [_array(plane, head.size, head.depth) for plane in raw]
        info = record.layer_and_mask_information.layer_info
        has_alpha = len(planes) > colours and info is not None and info.layer_count < 0
        alpha = planes[colours] if has_alpha else None
        yield Begin(name, visible=not is_hidden)
        if head.mode == psd_head.INDEXED:
            palette = np.frombuffer(record.color_mode_data.value[:768], np.uint8).reshape(3, 256)
            planes = [colour[planes[0]] for colour in palette]
            colours = 3
        yield from self._painted(head.size.box, planes[:colours], alpha)
        yield End()


SKIPPED = mark("{names} are adjustments, fills or objects without pixels of their own and were left out.")
PIXELS = mark("Texts, shapes and smart objects became pixels: {names}.")
EFFECTS = mark("The effects of {names} were left out.")
VECTOR = mark("The vector masks of {names} were left out.")
RANGES = mark("The blending ranges of {names} were left out.")
FEATHER = mark("The soft edges of the masks of {names} were left out.")
DAMAGED = mark("The layers {names} are damaged; what could be read of them is there.")


@contextlib.contextmanager
def _strict() -> Iterator[None]:
    """Where psd-tools would make a channel up, it raises instead."""
    from psd_tools.compression import PSDDecompressionWarning

    with warnings.catch_warnings():
        warnings.simplefilter("error", PSDDecompressionWarning)
        yield


def _name(layer: Any) -> str:
    """By its Unicode block; without one old programs mean Mac Roman, and newer ones UTF-8."""
    from psd_tools.constants import Tag

    name = str(layer.name)
    if Tag.UNICODE_LAYER_NAME not in layer.tagged_blocks:
        with contextlib.suppress(UnicodeError):
            return name.encode("mac_roman").decode("utf-8")
    return name


def _has_ranges(layer: Any) -> bool:
    """Whether some lights or darks are kept from blending, or from those below."""
    ranges = layer._record.blending_ranges
    given = [*(ranges.composite_ranges or []), *(pair for two in ranges.channel_ranges or [] for pair in two)]
    return any(tuple(pair) != WHOLE_RANGE for pair in given)


def _thinned(mask: Any, density: int) -> Any:
    """As if only so much of 255 of it were there."""
    if density == 255:
        return mask
    return (255 - ((255 - np.asarray(mask).astype(np.uint16)) * density + 127) // 255).astype(np.uint8)


def _has(layer: Any, channel: int) -> bool:
    return any(info.id == channel for info in layer._record.channel_info)


def _blends(layer: Any) -> bool:
    """Whether how it looks depends on the colours below."""
    key = layer.blend_mode.value
    if layer.is_group() and key == THROUGH:
        return any(_blends(inner) for inner in layer)
    return bool(key != b"norm") or not (layer.is_group() or layer.has_pixels())


def _array(raw: bytes, size: Size, depth: int) -> Array:
    if depth == 1:
        row = (size.width + 7) // 8
        bits = np.unpackbits(np.frombuffer(raw, np.uint8, row * size.height).reshape(size.height, row), axis=1)
        return cast(Array, (1 - bits[:, : size.width]) * np.uint8(255))
    kind = np.dtype(">u2" if depth == 16 else np.uint8)
    return np.frombuffer(raw, kind, size.area).reshape(size.height, size.width)


def _at_depth(values: Array, deep: bool) -> Array:
    """Alpha or a mask at the depth of the painting, or at 8 bit."""
    if values.dtype.itemsize == 1:
        return values.astype(np.uint16) * 257 if deep else values
    if deep:
        return values.astype(np.uint16)
    return ((values.astype(np.uint32) * 255 + 32767) // 65535).astype(np.uint8)


def _conversion(document: Any, head: Head) -> tuple[Callable[[Array], Array], Note | None]:
    """From the file's numbers (h, w, channels) to sRGB at the painting's depth."""
    profile = _profile(document)
    if head.mode == LAB:
        return _lab, None
    base = BASES.get(head.mode, "RGB" if head.mode == psd_head.INDEXED else "L")
    convert, note = icc.conversion(profile, base, head.result_depth)

    def to_srgb(strip: Array) -> Array:
        strip = _at_depth(strip, head.result_depth == 16)
        return convert(255 - strip if head.mode == CMYK else strip)  # Photoshop counts paper, not ink

    return to_srgb, note


def _profile(document: Any) -> bytes | None:
    from psd_tools.constants import Resource

    found = document.image_resources.get_data(Resource.ICC_PROFILE)
    return found if isinstance(found, bytes) and found else None


def _lab(strip: Array) -> Array:
    values = np.ascontiguousarray(_at_depth(strip, False))
    values[..., 1:] ^= 128  # Pillow's a and b have a sign, Photoshop's are moved up
    image = Image.frombuffer("LAB", (values.shape[1], values.shape[0]), values.tobytes(), "raw", "LAB", 0, 1)
    lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    transform = ImageCms.buildTransform(lab, srgb, "LAB", "RGB")
    return np.asarray(transform.apply(image))
