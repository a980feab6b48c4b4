"""The check-up: whether the studio can work here, on what, and what is in its way."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import metadata, util
from typing import Any

import psutil

from gesso import __version__
from gesso.documents.painting import native
from gesso.engine.engine import cores
from gesso.tools import TOOLS
from gesso.tools.studio import Studio
from gesso.values import Progress, Trouble
from gesso.values.paths import resources, user_data

Say = Callable[..., str]
LEAST_DISK_BYTES = 1_000_000_000


@dataclass
class Found:
    """What was looked at; `trouble` lists what keeps the studio from working, `notes` what it works without."""

    version: str
    python: str
    system: str
    cores: int
    memory_gb: float
    free_memory_gb: float
    libraries: dict[str, str]
    data_folder: str
    free_disk_gb: float
    native: bool = False
    """Whether layers are composited by compiled code."""
    device: str = ""
    reasons: list[str] = field(default_factory=list)
    packages: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)


def examine(studio: Studio, say: Say, progress: Progress) -> Found:
    """Look at everything, and run the golden sample of every package on the device that is really held."""
    home, memory = user_data(), psutil.virtual_memory()
    found = Found(
        version=__version__,
        python=f"{platform.python_version()} ({sys.executable})",
        system=f"{platform.system()} {platform.release()} {platform.machine()}",
        cores=cores(),
        memory_gb=round(memory.total / 1e9, 1),
        free_memory_gb=round(memory.available / 1e9, 1),
        libraries={name: _version(*names) for name, names in LIBRARIES.items()},
        data_folder=str(home),
        free_disk_gb=round(shutil.disk_usage(home).free / 1e9, 1),
        native=native.is_available(),
    )
    found.trouble += [say("{name} is missing.", name=name) for name, version in found.libraries.items() if not version]
    _look_at_folder(found, say)
    _look_at_fonts(found, say)
    _look_at_models(found, studio, say, progress)
    return found


LIBRARIES = {
    "Qt": ("PySide6", "PySide6_Essentials"),
    "OpenCV": ("opencv-python", "opencv-python-headless"),
    "ONNX Runtime": ("onnxruntime-gpu", "onnxruntime"),
    "NumPy": ("numpy",),
}
"""What the studio stands on, and the distributions that bring it."""
MODULES = {"Qt": "PySide6", "OpenCV": "cv2", "ONNX Runtime": "onnxruntime", "NumPy": "numpy"}


def _version(*names: str) -> str:
    for name in names:
        try:
            return metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    module = next((MODULES[key] for key, value in LIBRARIES.items() if value == names), "")
    return "?" if module and util.find_spec(module) else ""  # a frozen app carries modules without their papers


def _look_at_folder(found: Found, say: Say) -> None:
    try:
        with tempfile.TemporaryFile(dir=found.data_folder):
            pass
    except OSError:
        found.trouble.append(say("The data folder cannot be written to."))
    if found.free_disk_gb * 1e9 < LEAST_DISK_BYTES:
        found.notes.append(say("Less than {least} GB of disk are free.", least=f"{LEAST_DISK_BYTES / 1e9:g}"))


def _look_at_fonts(found: Found, say: Say) -> None:
    if not sys.platform.startswith("linux") or any((resources() / "fonts").glob("*.[ot]t[fc]")):
        return  # the other systems bring Chinese fonts
    listing = shutil.which("fc-list")
    done = subprocess.run([listing, ":lang=zh", "family"], capture_output=True, text=True) if listing else None
    if done is None or not done.stdout.strip():
        found.notes.append(say("No font for Chinese was found; install one such as fonts-wqy-microhei."))


def _look_at_models(found: Found, studio: Studio, say: Say, progress: Progress) -> None:
    names = studio.shelf.names()
    for at, name in enumerate(names):
        progress.at(at / len(names), name)
        versions = studio.shelf.versions(name)
        wanted = studio.shelf.pinned(name) or versions[-1]
        facts: dict[str, Any] = {"name": name, "version": wanted, "sound": True}
        try:
            package = studio.shelf.open(name, wanted)
            truth = studio.engine.probe(package, progress)
            facts["device"] = truth.title
            facts["barred"] = [
                reason.sentence(say) for digest, reason in truth.barred.items() if digest == package.digest
            ]
        except Trouble as trouble:
            barred = [reason.sentence(say) for reason in studio.truth().barred.values()]
            facts |= {"sound": False, "trouble": trouble.sentence(say), "barred": barred}
            found.trouble.append(" ".join([facts["trouble"], *facts["barred"]]))
        found.packages.append(facts)
    truth = studio.truth()
    found.device, found.reasons = truth.title, [reason.sentence(say) for reason in truth.reasons]
    for tool in TOOLS:
        if not studio.shelf.for_task(tool.task):
            found.trouble.append(say("No model is there for {tool}.", tool=say(tool.title)))
