"""What a training was allowed to see, and how that is told: manifests, twins and the entries of a card."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gesso_training.corpora import CORPORA
from gesso_training.corpora.corpus import strictest
from gesso_training.corpora.manifest import Manifest, Twin, build, twins

MANIFESTS = Path(__file__).parent / "corpora"


def manifest(name: str, data: Path) -> Manifest:
    """The committed manifest of a set, or a new one when there is none yet."""
    file = MANIFESTS / name / "manifest.json"
    if file.exists():
        return Manifest.from_json(file.read_text(encoding="utf-8"))
    return build(CORPORA[name], data)


def card_entries(names: Sequence[str], allowed: Sequence[str], data: Path) -> list[dict[str, Any]]:
    """One entry a set for a card's `data`: source, licence, strictest terms used, number of pictures, digest."""
    found = []
    for name in names:
        listed = manifest(name, data)
        used = [item for item in listed.items if item.split == "train" and item.terms in allowed]
        if not used:
            continue
        found.append(
            {
                "name": CORPORA[name].title,
                "source": listed.source,
                "licence": listed.licence,
                "terms": strictest(item.terms for item in used),
                "pictures": len(used),
                "sha256": listed.digest,
                "credits": sorted({item.credit for item in used if item.terms == "attribution"}),
            }
        )
    return found


def leaks(names: Sequence[str], allowed: Sequence[str], judged: Sequence[str], data: Path) -> list[Twin]:
    """Training pictures that also stand, by likeness, in a set or split kept for judging."""
    training = [
        (CORPORA[name], item)
        for name in names
        for item in manifest(name, data).items
        if item.split == "train" and item.terms in allowed
    ]
    kept = [
        (CORPORA[name], item)
        for name in dict.fromkeys([*names, *judged])
        for item in manifest(name, data).items
        if item.split != "train"
    ]
    return twins(training, kept, data)
