"""A seed: the same one gives the same result on the same device."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

LARGEST = 2**32 - 1


@dataclass(frozen=True)
class Seed:
    """A whole number in 0 to 2**32 - 1."""

    value: int

    def __post_init__(self) -> None:
        if not 0 <= self.value <= LARGEST:
            raise ValueError(f"a seed lies in 0 to {LARGEST}, not {self.value}")

    def numpy(self) -> np.random.Generator:
        return np.random.default_rng(self.value)

    def child(self, name: str) -> Seed:
        """Another seed, fixed by this one and a name."""
        digest = hashlib.sha256(f"{self.value}:{name}".encode()).digest()
        return Seed(int.from_bytes(digest[:4], "big"))
