"""What a set of pictures is: where it lies, who made it, on what terms it may be learnt from."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from gesso_training.corpora.likeness import likeness, mirrored
from gesso_training.corpora.normal import Bytes, read_picture

__all__ = ["Bytes", "Corpus", "Item", "likeness", "mirrored", "read_picture", "sha256_of", "strictest", "terms_of"]

TERMS = ("free", "attribution", "share-alike", "non-commercial", "judging-only")
"""From the freest to the strictest. A package carries the strictest of what it was trained on."""
SPLITS = ("train", "validation", "test")


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
    """`train`, `validation` or `test`; empty where it follows from the content, see `splits`."""
    credit: str = ""
    sha256: str = ""
    likeness: int = 0
    """64-bit difference hash; see `likeness`."""
    label: str = ""
    """The class it belongs to, where a set has classes."""


@dataclass(frozen=True)
class Corpus:
    """A declared set of pictures."""

    name: str
    folder: str
    """Below the data folder."""
    title: str
    source: str
    licence: str
    find: Callable[[Path], Iterable[Item]]
    """Lists the items of the set's folder, without hashes; of an archive, those that it should hold are not listed."""
    known_faults: tuple[str, ...] = ()
    """What is known to be wrong with it, in sentences; its report shows them."""
    accepts: frozenset[str] = frozenset()
    """Kinds of faults that belong to it and drop nothing, such as the grey of a set of etchings; see `cleaning`."""
    smallest_px: int = 96
    archive: str = ""
    """The file in its folder that holds the pictures, where they are read out of an archive in a stream."""
    of_member: Callable[[str], Item | None] | None = None
    """Name of an archive's member -> its item; None for what is no picture of the set."""
    terms: str = "judging-only"
    """Of an archive whose pictures are not listed one by one: what may be learnt from is used on these terms."""
    labels: tuple[str, ...] = ()
    """Its classes; each must have pictures to learn from."""
    lists_members: bool = False
    """Whether an archive's members stand in the manifest one by one; where they do not, its hash stands for them."""
    is_apart: bool = False
    """Whether it is compared with itself alone: its pictures are too small to show what those of other sets do."""

    def root(self, data: Path) -> Path:
        """Its folder, which is there."""
        root = data / self.folder
        if not root.is_dir():
            raise FileNotFoundError(f"The set '{self.name}' is not in {data}: there is no folder {self.folder}.")
        return root

    def items(self, data: Path) -> list[Item]:
        return list(self.find(self.root(data)))


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


def sha256_of(path: Path) -> str:
    """The hash of a file, read a piece at a time."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
