"""A set's manifest: what each picture is, its hash, its split, and why a picture was left out.

`prepare` walks a set: collect, clean, de-duplicate, split; `write` puts down what it found, `build` does both for a
small set at once. Between sets `leaks` looks for the same pictures again; `terms.admit` keeps those out of training.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from gesso_training.corpora.catalogue import Catalogue, Listed
from gesso_training.corpora.collect import collect
from gesso_training.corpora.corpus import Corpus, Item, mirrored, read_picture, sha256_of
from gesso_training.corpora.decide import check_classes, decide
from gesso_training.corpora.likeness import LIKE_BITS, grey_of, same_whole
from gesso_training.corpora.pool import Pool
from gesso_training.corpora.twins import between

Report = Callable[[str], None]
HELD_OUT = "kind = '' AND (CASE placed WHEN '' THEN split ELSE placed END) != 'train'"
LEARNT = "kind = '' AND (CASE placed WHEN '' THEN split ELSE placed END) = 'train'"


def _silent(line: str) -> None:
    """Nobody listens."""


@dataclass(frozen=True)
class Dropped:
    file: str
    reason: str


@dataclass(frozen=True)
class Twin:
    """Two pictures that show the same: one to learn from, one kept for judging."""

    corpus: str
    file: str
    other_corpus: str
    other_file: str


@dataclass(frozen=True)
class Archive:
    """The file that holds a set's pictures; its hash stands for theirs."""

    file: str
    sha256: str
    splits: Mapping[str, int]


@dataclass(frozen=True)
class Manifest:
    """A set as it was found on disk."""

    corpus: str
    licence: str
    source: str
    items: tuple[Item, ...]
    """Its pictures; none for a set in an archive, whose members follow from the archive and `dropped`."""
    dropped: tuple[Dropped, ...] = ()
    digest: str = field(default="")
    """SHA-256 over every picture's name, hash, split and terms."""
    twins: tuple[Twin, ...] = ()
    """Pictures to learn from, of this set or another, that show what a held-out one of the other shows."""
    archive: Archive | None = None

    def to_json(self) -> str:
        return json.dumps(_plain(self), indent=1, ensure_ascii=False, sort_keys=True) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Manifest:
        found = json.loads(text)
        found["items"] = tuple(Item(**item) for item in found["items"])
        found["dropped"] = tuple(Dropped(**item) for item in found["dropped"])
        found["twins"] = tuple(Twin(**twin) for twin in found.get("twins", ()))
        if found.get("archive"):
            found["archive"] = Archive(**found["archive"])
        return cls(**found)

    @classmethod
    def read(cls, file: Path) -> Manifest:
        """A manifest from its file; one that is damaged or of another kind is named in a sentence."""
        try:
            return cls.from_json(file.read_text(encoding="utf-8"))
        except (ValueError, TypeError, KeyError, AttributeError):
            raise ValueError(f"{file} is no manifest of a set; make it again with `gesso-train data ingest`.") from None


def _plain(manifest: Manifest) -> dict[str, Any]:
    """As it stands in the file: what is empty in most sets is left out."""
    plain = asdict(manifest)
    plain["items"] = [_plain_item(item) for item in manifest.items]
    return {key: value for key, value in plain.items() if value or key not in ("twins", "archive")}


def _plain_item(item: Item) -> dict[str, Any]:
    plain = asdict(item)
    return plain if item.label else {key: value for key, value in plain.items() if key != "label"}


@dataclass(frozen=True)
class Prepared:
    """What a walk through a set came to; the pictures themselves stand in its catalogue."""

    corpus: Corpus
    data: Path
    catalogue: Catalogue
    digest: str
    splits: dict[str, int]
    dropped: int

    def kept(self) -> Iterator[Listed]:
        return self.catalogue.listed("kind = ''")

    def dropped_pictures(self) -> Iterator[Listed]:
        return self.catalogue.listed("kind != ''")


def prepare(corpus: Corpus, data: Path, catalogue: Catalogue, pool: Pool, report: Report = _silent) -> Prepared:
    """Collect, clean, de-duplicate and split; goes on where an earlier walk was cut off."""
    collect(corpus, data, catalogue, pool, report)
    if not is_decided(catalogue):
        decide(corpus, catalogue, pool)
        catalogue.set_fact("decided", _state(catalogue))
    check_classes(corpus, catalogue)
    digest, splits = hashlib.sha256(), {"train": 0, "validation": 0, "test": 0}
    for number, listed in enumerate(catalogue.listed("kind = ''")):
        item = listed.item
        digest.update(b"\n" * bool(number) + f"{item.file}\t{item.sha256}\t{item.split}\t{item.terms}".encode())
        splits[item.split] += 1
    return Prepared(corpus, data, catalogue, digest.hexdigest(), splits, catalogue.count("kind != ''"))


