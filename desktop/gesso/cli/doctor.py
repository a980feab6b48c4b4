"""`gesso doctor`: one page on whether the studio can work here, and what is in its way."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
import tempfile
from argparse import Namespace
from dataclasses import asdict, dataclass, field
from importlib import metadata, util
from typing import Any

import psutil

from gesso import __version__
from gesso.cli.command import Command, Parser
from gesso.cli.settings import DEVICES, device
from gesso.cli.terminal import OK, TROUBLE, Terminal
from gesso.cli.work import interruptible
from gesso.engine.engine import cores
from gesso.tools import TOOLS
from gesso.tools.studio import Studio
from gesso.values import Progress, Trouble
from gesso.values.paths import resources, user_data

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
    device: str = ""
    reasons: list[str] = field(default_factory=list)
    packages: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)


def examine(studio: Studio, terminal: Terminal, progress: Progress) -> Found:
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
    )
    say = terminal.say
    found.trouble += [say("{name} is missing.", name=name) for name, version in found.libraries.items() if not version]
    _look_at_folder(found, terminal)
    _look_at_fonts(found, terminal)
    _look_at_models(found, studio, terminal, progress)
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


def _look_at_folder(found: Found, terminal: Terminal) -> None:
    try:
        with tempfile.TemporaryFile(dir=found.data_folder):
            pass
    except OSError:
        found.trouble.append(terminal.say("The data folder cannot be written to."))
    if found.free_disk_gb * 1e9 < LEAST_DISK_BYTES:
        found.notes.append(terminal.say("Less than {least} GB of disk are free.", least=f"{LEAST_DISK_BYTES / 1e9:g}"))


def _look_at_fonts(found: Found, terminal: Terminal) -> None:
    if not sys.platform.startswith("linux") or any((resources() / "fonts").glob("*.[ot]t[fc]")):
        return  # the other systems bring Chinese fonts
    listing = shutil.which("fc-list")
    done = subprocess.run([listing, ":lang=zh", "family"], capture_output=True, text=True) if listing else None
    if done is None or not done.stdout.strip():
        found.notes.append(terminal.say("No font for Chinese was found; install one such as fonts-wqy-microhei."))


def _look_at_models(found: Found, studio: Studio, terminal: Terminal, progress: Progress) -> None:
    say, names = terminal.say, studio.shelf.names()
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


def _run(given: Namespace, terminal: Terminal) -> int:
    with Studio(device(given.device)) as studio:
        found = interruptible(lambda progress: examine(studio, terminal, progress), terminal)
    if given.json:
        terminal.json({**asdict(found), "can_work": not found.trouble})
    else:
        _tell(found, terminal)
    return TROUBLE if found.trouble else OK


def _tell(found: Found, terminal: Terminal) -> None:
    say = terminal.say
    rows = [
        ("Gesso", found.version),
        ("Python", found.python),
        (say("System"), found.system),
        (say("Cores"), str(found.cores)),
        (say("Memory"), say("{total} GB, {free} GB of it free", total=found.memory_gb, free=found.free_memory_gb)),
        *((name, version or say("missing")) for name, version in found.libraries.items()),
        (
            say("Data folder"),
            say("{folder}, {free} GB of disk free", folder=found.data_folder, free=found.free_disk_gb),
        ),
        (say("Device"), ". ".join([found.device, *found.reasons])),
    ]
    for facts in found.packages:
        verdict = say("sound, and right on {device}", device=facts["device"]) if facts["sound"] else say("refused")
        rows.append(
            (say("Model"), " ".join([facts["name"], facts["version"], "-", ". ".join([verdict, *facts["barred"]])]))
        )
    terminal.table(rows)
    terminal.line()
    for note in found.notes:
        terminal.line(note)
    for trouble in found.trouble:
        terminal.line(trouble)
    if found.trouble:
        terminal.line(say("The studio cannot do everything here; the reasons stand above."))
    else:
        terminal.line(say("The studio can work."))


def _arguments(parser: Parser) -> None:
    parser.add_argument(
        "--device", choices=DEVICES, help=parser.say("what the model runs on; the best that is there when left out")
    )
    parser.json_switch()


DOCTOR = Command(
    name="doctor", summary="Look whether the studio can work here, and on what.", arguments=_arguments, run=_run
)
