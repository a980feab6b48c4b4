"""`gesso-train`: fit, judge, package, verify and time models, keep their keys, list their data."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Any

import torch

from gesso_training import bench, claim, ledger, loop, package, signing, terms
from gesso_training.corpora import CORPORA
from gesso_training.corpora.corpus import TERMS
from gesso_training.corpora.manifest import build
from gesso_training.registry import Model, Places, models
from gesso_training.tables import as_table

ROOT = Path(__file__).resolve().parents[2]
LEDGER = ROOT / "training" / "ledger.jsonl"


class Refused(Exception):
    """Something the person at the shell can put right, said in one sentence."""


def places_of(given: argparse.Namespace) -> Places:
    """Where data, runs and packages lie."""
    return Places(given.data, given.runs, given.shelf)


def model_of(name: str) -> Model:
    """A model by its name."""
    known = models()
    if name not in known:
        raise Refused(f"There is no model '{name}'; known are {', '.join(known)}.")
    return known[name]


def variants_of(recipes: Mapping[str, Any], asked: str) -> list[str]:
    """The variant asked for, or all."""
    if asked and asked not in recipes:
        raise Refused(f"There is no variant '{asked}'; known are {', '.join(recipes)}.")
    return [asked] if asked else list(recipes)


def device_of(asked: str) -> str:
    """A device that torch has here."""
    try:
        torch.empty(1, device=asked)
    except (RuntimeError, AssertionError):
        raise Refused(f"This machine has no device '{asked}'; use cpu or, where there is a GPU, cuda.") from None
    return asked


def last_run(given: argparse.Namespace, variant: str) -> ledger.Run | None:
    """What the ledger last wrote of a variant."""
    runs = [run for run in ledger.read(given.ledger) if (run.model, run.variant) == (given.model, variant)]
    return runs[-1] if runs else None


def fit(given: argparse.Namespace) -> int:
    """Train each variant and write the run into the ledger."""
    model, places, device = model_of(given.model), places_of(given), device_of(given.device)
    recipes = {**model.recipes, **model.parts}
    for variant in variants_of(recipes, given.variant):
        recipe = recipes[variant]
        if given.start_from is not None:
            recipe = replace(recipe, start_from=given.start_from)
        if given.steps is not None:
            recipe = replace(recipe, schedule=replace(recipe.schedule, steps=given.steps))

        def say(line: str, at: str = variant) -> None:
            print(f"{at}: {line}", flush=True)

        digests = model.digests(places.data)
        outcome = loop.fit(
            model.task(recipe, places),
            recipe.schedule,
            places.run(given.model, variant),
            device=device,
            budget_minutes=given.budget,
            about={"recipe": loop.plain(recipe), "data": digests},
            report=say,
        )
        written, minutes = last_run(given, variant), round(outcome.seconds / 60, 2)
        # What a call that was killed between its last checkpoint and the ledger had learnt is written by the next.
        is_known = outcome.step == 0 or (written and (written.steps, written.minutes) == (outcome.step, minutes))
        if outcome.step == outcome.began and is_known:
            say(f"nothing was learnt, it stands at step {outcome.step} of {recipe.schedule.steps}")
            continue
        run = ledger.Run(
            model=given.model,
            variant=variant,
            recipe=loop.plain(recipe),
            data=digests,
            seed=recipe.schedule.seed,
            steps=outcome.step,
            minutes=minutes,
            finished=outcome.finished,
            scores={name: round(value, 4) for name, value in outcome.scores.items()},
            commit=ledger.commit(ROOT),
            hardware=ledger.hardware(device),
            versions=ledger.versions(),
            when=ledger.now(),
        )
        ledger.write(given.ledger, run)
        say(f"{outcome.step} steps, {outcome.seconds / 60:.1f} min, finished: {outcome.finished}")
    return 0


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


def time_models(given: argparse.Namespace) -> int:
    """Print how fast the models run here."""
    places = places_of(given)
    timed = [one for model in models().values() for one in model.timed(places)]
    table = bench.table(timed, given.repeats, lambda line: print(line, file=sys.stderr))
    if given.json:
        print(json.dumps(table, indent=1))
    else:
        print(f"{as_table(table)}\n\nMedians of {given.repeats}; {ledger.hardware()}; torch {torch.__version__}.")
    return 0


def card(given: argparse.Namespace) -> int:
    """Print the measured claim of the newest package of a name."""
    folder = package.newest(given.shelf, given.name)
    if folder is None:
        names = sorted({found.parent.name for found in package.all_versions(given.shelf)})
        raise Refused(f"There is no package '{given.name}' on the shelf; there are {', '.join(names) or 'none'}.")
    rows, facts = claim.of(json.loads((folder / "card.json").read_text(encoding="utf-8")))
    print(f"{as_table(rows)}\n\n{facts}")
    return 0


GIVEN = {"schedule", "start_from"}
"""Fields of a recipe that `fit` may be told at the shell."""


def changed_since(run: ledger.Run, recipe: object, digests: Mapping[str, str]) -> list[str]:
    """What of recipe and data is no longer as the run had it: its card would tell of other pictures or another network."""
    then, now = {**run.recipe, **run.data}, {**loop.plain(recipe), **digests}
    return sorted(key for key in {*then, *now} - GIVEN if then.get(key) != now.get(key))


def make_package(given: argparse.Namespace) -> int:
    """Write signed packages and check them as a reader of the shelf would."""
    if not package.VERSION.fullmatch(given.version):
        raise Refused(f"'{given.version}' is no version; write three numbers, such as 1.2.0.")
    model, places = model_of(given.model), places_of(given)
    private = signing.read_private(key_file(given.key))
    for variant in variants_of(model.recipes, given.variant):
        run = last_run(given, variant)
        if run is None:
            raise Refused(f"The ledger knows no run of {given.model} {variant}; fit it first.")
        stands = loop.steps_of(places.run(given.model, variant))
        if stands != run.steps:
            raise Refused(f"The checkpoint of {variant} stands at step {stands}, the ledger's run at {run.steps}.")
        if not (run.finished or given.unfinished):
            raise Refused(f"The run of {variant} stopped at step {stands}; fit it to its end, or say --unfinished.")
        if changed := changed_since(run, model.recipes[variant], model.digests(places.data)):
            raise Refused(f"Since the run of {variant} this has changed: {', '.join(changed)}; fit it anew.")
        folder = places.shelf / model.package_name(variant) / given.version
        if folder.exists() and not given.replace:
            raise Refused(
                f"{folder.parent.name} {given.version} is there already; raise the version, or say --replace."
            )
        print(model.publish(variant, given.version, run, places, private))
        faults = package.verify(folder, given.keys)
        if faults:
            raise Refused(f"{folder.parent.name} {given.version} was written, but {'; '.join(faults)}.")
    return 0


def folders_of(given: argparse.Namespace) -> list[Path]:
    """The packages that were named, or all on the shelf."""
    return [Path(folder).resolve() for folder in given.folder] or package.all_versions(given.shelf)


def verify(given: argparse.Namespace) -> int:
    """Print what is wrong with packages."""
    worst = 0
    for folder in folders_of(given):
        faults = package.verify(folder, given.keys)
        print(f"{folder.parent.name} {folder.name}: {'; '.join(faults) or 'sound'}")
        worst = max(worst, int(bool(faults)))
    return worst


def key_file(given: Path | None) -> Path:
    """The file of the private key."""
    found = given or Path(os.environ.get("GESSO_RELEASE_KEY", ""))
    if not found.is_file():
        raise Refused("No private key: name its file with --key or in GESSO_RELEASE_KEY.")
    return found


def key(given: argparse.Namespace) -> int:
    """Make a key pair, or sign packages again."""
    if given.what == "new":
        if given.key is None:
            raise Refused("Say with --key where the private half is to be kept, outside the repository.")
        if given.key.resolve().is_relative_to(ROOT):
            raise Refused("The private half must not lie in the repository; choose a file elsewhere.")
        if given.key.exists():
            raise Refused(f"{given.key} is there already and was left as it is.")
        print(signing.new_key(given.key, given.keys, given.owner))
        return 0
    private = signing.read_private(key_file(given.key))
    for folder in folders_of(given):
        signing.sign(folder, folder.parent.name, folder.name, private)
        print(f"signed {folder.parent.name} {folder.name}")
    return 0


def data(given: argparse.Namespace) -> int:
    """Walk the sets and print what was found; `ingest` also writes their manifests."""
    names = given.set or list(CORPORA)
    unknown = [name for name in names if name not in CORPORA]
    if unknown:
        raise Refused(f"There is no set '{unknown[0]}'; known are {', '.join(CORPORA)}.")
    for name in names:
        made = build(CORPORA[name], given.data)
        if given.what == "ingest":
            (terms.MANIFESTS / name / "manifest.json").write_text(made.to_json(), encoding="utf-8")
        splits = {split: sum(item.split == split for item in made.items) for split in ("train", "validation", "test")}
        print(f"{name}: {len(made.items)} pictures {splits}, {len(made.dropped)} dropped, digest {made.digest[:12]}")
        for dropped in made.dropped:
            print(f"  dropped {dropped.file}: {dropped.reason}")
    for twin in terms.leaks(names, TERMS[:-1], terms.present(given.data), given.data):
        print(f"  twin: {twin.corpus}/{twin.file} shows what {twin.other_corpus}/{twin.other_file} shows")
    return 0


def at_least(least: int) -> Callable[[str], int]:
    """A whole number that is not smaller, for the parser."""

    def number(text: str) -> int:
        if not text.isdecimal() or int(text) < least:
            raise argparse.ArgumentTypeError(f"{text} is not a whole number from {least} on")
        return int(text)

    return number


def parser() -> argparse.ArgumentParser:
    """The commands, and what each may be told."""
    top = argparse.ArgumentParser(prog="gesso-train", description=__doc__)
    top.add_argument("--version", action="version", version=metadata.version("gesso"))
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
    one.add_argument("--steps", type=at_least(1), default=None, help="another length than the recipe's")
    one.add_argument("--start-from", default=None, metavar="WHAT", help="a variant, or package:NAME from the shelf")
    one.set_defaults(run=fit)

    one = kinds.add_parser("judge", parents=[common], help="score the packages on the shelf beside their baselines")
    one.add_argument("model")
    one.add_argument("--json", action="store_true")
    one.add_argument("--contents", type=at_least(1), default=20, help="stylise: how many held-out contents")
    one.add_argument(
        "--gatys", type=at_least(0), default=100, help="stylise: steps of the optimisation beside it, 0 for none"
    )
    one.add_argument(
        "--reuse", action="store_true", help="stylise: take what that optimisation reached in an earlier run"
    )
    one.add_argument("--sheets", type=Path, default=None, help="stylise: folder for contact sheets")
    one.set_defaults(run=judge)

    one = kinds.add_parser("package", parents=[common], help="export, compare, write the card and sign")
    one.add_argument("model")
    one.add_argument("--variant", default="")
    one.add_argument("--version", required=True)
    one.add_argument("--key", type=Path, default=None, help="file of the private key")
    one.add_argument("--replace", action="store_true", help="write over a version that was not released yet")
    one.add_argument("--unfinished", action="store_true", help="package a run that has not reached its end")
    one.set_defaults(run=make_package)

    one = kinds.add_parser("verify", parents=[common], help="check signatures, hashes and golden samples")
    one.add_argument("folder", nargs="*")
    one.set_defaults(run=verify)

    one = kinds.add_parser("bench", parents=[common], help="time the models under torch and ONNX Runtime, on this CPU")
    one.add_argument("--repeats", type=at_least(1), default=5)
    one.add_argument("--json", action="store_true")
    one.set_defaults(run=time_models)

    one = kinds.add_parser("card", parents=[common], help="print the measured claim of the newest package of a name")
    one.add_argument("name")
    one.set_defaults(run=card)

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
