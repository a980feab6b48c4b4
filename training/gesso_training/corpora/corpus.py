"""What a set of pictures is: where it lies, who made it, on what terms it may be learnt from."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

TERMS = ("free", "attribution", "share-alike", "non-commercial", "judging-only")
"""From the freest to the strictest. A package carries the strictest of what it was trained on."""

Bytes = NDArray[np.uint8]


def strictest(terms: Iterable[str]) -> str:
    """The strictest of some terms; `free` of none."""
    return max(terms, key=TERMS.index, default="free")


@dataclass(frozen=True)
class Item:
    """One picture of a set."""

    file: str
    """Path below the set's folder."""
    terms: str
    split: str
    """`train`, `validation` or `test`."""
    credit: str = ""
    sha256: str = ""
    likeness: int = 0
    """64-bit difference hash; see `likeness`."""


@dataclass(frozen=True)
class Corpus:
    """A declared set of pictures."""

    name: str
    folder: str
    """Below the data folder."""
    title: str
    source: str
    licence: str
    find: Callable[[Path], Sequence[Item]]
    """Lists the items of the set's folder, without hashes, in a fixed order."""

    def items(self, data: Path) -> list[Item]:
        root = data / self.folder
        if not root.is_dir():
            raise FileNotFoundError(f"The set '{self.name}' is not in {data}: there is no folder {self.folder}.")
        return list(self.find(root))


def read_index(root: Path) -> list[dict[str, str]]:
    """The entries of a set's `index.json`."""
    entries: list[dict[str, str]] = json.loads((root / "index.json").read_text(encoding="utf-8"))
    return entries


def terms_of(licence: str) -> str:
    """The strictest terms that a picture's licence line stands for; judging only, where it lets nothing new be made."""
    words = re.findall(r"[a-z0-9]+", licence.lower())
    if "cc" in words and "by" in words and "nd" not in words:
        return "non-commercial" if "nc" in words else "share-alike" if "sa" in words else "attribution"
    return "free" if "cc0" in words or words[:2] == ["public", "domain"] else "judging-only"


def read_picture(path: Path) -> Bytes:
    """(height, width, 3) sRGB, upright."""
    with Image.open(path) as picture:
        return np.asarray(ImageOps.exif_transpose(picture).convert("RGB"))


def likeness(picture: Bytes) -> int:
    """64-bit difference hash: the signs of horizontal steps in a 9x8 grey copy (Krawetz 2013)."""
    grey = np.asarray(Image.fromarray(picture).convert("L").resize((9, 8), Image.Resampling.BOX), np.int16)
    signs = (grey[:, 1:] > grey[:, :-1]).ravel()
    return int(sum(1 << i for i, sign in enumerate(signs) if sign))


def mirrored(likeness: int) -> int:
    """The difference hash of the same picture seen in a mirror: every row backwards, every step the other way."""
    return sum(1 << (i // 8 * 8 + 7 - i % 8) for i in range(64) if not likeness >> i & 1)


def sha256_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
