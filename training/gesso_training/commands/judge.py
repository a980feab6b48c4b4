"""`gesso-train judge`: score the packages on the shelf beside baselines, published scores, floors and goals."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from gesso_training import ladder, registry
from gesso_training.commands.command import Command, Refused, at_least, model_of, places_of
from gesso_training.registry import Table
from gesso_training.tables import as_table


def judge(given: argparse.Namespace) -> int:
    """Print a judge's table and how the model stands on its ladder; of all models, the ladder alone."""
    options: dict[str, Any] = {
        "contents": given.contents,
        "steps": given.gatys,
        "reuse": given.reuse,
        "sheets": given.sheets,
        "every": given.every,
    }
    if given.model == "all":
        return judge_all(given, options)
    model = model_of(given.model)
    table = model.judge(places_of(given), options, tell)
    if not table:
        raise Refused("Nothing was judged: there is no package on the shelf.")
    ladder.keep(given.runs, given.model, table)
    if given.json:
        print(json.dumps(table, indent=1, ensure_ascii=False))
        return 0
    print(as_table(table))
    if model.ladder:
        print(f"\n{as_table(ladder.rows(given.model, model, table))}")
    return 0


def judge_all(given: argparse.Namespace, options: dict[str, Any]) -> int:
    """Every model that can be judged here; what cannot be is said, and the others go on."""
    places, found = places_of(given), Table()
    options = {**options, "reuse": True}  # what takes hours and was measured before is not measured again
    judged = 0
    for name, model in registry.models().items():
        try:
            table = model.judge(places, options, tell)
        except (OSError, ValueError) as trouble:
            tell(f"{name}: {trouble}")
            table = []
        if table:
            judged += 1
            ladder.keep(given.runs, name, table)
        found += ladder.rows(name, model, table) or [{"model": name, "stands": "judged" if table else "not judged"}]
    if not judged:
        raise Refused("Nothing was judged: there is no package on the shelf, or the data are not here.")
    print(json.dumps(found, indent=1, ensure_ascii=False) if given.json else as_table(found))
    return 0


def tell(line: str) -> None:
    """Progress, beside the table."""
    print(line, file=sys.stderr)


def words(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `judge`."""
    parser.add_argument("model", help="a model, or all", nargs="?", default="all")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--contents", type=at_least(1), default=20, help="stylise: how many held-out contents")
    parser.add_argument(
        "--gatys", type=at_least(0), default=100, help="stylise: steps of the optimisation beside it, 0 for none"
    )
    parser.add_argument(
        "--reuse", action="store_true", help="stylise: take what that optimisation reached in an earlier run"
    )
    parser.add_argument("--every", type=at_least(1), default=1, help="line-art: judge one test picture in so many")
    parser.add_argument("--sheets", type=Path, default=None, help="stylise: folder for contact sheets")


COMMAND = Command("judge", "score the packages on the shelf beside baselines, floors and goals", words, judge)
