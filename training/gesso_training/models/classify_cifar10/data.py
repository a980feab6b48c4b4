"""CIFAR-10 as JPEG copies: one archive, streamed once into arrays that are kept beside the runs.

The copies are not the lossless originals, so no figure measured on them equals one measured on those.
"""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from lzma import LZMAError
from pathlib import Path, PurePosixPath

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError
from torch import Tensor

Bytes = NDArray[np.uint8]

ARCHIVE = Path("images", "cifar10", "cifar10_jpeg.tar.xz")
CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
SIDE = 32
VALIDATION_EACH = 10
"""One picture in ten of each class of the training part is kept for validation: 45,000 stay."""
LARGEST_FILE = 1 << 16
"""Bytes of a 32x32 JPEG, very generously: a larger one is none."""


@dataclass(frozen=True)
class Pictures:
    """Pictures and what they show."""

    pixels: Bytes  # (n, 32, 32, 3)
    labels: NDArray[np.int64]  # (n,)


@dataclass(frozen=True)
class Splits:
    """What is learnt from, what choices are made by, and what is judged with."""

    train: Pictures
    validation: Pictures
    test: Pictures


def digest(data: Path) -> str:
    """SHA-256 of the archive."""
    file = data / ARCHIVE
    if not file.is_file():
        raise FileNotFoundError(f"CIFAR-10 is not in {data}: there is no file {ARCHIVE.as_posix()}.")
    return hashlib.sha256(file.read_bytes()).hexdigest()


def read(data: Path, cache: Path) -> Splits:
    """The splits; decoded from the archive the first time, afterwards from `cache`."""
    kept = cache / f"cifar10-{digest(data)[:16]}.npz"
    if not kept.is_file():
        _keep(kept, *_decoded(data / ARCHIVE))
    with np.load(kept) as arrays:
        return split(arrays["pixels"], arrays["names"])


def split(pixels: Bytes, names: NDArray[np.str_]) -> Splits:
    """By each picture's name: `test/...` is judged with; of each class of `train/...` the first tenth by hash validates."""
    parts = [PurePosixPath(str(name)).parts for name in names]
    labels = np.array([CLASSES.index(part[1]) for part in parts], np.int64)
    is_test = np.array([part[0] == "test" for part in parts])
    order = np.array([int(hashlib.sha256(str(name).encode()).hexdigest()[:15], 16) for name in names])
    is_validation = np.zeros(len(names), bool)
    for label in range(len(CLASSES)):
        of_class = np.flatnonzero((labels == label) & ~is_test)
        for part, which in (("train", of_class), ("test", np.flatnonzero((labels == label) & is_test))):
            if not len(which):
                raise ValueError(f"The archive of CIFAR-10 holds no picture of '{CLASSES[label]}' in its {part} part.")
        by_hash = of_class[np.argsort(order[of_class], kind="stable")]
        is_validation[by_hash[: max(1, len(by_hash) // VALIDATION_EACH)]] = True
    masks = (~is_test & ~is_validation, is_validation, is_test)
    return Splits(*(Pictures(pixels[mask], labels[mask]) for mask in masks))


def _decoded(archive: Path) -> tuple[Bytes, NDArray[np.str_]]:
    """Every picture of the archive and its name, in the order of names."""
    found: dict[str, Bytes] = {}
    try:
        for name, content in _files(archive):
            with Image.open(io.BytesIO(content)) as picture:
                pixels = np.asarray(picture.convert("RGB"))
            if pixels.shape != (SIDE, SIDE, 3):
                raise ValueError(f"{archive.name} holds {name}, which is not {SIDE}x{SIDE} pixels.")
            found[name] = pixels
    except (tarfile.TarError, LZMAError, EOFError, UnidentifiedImageError, OSError) as error:
        raise ValueError(f"{archive.name} is damaged ({type(error).__name__}); fetch it again.") from None
    if not found:
        raise ValueError(f"{archive.name} holds no picture.")
    names = sorted(found)
    return np.stack([found[name] for name in names]), np.array(names)


def _files(archive: Path) -> Iterator[tuple[str, bytes]]:
    """Name and content of each JPEG, read as a stream: nothing is unpacked to the disk."""
    with tarfile.open(archive, "r|xz") as members:
        for member in members:
            if not member.isfile():
                continue
            parts = PurePosixPath(member.name).parts
            is_known = len(parts) == 3 and parts[0] in ("train", "test") and parts[1] in CLASSES
            if not is_known or member.size > LARGEST_FILE:
                raise ValueError(f"{archive.name} holds {member.name}, which does not belong there.")
            content = members.extractfile(member)
            assert content is not None
            yield member.name, content.read()


def _keep(file: Path, pixels: Bytes, names: NDArray[np.str_]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(f".{os.getpid()}.part")
    with part.open("wb") as opened:
        np.savez(opened, pixels=pixels, names=names)
    os.replace(part, file)


class Epochs:
    """Batches without repetition within an epoch, which are the same however often a run was interrupted."""

    def __init__(self, pictures: Pictures, count: int, seed: int, *, flip: bool, shift_px: int) -> None:
        self.pictures, self.count, self.seed = pictures, min(count, len(pictures.labels)), seed
        self.flip, self.shift_px = flip, shift_px
        self.steps = len(pictures.labels) // self.count
        self.mirrored_first = np.random.default_rng((seed, 1)).random(len(pictures.labels)) < 0.5
        self._epoch, self._order = -1, np.empty(0, np.int64)

    def draw(self, step: int, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
        """(n, 3, 32, 32) in 0-1, and labels.

        Each picture is mirrored every other epoch instead of by chance (Jordan 2024): two epochs show both sides.
        """
        epoch, at = divmod(step, self.steps)
        if epoch != self._epoch:
            self._order = np.random.default_rng((self.seed, 2, epoch)).permutation(len(self.pictures.labels))
            self._epoch = epoch
        chosen = self._order[at * self.count : (at + 1) * self.count]
        pixels = self.pictures.pixels[chosen]
        if self.flip:
            mirrored = self.mirrored_first[chosen] ^ bool(epoch % 2)
            pixels = np.where(mirrored[:, None, None, None], pixels[:, :, ::-1], pixels)
        if self.shift_px:
            pixels = shifted(pixels, rng.integers(0, 2 * self.shift_px + 1, (len(pixels), 2)), self.shift_px)
        return as_tensor(pixels), torch.from_numpy(self.pictures.labels[chosen])


def shifted(pixels: Bytes, corners: NDArray[np.int64], most_px: int) -> Bytes:
    """Each picture cut at its own corner (row, column) out of itself with a mirrored border of `most_px`."""
    padded = np.pad(pixels, ((0, 0), (most_px, most_px), (most_px, most_px), (0, 0)), mode="reflect")
    windows = np.lib.stride_tricks.sliding_window_view(padded, pixels.shape[1:3], axis=(1, 2))
    cut = windows[np.arange(len(pixels)), corners[:, 0], corners[:, 1]]  # (n, 3, height, width)
    return np.ascontiguousarray(cut.transpose(0, 2, 3, 1))


def as_tensor(pixels: Bytes) -> Tensor:
    """(n, height, width, 3) bytes -> (n, 3, height, width) in 0-1, channels last in memory."""
    return torch.from_numpy(pixels.astype(np.float32) / 255).permute(0, 3, 1, 2)
