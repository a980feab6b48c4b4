"""Public-domain works from museums' open access; every eighth is held out for judging styles."""

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
            f"{entry.get('creator', '')}, {entry.get('title', '')}, {entry.get('date', '')}, {entry.get('museum', '')}",
        )
        for number, entry in enumerate(entries)
    ]


CORPUS = Corpus(
    "paintings",
    "images/paintings",
    "Museum open-access works",
    "museums' open access, public domain; creator and museum stand in the credits",
    "public domain / CC0",
    find,
    known_faults=(
        "A few are prints and drawings, grey by nature; some museum photographs stand before a plain ground.",
        "Dates and creators of folk works are the museums' guesses.",
    ),
    accepts=frozenset({"grey", "border", "clipping"}),
)
