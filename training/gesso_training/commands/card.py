"""`gesso-train card`: the measured claim of the newest package of a name."""

from __future__ import annotations

import argparse
import json

from gesso_training import claim, package
from gesso_training.commands.command import Command, Refused
from gesso_training.tables import as_table


def card(given: argparse.Namespace) -> int:
    """Print the measured claim of the newest package of a name."""
    folder = package.newest(given.shelf, given.name)
    if folder is None:
        names = sorted({found.parent.name for found in package.all_versions(given.shelf)})
        raise Refused(f"There is no package '{given.name}' on the shelf; there are {', '.join(names) or 'none'}.")
    rows, facts = claim.of(json.loads((folder / "card.json").read_text(encoding="utf-8")))
    print(f"{as_table(rows)}\n\n{facts}")
    return 0


def words(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `card`."""
    parser.add_argument("name")


COMMAND = Command("card", "print the measured claim of the newest package of a name", words, card)
