"""Killed at any moment: no committed edit is lost, at most the gesture in hand, and the file on disk is whole.

This is the short form; `python3 packaging/dev.py check --long` kills 200 times.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gesso.files import project
from gesso.files.session import recover, recoverable
from tests.faults.kills import Kill, killed, survive
from tests.faults.painter import Repaint, stylist
from tests.studio import resources_with_tiny_models


@pytest.mark.timeout(120)
@pytest.mark.parametrize("seed", [seed for seed in range(10) if seed % 4 != 2])
def test_a_kill_loses_no_edit_and_no_file(seed: int, tmp_path: Path) -> None:
    print(Kill.of(seed))
    survive(Kill.of(seed), tmp_path, None)


@pytest.fixture
def repaint(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Repaint]:
    """What the killed process asks a model for, asked here."""
    resources = resources_with_tiny_models(tmp_path_factory.mktemp("resources"))
    monkeypatch.setenv("GESSO_RESOURCES", str(resources))
    made, close = stylist()
    yield made
    close()


@pytest.mark.timeout(120)
@pytest.mark.parametrize("seed", [2, 6])
def test_a_kill_during_assistance_loses_no_edit_and_no_file(seed: int, tmp_path: Path, repaint: Repaint) -> None:
    print(Kill.of(seed))
    assert Kill.of(seed).kind == "assistance"
    survive(Kill.of(seed), tmp_path, repaint)


def test_a_kill_while_everything_begins_leaves_nothing_that_cannot_be_opened(tmp_path: Path) -> None:
    for seed in range(4):
        folder = tmp_path / str(seed)
        folder.mkdir()
        killed(folder, "painting", seed, b"saved 0\n", seed % 4 * 0.01)
        assert project.check(folder / "work.gesso") == []
        for session in recoverable(folder / "sessions"):
            assert not recover(session.path).notes
