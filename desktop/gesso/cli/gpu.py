"""`gesso gpu`: the pack with which an installed Gesso runs models on an NVIDIA GPU."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from gesso.cli.command import Command, Parser
from gesso.cli.terminal import OK, TROUBLE, Terminal
from gesso.cli.work import interruptible
from gesso.engine.gpu_pack import PROVIDER, GpuPacks, here, runtime_folder, runtime_version
from gesso.tools.studio import Studio
from gesso.values import Progress, Trouble


def _install(given: Namespace, terminal: Terminal) -> int:
    packs = GpuPacks.of_the_artist()
    pack = interruptible(lambda progress: packs.install(Path(given.source), progress), terminal)
    terminal.line(terminal.say("The GPU pack {version} is installed.", version=pack.version))
    _tell_device(terminal)
    return OK


def _tell_device(terminal: Terminal) -> None:
    """What models really run on now, with the reason where it is not the GPU."""

    def probe(progress: Progress) -> None:
        names = studio.shelf.names()
        if names:
            studio.engine.probe(studio.shelf.open(names[0]), progress)

    with Studio() as studio:
        try:
            interruptible(probe, terminal)
        except Trouble as trouble:
            terminal.note(trouble.sentence(terminal.say))
            return
        truth = studio.truth()
    terminal.line(terminal.say("Models run on: {device}.", device=truth.title))
    for reason in truth.reasons:
        terminal.line(reason.sentence(terminal.say))


def _show(given: Namespace, terminal: Terminal) -> int:
    """The pack and whether every byte of it is as it was signed."""
    packs, say = GpuPacks.of_the_artist(), terminal.say
    own = runtime_folder()
    is_inside = own is not None and (own / PROVIDER).is_file()
    facts = {"system": here(), "runtime": runtime_version(), "inside": is_inside, "installed": False}
    trouble = None
    try:
        pack = packs.installed()
        if pack is not None:
            facts |= {
                "installed": True, "version": pack.version, "folder": str(pack.folder), "bytes": pack.bytes,
                "for_system": pack.system, "for_runtime": pack.runtime, "signer": pack.signer.id,
            }  # fmt: skip
            interruptible(lambda progress: packs.check(pack, progress), terminal)
            facts["misfit"] = pack.misfit.sentence(say) if pack.misfit else ""
    except Trouble as refused:
        trouble = refused
        facts |= {"installed": True, "sound": False, "trouble": refused.sentence(say)}
    else:
        facts["sound"] = facts["installed"]
    if given.json:
        terminal.json(facts)
        return TROUBLE if trouble else OK
    if trouble:
        raise trouble
    if pack is None:
        terminal.line(say("No GPU pack is installed. Install one with: gesso gpu install FILE"))
        if is_inside:
            terminal.line(say("This Gesso needs none: its runtime brings CUDA's part itself."))
        return OK
    rows = [
        (say("GPU pack"), pack.version),
        (say("System"), pack.system),
        (say("Signed by"), f"{pack.signer.owner} {pack.signer.id}".strip()),
        (say("Size"), say("{size} GB", size=f"{pack.bytes / 1e9:.2f}")),
        (say("Folder"), str(pack.folder)),
    ]
    terminal.table(rows)
    terminal.line(
        say("It cannot be used here: {reason}.", reason=pack.misfit)
        if pack.misfit
        else say("Every byte is as it was signed.")
    )
    return OK


def _remove(given: Namespace, terminal: Terminal) -> int:
    if GpuPacks.of_the_artist().remove():
        terminal.line(terminal.say("The GPU pack is removed."))
    else:
        terminal.line(terminal.say("There was no GPU pack."))
    return OK


def _for_install(parser: Parser) -> None:
    parser.add_argument(
        "source", metavar=parser.say("FILE"), help=parser.say("a GPU pack: a zip file from Gesso's makers")
    )


GPU = Command(
    name="gpu",
    summary="Install, see and remove the pack for NVIDIA GPUs.",
    parts=(
        Command(name="install", summary="Install a signed GPU pack.", arguments=_for_install, run=_install),
        Command(name="show", summary="The installed pack, and whether it is sound.", arguments=Parser.json_switch, run=_show),
        Command(name="remove", summary="Remove the installed pack.", run=_remove),
    ),
)  # fmt: skip
