"""How a picture will be seen: on this screen, and as another device would print or show it (Little CMS, through Pillow).

The numbers of a painting are sRGB. `sight` turns them into those of a screen with a profile of its own, and on the way, for a
soft proof, through what a press, a printer or another screen can show.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from gesso.values import Colour, Trouble

Pixels = NDArray[Any]
"""(height, width, 4), uint8 or uint16, straight alpha."""
Sight = Callable[[Pixels], NDArray[np.uint8]]
"""Pixels in sRGB as the screen is to be given them: same size, 8 bit, alpha as it was."""
Intent = Literal["perceptual", "relative", "saturation", "absolute"]
INTENTS: tuple[Intent, ...] = get_args(Intent)
_CMS_INTENTS = {
    "perceptual": ImageCms.Intent.PERCEPTUAL,
    "relative": ImageCms.Intent.RELATIVE_COLORIMETRIC,
    "saturation": ImageCms.Intent.SATURATION,
    "absolute": ImageCms.Intent.ABSOLUTE_COLORIMETRIC,
}
LARGEST_BYTES = 8 << 20
"""Of a profile; the largest press profiles have about 3 MB."""
SPACES = ("RGB ", "CMYK", "GRAY")
"""What devices that can be proofed count in."""


@dataclass(frozen=True)
class Proof:
    """What a picture is proofed for."""

    profile: bytes
    """Of the press, printer or screen, as its file holds it."""
    intent: Intent = "relative"
    """How colours that the device lacks are brought into its range (ICC.1, 6.2)."""
    black_point: bool = True
    """Scale the darks so that the picture's black is the device's."""
    paper: bool = False
    """Show the paper's own white and the ink's own black."""
    alarm: Colour | None = None
    """Shown in place of every colour that the device lacks."""


def profile_name(profile: bytes) -> str:
    """What a profile calls itself. Raises `Trouble` when it is none, or for a device that cannot be proofed."""
    found = _opened(profile)
    return " ".join((found.profile.profile_description or "ICC").split())[:80]


def screen_profile_name(profile: bytes) -> str:
    """The same for a screen, which counts in red, green and blue. Raises `Trouble`."""
    if _opened(profile).profile.xcolor_space.strip() != "RGB":
        raise _unfit()
    return profile_name(profile)


def sight(screen: bytes = b"", proof: Proof | None = None) -> Sight | None:
    """How to see; None where nothing is to be done. `screen` is the screen's profile, none is sRGB. Raises `Trouble`."""
    if not screen and proof is None:
        return None
    own = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    shown = _opened(screen) if screen else own
    if proof is None:
        flags = ImageCms.Flags.BLACKPOINTCOMPENSATION
        plain = _built(own, shown, None, ImageCms.Intent.RELATIVE_COLORIMETRIC, None, flags)
        return lambda pixels: _through(plain, _at_8(pixels))
    flags = ImageCms.Flags.SOFTPROOFING
    if proof.black_point:
        flags |= ImageCms.Flags.BLACKPOINTCOMPENSATION
    # To the screen, paper and ink are white and black, unless they are to be seen as they are.
    back = ImageCms.Intent.ABSOLUTE_COLORIMETRIC if proof.paper else ImageCms.Intent.RELATIVE_COLORIMETRIC
    device, to_device = _opened(proof.profile), _CMS_INTENTS[proof.intent]
    proofed = _built(own, shown, device, back, to_device, flags)
    if proof.alarm is None:
        return lambda pixels: _through(proofed, _at_8(pixels))
    checked = _built(own, shown, device, back, to_device, flags | ImageCms.Flags.GAMUTCHECK)
    colour = np.array(proof.alarm.bytes()[:3], np.uint8)

    def warned(pixels: Pixels) -> NDArray[np.uint8]:
        whole = _at_8(pixels)
        found = _through(proofed, whole)
        # The library marks what is out of range with a grey of its own; wherever it did, the two differ.
        found[(_through(checked, whole)[..., :3] != found[..., :3]).any(axis=-1), :3] = colour
        return found

    return warned


def _opened(profile: bytes) -> ImageCms.ImageCmsProfile:
    if len(profile) > LARGEST_BYTES:
        raise _unfit()
    try:
        found = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if found.profile.xcolor_space not in SPACES:
            raise _unfit()
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        raise _unfit() from None
    return found


def _built(
    own: ImageCms.ImageCmsProfile,
    shown: ImageCms.ImageCmsProfile,
    device: ImageCms.ImageCmsProfile | None,
    intent: ImageCms.Intent,
    to_device: ImageCms.Intent | None,
    flags: ImageCms.Flags,
) -> ImageCms.ImageCmsTransform:
    try:
        if device is None:
            return ImageCms.buildTransform(own, shown, "RGB", "RGB", intent, flags)
        assert to_device is not None
        return ImageCms.buildProofTransform(own, shown, device, "RGB", "RGB", intent, to_device, flags)
    except (ImageCms.PyCMSError, OSError):
        raise _unfit() from None


def _at_8(pixels: Pixels) -> NDArray[np.uint8]:
    if pixels.dtype == np.uint8:
        return pixels
    return ((pixels.astype(np.uint32) + 128) // 257).astype(np.uint8)


def _through(transform: ImageCms.ImageCmsTransform, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    found = np.empty_like(pixels)
    found[..., :3] = np.asarray(transform.apply(Image.fromarray(np.ascontiguousarray(pixels[..., :3]))))
    found[..., 3] = pixels[..., 3]
    return found


def _unfit() -> Trouble:
    return Trouble(
        "This is not a colour profile that Gesso can use here.",
        "Colours are shown as before.",
        "Choose an ICC profile (.icc or .icm) of a screen, a printer or a press.",
    )
