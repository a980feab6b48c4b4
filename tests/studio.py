"""A studio whose models are tiny and built on the spot: the same doors as the real one, in milliseconds."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from onnx import helper
from PIL import Image

from tests.packages import card, model_bytes, new_key, picture_package, port, small_picture, tiling, write_package

ROOT = Path(__file__).resolve().parents[1]
STYLES = ("great-wave", "starry-night", "scream")


def resources_with_tiny_models(root: Path) -> Path:
    """A resources folder: the real icons, words and samples, but tiny models under a throw-away key."""
    for real in (ROOT / "resources").iterdir():
        if real.name not in ("models", "keys"):
            os.symlink(real, root / real.name)
    private = new_key(root / "keys")
    shelf = root / "models"
    stylise_package(shelf, private)
    for scale in (2, 4):
        for grade in ("best", "fast"):
            picture_package(
                shelf, private, f"upscale-x{scale}-{grade}", model=nearest(scale), task="painting.upscale", grade=grade,
                tiling=tiling(scale=scale, halo_px=1),
            )  # fmt: skip
    line_art_package(shelf, private)
    denoise_package(shelf, private)
    return root


def denoise_package(shelf: Path, private: Ed25519PrivateKey) -> Path:
    """A mean of 5 x 5 pixels."""
    shape, kernel = [1, 3, "h", "w"], np.full((3, 1, 5, 5), 1 / 25, np.float32)
    node = helper.make_node("Conv", ["picture", "kernel"], ["result"], group=3, pads=[2, 2, 2, 2])
    model = model_bytes([node], {"picture": shape}, {"result": shape}, {"kernel": kernel})
    how = tiling(halo_px=2, edge_px=2)
    return picture_package(shelf, private, "denoise-blind", model=model, task="painting.denoise", tiling=how)


def line_art_package(shelf: Path, private: Ed25519PrivateKey) -> Path:
    """Takes what is dark for a line."""
    how = tiling(halo_px=1, align_px=16)
    return picture_package(shelf, private, "line-art", model=darkness(), task="painting.line-art", tiling=how)


def darkness() -> bytes:
    """How dark each pixel is, in each colour: a picture of black lines is its own line art."""
    nodes = [helper.make_node("Sub", ["one", "picture"], ["result"])]
    shape = [1, 3, "h", "w"]
    return model_bytes(nodes, {"picture": shape}, {"result": shape}, {"one": np.float32(1)})


def nearest(scale: int) -> bytes:
    """Each pixel becomes a square of itself."""
    scales = np.array([1, 1, scale, scale], np.float32)
    node = helper.make_node(
        "Resize", ["picture", "", "scales"], ["result"], mode="nearest", nearest_mode="floor",
        coordinate_transformation_mode="asymmetric",
    )  # fmt: skip
    return model_bytes([node], {"picture": [1, 3, "h", "w"]}, {"result": [1, 3, "H", "W"]}, {"scales": scales})


def painter() -> bytes:
    """`picture`, `grain`, `code` (1, 3) -> `painted`: the code and a little of the grain are added to the colours."""
    return model_bytes(
        [
            helper.make_node("Reshape", ["code", "shape"], ["added"]),
            helper.make_node("Mul", ["grain", "little"], ["speckle"]),
            helper.make_node("Add", ["picture", "added"], ["tinted"]),
            helper.make_node("Add", ["tinted", "speckle"], ["sum"]),
            helper.make_node("Clip", ["sum", "low", "high"], ["painted"]),
        ],
        {"picture": [1, 3, "h", "w"], "grain": [1, 1, "h", "w"], "code": [1, 3]},
        {"painted": [1, 3, "h", "w"]},
        {"little": np.float32(0.02), "shape": np.array([1, 3, 1, 1]), "low": np.float32(0), "high": np.float32(1)},
    )


def encoder() -> bytes:
    """`style` (1, 3, 256, 256) -> `code`: its mean colour, less a half."""
    return model_bytes(
        [
            helper.make_node("GlobalAveragePool", ["style"], ["mean"]),
            helper.make_node("Flatten", ["mean"], ["flat"]),
            helper.make_node("Sub", ["flat", "half"], ["code"]),
        ],
        {"style": [1, 3, 256, 256]},
        {"code": [1, 3]},
        {"half": np.float32(0.5)},
    )


def stylise_package(shelf: Path, private: Ed25519PrivateKey, version: str = "1.0.0") -> Path:
    codes = np.array([[0.2, 0, -0.2], [-0.2, 0.1, 0.2], [0.3, -0.1, 0]], np.float32)
    arrays, thumbnail = io.BytesIO(), io.BytesIO()
    mean = np.array([[0.4, 0.5, 0.6], [0.2, 0.3, 0.6], [0.7, 0.4, 0.3]], np.float32)
    covariance = np.stack([np.eye(3, dtype=np.float32) * v for v in (0.04, 0.03, 0.05)])
    np.savez(arrays, names=np.array(STYLES), codes=codes, mean=mean, covariance=covariance)
    Image.new("RGB", (160, 160), (90, 120, 160)).save(thumbnail, "JPEG")
    listed = [
        {"id": s, "title": s.replace("-", " ").capitalize(), "title_zh": "浪", "credit": "Somebody, 1831"}
        for s in STYLES
    ]
    assets = {"styles.npz": arrays.getvalue(), "styles.json": json.dumps(listed).encode()}
    assets |= {f"styles/{s}.jpg": thumbnail.getvalue() for s in STYLES}
    own = io.BytesIO()
    np.savez(own, little=np.float32(0.1))  # The scream speckles more
    assets["styles/scream.npz"] = own.getvalue()
    vector, texture = port("code", "vector", (1, 3)), port("grain", "texture", (1, 1, None, None))
    graphs = {
        "model": {"file": "model.onnx", "inputs": [port("picture"), texture, vector], "outputs": [port("painted")]},
        "encode": {"file": "encode.onnx", "inputs": [port("style", shape=(1, 3, 256, 256))], "outputs": [vector]},
    }
    made = card(
        "stylise",
        version,
        graphs=graphs,
        task="painting.stylise",
        tiling=tiling(halo_px=8, align_px=8, edge_px=8, tile_px=128),
    )
    golden = {
        "model": {"picture": small_picture(16, 24), "grain": small_picture(16, 24, 5)[:, :1], "code": codes[:1]},
        "encode": {"style": small_picture(256, 256, 2)},
    }
    return write_package(shelf, made, {"model": painter(), "encode": encoder()}, golden, private, assets)
