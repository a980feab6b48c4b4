"""The GPU pack: the CUDA part of the runtime, which the installed app leaves out, from one signed file.

A pack is a zip of libraries, `manifest.json` and `signature`. As it holds native code, a release key has to have
signed it; keys that the artist trusts are for models. It lies in the artist's own folder, for an installed app is
read-only, and fits one version of the runtime on one kind of system.
"""

from __future__ import annotations

import filecmp
import hashlib
import importlib.abc
import importlib.util
import json
import os
import platform
import re
import shutil
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import IO, Any

from gesso.engine.trust import SIGNATURE_BYTES, Key, Trust, canonical
from gesso.values import Note, Progress, Trouble, mark
from gesso.values.paths import resources, user_data

KIND = "gpu-pack"
MANIFEST, SIGNATURE = "manifest.json", "signature"
PROVIDER = "onnxruntime_providers_cuda.dll" if sys.platform == "win32" else "libonnxruntime_providers_cuda.so"
CORE = "onnxruntime.capi.onnxruntime_pybind11_state"
"""The runtime itself. It looks for providers beside the file that it was loaded from, and nowhere else."""
LARGEST_MANIFEST_BYTES = 1024 * 1024
LARGEST_PACK_BYTES = 8 * 1024**3
MOST_FILES = 200
BLOCK_BYTES = 1 << 20
_PLAIN_PATH = re.compile(r"(licences/)?[A-Za-z0-9_\-][A-Za-z0-9_\-.+]{0,120}")
_VERSION = re.compile(r"\d{1,5}(\.\d{1,5}){1,3}")


def here() -> str:
    """The kind of system that libraries have to be made for, such as `linux-x86_64`."""
    return f"{sys.platform}-{platform.machine().lower()}"


def runtime_version() -> str:
    """The version of the runtime in use, without loading it; empty where it cannot be known."""
    for name in ("onnxruntime-gpu", "onnxruntime"):
        try:
            return metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return ""


def runtime_folder() -> Path | None:
    """Where the runtime's own libraries lie, without loading it."""
    spec = importlib.util.find_spec("onnxruntime")
    places = list(spec.submodule_search_locations or []) if spec else []
    return Path(places[0]) / "capi" if places else None


@dataclass(frozen=True)
class Piece:
    """A file of a pack as its manifest tells it."""

    bytes: int
    sha256: str


@dataclass(frozen=True)
class Pack:
    """A pack whose signature fits. Whether every byte does is for `GpuPacks.check` to say."""

    folder: Path
    version: str
    runtime: str
    system: str
    signer: Key
    pieces: Mapping[str, Piece]

    @property
    def bytes(self) -> int:
        return sum(piece.bytes for piece in self.pieces.values())

    @property
    def misfit(self) -> Note | None:
        """Why this pack is of no use here, or nothing."""
        if self.system != here():
            return Note(mark("it is made for {system}"), {"system": self.system})
        if self.runtime != runtime_version():
            return Note(
                mark("it is made for version {theirs} of the runtime and this is {ours}"),
                {"theirs": self.runtime, "ours": runtime_version()},
            )
        return None


def _refused(name: str, reason: str | Note, **values: object) -> Trouble:
    return Trouble(
        "The GPU pack {name} was refused: {reason}.",
        "Nothing was changed, and models run as before.",
        "Get the pack again from where Gesso came from.",
        name=name,
        reason=reason if isinstance(reason, Note) else Note(reason, values),
    )


