"""The studio as artists get it, opened by a machine first: it starts, runs every model that ships once, says on what,
and closes without a word on the console."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gesso.tools import TOOLS, Tool
from gesso.tools.studio import Studio
from gesso.values.paths import resources


def run(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command typed in some folder of the artist's."""
    return subprocess.run(
        [sys.executable, "-m", "gesso", *arguments], cwd=folder, env={**os.environ, **environment, "LANG": "C.UTF-8"},
        capture_output=True, text=True, encoding="utf-8", timeout=200,
    )  # fmt: skip


def shipped() -> list[str]:
    return sorted(folder.name for folder in (resources() / "models").iterdir())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "我的 pictures"
    place.mkdir()
    y, x = np.mgrid[0:90, 0:120]
    waves = np.stack([np.sin(x / 9), np.cos(y / 7), np.sin((x + y) / 11)], axis=2)
    Image.fromarray(np.uint8(127 + 120 * waves)).save(place / "画 one.png")
    return place


def test_the_window_opens_and_closes_without_a_word(folder: Path) -> None:
    done = run(folder, "画 one.png", QT_QPA_PLATFORM="offscreen", GESSO_BENCH_START="1")
    assert done.returncode == 0 and done.stderr == ""
    [line] = done.stdout.splitlines()
    assert line.startswith("ready ") and float(line.split()[1]) > 0


def test_every_model_that_ships_is_sound_on_this_device(folder: Path) -> None:
    done = run(folder, "models", "verify", "--json")
    assert done.returncode == 0 and done.stderr == ""
    found = json.loads(done.stdout)
    assert [entry["name"] for entry in found] == shipped()
    assert all(entry["sound"] and entry["device"] for entry in found)


def settings() -> list[tuple[Tool, dict[str, Any]]]:
    """For every tool, settings that reach every package of its task that ships."""
    with Studio() as studio:
        found = []
        for tool in TOOLS:
            for package in studio.shelf.for_task(tool.task):
                tiling = package.card.tiling
                given = (
                    {"scale": str(tiling.scale), "quality": package.card.grade} if tiling and tiling.scale > 1 else {}
                )
                found.append((tool, {"package": package.name, "knobs": given}))
    return found


@pytest.mark.timeout(240)
def test_every_model_that_ships_paints_once_and_says_on_what(folder: Path) -> None:
    used = set()
    for tool, chosen in settings():
        knobs = [part for name, value in chosen["knobs"].items() for part in (f"--{name}", value)]
        output = f"{chosen['package']}.png"
        done = run(folder, "tool", "run", tool.id, "画 one.png", "-o", output, *knobs, "--json")
        assert done.returncode == 0 and done.stderr == "", done.stderr
        said = json.loads(done.stdout)
        assert said["device"] in ("cpu", "cuda", "coreml", "directml") and said["model"] == chosen["package"]
        used.add(said["model"])
        scale = int(chosen["knobs"].get("scale", "1"))
        with Image.open(folder / output) as image:
            assert image.size == (120 * scale, 90 * scale)
            assert np.asarray(image).std() > 10, "a picture, not a blank"
    assert used == set(shipped()) - {"tag"}  # which the library asks, and no tool
