"""PSNR and SSIM on Y by the super-resolution papers' protocol."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from gesso_training.corpora import CORPORA
from gesso_training.corpora.corpus import read_picture
from gesso_training.corpora.resample import bicubic, luma
from gesso_training.models.upscale.data import Pair, pair_of

Bytes = NDArray[np.uint8]
Enlarge = Callable[[Bytes], Bytes]


def psnr(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    """Decibels, of pictures in 0-255; infinite for equal ones."""
    error = float(np.mean((a.astype(np.float64) - b) ** 2))
    return float(10 * np.log10(255.0**2 / error)) if error else float("inf")


def ssim(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    """Mean SSIM of Wang et al. 2004: 11x11 Gaussian of sigma 1.5, valid positions, pictures in 0-255."""
    x = np.arange(11) - 5.0
    line = np.exp(-(x**2) / (2 * 1.5**2))
    line /= line.sum()

    def blur(p: NDArray[np.float64]) -> NDArray[np.float64]:
        rows = sum(w * p[i : p.shape[0] - 10 + i] for i, w in enumerate(line))
        return np.asarray(sum(w * rows[:, i : rows.shape[1] - 10 + i] for i, w in enumerate(line)))

    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    p, q = a.astype(np.float64), b.astype(np.float64)
    mp, mq = blur(p), blur(q)
    vp, vq, vpq = blur(p * p) - mp * mp, blur(q * q) - mq * mq, blur(p * q) - mp * mq
    return float(np.mean(((2 * mp * mq + c1) * (2 * vpq + c2)) / ((mp**2 + mq**2 + c1) * (vp + vq + c2))))


def score(enlarge: Enlarge, pairs: Sequence[Pair], scale: int) -> dict[str, float]:
    """Mean PSNR and SSIM over pictures, a border of `scale` pixels shaved off."""
    found = []
    for pair in pairs:
        large = enlarge(pair.small)
        a, b = luma(large.astype(np.float32)), luma(pair.large.astype(np.float32))
        a, b = (y[scale:-scale, scale:-scale] for y in (a, b))
        found.append((psnr(a, b), ssim(a, b)))
    return {"psnr_db": float(np.mean([f[0] for f in found])), "ssim": float(np.mean([f[1] for f in found]))}


def through(network: nn.Module) -> Enlarge:
    """A network as a function on 8-bit pictures."""

    def enlarge(small: Bytes) -> Bytes:
        device = next(network.parameters()).device
        x = torch.from_numpy(small.astype(np.float32) / 255).permute(2, 0, 1)[None].to(device)
        with torch.inference_mode():
            y = network(x)[0].permute(1, 2, 0).float().cpu().numpy()
        return np.asarray(np.clip(np.rint(y * 255), 0, 255), np.uint8)

    return enlarge


def bicubic_enlarge(scale: int) -> Enlarge:
    """The baseline of every table."""
    return lambda small: np.asarray(np.clip(np.rint(bicubic(small.astype(np.float32), scale)), 0, 255), np.uint8)


def scores_of(network: nn.Module, pairs: Sequence[Pair], scale: int) -> dict[str, float]:
    return score(through(network), pairs, scale)


def test_pairs(data: Path, name: str, scale: int) -> list[Pair]:
    """The pictures of `set5` or `urban100_subset25`."""
    corpus = CORPORA["sr"]
    return [
        pair_of(read_picture(data / corpus.folder / item.file), scale)
        for item in corpus.items(data)
        if item.file.startswith(name + "/")
    ]
