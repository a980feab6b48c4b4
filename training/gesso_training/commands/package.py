"""`gesso-train package` and `verify`: write signed packages, and check them as a reader of the shelf would."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from gesso_training import ledger, loop, package, signing
from gesso_training.commands.command import Command, Refused, key_file, model_of, places_of, variants_of

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
        run = ledger.last(given.ledger, given.model, variant)
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


def words(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `package`."""
    parser.add_argument("model")
    parser.add_argument("--variant", default="")
    parser.add_argument("--version", required=True)
    parser.add_argument("--key", type=Path, default=None, help="file of the private key")
    parser.add_argument("--replace", action="store_true", help="write over a version that was not released yet")
    parser.add_argument("--unfinished", action="store_true", help="package a run that has not reached its end")


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


def verify_words(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `verify`."""
    parser.add_argument("folder", nargs="*")


COMMAND = Command("package", "export, compare, write the card and sign", words, make_package)
VERIFY = Command("verify", "check signatures, hashes and golden samples", verify_words, verify)
