"""The GPU pack from the shell: installed, shown, refused and removed, in one sentence each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from gesso.engine.gpu_pack import here
from tests.desktop.cli.conftest import Answer, World
from tests.desktop.engine.test_gpu_pack import write_pack

Typed = Callable[..., Answer]


@pytest.fixture
def pack(world: World) -> Path:
    return write_pack(world.root / "gesso-gpu.zip", world.private)


def test_a_pack_comes_is_shown_and_goes(gesso: Typed, world: World, pack: Path) -> None:
    assert "No GPU pack is installed" in gesso("gpu", "show").out
    came = gesso("gpu", "install", str(pack))
    assert came.code == 0 and "The GPU pack 0.2.0 is installed." in came.out and "Models run on: " in came.out
    shown = gesso("gpu", "show")
    assert shown.code == 0 and "Every byte is as it was signed." in shown.out and here() in shown.out
    facts = gesso("gpu", "show", "--json").json
    assert facts["installed"] and facts["sound"] and facts["version"] == "0.2.0" and facts["misfit"] == ""
    assert Path(facts["folder"]).is_relative_to(world.environment["GESSO_HOME"])
    assert gesso("gpu", "remove").out == "The GPU pack is removed.\n"
    assert gesso("gpu", "remove").out == "There was no GPU pack.\n"
    assert gesso("gpu", "show", "--json").json["installed"] is False


def test_an_altered_pack_is_refused_in_both_languages(gesso: Typed, world: World, pack: Path) -> None:
    bad = write_pack(world.root / "bad.zip", world.private, extra={"more.so": b"x"})
    refused = gesso("gpu", "install", str(bad))
    assert refused.code == 1 and refused.err.count("\n") == 1 and "was refused" in refused.err
    assert "未被接受" in gesso("gpu", "install", str(bad), "--lang", "zh_CN").err
    assert gesso("gpu", "install", str(world.root / "gone.zip")).code == 1


def test_a_damaged_pack_is_shown_as_such(gesso: Typed, world: World, pack: Path) -> None:
    gesso("gpu", "install", str(pack))
    library = Path(world.environment["GESSO_HOME"]) / "gpu" / "pack" / "libcudart.so.13"
    library.write_bytes(b"y" * library.stat().st_size)
    shown = gesso("gpu", "show")
    assert shown.code == 1 and "libcudart.so.13 was altered" in shown.err
    facts = gesso("gpu", "show", "--json").json
    assert facts["installed"] and not facts["sound"] and "was altered" in facts["trouble"]
