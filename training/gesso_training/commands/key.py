"""`gesso-train key`: make a key pair, or sign packages again."""

from __future__ import annotations

import argparse
from pathlib import Path

from gesso_training import signing
from gesso_training.commands.command import ROOT, Command, Refused, key_file
from gesso_training.commands.package import folders_of


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


def words(parser: argparse.ArgumentParser) -> None:
    """What may be typed after `key`."""
    parser.add_argument("what", choices=["new", "sign"])
    parser.add_argument("folder", nargs="*")
    parser.add_argument("--key", type=Path, default=None)
    parser.add_argument("--owner", default="Gesso release")


COMMAND = Command("key", "make a key pair, or sign packages again", words, key)
