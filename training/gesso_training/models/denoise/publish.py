"""`denoise` as a signed package."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from torch import Tensor, nn

from gesso_training import package
from gesso_training.corpora.corpus import strictest
from gesso_training.ledger import Run
from gesso_training.models.denoise.network import ALIGN, Denoise
from gesso_training.models.denoise.recipe import RECIPES

PUBLISHED = {
    "grey": "BSD68 grey, σ 15 / 25 / 50: BM3D 31.07 / 28.57 / 25.62, DnCNN-B (blind) 31.61 / 29.16 / 26.23, "
    "FFDNet 31.63 / 29.19 / 26.29, DRUNet 31.91 / 29.48 / 26.59",
    "colour": "CBSD68, σ 15 / 25 / 50: CBM3D 33.52 / 30.71 / 27.38, CDnCNN-B (blind) 33.89 / 31.23 / 27.92, "
    "FFDNet 33.87 / 31.21 / 27.96, DRUNet 34.30 / 31.69 / 28.51",
}
"""As Zhang, Zuo and Zhang 2018 (FFDNet, arXiv 1710.04026) and Zhang et al. 2021 (DRUNet, arXiv 2008.13751) give them."""


class Clipped(nn.Module):
    """What is packaged: the network, its result within 0-1."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, picture: Tensor) -> Tensor:
        found: Tensor = self.network(picture).clamp(0, 1)
        return found


def weights_in(folder: Path) -> dict[str, Tensor]:
    """The weights of a package of `denoise`; its card says of what shape the network is."""
    said = json.loads((folder / "card.json").read_text(encoding="utf-8"))["training"]["recipe"]
    like = Denoise(tuple(said["widths"]), said["blocks"]).state_dict()
    return package.read_back(folder, "model.onnx", like, "network.")


def package_name(variant: str) -> str:
    """What a variant's package is called on the shelf."""
    return f"denoise-{variant}"


def network_of(variant: str, weights: Mapping[str, Tensor]) -> Denoise:
    recipe = RECIPES[variant]
    network = Denoise(recipe.widths, recipe.blocks)
    network.load_state_dict(dict(weights))
    return network.eval()


def graph_of(network: nn.Module) -> package.Graph:
    """The network as it is packaged."""
    example = {"picture": package.sample(40, 48, 1)}
    return package.Graph("model.onnx", Clipped(network), example, ["clean"], {"picture": package.ANY_SIZE})


def publish(
    variant: str,
    weights: Mapping[str, Tensor],
    run: Run,
    scores: Sequence[Mapping[str, Any]],
    data: Sequence[Mapping[str, Any]],
    version: str,
    shelf: Path,
    private: Ed25519PrivateKey,
) -> Path:
    """Write the signed package and return its folder."""
    network = network_of(variant, weights)
    parameters = sum(p.numel() for p in network.parameters())
    card = {
        "format": 1,
        "name": package_name(variant),
        "version": version,
        "title": "Denoise",
        "task": "painting.denoise",
        "grade": "best",
        "summary": f"Takes noise out of a picture, as much as there is, with a U-Net of {parameters:,} parameters.",
        "licence": "Apache-2.0",
        "terms": strictest(entry["terms"] for entry in data),
        "graphs": {
            "model": {
                "file": "model.onnx",
                "inputs": [package.picture_port("picture")],
                "outputs": [package.picture_port("clean")],
            }
        },
        "tiling": {
            "tile_px": 768,
            "halo_px": network.halo_px,
            "align_px": ALIGN,
            "scale": 1,
            "edge_px": 0,
            "statistics": None,
        },
        "recurrent": None,
        "precision": "float32",
        "data": list(data),
        "scores": list(scores),
        "published": PUBLISHED["colour"],
        "training": {
            "hardware": run.hardware,
            "minutes": round(run.minutes, 1),
            "steps": run.steps,
            "seed": run.seed,
            "commit": run.commit,
            "recipe": dict(run.recipe),
        },
        "limits": [
            "Made for the fine, even noise of sensors and film: coarse blotches, banding and dust stay.",
            "Grain and canvas texture finer than a few pixels are taken for noise.",
        ],
        "golden": {"graph": "model", "tolerance": 1e-3},
        "minimum_engine": 1,
    }
    odd = [{"picture": package.sample(32, 56, 2)}, {"picture": package.sample(16, 16, 3)}]
    golden = {"model": {"picture": package.sample(40, 48, 1)}}
    return package.write(shelf, card, {"model": graph_of(network)}, golden, private, odd={"model": odd})
