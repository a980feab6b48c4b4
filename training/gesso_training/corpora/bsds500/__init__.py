"""Berkeley Segmentation Data Set 500: `val` contains BSD100 and BSD68, so restoration never learns from it."""

from __future__ import annotations

from pathlib import Path

from gesso_training.corpora.cleaning import KINDS
from gesso_training.corpora.corpus import Corpus, Item

SPLITS = {"train": "train", "test": "validation", "val": "test"}
"""The set's own folders, as restoration uses them."""


def find(root: Path) -> list[Item]:
    return [
        Item(f"{folder}/{path.name}", "non-commercial" if split != "test" else "judging-only", split)
        for folder, split in SPLITS.items()
        for path in sorted((root / folder).glob("*.jpg"))
    ]


CORPUS = Corpus(
    "bsds500",
    "images/bsds500",
    "Berkeley Segmentation Data Set 500",
    "Arbelaez, Maire, Fowlkes and Malik, IEEE TPAMI 2011",
    "research and education (non-commercial)",
    find,
    known_faults=(
        "The pictures are JPEG as their makers had them: fine structure is lost before any experiment.",
        "`val` contains BSD100 and BSD68, so restoration never learns from it; for line art the papers learn from it.",
    ),
    accepts=frozenset(KINDS) - {"decode"},
)
