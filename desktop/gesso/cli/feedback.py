"""`gesso feedback`: what is remembered of proposals on this computer; shown, exported, paused, erased."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from gesso.cli.command import Command, Parser
from gesso.cli.terminal import OK, TROUBLE, Terminal
from gesso.feedback import Feedback
from gesso.values import Trouble


def _with_log(run: Callable[[Feedback, Namespace, Terminal], int]) -> Callable[[Namespace, Terminal], int]:
    def opened(given: Namespace, terminal: Terminal) -> int:
        with Feedback() as log:
            code = run(log, given, terminal)
            for note in log.notes:
                terminal.note(note.sentence(terminal.say))
            return code

    return opened


def _show(log: Feedback, given: Namespace, terminal: Terminal) -> int:
    say, tallies = terminal.say, log.summary()
    if given.json:
        records = [asdict(record) for record in log.records()]
        terminal.json({"file": str(log.path), "paused": log.paused, "pictures": log.share_pictures, "records": records})
        return OK
    rows = [("", say("proposed"), say("kept"), say("edited"), say("rejected"))]
    rows += [(t.tool, str(t.proposed), str(t.kept), str(t.edited), str(t.rejected)) for t in tallies]
    if tallies:
        terminal.table(rows)
    else:
        terminal.line(say("Nothing is remembered."))
    terminal.line(
        say("Paused: nothing is written.") if log.paused else say("Proposals are remembered on this computer only.")
    )
    terminal.line(
        say("Pictures are kept with them.") if log.share_pictures else say("Pictures are never kept with them.")
    )
    terminal.line(say("The log: {file}", file=log.path))
    return OK


def _export(log: Feedback, given: Namespace, terminal: Terminal) -> int:
    target = Path(given.file)
    if target.exists() and not given.force:
        raise Trouble(
            "{name} is already there.",
            "It was left exactly as it is.",
            "Choose another name, or write over it with --force.",
            name=target.name,
        )
    if given.learning is not None:
        log.may_teach = given.learning == "yes"
    count = log.export(target)
    terminal.line(terminal.say("{count} proposals were written to {file}.", count=count, file=target))
    return OK


def _pause(log: Feedback, given: Namespace, terminal: Terminal) -> int:
    log.paused = True
    terminal.line(terminal.say("Paused: nothing is written."))
    return OK


def _resume(log: Feedback, given: Namespace, terminal: Terminal) -> int:
    log.paused = False
    if log.paused:  # a log that cannot be written stays so
        return TROUBLE
    terminal.line(terminal.say("Proposals are remembered on this computer only."))
    return OK


def _erase(log: Feedback, given: Namespace, terminal: Terminal) -> int:
    log.erase()
    terminal.line(terminal.say("Everything that was remembered is erased."))
    return OK


def _for_export(parser: Parser) -> None:
    parser.add_argument("file", metavar=parser.say("FILE"), help=parser.say("where to write it, as JSON lines"))
    parser.add_argument("--force", action="store_true", help=parser.say("write over results that are there already"))
    parser.add_argument(
        "--learning",
        choices=("yes", "no"),
        help=parser.say("whether models may learn from it: written into every line, and remembered"),
    )


FEEDBACK = Command(
    name="feedback",
    summary="What is remembered of proposals, on this computer only.",
    parts=(
        Command(
            name="show",
            summary="How many were kept, edited, rejected.",
            arguments=Parser.json_switch,
            run=_with_log(_show),
        ),
        Command(
            name="export",
            summary="Write all of it to a file, without pictures.",
            arguments=_for_export,
            run=_with_log(_export),
        ),
        Command(name="pause", summary="Remember nothing from now on.", run=_with_log(_pause)),
        Command(name="resume", summary="Remember proposals again.", run=_with_log(_resume)),
        Command(name="erase", summary="Forget all of it.", run=_with_log(_erase)),
    ),
)
