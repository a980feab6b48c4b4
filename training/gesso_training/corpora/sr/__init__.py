"""Set5 and a quarter of Urban100: judging only."""

from __future__ import annotations

from pathlib import Path

from gesso_training.corpora.cleaning import KINDS
from gesso_training.corpora.corpus import Corpus, Item


def find(root: Path) -> list[Item]:
    return [
        Item(f"{folder}/{path.name}", "judging-only", "test")
        for folder in ("set5", "urban100_subset25")
        for path in sorted((root / folder).glob("*.webp"))
    ]


CORPUS = Corpus(
    "sr",
    "images/sr",
    "Set5 and every fourth of Urban100",
    "Bevilacqua et al. 2012; Huang et al. 2015",
    "no explicit licence: judging only",
    find,
    known_faults=("A quarter of Urban100: figures on it are not those of the whole set.",),
    accepts=frozenset(KINDS) - {"decode"},
)
