"""Tiny signed packages, built on the spot with throw-away keys."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from onnx import TensorProto, helper, numpy_helper

from gesso.engine.trust import Key, Trust, canonical

DATA = [{"name": "made up", "source": "tests", "licence": "CC0", "terms": "free", "pictures": 1, "sha256": "0" * 64}]


def new_key(folder: Path) -> Ed25519PrivateKey:
    """A key whose public half lies in `folder`."""
    private = Ed25519PrivateKey.generate()
    raw = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    folder.mkdir(parents=True, exist_ok=True)
    key = Key(raw, "tests", False)
    (folder / f"{key.id}.pub").write_text(json.dumps({"public": base64.b64encode(raw).decode(), "owner": "tests"}))
    return private


def trust_in(root: Path) -> Trust:
    return Trust(root / "release", root / "artist")


def port(name: str, kind: str = "picture", shape: Sequence[int | None] = (1, 3, None, None)) -> dict[str, Any]:
    found: dict[str, Any] = {"name": name, "kind": kind, "shape": list(shape)}
    if kind == "picture":
        found |= {"layout": "NCHW", "channels": 3, "colour": "sRGB", "range": [0, 1]}
    return found


def model_bytes(
    nodes: Sequence[onnx.NodeProto],
    inputs: Mapping[str, Sequence[int | str | None]],
    outputs: Mapping[str, Sequence[int | str | None]],
    weights: Mapping[str, np.ndarray] | None = None,
    opset: int = 18,
) -> bytes:
    graph = helper.make_graph(
        list(nodes),
        "tiny",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape)) for name, shape in inputs.items()],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape)) for name, shape in outputs.items()],
        [numpy_helper.from_array(value, name) for name, value in (weights or {}).items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], producer_name="tests")
    model.ir_version = 10
    return bytes(model.SerializeToString())


def run_plain(model: bytes, inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What ONNX's own reference says."""
    from onnx.reference import ReferenceEvaluator

    evaluator = ReferenceEvaluator(onnx.load_model_from_string(model))
    return dict(zip(evaluator.output_names, evaluator.run(None, dict(inputs)), strict=True))


def card(name: str, version: str = "1.0.0", **more: Any) -> dict[str, Any]:
    return {
        "format": 1,
        "name": name,
        "version": version,
        "title": name,
        "task": "painting.test",
        "grade": "best",
        "summary": "A tiny model for tests.",
        "licence": "Apache-2.0",
        "terms": "free",
        "graphs": {},
        "tiling": None,
        "recurrent": None,
        "precision": "float32",
        "data": DATA,
        "scores": [{"judge": "none", "metric": "none", "value": 0, "baseline": {}}],
        "training": {"hardware": "", "minutes": 0, "steps": 0, "seed": 0, "commit": "", "recipe": {}},
        "limits": ["Made for tests."],
        "golden": {"graph": "model", "tolerance": 1e-3},
        "minimum_engine": 1,
        **more,
    }


def write_package(
    shelf: Path,
    card_: Mapping[str, Any],
    graphs: Mapping[str, bytes],
    golden: Mapping[str, Mapping[str, np.ndarray]],
    private: Ed25519PrivateKey,
    assets: Mapping[str, bytes] | None = None,
    expected: Mapping[str, Mapping[str, np.ndarray]] | None = None,
) -> Path:
    """A signed package; expected outputs come from ONNX's reference unless they are given."""
    folder = shelf / card_["name"] / card_["version"]
    folder.mkdir(parents=True)
    arrays: dict[str, np.ndarray] = {}
    for key, model in graphs.items():
        file = card_["graphs"][key]["file"]
        (folder / file).write_bytes(model)
        found = (expected or {}).get(key) or run_plain(model, golden[key])
        arrays |= {f"{key}/in/{name}": value for name, value in golden[key].items()}
        arrays |= {f"{key}/out/{name}": value for name, value in found.items()}
    out = io.BytesIO()
    np.savez(out, **arrays)
    (folder / "golden.npz").write_bytes(out.getvalue())
    for inside, content in (assets or {}).items():
        (folder / inside).parent.mkdir(parents=True, exist_ok=True)
        (folder / inside).write_bytes(content)
    (folder / "card.json").write_text(json.dumps(card_))
    sign(folder, private)
    return folder


def sign(folder: Path, private: Ed25519PrivateKey) -> None:
    raw = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    files = {}
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder).as_posix()
        if path.is_file() and inside not in ("manifest.json", "signature"):
            content = path.read_bytes()
            files[inside] = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    name, version = folder.parent.name, folder.name
    manifest = canonical(
        {"format": 1, "name": name, "version": version, "key_id": Key(raw, "", False).id, "files": files}
    )
    (folder / "manifest.json").write_bytes(manifest)
    (folder / "signature").write_bytes(private.sign(manifest))


def small_picture(height: int = 12, width: int = 16, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).random((1, 3, height, width), dtype=np.float32)


def convolution(kernel_px: int, layers: int, scale: int = 1, seed: int = 3) -> bytes:
    """`picture` -> `result`: some same-padded convolutions, then depth to space; looks layers * (kernel_px // 2) px far."""
    rng = np.random.default_rng(seed)
    nodes, weights, width, last = [], {}, 3, "picture"
    for layer in range(layers):
        out = 3 * scale * scale if layer == layers - 1 else 4
        weights[f"w{layer}"] = (rng.normal(0, 0.4, (out, width, kernel_px, kernel_px)) / kernel_px).astype(np.float32)
        weights[f"b{layer}"] = rng.normal(0.1, 0.1, out).astype(np.float32)
        pad = kernel_px // 2
        nodes.append(
            helper.make_node(
                "Conv", [last, f"w{layer}", f"b{layer}"], [f"c{layer}"], kernel_shape=[kernel_px] * 2, pads=[pad] * 4
            )
        )
        last, width = f"c{layer}", out
    nodes.append(helper.make_node("Sigmoid", [last], ["s"]))
    nodes.append(helper.make_node("DepthToSpace", ["s"], ["result"], blocksize=scale, mode="CRD"))
    shape = [1, 3, "h", "w"]
    return model_bytes(nodes, {"picture": shape}, {"result": [1, 3, "H", "W"]}, weights)


def tiling(
    scale: int = 1, halo_px: int = 2, align_px: int = 1, edge_px: int = 0, tile_px: int = 32, **more: Any
) -> dict[str, Any]:
    return {
        "tile_px": tile_px, "halo_px": halo_px, "align_px": align_px, "scale": scale, "edge_px": edge_px,
        "statistics": None, **more,
    }  # fmt: skip


def picture_package(
    shelf: Path,
    private: Ed25519PrivateKey,
    name: str = "tiny",
    version: str = "1.0.0",
    model: bytes | None = None,
    **more: Any,
) -> Path:
    """A package with one local picture graph."""
    graphs = {"model": {"file": "model.onnx", "inputs": [port("picture")], "outputs": [port("result")]}}
    made = card(name, version, **{"graphs": graphs, "tiling": tiling(), **more})
    return write_package(
        shelf, made, {"model": model or convolution(3, 2)}, {"model": {"picture": small_picture()}}, private
    )
