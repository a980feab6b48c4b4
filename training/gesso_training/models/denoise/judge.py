"""PSNR by the denoising papers' protocol: Gaussian noise of known strength, not clipped, on BSD68 in grey and in colour."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from gesso_training.corpora import CORPORA
from gesso_training.corpora.corpus import likeness, read_picture
from gesso_training.models.denoise.network import ALIGN
from gesso_training.patches import Bytes, tensor

Floats = NDArray[np.float32]
Clean = Callable[[Floats], Floats]
"""A noisy picture (height, width, 3) of 255 -> a clean one."""


def psnr(found: Floats, clean: Floats) -> float:
    """Decibels of the picture as it would be saved: clipped, not rounded, as the papers' code does."""
    error = float(np.mean((np.clip(found, 0, 255).astype(np.float64) - clean) ** 2))
    return float(10 * np.log10(255.0**2 / error)) if error else float("inf")


def score(clean: Clean, pairs: Sequence[tuple[Floats, Floats]]) -> float:
    """Mean PSNR over pictures."""
    return float(np.mean([psnr(clean(dirty), target) for dirty, target in pairs]))


def padded(picture: Floats) -> Floats:
    """A picture continued by mirroring on the right and below, to sides that the network takes."""
    more = [(0, -side % ALIGN) for side in picture.shape[:2]]
    return np.pad(picture, (*more, (0, 0)), mode="reflect")


def through(network: nn.Module) -> Clean:
    """A network as a function on pictures."""

    def clean(dirty: Floats) -> Floats:
        device = next(network.parameters()).device
        with torch.inference_mode():
            found = network(tensor(padded(dirty)[None]).to(device))[0].permute(1, 2, 0).float().cpu().numpy()
        return np.asarray(found[: dirty.shape[0], : dirty.shape[1]] * 255, np.float32)

    return clean


def non_local_means(sigma: float) -> Clean:
    """The baseline of the table: OpenCV's (Buades, Coll and Morel 2005), told how much noise there is."""
    import cv2

    strength = 0.9 * sigma

    def clean(dirty: Floats) -> Floats:
        bytes_ = np.clip(np.rint(dirty), 0, 255).astype(np.uint8)
        if (bytes_ == bytes_[..., :1]).all():
            found = cv2.fastNlMeansDenoising(bytes_[..., 0], None, strength, 7, 21)
            return np.repeat(np.asarray(found, np.float32)[..., None], 3, axis=-1)
        return np.asarray(cv2.fastNlMeansDenoisingColored(bytes_, None, strength, strength, 7, 21), np.float32)

    return clean


def grey_pictures(data: Path) -> list[Bytes]:
    """BSD68 as published, each in three equal channels."""
    corpus = CORPORA["bsd68"]
    return [read_picture(data / corpus.folder / item.file) for item in corpus.items(data)]


def colour_pictures(data: Path) -> list[Bytes]:
    """The same 68 in colour, from the originals in BSDS500's `val`, found by their look."""
    corpus = CORPORA["bsds500"]
    of_all = {}
    for item in corpus.items(data):
        if item.file.startswith("val/"):
            picture = read_picture(data / corpus.folder / item.file)
            of_all[likeness(picture)] = picture
    found = []
    for picture in grey_pictures(data):
        known = min(of_all, key=lambda other: (other ^ likeness(picture)).bit_count())
        if of_all[known].shape != picture.shape or (known ^ likeness(picture)).bit_count() > 4:
            raise ValueError("A picture of BSD68 has no original in BSDS500.")
        found.append(of_all[known])
    return found