def read_manifest(written: bytes, signature: bytes, trust: Trust, folder: Path, name: str) -> Pack:
    """Believe a manifest only once a release key is known to have signed these very bytes."""
    claimed = re.search(rb'"key_id":"([0-9a-f]{16})"', written)
    key = trust.key(claimed.group(1).decode()) if claimed else None
    if key is None or not key.is_release:
        raise _refused(name, mark("no release key of Gesso has signed it"))
    if not key.signed(signature, written):
        raise _refused(name, mark("its signature does not fit, it was altered"))
    try:
        found = json.loads(written)
        if canonical(found) != written or found["format"] != 1 or found["kind"] != KIND:
            raise ValueError
        version, runtime, system = str(found["version"]), str(found["runtime"]), str(found["system"])
        pieces = {
            str(inside): Piece(int(facts["bytes"]), str(facts["sha256"])) for inside, facts in found["files"].items()
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _refused(name, mark("its manifest is damaged")) from None
    plain = all(_PLAIN_PATH.fullmatch(inside) and piece.bytes >= 0 for inside, piece in pieces.items())
    if not plain or {MANIFEST, SIGNATURE} & pieces.keys() or not _VERSION.fullmatch(version):
        raise _refused(name, mark("its manifest names impossible files"))
    if len(pieces) > MOST_FILES or sum(piece.bytes for piece in pieces.values()) > LARGEST_PACK_BYTES:
        raise _refused(name, mark("it is too large"))
    return Pack(folder, version, runtime, system, key, pieces)


class GpuPacks:
    """The place where the one installed pack lies."""

    def __init__(self, home: Path, trust: Trust) -> None:
        self.home, self.trust = home, trust
        self.folder = home / "pack"

    @classmethod
    def of_the_artist(cls) -> GpuPacks:
        """In the artist's own folder, trusting what the studio trusts."""
        return cls(user_data() / "gpu", Trust(resources() / "keys", user_data() / "keys"))

    def installed(self) -> Pack | None:
        """The pack that is there, its signature and the sizes of its files checked; raises `Trouble` if unsound."""
        if not self.folder.is_dir():
            return None
        name = self.folder.name
        try:
            written = _at_most(self.folder / MANIFEST, LARGEST_MANIFEST_BYTES)
            signature = _at_most(self.folder / SIGNATURE, SIGNATURE_BYTES)
            pack = read_manifest(written, signature, self.trust, self.folder, name)
            for inside, piece in pack.pieces.items():
                file = self.folder / inside
                if file.is_symlink() or not file.is_file() or file.stat().st_size != piece.bytes:
                    raise _refused(name, mark("{file} was altered"), file=inside)
        except OSError:
            raise _refused(name, mark("a part of it cannot be read")) from None
        return pack

    def check(self, pack: Pack, progress: Progress) -> None:
        """Compare every byte of an installed pack with what was signed."""
        done = 0
        for inside, piece in pack.pieces.items():
            try:
                with (pack.folder / inside).open("rb") as file:
                    found = _digest(file, None, progress, done, pack.bytes)
            except OSError:
                raise _refused(pack.folder.name, mark("a part of it cannot be read")) from None
            if found != piece:
                raise _refused(pack.folder.name, mark("{file} was altered"), file=inside)
            done += piece.bytes

    def install(self, source: Path, progress: Progress) -> Pack:
        """Unpack a pack beside the one in use, check every byte, and only then let it take that one's place."""
        try:
            with zipfile.ZipFile(source) as archive:
                return self._install(archive, source.name, progress)
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError):
            raise _refused(source.name, mark("the file is damaged or is not a zip")) from None
        except FileNotFoundError:
            raise _refused(source.name, mark("there is no such file")) from None
        except OSError as error:
            raise Trouble(
                "The GPU pack could not be installed: {reason}.",
                "Models run as before.",
                "Close Gesso's windows, look whether the disk is full, and try again.",
                reason=error.strerror or type(error).__name__,
            ) from None

    def _install(self, archive: zipfile.ZipFile, name: str, progress: Progress) -> Pack:
        entries = {entry.filename: entry for entry in archive.infolist() if not entry.is_dir()}
        if len(entries) > MOST_FILES + 2 or not {MANIFEST, SIGNATURE} <= entries.keys():
            raise _refused(name, mark("it is no GPU pack"))
        if entries[MANIFEST].file_size > LARGEST_MANIFEST_BYTES or entries[SIGNATURE].file_size != SIGNATURE_BYTES:
            raise _refused(name, mark("it is no GPU pack"))
        written, signature = archive.read(MANIFEST), archive.read(SIGNATURE)
        pack = read_manifest(written, signature, self.trust, self.folder, name)
        if entries.keys() - {MANIFEST, SIGNATURE} != pack.pieces.keys():
            raise _refused(name, mark("it holds other files than were signed"))
        if pack.misfit:
            raise _refused(name, pack.misfit)
        self.home.mkdir(parents=True, exist_ok=True)
        self._sweep()
        if shutil.disk_usage(self.home).free < pack.bytes * 1.05:
            raise Trouble(
                "The GPU pack needs {need} GB of disk and there is less.",
                "Nothing was changed, and models run as before.",
                "Free some space and try again.",
                need=f"{pack.bytes / 1e9:.1f}",
            )
        made = Path(tempfile.mkdtemp(prefix="new-", dir=self.home))
        try:
            self._unpack(archive, pack, made, name, progress)
            (made / MANIFEST).write_bytes(written)
            (made / SIGNATURE).write_bytes(signature)
            old = self._taken_away() if self.folder.exists() else None
            try:
                os.replace(made, self.folder)
            except OSError:
                if old is not None:
                    os.replace(old, self.folder)
                raise
        finally:
            shutil.rmtree(made, ignore_errors=True)
            self._sweep()
        return pack

    def _unpack(self, archive: zipfile.ZipFile, pack: Pack, made: Path, name: str, progress: Progress) -> None:
        done = 0
        for inside, piece in pack.pieces.items():
            target = made / inside
            target.parent.mkdir(exist_ok=True)
            with archive.open(inside) as packed, target.open("wb") as plain:
                found = _digest(packed, plain, progress, done, pack.bytes, most=piece.bytes)
            if found != piece:
                raise _refused(name, mark("{file} was altered"), file=inside)
            done += piece.bytes

    def remove(self) -> bool:
        """Take the pack away; whether there was one."""
        if not self.folder.is_dir():
            return False
        try:  # in one step, so that no half of it is ever found
            self._taken_away()
        except OSError:
            raise Trouble(
                "The GPU pack is in use.", "Nothing was changed.", "Close Gesso's windows and try again."
            ) from None
        self._sweep()
        return True

    def _taken_away(self) -> Path:
        """Where the pack lies now, until what is left is swept."""
        old = Path(tempfile.mkdtemp(prefix="old-", dir=self.home)) / "pack"
        os.replace(self.folder, old)
        return old

    def _sweep(self) -> None:
        """Throw away what an ended installation left, as far as no running studio still holds it."""
        for left in [*self.home.glob("old-*"), *self.home.glob("new-*")]:
            shutil.rmtree(left, ignore_errors=True)


