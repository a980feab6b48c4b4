"""What is typed after `gesso`: understood, run, and every trouble said in one sentence.

Exit codes: 0 done, 1 something failed, 2 the command was not understood, 130 cancelled.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Sequence

from gesso import __version__
from gesso.cli.fault import no_memory, own_fault
from gesso.cli.settings import words
from gesso.cli.terminal import CANCELLED, OK, TROUBLE, USAGE, Terminal
from gesso.values import Cancelled, Trouble
from gesso.values.words import LANGUAGES

COMMANDS = ("open", "tool", "library", "models", "gpu", "doctor", "feedback", "provenance", "repair", "bench")


Window = Callable[[Sequence[str]], int]
"""Opens files in the window; its exit code."""


def run(arguments: list[str], window: Window) -> int:
    """The exit code. Only what a command needs is imported: the window opens first and loads the rest after."""
    asked, language = _without_language(arguments)
    terminal = Terminal(words(language))
    try:
        if language is not None and language not in LANGUAGES:
            from gesso.cli.command import Usage

            known = ", ".join(LANGUAGES)
            raise Usage(terminal.say("{given} is none of {known}", given=language, known=known), "gesso")
        return _run(asked, terminal, window)
    except Cancelled as cancelled:
        terminal.note(terminal.say("Cancelled. What was finished before is kept."))
        if type(cancelled) is not Cancelled:  # abandoned: its thread cannot be asked to stop
            _leave(CANCELLED)
        return CANCELLED
    except KeyboardInterrupt:
        terminal.note(terminal.say("Cancelled. What was finished before is kept."))
        return CANCELLED
    except BrokenPipeError:  # whoever reads our lines has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return TROUBLE
    except Trouble as trouble:
        from gesso.cli.command import Usage

        return terminal.trouble(trouble, USAGE if isinstance(trouble, Usage) else TROUBLE)
    except MemoryError:
        return terminal.trouble(no_memory())
    except Exception:
        return terminal.trouble(own_fault())


def _run(asked: list[str], terminal: Terminal, window: Window) -> int:
    if asked[:1] == ["--version"]:
        terminal.line(f"gesso {__version__}")
        return OK
    if not asked or (asked[0] not in COMMANDS and not asked[0].startswith("-")):
        return window(asked)
    from gesso.cli.command import Parser, grow
    from gesso.cli.commands import commands

    parser = Parser(
        terminal.say,
        prog="gesso",
        description=terminal.say(
            "An offline studio in which small neural networks assist artists. Without a command its window opens."
        ),
    )
    parser.add_argument(
        "--version", action="version", version=f"gesso {__version__}", help=terminal.say("show the version")
    )
    parser.add_argument("--lang", metavar="en|zh_CN", help=terminal.say("the language of all words"))
    parser.epilog = terminal.say(
        "Exit codes: 0 done, 1 something failed, 2 the command was not understood, 130 cancelled."
    )
    grow(parser, commands(window))
    try:
        given = parser.parse_args(asked)
    except SystemExit as left:  # after --help and --version
        return int(left.code or 0)
    terminal.as_json = bool(getattr(given, "json", False))
    return int(given.run(given, terminal))


def _without_language(arguments: list[str]) -> tuple[list[str], str | None]:
    """`--lang` may stand anywhere before `--`."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    for at, word in enumerate(arguments[:end]):
        if word.startswith("--lang="):
            return arguments[:at] + arguments[at + 1 :], word.removeprefix("--lang=")
        if word == "--lang" and at + 1 < end:
            return arguments[:at] + arguments[at + 2 :], arguments[at + 1]
    return arguments, None


def _leave(code: int) -> None:
    """End at once; the worker process ends by itself when we are gone."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)
