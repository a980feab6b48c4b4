"""Packages that may be used and packages that may not."""

from __future__ import annotations

import contextlib
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper

from gesso.engine import Shelf, Trust, verify
from gesso.engine.protobuf_scan import scan
from gesso.values import Trouble
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
    trust_in,
)


def test_a_sound_package_opens(shelf: Shelf, private: Ed25519PrivateKey) -> None:
    folder = picture_package(shelf.shipped, private)
    package = verify(folder, shelf.trust)
    assert (package.name, package.version, package.card.task) == ("tiny", "1.0.0", "painting.test")
    assert package.golden["model"]["in/picture"].shape == (1, 3, 12, 16)


@pytest.mark.parametrize("file", ["model.onnx", "card.json", "golden.npz", "manifest.json", "signature"])
def test_one_flipped_bit_is_noticed_in_every_file(shelf: Shelf, private: Ed25519PrivateKey, file: str) -> None:
    folder = picture_package(shelf.shipped, private)
    content = bytearray((folder / file).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / file).write_bytes(content)
    with pytest.raises(Trouble, match="refused"):
        verify(folder, shelf.trust)


@pytest.mark.parametrize("file", ["model.onnx", "card.json", "golden.npz", "manifest.json", "signature"])
def test_a_missing_or_cut_file_is_noticed(shelf: Shelf, private: Ed25519PrivateKey, file: str) -> None:
    folder = picture_package(shelf.shipped, private)
    content = (folder / file).read_bytes()
    (folder / file).write_bytes(content[: len(content) // 2])
    with pytest.raises(Trouble, match="refused"):
        verify(folder, shelf.trust)
    (folder / file).unlink()
    with pytest.raises(Trouble, match="refused"):
        verify(folder, shelf.trust)


def test_another_key_is_not_trusted_until_the_artist_says_so(
    shelf: Shelf, private: Ed25519PrivateKey, tmp_path: Path
) -> None:
    author = new_key(tmp_path / "author")
    folder = picture_package(shelf.shipped, author, "theirs")
    with pytest.raises(Trouble, match="not trusted"):
        verify(folder, shelf.trust)
    key = shelf.trust.add(next((tmp_path / "author").glob("*.pub")))
    assert not verify(folder, shelf.trust).signer.is_release
    shelf.trust.remove(key.id)
    with pytest.raises(Trouble, match="not trusted"):
        verify(folder, shelf.trust)


def test_a_release_key_is_never_taken_from_the_artists_list(
    tmp_path: Path, private: Ed25519PrivateKey, trust: Trust
) -> None:
    release = trust.keys[0]
    trust.remove(release.id)
    assert trust.key(release.id) is not None


def resigned(folder: Path, private: Ed25519PrivateKey, **changes: object) -> Path:
    made = json.loads((folder / "card.json").read_text())
    for key, value in changes.items():
        if value is None:
            made.pop(key)
        else:
            made[key] = value
    (folder / "card.json").write_text(json.dumps(made))
    sign(folder, private)
    return folder


@pytest.mark.parametrize("field", ["licence", "terms", "data", "golden", "graphs", "limits"])
def test_a_card_without_what_it_must_say_is_refused(shelf: Shelf, private: Ed25519PrivateKey, field: str) -> None:
    folder = resigned(picture_package(shelf.shipped, private), private, **{field: None})
    with pytest.raises(Trouble, match=field):
        verify(folder, shelf.trust)


def test_a_card_for_a_newer_engine_says_so(shelf: Shelf, private: Ed25519PrivateKey) -> None:
    folder = resigned(picture_package(shelf.shipped, private), private, minimum_engine=99)
    with pytest.raises(Trouble, match="newer Gesso"):
        verify(folder, shelf.trust)


def test_a_manifest_that_points_elsewhere_is_refused(shelf: Shelf, private: Ed25519PrivateKey) -> None:
    from gesso.engine.trust import canonical

    folder = picture_package(shelf.shipped, private)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    manifest["files"]["../../secret"] = {"sha256": "0" * 64, "bytes": 1}
    written = canonical(manifest)
    (folder / "manifest.json").write_bytes(written)
    (folder / "signature").write_bytes(private.sign(written))
    with pytest.raises(Trouble, match="impossible files"):
        verify(folder, shelf.trust)


# --- graphs ------------------------------------------------------------------------------------------------------


def test_the_scan_names_the_operators() -> None:
    assert scan(convolution(3, 2)) == {"Conv", "Sigmoid", "DepthToSpace"}


def identity(domain: str = "") -> bytes:
    nodes = [helper.make_node("Identity", ["picture"], ["result"], domain=domain)]
    return model_bytes(nodes, {"picture": [1]}, {"result": [1]})


def test_a_forbidden_operator_is_refused() -> None:
    node = helper.make_node("RandomNormal", [], ["result"], shape=[1])
    with pytest.raises(Trouble, match="RandomNormal"):
        scan(model_bytes([node], {}, {"result": [1]}))


def test_operators_from_elsewhere_are_refused() -> None:
    with pytest.raises(Trouble, match="from elsewhere"):
        scan(identity(domain="com.microsoft"))


def test_external_data_is_refused() -> None:
    import onnx

    model = onnx.load_model_from_string(convolution(3, 1))
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", "/etc/passwd"
    with pytest.raises(Trouble, match="another file"):
        scan(model.SerializeToString())


def test_functions_and_hidden_subgraphs_are_refused() -> None:
    import onnx

    model = onnx.load_model_from_string(identity())
    model.functions.add().name = "f"
    with pytest.raises(Trouble, match="field 25"):
        scan(model.SerializeToString())
    inner = helper.make_graph(
        [helper.make_node("Bernoulli", ["x"], ["y"])],
        "g",
        [],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1])],
    )
    branch = helper.make_node("If", ["c"], ["result"], then_branch=inner, else_branch=inner)
    with pytest.raises(Trouble, match="Bernoulli"):
        scan(model_bytes([branch], {"c": [1]}, {"result": [1]}))