def _at_most(file: Path, limit: int) -> bytes:
    with file.open("rb") as opened:
        return opened.read(limit)


def _digest(
    source: IO[bytes], copy: IO[bytes] | None, progress: Progress, done: int, whole: int, most: int | None = None
) -> Piece:
    """Read a file to its end, or to where it is longer than it may be, and write it along."""
    state, size = hashlib.sha256(), 0
    while block := source.read(BLOCK_BYTES):
        size += len(block)
        if most is not None and size > most:
            break
        state.update(block)
        if copy is not None:
            copy.write(block)
        progress.at(min(1.0, (done + size) / max(1, whole)))
    return Piece(size, state.hexdigest())


@dataclass(frozen=True)
class Reach:
    """Where the runtime finds its CUDA part."""

    folder: Path | None = None
    """The pack's folder; nothing where the runtime brings the part itself."""
    lack: Note | None = None
    """Why there is none."""


def reach(packs: GpuPacks | None = None) -> Reach:
    """Let the runtime, which must not be loaded yet, find the pack's libraries as if they were its own."""
    own = runtime_folder()
    if own is None or (own / PROVIDER).is_file():
        return Reach()
    packs = packs or GpuPacks.of_the_artist()
    try:
        pack = packs.installed()
        if pack is None:
            return Reach(lack=Note(mark("the GPU pack is not installed")))
        if pack.misfit:
            return Reach(lack=Note(mark("the GPU pack does not fit: {reason}"), {"reason": pack.misfit}))
        core = _bring(own, pack.folder)
    except Trouble as trouble:
        return Reach(lack=Note(mark("the GPU pack is not sound: {reason}"), {"reason": trouble.values["reason"]}))
    except OSError:
        return Reach(lack=Note(mark("the GPU pack cannot be read")))
    if CORE not in sys.modules:
        sys.meta_path.insert(0, _FromPack(core))
    if sys.platform == "win32":
        os.add_dll_directory(str(pack.folder))
    return Reach(folder=pack.folder)


def _bring(own: Path, folder: Path) -> Path:
    """Put the runtime's core and what providers share beside the pack's libraries; the core's path."""
    core = next(own.glob("onnxruntime_pybind11_state*"))
    for file in [core, *own.glob("*onnxruntime_providers_shared.*")]:
        target = folder / file.name
        if sys.platform == "win32":  # links are for administrators there
            if not target.is_file() or not filecmp.cmp(file, target, shallow=False):
                shutil.copyfile(file, target)
        elif not target.is_symlink() or os.readlink(target) != str(file):
            made = folder / f".{os.getpid()}-{file.name}"
            os.symlink(file, made)
            os.replace(made, target)
    return folder / core.name


class _FromPack(importlib.abc.MetaPathFinder):
    """Loads the runtime's core through the pack's folder."""

    def __init__(self, core: Path) -> None:
        self._core = core

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None, /
    ) -> ModuleSpec | None:
        return importlib.util.spec_from_file_location(fullname, self._core) if fullname == CORE else None


def manifest(version: str, runtime: str, key_id: str, files: Mapping[str, Path]) -> dict[str, Any]:
    """What is signed of a pack made of these files; for whoever builds one."""
    facts: dict[str, dict[str, Any]] = {}
    for inside, file in sorted(files.items()):
        with file.open("rb") as opened:
            piece = _digest(opened, None, Progress.silent(), 0, 1)
        facts[inside] = {"bytes": piece.bytes, "sha256": piece.sha256}
    return {
        "format": 1, "kind": KIND, "version": version, "runtime": runtime, "system": here(), "key_id": key_id, "files": facts,
    }  # fmt: skip
