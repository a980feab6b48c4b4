"""Colour profiles: whatever a file brings becomes sRGB, 8 bit through Little CMS, 16 bit by the profile's own curves."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from gesso.values import Note, mark

Strip = NDArray[Any]
Convert = Callable[[Strip], Strip]
"""(rows, width, channels) of a file's numbers -> (rows, width, 3) in sRGB, of the same depth."""

LARGEST = 8 << 20
"""Bytes of a profile; the largest press profiles have about 3 MB."""
SPACES = {"L": "GRAY", "RGB": "RGB ", "CMYK": "CMYK"}
MODES = {space: mode for mode, space in SPACES.items()}
_XYZ_TO_SRGB = np.linalg.inv(
    np.array([[0.43607, 0.38515, 0.14307], [0.22249, 0.71687, 0.06061], [0.01392, 0.09708, 0.71410]])
)
"""From the D50 colours that profiles speak to linear sRGB (the published primaries, adapted to D50)."""


def conversion(icc: bytes | None, base: str, depth: int) -> tuple[Convert, Note | None]:
    """How numbers of a file become sRGB, and what is worth saying about it.

    `base` is L, RGB or CMYK; CMYK is always 8 bit here. A profile that is broken, or meant for other numbers, is ignored.
    """
    ignored = None
    if icc:
        try:
            return _through(icc, base, depth)
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError, struct.error, IndexError):
            ignored = Note(mark("Its colour profile is damaged and was ignored."))
    if base == "CMYK":
        return _plain_cmyk, Note(
            mark(
                "Its CMYK colours have no sound profile and were converted by a plain formula; they may look different."
            )
        )
    return (_repeat if base == "L" else _same), ignored


def _through(icc: bytes, base: str, depth: int) -> tuple[Convert, Note | None]:
    if len(icc) > LARGEST:
        raise ValueError("too large")
    profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
    space = profile.profile.xcolor_space
    widened = base == "L" and space == "RGB "  # a grey picture with a profile for colours is common
    if space != SPACES[base] and not widened:
        raise ValueError("a profile for other numbers")
    name = " ".join((profile.profile.profile_description or "ICC").split())[:80]
    mode = MODES[space]
    to_srgb = ImageCms.buildTransform(
        profile,
        ImageCms.createProfile("sRGB"),
        mode,
        "RGB",
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )

    def through_cms(strip: Strip) -> Strip:
        source = np.ascontiguousarray(strip[..., 0] if mode == "L" else strip)
        converted = to_srgb.apply(Image.fromarray(source) if mode != "CMYK" else _cmyk_image(source))
        return np.asarray(converted)

    widen: Convert = _repeat if widened else _as_it_is
    if base == "CMYK":
        return through_cms, Note(
            mark("Its CMYK colours were converted to sRGB through its profile, {profile}."), {"profile": name}
        )
    if _is_srgb(through_cms, mode):
        return (_repeat if base == "L" else _same), None
    if depth == 8 and mode == "RGB":
        return lambda strip: through_cms(widen(strip)), _converted(name)
    # Little CMS is coarse in the darks of grey profiles, up to ten steps of 255: those always take the exact way.
    precise = _curves(icc, mode)
    if depth == 8:
        return (through_cms if precise is None else _at_8(precise)), _converted(name)
    if precise is None:
        return (_repeat if base == "L" else _same), Note(
            mark("Its profile, {profile}, cannot be applied at 16 bit; the numbers were kept as they are."),
            {"profile": name},
        )
    return lambda strip: precise(widen(strip)), _converted(name)


def _at_8(precise: Convert) -> Convert:
    table = (precise(np.arange(256, dtype=np.uint16)[None, :, None] * 257)[0].astype(np.uint32) * 255 + 32767) // 65535
    grey = table.astype(np.uint8)
    return lambda strip: grey[strip[..., 0]]


def _converted(name: str) -> Note:
    return Note(mark("Its colours were converted from {profile} to sRGB."), {"profile": name})


def _is_srgb(convert: Convert, mode: str) -> bool:
    """Whether a profile changes nothing by more than one step of 255."""
    steps = np.arange(0, 256, 15, dtype=np.uint8)
    if mode == "L":
        return bool((np.abs(convert(steps[None, :, None])[0].astype(int) - steps[:, None]) <= 1).all())
    cube = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), -1).reshape(1, -1, 3)
    return bool((np.abs(convert(cube).astype(int) - cube) <= 1).all())


# --- 16 bit: the curves and the matrix of the profile itself -----------------------------------------------------------


