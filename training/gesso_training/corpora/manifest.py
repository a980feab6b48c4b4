"""A set's manifest: what each picture is, its hash, and why a picture was left out.

`build` walks a set once: decode, clean, hash, and leave out what repeats another picture of the set. Between sets and
splits `twins` looks for the same picture again; `terms.admit` keeps those out of training.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from gesso_training.corpora.corpus import Bytes, Corpus, Item, likeness, mirrored, read_picture, sha256_of

SMALLEST_PX = 96
LIKE_BITS = 6
"""Difference hashes this close are looked at again; chance agreement of 64 bits lies far above."""
LIKE_CORRELATION = 0.97
"""Correlation of 32x32 grey copies from which two pictures count as the same."""


@dataclass(frozen=True)
class Dropped:
    file: str
    reason: str


@dataclass(frozen=True)
class Manifest:
    """A set as it was found on disk."""

    corpus: str
    licence: str
    source: str
    items: tuple[Item, ...]
    dropped: tuple[Dropped, ...] = ()
    digest: str = field(default="")
    """SHA-256 over every picture's name, hash, split and terms."""

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=1, ensure_ascii=False, sort_keys=True) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Manifest:
        found = json.loads(text)
        found["items"] = tuple(Item(**item) for item in found["items"])
        found["dropped"] = tuple(Dropped(**item) for item in found["dropped"])
        return cls(**found)


def fault_of(picture: Bytes) -> str:
    """Why a decoded picture cannot serve, or nothing."""
    if min(picture.shape[:2]) < SMALLEST_PX:
        return f"smaller than {SMALLEST_PX} px"
    if float(picture.std()) < 4:
        return "nearly one colour"
    return ""


def build(corpus: Corpus, data: Path) -> Manifest:
    """Decode, clean and hash every picture of a set; of pictures that show the same, the first held-out one stays."""
    kept: list[Item] = []
    dropped: list[Dropped] = []
    for item in corpus.items(data):
        path = data / corpus.folder / item.file
        try:
            picture = read_picture(path)
        except (OSError, UnidentifiedImageError, Image.DecompressionBombError) as error:
            dropped.append(Dropped(item.file, f"cannot be decoded: {type(error).__name__}"))
            continue
        fault = fault_of(picture)
        if fault:
            dropped.append(Dropped(item.file, fault))
            continue
        kept.append(replace(item, sha256=sha256_of(path), likeness=likeness(picture)))
    repeated = _repeats(corpus, kept, data)
    dropped += [Dropped(file, f"shows what {other} shows") for file, other in repeated.items()]
    kept = [item for item in kept if item.file not in repeated]
    lines = [f"{item.file}\t{item.sha256}\t{item.split}\t{item.terms}" for item in kept]
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    return Manifest(corpus.name, corpus.licence, corpus.source, tuple(kept), tuple(dropped), digest)


def _repeats(corpus: Corpus, items: Sequence[Item], data: Path) -> dict[str, str]:
    """Pictures that show what another of the set shows, and which one; held-out pictures are never the ones to go."""
    found: dict[str, str] = {}
    unique: list[tuple[Corpus, Item]] = []
    for item in sorted(items, key=lambda item: item.split == "train"):
        same = twins([(corpus, item)], unique, data)
        if same:
            found[item.file] = same[0].other_file
        else:
            unique.append((corpus, item))
    return found


@dataclass(frozen=True)
class Twin:
    """Two pictures that show the same."""

    corpus: str
    file: str
    other_corpus: str
    other_file: str


def _grey(path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    small = Image.fromarray(read_picture(path)).convert("L").resize((32, 32), Image.Resampling.BOX)
    grey = np.asarray(small, np.float64)
    grey = grey - grey.mean()
    return np.asarray(grey / (np.linalg.norm(grey) + 1e-9))


def _show_the_same(a: Path, b: Path) -> bool:
    """Correlation of small grey copies, as they are or in a mirror.

    A picture that is not on this machine counts as the same, to be safe.
    """
    if not (a.is_file() and b.is_file()):
        return True
    one, other = _grey(a), _grey(b)
    return max(float((one * other).sum()), float((one[:, ::-1] * other).sum())) >= LIKE_CORRELATION


def twins(these: Iterable[tuple[Corpus, Item]], those: Sequence[tuple[Corpus, Item]], data: Path) -> list[Twin]:
    """Pictures of `these` that are also among `those`: close by difference hash, confirmed by correlation.

    Finds copies that were resized, compressed or mirrored; crops escape it.
    """
    found = []
    hashes = np.array([item.likeness for _, item in those], np.uint64)
    for corpus, item in these:
        marks = (np.uint64(item.likeness), np.uint64(mirrored(item.likeness)))
        apart = np.minimum(*(np.bitwise_count(hashes ^ mark) for mark in marks))
        for index in np.flatnonzero(apart <= LIKE_BITS):
            other_corpus, other = those[int(index)]
            if (other_corpus.name, other.file) == (corpus.name, item.file):
                continue
            if _show_the_same(data / corpus.folder / item.file, data / other_corpus.folder / other.file):
                found.append(Twin(corpus.name, item.file, other_corpus.name, other.file))
                break
    return found
