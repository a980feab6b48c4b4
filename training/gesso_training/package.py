"""Network -> ONNX -> compared with torch -> card -> signed package."""

from __future__ import annotations

import base64
import io
import json
import logging
import re
import tempfile
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import onnx
import onnxruntime
import torch
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import Tensor, nn

from gesso_training.signing import MANIFEST, altered, check, sign

SCHEMA = Path(__file__).resolve().parents[2] / "resources" / "model-card.schema.json"
VERSION = re.compile(r"(0|[1-9]\d{0,4})\.(0|[1-9]\d{0,4})\.(0|[1-9]\d{0,4})")
OPSET = 18
CARD_FORMAT = 1
"""The newest format of cards that is read and written here."""
CLOSE = 2e-4
"""Largest difference allowed between torch and ONNX Runtime, of values in 0-1."""
ANY_SIZE = {2: "height", 3: "width"}
"""The free axes of a picture."""


@dataclass(frozen=True)
class Graph:
    """A network to export: its ports in order, with an example of each input."""

    file: str
    network: nn.Module
    examples: Mapping[str, NDArray[np.float32]]
    outputs: Sequence[str]
    free: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    """Axes of inputs that may have any length, with a name for each."""
    holds_all: bool = True
    """Whether every weight of the network is to stand in the file; a graph that shows a part of one needs only that."""


def picture_port(name: str, side: int | None = None) -> dict[str, Any]:
    """What a card says of an input or output that is a picture, square or of any size."""
    return {
        "name": name,
        "kind": "picture",
        "layout": "NCHW",
        "channels": 3,
        "colour": "sRGB",
        "range": [0, 1],
        "shape": [1, 3, side, side],
    }


def sample(height: int, width: int, seed: int) -> NDArray[np.float32]:
    """A picture made of edges, ramps and grain, to check a device by: (1, 3, height, width)."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    rings = 0.5 + 0.5 * np.sin(np.hypot(x - width / 3, y - height / 2) * 0.9)
    edge = (x + 2 * y > width).astype(np.float32)
    planes = np.stack([rings, edge, (x + y) / (width + height)])
    return np.asarray(np.clip(planes + rng.normal(0, 0.03, planes.shape), 0, 1)[None], np.float32)


def export(graph: Graph) -> bytes:
    """The ONNX file of a graph: opset 18, default domain, weights inside, no trace of the exporting machine.

    Every weight stands in it under its name in torch, so that `read_back` finds it again.
    """
    network = graph.network.eval().float().to("cpu")
    for parameter in network.parameters():
        parameter.data = parameter.data.contiguous()
    shapes = tuple(dict.fromkeys(graph.free.get(name, {}), torch.export.Dim.DYNAMIC) or None for name in graph.examples)
    with warnings.catch_warnings(), _quiet_exporter():
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
    model = onnx.load_model_from_string(program.model_proto.SerializeToString())
    if graph.holds_all:
        _name_weights(model, network.state_dict(), graph.file)
    model.doc_string = ""
    model.producer_name, model.producer_version = "gesso-train", ""
    del model.metadata_props[:]
    del model.functions[:]
    del model.graph.value_info[:]
    del model.graph.metadata_props[:]
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


@contextmanager
def _quiet_exporter() -> Iterator[None]:
    """The exporter logs which optional packages it does without."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


def _name_weights(model: onnx.ModelProto, weights: Mapping[str, Tensor], file: str) -> None:
    """See to it that every weight can be read back; raises when the exporter lost one."""
    found = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    renamed: dict[str, str] = {}
    for name, value in weights.items():
        array = value.detach().numpy()
        if name not in found:
            same = (n for n, a in found.items() if n not in weights and n not in renamed and a.dtype == array.dtype)
            other = next((n for n in same if np.array_equal(found[n], array)), None)
            if other is not None:
                renamed[other] = name
    for tensor in model.graph.initializer:
        tensor.name = renamed.get(tensor.name, tensor.name)
    for node in model.graph.node:
        node.input[:] = [renamed.get(name, name) for name in node.input]
    back = _weights_in(model, weights)
    for name, value in weights.items():
        if name not in back or not np.array_equal(back[name], value.detach().numpy()):
            raise ValueError(f"{file}: the exporter lost the weight '{name}'")


def _weights_in(model: onnx.ModelProto, like: Mapping[str, Tensor], prefix: str = "") -> dict[str, NDArray[Any]]:
    """The weights of these names. A shift that has no name of its own is found at the layer whose weight is known.

    The exporter leaves out shifts that are zero throughout, and lets equal ones share one name.
    """
    kept = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    layers = {node.input[1]: node for node in model.graph.node if node.op_type in ("Conv", "Gemm", "MatMul")}
    found = {}
    for name, value in like.items():
        weight = f"{prefix}{name.removesuffix('bias')}weight"
        if prefix + name in kept:
            found[name] = kept[prefix + name]
        elif name.endswith("bias") and weight in layers:
            shift = [inside for inside in layers[weight].input[2:3] if inside in kept]
            found[name] = kept[shift[0]] if shift else np.zeros(tuple(value.shape), np.float32)
    return found


def read_back(folder: Path, file: str, like: Mapping[str, Tensor], prefix: str = "") -> dict[str, Tensor]:
    """The weights that a package's graph was exported with: names and shapes of `like`, found there after `prefix`.

    Raises `ValueError` when the package was altered or holds another network.
    """
    faults = altered(folder)
    if faults:
        raise ValueError(f"{folder.parent.name} {folder.name} cannot be started from: {'; '.join(faults)}")
    found = _weights_in(onnx.load_model_from_string((folder / file).read_bytes()), like, prefix)
    for name, value in like.items():
        if name not in found or found[name].shape != tuple(value.shape):
            raise ValueError(f"{folder.parent.name} {folder.name} holds another network: '{name}' does not fit")
    return {name: torch.from_numpy(array.copy()) for name, array in found.items()}


