"""Labelled pictures in three splits, and the views of them that a step learns from."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from gesso_training import terms as admitted
from gesso_training.corpora import CORPORA
from gesso_training.corpora.corpus import Item, read_index, read_picture
from gesso_training.models.tag.labels import AXES, MADE, MEDIUM, TAGS, Labels, labels_of
from gesso_training.models.tag.made import DRAWN

Bytes = NDArray[np.uint8]
SETS = ("cq100", "photos", "paintings", "textiles")
SIDE = 128
"""What the network sees of a picture, squeezed into a square."""
KEPT_PX = 300
"""Shorter side of what is held in memory: crops of four tenths of it still fill the network's square."""
SPLITS = ("train", "validation", "test")
SHARES = (0.70, 0.85)
"""Of the pictures that may be learnt from: below the first train, below the second validation, the rest test."""
MADE_EACH = 12
"""Drawn pictures of each kind in validation and test."""


@dataclass(frozen=True)
class Labelled:
    """A picture and what is known of it."""

    name: str
    pixels: Bytes  # (height, width, 3)
    labels: Labels


def share_of(name: str) -> float:
    """0-1, the same for a name for ever: the place of a picture among the splits."""
    return int(hashlib.sha256(name.encode()).hexdigest()[:12], 16) / 16**12


def split_of(corpus: str, item: Item, allowed: Sequence[str]) -> str:
    """Held-out pictures of a set stay held out; pictures on stricter terms than the recipe's serve judging alone."""
    share = share_of(f"{corpus}/{item.file}")
    if item.split == "test":
        return "test"
    if item.split == "validation" or item.terms not in allowed:
        return "validation" if share < 0.5 else "test"
    return SPLITS[sum(share >= bound for bound in SHARES)]


def listed(data: Path, allowed: Sequence[str]) -> dict[str, list[tuple[str, Item]]]:
    """Set and item of every labelled picture, by split; nothing learnt from shows what a held-out picture shows."""
    found: dict[str, list[tuple[str, Item]]] = {split: [] for split in SPLITS}
    for corpus in SETS:
        for item in admitted.manifest(corpus, data).items:
            if item.terms != "judging-only":
                found[split_of(corpus, item, allowed)].append((corpus, item))
    held = [(CORPORA[corpus], item) for split in SPLITS[1:] for corpus, item in found[split]]
    barred = {
        (twin.corpus, twin.file)
        for twin in admitted.twins([(CORPORA[corpus], item) for corpus, item in found["train"]], held, data)
    }
    found["train"] = [(corpus, item) for corpus, item in found["train"] if (corpus, item.file) not in barred]
    return found


def read(data: Path, split: str, allowed: Sequence[str]) -> list[Labelled]:
    """The labelled pictures of a split, no larger than is needed."""
    found = []
    categories = {entry["file"]: entry.get("category", "") for entry in read_index(data / CORPORA["cq100"].folder)}
    for corpus, item in listed(data, allowed)[split]:
        labels = labels_of(corpus, item.file, categories.get(item.file, ""))
        if labels is not None:
            picture = read_picture(data / CORPORA[corpus].folder / item.file)
            found.append(Labelled(f"{corpus}/{item.file}", shrunk(picture, KEPT_PX), labels))
    if not found:
        raise FileNotFoundError(f"No labelled picture of {', '.join(SETS)} may be used for '{split}'.")
    return found


def with_made(pictures: Sequence[Labelled], each: int, seed: int) -> list[Labelled]:
    """The pictures, and `each` drawn ones of every kind."""
    rng = np.random.default_rng(seed)
    drawn = [made(kind, pictures, rng) for kind in MADE for _ in range(each)]
    return [*pictures, *drawn]


def made(kind: str, pictures: Sequence[Labelled], rng: np.random.Generator) -> Labelled:
    """One drawn picture. What it shows is unknown where it was made of a picture, and nothing otherwise."""
    source = pictures[int(rng.integers(len(pictures)))]
    known = {"medium"} if kind in ("line-art", "pixel-art", "interface") else set(AXES)
    return Labelled(kind, DRAWN[kind](source.pixels, rng), Labels(frozenset({kind}), frozenset(known)))


