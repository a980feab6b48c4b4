"""CIFAR-10: an archive read as a stream, splits that never move, batches, whitening, and a judge that can count."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from gesso_training.models.classify_cifar10 import room
from gesso_training.models.classify_cifar10.data import (
    ARCHIVE,
    CLASSES,
    Epochs,
    Pictures,
    as_tensor,
    read,
    shifted,
    split,
)
from gesso_training.models.classify_cifar10.judge import accuracy, one_look, recalls, six_looks
from gesso_training.models.classify_cifar10.network import WHITENED, CaseStudy, Whitened
from gesso_training.models.classify_cifar10.recipe import RECIPES, Learning
from gesso_training.registry import Places

EACH = 20


def jpeg(seed: int, side: int = 32) -> bytes:
    content = io.BytesIO()
    pixels = np.random.default_rng(seed).integers(0, 256, (side, side, 3), np.uint8)
    Image.fromarray(pixels).save(content, "JPEG")
    return content.getvalue()


def archive(data: Path, files: dict[str, bytes]) -> Path:
    path = data / ARCHIVE
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:xz", preset=0) as made:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            made.addfile(member, io.BytesIO(content))
    return path


def usual() -> dict[str, bytes]:
    names = [f"train/{name}/{at:04}.jpg" for name in CLASSES for at in range(EACH)]
    names += [f"test/{name}/{at:04}.jpg" for name in CLASSES for at in range(3)]
    return {name: jpeg(number) for number, name in enumerate(names)}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("cifar")
    archive(data, usual())
    return data


def test_an_archive_is_read_once_and_then_from_the_cache(small: Path, tmp_path: Path) -> None:
    first = read(small, tmp_path)
    [kept] = tmp_path.iterdir()
    written = kept.stat().st_mtime_ns
    again = read(small, tmp_path)
    assert kept.stat().st_mtime_ns == written
    assert np.array_equal(first.train.pixels, again.train.pixels)
    assert [len(part.labels) for part in (first.train, first.validation, first.test)] == [180, 20, 30]
    assert np.bincount(first.validation.labels).tolist() == [EACH // 10] * 10


def test_a_picture_stays_in_its_split_whatever_comes_beside_it() -> None:
    names = np.array(
        [f"{part}/{name}/{at:04}.jpg" for part in ("train", "test") for name in CLASSES for at in range(20)]
    )
    pixels = np.arange(len(names), dtype=np.uint8)[:, None, None, None] * np.ones((1, 32, 32, 3), np.uint8)
    order = np.random.default_rng(1).permutation(len(names))
    one, other = split(pixels, names), split(pixels[order], names[order])
    assert sorted(one.validation.pixels[:, 0, 0, 0]) == sorted(other.validation.pixels[:, 0, 0, 0])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda files: files.update({"train/cat/0000.jpg": b"no picture"}), "damaged"),
        (lambda files: files.update({"train/cat/0000.jpg": jpeg(1, 40)}), "not 32x32"),
        (lambda files: files.update({"../out.jpg": jpeg(1)}), "does not belong"),
        (lambda files: files.update({"train/unicorn/0000.jpg": jpeg(1)}), "does not belong"),
        (lambda files: files.update({"train/cat/0000.jpg": b"0" * 70_000}), "does not belong"),
        (lambda files: [files.pop(name) for name in list(files) if name.startswith("train/frog/")], "no picture of 'frog'"),
        (lambda files: files.clear(), "no picture"),
    ],
)  # fmt: skip
def test_an_archive_that_is_not_cifar_is_refused_in_a_sentence(tmp_path: Path, change: object, says: str) -> None:
    files = usual()
    change(files)
    archive(tmp_path, files)
    with pytest.raises(ValueError, match=says):
        read(tmp_path, tmp_path / "cache")


def test_a_broken_or_missing_archive_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="CIFAR-10 is not in"):
        read(tmp_path, tmp_path / "cache")
    path = archive(tmp_path, usual())
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(ValueError, match="damaged"):
        read(tmp_path, tmp_path / "cache")
    assert not list((tmp_path / "cache").glob("*"))


def numbered(count: int) -> Pictures:
    pixels = np.zeros((count, 32, 32, 3), np.uint8)
    pixels[..., 0], pixels[:, :, :16, 1] = np.arange(count)[:, None, None], 255
    return Pictures(pixels, np.arange(count) % 10)


def test_an_epoch_holds_every_picture_once_and_the_next_one_mirrors_it() -> None:
    epochs = Epochs(numbered(60), 20, seed=3, flip=True, shift_px=0)
    seen = []
    for epoch in (0, 1):
        sides = {}
        for step in range(3):
            pictures, _ = epochs.draw(3 * epoch + step, np.random.default_rng(step))
            for one in (pictures * 255).round().numpy():
                sides[int(one[0, 0, 0])] = bool(one[1, 0, 0])
        assert len(sides) == 60
        seen.append(sides)
    assert all(seen[0][at] != seen[1][at] for at in range(60))


def test_batches_do_not_depend_on_where_a_run_was_taken_up() -> None:
    whole, late = (Epochs(numbered(60), 20, seed=3, flip=True, shift_px=2) for _ in range(2))
    for step in range(7):
        whole.draw(step, np.random.default_rng(step))
    assert torch.equal(whole.draw(7, np.random.default_rng(7))[0], late.draw(7, np.random.default_rng(7))[0])


def test_a_shift_moves_a_picture_and_mirrors_its_border() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (2, 32, 32, 3), np.uint8)
    same = shifted(pixels, np.array([[2, 2], [2, 2]]), 2)
    assert np.array_equal(same, pixels)
    moved = shifted(pixels, np.array([[0, 4], [2, 2]]), 2)
    assert np.array_equal(moved[0, 2:, :-2], pixels[0, :-2, 2:])
    assert np.array_equal(moved[0, 1, 5], pixels[0, 1, 7])  # mirrored about the first row


def test_the_first_layer_makes_patches_alike_in_spread_and_without_correlation() -> None:
    torch.manual_seed(0)
    network = Whitened((8, 8, 8))
    smooth = nn.functional.avg_pool2d(torch.rand(64, 3, 38, 38), 7, 1)
    network.whiten_by(smooth)
    said = network.whiten(network.levelled(smooth))[:, : WHITENED // 2]
    flat = said.permute(1, 0, 2, 3).flatten(1)
    moments = flat @ flat.T / flat.shape[1]
    strong = torch.diagonal(moments) > 0.5
    assert strong.sum() >= 3
    assert torch.allclose(moments[strong][:, strong], torch.diag(torch.diagonal(moments)[strong]), atol=0.02)
    assert not network.whiten.weight.requires_grad


def test_weights_keep_their_length_and_answers_do_not_depend_on_it() -> None:
    torch.manual_seed(0)
    network = Whitened((8, 8, 8)).train()
    pictures = torch.rand(16, 3, 32, 32)
    before = network(pictures)
    with torch.no_grad():
        network.groups[0].first.weight.mul_(3)
    network.normalise()
    assert float(network.groups[0].first.weight.detach().norm()) == pytest.approx(8**0.5)
    assert torch.allclose(network(pictures), before, atol=1e-2)


def test_the_case_study_is_as_the_document_draws_it() -> None:
    network = CaseStudy(dense=128)
    kinds = [type(layer).__name__ for layer in network.layers]
    assert kinds == [
        "Levelled", "Conv2d", "ReLU", "MaxPool2d", "Conv2d", "ReLU", "MaxPool2d", "Flatten", "Linear", "ReLU", "Dropout",
        "Linear",
    ]  # fmt: skip
    assert sum(p.numel() for p in network.parameters()) == 896 + 18496 + 4096 * 128 + 128 + 1290


class LeftIsRed(nn.Module):
    """Says `bird` for a picture whose left half is redder, else `cat`; so a mirror changes its mind."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1))

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        left = pictures[:, 0, :, :16].mean((1, 2)) - pictures[:, 0, :, 16:].mean((1, 2))
        found = torch.zeros(len(pictures), 10)
        found[:, 2], found[:, 3] = left, -left
        return found


