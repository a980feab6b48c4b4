"""A person's own works as a set: a folder or an archive of theirs, declared outside the repository, read as any other.

The pictures stay where they are. `sets/<name>/set.json` says where that is and on what terms they may be learnt from,
`manifest.json` beside it says what was found. Training finds both below the data folder, or where GESSO_SETS points.
"""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from gesso_training.corpora.archives import is_archive
from gesso_training.corpora.cleaning import KINDS
from gesso_training.corpora.corpus import TERMS, Corpus, Item
from gesso_training.corpora.normal import is_picture

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LABELS = "labels.csv"


@dataclass(frozen=True)
class Declaration:
    """What a person says of a set of theirs."""

    name: str
    place: str
    """The folder or archive of the works, as it lies on this machine."""
    terms: str
    title: str = ""
    credit: str = ""
    accepts: tuple[str, ...] = ()
    """Kinds of faults that belong to these works, such as `grey` for etchings."""
    labels: str = ""
    """`folders`, where the first folder names the class; `file`, where labels.csv does; or none."""


@dataclass(frozen=True)
class Own:
    """A set of somebody's own: its declaration, its manifest's place and how it is walked."""

    declaration: Declaration
    manifest: Path
    corpus: Corpus


def check(declaration: Declaration) -> None:
    """Refuse what cannot become a set, in a sentence."""
    place = Path(declaration.place)
    if not NAME.fullmatch(declaration.name):
        raise ValueError(f"'{declaration.name}' cannot name a set; take small letters, digits and hyphens.")
    if declaration.terms not in TERMS:
        raise ValueError(f"There are no terms '{declaration.terms}'; known are {', '.join(TERMS)}.")
    if unknown := [kind for kind in declaration.accepts if kind not in KINDS]:
        raise ValueError(f"There is no fault '{unknown[0]}'; known are {', '.join(KINDS)}.")
    if not place.exists():
        raise FileNotFoundError(f"There is no folder or archive {place}.")
    if place.is_file() and not is_archive(place):
        raise ValueError(f"{place.name} is no folder and no archive; give a folder, a tar or a zip.")


def corpus_of(declaration: Declaration) -> Corpus:
    """The set that a declaration stands for."""
    place = Path(declaration.place)
    is_packed = place.is_file()
    labels: tuple[str, ...] = ()
    if declaration.labels == "folders" and not is_packed:
        labels = tuple(sorted(entry.name for entry in os.scandir(place) if entry.is_dir() and entry.name[0] != "."))
    elif declaration.labels == "file" and not is_packed:
        labels = tuple(sorted(set(read_labels(place).values())))
    return Corpus(
        declaration.name,
        str((place.parent if is_packed else place).resolve()),
        declaration.title or declaration.name,
        "works of the person who trains with them",
        f"as the person who trains with them says: {declaration.terms}",
        partial(_find, declaration),
        accepts=frozenset(declaration.accepts),
        archive=place.name if is_packed else "",
        of_member=partial(_of_member, declaration) if is_packed else None,
        labels=labels,
        terms=declaration.terms,
        lists_members=True,
    )


def _of_member(declaration: Declaration, name: str) -> Item | None:
    if not is_picture(name):
        return None
    label = name.split("/")[0] if declaration.labels == "folders" and "/" in name else ""
    return Item(name, declaration.terms, "", declaration.credit, label=label)


def _find(declaration: Declaration, root: Path) -> Iterator[Item]:
    labels = read_labels(root) if declaration.labels == "file" else {}
    if labels:
        _check_labels(labels, root)
    for file in walk(root):
        label = labels.get(file, "")
        if declaration.labels == "folders" and "/" in file:
            label = file.split("/")[0]
        yield Item(file, declaration.terms, "", declaration.credit, label=label)


def walk(root: Path, below: str = "") -> Iterator[str]:
    """Pictures of a folder and those inside it, by name, a folder at a time; links are not followed."""
    with os.scandir(root / below) as entries:
        found = sorted((entry.name, entry.is_dir(follow_symlinks=False), entry.is_symlink()) for entry in entries)
    for name, is_folder, is_link in found:
        path = f"{below}/{name}" if below else name
        if is_link or name.startswith("."):
            continue
        try:
            path.encode()
        except UnicodeEncodeError:
            raise ValueError(f"A name in {root / below} is not written in Unicode; rename {name!a}.") from None
        if is_folder:
            yield from walk(root, path)
        elif is_picture(path):
            yield path


def read_labels(root: Path) -> dict[str, str]:
    """File -> class, from labels.csv: two columns, no heading needed."""
    file = root / LABELS
    if not file.is_file():
        raise FileNotFoundError(f"There is no {LABELS} in {root}; it names a file and its class on each line.")
    with file.open(encoding="utf-8-sig", newline="") as text:
        rows = [row for row in csv.reader(text) if row and row != ["file", "label"]]
    for number, row in enumerate(rows, 1):
        if len(row) != 2 or not row[1].strip():
            raise ValueError(f"Line {number} of {file} does not name a file and its class.")
    return {name.strip().replace("\\", "/"): label.strip() for name, label in rows}


def _check_labels(labels: dict[str, str], root: Path) -> None:
    bare, met = "", 0
    for file in walk(root):
        met += file in labels
        bare = bare or ("" if file in labels else file)
    if bare or met != len(labels):
        gone = bare or next(file for file in labels if not (root / file).is_file())
        lack = "has none" if bare else "is not there"
        raise ValueError(f"{LABELS} has {len(labels)} labels, but {gone} {lack}; put that right and try again.")


# --- where they are kept ---


def folders(data: Path) -> list[Path]:
    """Where sets of one's own are looked for."""
    named = [Path(part) for part in os.environ.get("GESSO_SETS", "").split(os.pathsep) if part]
    return [data / "sets", *named]


def save(declaration: Declaration, folder: Path) -> Own:
    """Write the declaration; the manifest comes to lie beside it."""
    check(declaration)
    room = folder / declaration.name
    room.mkdir(parents=True, exist_ok=True)
    text = json.dumps(asdict(declaration), indent=1, ensure_ascii=False) + "\n"
    (room / "set.json").write_text(text, encoding="utf-8")
    return load(room)


def load(room: Path) -> Own:
    """A set from its folder."""
    file = room / "set.json"
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
        declaration = Declaration(**{**said, "accepts": tuple(said.get("accepts", ()))})
    except (ValueError, TypeError, AttributeError):
        raise ValueError(f"{file} declares no set; make it again with `gesso-train data ingest FOLDER --as NAME`.") from None  # fmt: skip
    check(declaration)
    return Own(declaration, room / "manifest.json", corpus_of(declaration))


def declared(data: Path) -> dict[str, Own]:
    """The sets of one's own that are known here and whose works are there."""
    rooms: Iterable[Path] = (
        file.parent for folder in folders(data) if folder.is_dir() for file in sorted(folder.glob("*/set.json"))
    )
    found: dict[str, Own] = {}
    for room in rooms:
        try:
            found.setdefault(room.name, load(room))
        except FileNotFoundError:  # on a disk that is not in this machine now
            continue
    return found
