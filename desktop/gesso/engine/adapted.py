"""Weights of its own for one way of running a network: numbers added to some of the shared weights of a graph.

A network whose weights went on from shared ones (fine-tuning) is told from them by what it adds. The sum is made here, in
the verified bytes, before the runtime sees them: the graph stays the same, and so does its speed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.engine.package import arrays_of
from gesso.engine.protobuf_scan import weights_of
from gesso.values import Trouble

Array = NDArray[Any]


@dataclass(frozen=True)
class Added:
    """What is added, by the name of the weight in the graph: float32, each of its weight's shape."""

    arrays: Mapping[str, Array]

    @cached_property
    def mark(self) -> str:
        """The same for the same numbers."""
        found = hashlib.sha256()
        for name in sorted(self.arrays):
            found.update(name.encode() + b"\0" + np.ascontiguousarray(self.arrays[name], np.float32).tobytes())
        return found.hexdigest()[:32]

    @classmethod
    def read(cls, content: bytes) -> Added:
        """From an `.npz` that a package carries: a weight as int8 with `NAME/step`, the size of its step for each output, or
        as it is."""
        arrays, found = arrays_of(content), {}
        for name, value in arrays.items():
            if name.endswith("/step"):
                continue
            found[name] = np.asarray(value, np.float32)
            if f"{name}/step" in arrays:
                found[name] = found[name] * arrays[f"{name}/step"].reshape(-1, *[1] * (value.ndim - 1))
        return cls(found)

    @classmethod
    def mixed(cls, parts: Sequence[tuple[float, Added]]) -> Added | None:
        """So much of each; weights that went on from the same ones mix well (Deep Network Interpolation, arXiv 1811.10515)."""
        found: dict[str, Array] = {}
        for share, added in parts:
            for name, value in added.arrays.items():
                found[name] = found.get(name, np.float32(0)) + np.float32(share) * value
        return cls(found) if found else None

    def to(self, model: bytes, partly: bool = False) -> bytes:
        """The same graph with the sums as its weights.

        Raises `Trouble` when a weight is of another shape, or is not there; `partly` allows for the latter, in a graph
        that holds a part of the network.
        """
        room = bytearray(model)
        places = weights_of(memoryview(room))
        for name, value in self.arrays.items():
            if name not in places and partly:
                continue
            if name not in places or places[name].shape != value.shape or not np.isfinite(value).all():
                raise Trouble(
                    "This model does not take the weights that are to be added to '{name}'.",
                    "Nothing was run and your work is as it was.",
                    "Get the model again from where it came from.",
                    name=name,
                )
            places[name][...] += value
        places.clear()  # no view may outlive the room
        return bytes(room)