def _curves(icc: bytes, mode: str) -> Convert | None:
    """For profiles of three curves and a matrix, or of one grey curve; None for those made of tables."""
    tags = _tags(icc)
    if icc[20:24] != b"XYZ ":
        return None
    if mode == "L":
        if "kTRC" not in tags:
            return None
        grey = _srgb_encoded(_curve(tags["kTRC"]))
        return lambda strip: _repeat(grey[strip])
    if not all(name in tags for name in ("rTRC", "gTRC", "bTRC", "rXYZ", "gXYZ", "bXYZ")):
        return None
    linear = [_curve(tags[f"{colour}TRC"]) for colour in "rgb"]
    columns = [_numbers(tags[f"{colour}XYZ"], 8, 3) for colour in "rgb"]
    matrix = (_XYZ_TO_SRGB @ np.array(columns).T).astype(np.float32)

    def convert(strip: Strip) -> Strip:
        light = np.stack([linear[i][strip[..., i]] for i in range(3)], -1) @ matrix.T
        return _srgb_encoded(light)

    return convert


def _srgb_encoded(light: Strip) -> Strip:
    """Linear 0-1, clipped, to 16-bit sRGB."""
    light = np.clip(light, 0, 1)
    encoded = np.where(light <= 0.0031308, light * 12.92, 1.055 * np.power(light, 1 / 2.4) - 0.055)
    found: Strip = (encoded * 65535 + 0.5).astype(np.uint16)
    return found


def _tags(icc: bytes) -> dict[str, bytes]:
    count = struct.unpack_from(">I", icc, 128)[0]
    if count > 200:
        raise ValueError("too many tags")
    entries = [struct.unpack_from(">4sII", icc, 132 + 12 * i) for i in range(count)]
    return {name.decode("latin-1"): icc[start : start + length] for name, start, length in entries}


def _numbers(tag: bytes, start: int, count: int) -> list[float]:
    return [number / 65536 for number in struct.unpack_from(f">{count}i", tag, start)]


def _curve(tag: bytes) -> Strip:
    """A tone curve as a table from 16-bit numbers to linear light."""
    x = np.linspace(0, 1, 65536)
    if tag[:4] == b"para":
        y = _parametric(struct.unpack_from(">H", tag, 8)[0], tag, x)
    elif tag[:4] == b"curv":
        count = struct.unpack_from(">I", tag, 8)[0]
        if count == 0:
            y = x
        elif count == 1:
            y = x ** (struct.unpack_from(">H", tag, 12)[0] / 256)
        else:
            table = np.frombuffer(tag, ">u2", count, 12) / 65535
            y = np.interp(x, np.linspace(0, 1, count), table)
    else:
        raise ValueError("an unknown curve")
    if not np.isfinite(y).all():
        raise ValueError("a curve without an answer")
    return y.astype(np.float32)


def _parametric(kind: int, tag: bytes, x: Strip) -> Strip:
    """The five formulas of ICC.1, 10.18."""
    if kind > 4:
        raise ValueError("an unknown formula")
    given = _numbers(tag, 12, (1, 3, 4, 5, 7)[kind])
    g, a, b, c, d, e, f = [*given, *[0.0] * (7 - len(given))]
    if kind == 0:
        return np.asarray(x**g)
    power = np.maximum(a * x + b, 0) ** g
    if kind in (1, 2):
        start = -b / a if a else 0.0
        return np.where(x >= start, power + c, c)
    return np.where(x >= d, power + e, c * x + f)


# --- without a profile -------------------------------------------------------------------------------------------------


def _as_it_is(strip: Strip) -> Strip:
    return strip


def _same(strip: Strip) -> Strip:
    return strip[..., :3]


def is_same(convert: Convert) -> bool:
    """Whether a conversion leaves three numbers as they are."""
    return convert is _same


def _repeat(strip: Strip) -> Strip:
    return np.repeat(strip[..., :1], 3, axis=-1)


def _plain_cmyk(strip: Strip) -> Strip:
    """(1 - ink) x (1 - black), as every viewer without colour management does."""
    paper = 255 - strip.astype(np.uint16)
    return ((paper[..., :3] * paper[..., 3:] + 127) // 255).astype(np.uint8)


def _cmyk_image(strip: Strip) -> Image.Image:
    return Image.frombuffer("CMYK", (strip.shape[1], strip.shape[0]), strip.tobytes(), "raw", "CMYK", 0, 1)


@cache
def srgb() -> bytes:
    """An sRGB profile to write into files; the same bytes every day."""
    made = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    made[24:36] = struct.pack(">6H", 2026, 1, 1, 0, 0, 0)
    made[84:100] = bytes(16)  # a fingerprint of nothing means: not computed
    return bytes(made)
