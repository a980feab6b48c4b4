"""A small world for the shell: its own resources with tiny models signed by a throw-away key, and pictures to work on."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from onnx import helper
from PIL import Image

from gesso.cli.main import main
from gesso.values.paths import resources
from tests.packages import (
    card,
    convolution,
    model_bytes,
    new_key,
    picture_package,
    port,
    small_picture,
    tiling,
    write_package,
)

STYLES = ("great-wave", "starry-night")


@dataclass
class Answer:
    code: int
    out: str
    err: str

    @property
    def json(self) -> dict:
        return json.loads(self.out)


@dataclass
class World:
    """Where everything lies."""

    root: Path
    private: Ed25519PrivateKey
    environment: dict[str, str]

    @property
    def models(self) -> Path:
        return self.root / "resources" / "models"

    def start(self, *arguments: str, **options: object) -> subprocess.Popen[str]:
        """The shell as a process of its own, which may be killed, with a process group of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "gesso", *arguments], env=self.environment, text=True, encoding="utf-8",
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, **options,
        )  # fmt: skip


def upscale(
    shelf: Path, private: Ed25519PrivateKey, name: str = "upscale-x2-best", version: str = "1.0.0", **more: object
) -> Path:
    grade = name.rpartition("-")[2]
    given = {
        "task": "painting.upscale",
        "grade": grade,
        "tiling": tiling(scale=2),
        "model": convolution(3, 2, 2),
        **more,
    }
    return picture_package(shelf, private, name, version, **given)


def stylise(shelf: Path, private: Ed25519PrivateKey) -> Path:
    """Adds a style's code, three numbers, to the colours."""
    paint = model_bytes(
        [
            helper.make_node("Reshape", ["code", "shape"], ["wide"]),
            helper.make_node("Add", ["picture", "wide"], ["sum"]),
            helper.make_node("Clip", ["sum", "low", "high"], ["painted"]),
        ],
        {"picture": [1, 3, "h", "w"], "code": [1, 3]},
        {"painted": [1, 3, "h", "w"]},
        {"shape": np.array([1, 3, 1, 1]), "low": np.float32(0), "high": np.float32(1)},
    )
    encode = model_bytes(
        [helper.make_node("ReduceMean", ["style", "axes"], ["code"], keepdims=0)],
        {"style": [1, 3, 256, 256]},
        {"code": [1, 3]},
        {"axes": np.array([2, 3])},
    )
    vector = port("code", "vector", (1, 3))
    made = card(
        "stylise",
        task="painting.stylise",
        tiling=tiling(halo_px=0),
        graphs={
            "model": {"file": "model.onnx", "inputs": [port("picture"), vector], "outputs": [port("painted")]},
            "encode": {"file": "encode.onnx", "inputs": [port("style", shape=(1, 3, 256, 256))], "outputs": [vector]},
        },
    )
    arrays, thumbnail = io.BytesIO(), io.BytesIO()
    np.savez(
        arrays, names=np.array(STYLES), codes=np.array([[0.1, 0, 0], [0, 0.1, 0]], np.float32),
        mean=np.full((2, 3), 0.5), covariance=np.tile(np.eye(3) * 0.05, (2, 1, 1)),
    )  # fmt: skip
    Image.new("RGB", (16, 16), "teal").save(thumbnail, "JPEG")
    listed = [{"id": id, "title": id, "title_zh": id, "credit": "tests"} for id in STYLES]
    assets = {"styles.npz": arrays.getvalue(), "styles.json": json.dumps(listed).encode()}
    assets |= {f"styles/{id}.jpg": thumbnail.getvalue() for id in STYLES}
    golden = {
        "model": {"picture": small_picture(), "code": np.array([[0.1, 0, 0.2]], np.float32)},
        "encode": {"style": small_picture(256, 256)},
    }
    return write_package(shelf, made, {"model": paint, "encode": encode}, golden, private, assets)


@pytest.fixture(scope="session")
def made_world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ed25519PrivateKey]:
    root = tmp_path_factory.mktemp("世界 world")
    private = new_key(root / "resources" / "keys")
    for name in ("upscale-x2-best", "upscale-x2-fast"):
        upscale(root / "resources" / "models", private, name)
    stylise(root / "resources" / "models", private)
    real = resources()
    ours = shutil.ignore_patterns("models", "keys")
    shutil.copytree(real, root / "resources", ignore=ours, dirs_exist_ok=True)
    return root, private


@pytest.fixture
def world(
    made_world: tuple[Path, Ed25519PrivateKey], tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> World:
    """A copy to do with as one likes; the current folder is empty."""
    shutil.copytree(made_world[0] / "resources", tmp_path / "resources")
    work = tmp_path / "工作 work"
    work.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setenv("GESSO_RESOURCES", str(tmp_path / "resources"))
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    return World(tmp_path, made_world[1], dict(os.environ))


@pytest.fixture
def gesso(world: World, capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """Type a command: `gesso("tool", "list")`. No traceback may ever be seen."""

    def typed(*arguments: str | Path) -> Answer:
        code = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Answer(code, out, err)

    return typed


def paint(path: Path, size: Sequence[int] = (24, 16), mode: str = "RGB", **options: object) -> Path:
    """A picture with something on it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    width, height = size
    rng = np.random.default_rng(len(path.name))
    Image.fromarray(rng.integers(0, 256, (height, width, 3)).astype(np.uint8)).convert(mode).save(path, **options)
    return path


def pixels(path: str | Path) -> np.ndarray:
    """(height, width, channels) as they lie in a file."""
    with Image.open(path) as image:
        return np.asarray(image)
