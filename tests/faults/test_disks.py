"""A disk that is full in the middle of writing: the old file stays, nothing lies about, one sentence says so."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gesso.documents.painting import Painting
from gesso.files import project
from gesso.files.generations import Generations
from gesso.files.session import recover

if sys.platform == "win32":
    pytest.skip("only POSIX can limit the size of files", allow_module_level=True)


def on_a_small_disk(what: str, folder: Path, limit: int) -> list[str]:
    command = [sys.executable, "-m", "tests.faults.small_disk", what, str(folder), str(limit)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    assert done.returncode == 1 and done.stderr == "", done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("limit", [4096, 60_000, 900_000])
def test_a_project_stays_as_it_was(tmp_path: Path, limit: int) -> None:
    work = tmp_path / "work.gesso"
    before = Painting.from_array(np.full((300, 300, 4), 99, np.uint8))
    project.save(before, work)
    [sentence] = on_a_small_disk("project", tmp_path, limit)
    assert sentence.startswith(("The disk refused work.gesso", "The disk is full")), sentence
    assert "Your work is still open and safe." in sentence
    assert project.check(work) == [] and project.load(work).same_as(before)
    assert [file.name for file in tmp_path.iterdir()] == ["work.gesso"]


@pytest.mark.parametrize("limit", [0, 4096, 900_000])
def test_a_picture_stays_as_it_was(tmp_path: Path, limit: int) -> None:
    Image.new("RGB", (30, 20), "teal").save(tmp_path / "work.png")
    before = (tmp_path / "work.png").read_bytes()
    [sentence] = on_a_small_disk("picture", tmp_path, limit)
    assert sentence.startswith(("The disk refused work.png", "The disk is full")), sentence
    assert (tmp_path / "work.png").read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["work.png"]


def test_a_stroke_that_cannot_be_kept_is_taken_back_and_the_others_stay(tmp_path: Path) -> None:
    kept, sentence = on_a_small_disk("journal", tmp_path, 400_000)
    assert "damaged" not in sentence
    [session] = (tmp_path / "sessions").glob("*.gesso")
    found = recover(session)
    last = np.random.default_rng(int(kept) - 1).integers(0, 256, (64, 64, 4)).astype(np.uint8)
    assert int(kept) > 1 and not found.notes and np.array_equal(found.painting.layers()[0].tiles.read(), last)


def test_a_history_that_has_no_room_costs_no_saving(tmp_path: Path) -> None:
    kept, sentence = on_a_small_disk("history", tmp_path, 2_000_000)
    assert sentence.startswith("The history of this file did not grow: ")
    history, work = Generations(tmp_path / "generations"), tmp_path / "work.gesso"
    found = history.of(work)
    assert len(found) == int(kept) >= 2 and all(history.open(state).layers() for state in found)
    assert history.keep(work), "it grows again once there is room"
