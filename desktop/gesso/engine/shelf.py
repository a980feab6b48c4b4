"""The shelf of installed packages: newest, pinned, rolled back, installed, removed."""

from __future__ import annotations

import json
import os
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from gesso.engine.card import parse_version
from gesso.engine.package import LARGEST_PACKAGE_BYTES, MOST_FILES, Package, verify
from gesso.engine.trust import Trust
from gesso.values import Note, Trouble, mark


class Shelf:
    """Packages that ship and packages that the artist installed, side by side.

    `state` is a JSON file that remembers pins and the highest version seen of each package, so that an older one
    cannot slip in unnoticed.
    """

    def __init__(self, shipped: Path, installed: Path, state: Path, trust: Trust) -> None:
        self.shipped, self.installed, self.state, self.trust = shipped, installed, state, trust
        self._verified: dict[tuple[Path, int], Package] = {}

    def folders(self) -> list[Path]:
        """Every version of every package, unverified, by name and version."""
        found = []
        for shelf in (self.shipped, self.installed):
            for folder in shelf.glob("*/*"):
                try:
                    parse_version(folder.name)
                except ValueError:
                    continue
                if (folder / "card.json").is_file():
                    found.append(folder)
        return sorted(found, key=lambda folder: (folder.parent.name, parse_version(folder.name)))

    def names(self) -> list[str]:
        return sorted({folder.parent.name for folder in self.folders()})

    def versions(self, name: str) -> list[str]:
        return [folder.name for folder in self.folders() if folder.parent.name == name]

    def open(self, name: str, version: str | None = None) -> Package:
        """The asked, pinned or newest sound version; raises `Trouble` when there is none."""
        wanted = version or self._remembered("pins").get(name)
        folders = [folder for folder in self.folders() if folder.parent.name == name]
        if wanted:
            folders = [folder for folder in folders if folder.name == wanted]
        else:
            folders = self._promoted_last(name, folders)
        trouble: Trouble | None = None
        for folder in reversed(folders):
            try:
                package = self.verified(folder)
            except Trouble as refused:
                trouble = trouble or refused
                continue
            return package
        if trouble:
            raise trouble
        raise Trouble(
            "The model {name} is not installed.",
            "Your work is as it was.",
            "Install its package with: gesso models install FILE",
            name=f"{name} {wanted or ''}".strip(),
        )

    def _promoted_last(self, name: str, folders: list[Path]) -> list[Path]:
        """Of the versions that ship, the one that `promoted.json` beside them names goes before the others."""
        try:
            said = json.loads((self.shipped / "promoted.json").read_text(encoding="utf-8"))
            promoted = str(said[name]["version"])
        except (OSError, ValueError, KeyError, TypeError):
            return folders
        if self.shipped / name / promoted not in folders:
            return folders
        held_back = [one for one in folders if one.parent.parent == self.shipped and one.name != promoted]
        return held_back + [one for one in folders if one not in held_back]

    def for_task(self, task: str) -> list[Package]:
        """The package that `open` would give, of every name whose card has this task."""
        found = []
        for name in self.names():
            try:
                package = self.open(name)
            except Trouble:
                continue
            if package.card.task == task:
                found.append(package)
        return found

    def verified(self, folder: Path) -> Package:
        """Verify once for as long as the signature file stays what it is, and its signer is trusted."""
        try:
            mark = (folder / "signature").stat().st_mtime_ns
        except OSError:
            mark = 0
        key = (folder, mark)
        known = self._verified.get(key)
        if known is None or self.trust.key(known.signer.id) is None:
            self._verified.pop(key, None)
            self._verified[key] = verify(folder, self.trust)
        return self._verified[key]

    def pinned(self, name: str) -> str | None:
        return self._remembered("pins").get(name)

    def pin(self, name: str, version: str) -> None:
        """Use this version until it is unpinned."""
        self.open(name, version)
        self._remember("pins", name, version)

    def unpin(self, name: str) -> None:
        self._remember("pins", name, None)

    def rollback(self, name: str) -> str:
        """Pin the version before the one in use; returns it."""
        used = self.open(name).version
        older = [v for v in self.versions(name) if parse_version(v) < parse_version(used)]
        if not older:
            raise Trouble(
                "There is no older version of {name} to go back to.", "It stays as it is.", version=used, name=name
            )
        self.pin(name, older[-1])
        return older[-1]

    def examine(self, source: Path) -> Package:
        """What lies in a package's zip or folder, verified and not installed; raises `Trouble` as `install` does."""
        with self._unpacked(source) as folder:
            package = verify(folder, self.trust, source.name)
            self._guard(package)
        return package

    def install(self, source: Path) -> Package:
        """From a package's zip or folder; verified before it is put on the shelf.

        Raises `Trouble` for anything unsound, and for a version older than the highest one seen (the rollback guard).
        """
        with self._unpacked(source) as folder:
            package = verify(folder, self.trust, source.name)
            self._guard(package)
            final = self.installed / package.name / package.version
            if final.exists():
                shutil.rmtree(final)
            final.parent.mkdir(exist_ok=True)
            os.replace(folder, final)
        self._remember("highest", package.name, package.version)
        return self.verified(final)

    @contextmanager
    def _unpacked(self, source: Path) -> Iterator[Path]:
        """A copy of a package beside those that are installed, gone afterwards unless it was moved away."""
        try:
            self.installed.mkdir(parents=True, exist_ok=True)
            made = tempfile.TemporaryDirectory(dir=self.installed, ignore_cleanup_errors=True)
        except OSError as error:
            raise _unwritten(source, error) from None
        with made:
            folder = Path(made.name) / "package" / "0"
            try:
                folder.mkdir(parents=True)
                if source.is_dir():
                    _copy(source, folder)
                else:
                    _unzip(source, folder)
            except OSError as error:
                raise _unwritten(source, error) from None
            yield folder

    def _guard(self, package: Package) -> None:
        """Against an older version that comes in as if it were new."""
        highest = self._remembered("highest").get(package.name)
        newest = max(
            [parse_version(v) for v in [*self.versions(package.name), *([highest] if highest else [])]],
            default=None,
        )
        if newest is not None and package.card.number < newest:
            raise Trouble(
                "{name} {version} is older than what was installed here before.",
                "It was not installed.",
                "To use an older version that is still here: gesso models rollback {name}",
                name=package.name,
                version=package.version,
            )

    def remove(self, name: str, version: str) -> None:
        """Take an installed version away; what ships with Gesso stays."""
        folder = self.installed / name / version
        if not folder.is_dir() and (self.shipped / name / version).is_dir():
            raise Trouble(
                "{name} {version} came with Gesso and cannot be removed.",
                "It stays as it is.",
                "Pin another version to use that one instead.",
                name=name,
                version=version,
            )
        if not folder.is_dir():
            raise Trouble(
                "{name} {version} was not installed by you.", "Nothing was removed.", name=name, version=version
            )
        shutil.rmtree(folder)
        if self.pinned(name) == version:
            self.unpin(name)

    def _all_remembered(self) -> dict[str, dict[str, str]]:
        try:
            found = json.loads(self.state.read_text(encoding="utf-8"))
            return {part: {str(k): str(v) for k, v in found.get(part, {}).items()} for part in ("pins", "highest")}
        except (OSError, ValueError, AttributeError):
            return {"pins": {}, "highest": {}}

    def _remembered(self, part: str) -> dict[str, str]:
        return self._all_remembered()[part]

    def _remember(self, part: str, name: str, version: str | None) -> None:
        everything = self._all_remembered()
        everything[part].pop(name, None)
        if version is not None:
            everything[part][name] = version
        self.state.parent.mkdir(parents=True, exist_ok=True)
        new = self.state.with_suffix(".part")
        new.write_text(json.dumps(everything, indent=1, sort_keys=True), encoding="utf-8")
        os.replace(new, self.state)


