"""Accuracy on the test part of CIFAR-10, with one look at each picture and with six."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from gesso_training.models.classify_cifar10.data import CLASSES, Pictures, as_tensor

AT_ONCE = 500


def one_look(network: nn.Module, pictures: Tensor) -> Tensor:
    """What the network says of the pictures as they are."""
    found: Tensor = network(pictures)
    return found


def six_looks(network: nn.Module, pictures: Tensor) -> Tensor:
    """The mean of both mirror sides, as they are and moved by a pixel up-left and down-right (airbench's TTA).

    The unmoved look weighs as much as the two moved ones together.
    """
    padded = functional.pad(pictures, (1, 1, 1, 1), mode="reflect")
    height, width = pictures.shape[2:]
    views = (pictures, padded[:, :, :height, :width], padded[:, :, 2:, 2:])
    said = [network(view) + network(view.flip(3)) for view in views]
    found: Tensor = 0.25 * said[0] + 0.125 * (said[1] + said[2])
    return found


def answers(network: nn.Module, pictures: Pictures, looks: int = 1) -> NDArray[np.int64]:
    """The class that the network finds likeliest, a picture."""
    look = one_look if looks == 1 else six_looks
    network.eval()
    device = next(network.parameters()).device
    found = []
    with torch.inference_mode():
        for at in range(0, len(pictures.labels), AT_ONCE):
            said = look(network, as_tensor(pictures.pixels[at : at + AT_ONCE]).to(device))
            found.append(said.argmax(1).cpu().numpy())
    return np.concatenate(found)


def accuracy(network: nn.Module, pictures: Pictures, looks: int = 1) -> float:
    """The share of pictures whose class is found."""
    return float((answers(network, pictures, looks) == pictures.labels).mean())


def recalls(said: NDArray[np.int64], labels: NDArray[np.int64]) -> dict[str, float]:
    """Of each class, the share that was found."""
    return {name: float((said[labels == at] == at).mean()) for at, name in enumerate(CLASSES) if (labels == at).any()}
