"""`gesso-train history`: search the ledger, and show the curves of runs."""

from __future__ import annotations

import argparse
import contextlib
import json
import operator
import re
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from gesso_training import curves, ledger, run_folder
from gesso_training.commands.command import Command, Refused
from gesso_training.tables import as_table

SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "!=": operator.ne,
    "=": operator.eq,
    ">": operator.gt,
    "<": operator.lt,
    "~": lambda said, part: str(part).lower() in str(said).lower(),
}
CONDITION = re.compile(r"([\w.]+)\s*(>=|<=|!=|=|>|<|~)\s*(.+)")


def condition(text: str) -> Callable[[ledger.Run], bool]:
    """`NAME>VALUE` as a question to a run: its fields, its scores and its recipe, by their names; `~` asks for a part."""
    found = CONDITION.fullmatch(text.strip())
    if found is None:
        raise Refused(f"'{text}' is no condition; write, say, psnr_db>37, variant=x2-best or note~finite.")
    name, sign, written = found.groups()
    wanted: Any = written
    with contextlib.suppress(ValueError):
        wanted = json.loads(written)

    def holds(run: ledger.Run) -> bool:
        said = facts(run)
        if name not in said:
            return False
        value = said[name]
        both_numbers = isinstance(value, (int, float)) and isinstance(wanted, (int, float))
        if sign in (">=", "<=", ">", "<") and not both_numbers:
            return False if not isinstance(value, str) else SIGNS[sign](value, written)
        return SIGNS[sign](value, wanted if both_numbers or isinstance(wanted, type(value)) else written)

    return holds


def facts(run: ledger.Run) -> dict[str, Any]:
    """All that a run says, flat: `learning_rate` stands beside `steps` and `psnr_db`."""
    said = asdict(run)
    recipe = dict(said.pop("recipe"))
    schedule = recipe.pop("schedule", {})
    return {**schedule, **recipe, **said.pop("scores"), **said}


def history(given: argparse.Namespace) -> int:
    """Print the runs that were asked for; with --curves or --tensorboard, write what they told on their way."""
    holds = [condition(text) for text in given.where]
    runs = [
        run
        for run in ledger.read(given.ledger)
        if given.model in ("", run.model) and given.variant in ("", run.variant) and all(one(run) for one in holds)
    ]
    if not runs:
        raise Refused("The ledger knows no such run.")
    if given.json:
        print(json.dumps([asdict(run) for run in runs], indent=1, ensure_ascii=False))
    else:
        print(as_table([_row(run) for run in runs]))
    for folder, write in ((given.curves, _draw), (given.tensorboard, _tell_tensorboard)):
        if folder is not None:
            written = [write(folder, given.runs, *of) for of in dict.fromkeys((run.model, run.variant) for run in runs)]
            if not any(written):
                raise Refused(f"No run of these has a curve in {given.runs}.")
            print(f"{sum(written)} files in {folder}")
    return 0


def _row(run: ledger.Run) -> dict[str, Any]:
    return {
        "when": run.when,
        "model": run.model,
        "variant": run.variant,
        "kind": run.kind,
        "steps": run.steps,
        "minutes": f"{run.minutes:.1f}",
        "seed": run.seed,
        "ended": "yes" if run.finished else "no",
        "memory MB": run.memory_mb or "",
        "energy Wh": "" if run.energy_wh is None else run.energy_wh,
        "scores": ", ".join(f"{name} {value:g}" for name, value in run.scores.items()),
        "note": run.note,
    }


def _draw(folder: Path, runs: Path, model: str, variant: str) -> int:
    made = curves.pictures(f"{model} {variant}", run_folder.curve_of(runs / model / variant))
    for name, drawn in made.items():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{model}-{variant}-{name.replace('/', '-')}.svg").write_text(drawn, encoding="utf-8")
    return len(made)


def _tell_tensorboard(folder: Path, runs: Path, model: str, variant: str) -> int:
    curve = run_folder.curve_of(runs / model / variant)
    if not curve:
        return 0
    began = datetime.fromtimestamp((runs / model / variant / run_folder.CURVE).stat().st_mtime)
    curves.write_events(folder / model / variant, curve, began.timestamp() - float(curve[-1].get("seconds", 0.0)))
    return 1


def words(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `history`."""
    parser.add_argument("model", nargs="?", default="")
    parser.add_argument("--variant", default="")
    parser.add_argument("--where", action="append", default=[], metavar="NAME>VALUE", help="may be given several times")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--curves", type=Path, default=None, metavar="FOLDER", help="draw the learning curves there")
    parser.add_argument("--tensorboard", type=Path, default=None, metavar="FOLDER", help="event files for TensorBoard")


COMMAND = Command("history", "search the ledger, draw learning curves", words, history)
