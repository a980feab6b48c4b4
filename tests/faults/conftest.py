"""Engines whose workers have faults."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gesso.engine import Engine, Package, Shelf
from tests.faults import faulty
from tests.packages import new_key, picture_package, tiling, trust_in

Made = Callable[..., Engine]


@pytest.fixture
def private(tmp_path: Path) -> Ed25519PrivateKey:
    return new_key(tmp_path / "release")


@pytest.fixture
def shelf(tmp_path: Path, private: Ed25519PrivateKey) -> Shelf:
    return Shelf(tmp_path / "shipped", tmp_path / "installed", tmp_path / "models.json", trust_in(tmp_path))


@pytest.fixture
def package(shelf: Shelf, private: Ed25519PrivateKey) -> Package:
    """Two small convolutions, tiles of up to 400 x 400."""
    picture_package(shelf.shipped, private, tiling=tiling(tile_px=400))
    return shelf.open("tiny")


@pytest.fixture
def engine_with(monkeypatch: pytest.MonkeyPatch) -> Iterator[Made]:
    """An engine whose worker has a fault."""
    made: list[Engine] = []

    def make(fault: str, device: str = "cpu", silence_seconds: float = 15.0) -> Engine:
        monkeypatch.setenv("GESSO_FAULT", fault)
        monkeypatch.setattr("gesso.engine.worker.main", faulty.main)
        made.append(Engine(device, threads=1, silence_seconds=silence_seconds))
        return made[-1]

    yield make
    for engine in made:
        engine.close()
