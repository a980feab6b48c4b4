"""Pictures made alike: upright, sRGB, three channels of eight bits, on white where they are clear, no larger than asked."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

Bytes = NDArray[np.uint8]

MOST_PIXELS = 120_000_000
"""Larger pictures are not decoded: at three bytes a pixel one of these takes 360 MB."""
SUFFIXES = frozenset(".png .jpg .jpeg .webp .tif .tiff .bmp .gif .avif".split())
UNREADABLE = (
    OSError,
    ValueError,
    SyntaxError,  # Pillow's word for a broken PNG
    UnidentifiedImageError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
    ImageCms.PyCMSError,
)
"""What a broken picture can raise while it is decoded."""


class TooLarge(ValueError):
    """A picture with more pixels than is decoded here."""


def is_picture(name: str) -> bool:
    """Whether a file is one by its name; hidden files and what systems lay beside pictures are not."""
    file = name.rsplit("/", 1)[-1]
    return not file.startswith(".") and "__MACOSX" not in name and Path(file).suffix.lower() in SUFFIXES


def _in_srgb(picture: Image.Image) -> Image.Image:
    """Through the picture's own profile, where it brings a sound one; else taken as sRGB."""
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in ("RGB", "RGBA", "CMYK", "L", "LAB"):
        return picture
    clear = picture.getchannel("A") if picture.mode == "RGBA" else None
    solid = picture.convert("RGB") if picture.mode == "RGBA" else picture
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        turned = ImageCms.profileToProfile(solid, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):  # a profile of another kind of picture, or a broken one
        return picture
    if turned is None:
        return picture
    if clear is not None:
        turned.putalpha(clear)
    return turned


def _eight_bits(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I") or picture.mode == "F":
        values = np.asarray(picture, np.float64)
        top = 65535.0 if picture.mode.startswith("I") else max(1.0, float(values.max(initial=1.0)))
        return Image.fromarray(np.clip(values / top * 255 + 0.5, 0, 255).astype(np.uint8))
    return picture


def normalised(picture: Image.Image, largest_px: int = 0) -> Image.Image:
    """RGB and sRGB, upright, its longer side no longer than `largest_px` where that is given."""
    if picture.width * picture.height > MOST_PIXELS:
        raise TooLarge(f"larger than {MOST_PIXELS // 1_000_000} megapixels")
    if largest_px and picture.format == "JPEG":
        picture.draft(None, (largest_px, largest_px))  # decoded at a half or a quarter, never below what is asked
    upright = _in_srgb(_eight_bits(ImageOps.exif_transpose(picture)))
    if "A" in upright.getbands() or "transparency" in upright.info:
        clear = upright.convert("RGBA")
        upright = Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear)
    made = upright.convert("RGB")
    if largest_px and max(made.size) > largest_px:
        made.thumbnail((largest_px, largest_px), Image.Resampling.LANCZOS)
    return made


def read_picture(source: Path | bytes, largest_px: int = 0) -> Bytes:
    """(height, width, 3) sRGB, upright, from a file or from its bytes."""
    with Image.open(io.BytesIO(source) if isinstance(source, bytes) else source) as picture:
        return np.asarray(normalised(picture, largest_px))
