"""Model packages, sessions in a worker process, tiling, recurrent stepping, and the truth about devices."""

from __future__ import annotations

from gesso.engine.card import Card
from gesso.engine.devices import DeviceTruth
from gesso.engine.engine import Engine, Estimate, Stepper
from gesso.engine.link import Crashed, OutOfMemory
from gesso.engine.package import Package, verify
from gesso.engine.shelf import Shelf
from gesso.engine.trust import Trust

__all__ = [
    "Card", "Crashed", "DeviceTruth", "Engine", "Estimate", "OutOfMemory", "Package", "Shelf", "Stepper", "Trust", "verify",
]  # fmt: skip
