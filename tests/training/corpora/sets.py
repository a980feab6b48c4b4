"""Sets declared for one test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gesso_training.corpora.corpus import Corpus, Item


def folder_set(folder: str, split: str = "", **more: Any) -> Corpus:
    """Every file of a folder; those whose names begin with `held` are kept for judging."""

    def find(root: Path) -> list[Item]:
        return [
            Item(path.name, more.get("terms", "free"), "test" if path.name.startswith("held") else split)
            for path in sorted(root.iterdir())
            if path.is_file()
        ]

    return Corpus(folder, folder, folder, "made up", "CC0", find, **more)
