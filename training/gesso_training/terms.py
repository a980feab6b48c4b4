"""What a training was allowed to see, and how that is told: manifests, twins and the entries of a card."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from gesso_training.corpora import CORPORA, archives, own
from gesso_training.corpora.corpus import Bytes, Corpus, Item, read_picture, sha256_of, strictest
from gesso_training.corpora.manifest import Manifest, Twin, build, twins

__all__ = [
    "MANIFESTS", "admit", "card_entries", "corpus", "held_out", "labelled", "leaks", "manifest", "pictures", "present",
    "twins",
]  # fmt: skip

MANIFESTS = Path(__file__).parent / "corpora"


def corpus(name: str, data: Path) -> Corpus:
    """A declared set, or one that an artist made of their own works."""
    if name in CORPORA:
        return CORPORA[name]
    if found := own.declared(data).get(name):
        return found.corpus
    raise ValueError(f"There is no set '{name}'; known are {', '.join([*CORPORA, *own.declared(data)])}.")


def manifest(name: str, data: Path) -> Manifest:
    """The committed manifest of a set, or a new one when there is none yet; an artist's own lies beside its set."""
    if name not in CORPORA:
        file = own.declared(data)[name].manifest if name in own.declared(data) else Path()
    else:
        file = MANIFESTS / name / "manifest.json"
    if file.is_file():
        return _read(file, file.stat().st_mtime_ns)
    return build(corpus(name, data), data)


@functools.lru_cache(maxsize=32)
def _read(file: Path, changed: int) -> Manifest:
    """Large manifests are asked for again and again."""
    return Manifest.read(file)


def held_out(names: Iterable[str], data: Path) -> list[tuple[Corpus, Item]]:
    """The pictures of some sets that nothing is trained on."""
    return [
        (corpus(name, data), item) for name in names for item in manifest(name, data).items if item.split != "train"
    ]


def admit(name: str, split: str, allowed: Sequence[str], data: Path) -> list[Item]:
    """The pictures of a set that may be used: split and terms as asked; for training, no twin of a held-out picture."""
    if split == "train":
        _may_teach(name, allowed, data)
    items = [item for item in manifest(name, data).items if item.split == split and item.terms in allowed]
    if split != "train" or not items or corpus(name, data).is_apart:
        return items
    others = [other for other in present(data) if not corpus(other, data).is_apart]
    held = held_out(others, data)
    barred = {twin.file for twin in twins([(corpus(name, data), item) for item in items], held, data)}
    barred |= {twin.file for other in others for twin in manifest(other, data).twins if twin.corpus == name}
    return [item for item in items if item.file not in barred]


def _may_teach(name: str, allowed: Sequence[str], data: Path) -> None:
    """Refuse a recipe that would learn from what may only be judged with."""
    if "judging-only" in allowed:
        raise ValueError("Nothing is trained on pictures that may only be judged with.")
    items = manifest(name, data).items
    if items and all(item.terms == "judging-only" for item in items):
        raise ValueError(f"The set '{name}' may only be judged with; take it out of what the recipe learns from.")


def pictures(name: str, split: str, allowed: Sequence[str], data: Path) -> Iterator[tuple[str, Bytes]]:
    """Name and pixels of what `admit` admits; refuses a picture that is not the one its manifest knows."""
    for item, content in _contents(name, split, allowed, data):
        yield item.file, read_picture(content)


def labelled(name: str, split: str, allowed: Sequence[str], data: Path) -> Iterator[tuple[str, Bytes]]:
    """Class and pixels of what `admit` admits, in the set's order."""
    for item, content in _contents(name, split, allowed, data):
        yield item.label, read_picture(content)


def _contents(name: str, split: str, allowed: Sequence[str], data: Path) -> Iterator[tuple[Item, Path | bytes]]:
    """Each picture's file, or its bytes where it lies in an archive."""
    found = corpus(name, data)
    folder = found.root(data)
    if found.archive:
        yield from _members(found, split, allowed, data)
        return
    for item in admit(name, split, allowed, data):
        path = folder / item.file
        if not path.is_file():
            raise FileNotFoundError(f"The set '{name}' lacks {item.file}, which its manifest lists.")
        if sha256_of(path) != item.sha256:
            raise ValueError(
                f"{name}/{item.file} is not what its manifest knows; run `gesso-train data ingest {name}`."
            )
        yield item, path


def _members(found: Corpus, split: str, allowed: Sequence[str], data: Path) -> Iterator[tuple[Item, bytes]]:
    """The members of an archive, in a stream; its hash stands for theirs."""
    if split == "train":
        _may_teach(found.name, allowed, data)
    listed, archive = manifest(found.name, data), found.root(data) / found.archive
    if listed.archive is None or not archive.is_file() or sha256_of(archive) != listed.archive.sha256:
        raise ValueError(f"{found.archive} is not what its manifest knows; run `gesso-train data ingest {found.name}`.")
    wanted = {item.file: item for item in admit(found.name, split, allowed, data)} if listed.items else {}
    dropped = {drop.file for drop in listed.dropped}
    for name, content in archives.members(archive):
        item = wanted.get(name) if listed.items else found.of_member and found.of_member(name)
        if item and item.split == split and item.terms in allowed and item.file not in dropped:
            yield item, content


def present(data: Path) -> list[str]:
    """Sets with a committed manifest or a folder on this machine, an artist's own among them."""
    declared = [
        name
        for name, found in CORPORA.items()
        if (MANIFESTS / name / "manifest.json").exists() or (not found.archive and (data / found.folder).is_dir())
    ]
    return declared + [name for name, found in own.declared(data).items() if found.manifest.is_file()]


def card_entries(names: Sequence[str], allowed: Sequence[str], data: Path) -> list[dict[str, Any]]:
    """One entry a set for a card's `data`: source, licence, strictest terms used, number of pictures, digest."""
    found = []
    for name in names:
        listed = manifest(name, data)
        used = admit(name, "train", allowed, data)
        if listed.archive and not listed.items:
            _may_teach(name, allowed, data)
            found.append(_archive_entry(corpus(name, data), listed))
            continue
        if not used:
            continue
        found.append(
            {
                "name": corpus(name, data).title,
                "source": listed.source,
                "licence": listed.licence,
                "terms": strictest(item.terms for item in used),
                "pictures": len(used),
                "sha256": listed.digest,
                "credits": sorted({item.credit for item in used if item.credit and item.terms != "free"}),
            }
        )
    return found


def _archive_entry(found: Corpus, listed: Manifest) -> dict[str, Any]:
    count = listed.archive.splits.get("train", 0) if listed.archive else 0
    return {
        "name": found.title,
        "source": listed.source,
        "licence": listed.licence,
        "terms": found.terms,
        "pictures": count,
        "sha256": listed.digest,
        "credits": [],
    }


def leaks(names: Sequence[str], allowed: Sequence[str], judged: Sequence[str], data: Path) -> list[Twin]:
    """Training pictures that also stand, by likeness, in a set or split kept for judging."""
    training = [
        (corpus(name, data), item)
        for name in names
        for item in manifest(name, data).items
        if item.split == "train" and item.terms in allowed
    ]
    return twins(training, held_out(dict.fromkeys([*names, *judged]), data), data)
