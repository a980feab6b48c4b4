"""CC0 photographs of clothes: cloth, folds and prints."""

from __future__ import annotations

from pathlib import Path

from gesso_training.corpora.corpus import Corpus, Item


def find(root: Path) -> list[Item]:
    return [Item(path.name, "free", "train") for path in sorted(root.glob("*.jpg"))]


CORPUS = Corpus(
    "textiles",
    "images/textiles",
    "Clothing photographs",
    "A. Grigorev, clothing-dataset",
    "CC0",
    find,
    known_faults=("400 px, JPEG as donated by many hands: light and sharpness vary.",),
    accepts=frozenset({"grey", "border", "clipping"}),
)
