"""`gesso-train judge`: score the packages on the shelf beside their baselines."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from gesso_training.commands.command import Command, Refused, at_least, model_of, places_of
from gesso_training.tables import as_table


def judge(given: argparse.Namespace) -> int:
    """Print the judge's table."""
    options: dict[str, Any] = {
        "contents": given.contents,
        "steps": given.gatys,
        "reuse": given.reuse,
        "sheets": given.sheets,
    }
    table = model_of(given.model).judge(places_of(given), options, lambda line: print(line, file=sys.stderr))
    if not table:
        raise Refused("Nothing was judged: there is no package on the shelf.")
    print(json.dumps(table, indent=1, ensure_ascii=False) if given.json else as_table(table))
    return 0


def words(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `judge`."""
    parser.add_argument("model")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--contents", type=at_least(1), default=20, help="stylise: how many held-out contents")
    parser.add_argument(
        "--gatys", type=at_least(0), default=100, help="stylise: steps of the optimisation beside it, 0 for none"
    )
    parser.add_argument(
        "--reuse", action="store_true", help="stylise: take what that optimisation reached in an earlier run"
    )
    parser.add_argument("--sheets", type=Path, default=None, help="stylise: folder for contact sheets")


COMMAND = Command("judge", "score the packages on the shelf beside their baselines", words, judge)
