"""How much memory a picture of 100 megapixels takes beyond its own pixels: run as a process of its own, once for a tool.

    python -m gesso.cli.bench_memory TOOL [WIDTH HEIGHT]

Prints one JSON object; progress goes to the error stream as numbers from 0 to 1.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import psutil

from gesso.tools import tool
from gesso.tools.studio import Studio
from gesso.values import Picture, Progress

WIDTH, HEIGHT = 11585, 8640
GIVEN: dict[str, dict[str, Any]] = {"painting.upscale": {"scale": "2", "quality": "fast"}}


class Peak:
    """The most memory that this process and its workers held together, sampled from the side."""

    def __init__(self) -> None:
        self.bytes = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Peak:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        me = psutil.Process()
        while not self._ended.wait(0.05):
            held = 0
            for process in [me, *me.children(recursive=True)]:
                try:
                    held += process.memory_info().rss
                except psutil.Error:
                    continue
            self.bytes = max(self.bytes, held)


def large_picture(width: int, height: int) -> Picture:
    """Made row by row, so that making it takes no more than itself."""
    rng = np.random.default_rng(1)
    colour = np.empty((height, width, 3), np.uint8)
    x = np.arange(width, dtype=np.float32)
    for row in range(height):
        for channel in range(3):
            colour[row, :, channel] = 127 + 90 * np.sin((x + row * (channel + 1)) * 0.01) + rng.integers(-9, 9, width)
    return Picture(colour)


def measured(id: str, width: int, height: int) -> dict[str, Any]:
    chosen = tool(id)
    values = chosen.checked(GIVEN.get(id, {}))
    picture = large_picture(width, height)
    reports: list[float] = []

    def report(fraction: float, _: str) -> None:
        reports.append(fraction)
        print(f"{fraction:.4f}", file=sys.stderr, flush=True)

    began = time.monotonic()
    with Studio() as studio, Peak() as peak:
        result, record = studio.apply(chosen, picture, values, Progress(report))
        taken = time.monotonic() - began
        device = studio.truth().title
    own = picture.byte_size + result.byte_size
    return {
        "tool": id, "model": f"{record.model} {record.model_version}", "size": f"{width}x{height}", "device": device,
        "seconds": round(taken, 1), "peak_bytes": peak.bytes, "own_bytes": own, "beyond_bytes": peak.bytes - own,
        "reports": len(set(reports)),
    }  # fmt: skip


def main(arguments: Sequence[str]) -> int:
    width, height = (int(arguments[1]), int(arguments[2])) if len(arguments) == 3 else (WIDTH, HEIGHT)
    print(json.dumps(measured(arguments[0], width, height)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
