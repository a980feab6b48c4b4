"""Pictures degraded by the recipe, enlarged again: PSNR, SSIM and how far apart they look."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from gesso_training.models.upscale.data import Pair
from gesso_training.models.upscale.judge import Enlarge, score
from gesso_training.models.upscale_restore.network import ALIGN
from gesso_training.patches import Bytes, tensor
from gesso_training.perceptual import Look


def padded(picture: Bytes) -> Bytes:
    """A picture continued by mirroring on the right and below, to sides that the network takes."""
    more = [(0, -side % ALIGN) for side in picture.shape[:2]]
    return np.pad(picture, (*more, (0, 0)), mode="reflect")


def through(network: nn.Module) -> Enlarge:
    """A network as a function on 8-bit pictures."""

    def enlarge(small: Bytes) -> Bytes:
        device = next(network.parameters()).device
        with torch.inference_mode():
            large = network(tensor(padded(small)[None]).to(device))[0].permute(1, 2, 0).float().cpu().numpy()
        scale = large.shape[0] // padded(small).shape[0]
        large = large[: small.shape[0] * scale, : small.shape[1] * scale]
        return np.asarray(np.clip(np.rint(large * 255), 0, 255), np.uint8)

    return enlarge


def scores(enlarge: Enlarge, pairs: Sequence[Pair], scale: int, look: Look) -> dict[str, float]:
    """PSNR and SSIM on Y, and the mean distance of looks, lower the better."""
    far = [look.distance(enlarge(pair.small), pair.large) for pair in pairs]
    return {**score(enlarge, pairs, scale), "looks_apart": float(np.mean(far))}
