"""`gesso-train`: fit, judge, package and verify models, keep their keys, list their data."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gesso_training import __version__, ledger, loop, package, signing, terms
from gesso_training.corpora import CORPORA
from gesso_training.corpora.manifest import build
from gesso_training.registry import Model, Places, models

ROOT = Path(__file__).resolve().parents[2]
LEDGER = ROOT / "training" / "ledger.jsonl"


class Refused(Exception):
    """Something the person at the shell can put right, said in one sentence."""


def places_of(given: argparse.Namespace) -> Places:
    return Places(given.data, given.runs, given.shelf)


def model_of(name: str) -> Model:
    known = models()
    if name not in known:
        raise Refused(f"There is no model '{name}'; known are {', '.join(known)}.")
    return known[name]


def variants_of(model: Model, asked: str) -> list[str]:
    if asked and asked not in model.recipes:
        raise Refused(f"There is no variant '{asked}'; known are {', '.join(model.recipes)}.")
    return [asked] if asked else list(model.recipes)


def fit(given: argparse.Namespace) -> int:
    model, places = model_of(given.model), places_of(given)
    for variant in variants_of(model, given.variant):
        folder = places.run(given.model, variant)
        recipe = model.recipes[variant]
        digests = model.digests(places.data)
        outcome = loop.fit(
            model.task(variant, places),
            recipe.schedule,
            folder,
            device=given.device,
            budget_minutes=given.budget,
            report=lambda line, at=variant: print(f"{at}: {line}", flush=True),
        )
        run = ledger.Run(
            model=given.model,
            variant=variant,
            recipe=loop.plain(recipe),
            data=digests,
            seed=recipe.schedule.seed,
            steps=outcome.step,
            minutes=round(outcome.seconds / 60, 2),
            finished=outcome.finished,
            commit=ledger.commit(ROOT),
            hardware=ledger.hardware(given.device),
            versions=ledger.versions(),
            when=ledger.now(),
        )
        ledger.write(given.ledger, run)
        print(f"{variant}: {outcome.step} steps, {outcome.seconds / 60:.1f} min, finished: {outcome.finished}")
    return 0


def judge(given: argparse.Namespace) -> int:
    options: dict[str, Any] = {"contents": given.contents, "steps": given.gatys, "sheets": given.sheets}
    table = model_of(given.model).judge(places_of(given), options, lambda line: print(line, file=sys.stderr))
    if given.json:
        print(json.dumps(table, indent=1, ensure_ascii=False))
    else:
        print(as_table(table))
    return 0


def as_table(rows: Sequence[dict[str, Any]]) -> str:
    """Rows of one kind as an aligned Markdown table."""
    if not rows:
        return "Nothing was judged: there is no package on the shelf."
    keys = list(dict.fromkeys(key for row in rows for key in row))
    cells = [keys, *[[_cell(row.get(key, "")) for key in keys] for row in rows]]
    widths = [max(len(row[i]) for row in cells) for i in range(len(keys))]
    lines = ["| " + " | ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) + " |" for row in cells]
    return "\n".join([lines[0], "|" + "|".join("-" * (w + 2) for w in widths) + "|", *lines[1:]])


def _cell(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) and abs(value) < 10 else str(value)


def make_package(given: argparse.Namespace) -> int:
    model, places = model_of(given.model), places_of(given)
    private = signing.read_private(key_file(given.key))
    for variant in variants_of(model, given.variant):
        runs = [r for r in ledger.read(given.ledger) if (r.model, r.variant) == (given.model, variant)]
        if not runs:
            raise Refused(f"The ledger knows no run of {given.model} {variant}; fit it first.")
        print(model.publish(variant, given.version, runs[-1], places, private))
    return 0


def verify(given: argparse.Namespace) -> int:
    worst = 0
    folders = [Path(folder) for folder in given.folder] or package.all_versions(given.shelf)
    for folder in folders:
        faults = package.verify(folder, given.keys)
        print(f"{folder.parent.name} {folder.name}: {'; '.join(faults) or 'sound'}")
        worst = max(worst, int(bool(faults)))
    return worst


def key_file(given: Path | None) -> Path:
    found = given or Path(os.environ.get("GESSO_RELEASE_KEY", ""))
    if not found.is_file():
        raise Refused("No private key: name its file with --key or in GESSO_RELEASE_KEY.")
    return found


def key(given: argparse.Namespace) -> int:
    if given.what == "new":
        if given.key is None:
            raise Refused("Say with --key where the private half is to be kept; keep it out of the repository.")
        print(signing.new_key(given.key, given.keys, given.owner))
        return 0
    private = signing.read_private(key_file(given.key))
    for folder in [Path(folder) for folder in given.folder] or package.all_versions(given.shelf):
        signing.sign(folder, folder.parent.name, folder.name, private)
        print(f"signed {folder.parent.name} {folder.name}")
    return 0


def data(given: argparse.Namespace) -> int:
    names = given.set or list(CORPORA)
    for name in names:
        made = build(CORPORA[name], given.data)
        if given.what == "ingest":
            (terms.MANIFESTS / name / "manifest.json").write_text(made.to_json(), encoding="utf-8")
        splits = {split: sum(item.split == split for item in made.items) for split in ("train", "validation", "test")}
        print(f"{name}: {len(made.items)} pictures {splits}, {len(made.dropped)} dropped, digest {made.digest[:12]}")
        for dropped in made.dropped:
            print(f"  dropped {dropped.file}: {dropped.reason}")
    for twin in terms.leaks(names, ("free", "attribution", "share-alike", "non-commercial"), list(CORPORA), given.data):
        print(f"  twin: {twin.corpus}/{twin.file} shows what {twin.other_corpus}/{twin.other_file} shows")
    return 0


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="gesso-train", description=__doc__)
    top.add_argument("--version", action="version", version=__version__)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--data", type=Path, default=Path(os.environ.get("GESSO_DATA", "data")), help="folder of data")
    common.add_argument("--runs", type=Path, default=ROOT / "runs", help="folder of checkpoints, outside git")
    common.add_argument("--shelf", type=Path, default=ROOT / "resources" / "models", help="folder of packages")
    common.add_argument("--keys", type=Path, default=ROOT / "resources" / "keys", help="folder of public keys")
    common.add_argument("--ledger", type=Path, default=LEDGER)
    kinds = top.add_subparsers(dest="command", required=True)

    one = kinds.add_parser("fit", parents=[common], help="train, going on from the last checkpoint")
    one.add_argument("model")
    one.add_argument("--variant", default="")
    one.add_argument("--device", default="cpu")
    one.add_argument("--budget", type=float, default=None, metavar="MINUTES")
    one.set_defaults(run=fit)

    one = kinds.add_parser("judge", parents=[common], help="score the packages on the shelf beside their baselines")
    one.add_argument("model")
    one.add_argument("--json", action="store_true")
    one.add_argument("--contents", type=int, default=20, help="stylise: how many held-out contents")
    one.add_argument("--gatys", type=int, default=100, help="stylise: steps of the optimisation beside it, 0 for none")
    one.add_argument("--sheets", type=Path, default=None, help="stylise: folder for contact sheets")
    one.set_defaults(run=judge)

    one = kinds.add_parser("package", parents=[common], help="export, compare, write the card and sign")
    one.add_argument("model")
    one.add_argument("--variant", default="")
    one.add_argument("--version", required=True)
    one.add_argument("--key", type=Path, default=None, help="file of the private key")
    one.set_defaults(run=make_package)

    one = kinds.add_parser("verify", parents=[common], help="check signatures, hashes and golden samples")
    one.add_argument("folder", nargs="*")
    one.set_defaults(run=verify)

    one = kinds.add_parser("key", parents=[common], help="make a key pair, or sign packages again")
    one.add_argument("what", choices=["new", "sign"])
    one.add_argument("folder", nargs="*")
    one.add_argument("--key", type=Path, default=None)
    one.add_argument("--owner", default="Gesso release")
    one.set_defaults(run=key)

    one = kinds.add_parser("data", parents=[common], help="walk the sets: clean, hash, look for twins")
    one.add_argument("what", choices=["ingest", "report"])
    one.add_argument("set", nargs="*")
    one.set_defaults(run=data)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    given = parser().parse_args(arguments)
    try:
        return int(given.run(given))
    except (Refused, FileNotFoundError, FileExistsError, ValueError) as trouble:
        print(f"gesso-train: {trouble}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    raise SystemExit(main())
