"""Sources of pixels: one for each way of decoding, all giving their rows in the file's own numbers."""

from __future__ import annotations

import contextlib
import math
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO, Protocol, cast

import numpy as np
from numpy.typing import NDArray
from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    JpegImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)
from PIL.ImageFile import ImageFile
from PIL.PngImagePlugin import PngImageFile

from gesso.documents.painting import Credit
from gesso.files import png, tiff
from gesso.files.icc import LARGEST
from gesso.files.pieces import Pieces
from gesso.files.xmp import credited
from gesso.values import Note, Progress, Size, mark

ARTIST, COPYRIGHT = 315, 33432
ORIENTATION, X_RESOLUTION, Y_RESOLUTION, RESOLUTION_UNIT = 274, 282, 283, 296
HEAD_BYTES = 4096
"""So much of a file's beginning says what it is."""
Rows = NDArray[Any]


@dataclass(frozen=True)
class Header:
    """What a file says about its picture before anything is decoded."""

    format: str
    stored: Size
    """As it lies in the file; turned upright it may be exchanged."""
    depth: int
    base: str
    """L, RGB or CMYK."""
    has_alpha: bool
    decoder_bytes: int
    """What decoding takes beside the finished picture."""
    frames: int = 1
    orientation: int = 1
    icc: bytes | None = None
    icc_is_broken: bool = False
    dpi: tuple[float, float] | None = None
    credit: Credit = field(default_factory=Credit)
    """As EXIF has it."""

    @property
    def is_turned(self) -> bool:
        return self.orientation in (5, 6, 7, 8)

    @property
    def shown(self) -> Size:
        return Size(self.stored.height, self.stored.width) if self.is_turned else self.stored

    @property
    def result_depth(self) -> int:
        """Inks of 16 bit become colours of 8."""
        return 8 if self.base == "CMYK" else self.depth

    @property
    def bytes_needed(self) -> int:
        own = self.stored.area * (4 if self.has_alpha else 3) * self.result_depth // 8
        return own + max(self.decoder_bytes, own if self.orientation != 1 else 0)


class Source(Protocol):
    """Pixels that are not decoded yet."""

    header: Header

    def decode(self, progress: Progress) -> None:
        """Raises whatever the decoder raises for damaged files."""

    def rows(self, rows: slice) -> Rows:
        """(n, width, channels): L, RGB or CMYK, then alpha if the header says so."""

    def info(self, key: str) -> Any:
        """What else the file says, by Pillow's name for it; None when it says nothing."""


_RANK = {b"IHDR": 0, b"eXIf": 1}


def png_source(file: BinaryIO, progress: Progress) -> Source:
    """16 bit through OpenCV, since Pillow drops half of it; all others through Pillow, which sees no text chunks."""
    found = png.layout(file)
    if not png.may_be_whole(found):
        raise ValueError("cut short")
    # Turning and resolution may stand behind the pixels; shown before them, nothing has to be decoded to find them.
    early = replace(found, chunks=tuple(sorted(found.chunks, key=lambda chunk: _RANK.get(chunk[0], 2))))
    image = PngImageFile(cast(BinaryIO, Pieces(file, early.stretches(png.READ), progress)))
    header = replace(_header_of(image, "PNG"), frames=found.frames)
    try:
        header = replace(header, icc=png.profile(file, found, LARGEST))
    except ValueError:
        header = replace(header, icc_is_broken=True)
    if found.depth != 16:
        return PillowSource(file, image, header)
    channels = png.CHANNELS[found.kind] + (found.transparency is not None and found.kind in (0, 2))
    stored = sum(length for _, length in found.stretches(png.PIXELS))
    return ArraySource(
        replace(
            header,
            depth=16,
            base="L" if found.kind in (0, 4) else "RGB",
            has_alpha=channels in (2, 4),
            decoder_bytes=header.stored.area * 2 * (4 if found.kind == 4 else channels) + stored,
        ),
        lambda watched: png.decode_16(file, found, watched),
    )


