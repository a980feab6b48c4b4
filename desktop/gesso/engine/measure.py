"""Measuring a graph by itself: how long it takes, and how much it multiplies."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.engine import gpu_pack
from gesso.engine.devices import PROVIDERS
from gesso.engine.worker import preload, run_options, session_options

Array = NDArray[Any]


@dataclass(frozen=True)
class Timing:
    """Seconds of each run after a warming one, and the provider that the session really held."""

    seconds: tuple[float, ...]
    provider: str

    @property
    def median(self) -> float:
        return float(np.median(self.seconds))


def _session(model: bytes, device: str, threads: int, profile: str = "") -> Any:
    found = gpu_pack.reach() if device == "cuda" else gpu_pack.Reach()
    import onnxruntime

    if device == "cuda":
        preload(onnxruntime, found.folder)
    onnxruntime.set_default_logger_severity(4)
    options = session_options(threads)  # as the worker opens them, so that what is measured is what artists get
    if profile:
        options.enable_profiling, options.profile_file_prefix = True, profile
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    providers = list(dict.fromkeys([PROVIDERS[device], PROVIDERS["cpu"]]))
    return onnxruntime.InferenceSession(model, options, providers=providers)


def seconds(model: bytes, inputs: Mapping[str, Array], device: str, threads: int, repeats: int) -> Timing:
    """Time a graph in this very process."""
    session = _session(model, device, threads)
    session.run(None, dict(inputs), run_options())
    taken = []
    for _ in range(repeats):
        began = time.perf_counter()
        session.run(None, dict(inputs), run_options())
        taken.append(time.perf_counter() - began)
    return Timing(tuple(taken), session.get_providers()[0])


def flop(model: bytes, inputs: Mapping[str, Array]) -> float:
    """Floating-point operations of every convolution and matrix product: two for each multiply and add.

    The sizes come from one run of the graph as written, since only a run knows the size of everything in it.
    """
    with tempfile.TemporaryDirectory() as folder:
        session = _session(model, "cpu", 0, str(Path(folder) / "run"))
        session.run(None, dict(inputs), run_options())
        events = json.loads(Path(session.end_profiling()).read_text(encoding="utf-8"))
    total = 0.0
    for event in events:
        facts = event.get("args", {})
        if not event["name"].endswith("_kernel_time"):
            continue
        shapes = [next(iter(shape.values())) for shape in facts["input_type_shape"]]
        [made, *_] = [next(iter(shape.values())) for shape in facts["output_type_shape"]] or [[]]
        if facts["op_name"] == "Conv":
            total += 2 * prod(made) * prod(shapes[1][1:])  # weights: (out, in, height, width)
        elif facts["op_name"] == "ConvTranspose":
            total += 2 * prod(shapes[0]) * prod(shapes[1][1:])
        elif facts["op_name"] in ("MatMul", "Gemm"):
            total += 2 * prod(made) * shapes[0][-1]
    return total
