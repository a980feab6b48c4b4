"""Explanations, on networks whose answer is known."""

from __future__ import annotations

import io
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PIL import Image
from torch import Tensor, nn

from gesso_training import explain, package
from gesso_training.models.upscale.network import Upscale
from gesso_training.package import Graph
from tests import packages


class RedOrBlue(nn.Module):
    """Two classes: how red a picture is, and how blue; each place speaks for itself."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Conv2d(3, 2, 1)
        self.linear = nn.Linear(2, 2)
        with torch.no_grad():
            self.features.weight.copy_(torch.tensor([[1.0, 0, 0], [0, 0, 1.0]])[:, :, None, None])
            assert self.features.bias is not None
            self.features.bias.zero_()
            self.linear.weight.copy_(torch.tensor([[4.0, -1.0], [-1.0, 4.0]]))
            self.linear.bias.copy_(torch.tensor([0.25, -0.5]))

    def forward(self, picture: Tensor) -> Tensor:
        found: Tensor = self.linear(self.features(picture).mean((2, 3)))
        return found


@pytest.fixture
def picture() -> Tensor:
    """Red in a square at the upper left, a little blue in one at the lower right, black elsewhere."""
    found = torch.zeros(1, 3, 16, 20)
    found[0, 0, 2:8, 3:9] = 1
    found[0, 2, 12:14, 15:18] = 0.8
    return found


def test_a_class_map_adds_up_to_the_score_and_lies_where_the_class_is(picture: Tensor) -> None:
    network = RedOrBlue().requires_grad_(False)
    shown, scores = explain.ClassMap(network.features, network.linear.weight, network.linear.bias)(picture)
    assert torch.allclose(scores, network(picture), atol=1e-6) and int(scores.argmax()) == 0
    assert float(shown.mean()) + 0.25 == pytest.approx(float(scores[0, 0]), abs=1e-6)
    assert float(shown[0, 0, 2:8, 3:9].min()) == pytest.approx(4.0)
    assert float(shown[0, 0, 12:14, 15:18].max()) == pytest.approx(-0.8)  # blue speaks against red


def test_a_class_map_goes_out_as_a_plain_graph_of_any_size(picture: Tensor) -> None:
    network = RedOrBlue()
    example = package.sample(16, 20, 1)
    graph = explain.class_map_graph(
        "why.onnx", network.features, network.linear.weight, network.linear.bias, example, True
    )
    model = package.export(graph)
    for given in (picture.numpy(), package.sample(9, 31, 2)):
        package.compare(graph, model, {"picture": given})
    assert package.run(model, {"picture": picture.numpy()})["map"].shape == (1, 1, 16, 20)


def test_the_studio_reads_a_package_that_explains_itself(tmp_path: Path) -> None:
    from gesso.engine import explanations, verify
    from gesso.engine.trust import Trust
    from gesso_training.signing import write_public

    network = RedOrBlue()
    example = package.sample(16, 20, 1)
    why = explain.class_map_graph("why.onnx", network.features, network.linear.weight, network.linear.bias, example)
    port = package.picture_port("picture") | {"shape": [1, 3, 16, 20]}
    vector = {"name": "scores", "kind": "vector", "shape": [1, 2]}
    ports = explain.class_map_ports("why.onnx", None, None, 2) | {"inputs": [port]}
    listed = {"model": {"file": "model.onnx", "inputs": [port], "outputs": [vector]}, "why": ports}
    card = packages.card("tiny", graphs=listed, tiling=None) | {
        "explain": [
            explain.entry("cam", graph="why"),
            explain.entry("receptive_field", asset="docs/field.png"),
            explain.entry("occlusion"),
        ],
    }
    graphs = {"model": Graph("model.onnx", network, {"picture": example}, ["scores"]), "why": why}
    golden = {key: {"picture": example} for key in graphs}
    key = Ed25519PrivateKey.generate()
    with pytest.raises(ValueError, match=r"explains by 'docs/field\.png', which is not in the package\.$"):
        package.write(tmp_path / "shelf", card, graphs, golden, key)
    field = explain.field_picture(np.eye(9, dtype=np.float32))
    folder = package.write(tmp_path / "shelf", card, graphs, golden, key, {"docs/field.png": field})
    write_public(key.public_key(), tmp_path / "keys", "test")
    assert package.verify(folder, tmp_path / "keys") == []
    read = verify(folder, Trust(tmp_path / "keys", tmp_path / "artist"))
    assert [one.method for one in explanations(read)] == ["cam", "receptive_field", "occlusion"]
    with pytest.raises(ValueError, match="There is no method 'guess' to explain by"):
        explain.entry("guess")


def test_grad_cam_looks_where_the_class_is(picture: Tensor) -> None:
    network = RedOrBlue()
    for index, where in ((None, (slice(2, 8), slice(3, 9))), (1, (slice(12, 14), slice(15, 18)))):
        shown = explain.grad_cam(network, network.features, picture, index)
        assert float(shown[where].min()) > 0
        rest = shown.clone()
        rest[where] = 0
        assert float(rest.max()) == 0


def test_occlusion_costs_most_where_the_class_is(picture: Tensor) -> None:
    network = RedOrBlue()
    heat = explain.occlusion(lambda x: network(x)[:, 0], picture, 4, 2, grey=0.0)
    assert heat.shape == (16, 20)
    row, column = np.unravel_index(int(heat.argmax()), heat.shape)
    assert 2 <= row < 8 and 3 <= column < 9
    assert heat[14, 1] == pytest.approx(0, abs=1e-6) and heat[13, 16] < 0  # without the blue it is redder


def test_a_receptive_field_is_as_wide_as_the_convolutions_reach() -> None:
    torch.manual_seed(1)
    network = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.Conv2d(8, 8, 5, padding=2), nn.Conv2d(8, 3, 3, padding=1))
    field = explain.receptive_field(network, [torch.rand(1, 3, 21, 21) for _ in range(3)])
    assert field.shape == (21, 21) and float(field.sum()) == pytest.approx(1, abs=1e-5)
    assert explain.reach_px(field) == 1 + 2 + 1
    assert explain.reach_px(field, 0.5) < explain.reach_px(field, 0.95) <= 4
    with Image.open(io.BytesIO(explain.field_picture(field, 210))) as shown:
        grey = np.asarray(shown)
    assert grey.shape == (210, 210) and grey[105, 105] > grey[105, 160] and grey[0, 0] == 0


def test_upscale_looks_as_far_as_its_card_says() -> None:
    torch.manual_seed(1)
    network = Upscale(2, 8, 2).eval()
    field = explain.receptive_field(network, [torch.rand(1, 3, 33, 33) for _ in range(4)], scale=2)
    assert 2 < explain.reach_px(field) <= network.halo_px


def test_only_the_pixels_that_a_result_is_made_of_move_it() -> None:
    shift = nn.Conv2d(3, 3, 5, padding=2, bias=False)
    with torch.no_grad():
        shift.weight.zero_()
        shift.weight[:, :, 0, 4] = 0.5  # two up, two to the right
    heat = explain.moved_by(shift, torch.rand(1, 3, 12, 12), (6, 5))
    assert list(zip(*np.nonzero(heat), strict=True)) == [(4, 7)]


class Echo(nn.Module):
    """Expects that each step repeats the one before, with a chance of 3 in 4 among four kinds."""

    def forward(self, sequence: Tensor) -> Tensor:
        return sequence * math.log(9.0)


def test_surprise_is_small_for_what_was_expected_and_counts_in_bits() -> None:
    steps = torch.nn.functional.one_hot(torch.tensor([[2, 2, 2, 0, 0]]), 4).float()
    bits = explain.Surprise(Echo())(steps)[0]
    assert bits.tolist() == pytest.approx([math.log2(4 / 3)] * 2 + [math.log2(12)] + [math.log2(4 / 3)], abs=1e-5)
    graph = Graph("why.onnx", explain.Surprise(Echo()), {"sequence": steps.numpy()}, ["surprise"], holds_all=False)
    package.compare(graph, package.export(graph), {"sequence": steps.numpy()})