def shrunk(picture: Bytes, side_px: int) -> Bytes:
    """With a shorter side of `side_px`, or as it is where that is smaller."""
    height, width = picture.shape[:2]
    scale = side_px / min(height, width)
    if scale >= 1:
        return picture
    size = (max(side_px, round(width * scale)), max(side_px, round(height * scale)))
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BOX, reducing_gap=3.0))


def squared(picture: Bytes) -> Bytes:
    """(128, 128, 3): the whole picture, squeezed, as the studio shows it to the network."""
    return np.asarray(Image.fromarray(picture).resize((SIDE, SIDE), Image.Resampling.BOX))


def view(picture: Bytes, rng: np.random.Generator) -> Bytes:
    """(128, 128, 3): a part of the picture, squeezed, perhaps mirrored, its light and colours a little moved."""
    height, width = picture.shape[:2]
    area, shape = rng.uniform(0.35, 1.0), np.exp(rng.uniform(-0.4, 0.4))
    cut_height = int(np.clip(height * np.sqrt(area * shape), 16, height))
    cut_width = int(np.clip(width * np.sqrt(area / shape), 16, width))
    y, x = int(rng.integers(height - cut_height + 1)), int(rng.integers(width - cut_width + 1))
    part = Image.fromarray(picture[y : y + cut_height, x : x + cut_width])
    filter_ = Image.Resampling.BOX if cut_height > SIDE else Image.Resampling.BICUBIC
    found = np.asarray(part.resize((SIDE, SIDE), filter_), np.float32)
    if rng.random() < 0.5:
        found = found[:, ::-1]
    gain, gamma = rng.uniform(0.9, 1.1, 3), np.exp(rng.uniform(-0.25, 0.25))
    return np.asarray(255 * np.clip((found / 255) ** gamma * gain, 0, 1), np.uint8)


def targets(labels: Sequence[Labels]) -> tuple[Tensor, Tensor]:
    """(n, tags): 1 where a word is true, and 1 where it is known whether it is."""
    truth = np.array([[tag in one.words for tag in TAGS] for one in labels], np.float32)
    axis_of = {tag: axis for axis, tags in AXES.items() for tag in tags}
    known = np.array([[axis_of[tag] in one.known for tag in TAGS] for one in labels], np.float32)
    return torch.from_numpy(truth), torch.from_numpy(known)


def as_tensor(pictures: Bytes) -> Tensor:
    """(n, height, width, 3) bytes -> (n, 3, height, width) in 0-1."""
    return torch.from_numpy(pictures.astype(np.float32) / 255).permute(0, 3, 1, 2)


class Views:
    """Two views of each of `count` pictures a step: rare words come up about as often as common ones."""

    def __init__(self, pictures: Sequence[Labelled], count: int, made_share: float) -> None:
        self.pictures, self.count, self.made_share = list(pictures), count, made_share
        often = {tag: sum(tag in one.labels.words for one in pictures) for tag in TAGS}
        rarest = [min((often[tag] for tag in one.labels.words), default=len(pictures)) for one in pictures]
        chance = 1 / np.sqrt(np.maximum(1, rarest))
        self.chance = chance / chance.sum()

    def draw(self, rng: np.random.Generator) -> dict[str, Tensor]:
        drawn = int(rng.binomial(self.count, self.made_share))
        chosen = [self.pictures[i] for i in rng.choice(len(self.pictures), self.count - drawn, p=self.chance)]
        chosen += [made(str(rng.choice(MADE)), self.pictures, rng) for _ in range(drawn)]
        truth, known = targets([one.labels for one in chosen])
        first, second = (as_tensor(np.stack([view(one.pixels, rng) for one in chosen])) for _ in range(2))
        return {"first": first, "second": second, "truth": truth, "known": known}


def medium_of(labels: Labels) -> str:
    """The one medium of a picture, empty where it has none of ours."""
    return next((tag for tag in MEDIUM if tag in labels.words), "")
