"""One engine for the rooms' tests: a worker is a process, and starting one takes a second."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gesso.engine import Engine, Shelf, Trust
from tests.packages import new_key, trust_in


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    made = Engine(device="cpu", silence_seconds=20)
    yield made
    made.close()


@pytest.fixture
def private(tmp_path: Path) -> Ed25519PrivateKey:
    return new_key(tmp_path / "release")


@pytest.fixture
def trust(tmp_path: Path, private: Ed25519PrivateKey) -> Trust:
    return trust_in(tmp_path)


@pytest.fixture
def shelf(tmp_path: Path, trust: Trust) -> Shelf:
    return Shelf(tmp_path / "shipped", tmp_path / "installed", tmp_path / "models.json", trust)
