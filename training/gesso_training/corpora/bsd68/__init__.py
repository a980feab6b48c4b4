"""BSD68: the 68 grey pictures of the denoising papers, judging only."""

from __future__ import annotations

from pathlib import Path

from gesso_training.corpora.cleaning import KINDS
from gesso_training.corpora.corpus import Corpus, Item


def find(root: Path) -> list[Item]:
    return [Item(path.name, "judging-only", "test") for path in sorted(root.glob("*.png"))]


CORPUS = Corpus(
    "bsd68",
    "images/bsd68",
    "BSD68",
    "Roth and Black 2009; Zhang et al. 2017",
    "as BSDS: judging only",
    find,
    known_faults=("All 68 are grey copies of pictures in `bsds500/val`.",),
    accepts=frozenset(KINDS) - {"decode"},
)
