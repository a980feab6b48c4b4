"""Models from the shell: listed, checked, chosen, and refused when anything about them is not right."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from tests.desktop.cli.conftest import Answer, World, paint, pixels, upscale
from tests.packages import (
    card,
    convolution,
    model_bytes,
    new_key,
    picture_package,
    port,
    sign,
    small_picture,
    tiling,
    write_package,
)

Typed = Callable[..., Answer]


@pytest.fixture
def made(world: World) -> Path:
    """A sound package that is not installed: version 1.1.0 of a model that ships."""
    return upscale(world.root / "made", world.private, version="1.1.0", model=convolution(3, 2, 2, seed=9))


def installed(world: World) -> list[str]:
    home = Path(world.environment["GESSO_HOME"]) / "models"
    return sorted(path.relative_to(home).as_posix() for path in home.glob("*/*")) if home.exists() else []


def zipped(folder: Path, target: Path, **extra: str) -> Path:
    with zipfile.ZipFile(target, "w") as archive:
        for path in folder.rglob("*"):
            if path.is_file():
                archive.write(path, path.relative_to(folder).as_posix())
        for name, content in extra.items():
            archive.writestr(name, content)
    return target


def test_the_list_and_a_card(gesso: Typed) -> None:
    listed = gesso("models", "list", "--json").json
    assert [entry["name"] for entry in listed] == [
        "denoise-blind", "line-art", "stylise", "upscale-x2-best", "upscale-x2-fast",
    ]  # fmt: skip
    assert all(entry["sound"] and entry["used"] and entry["shipped"] for entry in listed)
    shown = gesso("models", "show", "stylise").out
    assert "Apache-2.0" in shown and "Made for tests." in shown
    assert gesso("models", "show", "stylise", "--json").json["task"] == "painting.stylise"
    answer = gesso("models", "show", "nothing")
    assert answer.code == 1 and "not installed" in answer.err


def test_install_use_roll_back_pin_remove(gesso: Typed, world: World, made: Path) -> None:
    package = zipped(made, Path("新 package.zip"))
    answer = gesso("models", "install", package, "--device", "cpu")
    assert answer.code == 0 and "1.1.0 is installed" in answer.out and installed(world) == ["upscale-x2-best/1.1.0"]
    paint(Path("a.png"))

    def used() -> str:
        return str(
            gesso("tool", "run", "painting.upscale", "a.png", "-o", "b.png", "--force", "--json").json["version"]
        )

    assert used() == "1.1.0"
    assert gesso("models", "rollback", "upscale-x2-best").code == 0
    assert used() == "1.0.0"
    assert gesso("models", "unpin", "upscale-x2-best").code == 0
    assert used() == "1.1.0"
    assert gesso("models", "pin", "upscale-x2-best", "1.0.0").code == 0
    assert used() == "1.0.0"
    assert [e["pinned"] for e in gesso("models", "list", "--json").json if e["name"] == "upscale-x2-best"] == [
        False,
        True,
    ]
    assert gesso("models", "pin", "upscale-x2-best", "7.0.0").code == 1
    assert gesso("models", "remove", "upscale-x2-best", "1.1.0").code == 0 and installed(world) == []
    assert gesso("models", "remove", "upscale-x2-best", "1.0.0").code == 1, "what ships stays"
    assert gesso("models", "rollback", "upscale-x2-best").code == 1


def flip(folder: Path, file: str) -> None:
    content = bytearray((folder / file).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / file).write_bytes(content)


def external_data(world: World) -> Path:
    model = onnx.load_model_from_string(convolution(3, 1))
    tensor = model.graph.initializer[0]
    entry = tensor.external_data.add()
    tensor.data_location, entry.key, entry.value = TensorProto.EXTERNAL, "location", "/etc/passwd"
    return resigned(world, bytes(model.SerializeToString()))


def forbidden_operator(world: World) -> Path:
    node = helper.make_node("RandomUniformLike", ["picture"], ["result"])
    return resigned(world, model_bytes([node], {"picture": [1, 3, "h", "w"]}, {"result": [1, 3, "h", "w"]}))


def resigned(world: World, model: bytes) -> Path:
    """A package whose graph was exchanged by someone who holds the key."""
    folder = picture_package(world.root / "made", world.private, "evil")
    (folder / "model.onnx").write_bytes(model)
    sign(folder, world.private)
    return folder


def flipped(file: str) -> Callable[[World], Path]:
    def build(world: World) -> Path:
        folder = picture_package(world.root / "made", world.private, "evil")
        flip(folder, file)
        return folder

    return build


def unsigned(world: World) -> Path:
    folder = picture_package(world.root / "made", world.private, "evil")
    (folder / "signature").unlink()
    return folder


def slipping(world: World) -> Path:
    folder = picture_package(world.root / "made", world.private, "evil")
    return zipped(folder, world.root / "evil.zip", **{"../../../evil.txt": "x"})


def lying(world: World) -> Path:
    """Its golden sample is not what the graph gives: as on a device that computes wrong."""
    graphs = {"model": {"file": "model.onnx", "inputs": [port("picture")], "outputs": [port("result")]}}
    wrong = {"model": {"result": np.zeros((1, 3, 12, 16), np.float32)}}
    return write_package(
        world.root / "made", card("evil", graphs=graphs, tiling=tiling()), {"model": convolution(3, 1)},
        {"model": {"picture": small_picture()}}, world.private, expected=wrong,
    )  # fmt: skip


REFUSED: dict[str, tuple[Callable[[World], Path], str]] = {
    "one flipped byte in the graph": (flipped("model.onnx"), "altered"),
    "one flipped byte in the card": (flipped("card.json"), "altered"),
    "one flipped byte in the golden sample": (flipped("golden.npz"), "altered"),
    "one flipped byte in the manifest": (flipped("manifest.json"), "refused"),
    "one flipped byte in the signature": (flipped("signature"), "altered"),
    "unsigned": (unsigned, "not signed"),
    "another key": (lambda w: picture_package(w.root / "made", new_key(w.root / "author"), "evil"), "not trusted"),
    "external data": (external_data, "another file"),
    "a forbidden operator": (forbidden_operator, "RandomUniformLike"),
    "zip slip": (slipping, "outside its folder"),
    "a golden sample that comes out wrong": (lying, "wrong results"),
    "no package": (lambda world: paint(world.root / "picture.png"), "cannot be installed|can be installed"),
    "not there": (lambda world: world.root / "nothing.zip", "not there"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_trusted_is_refused_in_one_sentence(gesso: Typed, world: World, kind: str) -> None:
    build, why = REFUSED[kind]
    answer = gesso("models", "install", build(world))
    assert answer.code == 1 and any(part in answer.err for part in why.split("|")) and answer.err.count("\n") == 1
    assert installed(world) == [] and not list(world.root.rglob("evil.txt"))
    assert gesso("models", "show", "evil").code == 1


def test_an_author_is_trusted_by_their_key(gesso: Typed, world: World) -> None:
    package = picture_package(world.root / "made", new_key(world.root / "author"), "theirs")
    assert gesso("models", "install", package).code == 1
    key = next((world.root / "author").glob("*.pub"))
    assert "may be installed from now on" in gesso("models", "trust", key).out
    assert gesso("models", "install", package).code == 0
    assert "signed by tests" in gesso("models", "list").out
    assert gesso("models", "trust", paint(Path("a.png"))).code == 1


def test_an_older_version_does_not_slip_in(gesso: Typed, world: World, made: Path) -> None:
    assert gesso("models", "install", made).code == 0
    older = upscale(world.root / "older", world.private, version="1.0.5")
    answer = gesso("models", "install", older)
    assert answer.code == 1 and "older" in answer.err


def test_verify_finds_the_one_that_was_altered(gesso: Typed, world: World) -> None:
    assert gesso("models", "verify", "--device", "cpu").code == 0
    flip(world.models / "upscale-x2-best" / "1.0.0", "model.onnx")
    answer = gesso("models", "verify", "--json")
    assert answer.code == 1
    assert {entry["name"]: entry["sound"] for entry in answer.json} == {
        "denoise-blind": True, "line-art": True, "stylise": True, "upscale-x2-best": False, "upscale-x2-fast": True,
    }  # fmt: skip
    assert "altered" in gesso("models", "list").out
    assert gesso("models", "verify", "stylise").code == 0


def test_a_device_that_lies_is_barred_and_said(gesso: Typed, world: World) -> None:
    lying(world).parent.rename(world.models / "evil")
    answer = gesso("models", "verify", "evil")
    assert answer.code == 1 and "came out wrong by" in answer.out and "CPU" in answer.out
    answer = gesso("doctor", "--json", "--device", "cpu")
    assert answer.code == 1 and not answer.json["can_work"]
    assert any("came out wrong" in trouble for trouble in answer.json["trouble"])


def test_two_versions_are_compared_on_a_picture(gesso: Typed, world: World, made: Path) -> None:
    assert gesso("models", "install", made, "--device", "cpu").code == 0
    picture = paint(Path("画 a.png"))
    versions = ("upscale-x2-best@1.0.0", "upscale-x2-best@1.1.0")
    answer = gesso("models", "compare", picture, *versions, "-o", "both.png", "--json", "--device", "cpu")
    assert answer.code == 0
    assert [one["version"] for one in answer.json["models"]] == ["1.0.0", "1.1.0"]
    assert answer.json["difference"]["mean"] > 0 and answer.json["models"][0]["device"] == "cpu"
    both = pixels("both.png")
    assert both.shape == (32, 2 * 48, 3)
    for view in ("split", "difference"):
        assert gesso("models", "compare", picture, *versions, "-o", f"{view}.png", "--view", view).code == 0
    assert (pixels("split.png")[:, :24] == both[:, :24]).all()
    assert (pixels("split.png")[:, 24:] == both[:, 48 + 24 :]).all()
    assert pixels("difference.png").shape == (32, 48, 3)
    same = gesso("models", "compare", picture, versions[0], versions[0], "-o", "same.png")
    assert "0 % of the pixels look different" in same.out


def test_what_cannot_be_compared_is_said(gesso: Typed, world: World) -> None:
    picture = paint(Path("a.png"))
    for first, second, why in (
        ("upscale-x2-best", "stylise", "not for the same task"),
        ("upscale-x2-best", "upscale-x2-best@9.0.0", "not installed"),
        ("nothing", "stylise", "not installed"),
    ):
        answer = gesso("models", "compare", picture, first, second, "-o", "b.png")
        assert answer.code == 1 and why in answer.err and not Path("b.png").exists()
    assert gesso("models", "compare", "gone.png", "stylise", "stylise", "-o", "b.png").code == 1
    paint(Path("b.png"))
    answer = gesso("models", "compare", picture, "stylise", "stylise", "-o", "b.png")
    assert answer.code == 1 and "already there" in answer.err


def test_a_card_of_an_older_version_and_how_it_went_here(gesso: Typed, world: World, made: Path) -> None:
    assert gesso("models", "install", made, "--device", "cpu").code == 0
    assert gesso("models", "show", "upscale-x2-best", "1.0.0", "--json").json["version"] == "1.0.0"
    assert gesso("models", "show", "upscale-x2-best", "--json").json["version"] == "1.1.0"
    tested = {
        entry["version"]: entry["tested"]
        for entry in gesso("models", "list", "--json").json
        if entry["name"] == "upscale-x2-best"
    }
    assert tested["1.0.0"] is None and tested["1.1.0"]["right"] and tested["1.1.0"]["device"] == "cpu"


def test_a_card_is_read_in_chinese(gesso: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    shown = gesso("models", "show", "stylise").out
    assert "无附加条件" in shown and "最佳质量" in shown
