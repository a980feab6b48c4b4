"""A small world for the shell: its own resources with tiny models signed by a throw-away key, and pictures to work on."""

from __future__ import annotations

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
from PIL import Image

from gesso.cli.main import main
from gesso.values.paths import resources
from tests.packages import convolution, new_key, picture_package, tiling
from tests.studio import denoise_package, line_art_package, stylise_package


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


@pytest.fixture(scope="session")
def made_world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ed25519PrivateKey]:
    root = tmp_path_factory.mktemp("世界 world")
    private = new_key(root / "resources" / "keys")
    for name in ("upscale-x2-best", "upscale-x2-fast"):
        upscale(root / "resources" / "models", private, name)
    for write in (stylise_package, denoise_package, line_art_package):
        write(root / "resources" / "models", private)
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
