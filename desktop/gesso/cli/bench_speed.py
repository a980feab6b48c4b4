"""How fast the models are here, beside what this machine can multiply at all and beside a published network."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.cli.bench_johnson import johnson
from gesso.engine import Package, measure
from gesso.engine.engine import cores
from gesso.engine.tiling import as_input, textured
from gesso.tools import Tool, tool
from gesso.tools.studio import Studio
from gesso.values import Picture, Progress, Trouble

SIDES = (2048, 2560, 3000)
REPEATS = 5
ENLARGED = ((960, 540),)
PICTURES = ((512, 512), (1024, 1024), (1920, 1080))


@dataclass(frozen=True)
class Row:
    """A median, and where it can be counted how much was multiplied."""

    what: str
    size: str
    seconds: float
    gflop: float | None = None
    share: float | None = None
    """Of the matrix-multiply peak."""
    times_johnson: float | None = None
    """How many times faster than Johnson's network on the same picture."""
    device: str = "cpu"


def peak_gflops(progress: Progress) -> float:
    """The best of several float32 matrix products with NumPy, in GFLOP a second."""
    best = 0.0
    for at, side in enumerate(SIDES):
        a = np.random.default_rng(1).random((side, side), np.float32)
        for _ in range(4):
            progress.at(at / len(SIDES))
            began = time.perf_counter()
            a @ a
            best = max(best, 2 * side**3 / (time.perf_counter() - began) / 1e9)
    return best


def made_up(width: int, height: int) -> NDArray[np.uint8]:
    """Ramps, rings and grain: (height, width, 3)."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    rings = 0.5 + 0.5 * np.sin(np.hypot(x - width / 3, y - height / 2) * 0.1)
    planes = np.stack([rings, x / width, y / height], axis=2)
    grain = np.random.default_rng(1).normal(0, 0.02, planes.shape).astype(np.float32)
    return np.asarray(np.clip((planes + grain) * 255, 0, 255), np.uint8)


def median_seconds(work: Callable[[], Any], repeats: int = REPEATS) -> float:
    work()
    taken = []
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return float(np.median(taken))


def _inputs(package: Package, picture: NDArray[np.uint8]) -> dict[str, Any]:
    """The picture as the network takes it, mirrored to its alignment, with the golden sample's other inputs."""
    tiling = package.card.tiling
    assert tiling is not None
    align, edge = tiling.align_px, tiling.edge_px
    beyond = [(edge, edge + -(side + 2 * edge) % align) for side in picture.shape[:2]]
    inputs = package.card.graphs["model"].inputs
    entry = next(port.name for port in inputs if port.kind == "picture")
    window = as_input(np.pad(picture, (*beyond, (0, 0)), mode="reflect"), None)
    found = {
        entry: window,
        **{port.name: package.golden["model"][f"in/{port.name}"] for port in inputs if port.name != entry},
    }
    for port in inputs:
        if port.kind == "texture":  # the golden one, over and over, as large as this picture
            found[port.name] = textured(found[port.name][0], range(window.shape[2]), range(window.shape[3]))
    return found


class Bench:
    """One run: everything on the same device, in the same minutes."""

    def __init__(self, studio: Studio, progress: Progress) -> None:
        self.studio, self.progress = studio, progress
        self.threads = cores()
        self.rows: list[Row] = []
        self.skipped: list[Trouble] = []
        self.peak = peak_gflops(progress.part(0.0, 0.1))
        self.johnson: dict[str, float] = {}

    def run(self) -> dict[str, Any]:
        self._johnson()
        self._tool(tool("painting.stylise"), {}, PICTURES, 0.4)
        for at, quality in enumerate(("fast", "best")):
            self._tool(tool("painting.upscale"), {"scale": "2", "quality": quality}, ENLARGED, 0.7 + 0.15 * at)
        self.progress.at(1.0)
        truth = self.studio.truth()
        return {
            "device": truth.title, "cores": self.threads, "peak_gflops": round(self.peak, 1),
            "rows": [asdict(row) for row in self.rows],
        }  # fmt: skip

    def _johnson(self) -> None:
        model, _ = johnson()
        for at, (width, height) in enumerate(PICTURES):
            self.progress.at(0.1 + 0.1 * at, "Johnson 2016")
            picture = {"picture": as_input(made_up(width, height), None)}
            taken = measure.seconds(model, picture, "cpu", self.threads, 3).median
            self.johnson[f"{width}x{height}"] = taken
            self._row("Johnson 2016", f"{width}x{height}", taken, measure.flop(model, picture), "cpu")

    def _tool(self, chosen: Tool, given: dict[str, Any], sizes: tuple[tuple[int, int], ...], at: float) -> None:
        """The bare network on one whole array, then the tool as artists get it."""
        values = chosen.checked(given)
        try:
            package = self.studio.package_of(chosen, values)
            if package.card.grade != chosen.grade_of(values):
                return  # the other grade stands in for it, and is measured itself
            held = self.studio.engine.probe(package, self.progress).held
        except Trouble as trouble:
            self.skipped.append(trouble)
            return
        for step, (width, height) in enumerate(sizes):
            self.progress.at(at + 0.1 * step, chosen.title)
            picture, size = made_up(width, height), f"{width}x{height}"
            inputs = _inputs(package, picture)
            bare = measure.seconds(package.graph("model"), inputs, held, self.threads, REPEATS).median
            flop = measure.flop(package.graph("model"), inputs)
            self._row(f"{package.name} network", size, bare, flop, held)
            work = partial(self.studio.apply, chosen, Picture(picture), values, Progress.silent())
            self._row(f"{package.name} tool", size, median_seconds(work), flop, held)

    def _row(self, what: str, size: str, taken: float, flop: float, held: str) -> None:
        published = self.johnson.get(size) if not what.startswith(("Johnson", "upscale")) else None
        share = flop / 1e9 / taken / self.peak if held == "cpu" else None
        self.rows.append(
            Row(
                what, size, round(taken, 6), round(flop / 1e9, 3), None if share is None else round(share, 3),
                None if published is None else round(published / taken, 2), held,
            )
        )  # fmt: skip
