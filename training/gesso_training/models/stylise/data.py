"""Contents, styles, and what VGG makes of each style, kept so that no step pays for it twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from gesso_training import terms as admitted
from gesso_training.models.stylise.colour import statistics
from gesso_training.models.stylise.perception import Perception, gram

Bytes = NDArray[np.uint8]
STYLE_PX = 256


def square(picture: Bytes, side: int) -> Bytes:
    """The middle square, resized."""
    short = min(picture.shape[:2])
    y, x = ((length - short) // 2 for length in picture.shape[:2])
    return np.asarray(
        Image.fromarray(picture[y : y + short, x : x + short]).resize((side, side), Image.Resampling.LANCZOS)
    )


def tensor(pictures: Sequence[Bytes]) -> Tensor:
    """Pictures of one size -> (n, 3, h, w) in 0-1."""
    return torch.from_numpy(np.stack(pictures).astype(np.float32) / 255).permute(0, 3, 1, 2)


def cropped(x: Tensor, corners: Sequence[tuple[int, int]], side: int) -> Tensor:
    """A square of each of n, from its own row and column on."""
    parts = [one[:, top : top + side, left : left + side] for one, (top, left) in zip(x, corners, strict=True)]
    return torch.stack(parts).contiguous(memory_format=torch.channels_last)


def read_set(data: Path, name: str, split: str, terms: Sequence[str]) -> list[tuple[str, Bytes]]:
    """File and pixels of every picture of a set that the split and the terms allow."""
    return list(admitted.pictures(name, split, terms, data))


@dataclass
class Style:
    """One view of one style picture."""

    picture: Bytes  # (256, 256, 3)
    mean: Tensor  # (3,)
    covariance: Tensor  # (3, 3)
    grams: list[Tensor]  # float16, one (c, c) a layer


def describe(picture: Bytes, perception: Perception) -> Style:
    with torch.inference_mode():
        seen = tensor([picture])
        mean, covariance = statistics(seen)
        grams = [(gram(f)[0]).float() for f in perception(seen)]
    return Style(picture, mean[0].clone(), covariance[0].clone(), [g.clone() for g in grams])


def views(picture: Bytes, count: int, rng: np.random.Generator) -> list[Bytes]:
    """The whole square, then `count - 1` squares seen from nearer, mirrored, some with exchanged colours."""
    found = [square(picture, STYLE_PX)]
    short = min(picture.shape[:2])
    for number in range(1, count):
        side = int(short * rng.uniform(0.35, 0.9))
        y, x = (int(rng.integers(length - side + 1)) for length in picture.shape[:2])
        near = square(picture[y : y + side, x : x + side], STYLE_PX)
        if number % 3 == 2:
            near = np.ascontiguousarray(near[:, :, rng.permutation(3)])
        if rng.integers(2):
            near = np.ascontiguousarray(near[:, ::-1])
        found.append(near)
    return found


class Contents:
    """Random crops of photographs at several sizes."""

    def __init__(self, pictures: Sequence[Bytes], shorts: Sequence[int] = (192, 256, 384)) -> None:
        self.pictures = []
        for picture in pictures:
            for short in shorts:
                height, width = picture.shape[:2]
                scale = short / min(height, width)
                size = (max(short, round(width * scale)), max(short, round(height * scale)))
                self.pictures.append(np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.LANCZOS)))

    def draw(self, side: int, rng: np.random.Generator) -> Bytes:
        """A square crop, as it is or mirrored."""
        picture = self.pictures[int(rng.integers(len(self.pictures)))]
        y, x = (int(rng.integers(length - side + 1)) for length in picture.shape[:2])
        crop = picture[y : y + side, x : x + side]
        return np.ascontiguousarray(crop[:, ::-1]) if rng.integers(2) else crop
