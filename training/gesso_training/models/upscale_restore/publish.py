"""`upscale-restore` as signed packages: one for each scale."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from torch import Tensor

from gesso_training import package
from gesso_training.corpora.corpus import strictest
from gesso_training.ledger import Run
from gesso_training.models.upscale.publish import Clipped
from gesso_training.models.upscale_restore.network import ALIGN, Restore
from gesso_training.models.upscale_restore.recipe import RECIPES


def weights_in(folder: Path) -> dict[str, Tensor]:
    """The weights of a package of `upscale-restore`; its card says of what shape the network is."""
    said = json.loads((folder / "card.json").read_text(encoding="utf-8"))["training"]["recipe"]
    like = Restore(said["scale"], tuple(said["widths"]), said["blocks"]).state_dict()
    return package.read_back(folder, "model.onnx", like, "network.")


def package_name(variant: str) -> str:
    """What a variant's package is called on the shelf."""
    return f"upscale-restore-{variant}"


def network_of(variant: str, weights: Mapping[str, Tensor]) -> Restore:
    recipe = RECIPES[variant]
    network = Restore(recipe.scale, recipe.widths, recipe.blocks)
    network.load_state_dict(dict(weights))
    return network.eval()


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
        "title": f"Upscale and restore ×{network.scale}",
        "task": "painting.upscale",
        "grade": "restore",
        "summary": f"Enlarges a soft, noisy or compressed picture {network.scale} times and cleans it, "
        f"with a U-Net of {parameters:,} parameters.",
        "licence": "Apache-2.0",
        "terms": strictest(entry["terms"] for entry in data),
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
            "align_px": ALIGN,
            "scale": network.scale,
            "edge_px": 0,
            "statistics": None,
        },
        "recurrent": None,
        "precision": "float32",
        "data": list(data),
        "scores": list(scores),
        "published": "",
        "training": {
            "hardware": run.hardware,
            "minutes": round(run.minutes, 1),
            "steps": run.steps,
            "seed": run.seed,
            "commit": run.commit,
            "recipe": dict(run.recipe),
        },
        "limits": [
            "Fine texture that compression has wiped away is not drawn anew: it stays smooth.",
            "On clean pictures plain upscaling keeps more.",
        ],
        "golden": {"graph": "model", "tolerance": 1e-3},
        "minimum_engine": 3,
    }
    example = {"picture": package.sample(40, 48, 1)}
    graph = package.Graph("model.onnx", Clipped(network), example, ["enlarged"], {"picture": package.ANY_SIZE})
    odd = [{"picture": package.sample(32, 56, 2)}, {"picture": package.sample(16, 16, 3)}]
    return package.write(shelf, card, {"model": graph}, {"model": example}, private, odd={"model": odd})
