"""`gesso repair`: a damaged project's good parts, in a new file beside it."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict
from pathlib import Path

from gesso.cli.command import Command, Parser
from gesso.cli.terminal import OK, TROUBLE, Terminal
from gesso.cli.work import interruptible
from gesso.files.repair import repair


def _run(given: Namespace, terminal: Terminal) -> int:
    path, to = Path(given.file), Path(given.output) if given.output else None
    made = interruptible(lambda progress: repair(path, to, progress), terminal)
    if made is None:
        terminal.line(terminal.say("{name} is whole; there is nothing to repair.", name=path.name))
        if given.json:
            terminal.json({"file": str(path), "is_whole": True, "repaired": None, "lost": []})
        return OK
    repaired, losses = made
    sentences = [loss.note.sentence(terminal.say) for loss in losses]
    if given.json:
        lost = [{**asdict(loss), "sentence": sentence} for loss, sentence in zip(losses, sentences, strict=True)]
        terminal.json({"file": str(path), "is_whole": False, "repaired": str(repaired), "lost": lost})
    for sentence in sentences:
        terminal.line(sentence)
    terminal.line(
        terminal.say("What is whole lies in {path}; the damaged file was left as it is.", path=repaired)
        if losses
        else terminal.say(
            "Everything was recovered and lies in {path}; the damaged file was left as it is.", path=repaired
        )
    )
    return TROUBLE if losses else OK


def _arguments(parser: Parser) -> None:
    say = parser.say
    parser.add_argument("file", metavar=say("FILE"), help=say("a project, whether it opens or not"))
    parser.add_argument(
        "-o", "--output", metavar=say("OUT"), help=say("the new file; beside the damaged one when left out")
    )
    parser.json_switch()


REPAIR = Command(
    name="repair",
    summary="Put what is whole of a damaged project into a new file, and name what is lost (exit code 1).",
    arguments=_arguments,
    run=_run,
)
