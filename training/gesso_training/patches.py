"""Sharp pictures to learn from, and random patches of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gesso_training import terms as admitted
from gesso_training.corpora.resample import bicubic_bytes

Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class Source:
    """A set, and the shrinking that hides its compression."""

    corpus: str
    shrinks: tuple[float, ...]


FREE_AND_SHARP = (Source("cq100", (1.0, 0.6)), Source("photos", (0.5, 0.8)), Source("paintings", (0.7,)))
"""Photographs come as JPEG: shrunk, so that nothing learns to draw compression blocks."""


def sharp(data: Path, sources: Sequence[Source], terms: Sequence[str], split: str = "train") -> Iterator[Bytes]:
    """Every picture of the sources whose terms are allowed, at each of its shrinkings; raises when there is none."""
    found = False
    for source in sources:
        for _, picture in admitted.pictures(source.corpus, split, terms, data):
            for shrink in source.shrinks:
                found = True
                yield picture if shrink == 1 else bicubic_bytes(picture, shrink)
    if not found:
        raise FileNotFoundError(f"No picture of {[source.corpus for source in sources]} may be used for '{split}'.")


class Patches:
    """Random square patches, turned and mirrored, drawn in proportion to the area of the pictures."""

    def __init__(self, pictures: Sequence[Bytes], side: int, count: int) -> None:
        self.pictures = [picture for picture in pictures if min(picture.shape[:2]) >= side]
        area = np.array([picture.shape[0] * picture.shape[1] for picture in self.pictures], np.float64)
        self.chance = area / area.sum()
        self.side, self.count = side, count

    def draw(self, rng: np.random.Generator) -> Bytes:
        """(count, side, side, 3)."""
        found = []
        for index in rng.choice(len(self.pictures), self.count, p=self.chance):
            picture = self.pictures[index]
            y, x = (int(rng.integers(length - self.side + 1)) for length in picture.shape[:2])
            patch = np.rot90(picture[y : y + self.side, x : x + self.side], int(rng.integers(4)))
            found.append(patch[:, ::-1] if rng.integers(2) else patch)
        return np.stack(found)


def tensor(pictures: NDArray[np.uint8] | NDArray[np.float32]) -> Tensor:
    """(n, height, width, 3), bytes or floats in 0-255 -> (n, 3, height, width) in 0-1, channels last in memory."""
    return torch.from_numpy(np.asarray(pictures, np.float32) / 255).permute(0, 3, 1, 2)
