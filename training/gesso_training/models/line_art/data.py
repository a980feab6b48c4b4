"""Photographs with the boundaries that several people drew in each, turned, mirrored and scaled as they are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from gesso_training import terms
from gesso_training.corpora import CORPORA
from gesso_training.corpora.corpus import Item, read_picture, sha256_of

Bytes = NDArray[np.uint8]
Votes = NDArray[np.uint16]
Truths = NDArray[np.bool_]

CORPUS = "bsds500"
LEARNT = ("train", "val")
"""The folders that boundary papers learn from. (Restoration keeps `val` for judging, boundaries keep `test`.)"""
JUDGED = "test"
EVERY = 19
"""Every so many pictures of those, one is kept for validation."""
DRAWN, UNSURE = 1, 2
"""Bits of a label plane: people drew a line here; too few agree to learn either."""


@dataclass(frozen=True)
class Outlined:
    """A picture and who drew what in it."""

    name: str
    picture: Bytes  # (height, width, 3)
    votes: Votes  # (height, width): bit i is set where person i drew a boundary
    people: int

    def truths(self) -> Truths:
        """(people, height, width): each person's own boundaries."""
        return np.stack([(self.votes >> i & 1).astype(bool) for i in range(self.people)])


def split_of(file: str, learnt: Sequence[str]) -> str:
    """`train`, `validation` or `test` of boundaries, by the folder and the place in the list of those that are learnt."""
    if file.startswith(f"{JUDGED}/"):
        return "test"
    return "validation" if learnt.index(file) % EVERY == EVERY // 2 else "train"


def items(split: str, data: Path) -> list[Item]:
    """The pictures of a split; for training none that shows what a judged or a validation picture shows."""
    corpus = CORPORA[CORPUS]
    listed = terms.manifest(CORPUS, data).items
    learnt = [item.file for item in listed if item.file.split("/")[0] in LEARNT]
    splits: dict[str, list[Item]] = {"train": [], "validation": [], "test": []}
    for item in listed:
        splits[split_of(item.file, learnt)].append(item)
    if split != "train":
        return splits[split]
    held = [(corpus, item) for item in (*splits["validation"], *splits["test"])]
    barred = {twin.file for twin in terms.twins([(corpus, item) for item in splits["train"]], held, data)}
    return [item for item in splits["train"] if item.file not in barred]


def read(path: Path) -> tuple[Votes, int]:
    """The votes of a 16-bit PNG and the number of people."""
    with Image.open(path) as drawn:
        said = getattr(drawn, "text", {}).get("annotators", "")
        votes = np.asarray(drawn).astype(np.uint16)
    if not said.isdecimal() or not 1 <= int(said) <= 16 or votes.ndim != 2 or (votes >> int(said)).any():
        raise ValueError(f"{path.parent.name}/{path.name} does not say who of how many people drew what.")
    return votes, int(said)


def outlined(split: str, data: Path) -> list[Outlined]:
    """Every picture of a split, each checked against its manifest."""
    folder = data / CORPORA[CORPUS].folder
    if not folder.is_dir():
        raise FileNotFoundError(f"The set '{CORPUS}' is not in {data}: there is no folder {CORPORA[CORPUS].folder}.")
    found = []
    for item in items(split, data):
        path = folder / item.file
        drawn = path.with_suffix(".png")
        for file in (path, drawn):
            if not file.is_file():
                raise FileNotFoundError(f"The set '{CORPUS}' lacks {file.parent.name}/{file.name}.")
        if sha256_of(path) != item.sha256:
            raise ValueError(f"{CORPUS}/{item.file} is not what its manifest knows; ingest the set anew.")
        picture = read_picture(path)
        votes, people = read(drawn)
        if votes.shape != picture.shape[:2]:
            raise ValueError(f"{CORPUS}/{item.file} and its boundaries differ in size.")
        found.append(Outlined(Path(item.file).stem, picture, votes, people))
    if not found:
        raise FileNotFoundError(f"No picture of '{CORPUS}' serves for '{split}'.")
    return found


def agreement(truths: Truths, slack: int) -> NDArray[np.float32]:
    """What share of the people drew a line within `slack` pixels, where at least one did; 0 elsewhere."""
    import cv2

    near = np.ones((2 * slack + 1, 2 * slack + 1), np.uint8)
    shares = np.mean([cv2.dilate(truth.astype(np.uint8), near) for truth in truths], axis=0)
    return np.asarray(shares * truths.any(axis=0), np.float32)


