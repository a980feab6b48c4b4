"""What a small copy of a picture says of it: its colours and its light in words, and numbers to find others like it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

SIDE = 128
"""Of the square copy that models of the task `painting.tag` see."""
PLACE = 64
"""Numbers that say where a picture lies among others."""
COLOURS = (
    "red", "orange", "yellow", "green", "turquoise", "blue", "purple", "pink", "brown", "black", "grey", "white",
)  # fmt: skip
LIGHTS = ("light", "dark", "contrasty", "soft", "colourful", "black-and-white")
LOOKS = (*COLOURS, *LIGHTS)
COLOUR_SHARE = 0.18
"""Part of a picture that has to be of a colour before the picture is called so."""
AT_ONCE = 2048
"""Rows that are compared at a time: they stay in the processor's cache, and no thread has to be woken for them."""
LUMA = np.array([0.299, 0.587, 0.114], np.float32)
HUES = ((15, "red"), (42, "orange"), (68, "yellow"), (165, "green"), (195, "turquoise"), (258, "blue"), (290, "purple"), (345, "pink"), (361, "red"))  # fmt: skip
"""Degrees up to which a hue has its name."""

Bytes = NDArray[np.uint8]


def squared(pixels: NDArray[Any]) -> Bytes:
    """(128, 128, 3): a picture (height, width, 3 or 4) squeezed into a square, what is clear in it laid on white."""
    from PIL import Image

    colour = pixels[..., :3]
    if pixels.shape[2] == 4 and bool((pixels[..., 3] < 255).any()):
        alpha = pixels[..., 3:].astype(np.float32) / 255
        colour = np.rint(colour * alpha + 255 * (1 - alpha)).astype(np.uint8)
    picture = Image.fromarray(np.ascontiguousarray(colour, np.uint8))
    return np.asarray(picture.resize((SIDE, SIDE), Image.Resampling.BOX))


def as_input(square: Bytes) -> NDArray[np.float32]:
    """(1, 3, 128, 128) in 0-1."""
    return np.ascontiguousarray((square.astype(np.float32) / 255).transpose(2, 0, 1)[None])


def looks(square: Bytes) -> dict[str, float]:
    """Of each of `LOOKS`, 0-1: how much of the picture a colour takes, and how far a word on its light is true."""
    rgb = np.asarray(square.reshape(-1, 3), np.float32) / np.float32(255)
    luma = np.asarray(rgb @ LUMA, np.float32)
    chroma = np.asarray(rgb.max(axis=1) - rgb.min(axis=1), np.float32)
    names = _colour_names(rgb, luma, chroma)
    found = {name: float((names == at).mean()) for at, name in enumerate(COLOURS)}
    middle, spread, strong = float(luma.mean()), float(luma.std()), float(chroma.mean())
    return found | {
        "light": _rise(middle, 0.60, 0.80),
        "dark": _rise(-middle, -0.36, -0.18),
        "contrasty": _rise(spread, 0.22, 0.32),
        "soft": _rise(-spread, -0.13, -0.06),
        "colourful": _rise(strong, 0.25, 0.45),
        "black-and-white": _rise(-float(np.quantile(chroma, 0.95)), -0.09, -0.03),
    }


def least_looks() -> Mapping[str, float]:
    """From which number on each of `LOOKS` is said of a picture."""
    return {name: COLOUR_SHARE if name in COLOURS else 0.5 for name in LOOKS}


def by_colour(square: Bytes) -> NDArray[np.float32]:
    """(64,) of length one: how much of the picture lies about each of 4x4x4 colours, square-rooted.

    The place of a picture for as long as there is no model that knows more than colours. Every pixel counts for the
    eight colours around it, the more the nearer it is, so that like colours are never far apart.
    """
    at = square.reshape(-1, 3).astype(np.float32) * np.float32(3 / 255)
    low = np.minimum(at.astype(np.int64), 2)
    part = at - low
    counted = np.zeros(PLACE)
    for corner in np.ndindex(2, 2, 2):
        cells = (low + corner) @ np.array([16, 4, 1])
        counted += np.bincount(cells, np.where(corner, part, 1 - part).prod(axis=1), PLACE)
    rooted = np.sqrt(counted)
    return np.asarray(rooted / np.linalg.norm(rooted), np.float32)


def as_bytes(place: NDArray[np.floating]) -> NDArray[np.int8]:
    """Numbers of a vector of length one as whole ones, in an eighth of the room."""
    return np.asarray(np.rint(np.clip(place, -1, 1) * 127), np.int8)


def likenesses(places: NDArray[np.int8], place: NDArray[np.int8]) -> NDArray[np.float32]:
    """(n,) from -1 to 1: how much each of (n, 64) is like one of (64,)."""
    wanted = place.astype(np.float32) / np.float32(127 * 127)
    found, part = np.empty(len(places), np.float32), np.empty((AT_ONCE, places.shape[1]), np.float32)
    for at in range(0, len(places), AT_ONCE):
        some = places[at : at + AT_ONCE]
        np.copyto(part[: len(some)], some, casting="unsafe")
        np.dot(part[: len(some)], wanted, out=found[at : at + len(some)])
    return found


def _colour_names(
    rgb: NDArray[np.float32], luma: NDArray[np.float32], chroma: NDArray[np.float32]
) -> NDArray[np.int64]:
    """The index in `COLOURS` of each pixel's colour as people name it."""
    red, green, blue = rgb.T
    safe = np.maximum(chroma, 1e-6)
    most = rgb.max(axis=1)
    hue = np.where(
        most == red, (green - blue) / safe % 6, np.where(most == green, (blue - red) / safe + 2, (red - green) / safe + 4)
    )  # fmt: skip
    bounds = np.array([bound for bound, _ in HUES]) / 60
    named = np.array([COLOURS.index(name) for _, name in HUES])[np.searchsorted(bounds, hue, side="right")]
    is_warm = (named == COLOURS.index("red")) | (named == COLOURS.index("orange"))
    is_brown = ((named == COLOURS.index("orange")) & (luma < 0.5)) | (is_warm & (luma < 0.4) & (chroma < 0.4))
    named = np.where(is_brown, COLOURS.index("brown"), named)
    named = np.where((named == COLOURS.index("red")) & (luma > 0.62), COLOURS.index("pink"), named)
    named = np.where(chroma < np.maximum(0.08, 0.16 * most), COLOURS.index("grey"), named)
    named = np.where((luma > 0.9) & (chroma < 0.12), COLOURS.index("white"), named)
    return np.where(luma < 0.13, COLOURS.index("black"), named)


def _rise(value: float, low: float, high: float) -> float:
    """0 up to `low`, 1 from `high` on."""
    return min(1.0, max(0.0, (value - low) / (high - low)))