def _unwritten(source: Path, error: OSError) -> Trouble:
    return Trouble(
        "{name} could not be copied to the models of this computer ({reason}).",
        "Nothing was installed.",
        "Look whether it can be read and whether the disk has room.",
        name=source.name,
        reason=error.strerror or type(error).__name__,
    )


def _unusable(source: Path, reason: str) -> Trouble:
    return Trouble(
        "{name} is not a package that can be installed: {reason}.",
        "Nothing was installed.",
        "Get it again from where it came from.",
        name=source.name,
        reason=Note(reason),
    )


def _copy(source: Path, folder: Path) -> None:
    files = [path for path in sorted(source.rglob("*")) if not path.is_dir()]
    if len(files) > MOST_FILES or any(path.is_symlink() or not path.is_file() for path in files):
        raise _unusable(source, mark("it holds things that no package has"))
    if sum(path.stat().st_size for path in files) > LARGEST_PACKAGE_BYTES:
        raise _unusable(source, mark("it is too large"))
    for path in files:
        target = folder / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)


def _unzip(source: Path, folder: Path) -> None:
    try:
        with zipfile.ZipFile(source) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > LARGEST_PACKAGE_BYTES:
                raise _unusable(source, mark("it is too large"))
            for entry in entries:
                inside = PurePosixPath(entry.filename)
                odd = inside.is_absolute() or ".." in inside.parts or "\\" in entry.filename or ":" in entry.filename
                if odd or stat.S_ISLNK(entry.external_attr >> 16):
                    raise _unusable(source, mark("it tries to write outside its folder"))
                target = folder.joinpath(*inside.parts)
                target.parent.mkdir(parents=True, exist_ok=True)
                left = entry.file_size
                with archive.open(entry) as packed, target.open("wb") as plain:
                    while block := packed.read(1 << 20):
                        left -= len(block)
                        if left < 0:
                            raise _unusable(source, mark("it is larger than it says"))
                        plain.write(block)
    except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError):
        raise _unusable(source, mark("the file is damaged or is not a zip")) from None
