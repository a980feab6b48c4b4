"""`tag` as a signed package: words with the number from which each is said, places, and where a word comes from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from torch import Tensor

from gesso_training import package
from gesso_training.corpora.corpus import strictest
from gesso_training.ledger import Run
from gesso_training.models.tag.data import SIDE
from gesso_training.models.tag.labels import AXES, TAGS
from gesso_training.models.tag.network import EMBEDDING, Packaged, Tagger, Where

NAME = "tag"


@dataclass(frozen=True)
class Trained:
    """What packaging needs to know of a run."""

    weights: Mapping[str, Tensor]
    run: Run
    scores: Sequence[Mapping[str, Any]]
    data: Sequence[Mapping[str, Any]]
    thresholds: Sequence[float]
    limits: Sequence[str]


def weights_in(folder: Path) -> dict[str, Tensor]:
    """The weights of a package of `tag`; batch norm is folded into them, so they serve to run and not to learn on."""
    said = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    raise ValueError(f"{said['name']} keeps its weights folded for the studio; go on from a run's checkpoint instead.")


def graphs_of(network: Tagger) -> dict[str, package.Graph]:
    """The network as it is packaged, and its map of where words come from."""
    example = {"picture": package.sample(SIDE, SIDE, 1)}
    return {
        "model": package.Graph("model.onnx", Packaged(network), example, ["words", "place"], holds_all=False),
        "where": package.Graph("where.onnx", Where(network), example, ["map"], holds_all=False),
    }


def publish(trained: Trained, version: str, shelf: Path, private: Ed25519PrivateKey) -> Path:
    """Write the signed package and return its folder."""
    network = Tagger(len(TAGS))
    network.load_state_dict(dict(trained.weights))
    network.eval()
    parameters = sum(p.numel() for p in network.parameters())
    axis_of = {tag: axis for axis, tags in AXES.items() for tag in tags}
    picture = {"picture": package.sample(SIDE, SIDE, 1)}
    card = {
        "format": 1,
        "name": NAME,
        "version": version,
        "title": "Tag",
        "task": "painting.tag",
        "grade": "best",
        "summary": f"Says what is in a picture, and which pictures are alike, with {parameters:,} parameters.",
        "licence": "Apache-2.0",
        "terms": strictest(entry["terms"] for entry in trained.data),
        "graphs": {
            "model": {
                "file": "model.onnx",
                "inputs": [package.picture_port("picture", SIDE)],
                "outputs": [
                    {"name": "words", "kind": "vector", "shape": [1, len(TAGS)], "range": [0, 1]},
                    {"name": "place", "kind": "vector", "shape": [1, EMBEDDING], "range": [-1, 1]},
                ],
            },
            "where": {
                "file": "where.onnx",
                "inputs": [package.picture_port("picture", SIDE)],
                "outputs": [{"name": "map", "kind": "mask", "shape": [1, len(TAGS), SIDE // 16, SIDE // 16]}],
            },
        },
        "tags": [
            {"name": tag, "axis": axis_of[tag], "least": round(least, 4)}
            for tag, least in zip(TAGS, trained.thresholds, strict=True)
        ],
        "explain": [{"method": "cam", "graph": "where"}, {"method": "occlusion"}],
        "tiling": None,
        "recurrent": None,
        "precision": "float32",
        "data": list(trained.data),
        "scores": list(trained.scores),
        "training": {
            "hardware": trained.run.hardware,
            "minutes": round(trained.run.minutes, 1),
            "steps": trained.run.steps,
            "seed": trained.run.seed,
            "commit": trained.run.commit,
            "recipe": dict(trained.run.recipe),
            "losses": "SqueezeNet 1.0 (BSD) told, as a measure only, which pictures are alike; it is not in here",
        },
        "limits": list(trained.limits),
        "golden": {"graph": "model", "tolerance": 1e-3},
        "minimum_engine": 1,
    }
    odd = {"model": [{"picture": package.sample(SIDE, SIDE, seed)} for seed in (2, 3)]}
    return package.write(shelf, card, graphs_of(network), {"model": picture, "where": picture}, private, odd=odd)
