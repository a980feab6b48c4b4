"""`gesso-train`: fit, judge, package, verify and time models, keep their keys, list their data."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import metadata

from gesso_training.commands import bench, card, compare, data, fit, history, judge, key, package, report, sweep
from gesso_training.commands.command import Refused, common_words

COMMANDS = (
    fit.COMMAND,
    judge.COMMAND,
    compare.COMMAND,
    sweep.COMMAND,
    history.COMMAND,
    report.COMMAND,
    package.COMMAND,
    package.VERIFY,
    compare.PROMOTE,
    bench.COMMAND,
    card.COMMAND,
    key.COMMAND,
    data.COMMAND,
)


def parser() -> argparse.ArgumentParser:
    """The commands, and what each may be told."""
    top = argparse.ArgumentParser(prog="gesso-train", description=__doc__)
    top.add_argument("--version", action="version", version=metadata.version("gesso"))
    kinds = top.add_subparsers(dest="command", required=True)
    for command in COMMANDS:
        one = kinds.add_parser(command.name, help=command.help, description=command.help)
        common_words(one)
        command.words(one)
        one.set_defaults(run=command.run)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; what a person can put right is said in one sentence, with exit code 1."""
    given = parser().parse_args(arguments)
    try:
        return int(given.run(given))
    except (Refused, ValueError) as trouble:
        said = str(trouble)
    except OSError as trouble:
        said = f"{trouble.filename}: {trouble.strerror}." if trouble.filename and trouble.strerror else str(trouble)
    print(f"gesso-train: {said}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
