"""Made-up pictures with enough drawing in them to be told apart: strokes, dots and grain over a ground."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter


def work(seed: int, width: int = 420, height: int = 340) -> Image.Image:
    """A picture of many strokes; every seed another."""
    rng = np.random.default_rng(seed)
    ground = rng.integers(90, 220, 3)
    rough = Image.fromarray(rng.integers(0, 256, (9, 11, 3), np.uint8)).resize(
        (width, height), Image.Resampling.BICUBIC
    )
    picture = Image.blend(Image.new("RGB", (width, height), tuple(map(int, ground))), rough, 0.35)
    pen = ImageDraw.Draw(picture)
    for _ in range(150):
        x, y = rng.integers(0, width), rng.integers(0, height)
        dx, dy = rng.integers(-60, 61, 2)
        colour = tuple(map(int, rng.integers(0, 256, 3)))
        if rng.random() < 0.5:
            pen.line((x, y, x + dx, y + dy), fill=colour, width=int(rng.integers(1, 9)))
        else:
            pen.ellipse((x, y, x + abs(dx) // 3 + 3, y + abs(dy) // 3 + 3), fill=colour)
    return picture.filter(ImageFilter.GaussianBlur(0.7))


def pixels(picture: Image.Image) -> NDArray[np.uint8]:
    return np.asarray(picture.convert("RGB"))


def keep(picture: Image.Image, path: Path, **how: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, **how)
    return path