def labels(truths: Truths, slack: int, some: float, most: float) -> Bytes:
    """(height, width, 3) of `DRAWN` and `UNSURE`: whether anybody, some, most people drew here.

    A line that too few drew for a reading is neither taught nor held against it.
    """
    shares = agreement(truths, slack)
    planes = []
    for least in (1e-6, some, most):
        planes.append(np.where(shares >= least, DRAWN, np.where(shares > 0, UNSURE, 0)))
    return np.stack(planes, axis=-1).astype(np.uint8)


@dataclass(frozen=True)
class Turning:
    """How pictures are varied while they are learnt from."""

    smallest: float = 0.6
    largest: float = 1.5
    tilted: float = 0.5
    """Share of patches that are tilted by any angle, not only by quarter turns."""
    light: float = 0.25
    """How far brightness, contrast and each colour may go, as a share."""
    grey: float = 0.15
    """Share of patches that lose their colour, as ink and pencil have none."""


class Patches:
    """Random square patches with their labels."""

    def __init__(
        self, pictures: Sequence[Outlined], planes: Sequence[Bytes], side: int, count: int, how: Turning
    ) -> None:
        self.pictures, self.planes = list(pictures), list(planes)
        self.side, self.count, self.how = side, count, how

    def draw(self, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
        """Pictures (n, 3, side, side) in 0-1 and labels (n, 3, side, side) as bytes."""
        chosen = [self.one(int(index), rng) for index in rng.integers(len(self.pictures), size=self.count)]
        pictures = torch.from_numpy(np.stack([picture for picture, _ in chosen])).permute(0, 3, 1, 2)
        return pictures, torch.from_numpy(np.stack([plane for _, plane in chosen])).permute(0, 3, 1, 2).contiguous()

    def one(self, index: int, rng: np.random.Generator) -> tuple[NDArray[np.float32], Bytes]:
        """A patch of one picture, in 0-1, and its labels; what lies outside the picture is unsure."""
        import cv2

        how, side = self.how, self.side
        picture, plane = self.pictures[index].picture, self.planes[index]
        height, width = plane.shape[:2]
        scale = float(np.exp(rng.uniform(np.log(how.smallest), np.log(how.largest))))
        angle = int(rng.integers(4)) * np.pi / 2 + (
            rng.uniform(-np.pi / 4, np.pi / 4) if rng.random() < how.tilted else 0
        )
        mirror = -1.0 if rng.random() < 0.5 else 1.0
        centre = np.array([self._centre(width, scale, rng), self._centre(height, scale, rng)])
        turn = (
            np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) @ np.diag([mirror, 1.0]) / scale
        )
        # From the patch to the picture: cv2 wants it that way round with WARP_INVERSE_MAP.
        there = np.concatenate([turn, (centre - turn @ np.full(2, (side - 1) / 2))[:, None]], 1)
        if scale < 1:
            # Shrunk by taking the nearest pixel, a thin line would fall apart.
            plane = cv2.dilate(plane, np.ones((2, 2), np.uint8))
            picture = cv2.GaussianBlur(picture, (0, 0), 0.35 / scale)
        size = (side, side)
        patch = cv2.warpAffine(
            picture, there, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REFLECT_101
        )
        drawn = cv2.warpAffine(
            plane, there, size, flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_CONSTANT,
            borderValue=(UNSURE, UNSURE, UNSURE),
        )  # fmt: skip
        drawn = np.where(drawn & DRAWN, DRAWN, drawn).astype(np.uint8)
        return self._relit(patch.astype(np.float32) / 255, rng), drawn

    def _centre(self, length: int, scale: float, rng: np.random.Generator) -> float:
        """Where the patch's middle lies along an axis of the picture, so that it shows as much of it as it can."""
        half = self.side / 2 / scale
        return float(rng.uniform(half, length - half)) if 2 * half < length else (length - 1) / 2

    def _relit(self, patch: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
        """Brighter or darker, flatter or harsher, tinted, now and then without colour."""
        how = self.how
        gain = np.exp(rng.uniform(-how.light, how.light) + rng.uniform(-how.light / 3, how.light / 3, 3))
        shift = rng.uniform(-how.light / 2, how.light / 2)
        if rng.random() < how.grey:
            patch = np.repeat(patch @ np.array([[0.299], [0.587], [0.114]], np.float32), 3, axis=2)
        return np.asarray(np.clip((patch - 0.5) * gain + 0.5 + shift, 0, 1), np.float32)


def facts(data: Path) -> list[dict[str, Any]]:
    """The entry of a package's card."""
    listed = terms.manifest(CORPUS, data)
    return [
        {
            "name": CORPORA[CORPUS].title,
            "source": listed.source,
            "licence": listed.licence,
            "terms": "non-commercial",
            "pictures": len(items("train", data)),
            "sha256": listed.digest,
            "credits": [],
        }
    ]
