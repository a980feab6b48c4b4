"""Every model on the shelf with all its versions, as the window and the shell list them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gesso.engine import Card, Package, SelfTest
from gesso.tools.studio import Studio
from gesso.values import Progress, Trouble


@dataclass(frozen=True)
class Version:
    """One version of a model, sound or not."""

    name: str
    version: str
    folder: Path
    package: Package | None
    trouble: Trouble | None
    """Why it cannot be used."""
    is_used: bool
    is_pinned: bool
    is_shipped: bool
    size_bytes: int
    tested: SelfTest | None
    """How it went when it last ran here."""

    @property
    def card(self) -> Card | None:
        return self.package.card if self.package is not None else None


@dataclass(frozen=True)
class Model:
    """All versions of one name, the newest first."""

    name: str
    versions: tuple[Version, ...]

    @property
    def shown(self) -> Version:
        """The version in use; where none is sound, the newest."""
        return next((version for version in self.versions if version.is_used), self.versions[0])

    @property
    def task(self) -> str:
        return self.shown.card.task if self.shown.card is not None else ""

    @property
    def is_pinned(self) -> bool:
        return any(version.is_pinned for version in self.versions)

    def version(self, number: str) -> Version | None:
        return next((version for version in self.versions if version.version == number), None)

    @property
    def sound(self) -> list[Version]:
        return [version for version in self.versions if version.package is not None]


def models_on(studio: Studio, progress: Progress | None = None) -> list[Model]:
    """By task and name. Every package is read and verified, which takes its time the first time."""
    progress, names = progress or Progress.silent(), studio.shelf.names()
    found = []
    for number, name in enumerate(names):
        progress.at(number / len(names))
        found.append(Model(name, tuple(versions_of(studio, name))))
    return sorted(found, key=lambda model: (model.task == "", model.task, model.name))


def versions_of(studio: Studio, name: str) -> list[Version]:
    """The newest first; raises nothing for one that is not sound, but tells why."""
    shelf = studio.shelf
    try:
        used = shelf.open(name).folder
    except Trouble:
        used = None
    pinned, found = shelf.pinned(name), []
    for folder in reversed([folder for folder in shelf.folders() if folder.parent.name == name]):
        package, trouble = None, None
        try:
            package = shelf.verified(folder)
        except Trouble as refused:
            trouble = refused
        found.append(
            Version(
                name, folder.name, folder, package, trouble, folder == used, pinned == folder.name,
                folder.is_relative_to(shelf.shipped), _size_of(folder),
                studio.tests.of(package.digest) if package is not None else None,
            )
        )  # fmt: skip
    return found


def _size_of(folder: Path) -> int:
    try:
        return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    except OSError:
        return 0
