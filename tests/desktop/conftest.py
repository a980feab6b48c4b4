"""One studio with tiny models for the rooms that need one: its worker is a process, and starting one takes a second."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gesso.tools.studio import Studio
from tests.studio import resources_with_tiny_models


@pytest.fixture(scope="session")
def tiny_resources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return resources_with_tiny_models(tmp_path_factory.mktemp("resources"))


@pytest.fixture
def tiny_models(tiny_resources: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Gesso finds its resources in the tiny folder."""
    monkeypatch.setenv("GESSO_RESOURCES", str(tiny_resources))
    return tiny_resources


@pytest.fixture
def studio(tiny_models: Path) -> Iterator[Studio]:
    made = Studio(device="cpu", threads=1)
    yield made
    made.close()
