"""`gesso-train compare` and `promote`: two packages or runs beside each other, and which of them the studio is to use."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any

from gesso_training import ledger, package, registry, run_folder
from gesso_training.commands.command import Command, Refused, places_of
from gesso_training.comparison import Paired, paired
from gesso_training.registry import Model, Places
from gesso_training.tables import as_table

PROMOTED = "promoted.json"
"""On the shelf: name -> the version that the studio uses, and why."""


def named(text: str, places: Places) -> tuple[Path, Model]:
    """The folder of `NAME`, `NAME@VERSION` or `MODEL/VARIANT` (a run), and the model it is of."""
    known = registry.models()
    if "/" in text:
        name, _, variant = text.partition("/")
        folder = places.run(name, variant)
        if name not in known or not (folder / run_folder.CHECKPOINT).exists():
            raise Refused(f"There is no run '{text}'; write MODEL/VARIANT of one that was begun.")
        return folder, known[name]
    name, _, version = text.partition("@")
    found = places.shelf / name / version if version else package.newest(places.shelf, name)
    if found is None or not (found / "card.json").is_file():
        names = sorted({one.parent.name for one in package.all_versions(places.shelf)})
        raise Refused(f"There is no package '{text}' on the shelf; there are {', '.join(names) or 'none'}.")
    for model in known.values():
        if name in {model.package_name(variant) for variant in model.recipes}:
            return found, model
    raise Refused(f"No model makes packages called '{name}'.")


def measured(
    first: str, second: str, places: Places, seed: int = 1
) -> tuple[Paired, dict[str, float], dict[str, float]]:
    """Two things scored by their model on each picture of the validation split."""
    (a, model), (b, other) = named(first, places), named(second, places)
    if model is not other:
        raise Refused(f"'{first}' and '{second}' are of different models and have no score in common.")
    if model.items is None:
        raise Refused(f"The model of '{first}' gives no score for each picture, so nothing can be compared in pairs.")
    one, two = model.items(a, places), model.items(b, places)
    return paired(one, two, seed), one, two


def compare(given: argparse.Namespace) -> int:
    """Print each score of both, their mean difference and its interval."""
    found, one, two = measured(given.first, given.second, places_of(given), given.seed)
    if given.json:
        print(json.dumps({**vars(found), "verdict": found.verdict, "first_items": one, "second_items": two}, indent=1))
        return 0
    rows = [
        {
            "item": name,
            given.first: round(one[name], 4),
            given.second: round(two[name], 4),
            "difference": f"{two[name] - one[name]:+.4f}",
        }
        for name in sorted(one.keys() & two.keys())
    ]
    print(as_table(rows))
    print(f"\n{said(found)}; {found.wins} of {found.count} score more with {given.second}: {found.verdict}.")
    return 0


def said(found: Paired) -> str:
    """The difference with its interval."""
    return (
        f"{found.first:.4f} -> {found.second:.4f}, mean difference {found.difference:+.4f} "
        f"(95 %: {found.low:+.4f} to {found.high:+.4f}) over {found.count}"
    )


def promoted(shelf: Path) -> dict[str, dict[str, Any]]:
    """What was promoted on a shelf."""
    file = shelf / PROMOTED
    try:
        return dict(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else {}
    except ValueError:
        raise Refused(f"{file} is damaged; mend or remove it.") from None


def promote(given: argparse.Namespace) -> int:
    """Mark the version that the studio is to use, unless it is worse than the present one beyond chance."""
    places, name, version = places_of(given), given.name, given.version
    folder, _ = named(f"{name}@{version}", places)
    if faults := package.verify(folder, given.keys):
        raise Refused(f"{name} {version} cannot be promoted: {'; '.join(faults)}.")
    known = promoted(given.shelf)
    others = [one.name for one in package.all_versions(given.shelf) if one.parent.name == name and one != folder]
    present = known.get(name, {}).get("version") or (others[-1] if others else None)
    entry: dict[str, Any] = {"version": version, "when": ledger.now()}
    if present is not None and present != version and not given.unmeasured:
        found, _, _ = measured(f"{name}@{present}", f"{name}@{version}", places)
        if found.high < 0:
            raise Refused(f"{name} {version} is worse than {present} and was not promoted: {said(found)}.")
        entry |= {"beside": present, "difference": round(found.difference, 4)}
        entry |= {"interval": [round(found.low, 4), round(found.high, 4)], "items": found.count}
        print(f"beside {present}: {said(found)}")
    part = given.shelf / f"{PROMOTED}.part"
    part.write_text(json.dumps({**known, name: entry}, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    os.replace(part, given.shelf / PROMOTED)
    print(f"promoted {name} {version}")
    return 0


def words(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `compare`."""
    parser.add_argument("first", help="NAME, NAME@VERSION, or MODEL/VARIANT for a run")
    parser.add_argument("second")
    parser.add_argument("--seed", type=int, default=1, help="of the bootstrap")
    parser.add_argument("--json", action="store_true")


def promote_words(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `promote`."""
    parser.add_argument("name")
    parser.add_argument("version")
    parser.add_argument("--unmeasured", action="store_true", help="without comparing it with the present one")


COMMAND = Command("compare", "two packages or runs, picture by picture, with an interval", words, compare)
PROMOTE = Command("promote", "mark the version that the studio is to use", promote_words, promote)
