"""Free photographs with large smooth skies; every eighth is held out as a content for judging styles."""

from __future__ import annotations

from pathlib import Path

from gesso_training.corpora.corpus import Corpus, Item, read_index

HELD_OUT_EVERY = 8


def find(root: Path) -> list[Item]:
    entries = sorted(read_index(root), key=lambda entry: entry["file"])
    return [
        Item(
            entry["file"],
            "free",
            "test" if number % HELD_OUT_EVERY == HELD_OUT_EVERY - 1 else "train",
            f"{entry['original']}, {entry['licence']}",
        )
        for number, entry in enumerate(entries)
    ]


CORPUS = Corpus(
    "photos",
    "images/photos",
    "Free photographs",
    "Unsplash, Pexels and CC0 wallpapers; originals' names stand in the credits",
    "Unsplash licence, Pexels licence or CC0",
    find,
    known_faults=(
        "Two thirds are landscapes; people are rare.",
        "Three are black and white; skies and snow are nearly plain, by choice.",
    ),
    accepts=frozenset({"grey", "border"}),
)