def _state(catalogue: Catalogue) -> str:
    """A mark of every picture and of what its set says of it."""
    mark = hashlib.sha256()
    for row in catalogue.db.execute("SELECT file, sha256, terms, split, label FROM pictures ORDER BY file"):
        mark.update("\t".join(row).encode("utf-8", "surrogateescape") + b"\n")
    return mark.hexdigest()


def is_decided(catalogue: Catalogue) -> bool:
    """Whether nothing has changed since twins were looked for."""
    return catalogue.fact("decided") == _state(catalogue)


def leaks(one: Prepared, other: Prepared, pool: Pool) -> list[Twin]:
    """Pictures to learn from of either set that show what a held-out one of the other shows."""
    found = []
    for learnt, judged in ((one, other), (other, one)):
        for a, b in between(learnt.catalogue, judged.catalogue, pool, LEARNT, HELD_OUT):
            found.append(Twin(learnt.corpus.name, a.item.file, judged.corpus.name, b.item.file))
    return found


def write(prepared: Prepared, twins: list[Twin], file: Path) -> None:
    """The manifest of a set, written a picture at a time and put in place whole."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as text:
            _write(prepared, twins, text)
            text.flush()
            os.fsync(text.fileno())
        os.replace(part, file)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(file)) from None  # not the name of the part
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def _write(prepared: Prepared, twins: list[Twin], text: TextIO) -> None:
    corpus = prepared.corpus
    rest = {"corpus": corpus.name, "digest": prepared.digest}
    text.write("{\n" + "".join(f" {json.dumps(key)}: {json.dumps(value)},\n" for key, value in rest.items()))
    if corpus.archive:
        archive = Archive(corpus.archive, sha256_of(corpus.root(prepared.data) / corpus.archive), prepared.splits)
        text.write(f' "archive": {json.dumps(asdict(archive), sort_keys=True)},\n')
    drops = (asdict(Dropped(listed.item.file, listed.reason)) for listed in prepared.dropped_pictures())
    _write_list(text, "dropped", drops)
    # Of a declared archive the members follow from its hash; a list of sixty thousand would say nothing more.
    kept = prepared.kept() if corpus.lists_members or not corpus.archive else iter(())
    _write_list(text, "items", (_plain_item(listed.item) for listed in kept))
    if twins:
        _write_list(text, "twins", (asdict(twin) for twin in twins))
    text.write(f' "licence": {json.dumps(corpus.licence, ensure_ascii=False)},\n')
    text.write(f' "source": {json.dumps(corpus.source, ensure_ascii=False)}\n}}\n')


def _write_list(text: TextIO, name: str, entries: Iterator[dict[str, Any]]) -> None:
    text.write(f' "{name}": [')
    before = ""
    for entry in entries:
        lines = json.dumps(entry, indent=1, ensure_ascii=False, sort_keys=True).replace("\n", "\n  ")
        text.write(f"{before}\n  {lines}")
        before = ","
    text.write("\n ],\n" if before else "],\n")


def build(corpus: Corpus, data: Path) -> Manifest:
    """The manifest of a set, made at once with a catalogue that is thrown away."""
    with (
        tempfile.TemporaryDirectory(prefix="gesso-data-") as folder,
        Catalogue(Path(folder) / "catalogue.sqlite") as catalogue,
        Pool() as pool,
    ):
        write(prepare(corpus, data, catalogue, pool), [], Path(folder) / "manifest.json")
        return Manifest.read(Path(folder) / "manifest.json")


def _looks_alike(a: Path, b: Path) -> bool:
    """By small grey copies; a picture that is not on this machine counts as the same, to be safe."""
    if not (a.is_file() and b.is_file()):
        return True
    return same_whole(grey_of(read_picture(a)), grey_of(read_picture(b))) is not None


def twins(these: Iterable[tuple[Corpus, Item]], those: Sequence[tuple[Corpus, Item]], data: Path) -> list[Twin]:
    """Pictures of `these` that are also among `those`: close by difference hash, confirmed by correlation.

    A quick look by the manifests alone, before each training: it finds copies that were resized, compressed or
    mirrored. Parts and turned copies were looked for when the manifests were made and stand in them.
    """
    found = []
    hashes = np.array([item.likeness for _, item in those], np.uint64)
    for corpus, item in these:
        marks = (np.uint64(item.likeness), np.uint64(mirrored(item.likeness)))
        apart = np.minimum(*(np.bitwise_count(hashes ^ mark) for mark in marks))
        for index in np.flatnonzero(apart <= LIKE_BITS):
            other_corpus, other = those[int(index)]
            if (other_corpus.name, other.file) == (corpus.name, item.file):
                continue
            if _looks_alike(data / corpus.folder / item.file, data / other_corpus.folder / other.file):
                found.append(Twin(corpus.name, item.file, other_corpus.name, other.file))
                break
    return found
