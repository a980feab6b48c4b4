"""`gesso-train data`: sets of pictures collected, cleaned, freed of repeats, split, and shown on a page."""

from __future__ import annotations

import argparse
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from gesso_training import terms
from gesso_training.commands.command import ROOT, Command, Refused, at_least
from gesso_training.corpora import CORPORA, behaviour, own
from gesso_training.corpora.catalogue import Catalogue
from gesso_training.corpora.cleaning import KINDS
from gesso_training.corpora.copies import write_copies
from gesso_training.corpora.corpus import TERMS, Corpus
from gesso_training.corpora.manifest import Prepared, Twin, leaks, prepare, write
from gesso_training.corpora.pool import Pool
from gesso_training.corpora.report import contact_sheet, write_page


def data(given: argparse.Namespace) -> int:
    """Walk sets and print what was found; `ingest` writes manifests, `report` pages, `clean` pictures."""
    if given.feedback:
        return _feedback(given)
    if given.what == "clean" and given.out is None:
        raise Refused("Say with --out where the cleaned copies are to be written.")
    try:
        with Pool(given.workers or 0, given.scheduler) as pool:
            for corpus, manifest in list(_asked(given)):
                with ExitStack() as stack:
                    _one(corpus, manifest, given, pool, stack)
    except sqlite3.OperationalError as error:
        raise Refused(
            f"The catalogues in {given.runs / 'data'} cannot be written ({error}); is another at it?"
        ) from None
    return 0


def _one(corpus: Corpus, manifest: Path, given: argparse.Namespace, pool: Pool, stack: ExitStack) -> None:
    """What was asked of one set."""
    one = _prepared(corpus, given, pool, stack)
    twins = _between(one, given, pool, stack)
    print(
        f"{corpus.name}: {sum(one.splits.values())} pictures {one.splits}, {one.dropped} dropped, digest {one.digest[:12]}"
    )
    for listed in one.dropped_pictures():
        print(f"  dropped {listed.item.file}: {listed.reason}")
    for twin in twins:
        print(f"  twin: {twin.corpus}/{twin.file} shows what {twin.other_corpus}/{twin.other_file} shows")
    if given.what == "ingest":
        write(one, twins, manifest)
    if given.what == "report":
        folder = given.out or (manifest.parent if corpus.name not in CORPORA else given.runs / "data" / corpus.name)
        write_page(one, twins, folder / f"{corpus.name}.html")
        contact_sheet(one).save(folder / f"{corpus.name}.png")
        _say(f"page: {folder / f'{corpus.name}.html'}")
    if given.what == "clean":
        count = write_copies(one, given.out / corpus.name, given.largest)
        print(f"  {count} cleaned copies stand in {given.out / corpus.name}")


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _asked(given: argparse.Namespace) -> Iterator[tuple[Corpus, Path]]:
    """Each set that was named, with the place of its manifest; a folder becomes a set of one's own."""
    known = own.declared(given.data)
    for word in given.set or [name for name, corpus in CORPORA.items() if (given.data / corpus.folder).is_dir()]:
        if word in CORPORA:
            yield CORPORA[word], terms.MANIFESTS / word / "manifest.json"
        elif word in known and not given.called:
            yield known[word].corpus, known[word].manifest
        elif "/" in word or "\\" in word or Path(word).exists() or given.called:
            made = own.save(_declaration(word, given), _place(given))
            yield made.corpus, made.manifest
        else:
            raise Refused(f"There is no set '{word}'; known are {', '.join([*CORPORA, *known])}.")


def _declaration(word: str, given: argparse.Namespace) -> own.Declaration:
    if not given.called or not given.terms:
        raise Refused(f"Say how {word} is to be called and on what terms: --as NAME --terms {'|'.join(TERMS)}.")
    if given.called in CORPORA:
        raise Refused(f"'{given.called}' is the name of a declared set; choose another.")
    place = str(Path(word).expanduser().resolve())
    return own.Declaration(
        given.called, place, given.terms, given.title, given.credit, tuple(given.accept), given.labels or ""
    )


