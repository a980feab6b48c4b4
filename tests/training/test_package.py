"""Packages: exported as torch computes, read back as they were trained, signed, and refused when altered."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from numpy.typing import NDArray
from torch import Tensor, nn

from gesso_training import package, signing
from gesso_training.models.denoise import publish as denoise_publish
from gesso_training.models.line_art import publish as line_art_publish
from gesso_training.models.stylise import publish as stylise_publish
from gesso_training.models.upscale import publish as upscale_publish
from gesso_training.models.upscale.network import Upscale
from gesso_training.models.upscale.publish import graph_of
from tests import packages


def random_upscale(seed: int = 1) -> Upscale:
    torch.manual_seed(seed)
    network = Upscale(2, 6, 1)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.02)
    return network


def card_of(version: str = "1.0.0") -> dict[str, Any]:
    graphs = {
        "model": {"file": "model.onnx", "inputs": [packages.port("picture")], "outputs": [packages.port("enlarged")]}
    }
    return packages.card("tiny", version, graphs=graphs, tiling=packages.tiling(scale=2))


def write(shelf: Path, private: Ed25519PrivateKey, network: nn.Module | None = None, version: str = "1.0.0") -> Path:
    golden = {"model": {"picture": package.sample(20, 24, 1)}}
    odd = {"model": [{"picture": package.sample(17, 31, 2)}]}
    graphs = {"model": graph_of(network or random_upscale())}
    return package.write(shelf, card_of(version), graphs, golden, private, {"notes.txt": b"read me"}, odd)


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Ed25519PrivateKey]:
    """A shelf with one package, the public keys, and the private one."""
    root = tmp_path_factory.mktemp("workshop")
    signing.new_key(root / "private" / "release.key", root / "keys", "tests")
    private = signing.read_private(root / "private" / "release.key")
    write(root / "shelf", private)
    return root / "shelf", root / "keys", private


@pytest.fixture
def written(workshop: tuple[Path, Path, Ed25519PrivateKey], tmp_path: Path) -> Path:
    """A copy of the package, to be tampered with."""
    folder = tmp_path / "shelf" / "tiny" / "1.0.0"
    source = workshop[0] / "tiny" / "1.0.0"
    for file in source.iterdir():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / file.name).write_bytes(file.read_bytes())
    return folder


def test_what_is_packaged_computes_what_torch_computes_at_any_size(written: Path) -> None:
    network = random_upscale().eval()
    for height, width in ((20, 24), (9, 41), (1, 1)):
        picture = np.random.default_rng(height).random((1, 3, height, width), dtype=np.float32)
        (found,) = package.run((written / "model.onnx").read_bytes(), {"picture": picture}).values()
        with torch.no_grad():
            expected = network(torch.from_numpy(picture)).clamp(0, 1).numpy()
        assert found.shape == (1, 3, 2 * height, 2 * width)
        assert np.abs(found - expected).max() < 1e-5


def test_the_file_says_nothing_of_the_machine_that_made_it(written: Path) -> None:
    content = (written / "model.onnx").read_bytes()
    for word in (b"/home", b"site-packages", b"torch", b".py", b"onnxscript"):
        assert word not in content


def test_weights_are_read_back_exactly_as_they_were_trained(written: Path) -> None:
    network = random_upscale()
    found = package.read_back(written, "model.onnx", network.state_dict(), "network.")
    assert found.keys() == network.state_dict().keys()
    assert all(torch.equal(found[name], value) for name, value in network.state_dict().items())


def equal_shifts() -> Upscale:
    network = random_upscale()
    with torch.no_grad():
        shift = torch.linspace(-0.1, 0.1, len(network.tail.bias))
        network.tail.bias.copy_(shift)  # as after training: both ends see the same gradient
        network.past.bias.copy_(shift)
        network.head.bias.zero_()
    return network


def test_equal_and_zero_shifts_that_the_exporter_folds_away_are_read_back(
    workshop: tuple[Path, Path, Ed25519PrivateKey], tmp_path: Path
) -> None:
    network = equal_shifts()
    folder = write(tmp_path, workshop[2], network)
    found = package.read_back(folder, "model.onnx", network.state_dict(), "network.")
    assert all(torch.equal(found[name], value) for name, value in network.state_dict().items())


def test_another_network_or_an_altered_file_is_not_read_back(written: Path) -> None:
    with pytest.raises(ValueError, match="holds another network"):
        package.read_back(written, "model.onnx", Upscale(2, 8, 1).state_dict(), "network.")
    flip(written / "model.onnx")
    with pytest.raises(ValueError, match=r"model\.onnx differs from the manifest"):
        package.read_back(written, "model.onnx", random_upscale().state_dict(), "network.")


def test_a_sound_package_is_sound(workshop: tuple[Path, Path, Ed25519PrivateKey], written: Path) -> None:
    assert package.verify(written, workshop[1]) == []
    manifest = json.loads((written / "manifest.json").read_bytes())
    assert set(manifest["files"]) == {"card.json", "golden.npz", "model.onnx", "notes.txt"}
    assert (written / "manifest.json").read_bytes() == signing.canonical(manifest)
    for name, facts in manifest["files"].items():
        assert facts["sha256"] == hashlib.sha256((written / name).read_bytes()).hexdigest()


def flip(file: Path, at: int | None = None) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2 if at is None else at] ^= 1
    file.write_bytes(content)


@pytest.mark.parametrize("name", ["card.json", "golden.npz", "model.onnx", "notes.txt", "manifest.json", "signature"])
def test_one_flipped_byte_anywhere_is_found(
    workshop: tuple[Path, Path, Ed25519PrivateKey], written: Path, name: str
) -> None:
    flip(written / name)
    assert package.verify(written, workshop[1])


def test_missing_files_added_files_and_unknown_keys_are_found(
    workshop: tuple[Path, Path, Ed25519PrivateKey], written: Path, tmp_path: Path
) -> None:
    (tmp_path / "nobody").mkdir()
    assert package.verify(written, tmp_path / "nobody") == ["it is signed by an unknown key"]
    (written / "more.txt").write_text("added")
    assert package.verify(written, workshop[1]) == ["more.txt differs from the manifest"]
    (written / "more.txt").unlink()
    (written / "notes.txt").unlink()
    assert package.verify(written, workshop[1]) == ["notes.txt differs from the manifest"]
    (written / "signature").unlink()
    assert package.verify(written, workshop[1]) == ["it is incomplete or damaged (FileNotFoundError)"]


def test_a_package_that_lies_under_another_name_or_version_is_found(
    workshop: tuple[Path, Path, Ed25519PrivateKey], written: Path
) -> None:
    other = written.rename(written.with_name("1.0.1"))
    assert package.verify(other, workshop[1]) == ["it is signed as tiny 1.0.0"]
    other.rename(written)
    signing.sign(written, "tiny", "1.0.1", workshop[2])
    written.rename(other)
    assert package.verify(other, workshop[1]) == ["its card says tiny 1.0.0"]


def test_a_golden_sample_that_the_graph_does_not_give_is_found(
    workshop: tuple[Path, Path, Ed25519PrivateKey], written: Path
) -> None:
    with np.load(written / "golden.npz") as golden:
        arrays = {name: golden[name] for name in golden.files}
    arrays["model/out/enlarged"] = arrays["model/out/enlarged"] + 0.01
    np.savez(written / "golden.npz", **arrays)
    signing.sign(written, "tiny", "1.0.0", workshop[2])  # well signed, yet wrong
    (fault,) = package.verify(written, workshop[1])
    assert fault == "golden 'model/enlarged' is off by 0.01"


def test_nothing_stands_on_the_shelf_when_torch_and_onnx_differ(
    workshop: tuple[Path, Path, Ed25519PrivateKey], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = (workshop[0] / "tiny" / "1.0.0" / "model.onnx").read_bytes()
    monkeypatch.setattr(package, "export", lambda graph: foreign)
    with pytest.raises(ValueError, match=r"'enlarged' differs by .* between torch and ONNX Runtime"):
        write(tmp_path / "shelf", workshop[2], random_upscale(seed=2))
    assert package.all_versions(tmp_path / "shelf") == [] and not list((tmp_path / "shelf").iterdir())


class Forgetful(nn.Module):
    """Says something else whenever it is asked."""

    def __init__(self, value: float) -> None:
        super().__init__()
        self.value = nn.Parameter(torch.tensor([value]))

    def forward(self, picture: Tensor) -> Tensor:
        return picture * self.value


def test_an_answer_that_is_not_a_number_is_refused() -> None:
    example: dict[str, NDArray[np.float32]] = {"picture": np.ones((1, 3, 4, 4), np.float32)}
    graph = package.Graph("model.onnx", Forgetful(float("nan")), example, ["result"])
    doubling = packages.model_bytes(
        [packages.helper.make_node("Add", ["picture", "picture"], ["result"])],
        {"picture": [1, 3, 4, 4]}, {"result": [1, 3, 4, 4]},
    )  # fmt: skip
    with pytest.raises(ValueError, match="differs by nan"):
        package.compare(graph, doubling, example)


def test_a_card_that_lacks_something_is_refused_before_anything_is_made(
    workshop: tuple[Path, Path, Ed25519PrivateKey], tmp_path: Path
) -> None:
    for lacking in ("limits", "licence", "terms", "data"):
        card = card_of()
        del card[lacking]
        with pytest.raises(ValueError, match=f"^The card of tiny is not as the schema says: '{lacking}' is a required"):
            package.write(tmp_path / "shelf", card, {}, {}, workshop[2])
    assert not (tmp_path / "shelf").exists()


def test_a_card_of_a_newer_format_is_named(workshop: tuple[Path, Path, Ed25519PrivateKey], written: Path) -> None:
    card = json.loads((written / "card.json").read_text(encoding="utf-8"))
    (written / "card.json").write_text(json.dumps({**card, "format": 2}), encoding="utf-8")
    signing.sign(written, "tiny", "1.0.0", workshop[2])
    assert package.verify(written, workshop[1]) == [
        "its card is of format 2, which is newer than what is known here (1)"
    ]


def test_a_version_is_replaced_in_one_move_and_the_newest_is_by_number(
    workshop: tuple[Path, Path, Ed25519PrivateKey], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exported = (workshop[0] / "tiny" / "1.0.0" / "model.onnx").read_bytes()
    monkeypatch.setattr(package, "export", lambda graph: exported)  # once is enough
    for version in ("1.9.0", "1.10.0", "1.10.0"):
        folder = write(tmp_path, workshop[2], version=version)
    assert package.newest(tmp_path, "tiny") == folder == tmp_path / "tiny" / "1.10.0"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["tiny"]
    (tmp_path / "tiny" / "draft").mkdir()
    (tmp_path / "tiny" / "draft" / "card.json").write_text("{}")
    assert [f.name for f in package.all_versions(tmp_path)] == ["1.9.0", "1.10.0"]


SHELF = Path(package.__file__).parents[2] / "resources" / "models"
WEIGHTS = {
    "painting.upscale": upscale_publish.weights_in,
    "painting.stylise": stylise_publish.weights_in,
    "painting.denoise": denoise_publish.weights_in,
    "painting.line-art": line_art_publish.weights_in,
}


def test_every_package_that_ships_is_sound_and_can_be_started_from() -> None:
    folders = package.all_versions(SHELF)
    assert folders
    for folder in folders:
        assert package.verify(folder, SHELF.parent / "keys") == []
        card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
        if card["task"] == "painting.tag":  # its weights are folded for the studio; see its `weights_in`
            continue
        weights = WEIGHTS[card["task"]](folder)
        assert all(bool(value.isfinite().all()) for value in weights.values())
        assert any(value.abs().max() > 0 for value in weights.values())


def test_the_studio_trusts_what_the_training_house_signs(
    workshop: tuple[Path, Path, Ed25519PrivateKey], tmp_path: Path
) -> None:
    from gesso.engine.package import verify
    from gesso.engine.trust import Trust

    opened = verify(workshop[0] / "tiny" / "1.0.0", Trust(workshop[1], tmp_path / "artist"))
    assert (opened.name, opened.version, opened.signer.is_release) == ("tiny", "1.0.0", True)
    assert opened.card.tiling is not None and opened.card.tiling.scale == 2
