"""Which devices a machine may have, and what a session really holds."""

from __future__ import annotations

import ctypes
import sys
from dataclasses import dataclass, field

from gesso.values.words import Note, mark

PROVIDERS = {
    "cuda": "CUDAExecutionProvider",
    "coreml": "CoreMLExecutionProvider",
    "directml": "DmlExecutionProvider",
    "cpu": "CPUExecutionProvider",
}
"""From the fastest down; the CPU is always there."""
TITLES = {"cuda": "NVIDIA GPU", "coreml": "Core ML", "directml": "DirectML", "cpu": "CPU"}


@dataclass
class DeviceTruth:
    """What models run on, and why not on something faster."""

    wanted: str
    held: str
    """`cuda`, `coreml`, `directml` or `cpu`."""
    name: str
    reasons: list[Note] = field(default_factory=list)
    """Why each faster device is not used, for `Note.sentence`."""
    barred: dict[str, Note] = field(default_factory=dict)
    """Package -> why this device may not run it."""

    @property
    def title(self) -> str:
        return TITLES[self.held]


def ladder(wanted: str = "auto") -> list[str]:
    """The devices to try, in order, ending with the CPU."""
    if wanted == "cpu":
        return ["cpu"]
    if wanted != "auto":
        if wanted not in PROVIDERS:
            raise ValueError(f"unknown device {wanted!r}")
        return [wanted, "cpu"]
    return {"darwin": ["coreml", "cpu"], "win32": ["cuda", "directml", "cpu"]}.get(sys.platform, ["cuda", "cpu"])


def absence(device: str, available: list[str]) -> Note | None:
    """Why a device cannot be tried at all, or nothing."""
    if PROVIDERS[device] not in available:
        return Note(mark("this build of the runtime has no {device} support"), {"device": TITLES[device]})
    if device == "cuda":
        library = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"
        try:
            ctypes.CDLL(library)
        except OSError:
            return Note(mark("no NVIDIA driver was found"))
    return None
