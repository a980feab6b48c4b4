"""A damaged project put together again from what is whole; what is lost is named, layer by layer.

The damaged file is only read. A tile that cannot be trusted to the last bit becomes transparent; in a mask it hides
nothing, so that what lies under it stays in sight.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.documents.painting import TILE, Painting
from gesso.documents.painting.codec import decode, decode_painting
from gesso.documents.painting.painting import ROOT
from gesso.files import project
from gesso.files.container import APPLICATION_ID, VERSION, Container
from gesso.files.project import COPY, unsealed
from gesso.files.seal import DOCUMENT
from gesso.files.soundness import UNFIT, sound, sound_node
from gesso.files.trouble import UNTOUCHED, disk_trouble
from gesso.files.wreck import Wreck
from gesso.values import Note, Progress, Size, Trouble, mark

PIXELS, MASK, SELECTION, LAYER, LIST = "pixels", "mask", "selection", "layer", "list"
SENTENCES = {
    PIXELS: mark("{layer}: {missing} of {count} tiles are lost and transparent now."),
    MASK: mark("{layer}: {missing} of {count} tiles of its mask are lost and hide nothing now."),
    SELECTION: mark("The selection is lost."),
    LAYER: mark("{layer}: the layer is lost."),
    LIST: mark("The list of layers is damaged itself: names, order and settings may be wrong."),
}


@dataclass(frozen=True)
class Loss:
    """What of a layer could not be recovered."""

    part: str
    """`pixels`, `mask`, `selection`, `layer` or `list`."""
    layer: str = ""
    missing: int = 0
    count: int = 0

    @property
    def note(self) -> Note:
        layer = self.layer or Note(mark("A layer without a name"))
        return Note(SENTENCES[self.part], {"layer": layer, "missing": self.missing, "count": self.count})


@dataclass
class Salvage:
    """What was whole in a damaged container."""

    painting: Painting
    losses: list[Loss] = field(default_factory=list)
    document: str = ""

    @property
    def is_whole(self) -> bool:
        return not self.losses


def repaired_path(path: Path) -> Path:
    """A name beside the damaged file that nothing has yet."""
    stem = path.name.removesuffix("~").removesuffix(project.SUFFIX)
    for number in range(1, 10_000):
        found = path.with_name(f"{stem} repaired{f' {number}' if number > 1 else ''}{project.SUFFIX}")
        if not found.exists():
            return found
    raise AssertionError("ten thousand repairs of one file")


def repair(path: Path, to: Path | None = None, progress: Progress | None = None) -> tuple[Path, list[Loss]] | None:
    """Write what is whole of a project into a new file; None when the project is sound. Raises `Trouble`."""
    progress = progress or Progress.silent()
    refuse_newer(path)
    if path.exists() and not project.check(path):
        return None
    to = to or repaired_path(path)
    if to.suffix.lower() != project.SUFFIX:
        raise Trouble(
            "What is put together again is a project, and {name} is no name for one.",
            UNTOUCHED,
            "Choose a name that ends in {ending}.",
            name=to.name,
            ending=project.SUFFIX,
        )
    if to.exists():
        raise Trouble("{name} is already there.", "", "Choose another name, or allow it to be replaced.", name=to.name)
    found = salvage(path, progress.part(0, 0.5))
    project.save(replace(found.painting, title=to.stem), to, progress.part(0.5, 1), document=found.document)
    return to, found.losses


def refuse_newer(path: Path) -> None:
    """A newer file is not a damaged one: this Gesso would leave out what it does not know."""
    with contextlib.suppress(OSError), path.open("rb") as file:
        head = file.read(100)
        is_ours = head[68:72] == APPLICATION_ID.to_bytes(4, "big")
        if is_ours and VERSION < int.from_bytes(head[60:64], "big") < 1000:
            Container.open(path, read_only=True).close()  # says so


def salvage(path: Path, progress: Progress | None = None) -> Salvage:
    """Read all that is whole, in memory. Raises `Trouble` when nothing that makes a picture is."""
    with opened(path) as wreck:
        return put_together(wreck, path, progress or Progress.silent())


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Wreck]:
    """The wreck of a file, or of a copy into which SQLite has put the newest pages that lay beside it."""
    wal = path.with_name(path.name + "-wal")
    with tempfile.TemporaryDirectory() if wal.exists() else contextlib.nullcontext("") as folder:
        file = path
        if folder:
            file = Path(folder) / "copy.gesso"
            try:
                shutil.copyfile(path, file)
                shutil.copyfile(wal, file.with_name(file.name + "-wal"))
            except OSError as error:
                raise disk_trouble(path, error) from None
            with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(file)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        with contextlib.closing(Wreck(file)) as wreck:
            yield wreck


def put_together(wreck: Wreck, path: Path, progress: Progress) -> Salvage:
    """The painting that `path` held, as far as the wreck is whole; raises `Trouble` when there is none."""
    document, losses = _document(wreck, path)
    filled: dict[str, NDArray[Any]] = {}
    readable: dict[str, bool] = {}

    def is_whole(name: str) -> bool:
        if name not in readable:
            try:
                wreck.get(name)
                readable[name] = True
            except ValueError:
                readable[name] = False
            progress.check()
        return readable[name]

    def get(name: str) -> NDArray[Any]:
        return filled[name] if name in filled else wreck.get(name)

    nodes = []
    for at, node in enumerate(document["nodes"]):
        progress.at(at / len(document["nodes"]))
        try:
            name = str(node["name"])
            for part, value in list(node.items()):
                if isinstance(value, dict) and value.get("$") == "Tiles":
                    lost = _without_lost(value, is_whole, filled if part == MASK else None)
                    if lost:
                        losses.append(Loss(MASK if part == MASK else PIXELS, name, lost, lost + _left(value, filled)))
            sound_node(decode(node, get))
            nodes.append(node)
        except UNFIT:
            losses.append(Loss(LAYER, str(node.get("name", "")) if isinstance(node, dict) else ""))
    document["nodes"] = nodes
    _close_ranks(document)
    try:
        decode(document.get("selection"), get)
    except UNFIT:
        document["selection"] = None
        losses.append(Loss(SELECTION))
    try:
        painting = sound(decode_painting(document, get))
    except UNFIT:
        raise nothing_left(path) from None
    found = wreck.facts.get(DOCUMENT)
    return Salvage(painting, losses, found if isinstance(found, str) else "")


def _without_lost(tiles: dict[str, Any], is_whole: Any, fill: dict[str, NDArray[Any]] | None) -> int:
    """Take lost tiles out of a picture, or fill them with what hides nothing; how many there were."""
    kept, lost = [], 0
    size = Size(*tiles["size"])
    for column, row, name in tiles["tiles"]:
        if is_whole(name):
            kept.append([column, row, name])
            continue
        lost += 1
        if fill is not None:
            height, width = min(TILE, size.height - row * TILE), min(TILE, size.width - column * TILE)
            dtype = np.dtype(tiles["dtype"])
            stand_in = f"filled {height} {width} {dtype.str}"
            fill[stand_in] = np.full((height, width, tiles["channels"]), np.iinfo(dtype).max, dtype)
            kept.append([column, row, stand_in])
    tiles["tiles"] = kept
    return lost


def _left(tiles: dict[str, Any], filled: dict[str, NDArray[Any]]) -> int:
    return sum(name not in filled for _, _, name in tiles["tiles"])


def _close_ranks(document: dict[str, Any]) -> None:
    """Groups forget children that are lost; layers whose group is lost come to the top."""
    nodes = {node["id"]: node for node in document["nodes"]}
    if ROOT not in nodes:
        nodes[ROOT] = {"$": "Group", "id": ROOT, "name": "", "children": []}
    held: set[str] = set()
    for node in nodes.values():
        if "children" in node:
            node["children"] = [id for id in node["children"] if id in nodes and id != ROOT]
            held.update(node["children"])
    nodes[ROOT]["children"] += [id for id in nodes if id != ROOT and id not in held]
    document["nodes"] = list(nodes.values())
    if document.get("active") not in nodes:
        document["active"] = ""


def _document(wreck: Wreck, path: Path) -> tuple[dict[str, Any], list[Loss]]:
    """The newest list of layers that proves itself; else one of Gesso 0.1, which cannot; else one that is damaged."""
    texts = [text for _, text in sorted(wreck.snapshots, reverse=True)]
    copy = wreck.facts.get(COPY)
    if isinstance(copy, str):
        texts.insert(1, copy)
    doubtful = []
    for text in texts:
        try:
            found, is_whole = unsealed(text)
            if not isinstance(found["nodes"], list) or not found["nodes"]:
                continue
        except UNFIT:
            continue
        if is_whole:
            return found, []
        doubtful.append(found)
    if not doubtful:
        raise nothing_left(path)
    return doubtful[0], [Loss(LIST)]


def nothing_left(path: Path) -> Trouble:
    return Trouble(
        "Nothing of {name} could be recovered.",
        "It was left exactly as it is.",
        "Look into the history of this file, or open the copy before it, {name}~.",
        name=path.name,
    )
