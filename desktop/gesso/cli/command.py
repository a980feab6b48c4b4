"""A command of the shell, and the parser that its words become."""

from __future__ import annotations

import argparse
import re
from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from gesso.cli.terminal import Terminal
from gesso.values import Trouble, mark

Say = Callable[..., str]


class Usage(Trouble):
    """A command line that cannot be understood."""

    def __init__(self, reason: str, program: str) -> None:
        super().__init__(
            mark("This command was not understood: {reason}."),
            "",
            mark("See: {program} --help"),
            reason=reason,
            program=program,
        )


class Formatter(argparse.HelpFormatter):
    """Help in the artist's language."""

    def __init__(self, prog: str, say: Say) -> None:
        super().__init__(prog)
        self._say = say

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        say = self._say
        super().add_usage(usage, actions, groups, say("usage: ") if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """Speaks the artist's language and raises `Usage` instead of leaving."""

    def __init__(self, say: Say, prog: str, description: str) -> None:
        super().__init__(prog=prog, description=description, allow_abbrev=False, add_help=False)
        self.say = say
        self._positionals.title, self._optionals.title = say("what it takes"), say("options")
        self.add_argument("-h", "--help", action="help", help=say("show this and leave"))

    def _get_formatter(self) -> argparse.HelpFormatter:
        return Formatter(self.prog, self.say)

    def error(self, message: str) -> NoReturn:
        raise Usage(self._reason(message), self.prog)

    def _reason(self, message: str) -> str:
        """What argparse found wrong, in the artist's language where it is one of the usual things."""
        say = self.say
        if found := re.fullmatch(r"the following arguments are required: (.*)", message):
            return say("{what} is missing", what=found[1])
        if found := re.fullmatch(r"unrecognized arguments: (.*)", message):
            return say("{what} is not known here", what=found[1])
        if found := re.fullmatch(r"argument (\S+): invalid choice: (.*) \(choose from (.*)\)", message):
            return say("{given} is none of {known}", given=found[2], known=found[3].replace("'", ""))
        if found := re.fullmatch(r"argument (\S+): expected (?:one|at least one) argument", message):
            return say("{what} needs a value", what=found[1])
        return message

    def json_switch(self) -> None:
        self.add_argument("--json", action="store_true", help=self.say("print one JSON object for other programs"))


@dataclass(frozen=True)
class Command:
    """A word of the command line: it runs, or it has commands of its own."""

    name: str
    summary: str
    arguments: Callable[[Parser], None] = lambda parser: None
    run: Callable[[Namespace, Terminal], int] | None = None
    parts: Sequence[Command] = ()


def grow(parser: Parser, commands: Sequence[Command]) -> None:
    """Give a parser its commands, and those theirs."""
    say = parser.say
    below = parser.add_subparsers(title=say("commands"), metavar=say("COMMAND"), required=True, parser_class=Parser)
    for command in commands:
        summary = say(command.summary)
        made = below.add_parser(
            command.name,
            say=say,
            prog=f"{parser.prog} {command.name}",
            help=escaped(summary),
            description=escaped(summary),
        )
        command.arguments(made)
        if command.run is not None:
            made.set_defaults(run=command.run)
        if command.parts:
            grow(made, command.parts)


def escaped(text: str) -> str:
    """For argparse, which takes `%` for a place to fill."""
    return text.replace("%", "%%")
