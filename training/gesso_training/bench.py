"""How fast a network runs on this CPU: as it is packaged, under ONNX Runtime, beside itself under torch eager."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch

from gesso_training import package
from gesso_training.loop import channels_last
from gesso_training.registry import Timed


def table(timed: Sequence[Timed], repeats: int, report: Callable[[str], None]) -> list[dict[str, Any]]:
    """One row a network: medians in milliseconds, and how many times faster ONNX Runtime is.

    The two take turns, so that what else the machine does falls on both; torch is given the memory layout in which it
    convolves fastest.
    """
    rows = []
    for one in timed:
        report(f"timing {one.title}")
        session = package.session(one.model)
        network = channels_last(one.network.eval())
        tensors = [
            tensor.contiguous(memory_format=torch.channels_last) if tensor.dim() == 4 else tensor
            for tensor in (torch.from_numpy(value) for value in one.inputs.values())
        ]

        def eager(network: torch.nn.Module, tensors: Sequence[torch.Tensor]) -> object:
            with torch.inference_mode():
                return network(*tensors)

        works = [partial(session.run, None, dict(one.inputs)), partial(eager, network, tensors)]
        ours, theirs = medians_ms(works, repeats)
        rows.append(
            {
                "network": one.title,
                "parameters": sum(p.numel() for p in network.parameters()),
                "ONNX Runtime, ms": round(ours, 1),
                "torch eager, ms": round(theirs, 1),
                "ratio": round(theirs / ours, 2),
            }
        )
    return rows


def medians_ms(works: Sequence[Callable[[], object]], repeats: int) -> list[float]:
    """Median time of each work, taken in turns, after each has run once unmeasured."""
    for work in works:
        work()
    times: list[list[float]] = [[] for _ in works]
    for _ in range(repeats):
        for work, found in zip(works, times, strict=True):
            started = time.perf_counter()
            work()
            found.append((time.perf_counter() - started) * 1000)
    return [statistics.median(found) for found in times]
