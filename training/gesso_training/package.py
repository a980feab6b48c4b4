"""Network -> ONNX -> compared with torch -> card -> signed package."""

from __future__ import annotations

import base64
import io
import json
import shutil
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from numpy.typing import NDArray
from torch import nn

from gesso_training.signing import MANIFEST, check, sign

OPSET = 18
CLOSE = 2e-4
"""Largest difference allowed between torch and ONNX Runtime, of values in 0-1."""


@dataclass(frozen=True)
class Graph:
    """A network to export: its ports in order, with an example of each input."""

    file: str
    network: nn.Module
    examples: Mapping[str, NDArray[np.float32]]
    outputs: Sequence[str]
    free: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    """Axes of inputs that may have any length, with a name for each."""


def export(graph: Graph) -> bytes:
    """The ONNX file of a graph: opset 18, default domain, weights inside, no trace of the exporting machine."""
    network = graph.network.eval().float().to("cpu", memory_format=torch.contiguous_format)
    buffer = io.BytesIO()
    shapes = tuple(
        {axis: torch.export.Dim.DYNAMIC for axis in graph.free.get(name, {})} or None for name in graph.examples
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            network,
            tuple(torch.from_numpy(example.copy()) for example in graph.examples.values()),
            dynamo=True,
            opset_version=OPSET,
            input_names=list(graph.examples),
            output_names=list(graph.outputs),
            dynamic_shapes=shapes,
            optimize=True,
            verbose=False,
        )
    assert program is not None
    program.save(buffer)
    model = onnx.load_model_from_string(buffer.getvalue())
    model.doc_string = ""
    model.producer_name, model.producer_version = "gesso-train", ""
    del model.metadata_props[:]
    del model.functions[:]
    del model.graph.value_info[:]
    for node in model.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    for value in (*model.graph.input, *model.graph.output):
        del value.metadata_props[:]
    for tensor in model.graph.initializer:
        tensor.doc_string = ""
        del tensor.metadata_props[:]
    kept = [opset for opset in model.opset_import if opset.domain == ""]
    del model.opset_import[:]
    model.opset_import.extend(kept)
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString(deterministic=True))


def session(model: bytes) -> Any:
    """A graph under ONNX Runtime on the CPU."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def run(model: bytes, inputs: Mapping[str, NDArray[np.float32]]) -> dict[str, NDArray[np.float32]]:
    """A graph's outputs under ONNX Runtime on the CPU."""
    opened = session(model)
    names = [output.name for output in opened.get_outputs()]
    return dict(zip(names, opened.run(names, dict(inputs)), strict=True))


def compare(graph: Graph, model: bytes, inputs: Mapping[str, NDArray[np.float32]]) -> dict[str, NDArray[np.float32]]:
    """What torch says; raises when ONNX Runtime says something else."""
    with torch.inference_mode():
        said = graph.network(*(torch.from_numpy(inputs[name].copy()) for name in graph.examples))
    said = said if isinstance(said, tuple) else (said,)
    expected = {name: value.numpy() for name, value in zip(graph.outputs, said, strict=True)}
    found = run(model, inputs)
    for name, value in expected.items():
        apart = float(np.abs(value - found[name]).max())
        if not apart <= CLOSE:
            raise ValueError(f"{graph.file}: '{name}' differs by {apart:.2g} between torch and ONNX Runtime")
    return expected


def write(
    shelf: Path,
    card: Mapping[str, Any],
    graphs: Mapping[str, Graph],
    golden: Mapping[str, Mapping[str, NDArray[np.float32]]],
    private: Ed25519PrivateKey,
    assets: Mapping[str, bytes] | None = None,
    odd: Mapping[str, Sequence[Mapping[str, NDArray[np.float32]]]] | None = None,
) -> Path:
    """Make `shelf/<name>/<version>`; nothing stands there unless everything came out right.

    `golden` gives the inputs that the studio checks itself by, a graph; `odd` more inputs, of other sizes, that are
    only compared here. An existing version is replaced only when its card says the same version is not released.
    """
    name, version = str(card["name"]), str(card["version"])
    final = shelf / name / version
    with tempfile.TemporaryDirectory(dir=_made(shelf)) as made:
        folder = Path(made) / "package"
        folder.mkdir()
        arrays: dict[str, NDArray[np.float32]] = {}
        for key, graph in graphs.items():
            model = export(graph)
            (folder / graph.file).write_bytes(model)
            for inputs in (odd or {}).get(key, ()):
                compare(graph, model, inputs)
            for port, value in golden[key].items():
                arrays[f"{key}/in/{port}"] = value
            for port, value in compare(graph, model, golden[key]).items():
                arrays[f"{key}/out/{port}"] = value
        np.savez_compressed(folder / "golden.npz", **arrays)
        for inside, content in (assets or {}).items():
            path = folder / inside
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        (folder / "card.json").write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        sign(folder, name, version, private)
        if final.exists():
            shutil.rmtree(final)
        final.parent.mkdir(parents=True, exist_ok=True)
        folder.rename(final)
    return final


def all_versions(shelf: Path) -> list[Path]:
    """Every package on a shelf, by name and version."""
    found = [card.parent for card in shelf.glob("*/*/card.json")]
    return sorted(found, key=lambda folder: (folder.parent.name, numbers(folder.name)))


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def newest(shelf: Path, name: str) -> Path | None:
    """The highest version of a package, if there is one."""
    found = [folder for folder in all_versions(shelf) if folder.parent.name == name]
    return found[-1] if found else None


def verify(folder: Path, keys: Path) -> list[str]:
    """What is wrong with a package: signature, hashes, golden samples. Empty when nothing is."""
    signer = json.loads((folder / MANIFEST).read_bytes()).get("key_id", "")
    file = keys / f"{signer}.pub"
    if not file.is_file():
        return [f"signed by an unknown key {signer}"]
    raw = base64.b64decode(json.loads(file.read_text(encoding="utf-8"))["public"])
    faults = check(folder, Ed25519PublicKey.from_public_bytes(raw))
    if faults:
        return faults
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    with np.load(folder / "golden.npz") as golden:
        for key, graph in card["graphs"].items():
            inputs = {p["name"]: golden[f"{key}/in/{p['name']}"] for p in graph["inputs"]}
            for name, value in run((folder / graph["file"]).read_bytes(), inputs).items():
                apart = float(np.abs(value - golden[f"{key}/out/{name}"]).max())
                if not apart <= card["golden"]["tolerance"]:
                    faults.append(f"golden '{key}/{name}' is off by {apart:.2g}")
    return faults


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
