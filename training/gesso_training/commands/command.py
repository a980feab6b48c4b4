"""What a command is, and what several of them ask of the line that was typed."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from gesso_training import registry
from gesso_training.registry import Model, Places

ROOT = Path(__file__).resolve().parents[3]


class Refused(Exception):
    """Something the person at the shell can put right, said in one sentence."""


@dataclass(frozen=True)
class Command:
    """A word after `gesso-train`, what may be typed after it, and what it does; `run` gives the exit code."""

    name: str
    help: str
    words: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


def common_words(parser: argparse.ArgumentParser) -> None:
    """Where things lie: the same for every command."""
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("GESSO_DATA", "data")), help="folder of data")
    parser.add_argument("--runs", type=Path, default=ROOT / "runs", help="folder of checkpoints, outside git")
    parser.add_argument("--shelf", type=Path, default=ROOT / "resources" / "models", help="folder of packages")
    parser.add_argument("--keys", type=Path, default=ROOT / "resources" / "keys", help="folder of public keys")
    parser.add_argument("--ledger", type=Path, default=ROOT / "training" / "ledger.jsonl")


def at_least(least: int) -> Callable[[str], int]:
    """A whole number that is not smaller, for the parser."""

    def number(text: str) -> int:
        if not text.isdecimal() or int(text) < least:
            raise argparse.ArgumentTypeError(f"{text} is not a whole number from {least} on")
        return int(text)

    return number


def places_of(given: argparse.Namespace) -> Places:
    """Where data, runs and packages lie."""
    return Places(given.data, given.runs, given.shelf)


def model_of(name: str) -> Model:
    """A model by its name."""
    known = registry.models()
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


def key_file(given: Path | None) -> Path:
    """The file of the private key."""
    found = given or Path(os.environ.get("GESSO_RELEASE_KEY", ""))
    if not found.is_file():
        raise Refused("No private key: name its file with --key or in GESSO_RELEASE_KEY.")
    return found
