"""The studio that tools run in, the same for the window and the shell: keys, shelf, engine, and the record of each run."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gesso.documents.painting import Provenance
from gesso.engine import Added, DeviceTruth, Engine, Package, SelfTest, SelfTests, Shelf, Trust
from gesso.tools.declaration import Styles, Tool, Values
from gesso.values import Picture, Progress, Trouble
from gesso.values.paths import resources, user_data


class Studio:
    """Owns the engine and the shelf, and answers what a running tool asks (the `Models` of its declaration).

    Safe in any thread. The engine, and with it the worker process, starts with the first run.
    """

    def __init__(self, device: str = "auto", threads: int | None = None) -> None:
        home = user_data()
        self.device, self._threads = device, threads
        self.trust = Trust(resources() / "keys", home / "keys")
        self.shelf = Shelf(resources() / "models", home / "models", home / "models.json", self.trust)
        self.tests = SelfTests(home / "models-tested.json")
        """What each package was like when it last ran here."""
        self._engine: Engine | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Studio:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def engine(self) -> Engine:
        with self._lock:
            if self._engine is None:
                self._engine = Engine(self.device, self._threads)
            return self._engine

    def truth(self) -> DeviceTruth:
        """What models run on, and why not on something faster."""
        return self.engine.truth()

    def test(self, package: Package, progress: Progress) -> DeviceTruth:
        """Run a package's golden samples on the best device that tells the truth, and remember how it went."""
        try:
            truth = self.engine.probe(package, progress)
        except Trouble:
            self._remember(package, self.truth().held, is_right=False)
            raise
        self._remember(package, truth.held)
        return truth

    def _remember(self, package: Package, device: str, is_right: bool = True) -> None:
        self.tests.note(package.digest, SelfTest(device, is_right, datetime.now(UTC).isoformat(timespec="seconds")))

    def close(self) -> None:
        """End the worker processes."""
        with self._lock:
            if self._engine is not None:
                self._engine.close()

    # --- what a running tool may ask -----------------------------------------------------------------------------

    def open(self, task: str, grade: str = "best", scale: int = 1) -> Package:
        """The package in use for a task, of this grade and scale where there are several; raises `Trouble`."""
        found = self.shelf.for_task(task)
        fitting = [package for package in found if _scale(package) == scale]
        for package in fitting:
            if package.card.grade == grade:
                return package
        if fitting:
            return fitting[0]  # the other grade serves as well, and says in the record which it was
        raise self._lack(task, found, scale)

    def _lack(self, task: str, found: list[Package], scale: int) -> Trouble:
        if found:
            return Trouble(
                "No installed model for {task} works at scale {scale}.",
                "Your work is as it was.",
                "See what is there with: gesso models list",
                task=task,
                scale=scale,
            )
        for name in self.shelf.names():
            try:
                self.shelf.open(name)
            except Trouble as refused:  # a package is there and was refused: its reason says more
                return refused
        return Trouble(
            "No model for {task} is installed.",
            "Your work is as it was.",
            "Install one with: gesso models install FILE",
            task=task,
        )

    def picture(
        self,
        package: Package,
        colour: Any,
        *,
        extra: Mapping[str, Any] | None = None,
        textures: Mapping[str, Any] | None = None,
        added: Added | None = None,
        recolour: Any | None = None,
        progress: Progress,
    ) -> Any:
        found = self.engine.picture(
            package, colour, extra=extra, textures=textures, added=added, colour=recolour, progress=progress
        )
        self._remember(package, self.truth().held)
        return found

    def run(
        self, package: Package, inputs: Mapping[str, Any], progress: Progress, graph: str = "model"
    ) -> dict[str, Any]:
        found = self.engine.run(package, inputs, progress, graph)
        self._remember(package, self.truth().held)
        return found

    def read_picture(self, path: str) -> Picture:
        from gesso.files import pictures_apart  # whatever is wrong with it, the window lives

        return pictures_apart.read(Path(path)).picture

    # --- tools ---------------------------------------------------------------------------------------------------

    def package_of(self, tool: Tool, values: Values) -> Package:
        """The package that a tool will use with these values."""
        return self.open(tool.task, tool.grade_of(values), tool.scale_of(values))

    def apply(
        self, tool: Tool, picture: Picture, values: Values, progress: Progress, instead: Package | None = None
    ) -> tuple[Picture, Provenance]:
        """Run a tool with checked values; the result and the record of how it was made.

        `instead` is used in place of the version of its model that is in use.
        """
        opened = _Opened(self, instead)
        result = tool.run(picture, opened, values, progress)
        package = next((p for p in opened.packages if p.card.task == tool.task), None)
        record = Provenance(
            tool=tool.id,
            model=package.name if package else "",
            model_version=package.version if package else "",
            knobs=recorded(tool, values),
            seed=int(values.get("seed", 0)),
            when=datetime.now(UTC).isoformat(timespec="seconds"),
            kind=tool.kind,
        )
        return result, record


class _Opened:
    """A studio during one run, remembering which packages it gave out."""

    def __init__(self, studio: Studio, instead: Package | None = None) -> None:
        self._studio, self._instead = studio, instead
        self.packages: list[Package] = []
        self.picture, self.run, self.read_picture = studio.picture, studio.run, studio.read_picture

    def open(self, task: str, grade: str = "best", scale: int = 1) -> Package:
        package = self._studio.open(task, grade, scale)
        if self._instead is not None and self._instead.name == package.name:
            package = self._instead
        self.packages.append(package)
        return package


def _scale(package: Package) -> int:
    return package.card.tiling.scale if package.card.tiling else 1


def recorded(tool: Tool, values: Values) -> dict[str, Any]:
    """Values as the plain JSON of records. Exports and the feedback store leave out where the artist's files lie."""
    found: dict[str, Any] = {}
    for knob in tool.knobs:
        value = values[knob.name]
        found[knob.name] = [list(pair) for pair in value] if isinstance(knob, Styles) else value
    return found
