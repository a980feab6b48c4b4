"""`gesso tool`: every tool from its declaration, for one picture or many."""

from __future__ import annotations

import argparse
import time
from argparse import Namespace
from pathlib import Path
from typing import Any

from gesso.cli.batch import Batch
from gesso.cli.command import Command, Parser, escaped
from gesso.cli.making import discard, make, targets
from gesso.cli.settings import DEVICES, Naming, device, naming
from gesso.cli.terminal import OK, USAGE, Terminal
from gesso.cli.work import Abandoned, interruptible
from gesso.tools import TOOLS, Amount, Choice, Knob, SeedKnob, Styles, Switch, Tool
from gesso.tools.studio import Studio, recorded
from gesso.values import Progress, Trouble


def flag(knob: Knob) -> str:
    return "--" + knob.name.replace("_", "-")


def add_knob(parser: Parser, knob: Knob) -> None:
    """One knob as an option; its value is checked by the knob itself."""
    say = parser.say
    words = say(knob.help)
    given: dict[str, Any] = {"dest": f"knob {knob.name}", "default": argparse.SUPPRESS}
    if isinstance(knob, Switch):
        parser.add_argument(flag(knob), action=argparse.BooleanOptionalAction, help=escaped(words), **given)
        return
    if isinstance(knob, Amount):
        words += " " + say(
            "From {low} to {high}; {default} when left out.",
            low=f"{knob.low:g}",
            high=f"{knob.high:g}",
            default=f"{knob.default:g}",
        )
        given["metavar"] = say("NUMBER")
    elif isinstance(knob, Choice):
        listed = ", ".join(f"{option.value} ({say(option.title)})" for option in knob.options)
        words += " " + say("One of {options}; {default} when left out.", options=listed, default=knob.default)
        given["metavar"] = "|".join(option.value for option in knob.options)
    elif isinstance(knob, Styles):
        default = ", ".join(style for style, _ in knob.default)
        words += " " + say(
            "May be given up to {most} times; NAME:2 weighs twice; {default} when left out.",
            most=knob.most,
            default=default,
        )
        given |= {"metavar": say("NAME|PICTURE[:WEIGHT]"), "action": "append"}
    elif isinstance(knob, SeedKnob):
        words += " " + say("{default} when left out.", default=knob.default)
        given["metavar"] = say("NUMBER")
    parser.add_argument(flag(knob), help=escaped(words), **given)


def _arguments(parser: Parser, tool: Tool) -> None:
    say = parser.say
    parser.add_argument("inputs", nargs="+", metavar=say("IN"), help=say("pictures, or folders of pictures"))
    parser.add_argument(
        "-o", "--output", required=True, metavar=say("OUT"),
        help=say("the result; for several pictures the folder of the results"),
    )  # fmt: skip
    parser.add_argument("--force", action="store_true", help=say("write over results that are there already"))
    parser.add_argument(
        "--format",
        metavar="png|jpg|tif|…",
        help=say("the format of the results in a folder; as the picture's when left out"),
    )
    parser.add_argument(
        "--device", choices=DEVICES, help=say("what the model runs on; the best that is there when left out")
    )
    parser.add_argument(
        "--author",
        metavar=say("NAME"),
        help=say("whom the results name as their maker; as the picture says, or as set in the window, when left out"),
    )
    parser.add_argument("--copyright", metavar=say("LINE"), help=say("the copyright line of the results"))
    parser.add_argument("--title", metavar=say("TITLE"), help=say("what the results are called inside their files"))
    parser.json_switch()
    for knob in tool.knobs:
        add_knob(parser, knob)


def _run(tool: Tool, given: Namespace, terminal: Terminal) -> int:
    knobs = {name.removeprefix("knob "): value for name, value in vars(given).items() if name.startswith("knob ")}
    try:
        values = tool.checked(knobs)
    except Trouble as trouble:
        return terminal.trouble(trouble, USAGE)
    inputs = [Path(name) for name in given.inputs]
    output = Path(given.output)
    whom = naming(given.author, given.copyright, given.title)
    many = len(inputs) > 1 or inputs[0].is_dir()
    with Studio(device(given.device)) as studio:
        try:
            if many:
                return Batch(studio, tool, values, output, given.format, given.force, whom).run(inputs, terminal)
            [(source, target)] = targets(inputs, output, given.format)
            return _one(studio, tool, values, source, target, given.force, whom, terminal)
        except Abandoned:
            discard(output if many or output.is_dir() else output.parent, deep=many)
            raise


def _one(
    studio: Studio,
    tool: Tool,
    values: dict[str, Any],
    source: Path,
    target: Path,
    force: bool,
    whom: Naming,
    terminal: Terminal,
) -> int:
    began = time.monotonic()

    def work(progress: Progress) -> Any:
        return make(studio, tool, values, source, target, force, whom, progress)

    made = interruptible(work, terminal)
    seconds = time.monotonic() - began
    notes = [note.sentence(terminal.say) for note in made.notes]
    for note in notes:
        terminal.note(note)
    truth = studio.truth()
    fell_back = truth.wanted not in ("auto", truth.held)
    barred, absent = ([r.sentence(terminal.say) for r in listed] for listed in (truth.barred.values(), truth.reasons))
    for reason in [*barred, *(absent if fell_back else [])]:
        terminal.note(reason)
    if terminal.as_json:
        terminal.json(
            {
                "output": str(target),
                "seconds": round(seconds, 3),
                "model": made.record.model,
                "version": made.record.model_version,
                "device": truth.held,
                "seed": made.record.seed,
                "knobs": recorded(tool, values),
                "notes": [*notes, *absent, *barred],
            }
        )
        return OK
    terminal.line(
        terminal.say(
            "{output}: {seconds} s with {model} {version} on {device}",
            output=target,
            seconds=f"{seconds:.1f}",
            model=made.record.model,
            version=made.record.model_version,
            device=truth.title,
        )
    )
    return OK


def _list(given: Namespace, terminal: Terminal) -> int:
    if given.json:
        terminal.json([tool.describe() for tool in TOOLS])
        return OK
    terminal.table([(tool.id, terminal.say(tool.title), terminal.say(tool.summary)) for tool in TOOLS])
    return OK


def _command(tool: Tool) -> Command:
    return Command(
        tool.id,
        tool.summary,
        lambda parser: _arguments(parser, tool),
        lambda given, terminal: _run(tool, given, terminal),
    )


TOOL = Command(
    name="tool",
    summary="Run the studio's tools on pictures.",
    parts=(
        Command(name="list", summary="Every tool there is.", arguments=Parser.json_switch, run=_list),
        Command(
            name="run",
            summary="Run a tool on a picture, on several, or on folders of them.",
            parts=[_command(tool) for tool in TOOLS],
        ),
    ),
)
