"""Negative log-likelihood of the next frame, by the protocol of the TCN repository (arXiv 1803.01271)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch.nn import functional as F

from gesso_training.models.music_frames.data import Roll
from gesso_training.models.music_frames.network import Frames

Logits = Callable[[Roll], Roll]
"""Frames (t, 88) -> logits of the frame after each."""


def nll(predict: Logits, rolls: Sequence[Roll]) -> float:
    """Nats a frame: the cross-entropies of 88 keys summed, over all frames but the first of each sequence."""
    total, frames = 0.0, 0
    for roll in rolls:
        if len(roll) < 2:
            continue
        logits = predict(roll[:-1]).astype(np.float64)
        target = roll[1:]
        total += float((np.logaddexp(0, logits) - logits * target).sum())
        frames += len(target)
    return total / frames


def through(network: Frames) -> Logits:
    """A network as a function on one sequence."""

    def predict(roll: Roll) -> Roll:
        device = network.say.weight.device
        with torch.inference_mode():
            logits, _ = network(torch.from_numpy(roll)[None].to(device), network.start(1))
        return np.asarray(logits[0].float().cpu().numpy())

    return predict


def same_again(rolls: Sequence[Roll]) -> Logits:
    """The baseline: each key by whether it sounded just now, counted on the training split, one added to each count."""
    counts = np.ones((2, 88, 2))
    for roll in rolls:
        for before in (0, 1):
            was = roll[:-1] == before
            counts[before, :, 1] += (was * roll[1:]).sum(0)
            counts[before, :, 0] += (was * (1 - roll[1:])).sum(0)
    odds = np.log(counts[..., 1]) - np.log(counts[..., 0])
    return lambda roll: np.asarray(np.where(roll > 0, odds[1], odds[0]), np.float32)


def loss(logits: torch.Tensor, target: torch.Tensor, there: torch.Tensor) -> torch.Tensor:
    """The same, of a padded batch (n, t, 88) with (n, t) of 0 and 1."""
    each = F.binary_cross_entropy_with_logits(logits, target, reduction="none").sum(2)
    return (each * there).sum() / there.sum()
