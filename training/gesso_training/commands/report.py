"""`gesso-train report`: one self-contained page a model, and one for all."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from gesso_training import bench, feedback, ledger, registry, report
from gesso_training.commands.command import Command, Refused, at_least, model_of, places_of


def make_report(given: argparse.Namespace) -> int:
    """Write the pages from what shelf, ledger, runs, judges and feedback know."""
    places = places_of(given)
    names = [given.model] if given.model else list(registry.models())
    runs, by_hand = ledger.read(given.ledger), minutes_by_tool(given.by_hand)
    proposals = [one for file in given.feedback for one in feedback.read(file)]
    given.out.mkdir(parents=True, exist_ok=True)
    every = []
    for name in names:
        model = model_of(name)
        timed = bench.table(model.timed(places), given.bench, tell) if given.bench else []
        known = report.gather(name, model, places, runs, proposals, by_hand, timed)
        (given.out / f"{name}.html").write_text(report.page(known), encoding="utf-8")
        every.append(known)
    if not given.model:
        (given.out / "index.html").write_text(report.index(every), encoding="utf-8")
    print(given.out / (f"{given.model}.html" if given.model else "index.html"))
    return 0


def minutes_by_tool(asked: list[str]) -> dict[str, float]:
    """`TOOL=MINUTES`: how long a thing takes by hand, which nobody but an artist can say."""
    found = {}
    for text in asked:
        tool, _, minutes = text.partition("=")
        try:
            found[tool] = float(minutes)
        except ValueError:
            raise Refused(f"'{text}' says no time by hand; write, say, painting.upscale=5.") from None
    return found


def tell(line: str) -> None:
    """Progress, beside the pages."""
    print(line, file=sys.stderr)


def words(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `report`."""
    parser.add_argument("model", nargs="?", default="", help="a model; all of them where none is named")
    parser.add_argument("--out", type=Path, required=True, help="folder for the pages")
    parser.add_argument("--feedback", type=Path, action="append", default=[], help="an export of the studio's feedback")
    parser.add_argument("--by-hand", action="append", default=[], metavar="TOOL=MINUTES", help="time it takes by hand")
    parser.add_argument("--bench", type=at_least(1), default=0, metavar="TIMES", help="time the models, too")


COMMAND = Command("report", "one self-contained page a model, and one for all", words, make_report)
