"""Pictures that our own code draws: line art, pixel art, pages of text, interfaces and gradients.

Line art and pixel art are made of pictures of the same split, so no held-out picture is seen by way of its copy.
"""

from __future__ import annotations

import colorsys
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Bytes = NDArray[np.uint8]
SIDE = 256
_LETTERS = "etaoinshrdlucmfwypvbgkjqxz" * 3 + "ETAOINSHRDLU"


def line_art(source: Bytes, rng: np.random.Generator) -> Bytes:
    """Dark lines on paper, where a blurred copy and a more blurred one differ (Winnemöller's XDoG, 2012)."""
    import cv2

    grey = cv2.GaussianBlur(cv2.cvtColor(_cut(source, rng), cv2.COLOR_RGB2GRAY).astype(np.float32), (0, 0), 1.0)
    sigma = float(rng.uniform(0.8, 2.0))
    narrow, wide = cv2.GaussianBlur(grey, (0, 0), sigma), cv2.GaussianBlur(grey, (0, 0), sigma * 1.6)
    edge = (narrow - wide) * float(rng.uniform(8, 20)) + float(rng.uniform(10, 40))
    ink = np.clip(1 / (1 + np.exp(-edge / 12)), 0, 1)[..., None]
    paper, line = _paper(rng), rng.uniform(0, 60, 3)
    return np.asarray(ink * paper + (1 - ink) * line, np.uint8)


def pixel_art(source: Bytes, rng: np.random.Generator) -> Bytes:
    """Few colours on a coarse grid, every cell of one colour."""
    cells = int(rng.integers(24, 72))
    small = Image.fromarray(_cut(source, rng)).resize((cells, cells), Image.Resampling.BOX)
    few = small.quantize(int(rng.integers(4, 20)), dither=Image.Dither(int(rng.choice([0, 3])))).convert("RGB")
    return np.asarray(few.resize((SIDE, SIDE), Image.Resampling.NEAREST))


def text(_: Bytes, rng: np.random.Generator) -> Bytes:
    """A page: lines of made-up words in one or two columns, perhaps a heading; sometimes light on dark."""
    paper, ink = _paper(rng), rng.uniform(0, 70, 3)
    if rng.random() < 0.25:
        paper, ink = ink, paper
    page = Image.new("RGB", (SIDE, SIDE), _colour(paper))
    draw, size = ImageDraw.Draw(page), int(rng.integers(7, 22))
    font, columns, margin = ImageFont.load_default(size), int(rng.integers(1, 3)), int(rng.integers(4, 30))
    y = margin
    if rng.random() < 0.5:
        draw.text((margin, y), _words(rng, 16), _colour(ink), ImageFont.load_default(min(40, size * 2)))
        y += size * 3
    width = (SIDE - margin * (columns + 1)) // columns
    for column in range(columns):
        x = margin + column * (width + margin)
        for top in range(y, SIDE - margin, round(size * 1.35)):
            if rng.random() < 0.93:
                draw.text((x, top), _words(rng, max(3, round(width / (size * 0.52)))), _colour(ink), font)
    return np.asarray(page)


def interface(source: Bytes, rng: np.random.Generator) -> Bytes:
    """A window: bars, panels, buttons, small words, perhaps a picture in the middle."""
    dark = rng.random() < 0.5
    base = rng.uniform(25, 60) if dark else rng.uniform(205, 250)
    shades = [_colour(np.full(3, base + shift) + rng.uniform(-4, 4, 3)) for shift in (0, 12 if dark else -14, 24)]
    ink = (220, 220, 224) if dark else (40, 40, 46)
    accent = _colour(np.array(colorsys.hsv_to_rgb(float(rng.random()), 0.6, 0.85)) * 255)
    page = Image.new("RGB", (SIDE, SIDE), shades[0])
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(int(rng.integers(8, 12)))
    bar, side = int(rng.integers(12, 28)), int(rng.integers(40, 100))
    draw.rectangle((0, 0, SIDE, bar), shades[1])
    for x in range(6, SIDE - 30, int(rng.integers(28, 50))):
        draw.text((x, 3), _words(rng, 5), ink, font)
    at = SIDE - side if rng.random() < 0.6 else 0
    draw.rectangle((at, bar, at + side, SIDE), shades[1])
    for y in range(bar + 8, SIDE - 12, int(rng.integers(16, 28))):
        kind = rng.random()
        if kind < 0.4:
            draw.text((at + 6, y), _words(rng, 10), ink, font)
        elif kind < 0.7:
            draw.rounded_rectangle((at + 6, y, at + side - 8, y + 11), 3, accent if rng.random() < 0.3 else shades[2])
        else:
            draw.line((at + 6, y + 5, at + side - 8, y + 5), shades[2], 2)
            draw.ellipse((at + side // 2, y + 1, at + side // 2 + 8, y + 9), accent)
    if rng.random() < 0.6:
        inside = Image.fromarray(_cut(source, rng)).resize((SIDE - side - 24, SIDE - bar - 40))
        page.paste(inside, (side + 12 if at == 0 else 12, bar + 20))
    return np.asarray(page)


def gradient(_: Bytes, rng: np.random.Generator) -> Bytes:
    """Two or three colours running into each other, straight or round, perhaps over a soft wave."""
    y, x = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    angle, bend = rng.uniform(0, 2 * np.pi), rng.uniform(0, 0.15)
    along = x * np.cos(angle) + y * np.sin(angle)
    if rng.random() < 0.4:
        along = np.hypot(x - rng.uniform(0, 1), y - rng.uniform(0, 1))
    along = along + bend * np.sin(rng.uniform(2, 9) * (x + y) + rng.uniform(0, 6))
    along = (along - along.min()) / max(1e-6, float(np.ptp(along)))
    stops = np.linspace(0, 1, int(rng.integers(2, 4)))
    colours = rng.uniform(0, 255, (len(stops), 3))
    return np.asarray(np.stack([np.interp(along, stops, colours[:, c]) for c in range(3)], axis=2), np.uint8)


DRAWN: Mapping[str, Callable[[Bytes, np.random.Generator], Bytes]] = {
    "line-art": line_art,
    "pixel-art": pixel_art,
    "text": text,
    "interface": interface,
    "gradient": gradient,
}


def _cut(source: Bytes, rng: np.random.Generator) -> Bytes:
    """A square part of a picture, at `SIDE`."""
    side = int(min(source.shape[:2]) * rng.uniform(0.6, 1))
    y, x = (int(rng.integers(length - side + 1)) for length in source.shape[:2])
    part = Image.fromarray(source[y : y + side, x : x + side])
    return np.asarray(part.resize((SIDE, SIDE), Image.Resampling.BICUBIC))


def _paper(rng: np.random.Generator) -> NDArray[np.float64]:
    return np.asarray(255 - rng.uniform(0, 30) * np.array([0.3, 0.5, 1.0]) * rng.uniform(0, 1))


def _colour(channels: NDArray[np.float64]) -> tuple[int, int, int]:
    red, green, blue = (int(value) for value in np.clip(channels, 0, 255))
    return red, green, blue


def _words(rng: np.random.Generator, letters: int) -> str:
    """Made-up words of about so many letters altogether."""
    found = ""
    while len(found) < letters:
        found += "".join(_LETTERS[i] for i in rng.integers(0, len(_LETTERS), int(rng.integers(2, 9)))) + " "
    return found[:letters].strip()
