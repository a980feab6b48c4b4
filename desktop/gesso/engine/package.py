"""A signed package: `verify` reads each file once, and only those very bytes are used afterwards."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.engine.card import Card, read_card
from gesso.engine.protobuf_scan import scan
from gesso.engine.trust import SIGNATURE_BYTES, Key, Trust, canonical
from gesso.values import Note, Trouble, mark

MANIFEST, SIGNATURE, CARD, GOLDEN = "manifest.json", "signature", "card.json", "golden.npz"
LARGEST_MANIFEST_BYTES = 1024 * 1024
LARGEST_PACKAGE_BYTES = 512 * 1024 * 1024
MOST_FILES = 500
_PLAIN_PATH = re.compile(r"[A-Za-z0-9_\-][A-Za-z0-9_\-.]*(/[A-Za-z0-9_\-][A-Za-z0-9_\-.]*){0,3}")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_VERSION = re.compile(r"(0|[1-9]\d{0,4})\.(0|[1-9]\d{0,4})\.(0|[1-9]\d{0,4})")

Array = NDArray[Any]


@dataclass(frozen=True)
class Package:
    """A verified package, its files in memory."""

    folder: Path
    card: Card
    digest: str
    """SHA-256 of the manifest: names these very bytes."""
    signer: Key
    files: Mapping[str, bytes]

    @property
    def name(self) -> str:
        return self.card.name

    @property
    def version(self) -> str:
        return self.card.version

    def graph(self, key: str) -> bytes:
        return self.files[self.card.graphs[key].file]

    @cached_property
    def golden(self) -> dict[str, dict[str, Array]]:
        """`<graph>/in/<port>` and `<graph>/out/<port>` of the golden sample, by graph key then `in/<port>`."""
        found: dict[str, dict[str, Array]] = {}
        for name, array in arrays_of(self.files[GOLDEN]).items():
            graph, _, port = name.partition("/")
            found.setdefault(graph, {})[port] = array
        return found

    def arrays(self, file: str) -> dict[str, Array]:
        """The arrays of an asset such as `styles.npz`."""
        return arrays_of(self.files[file])


def arrays_of(content: bytes) -> dict[str, Array]:
    """An `.npz` read without pickle."""
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def _refused(name: str, reason: str, **values: object) -> Trouble:
    return Trouble(
        "The model package {name} was refused: {reason}.",
        "Nothing of it was used.",
        "Get it again from where it came from.",
        name=name,
        reason=Note(reason, values),
    )


def verify(folder: Path, trust: Trust, name: str = "") -> Package:
    """Signature, then hashes, then card, then graphs; raises `Trouble` at the first thing that is not right.

    `name` is what the trouble calls it; the folder's own name and version when left out.
    """
    name = name or f"{folder.parent.name} {folder.name}"

    def read(inside: str, limit: int) -> bytes:
        path = folder / inside
        try:
            if path.is_symlink() or not path.is_file():
                raise _refused(name, mark("{file} is missing"), file=inside)
            if path.stat().st_size > limit:
                raise _refused(name, mark("{file} is too large"), file=inside)
            return path.read_bytes()
        except OSError:
            raise _refused(name, mark("{file} cannot be read"), file=inside) from None

    if not (folder / SIGNATURE).is_file():
        raise _refused(name, mark("it is not signed"))
    manifest_bytes = read(MANIFEST, LARGEST_MANIFEST_BYTES)
    signature = read(SIGNATURE, SIGNATURE_BYTES)
    # Which key claims to have signed is all that is taken from the manifest before the signature is checked.
    claimed = re.search(rb'"key_id":"([0-9a-f]{16})"', manifest_bytes)
    key = trust.key(claimed.group(1).decode()) if claimed else None
    if key is None:
        raise Trouble(
            "The model package {name} was refused: it is signed by a key that is not trusted here.",
            "Nothing of it was used.",
            "If you know its author, trust their key first, and only then.",
            name=name,
        )
    if not key.signed(signature, manifest_bytes):
        raise _refused(name, mark("its signature does not fit, it was altered"))
    manifest = _manifest(manifest_bytes, name)
    files: dict[str, bytes] = {}
    for inside, facts in manifest["files"].items():
        content = read(inside, int(facts["bytes"]))
        if len(content) != facts["bytes"] or hashlib.sha256(content).hexdigest() != facts["sha256"]:
            raise _refused(name, mark("{file} was altered"), file=inside)
        files[inside] = content
    for required in (CARD, GOLDEN):
        if required not in files:
            raise _refused(name, mark("{file} is missing"), file=required)
    card = read_card(files[CARD])
    if (card.name, card.version) != (manifest["name"], manifest["version"]):
        raise _refused(name, mark("card and manifest name different things"))
    for graph in card.graphs.values():
        if graph.file not in files:
            raise _refused(name, mark("{file} is missing"), file=graph.file)
        scan(files[graph.file])
    package = Package(folder, card, hashlib.sha256(manifest_bytes).hexdigest(), key, files)
    _check_golden(package, name)
    return package


def _manifest(written: bytes, name: str) -> dict[str, Any]:
    try:
        found = json.loads(written)
        if canonical(found) != written or found["format"] != 1:
            raise ValueError
        files = found["files"]
        sizes = [int(facts["bytes"]) for facts in files.values()]
        plain = all(_PLAIN_PATH.fullmatch(inside) for inside in files)
        named = _NAME.fullmatch(found["name"]) and _VERSION.fullmatch(found["version"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _refused(name, mark("its manifest is damaged")) from None
    if not plain or not named:
        raise _refused(name, mark("its manifest names impossible files"))
    if len(files) > MOST_FILES or sum(sizes) > LARGEST_PACKAGE_BYTES or min(sizes, default=0) < 0:
        raise _refused(name, mark("it is too large"))
    return dict(found)


def _check_golden(package: Package, name: str) -> None:
    try:
        golden = package.golden
    except (ValueError, OSError, KeyError, zipfile.BadZipFile):
        raise _refused(name, mark("its golden sample is damaged")) from None
    for key, graph in package.card.graphs.items():
        wanted = {f"in/{port.name}" for port in graph.inputs} | {f"out/{port.name}" for port in graph.outputs}
        if set(golden.get(key, {})) != wanted:
            raise _refused(name, mark("its golden sample does not fit the graph {graph}"), graph=key)