def with_added(model: bytes, added: Mapping[str, Tensor], partly: bool = False) -> bytes:
    """A graph with numbers added to its weights, as the studio does.

    Raises `ValueError` for weights that it lacks; `partly` passes over them.
    """
    found = onnx.load_model_from_string(model)
    lacking = sorted(set(added) - {tensor.name for tensor in found.graph.initializer})
    if lacking and not partly:
        raise ValueError(f"There is nothing in the graph to add to: {', '.join(lacking)}")
    for tensor in found.graph.initializer:
        if tensor.name in added:
            total = numpy_helper.to_array(tensor) + added[tensor.name].numpy()
            tensor.CopyFrom(numpy_helper.from_array(total, tensor.name))
    return bytes(found.SerializeToString(deterministic=True))


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


def distance(found: NDArray[np.float32], expected: NDArray[np.float32]) -> float:
    """The largest difference, as a share of the expected number where that is above 1."""
    return float((np.abs(found - expected) / np.maximum(1, np.abs(expected))).max())


def compare(graph: Graph, model: bytes, inputs: Mapping[str, NDArray[np.float32]]) -> dict[str, NDArray[np.float32]]:
    """What torch says; raises when ONNX Runtime says something else."""
    with torch.inference_mode():
        said = graph.network(*(torch.from_numpy(inputs[name].copy()) for name in graph.examples))
    said = said if isinstance(said, tuple) else (said,)
    expected = {name: value.numpy() for name, value in zip(graph.outputs, said, strict=True)}
    found = run(model, inputs)
    for name, value in expected.items():
        apart = distance(found[name], value)
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
    only compared here. A package that stands there already is replaced in one move.
    """
    name, version = str(card["name"]), str(card["version"])
    try:
        jsonschema.validate(dict(card), json.loads(SCHEMA.read_text(encoding="utf-8")))
    except jsonschema.ValidationError as error:
        raise ValueError(f"The card of {name} is not as the schema says: {error.message}") from None
    for one in card.get("explain", ()):
        if one.get("graph", "model") not in graphs or ("asset" in one and one["asset"] not in (assets or {})):
            lacking = one.get("asset") or one.get("graph")
            raise ValueError(f"The card of {name} explains by '{lacking}', which is not in the package.")
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
        golden_file = io.BytesIO()
        save_arrays(golden_file, arrays)
        (folder / "golden.npz").write_bytes(golden_file.getvalue())
        for inside, content in (assets or {}).items():
            path = folder / inside
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        (folder / "card.json").write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        sign(folder, name, version, private)
        final.parent.mkdir(parents=True, exist_ok=True)
        if final.exists():
            final.rename(Path(made) / "replaced")
        folder.rename(final)
    return final


def save_arrays(file: io.BytesIO, arrays: Mapping[str, NDArray[Any]]) -> None:
    """As `numpy.savez_compressed`, for names that hold slashes."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            inside = io.BytesIO()
            np.lib.format.write_array(inside, np.ascontiguousarray(array), allow_pickle=False)
            # A fixed date, so that the same arrays always give the same bytes.
            archive.writestr(
                zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0)), inside.getvalue(), zipfile.ZIP_DEFLATED
            )


def all_versions(shelf: Path) -> list[Path]:
    """Every package on a shelf, by name and version."""
    found = [card.parent for card in shelf.glob("*/*/card.json") if VERSION.fullmatch(card.parent.name)]
    return sorted(found, key=lambda folder: (folder.parent.name, numbers(folder.name)))


def numbers(version: str) -> tuple[int, ...]:
    """A version as something that can be compared."""
    return tuple(int(part) for part in version.split("."))


def newest(shelf: Path, name: str) -> Path | None:
    """The highest version of a package, if there is one."""
    found = [folder for folder in all_versions(shelf) if folder.parent.name == name]
    return found[-1] if found else None


def verify(folder: Path, keys: Path) -> list[str]:
    """What is wrong with a package: signature, hashes, name and version, golden samples. Empty when nothing is."""
    try:
        return _verify(folder.resolve(), keys)
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        return [f"it is incomplete or damaged ({type(error).__name__})"]


def _verify(folder: Path, keys: Path) -> list[str]:
    said = json.loads((folder / MANIFEST).read_bytes())
    signer = str(said["key_id"])
    file = keys / f"{signer}.pub"
    if not re.fullmatch(r"[0-9a-f]{16}", signer) or not file.is_file():
        return ["it is signed by an unknown key"]
    raw = base64.b64decode(json.loads(file.read_text(encoding="utf-8"))["public"])
    faults = check(folder, Ed25519PublicKey.from_public_bytes(raw))
    if faults:
        return faults
    if (said["name"], said["version"]) != (folder.parent.name, folder.name):
        return [f"it is signed as {said['name']} {said['version']}"]
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    if card["format"] > CARD_FORMAT:
        return [f"its card is of format {card['format']}, which is newer than what is known here ({CARD_FORMAT})"]
    if (card["name"], card["version"]) != (said["name"], said["version"]):
        return [f"its card says {card['name']} {card['version']}"]
    with np.load(folder / "golden.npz") as golden:
        for key, graph in card["graphs"].items():
            inputs = {p["name"]: golden[f"{key}/in/{p['name']}"] for p in graph["inputs"]}
            for name, value in run((folder / graph["file"]).read_bytes(), inputs).items():
                apart = distance(value, golden[f"{key}/out/{name}"])
                if not apart <= card["golden"]["tolerance"]:
                    faults.append(f"golden '{key}/{name}' is off by {apart:.2g}")
    return faults


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
