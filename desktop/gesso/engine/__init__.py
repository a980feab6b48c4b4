"""Model packages, sessions in a worker process, tiling, recurrent stepping, and the truth about devices.

What the room offers is loaded when it is first asked for: the worker process passes through here and needs none of it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gesso.engine.adapted import Added
    from gesso.engine.card import Card
    from gesso.engine.devices import DeviceTruth
    from gesso.engine.engine import Engine, Estimate, Stepper
    from gesso.engine.explain import Explanation, Reach, explanations, reach
    from gesso.engine.link import Crashed, OutOfMemory
    from gesso.engine.package import Package, verify
    from gesso.engine.self_test import SelfTest, SelfTests
    from gesso.engine.shelf import Shelf
    from gesso.engine.trust import Trust
else:
    _SHELVES = {
        "Added": "adapted", "Card": "card", "DeviceTruth": "devices", "Engine": "engine", "Estimate": "engine", "Stepper": "engine",
        "Crashed": "link", "OutOfMemory": "link", "Package": "package", "verify": "package", "Shelf": "shelf",
        "Trust": "trust", "Explanation": "explain", "Reach": "explain", "explanations": "explain", "reach": "explain",
        "SelfTest": "self_test", "SelfTests": "self_test",
    }  # fmt: skip

    def __getattr__(name):
        if name not in _SHELVES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = getattr(import_module(f"{__name__}.{_SHELVES[name]}"), name)
        globals()[name] = found
        return found


__all__ = [
    "Added", "Card", "Crashed", "DeviceTruth", "Engine", "Estimate", "Explanation", "OutOfMemory", "Package", "Reach",
    "SelfTest", "SelfTests", "Shelf", "Stepper", "Trust", "explanations", "reach", "verify",
]  # fmt: skip