def tiff_source(file: BinaryIO, progress: Progress) -> Source:
    """16 bit strip by strip; 8 bit through Pillow."""
    head = tiff.head(file)
    if head.bits != 16:
        file.seek(0)
        image = TiffImagePlugin.TiffImageFile(file)
        # Pillow turns a TIFF upright by itself.
        return PillowSource(
            file, image, replace(_header_of(image, "TIFF"), orientation=1, frames=head.frames, dpi=_sound_dpi(head.dpi))
        )
    area = head.width * head.height
    channels = head.colours + (head.alpha is not None)
    order = [*range(head.colours), *([head.alpha] if head.alpha is not None else [])]

    def decode(watched: Progress) -> Rows:
        return tiff.decode_16(file, head, watched)

    return ArraySource(
        Header(
            "TIFF",
            Size(head.width, head.height),
            16,
            head.base,
            head.alpha is not None,
            area * 2 * head.channels
            + (sum(count for _, count in head.segments) if head.compression == tiff.LZW else 0),
            head.frames,
            head.orientation if head.orientation in range(1, 9) else 1,
            head.icc,
            False,
            _sound_dpi(head.dpi),
        ),
        decode,
        order if order != list(range(head.channels)) or channels != head.channels else None,
        head.is_premultiplied,
    )


def pillow_source(plugin: Callable[[Any], ImageFile], format: str) -> Callable[[BinaryIO, Progress], Source]:
    """A source for what Pillow reads without loss."""

    def begin(file: BinaryIO, progress: Progress) -> Source:
        # Straight to the plug-in: the size is judged by our own limits before anything is decoded.
        image = plugin(Pieces.whole(file, progress))
        header = replace(_header_of(image, format), frames=1 if format == "JPEG" else getattr(image, "n_frames", 1))
        if header.frames > 1:
            image.seek(0)
        return PillowSource(file, image, header)

    return begin


SOURCES: dict[str, Callable[[BinaryIO, Progress], Source]] = {
    "PNG": png_source,
    "JPEG": pillow_source(JpegImagePlugin.JpegImageFile, "JPEG"),
    "WebP": pillow_source(WebPImagePlugin.WebPImageFile, "WebP"),
    "TIFF": tiff_source,
    "BMP": pillow_source(BmpImagePlugin.BmpImageFile, "BMP"),
    "GIF": pillow_source(GifImagePlugin.GifImageFile, "GIF"),
    "AVIF": pillow_source(AvifImagePlugin.AvifImageFile, "AVIF"),
}


class PillowSource:
    """8 bit and less, in any of Pillow's modes."""

    def __init__(self, file: BinaryIO, image: ImageFile, header: Header) -> None:
        self._image, self.header = image, header
        if image.mode in ("I", "F", "LAB", "HSV") or image.mode.startswith("I;"):
            raise tiff.Unsupported(Note(mark("colours of an unusual kind")))

    def decode(self, progress: Progress) -> None:
        if self._image.size != (self.header.stored.width, self.header.stored.height):
            raise ValueError("the size changed")
        self._image.load()
        if self._image.size != (self.header.stored.width, self.header.stored.height):
            raise ValueError("the size changed")

    def rows(self, rows: slice) -> Rows:
        strip: Image.Image = self._image.crop((0, rows.start, self.header.stored.width, rows.stop))
        base = self.header.base
        if not self.header.has_alpha:
            found = np.asarray(strip.convert(base))
            return found[..., None] if base == "L" else found
        mode = "LA" if strip.mode == "La" else "RGBA"
        straight = np.asarray(strip if strip.mode == mode else strip.convert(mode))
        return straight[..., [0, 3]] if base == "L" and straight.shape[-1] == 4 else straight

    def info(self, key: str) -> Any:
        return self._image.info.get(key)


