"""`line-art` as a signed package."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from torch import Tensor, nn

from gesso_training import package
from gesso_training.ledger import Run
from gesso_training.models.line_art.differences import made_plain
from gesso_training.models.line_art.judge import PUBLISHED
from gesso_training.models.line_art.network import ALIGN_PX, READINGS, LineArt
from gesso_training.models.line_art.recipe import RECIPES, network_of

TILE_PX = 1280
"""So wide that its halo is a small part of it: a thing that knows what it outlines has to look far."""
SIDES = ((48, 64), (80, 32))
"""Of pictures that torch and ONNX Runtime are compared on."""


class Chances(nn.Module):
    """What is packaged: the readings as chances."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, picture: Tensor) -> Tensor:
        return torch.sigmoid(self.network(picture))


@dataclass(frozen=True)
class Trained:
    """What packaging needs to know of a run."""

    variant: str
    network: LineArt
    run: Run
    scores: Sequence[Mapping[str, Any]]
    data: Sequence[Mapping[str, Any]]


def package_name(variant: str) -> str:
    """What a variant's package is called on the shelf."""
    return "line-art" if variant == "best" else f"line-art-{variant}"


def with_weights(variant: str, weights: Mapping[str, Tensor]) -> LineArt:
    """A variant's network with the weights of a run."""
    network = network_of(RECIPES[variant])
    network.load_state_dict({name: value.float() for name, value in weights.items()})
    network.eval()
    return network


def weights_in(folder: Path) -> dict[str, Tensor]:
    """The weights of a package, for a network without convolutions of differences.

    What only teaches, the coarser scales' own readings, is not in it.
    """
    said = json.loads((folder / "card.json").read_text(encoding="utf-8"))["training"]["recipe"]
    shape = LineArt(said["widths"], said["blocks"], said["merged"], said["fine"])
    return package.read_back(folder, "model.onnx", shipped(shape).state_dict(), "network.")


def shipped(network: LineArt) -> LineArt:
    """A copy of a network with ordinary convolutions, without what only teaches."""
    found = copy.deepcopy(network)
    made_plain(found)
    found.readings = nn.ModuleList()
    return found


def graph_of(network: LineArt) -> package.Graph:
    """The network as it is packaged."""
    example = {"picture": package.sample(*SIDES[0], 1)}
    return package.Graph("model.onnx", Chances(shipped(network)), example, ["lines"], {"picture": package.ANY_SIZE})


def publish(trained: Trained, version: str, shelf: Path, private: Ed25519PrivateKey) -> Path:
    """Write the signed package and return its folder."""
    network = trained.network
    parameters = sum(p.numel() for p in network.parameters())
    card = {
        "format": 1,
        "name": package_name(trained.variant),
        "version": version,
        "title": "Line art",
        "task": "painting.line-art",
        "grade": "best",
        "summary": f"Finds where people would outline a picture, with a network of {parameters:,} parameters.",
        "licence": "CC-BY-NC-4.0",
        "terms": "non-commercial",
        "graphs": {
            "model": {
                "file": "model.onnx",
                "inputs": [package.picture_port("picture")],
                "outputs": [
                    {
                        "name": "lines",
                        "kind": "mask",
                        "layout": "NCHW: drawn by anybody, by some, by most",
                        "channels": READINGS,
                        "range": [0, 1],
                        "shape": [1, READINGS, None, None],
                    }
                ],
            }
        },
        "tiling": {
            "tile_px": TILE_PX,
            "halo_px": network.halo_px,
            "align_px": ALIGN_PX,
            "scale": 1,
            "edge_px": 0,
            "statistics": None,
        },
        "recurrent": None,
        "precision": "float32",
        "data": list(trained.data),
        "scores": list(trained.scores),
        "published": PUBLISHED,
        "training": {
            "hardware": trained.run.hardware,
            "minutes": round(trained.run.minutes, 1),
            "steps": trained.run.steps,
            "seed": trained.run.seed,
            "commit": trained.run.commit,
            "recipe": dict(trained.run.recipe),
        },
        "limits": [
            "For research, teaching and private work: it learnt from the Berkeley Segmentation Data Set, whose terms are non-commercial.",
            "Outlines what people outline in photographs of a few hundred pixels: leaves, spray and litter come out in shreds, small faces as empty ovals.",
            "Draws what it sees as an edge: the borders of paper and the steps of posterised tones come out as lines, soft brush work in pieces.",
        ],
        "golden": {"graph": "model", "tolerance": 1e-3},
        "minimum_engine": 1,
    }
    odd = [{"picture": package.sample(*SIDES[1], 2)}]
    return package.write(
        shelf,
        card,
        {"model": graph_of(network)},
        {"model": {"picture": package.sample(*SIDES[0], 1)}},
        private,
        odd={"model": odd},
    )
