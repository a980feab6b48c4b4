"""`line-art` on the pictures of BSDS500 that it never saw, beside Canny and Sobel."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from gesso_training import package
from gesso_training.models.line_art import baselines
from gesso_training.models.line_art.baselines import Method
from gesso_training.models.line_art.data import Outlined
from gesso_training.models.line_art.matching import Counts, Scores, above, counts, scores
from gesso_training.models.line_art.network import ALIGN_PX
from gesso_training.models.line_art.recipe import strength
from gesso_training.models.line_art.thin import ridges

Bytes = NDArray[np.uint8]

BASELINES: Mapping[str, Method] = {"Canny": baselines.canny, "Sobel": baselines.sobel}
PUBLISHED = (
    "BSDS500 test, ODS: Canny 0.60, gPb-owt-ucm 0.726, HED 0.788, PiDiNet-tiny 0.789, people among themselves 0.80, "
    "PiDiNet 0.807"
)
"""Su et al. 2021, table 5; those networks learnt from PASCAL VOC's 10,000 pictures as well, HED's began from ImageNet."""
ODS_FLOOR = 0.75
FEW = 20
"""A package of an early run is judged by every so many pictures of the test, and says so."""


def part_of(pictures: Sequence[Outlined], every: int) -> list[Outlined]:
    """Every so many pictures, evenly spread; all for 1."""
    return list(pictures[::every])


def named(weights: Mapping[str, Tensor]) -> str:
    """What counts of a network with these weights are kept under."""
    found = hashlib.sha256()
    for name in sorted(weights):
        found.update(name.encode() + weights[name].detach().float().contiguous().numpy().tobytes())
    return f"weights-{found.hexdigest()[:16]}"


def reader(model: bytes) -> Callable[[Bytes], NDArray[np.float32]]:
    """A packaged graph, as the studio runs it: (height, width, 3) bytes -> the three chances, (3, height, width)."""
    session = package.session(model)

    def read(picture: Bytes) -> NDArray[np.float32]:
        x = (picture.astype(np.float32) / 255).transpose(2, 0, 1)
        more = [(0, -side % ALIGN_PX) for side in picture.shape[:2]]
        x = np.pad(x, ((0, 0), *more), mode="reflect")[None]
        found = session.run(None, {"picture": np.ascontiguousarray(x)})[0]
        return np.asarray(found[0, :, : picture.shape[0], : picture.shape[1]], np.float32)

    return read


def through(read: Callable[[Bytes], NDArray[np.float32]]) -> Method:
    """What reads chances off a picture, as a method."""
    return lambda picture: above(ridges(strength(read(picture))))


PROTOCOL = 1
"""Raised when matching or thinning changes, so that older counts are not believed."""


class Kept:
    """Counts that were made before, in a folder: half a minute each, and a judge may be stopped at any time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / str(PROTOCOL)

    def holds(self, method: str, pictures: Sequence[Outlined]) -> bool:
        """Whether a method was judged on all of these before."""
        return all((self.folder / method / f"{picture.name}.json").exists() for picture in pictures)

    def counts(self, method: str, picture: Outlined, make: Callable[[], Counts]) -> Counts:
        """What stands there, else what `make` finds."""
        file = self.folder / method / f"{picture.name}.json"
        if file.exists():
            return np.array(json.loads(file.read_text(encoding="utf-8")), np.int64)
        found = make()
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(".part")
        part.write_text(json.dumps(found.tolist()), encoding="utf-8")
        part.replace(file)
        return found


def score(
    name: str, method: Method, pictures: Sequence[Outlined], kept: Kept, report: Callable[[str], None] = lambda _: None
) -> Scores:
    """A method's scores; counts are taken from `kept` under `name` where they are there."""
    listed: list[Counts] = []
    for number, one in enumerate(pictures, 1):
        people = list(one.truths())

        def made(one: Outlined = one, people: Sequence[NDArray[np.bool_]] = people) -> Counts:
            return counts(method(one.picture), people)

        listed.append(kept.counts(name, one, made))
        if number % 10 == 0:
            report(f"{name}: {number} of {len(pictures)} pictures")
    return scores(listed)
