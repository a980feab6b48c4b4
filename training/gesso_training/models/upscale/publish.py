"""`upscale` as signed packages: one for each scale and grade."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from torch import Tensor, nn

from gesso_training import explain, package
from gesso_training.corpora.corpus import strictest
from gesso_training.ledger import Run
from gesso_training.models.upscale.network import Upscale
from gesso_training.models.upscale.recipe import RECIPES

TITLES = {"best": "best", "fast": "fast, for previews"}
PUBLISHED = {
    2: "Set5 Y-PSNR: bicubic 33.66, SRCNN 36.66, VDSR 37.53, EDSR 38.11",
    4: "Set5 Y-PSNR: bicubic 28.42, SRCNN 30.48, VDSR 31.35, EDSR 32.46",
}


FIELD = "docs/receptive-field.png"


def field_of(network: Upscale) -> bytes:
    """What of a picture moves the middle of the result, as a picture."""
    side = 2 * (network.halo_px + 4) + 1
    seen = [torch.from_numpy(package.sample(side, side, seed)) for seed in range(8)]
    return explain.field_picture(explain.receptive_field(network, seen, network.scale))


class Clipped(nn.Module):
    """What is packaged: the network, its result within 0-1."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, picture: Tensor) -> Tensor:
        found: Tensor = self.network(picture).clamp(0, 1)
        return found


@dataclass(frozen=True)
class Trained:
    """What packaging needs to know of a run."""

    variant: str
    weights: Mapping[str, Tensor]
    run: Run
    scores: Sequence[Mapping[str, Any]]
    data: Sequence[Mapping[str, Any]]


def weights_in(folder: Path) -> dict[str, Tensor]:
    """The weights of a package of `upscale`; its card says of what shape the network is."""
    said = json.loads((folder / "card.json").read_text(encoding="utf-8"))["training"]["recipe"]
    like = Upscale(said["scale"], said["width"], said["blocks"]).state_dict()
    return package.read_back(folder, "model.onnx", like, "network.")


def package_name(variant: str) -> str:
    """What a variant's package is called on the shelf."""
    return f"upscale-{variant}"


def network_of(variant: str, weights: Mapping[str, Tensor]) -> Upscale:
    recipe = RECIPES[variant]
    network = Upscale(recipe.scale, recipe.width, recipe.blocks)
    network.load_state_dict(dict(weights))
    return network.eval()


def graph_of(network: nn.Module) -> package.Graph:
    """The network as it is packaged."""
    example = {"picture": package.sample(40, 48, 1)}
    return package.Graph("model.onnx", Clipped(network), example, ["enlarged"], {"picture": package.ANY_SIZE})


def publish(trained: Trained, version: str, shelf: Path, private: Ed25519PrivateKey) -> Path:
    """Write the signed package and return its folder."""
    recipe = RECIPES[trained.variant]
    network = network_of(trained.variant, trained.weights)
    grade = trained.variant.split("-")[1]

    parameters = sum(p.numel() for p in network.parameters())
    card = {
        "format": 1,
        "name": package_name(trained.variant),
        "version": version,
        "title": f"Upscale ×{recipe.scale}, {TITLES[grade]}",
        "task": "painting.upscale",
        "grade": grade,
        "summary": f"Enlarges a picture {recipe.scale} times with a residual network of {parameters:,} parameters.",
        "licence": "Apache-2.0",
        "terms": strictest(entry["terms"] for entry in trained.data),
        "graphs": {
            "model": {
                "file": "model.onnx",
                "inputs": [package.picture_port("picture")],
                "outputs": [package.picture_port("enlarged")],
            }
        },
        "tiling": {
            "tile_px": 512,
            "halo_px": network.halo_px,
            "align_px": 1,
            "scale": recipe.scale,
            "edge_px": 0,
            "statistics": None,
        },
        "recurrent": None,
        "precision": "float32",
        "data": list(trained.data),
        "scores": list(trained.scores),
        "published": PUBLISHED[recipe.scale],
        "training": {
            "hardware": trained.run.hardware,
            "minutes": round(trained.run.minutes, 1),
            "steps": trained.run.steps,
            "seed": trained.run.seed,
            "commit": trained.run.commit,
            "recipe": dict(trained.run.recipe),
        },
        "limits": [
            "Made for clean pictures: compression blocks and noise are enlarged along with the rest.",
            "Cannot read what is not there: lettering smaller than a few pixels stays unreadable.",
        ],
        "golden": {"graph": "model", "tolerance": 1e-3},
        "explain": [explain.entry("receptive_field", asset=FIELD), explain.entry("occlusion")],
        "minimum_engine": 1,
    }
    odd = [{"picture": package.sample(33, 57, 2)}, {"picture": package.sample(17, 16, 3)}]
    return package.write(
        shelf,
        card,
        {"model": graph_of(network)},
        {"model": {"picture": package.sample(40, 48, 1)}},
        private,
        {FIELD: field_of(network)},
        {"model": odd},
    )
