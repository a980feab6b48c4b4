"""`gesso-train bench`: how fast the models run on this CPU."""

from __future__ import annotations

import argparse
import json
import sys

import torch

from gesso_training import bench, ledger, registry
from gesso_training.commands.command import Command, at_least, places_of
from gesso_training.tables import as_table


def time_models(given: argparse.Namespace) -> int:
    """Print how fast the models run here."""
    places = places_of(given)
    timed = [one for model in registry.models().values() for one in model.timed(places)]
    table = bench.table(timed, given.repeats, lambda line: print(line, file=sys.stderr))
    if given.json:
        print(json.dumps(table, indent=1))
    else:
        print(f"{as_table(table)}\n\nMedians of {given.repeats}; {ledger.hardware()}; torch {torch.__version__}.")
    return 0


def words(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `bench`."""
    parser.add_argument("--repeats", type=at_least(1), default=5)
    parser.add_argument("--json", action="store_true")


COMMAND = Command("bench", "time the models under torch and ONNX Runtime, on this CPU", words, time_models)
