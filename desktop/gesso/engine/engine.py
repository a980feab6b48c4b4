"""The door of the room: run a package on the best device that tells the truth."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray

from gesso.engine import worker
from gesso.engine.adapted import Added
from gesso.engine.card import Tiling
from gesso.engine.devices import PROVIDERS, TITLES, DeviceTruth, ladder
from gesso.engine.link import SILENCE_SECONDS, Crashed, Link, OutOfMemory, held
from gesso.engine.package import Package
from gesso.engine.tiling import Floats, Pixels, run_tiled, square_copy, textured
from gesso.values import Cancelled, Note, Progress, Size, Trouble, mark

Array = NDArray[Any]
SMALLEST_TILE_PX = 96
MOST_ADAPTED = 8
"""Graphs with weights of their own that stay open on a device; the one not used for longest makes room."""
UNLIKE = 1e6
"""How far a graph with weights of its own may be from the golden sample of the shared ones: it paints otherwise, but paints."""
MOST_REPLAYED = 64
"""Steps of a recurrent network that are remembered, to be taken again should the worker end."""


def cores() -> int:
    """Cores that this process may use; hyper-threads only where there are few."""
    allowed = (
        len(psutil.Process().cpu_affinity()) if hasattr(psutil.Process, "cpu_affinity") else psutil.cpu_count() or 1
    )
    return allowed if allowed <= 4 else min(allowed, psutil.cpu_count(logical=False) or allowed)


def _said_of(device: str, reason: Note) -> Note:
    return Note(mark("{device}: {reason}"), {"device": TITLES[device], "reason": reason})


@dataclass(frozen=True)
class Estimate:
    """What a picture will take; seconds once this device was measured with this package."""

    seconds: float | None
    bytes: int


class Engine:
    """Runs packages. Safe in any thread; one run at a time on each device."""

    def __init__(
        self, device: str = "auto", threads: int | None = None, silence_seconds: float = SILENCE_SECONDS
    ) -> None:
        self._wanted = device
        self._ladder = ladder(device)
        self._threads = threads or cores()
        self._silence = silence_seconds
        self._links: dict[str, Link] = {}
        self._open: dict[tuple[str, str, str], int] = {}
        """Device, package digest and graph -> the generation of the worker that holds it."""
        self._adapted: dict[tuple[str, str], int] = {}
        """The same of graphs with weights of their own, by device and the worker's key, the last used at the end."""
        self._absent: dict[str, Note] = {}
        self._barred: dict[tuple[str, str], Note] = {}
        self._held: str | None = None
        self._rates: dict[tuple[str, str], float] = {}
        self._numbers = itertools.count()
        self._lock = threading.RLock()

    # --- devices -----------------------------------------------------------------------------------------------

    def truth(self) -> DeviceTruth:
        """The device held by the last session opened, with the reasons against faster ones."""
        held = self._held or next((d for d in self._ladder if d not in self._absent), "cpu")
        reasons = [_said_of(device, reason) for device, reason in self._absent.items()]
        barred = {name: _said_of(device, reason) for (device, name), reason in self._barred.items()}
        return DeviceTruth(self._wanted, held, TITLES[held], reasons, barred)

    def probe(self, package: Package, progress: Progress | None = None) -> DeviceTruth:
        """Open a package's graphs on the best device and run their golden samples."""
        self._device_for(package, progress or Progress.silent())
        return self.truth()

    def _devices(self, package: Package) -> list[str]:
        free = [d for d in self._ladder if d not in self._absent and (d, package.digest) not in self._barred]
        if not free:
            raise Trouble(
                "The model {name} gives wrong results on this computer.",
                "It was not used and your work is as it was.",
                "Roll it back with: gesso models rollback {name}",
                name=package.name,
            )
        return free

    def _device_for(self, package: Package, progress: Progress) -> str:
        with held(self._lock, progress):
            while True:
                device = self._devices(package)[0]
                if all(self._opened(device, package, graph, progress) for graph in package.card.graphs):
                    self._held = device
                    return device

    def _link(self, device: str) -> Link:
        if device not in self._links:
            self._links[device] = Link(device, self._silence)
        return self._links[device]

    def _opened(self, device: str, package: Package, graph: str, progress: Progress) -> bool:
        """Whether a graph is open on a device; otherwise it is absent, or barred for this package, from now on."""
        link = self._link(device)
        link.start()
        key = (device, package.digest, graph)
        if self._open.get(key) == link.generation:
            return True
        tolerance = package.card.golden_tolerance
        asked = self._opening(device, package, graph, f"{package.digest}/{graph}", package.graph(graph), tolerance)
        try:
            opened = link.call(asked, progress)
        except Cancelled:
            raise
        except Trouble as trouble:
            if device == "cpu":
                raise
            why = trouble.values.get("text") or Note(trouble.what, trouble.values)
            self._barred[(device, package.digest)] = Note(
                mark("it failed to open {name} ({reason})"), {"name": package.name, "reason": why}
            )
            link.stop()
            return False
        if opened.provider != PROVIDERS[device]:
            self._absent[device] = opened.reason or Note(mark("the runtime fell back to the CPU by itself"))
            if opened.provider:
                link.stop()
            else:
                self._pass_on(device)
            return False
        if not opened.apart <= package.card.golden_tolerance:
            self._barred[(device, package.digest)] = Note(
                mark("{name} {version} came out wrong by {apart}"),
                {"name": package.name, "version": package.version, "apart": f"{opened.apart:.2g}"},
            )
            return False
        self._open[key] = link.generation
        return True

    def _opening(
        self, device: str, package: Package, graph: str, key: str, model: bytes, tolerance: float
    ) -> worker.Open:
        golden, ports = package.golden[graph], package.card.graphs[graph]
        inputs = {port.name: golden[f"in/{port.name}"] for port in ports.inputs}
        expected = {port.name: golden[f"out/{port.name}"] for port in ports.outputs}
        return worker.Open(key, model, device, self._threads, inputs, expected, tolerance)

    def _key(self, package: Package, graph: str, added: Added | None, progress: Progress) -> tuple[Link, str]:
        """The worker and its name for a graph, open there, with the weights that are to be added."""
        device = self._device_for(package, progress)
        link, key = self._link(device), f"{package.digest}/{graph}"
        if added is None:
            return link, key
        key = f"{key}/{added.mark}"
        with held(self._lock, progress):
            if self._adapted.pop((device, key), None) != link.generation:
                model = added.to(package.graph(graph), partly=graph != "model")
                opened = link.call(self._opening(device, package, graph, key, model, UNLIKE), progress)
                if not opened.apart <= UNLIKE:
                    raise Trouble(
                        "The model {name} gives no picture with these weights.",
                        "Your work is as it was.",
                        "Choose another style, or roll the model back with: gesso models rollback {name}",
                        name=package.name,
                    )
            self._adapted[device, key] = link.generation
            mine = [one for one in self._adapted if one[0] == device]
            for oldest in mine[:-MOST_ADAPTED]:
                if self._adapted.pop(oldest) == link.generation:
                    link.call(worker.Close(oldest[1]), progress)
        return link, key

    def _pass_on(self, device: str) -> None:
        """The worker of a device that is not there has loaded the runtime and nothing else: the next one takes it."""
        following = self._ladder[self._ladder.index(device) + 1]
        link = self._links.pop(device)
        if following in self._links:
            link.stop()
        else:
            self._links[following] = link

    def _leave(self, package: Package, progress: Progress) -> None:
        """Go on without a device whose memory was too small for this package, and say so; the CPU has none behind it."""
        device = self._devices(package)[0]
        if device == "cpu":
            raise OutOfMemory
        self._barred[(device, package.digest)] = Note(mark("its memory did not suffice"))
        progress.at(0.0, mark("too little memory on the device: going on with the CPU"))

    # --- running -----------------------------------------------------------------------------------------------

    def run(
        self,
        package: Package,
        inputs: Mapping[str, Array],
        progress: Progress | None = None,
        graph: str = "model",
        added: Added | None = None,
    ) -> dict[str, Array]:
        """One graph on whole arrays. Too little memory moves to the CPU; a crash is answered as in `_asked`."""
        progress = progress or Progress.silent()
        while True:
            try:
                return self._asked(package, inputs, progress, graph, added)
            except OutOfMemory:
                self._leave(package, progress)

    def _asked(
        self,
        package: Package,
        inputs: Mapping[str, Array],
        progress: Progress,
        graph: str = "model",
        added: Added | None = None,
    ) -> dict[str, Array]:
        """One graph on the device of the moment; a worker that crashes is started again and asked once more."""
        for attempt in (1, 2):
            try:
                link, key = self._key(package, graph, added, progress)
                return link.run(key, inputs, progress)
            except Crashed:
                if attempt == 2:
                    raise
                progress.at(0.0, mark("the part that runs models stopped and was started again"))
        raise AssertionError

    def picture(
        self,
        package: Package,
        source: Pixels,
        *,
        extra: Mapping[str, Array] | None = None,
        textures: Mapping[str, Floats] | None = None,
        added: Added | None = None,
        colour: NDArray[np.floating] | None = None,
        out: Pixels | None = None,
        progress: Progress | None = None,
    ) -> Pixels:
        """A whole picture, tile by tile.

        `source` is (h, w, 3) uint8, uint16 or float32 and may be a memory map; the result has its depth, at the
        card's scale, and goes into `out` when that is given. `colour` is a (3, 4) matrix applied before the network.
        `textures` are periodic fields (c, p, q) for ports of that kind, laid over the whole picture; `added` is for weights.
        Too little memory halves the tile, then moves to the CPU; each is said through `progress`.
        """
        progress = progress or Progress.silent()
        tiling = package.card.tiling
        if tiling is None:
            raise ValueError(f"{package.name} is not for pictures")
        height, width = source.shape[:2]
        if out is None:
            out = np.empty((height * tiling.scale, width * tiling.scale, 3), source.dtype)
        graph = package.card.graphs["model"]
        entry = next(port.name for port in graph.inputs if port.kind == "picture")
        result = graph.outputs[0].name
        fed = dict(extra or {})
        if tiling.statistics is not None:
            fed[tiling.statistics.input] = self._statistics(
                package, tiling, source, colour, fed, textures or {}, added, progress
            )
        tile_px, started = tiling.tile_px, time.monotonic()

        def network(window: Floats, rows: range, columns: range) -> Floats:
            fields = {name: textured(field, rows, columns) for name, field in (textures or {}).items()}
            return np.asarray(
                self._asked(package, {entry: window, **fields, **fed}, progress, added=added)[result], np.float32
            )

        while True:
            try:
                run_tiled(source, out, tiling, network, progress, tile_px, colour)
            except OutOfMemory:
                if tile_px // 2 >= SMALLEST_TILE_PX:
                    tile_px //= 2
                    progress.at(0.0, mark("too little memory: going on with smaller tiles"))
                    continue
                self._leave(package, progress)
                tile_px = tiling.tile_px
                continue
            self._rates[(self.truth().held, package.digest)] = (time.monotonic() - started) / max(1, height * width)
            return out

    def _statistics(
        self,
        package: Package,
        tiling: Tiling,
        source: Pixels,
        colour: NDArray[np.floating] | None,
        fed: Mapping[str, Array],
        textures: Mapping[str, Floats],
        added: Added | None,
        progress: Progress,
    ) -> Array:
        """What the whole picture is like, from a small square copy, once."""
        from gesso.engine.tiling import as_input

        statistics = tiling.statistics
        assert statistics is not None
        side = range(statistics.from_px)
        window = as_input(square_copy(source, statistics.from_px), colour)
        ports = package.card.graphs[statistics.graph]
        entry = next(port.name for port in ports.inputs if port.kind == "picture")
        wanted = {port.name for port in ports.inputs}
        fields = {name: textured(field, side, side) for name, field in textures.items()}
        inputs = {entry: window, **{name: value for name, value in {**fields, **fed}.items() if name in wanted}}
        return self.run(package, inputs, progress, statistics.graph, added)[statistics.output]

    def stepper(self, package: Package) -> Stepper:
        """Recurrent stepping with the state kept in the worker."""
        return Stepper(self, package, f"stepper-{next(self._numbers)}")

    def estimate(self, package: Package, size: Size) -> Estimate:
        """Seconds by the last picture's rate on this device, and bytes of input, output and one tile."""
        tiling = package.card.tiling
        scale = tiling.scale if tiling else 1
        tile = min(size.area, tiling.tile_px**2 if tiling else size.area)
        rate = self._rates.get((self.truth().held, package.digest))
        return Estimate(
            None if rate is None else rate * size.area, 3 * size.area * (1 + scale * scale) + tile * 64 * 4 * 4
        )

    @property
    def worker_pids(self) -> list[int]:
        return [link.pid for link in self._links.values() if link.pid is not None]

    def close(self) -> None:
        """End the workers; the engine starts them again when asked."""
        with self._lock:
            for link in self._links.values():
                link.stop()
            self._open.clear()
            self._adapted.clear()


