"""`stylise` as one signed package: painter, encoder, codes, weights of their own, thumbnails and credits of the shipped styles."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor, nn

from gesso_training import package
from gesso_training.corpora import CORPORA
from gesso_training.corpora.corpus import read_index, read_picture, strictest
from gesso_training.ledger import Run
from gesso_training.models.stylise.colour import statistics
from gesso_training.models.stylise.data import STYLE_PX, square, tensor
from gesso_training.models.stylise.grain import grain
from gesso_training.models.stylise.network import BEARING_PX, BORDER_PX, Painter, Stylise
from gesso_training.models.stylise.own import Ship, painter_of, unpacked
from gesso_training.models.stylise.styles import SHIPPED

ALIGN_PX = 8


class Clipped(nn.Module):
    """The painter as packaged: its result within 0-1."""

    def __init__(self, painter: Painter) -> None:
        super().__init__()
        self.painter = painter

    def forward(self, picture: Tensor, grain: Tensor, code: Tensor, bearing: Tensor) -> Tensor:
        found: Tensor = self.painter(picture, grain, code, bearing).clamp(0, 1)
        return found


class Measured(nn.Module):
    """The same network, saying only how the picture bears itself in it."""

    def __init__(self, painter: Painter) -> None:
        super().__init__()
        self.painter = painter

    def forward(self, picture: Tensor, grain: Tensor, code: Tensor) -> Tensor:
        return self.painter.measured(picture, grain, code)


def style_assets(data: Path, ships: Sequence[Ship]) -> dict[str, bytes]:
    """`styles.npz`, `styles.json`, and of each shipped style a thumbnail and what its own weights add."""
    corpus = CORPORA["paintings"]
    entries = {entry["file"]: entry for entry in read_index(data / corpus.folder)}
    pictures = [square(read_picture(data / corpus.folder / work.file), STYLE_PX) for work in SHIPPED]
    mean, covariance = statistics(tensor(pictures))
    arrays = io.BytesIO()
    np.savez_compressed(
        arrays,
        names=np.array([work.id for work in SHIPPED]),
        codes=torch.cat([ship.code for ship in ships]).numpy().astype(np.float32),
        mean=mean.numpy(),
        covariance=covariance.numpy(),
    )
    listed = []
    assets = {"styles.npz": arrays.getvalue()}
    for work, picture, ship in zip(SHIPPED, pictures, ships, strict=True):
        entry = entries[work.file]
        listed.append(
            {
                "id": work.id,
                "title": work.title,
                "title_zh": work.title_zh,
                "creator": entry.get("creator", ""),
                "work": entry.get("title", ""),
                "date": entry.get("date", ""),
                "museum": entry.get("museum", ""),
                "page": entry.get("url", ""),
                "credit": ", ".join(
                    part for part in (entry.get("creator"), entry.get("title"), entry.get("date")) if part
                ),
                "terms": "public domain",
            }
        )
        thumbnail = io.BytesIO()
        Image.fromarray(picture).resize((160, 160), Image.Resampling.LANCZOS).save(thumbnail, "JPEG", quality=82)
        assets[f"styles/{work.id}.jpg"] = thumbnail.getvalue()
        if ship.weights:
            assets[f"styles/{work.id}.npz"] = ship.weights
    assets["styles.json"] = (json.dumps(listed, indent=1, ensure_ascii=False) + "\n").encode()
    return assets


def bearing_of(
    painter: Painter, picture: NDArray[np.float32], field: Tensor, code: NDArray[np.float32]
) -> NDArray[np.float32]:
    """What `measure.onnx` says of a picture (1, 3, h, w)."""
    with torch.no_grad():
        found = painter.measured(torch.from_numpy(picture), field, torch.from_numpy(code))
    return np.asarray(found.numpy(), np.float32)


def painter_graph(painter: Painter, code: NDArray[np.float32]) -> package.Graph:
    """The painter as it is packaged."""
    picture, field = package.sample(64, 80, 1), grain(64, 80)
    bearing = bearing_of(painter, picture, field, code)
    examples = {"picture": picture, "grain": field.numpy(), "code": code, "bearing": bearing}
    return package.Graph(
        "model.onnx", Clipped(painter), examples, ["painted"], {"picture": package.ANY_SIZE, "grain": package.ANY_SIZE}
    )


def measure_graph(painter: Painter, code: NDArray[np.float32]) -> package.Graph:
    """What takes the bearing of a picture."""
    examples = {"picture": package.sample(64, 80, 1), "grain": grain(64, 80).numpy(), "code": code}
    return package.Graph(
        "measure.onnx",
        Measured(painter),
        examples,
        ["bearing"],
        {"picture": package.ANY_SIZE, "grain": package.ANY_SIZE},
        holds_all=False,
    )


def weights_in(folder: Path) -> dict[str, Tensor]:
    """The weights of a package of `stylise`; its card says of what shape the network is.

    What shipped styles have of their own is zero again: their packaged codes belong to painters with weights of their
    own, and where a style has none, its code is learnt anew.
    """
    said = json.loads((folder / "card.json").read_text(encoding="utf-8"))["training"]["recipe"]
    like = Stylise(said["width"], said["blocks"])
    painter = package.read_back(folder, "model.onnx", like.painter.state_dict(), "painter.")
    encoder = package.read_back(folder, "encode.onnx", like.encoder.state_dict())
    found = {f"painter.{name}": value for name, value in painter.items()} | {"own.weight": like.own.weight.detach()}
    return found | {f"encoder.{name}": value for name, value in encoder.items()}


def publish(
    network: Stylise,
    ships: Sequence[Ship],
    run: Run,
    scores: Sequence[Mapping[str, Any]],
    terms: Sequence[Mapping[str, Any]],
    data: Path,
    version: str,
    shelf: Path,
    private: Ed25519PrivateKey,
    sheets: Mapping[str, bytes] | None = None,
) -> Path:
    """Write the signed package and return its folder; `terms` are the card's data entries."""
    painter, encoder = network.painter, network.encoder
    code = ships[0].code.numpy().astype(np.float32)
    graphs = {
        "model": painter_graph(painter, code),
        "measure": measure_graph(painter, code),
        "encode": package.Graph("encode.onnx", encoder, {"style": package.sample(256, 256, 2)}, ["code"]),
    }
    golden = {key: dict(graph.examples) for key, graph in graphs.items()}

    texture = {"name": "grain", "kind": "texture", "layout": "NCHW", "channels": 1, "shape": [1, 1, None, None]}
    vector, bearing = ({"name": n, "kind": "vector", "shape": [1, painter.code_size]} for n in ("code", "bearing"))
    parameters = sum(p.numel() for p in painter.parameters())
    card = {
        "format": 1,
        "name": "stylise",
        "version": version,
        "title": "Stylise",
        "task": "painting.stylise",
        "grade": "best",
        "summary": f"Repaints a picture in the manner of any other, with {parameters:,} parameters a style, in one pass.",
        "licence": "Apache-2.0",
        "terms": strictest(str(entry["terms"]) for entry in terms),
        "graphs": {
            "model": {
                "file": "model.onnx",
                "inputs": [package.picture_port("picture"), texture, vector, bearing],
                "outputs": [package.picture_port("painted")],
            },
            "measure": {
                "file": "measure.onnx",
                "inputs": [package.picture_port("picture"), texture, vector],
                "outputs": [bearing],
            },
            "encode": {"file": "encode.onnx", "inputs": [package.picture_port("style", STYLE_PX)], "outputs": [vector]},
        },
        "tiling": {
            "tile_px": 1536,
            "halo_px": painter.halo_px,
            "align_px": ALIGN_PX,
            "scale": 1,
            "edge_px": BORDER_PX,
            "statistics": {"graph": "measure", "input": "bearing", "output": "bearing", "from_px": BEARING_PX},
        },
        "recurrent": None,
        "precision": "float32",
        "data": list(terms),
        "scores": list(scores),
        "published": "Johnson et al. 2016: one network a style reaches what Gatys's optimisation reaches in 50 to 100 steps.",
        "training": {
            "hardware": run.hardware,
            "minutes": round(run.minutes, 1),
            "steps": run.steps,
            "seed": run.seed,
            "commit": run.commit,
            "recipe": dict(run.recipe),
            "own_weights": {
                "styles": sum(bool(ship.weights) for ship in ships),
                "steps": sum(ship.steps for ship in ships),
                "minutes": round(sum(ship.minutes for ship in ships), 1),
            },
            "losses": "VGG-19 of the Visual Geometry Group, Oxford (CC BY 4.0), as a measure only; it is not in here",
        },
        "limits": [
            "The picture is to be recoloured to the style's mean and covariance first; the studio does so.",
            "Brush work is as large as it is in a 256 px square of the style; the brush size knob changes that.",
            "Layout is kept: a style's objects and composition are not copied.",
        ],
        "golden": {"graph": "model", "tolerance": 1e-3},
        "minimum_engine": 2,
    }
    assets = style_assets(data, ships)
    assets.update(sheets or {})
    other, field = package.sample(128, 72, 3), grain(128, 72, 5, 9)
    given = {"picture": other, "grain": field.numpy(), "code": code}
    odd = {"model": [{**given, "bearing": bearing_of(painter, other, field, code)}], "measure": [given]}
    model = package.export(graphs["model"])
    for ship in ships:
        alone = painter_of(network, ship)
        inputs = {**given, "code": ship.code.numpy()}
        inputs["bearing"] = bearing_of(alone, other, field, inputs["code"])
        added = unpacked(ship.weights) if ship.weights else {}
        package.compare(painter_graph(alone, inputs["code"]), package.with_added(model, added), inputs)
    return package.write(shelf, card, graphs, golden, private, assets, odd)
