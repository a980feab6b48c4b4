"""The table of contents of the shell."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gesso.cli.bench import BENCH
from gesso.cli.command import Command, Parser
from gesso.cli.doctor import DOCTOR
from gesso.cli.feedback import FEEDBACK
from gesso.cli.gpu import GPU
from gesso.cli.library import LIBRARY
from gesso.cli.models import MODELS
from gesso.cli.provenance import PROVENANCE
from gesso.cli.repair import REPAIR
from gesso.cli.tool import TOOL


def commands(window: Callable[[Sequence[str]], int]) -> tuple[Command, ...]:
    """Every command, in the order of `gesso --help`; `window` opens files in the window."""

    def files(parser: Parser) -> None:
        parser.add_argument("files", nargs="*", metavar=parser.say("FILE"), help=parser.say("a project or a picture"))

    opening = Command(
        name="open", summary="Open files in the window.", arguments=files, run=lambda given, _: window(given.files)
    )
    return (opening, TOOL, LIBRARY, MODELS, GPU, DOCTOR, FEEDBACK, PROVENANCE, REPAIR, BENCH)
