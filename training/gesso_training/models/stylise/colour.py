"""Recolouring: a picture takes the mean and covariance of another's colours by a linear map."""

from __future__ import annotations

import torch
from torch import Tensor


def statistics(picture: Tensor) -> tuple[Tensor, Tensor]:
    """(n, 3, h, w) -> mean (n, 3) and covariance (n, 3, 3)."""
    flat = picture.flatten(2)
    mean = flat.mean(2)
    centred = flat - mean[:, :, None]
    return mean, torch.bmm(centred, centred.transpose(1, 2)) / flat.shape[2]


FLAT = 1e-3


def crop_statistics(crop: Tensor) -> tuple[Tensor, Tensor]:
    """Of a crop that stands for a whole picture in training, so that its Gram matrices can become the style's.

    A little is added to the covariance, or a crop of plain sky would become a picture of its noise.
    """
    mean, covariance = statistics(crop)
    return mean, covariance + FLAT * torch.eye(3, device=crop.device)


def _power(covariance: Tensor, exponent: float) -> Tensor:
    values, vectors = torch.linalg.eigh(covariance.double())
    powered: Tensor = vectors * values.clamp_min(1e-5).pow(exponent)[:, None, :] @ vectors.transpose(1, 2)
    return powered.float()


def recolour(picture: Tensor, own: tuple[Tensor, Tensor], wanted: tuple[Tensor, Tensor]) -> Tensor:
    """x -> A (x - m) + m' with A = C'^(1/2) C^(-1/2); clipped to 0-1."""
    matrix = _power(wanted[1], 0.5) @ _power(own[1], -0.5)
    flat = torch.bmm(matrix, picture.flatten(2) - own[0][:, :, None]) + wanted[0][:, :, None]
    return flat.view_as(picture).clamp(0, 1)
