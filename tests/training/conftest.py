"""A small data folder drawn on the spot: pictures, indexes and a perceptual network with random weights."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from gesso_training import perceptual, terms
from gesso_training.corpora import CORPORA
from gesso_training.corpora.manifest import build


def drawn(seed: int, height: int = 208, width: int = 240) -> NDArray[np.uint8]:
    """A picture of stripes, discs and ramps; every seed another."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width] / 100
    planes = []
    for _ in range(3):
        a, b, c, d = rng.uniform(-6, 6, 4)
        disc = np.hypot(x - rng.uniform(0, 2), y - rng.uniform(0, 2)) < rng.uniform(0.3, 0.9)
        planes.append(0.5 + 0.3 * np.sin(a * x + b * y + c) + 0.1 * np.cos(d * x * y) + 0.1 * disc)
    return np.asarray(np.clip(np.stack(planes, axis=2) * 255, 0, 255), np.uint8)


def save(picture: NDArray[np.uint8], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(path, **({"lossless": True} if path.suffix == ".webp" else {}))


def perceptual_file(path: Path, seed: int = 5) -> Path:
    """VGG-shaped: the same layers, few channels."""
    rng = np.random.default_rng(seed)
    arrays, inside = {}, 3
    for name, outside in zip(
        ("1_1", "1_2", "2_1", "2_2", "3_1", "3_2", "3_3", "3_4"), (6, 6, 8, 8, 10, 10, 10, 10), strict=True
    ):
        spread = 0.02 if name == "1_1" else 1.0  # the first layer sees 0-255
        arrays[f"conv{name}.weight"] = rng.normal(0, spread / np.sqrt(inside * 4), (outside, inside, 3, 3)).astype(
            np.float16
        )
        arrays[f"conv{name}.bias"] = rng.normal(0, 0.1, outside).astype(np.float32)
        inside = outside
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, **arrays)
    return path


def look_file(path: Path, seed: int = 6) -> Path:
    """SqueezeNet-shaped: the same layers, few channels."""
    rng = np.random.default_rng(seed)
    arrays, inside = {}, 6

    def layer(name: str, out: int, into: int, side: int) -> None:
        arrays[f"{name}.weight"] = rng.normal(0, 1 / np.sqrt(into * side * side), (out, into, side, side))
        arrays[f"{name}.bias"] = rng.normal(0, 0.1, out)

    layer("conv1", inside, 3, 7)
    for fire in perceptual.FIRES:
        layer(f"{fire}/conv1x1_1", 4, inside, 1)
        layer(f"{fire}/conv1x1_2", 5, 4, 1)
        layer(f"{fire}/conv3x3_2", 5, 4, 3)
        inside = 10
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, **{name: array.astype(np.float32) for name, array in arrays.items()})
    return path


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a few pictures of every set that a recipe asks for."""
    root = tmp_path_factory.mktemp("data")
    images = root / "images"
    licences = ["CC0", "CC0", "CC BY 4.0", "CC BY-SA 4.0", "CC0"]
    cq100, photos, paintings = [], [], []
    for number in range(5):
        save(drawn(number), images / "cq100" / f"c{number}.png")
        cq100.append({"file": f"c{number}.png", "licence": licences[number], "author": "A", "source": "here"})
    for number in range(9):
        save(drawn(100 + number), images / "photos" / f"p{number}.png")
        photos.append({"file": f"p{number}.png", "original": f"p{number}", "licence": "CC0"})
        save(drawn(200 + number), images / "paintings" / f"w{number}.png")
        paintings.append(
            {"file": f"w{number}.png", "creator": "B", "title": f"Work {number}", "date": "1880", "museum": "M"}
        )
    for name, index in (("cq100", cq100), ("photos", photos), ("paintings", paintings)):
        (images / name / "index.json").write_text(json.dumps(index), encoding="utf-8")
    save(drawn(300), images / "textiles" / "t0.jpg")
    for number in range(3):
        save(drawn(400 + number), images / "bsds500" / "val" / f"{number}.jpg")
        grey = np.rint(drawn(400 + number) @ np.array([0.299, 0.587, 0.114])).astype(np.uint8)
        save(grey, images / "bsd68" / f"test{number}.png")
    for number in range(2):
        save(drawn(500 + number, 96, 104), images / "sr" / "set5" / f"s{number}.webp")
        save(drawn(600 + number, 96, 104), images / "sr" / "urban100_subset25" / f"u{number}.webp")
    perceptual_file(root / "perceptual" / "vgg19_to_relu3_4.npz")
    look_file(root / perceptual.FILE)
    return root


@pytest.fixture(scope="session")
def manifests(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The manifests of that data folder."""
    root = tmp_path_factory.mktemp("manifests")
    for name in terms.present(data):
        if (data / CORPORA[name].folder).is_dir():
            (root / name).mkdir()
            (root / name / "manifest.json").write_text(build(CORPORA[name], data).to_json(), encoding="utf-8")
    return root


@pytest.fixture
def own_manifests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Manifests are made anew, from the data folder of the test."""
    monkeypatch.setattr(terms, "MANIFESTS", tmp_path / "manifests")
    return tmp_path / "manifests"


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """The same sums in the same order, whatever the machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
