"""The shelf's care: what is looked into is not installed, who is trusted no longer is refused, what ships stays."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gesso.engine import SelfTest, SelfTests, Shelf, explanations, reach
from gesso.values import Trouble
from tests.packages import card as card_of
from tests.packages import convolution, new_key, picture_package, port, small_picture, tiling, write_package


def test_looking_into_a_package_installs_nothing(shelf: Shelf, private: Ed25519PrivateKey, tmp_path: Path) -> None:
    made = picture_package(tmp_path / "made", private, version="1.2.0")
    assert shelf.examine(made).version == "1.2.0"
    assert shelf.names() == [] and list(shelf.installed.iterdir()) == []
    shelf.install(made)
    older = picture_package(tmp_path / "older", private, version="1.1.0")
    with pytest.raises(Trouble, match="older than what was installed"):
        shelf.examine(older)


def test_an_author_who_is_trusted_no_longer_is_refused_at_once(shelf: Shelf, tmp_path: Path) -> None:
    theirs = new_key(tmp_path / "author")
    key = shelf.trust.add(next((tmp_path / "author").glob("*.pub")))
    shelf.install(picture_package(tmp_path / "made", theirs, "theirs"))
    assert shelf.open("theirs").signer.owner == "tests"
    shelf.trust.remove(key.id)
    with pytest.raises(Trouble, match="not trusted"):
        shelf.open("theirs")


def test_another_key_is_told_from_an_alteration(shelf: Shelf, tmp_path: Path) -> None:
    with pytest.raises(Trouble) as refused:
        shelf.examine(picture_package(tmp_path / "made", new_key(tmp_path / "stranger"), "theirs"))
    assert "not trusted" in str(refused.value) and "trust their key first" in str(refused.value)


def test_what_came_with_gesso_stays(shelf: Shelf, private: Ed25519PrivateKey) -> None:
    picture_package(shelf.shipped, private)
    with pytest.raises(Trouble, match="came with Gesso and cannot be removed"):
        shelf.remove("tiny", "1.0.0")
    with pytest.raises(Trouble, match="was not installed by you"):
        shelf.remove("tiny", "9.0.0")
    assert shelf.versions("tiny") == ["1.0.0"]


def test_a_folder_that_cannot_be_written_is_one_sentence(
    shelf: Shelf, private: Ed25519PrivateKey, tmp_path: Path
) -> None:
    made = picture_package(tmp_path / "made", private)
    shelf.installed.write_text("a file where the folder should be")
    with pytest.raises(Trouble, match="could not be copied to the models of this computer"):
        shelf.examine(made)


# --- what is remembered --------------------------------------------------------------------------------------------


def test_what_ran_here_is_remembered_from_day_to_day(tmp_path: Path) -> None:
    file = tmp_path / "家" / "tested.json"
    book = SelfTests(file)
    assert book.of("a") is None
    book.note("a", SelfTest("cpu", True, "2026-01-01T10:00:00+00:00"))
    assert SelfTests(file).of("a") == SelfTest("cpu", True, "2026-01-01T10:00:00+00:00")
    written = file.stat().st_mtime_ns
    os.utime(file, ns=(1, 1))
    book.note("a", SelfTest("cpu", True, "2026-01-01T11:00:00+00:00"))
    assert file.stat().st_mtime_ns == 1 != written, "the same on the same day is not written again"
    book.note("a", SelfTest("cuda", False, "2026-01-01T12:00:00+00:00"))
    assert not SelfTests(file).of("a").is_right


@pytest.mark.parametrize("content", ["", "[]", '{"a": 3}', '{"a": {"device": "cpu"}}', "{" * 50])
def test_a_damaged_memory_is_an_empty_one(tmp_path: Path, content: str) -> None:
    file = tmp_path / "tested.json"
    file.write_text(content)
    book = SelfTests(file)
    assert book.of("a") is None
    book.note("a", SelfTest("cpu", True, "2026-01-01"))
    assert json.loads(file.read_text())["a"]["is_right"] is True


def test_a_memory_that_cannot_be_written_keeps_nobody_from_working(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    book = SelfTests(tmp_path / "file" / "tested.json")
    book.note("a", SelfTest("cpu", True, "2026-01-01"))
    assert book.of("a") is not None
    assert stat.S_ISREG((tmp_path / "file").stat().st_mode)


# --- what explains -------------------------------------------------------------------------------------------------


def test_a_card_names_what_explains_it(shelf: Shelf, private: Ed25519PrivateKey) -> None:
    graphs = {
        key: {"file": f"{key}.onnx", "inputs": [port("picture")], "outputs": [port("result")]}
        for key in ("model", "cam")
    }
    entry = [
        {"method": "cam", "graph": "cam"},
        {"method": "receptive_field", "asset": "seen.png"},
        {"method": "occlusion"},
        {"method": "cam", "graph": "nowhere"},
        {"method": "receptive_field", "asset": "nowhere.png"},
        {"method": "surprise", "graph": "model"},
    ]
    made = card_of("tiny", graphs=graphs, tiling=tiling(halo_px=5), explain=entry)
    models = {"model": convolution(3, 2), "cam": convolution(3, 1)}
    golden = {key: {"picture": small_picture()} for key in models}
    write_package(shelf.shipped, made, models, golden, private, {"seen.png": b"picture"})
    package = shelf.open("tiny")
    assert [one.method for one in explanations(package)] == ["cam", "receptive_field", "occlusion"]
    found = reach(package.card)
    assert found is not None and found.px == 5 and not found.sees_all


def test_most_cards_explain_nothing(shelf: Shelf, private: Ed25519PrivateKey) -> None:
    picture_package(shelf.shipped, private)
    assert explanations(shelf.open("tiny")) == []
