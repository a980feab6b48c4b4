"""Muon steps along directions, whatever the gradient's size; `test_loop` learns and resumes with it."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from gesso_training.muon import Muon, hidden, levelled


@given(st.integers(1, 40), st.integers(1, 40), st.floats(1e-4, 1e4), st.integers(0, 9))
def test_a_levelled_matrix_keeps_its_directions_and_levels_their_lengths(
    rows: int, columns: int, size: float, seed: int
) -> None:
    torch.manual_seed(seed)
    u, _ = torch.linalg.qr(torch.randn(rows, min(rows, columns)))
    v, _ = torch.linalg.qr(torch.randn(columns, min(rows, columns)))
    lengths = torch.linspace(1, 0.2, min(rows, columns))
    found = u.T @ levelled(size * (u * lengths) @ v.T) @ v
    diagonal = found.diagonal()
    assert float((found - torch.diag(diagonal)).abs().max()) < 1e-2
    assert float(diagonal.min()) > 0.6 and float(diagonal.max()) < 1.3


def test_a_step_does_not_depend_on_the_size_of_the_gradient() -> None:
    def stepped(size: float) -> torch.Tensor:
        torch.manual_seed(1)
        weight = nn.Parameter(torch.randn(32, 32, 3, 3))
        weight.grad = size * torch.randn(32, 32, 3, 3)
        Muon([weight], lr=0.1).step()
        return weight.detach()

    assert torch.allclose(stepped(1.0), stepped(1000.0), atol=1e-4)


def test_it_takes_the_convolutions_inside_and_nothing_else() -> None:
    network = nn.Sequential(nn.Conv2d(3, 64, 3), nn.Conv2d(64, 64, 3), nn.Conv2d(64, 3, 3), nn.Linear(64, 64))
    assert [id(p) for p in hidden(network)] == [id(network[1].weight)]