def _place(given: argparse.Namespace) -> Path:
    """Where sets of one's own are kept: never in the repository, whose files travel."""
    folder: Path = (given.data / "sets") if given.what == "clean" or given.out is None else given.out
    if folder.resolve().is_relative_to(ROOT) and not folder.resolve().is_relative_to(ROOT / "runs"):
        raise Refused(f"{folder} lies in the repository; choose a folder elsewhere for sets of your own.")
    return folder


def _prepared(corpus: Corpus, given: argparse.Namespace, pool: Pool, stack: ExitStack) -> Prepared:
    catalogue = stack.enter_context(Catalogue(given.runs / "data" / corpus.name / "catalogue.sqlite"))
    return prepare(corpus, given.data, catalogue, pool, _say)


def _between(one: Prepared, given: argparse.Namespace, pool: Pool, stack: ExitStack) -> list[Twin]:
    """Twins between this set and every other on this machine."""
    if one.corpus.is_apart:
        return []
    found: list[Twin] = []
    for name in [*CORPORA, *own.declared(given.data)]:
        other = terms.corpus(name, given.data)
        if name == one.corpus.name or other.is_apart or not (given.data / other.folder).is_dir():
            continue
        with ExitStack() as inner:
            try:
                found += leaks(one, _prepared(other, given, pool, inner), pool)
            except (ValueError, FileNotFoundError) as trouble:
                _say(f"{one.corpus.name} was not compared with {name}: {trouble}")
    return found


def _feedback(given: argparse.Namespace) -> int:
    """A set of what was kept, edited and rejected, from the studio's exports."""
    if given.what != "ingest" or not given.called or not given.set:
        raise Refused("Say which exports become which set: data ingest --feedback EXPORT... --as NAME.")
    if not own.NAME.fullmatch(given.called):
        raise Refused(f"'{given.called}' cannot name a set; take small letters, digits and hyphens.")
    made = behaviour.build([Path(word).expanduser() for word in given.set], given.called, _place(given))
    print(
        f"{made.name}: {made.records} decided proposals {made.verdicts} from {made.exports} exports;"
        f" left out: {made.undecided} undecided, {made.refused} without consent, {made.repeated} repeated;"
        f" digest {made.digest[:12]}"
    )
    return 0


def words(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `data`."""
    parser.add_argument("what", choices=["ingest", "clean", "report"])
    parser.add_argument(
        "set", nargs="*", metavar="SET|FOLDER", help="declared sets, or a folder or archive of your own"
    )
    parser.add_argument("--as", dest="called", default="", metavar="NAME", help="what a folder of your own is called")
    parser.add_argument("--terms", choices=TERMS, default="", help="on what terms your own may be learnt from")
    parser.add_argument("--title", default="", help="the set's name for people")
    parser.add_argument("--credit", default="", help="who is to be named")
    parser.add_argument(
        "--accept", action="append", choices=KINDS, default=[], help="a fault that belongs to the works"
    )
    parser.add_argument("--labels", choices=["folders", "file"], help="classes by first folder, or by labels.csv")
    parser.add_argument("--out", type=Path, default=None, help="folder for your sets, for pages or for cleaned copies")
    parser.add_argument(
        "--largest", type=at_least(32), default=2048, metavar="PX", help="longer side of cleaned copies"
    )
    parser.add_argument("--feedback", action="store_true", help="the files are the studio's exports of proposals")
    parser.add_argument("--workers", type=at_least(1), default=None, help="threads on this machine")
    parser.add_argument("--scheduler", default="", metavar="ADDRESS", help="Dask's scheduler, such as tcp://host:8786")


COMMAND = Command("data", "collect, clean, de-duplicate, split and show sets of pictures", words, data)
