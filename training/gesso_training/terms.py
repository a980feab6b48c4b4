"""What a training was allowed to see, and how that is told: manifests, twins and the entries of a card."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from gesso_training.corpora import CORPORA
from gesso_training.corpora.corpus import Bytes, Corpus, Item, read_picture, sha256_of, strictest
from gesso_training.corpora.manifest import Manifest, Twin, build, twins

MANIFESTS = Path(__file__).parent / "corpora"


def manifest(name: str, data: Path) -> Manifest:
    """The committed manifest of a set, or a new one when there is none yet."""
    file = MANIFESTS / name / "manifest.json"
    if file.exists():
        return Manifest.from_json(file.read_text(encoding="utf-8"))
    return build(CORPORA[name], data)


def held_out(names: Iterable[str], data: Path) -> list[tuple[Corpus, Item]]:
    """The pictures of some sets that nothing is trained on."""
    return [(CORPORA[name], item) for name in names for item in manifest(name, data).items if item.split != "train"]


def admit(name: str, split: str, allowed: Sequence[str], data: Path) -> list[Item]:
    """The pictures of a set that may be used: split and terms as asked; for training, no twin of a held-out picture."""
    if split == "train" and "judging-only" in allowed:
        raise ValueError("Nothing is trained on pictures that may only be judged with.")
    items = [item for item in manifest(name, data).items if item.split == split and item.terms in allowed]
    if split != "train":
        return items
    barred = {
        twin.file for twin in twins([(CORPORA[name], item) for item in items], held_out(present(data), data), data)
    }
    return [item for item in items if item.file not in barred]


def pictures(name: str, split: str, allowed: Sequence[str], data: Path) -> Iterator[tuple[str, Bytes]]:
    """Name and pixels of what `admit` admits; refuses a picture that is not the one its manifest knows."""
    folder = data / CORPORA[name].folder
    if not folder.is_dir():
        raise FileNotFoundError(f"The set '{name}' is not in {data}: there is no folder {CORPORA[name].folder}.")
    for item in admit(name, split, allowed, data):
        path = folder / item.file
        if not path.is_file():
            raise FileNotFoundError(f"The set '{name}' lacks {item.file}, which its manifest lists.")
        if sha256_of(path) != item.sha256:
            raise ValueError(
                f"{name}/{item.file} is not what its manifest knows; run `gesso-train data ingest {name}`."
            )
        yield item.file, read_picture(path)


def present(data: Path) -> list[str]:
    """Sets with a committed manifest or a folder on this machine."""
    return [
        name
        for name, corpus in CORPORA.items()
        if (MANIFESTS / name / "manifest.json").exists() or (data / corpus.folder).is_dir()
    ]


def card_entries(names: Sequence[str], allowed: Sequence[str], data: Path) -> list[dict[str, Any]]:
    """One entry a set for a card's `data`: source, licence, strictest terms used, number of pictures, digest."""
    found = []
    for name in names:
        listed = manifest(name, data)
        used = admit(name, "train", allowed, data)
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
                "credits": sorted({item.credit for item in used if item.credit and item.terms != "free"}),
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
    return twins(training, held_out(dict.fromkeys([*names, *judged]), data), data)
