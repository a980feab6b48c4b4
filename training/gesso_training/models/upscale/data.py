"""Patches of sharp pictures and their small copies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from gesso_training.corpora.resample import bicubic_bytes
from gesso_training.patches import Bytes, Source, sharp


@dataclass(frozen=True)
class Pair:
    small: Bytes  # (height, width, 3)
    large: Bytes  # (scale * height, scale * width, 3)


def pair_of(picture: Bytes, scale: int) -> Pair:
    """Crop to a multiple of the scale and shrink as the papers do."""
    height, width = (side - side % scale for side in picture.shape[:2])
    large = picture[:height, :width]
    return Pair(bicubic_bytes(large, 1 / scale), large)


def read_pairs(
    data: Path, sources: Sequence[Source], terms: Sequence[str], scale: int, split: str = "train"
) -> list[Pair]:
    """Every picture of the sources whose terms are allowed, at each of its shrinkings."""
    return [pair_of(picture, scale) for picture in sharp(data, sources, terms, split)]


class Patches:
    """Random patches, turned and mirrored, drawn in proportion to the area of the pictures."""

    def __init__(self, pairs: Sequence[Pair], patch: int, count: int) -> None:
        self.pairs = [pair for pair in pairs if min(pair.small.shape[:2]) >= patch]
        area = np.array([pair.small.shape[0] * pair.small.shape[1] for pair in self.pairs], np.float64)
        self.chance = area / area.sum()
        self.patch, self.count = patch, count

    def draw(self, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
        small, large = [], []
        for index in rng.choice(len(self.pairs), self.count, p=self.chance):
            pair = self.pairs[index]
            scale = pair.large.shape[0] // pair.small.shape[0]
            y = int(rng.integers(pair.small.shape[0] - self.patch + 1))
            x = int(rng.integers(pair.small.shape[1] - self.patch + 1))
            a = pair.small[y : y + self.patch, x : x + self.patch]
            b = pair.large[y * scale : (y + self.patch) * scale, x * scale : (x + self.patch) * scale]
            turns, mirror = int(rng.integers(4)), bool(rng.integers(2))
            a, b = np.rot90(a, turns), np.rot90(b, turns)
            if mirror:
                a, b = a[:, ::-1], b[:, ::-1]
            small.append(a)
            large.append(b)
        return _tensor(np.stack(small)), _tensor(np.stack(large))


def _tensor(pictures: Bytes) -> Tensor:
    """(n, height, width, 3) bytes -> (n, 3, height, width) in 0-1, channels last in memory."""
    return torch.from_numpy(pictures.astype(np.float32) / 255).permute(0, 3, 1, 2)
