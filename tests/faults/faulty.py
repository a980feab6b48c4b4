"""A worker with something wrong about it, for tests only: `GESSO_FAULT` says what.

In the process of a pretended GPU (`gesso-cuda`) sessions say that they run on CUDA and run on the CPU.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from gesso.engine import devices, worker

Outputs = list[Any]
Real = Callable[..., Outputs]


def main(pipe: Connection) -> None:
    """Stands in for `gesso.engine.worker.main`."""
    import onnxruntime

    kind, _, detail = os.environ["GESSO_FAULT"].partition(":")
    is_gpu = multiprocessing.current_process().name == "gesso-cuda"
    run = FAULTS[kind]
    real = onnxruntime.InferenceSession

    class Session(real):
        """Runs with the fault."""

        def __init__(self, model: bytes, options: Any, providers: Sequence[str]) -> None:
            if kind == "slow to open":
                time.sleep(60)
            super().__init__(model, options, providers=["CPUExecutionProvider"])

        def get_providers(self) -> list[str]:
            return [devices.PROVIDERS["cuda" if is_gpu else "cpu"]]

        def run(self, names: Sequence[str], inputs: dict[str, Any], options: Any = None) -> Outputs:
            found = super().run(names, inputs, options)
            return run(found, inputs, detail, is_gpu)

    onnxruntime.InferenceSession = Session
    if is_gpu:
        devices.absence = lambda device, available: None
    worker.main(pipe)


def pixels(inputs: dict[str, Any]) -> int:
    """Of the largest picture that goes in."""
    return max(math.prod(value.shape[-2:]) for value in inputs.values())


def too_small(found: Outputs, inputs: dict[str, Any], limit: str, is_gpu: bool) -> Outputs:
    """No memory for more pixels than `GPU,CPU`, in ONNX Runtime's own words."""
    gpu, cpu = (int(part) for part in limit.split(","))
    if pixels(inputs) > (gpu if is_gpu else cpu):
        raise RuntimeError("Failed to allocate memory for requested buffer of size 4096")
    return found


def lying(found: Outputs, inputs: dict[str, Any], _: str, is_gpu: bool) -> Outputs:
    return [output + 0.05 for output in found] if is_gpu else found


def struck(found: Outputs, inputs: dict[str, Any], detail: str, _: bool) -> Outputs:
    """The third large run of all ends or stops the process, as often as `TIMES`, counted in files of a folder."""
    what, times, folder = detail.split(",", 2)
    if pixels(inputs) < 400:  # golden samples
        return found
    run = len(list(Path(folder).iterdir()))
    (Path(folder) / str(run)).touch()
    if 2 <= run < 2 + int(times):
        if what == "exit":
            os._exit(3)
        os.kill(os.getpid(), getattr(signal, what))
    return found


def stuck(found: Outputs, inputs: dict[str, Any], _: str, __: bool) -> Outputs:
    """Deaf to being asked to stop, like a driver that hangs."""
    if pixels(inputs) >= 400:
        time.sleep(60)
    return found


def sound(found: Outputs, inputs: dict[str, Any], _: str, __: bool) -> Outputs:
    return found


FAULTS: dict[str, Callable[[Outputs, dict[str, Any], str, bool], Outputs]] = {
    "memory": too_small, "lies": lying, "struck": struck, "stuck": stuck, "slow to open": sound, "none": sound,
}  # fmt: skip

if __name__ == "__main__":  # a studio of its own, to be killed: says which worker it has
    from gesso.engine import Engine, Shelf
    from tests.packages import trust_in

    root = Path(sys.argv[1])
    engine = Engine(device="cpu")
    engine.probe(Shelf(root / "shipped", root / "installed", root / "models.json", trust_in(root)).open("tiny"))
    print(*engine.worker_pids, flush=True)
    time.sleep(60)
