"""`gesso-train data`: walk the sets, clean, hash and look for twins."""

from __future__ import annotations

import argparse

from gesso_training import terms
from gesso_training.commands.command import Command, Refused
from gesso_training.corpora import CORPORA
from gesso_training.corpora.corpus import TERMS
from gesso_training.corpora.manifest import build


def data(given: argparse.Namespace) -> int:
    """Walk the sets and print what was found; `ingest` also writes their manifests."""
    names = given.set or list(CORPORA)
    unknown = [name for name in names if name not in CORPORA]
    if unknown:
        raise Refused(f"There is no set '{unknown[0]}'; known are {', '.join(CORPORA)}.")
    for name in names:
        made = build(CORPORA[name], given.data)
        if given.what == "ingest":
            (terms.MANIFESTS / name / "manifest.json").write_text(made.to_json(), encoding="utf-8")
        splits = {split: sum(item.split == split for item in made.items) for split in ("train", "validation", "test")}
        print(f"{name}: {len(made.items)} pictures {splits}, {len(made.dropped)} dropped, digest {made.digest[:12]}")
        for dropped in made.dropped:
            print(f"  dropped {dropped.file}: {dropped.reason}")
    for twin in terms.leaks(names, TERMS[:-1], terms.present(given.data), given.data):
        print(f"  twin: {twin.corpus}/{twin.file} shows what {twin.other_corpus}/{twin.other_file} shows")
    return 0


def words(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `data`."""
    parser.add_argument("what", choices=["ingest", "report"])
    parser.add_argument("set", nargs="*")


COMMAND = Command("data", "walk the sets: clean, hash, look for twins", words, data)
