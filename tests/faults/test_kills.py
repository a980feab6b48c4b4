"""Killed at any moment: no committed edit is lost, at most the gesture in hand, and the file on disk is whole."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from gesso.documents.history import History
from gesso.files import project
from gesso.files.session import recover, recoverable
from tests.faults.painter import begun, fingerprint, gesture

LONG = bool(os.environ.get("GESSO_LONG"))
KILLS = range(200 if LONG else 8)


def killed(folder: Path, seed: int, ready: bytes, after_seconds: float) -> list[tuple[str, int]]:
    """What a painter had said before it was killed, so long after it had said `ready`."""
    command = [sys.executable, "-m", "tests.faults.painter", str(folder), str(seed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as painter:
        assert painter.stdout is not None
        heard = b""
        while ready not in heard:
            line = painter.stdout.readline()
            assert line, "the painter ended by itself"
            heard += line
        time.sleep(after_seconds)
        painter.kill()
        heard += painter.stdout.read()
    assert painter.returncode == -9
    return [(what, int(number)) for what, number in (line.split() for line in heard.decode().splitlines())]


def states(seed: int, edits: int) -> list[str]:
    """What the same painter's picture looks like after 0, 1, 2... gestures."""
    history, rng = History(begun(seed)), np.random.default_rng(seed)
    found = [fingerprint(history.document)]
    for _ in range(edits):
        gesture(history, rng)
        found.append(fingerprint(history.document))
    return found


@pytest.mark.timeout(60 + 3 * len(KILLS))
@pytest.mark.parametrize("seed", KILLS)
def test_a_kill_loses_no_edit_and_no_file(seed: int, tmp_path: Path) -> None:
    said = killed(tmp_path, seed, b"edit 0\n", float(np.random.default_rng(seed).uniform(0, 0.4)))
    edits = max(number for what, number in said if what == "edit")
    expected = states(seed, edits + 1)

    left = recoverable(tmp_path / "sessions")
    painting, missing = recover(left[0].path) if left else (begun(seed), "")  # nothing but steps back so far
    assert missing == "" and len(left) <= 1
    assert fingerprint(painting) in expected[edits : edits + 2], f"{edits} edits were on the disk"

    saved = [number for what, number in said if what == "saved"]
    tried = [number for what, number in said if what == "saving"]
    work = tmp_path / "work.gesso"
    assert project.check(work) == []
    assert fingerprint(project.load(work)) in {expected[saved[-1]], expected[max(tried, default=0)]}
    if project.previous(work).exists():
        assert fingerprint(project.load(project.previous(work))) in {expected[number] for number in saved}

    project.save(begun(seed), work)  # the next save sweeps up what the killed one had begun
    assert {file.name for file in tmp_path.iterdir()} == {"work.gesso", "work.gesso~", "sessions"}


def test_a_kill_while_everything_begins_leaves_nothing_that_cannot_be_opened(tmp_path: Path) -> None:
    for seed in range(40 if LONG else 4):
        folder = tmp_path / str(seed)
        folder.mkdir()
        killed(folder, seed, b"saved 0\n", seed % 4 * 0.01)
        assert project.check(folder / "work.gesso") == []
        for session in recoverable(folder / "sessions"):
            assert recover(session.path)[1] == ""