def test_accuracy_counts_and_six_looks_see_both_sides() -> None:
    pixels = np.zeros((4, 32, 32, 3), np.uint8)
    pixels[:2, :, :16, 0] = pixels[2:, :, 16:, 0] = 200
    pictures = Pictures(pixels, np.array([2, 3, 3, 3]))
    network = LeftIsRed()
    assert accuracy(network, pictures) == 0.75
    seen = as_tensor(pixels)
    assert one_look(network, seen)[0, 2] > 0
    assert six_looks(network, seen)[:, 2].abs().max() < 0.1
    assert recalls(np.array([2, 2, 3, 3]), pictures.labels) == {"bird": 1.0, "cat": pytest.approx(2 / 3)}


def test_a_short_run_learns_and_says_how_well(small: Path, tmp_path: Path) -> None:
    learning = Learning(RECIPES["case-128-1"], small, tmp_path)
    optimiser = torch.optim.Adam(learning.network.parameters(), 1e-3)
    losses = []
    for step in range(12):
        batch = learning.batch(step, np.random.default_rng(step))
        loss, notes = learning.loss(learning.network, batch, step)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
        assert 0 <= notes["accuracy"] <= 1
    assert np.mean(losses[-3:]) < np.mean(losses[:3])
    assert 0 <= learning.validate(learning.network)["accuracy"] <= 1


def test_nothing_of_it_is_ever_packaged(small: Path, tmp_path: Path) -> None:
    places = Places(small, tmp_path / "runs", tmp_path / "shelf")
    with pytest.raises(ValueError, match="never packaged"):
        room.MODEL.publish("whitened-1", "1.0.0", None, places, None)
    assert room.MODEL.digests(small).keys() == {"cifar10"}
    assert room.judge(places, {}, lambda line: None) == []
    assert {room.kind_of(variant) for variant in RECIPES} == set(room.PUBLISHED)