@given(st.binary(max_size=400))
def test_random_bytes_only_ever_give_trouble(content: bytes) -> None:
    with pytest.raises(Trouble):
        scan(content)


@given(at=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_a_damaged_graph_never_does_worse_than_trouble(at: int, bit: int) -> None:
    content = bytearray(convolution(3, 1))
    content[at % len(content)] ^= 1 << bit
    with contextlib.suppress(Trouble):
        scan(bytes(content))


# --- the shelf ---------------------------------------------------------------------------------------------------


def zipped(folder: Path, target: Path, **extra: str) -> Path:
    with zipfile.ZipFile(target, "w") as archive:
        for path in folder.rglob("*"):
            if path.is_file():
                archive.write(path, path.relative_to(folder).as_posix())
        for name, content in extra.items():
            archive.writestr(name, content)
    return target


def test_install_pin_roll_back_remove(shelf: Shelf, private: Ed25519PrivateKey, tmp_path: Path) -> None:
    picture_package(shelf.shipped, private, version="1.0.0")
    newer = picture_package(tmp_path / "made", private, version="1.2.0")
    assert shelf.install(zipped(newer, tmp_path / "新 tiny.zip")).version == "1.2.0"
    assert shelf.open("tiny").version == "1.2.0"
    assert shelf.rollback("tiny") == "1.0.0"
    assert shelf.open("tiny").version == "1.0.0"
    shelf.unpin("tiny")
    assert shelf.open("tiny").version == "1.2.0"
    shelf.remove("tiny", "1.2.0")
    assert shelf.open("tiny").version == "1.0.0"
    with pytest.raises(Trouble, match="came with Gesso and cannot be removed"):
        shelf.remove("tiny", "1.0.0")


def test_an_older_version_cannot_slip_in(shelf: Shelf, private: Ed25519PrivateKey, tmp_path: Path) -> None:
    for version in ("2.0.0", "1.0.0"):
        picture_package(tmp_path / "made", private, version=version)
    shelf.install(tmp_path / "made" / "tiny" / "2.0.0")
    shelf.remove("tiny", "2.0.0")
    with pytest.raises(Trouble, match="older"):
        shelf.install(tmp_path / "made" / "tiny" / "1.0.0")
    assert shelf.versions("tiny") == []


def test_a_broken_newest_version_leaves_the_one_before_in_use(shelf: Shelf, private: Ed25519PrivateKey) -> None:
    picture_package(shelf.shipped, private, version="1.0.0")
    broken = picture_package(shelf.shipped, private, version="1.1.0")
    (broken / "model.onnx").write_bytes(b"")
    assert shelf.open("tiny").version == "1.0.0"


@pytest.mark.parametrize("evil", ["../evil.txt", "/evil.txt", "a/../../evil.txt", "C:/evil.txt", "..\\evil.txt"])
def test_zip_slip_writes_nothing(shelf: Shelf, private: Ed25519PrivateKey, tmp_path: Path, evil: str) -> None:
    made = picture_package(tmp_path / "made", private)
    source = zipped(made, tmp_path / "evil.zip", **{evil: "x"})
    with pytest.raises(Trouble, match="outside its folder"):
        shelf.install(source)
    assert not list(tmp_path.rglob("evil.txt")) and shelf.versions("tiny") == []


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not really", b"\x00" * 5000])
def test_what_is_no_zip_is_refused(shelf: Shelf, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "broken.zip").write_bytes(content)
    with pytest.raises(Trouble, match=r"cannot|can be installed"):
        shelf.install(tmp_path / "broken.zip")


def test_a_missing_model_is_one_sentence(shelf: Shelf) -> None:
    with pytest.raises(Trouble, match="not installed"):
        shelf.open("nothing")


def test_golden_must_fit_the_ports(tmp_path: Path) -> None:
    private = new_key(tmp_path / "release")
    folder = picture_package(tmp_path / "shipped", private)
    np.savez(folder / "golden.npz", **{"model/in/other": small_picture()})
    sign(folder, private)
    with pytest.raises(Trouble, match="golden"):
        verify(folder, trust_in(tmp_path))


def test_builders_agree_with_the_schema() -> None:
    made = card(
        "x", graphs={"model": {"file": "m.onnx", "inputs": [port("a")], "outputs": [port("b")]}}, tiling=tiling()
    )
    from gesso.engine.card import read_card

    assert read_card(json.dumps(made).encode()).tiling is not None
