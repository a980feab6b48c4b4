"""`gesso doctor`: one page on whether the studio can work here, and what is in its way; or all of it in a bundle."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict
from pathlib import Path

from gesso.cli.command import Command, Parser
from gesso.cli.settings import DEVICES, device
from gesso.cli.terminal import OK, TROUBLE, Terminal
from gesso.cli.work import interruptible
from gesso.files.settings import Settings
from gesso.tools import diagnostics
from gesso.tools.checkup import Found, examine
from gesso.tools.studio import Studio
from gesso.values.paths import user_data


def _run(given: Namespace, terminal: Terminal) -> int:
    with Studio(device(given.device)) as studio:
        found = interruptible(lambda progress: examine(studio, terminal.say, progress), terminal)
    parts: dict[str, str] = {}
    if given.bundle is not None:
        parts = diagnostics.parts(found, Settings.load(user_data() / "settings.json"), user_data())
        diagnostics.write(parts, given.bundle, overwrite=given.force)
    if given.json:
        terminal.json({**asdict(found), "can_work": not found.trouble})
    else:
        _tell(found, terminal)
        if given.bundle is not None:
            _tell_bundle(parts, given.bundle, terminal)
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
        (
            say("Compositing"),
            say("compiled")
            if found.native
            else say("by NumPy, several times slower: the compiled part was not built or is switched off"),
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


def _tell_bundle(parts: dict[str, str], bundle: Path, terminal: Terminal) -> None:
    say = terminal.say
    terminal.line()
    terminal.line(say("{bundle} holds the following; look into it before you pass it on.", bundle=bundle))
    for name, text in parts.items():
        terminal.line(say("  {name}, {count} lines", name=name, count=text.count("\n")))
    terminal.line(say("It holds no pictures, no names of files or layers and no paths. Nothing was sent anywhere."))


def _arguments(parser: Parser) -> None:
    parser.add_argument(
        "--bundle",
        type=Path,
        metavar="FILE.zip",
        help=parser.say("write what was found, for whoever helps you, to a zip file"),
    )
    parser.add_argument("--force", action="store_true", help=parser.say("replace the bundle if it is there"))
    parser.add_argument(
        "--device", choices=DEVICES, help=parser.say("what the model runs on; the best that is there when left out")
    )
    parser.json_switch()


DOCTOR = Command(
    name="doctor", summary="Look whether the studio can work here, and on what.", arguments=_arguments, run=_run
)
