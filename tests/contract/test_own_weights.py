"""A style's own weights come out of the studio's engine as the training had them."""

from __future__ import annotations

import numpy as np
import torch

from gesso.engine import Added
from gesso_training import package
from gesso_training.models.stylise.network import BEARING_PX, Stylise
from gesso_training.models.stylise.own import Ship, packed, painter_of
from gesso_training.models.stylise.publish import bearing_of, measure_graph, painter_graph


def test_both_houses_paint_alike_with_weights_of_its_own() -> None:
    torch.manual_seed(21)
    network = Stylise(8, 1).eval()
    assert network.painter.tail.bias is not None
    network.painter.tail.bias.data.fill_(0.02)  # zero ones are left out of a graph
    shared = network.state_dict()
    own = {k: v + 0.1 * torch.randn_like(v) for k, v in shared.items() if k.startswith("painter.")}
    ship = Ship(torch.randn(1, network.painter.code_size) * 0.2, packed(own, shared), 1, 0.0)
    alone, code = painter_of(network, ship), ship.code.numpy()
    graph, measure = painter_graph(network.painter, code), measure_graph(network.painter, code)
    added = Added.read(ship.weights)

    picture = package.sample(BEARING_PX, BEARING_PX, 4)
    field = torch.rand(1, 1, BEARING_PX, BEARING_PX)
    bearing = bearing_of(alone, picture, field, code)
    given = {"picture": picture, "grain": field.numpy(), "code": code}
    measured = package.run(added.to(package.export(measure), partly=True), given)["bearing"]
    assert package.distance(measured, bearing) < 2e-4
    with torch.no_grad():
        wanted = alone(torch.from_numpy(picture), field, ship.code, torch.from_numpy(bearing)).clamp(0, 1).numpy()
    model = package.export(graph)
    found = package.run(added.to(model), {**given, "bearing": bearing})["painted"]
    assert package.distance(found, wanted) < 2e-4
    assert np.array_equal(package.run(package.with_added(model, {k: torch.from_numpy(v) for k, v in added.arrays.items()}),
                                      {**given, "bearing": bearing})["painted"], found)  # fmt: skip
    assert package.distance(package.run(model, {**given, "bearing": bearing})["painted"], wanted) > 1e-2