class ArraySource:
    """16 bit, and what is drawn, decoded into one array."""

    def __init__(
        self,
        header: Header,
        decoder: Callable[[Progress], Rows],
        channels: list[int] | None = None,
        is_premultiplied: bool = False,
    ) -> None:
        self.header = header
        self._decoder, self._channels, self._is_premultiplied = decoder, channels, is_premultiplied
        self._pixels: Rows | None = None

    def decode(self, progress: Progress) -> None:
        self._pixels = self._decoder(progress)

    def rows(self, rows: slice) -> Rows:
        assert self._pixels is not None
        strip = self._pixels[rows]
        if self._channels is not None:
            strip = strip[..., self._channels]
        if self._is_premultiplied:
            alpha = strip[..., -1:].astype(np.float64)
            colour = np.divide(strip[..., :-1] * 65535.0, alpha, out=np.zeros(strip[..., :-1].shape), where=alpha > 0)
            strip = np.concatenate([np.minimum(colour + 0.5, 65535).astype(np.uint16), strip[..., -1:]], -1)
        if self.header.result_depth == 8 and strip.dtype == np.uint16:
            strip = ((strip.astype(np.uint32) * 255 + 32767) // 65535).astype(np.uint8)
        return strip

    def info(self, key: str) -> Any:
        return None


def _header_of(image: ImageFile, format: str) -> Header:
    mode, area = image.mode, image.width * image.height
    base = "CMYK" if mode == "CMYK" else "L" if mode in ("1", "L", "LA", "La") else "RGB"
    pixel = 1 if mode in ("1", "L", "P") else 4
    if format in ("WebP", "AVIF"):
        pixel *= 3  # they decode into a canvas, then into bytes, then into the image
    if format == "JPEG" and image.info.get("progressive"):
        pixel += 2 * len(image.getbands())  # all coefficients are held until the last scan
    icc = image.info.get("icc_profile")
    exif = Image.Image.getexif(image)  # that of PNG decodes the whole picture to look for it
    orientation = exif.get(ORIENTATION, 1)
    dpi = _sound_dpi(image.info.get("dpi"))
    if dpi is None and exif.get(RESOLUTION_UNIT, 2) == 2:
        dpi = _sound_dpi((exif.get(X_RESOLUTION), exif.get(Y_RESOLUTION)))
    return Header(
        format,
        Size(image.width, image.height),
        8,
        base,
        "transparency" in image.info or mode in ("LA", "La", "PA", "RGBA", "RGBa"),
        area * pixel,
        orientation=orientation if orientation in range(1, 9) else 1,
        icc=icc if isinstance(icc, bytes) and icc else None,
        dpi=dpi,
        credit=credited(exif.get(ARTIST), exif.get(COPYRIGHT)),
    )


def _sound_dpi(given: Any) -> tuple[float, float] | None:
    try:
        across, down = (float(value) for value in given)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    sound = all(math.isfinite(value) and 1 <= value <= 100_000 for value in (across, down))
    return (across, down) if sound else None


class _Quiet:
    """Decoders complain about every odd file through `warnings`, which is one setting for all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._stack = contextlib.ExitStack()

    @contextlib.contextmanager
    def __call__(self) -> Iterator[None]:
        with self._lock:
            if self._inside == 0:
                self._stack.enter_context(warnings.catch_warnings())
                warnings.simplefilter("ignore")
            self._inside += 1
        try:
            yield
        finally:
            with self._lock:
                self._inside -= 1
                if self._inside == 0:
                    self._stack.close()


quiet = _Quiet()
"""`with quiet():` lets decoders complain unheard; from several threads at once, too."""


def content_kind(head: bytes) -> str:
    """The format that the first bytes belong to: a key of `SOURCES`, the name of a foreign one, or nothing."""
    if head.startswith(png.SIGNATURE):
        return "PNG"
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WebP"
    if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return "TIFF"
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return "GIF"
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand in (b"avif", b"avis") or (brand in (b"mif1", b"msf1") and b"avif" in head[16:64]):
            return "AVIF"
        return "HEIF" if brand in (b"heic", b"heix", b"hevc", b"mif1", b"msf1") else "MP4"
    if head[:2] == b"BM" and len(head) >= 26:
        return "BMP"
    if head.startswith(b"PK\x03\x04") and b"image/openraster" in head[:128]:
        return "OpenRaster"
    if _is_drawing(head):
        return "SVG"
    return next((kind for start, kind in FOREIGN.items() if head.startswith(start)), "")


def _is_drawing(head: bytes) -> bool:
    """XML whose first element is a drawing, as far as the beginning shows it."""
    text = head.decode("utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "replace").lstrip()
    return text.startswith(("<?xml", "<svg", "<!--", "<!DOCTYPE svg")) and ("<svg" in text or ":svg" in text)


FOREIGN = {
    b"8BPS\0\2": "PSB", b"8BPS": "PSD", b"%PDF": "PDF", b"gimp xcf": "XCF", b"\0\0\0\x0cjP  ": "JPEG 2000",
    b"\xff\x0a": "JPEG XL", b"\0\0\0\x0cJXL ": "JPEG XL", b"v/1\x01": "OpenEXR", b"#?RADIANCE": "Radiance HDR",
    b"PK\x03\x04": "ZIP", b"\0\0\1\0": "ICO", b"qoif": "QOI", b"SQLite format 3": "SQLite",
}  # fmt: skip
