"""The diagnostics bundle: what somebody needs who helps from afar, and nothing that belongs to the artist.

No part is copied whole. Each is built from what is known to be harmless: versions, numbers, Gesso's own sentences and lines
of its own code. The names of this computer, its folders and its people are then replaced wherever they should still stand.
"""

from __future__ import annotations

import contextlib
import getpass
import json
import platform
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, BinaryIO

from gesso.files.disk import atomically, refuse_existing
from gesso.files.settings import Settings
from gesso.files.trouble_log import TroubleLog
from gesso.tools.checkup import Found
from gesso.values.paths import resources, user_data

OPEN = ("language", "theme", "device", "key_preset", "proof_intent")
"""Settings whose words are Gesso's own."""
TROUBLES, MISTAKES = 60, 5
"""The newest so many."""
ABOUT = """\
This is what Gesso knows of itself on one computer, for whoever helps an artist.

studio.json    versions, system, memory, device and models, each model run once
settings.json  settings; of lists and texts only how long they are
troubles.json  the sentences that were shown last, without the names in them
mistakes.txt   where in Gesso's own code it made mistakes, without their words

It holds no pictures, no names of files, layers or people and no paths.
Nothing was sent anywhere: the file lies where it was saved.
"""
FRAME = re.compile(r'^\s*File "(?P<file>.+)", line (?P<line>\d+), in (?P<function>.+)$')
RAISED = re.compile(r"^(?P<kind>[A-Za-z_][\w.]*(Error|Exception|Trouble|Warning|Interrupt))(:.*)?$")


def parts(found: Found, settings: Settings, home: Path, more: Mapping[str, Any] | None = None) -> dict[str, str]:
    """Name and text of each part. `more` comes from whoever has a screen: the Qt platform, screens, input devices."""
    made = {
        "about.txt": ABOUT,
        "studio.json": _json({**_studio(found), **(more or {})}),
        "settings.json": _json(_settings(settings)),
        "troubles.json": _json(TroubleLog(home).read()[-TROUBLES:]),
        "mistakes.txt": "\n".join(_mistakes(home / "logs")) or "none\n",
    }
    return {name: text if name == "about.txt" else masked(text, _secrets(settings)) for name, text in made.items()}


def write(parts: Mapping[str, str], path: Path, *, overwrite: bool = False) -> None:
    """Whole or not at all. Raises `Trouble`."""
    refuse_existing(path, overwrite)

    def fill(file: BinaryIO) -> None:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in parts.items():
                archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)

    atomically(path, overwrite, fill)


def masked(text: str, secrets: Iterable[tuple[str, str]]) -> str:
    """Each secret replaced by its placeholder, whichever way its slashes and signs are written."""
    for secret, placeholder in secrets:
        for form in dict.fromkeys((secret, secret.replace("\\", "\\\\"), secret.replace("\\", "/"))):
            # A short ASCII name also stands inside other words; one in another script does not.
            edges = (r"(?<![A-Za-z0-9])", r"(?![A-Za-z0-9])") if form.isascii() else ("", "")
            text = re.sub(edges[0] + re.escape(form) + edges[1], placeholder, text)
    return text


def _secrets(settings: Settings) -> list[tuple[str, str]]:
    """Longest first, so that a folder goes before the name inside it."""
    found = {
        str(user_data()): "<data folder>", str(resources()): "<Gesso>", str(Path.home()): "<home>", str(Path.cwd()): "<folder>",
        platform.node(): "<computer>", settings.author: "<author>", Path.home().name: "<user>",
    }  # fmt: skip
    with contextlib.suppress(OSError, KeyError, ImportError):
        found[getpass.getuser()] = "<user>"
    return sorted(((s, p) for s, p in found.items() if len(s.strip("/\\.")) > 1), key=lambda pair: -len(pair[0]))


def _json(value: object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def _studio(found: Found) -> dict[str, Any]:
    facts = asdict(found)
    del facts["data_folder"]
    return {**facts, "python": found.python.split(" ")[0], "can_work": not found.trouble}


def _settings(settings: Settings) -> dict[str, Any]:
    """Numbers and Gesso's own words as they are; of anything else only how much there is."""
    found: dict[str, Any] = {}
    for field in fields(settings):
        value = getattr(settings, field.name)
        if field.name != "file":
            found[field.name] = value if isinstance(value, int | float) or field.name in OPEN else _count(value)
    return found


def _count(value: object) -> str:
    if isinstance(value, str):
        return f"{len(value)} characters"
    return f"{len(value)} entries" if isinstance(value, list | dict) else "left out"


def _mistakes(folder: Path) -> Iterable[str]:
    """The newest logs, of which only the way through the code is kept: a message may quote what an artist wrote."""
    logs = sorted(folder.glob("*.txt"))[-MISTAKES:] if folder.is_dir() else []
    for log in logs:
        with contextlib.suppress(OSError):
            yield from _way(log.read_text(encoding="utf-8", errors="replace").splitlines())
            yield ""


def _way(lines: list[str]) -> Iterable[str]:
    """Of a log: the moment, the versions, each frame with its file's place in its package, and the kind of error."""
    yield from (line for line in lines[:2] if line[:1].isdigit() or line.startswith("Gesso "))
    for line in lines[2:]:
        frame, raised = FRAME.match(line), RAISED.match(line)
        if frame is not None:
            yield f"  {_place(frame['file'])}:{frame['line']} {frame['function']}"
        elif line.startswith("Traceback "):
            yield "Traceback"
        elif raised is not None:
            yield raised["kind"]


def _place(file: str) -> str:
    """From the package on: `gesso/ui/window.py`."""
    pieces = file.replace("\\", "/").split("/")
    for root in ("gesso", "site-packages"):
        if root in pieces[:-1]:
            at = len(pieces) - 1 - pieces[::-1].index(root)
            return "/".join(pieces[at + (root != "gesso") :])
    return pieces[-1]
