"""Which packages of models a `--free-only` build leaves out: those on stricter terms than attribution."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

ALLOWED = ("free", "attribution")
"""Terms that ask for nothing but a name; the names stand in the card, which travels along."""


def left_out(resources: Path) -> dict[str, str]:
    """Folder of a package below `resources`, as `models/NAME/VERSION`, -> why it is left out."""
    found = {}
    for card in sorted((resources / "models").glob("*/*/card.json")):
        try:
            terms = json.loads(card.read_text(encoding="utf-8")).get("terms", "")
        except (ValueError, AttributeError):
            terms = ""
        if terms not in ALLOWED:
            found[card.parent.relative_to(resources).as_posix()] = terms or "a card that does not say"
    return found


def is_chosen(file: str, without: Mapping[str, str]) -> bool:
    """Whether a file, named by its place below `resources`, goes into the app."""
    return not any(file == folder or file.startswith(folder + "/") for folder in without)


def names_left(resources: Path, without: Mapping[str, str]) -> set[str]:
    """The models that stay: all but those of which every version is left out."""
    names = {path.name for path in (resources / "models").iterdir() if path.is_dir()}
    return {name for name in names if not _is_gone(resources / "models" / name, without)}


def _is_gone(model: Path, without: Mapping[str, str]) -> bool:
    versions = [f"models/{model.name}/{path.name}" for path in model.iterdir() if path.is_dir()]
    return bool(versions) and all(version in without for version in versions)