class Stepper:
    """A recurrent network, one step at a time; the state stays in the worker between steps.

    Now and then a copy of it comes here. When the worker ends, the steps since are taken again, so that a crash
    changes nothing of what is heard.
    """

    def __init__(self, engine: Engine, package: Package, name: str) -> None:
        if not package.card.states:
            raise ValueError(f"{package.name} keeps no state")
        self._engine, self._package, self._name = engine, package, name
        self._generation: tuple[str, int] | None = None
        self._last = {state.input: np.zeros(state.shape, np.float32) for state in package.card.states}
        self._since: list[dict[str, Array]] = []

    def step(self, inputs: Mapping[str, Array], progress: Progress | None = None) -> dict[str, Array]:
        """Feed one step; returns the outputs that are not states."""
        progress = progress or Progress.silent()
        if len(self._since) == MOST_REPLAYED:
            self.state()
        for attempt in (1, 2):
            try:
                found = self._step(self._ready(progress), inputs, progress)
            except Exception as error:
                self._generation = None  # whether the state went on is not known: it is put there again
                if attempt == 2 or not isinstance(error, Crashed):
                    raise
            else:
                self._since.append({name: np.array(value) for name, value in inputs.items()})
                return found
        raise AssertionError

    def _step(self, link: Link, inputs: Mapping[str, Array], progress: Progress) -> dict[str, Array]:
        states = tuple((state.input, state.output) for state in self._package.card.states)
        return link.run(f"{self._package.digest}/model", inputs, progress, self._name, states)

    def state(self) -> dict[str, Array]:
        """A copy of the state, to go back to."""
        link = self._ready(Progress.silent())
        found: dict[str, Array] = link.call(worker.GetState(self._name), Progress.silent())
        self._last, self._since = {name: value.copy() for name, value in found.items()}, []
        return found

    def restore(self, state: Mapping[str, Array]) -> None:
        self._last, self._since = {name: np.array(value) for name, value in state.items()}, []
        self._generation = None

    def _ready(self, progress: Progress) -> Link:
        """The worker with this stepper's state in it."""
        device = self._engine._device_for(self._package, progress)
        link = self._engine._link(device)
        if self._generation != (device, link.generation):
            link.call(worker.SetState(self._name, self._last), progress)
            for inputs in self._since:
                self._step(link, inputs, progress)
            self._generation = (device, link.generation)
        return link
