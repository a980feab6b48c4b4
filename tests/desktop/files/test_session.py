"""A journal on a disk that refuses, under a clock that jumps: nothing half done, nobody's work taken for left behind."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from gesso.documents.painting.edits import SetMask, SetProperty
from gesso.files import container, project, session
from gesso.files.claims import Claims
from gesso.files.container import Container
from gesso.files.generations import Generations
from gesso.files.seal import SAME
from gesso.files.session import Session, is_alive, recover, recoverable, sweep, this_process
from gesso.files.settings import Settings
from gesso.values import Trouble
from tests.desktop.documents.test_painting import mask_of, painting


def full(*_: Any) -> Any:
    raise sqlite3.OperationalError("database or disk is full")


@pytest.mark.parametrize("fits", range(12))
def test_a_disk_that_is_full_in_the_middle_of_a_gesture_takes_all_of_it_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fits: int
) -> None:
    """The tiles of a large gesture reach the disk one by one."""
    p = painting()
    journal = Session.begin(tmp_path, p)
    before, put, tiles = p.snapshot(), Container.put, []

    def put_some(held: Container, array: Any) -> str:
        tiles.append(array)
        return str(full()) if len(tiles) > fits else put(held, array)

    monkeypatch.setattr(Container, "put", put_some)
    with pytest.raises(Trouble, match="disk is full"):
        journal.history.apply(
            "Masks", *(SetMask(id, mask_of(seed)) for seed, id in enumerate(("two", "ground", "group")))
        )
    monkeypatch.undo()
    assert p.same_as(before) and not journal.history.can_undo
    journal.history.apply("Fade", SetProperty("two", "opacity", 0.5))
    found = recover(journal.path)
    assert found.painting.same_as(p) and not found.notes
    journal.end()


@pytest.mark.parametrize(
    "place, name, broken",
    [(container, "SCHEMA", "nonsense"), (session, "write_snapshot", full), (Container, "set_fact", full)],
)
def test_a_journal_that_cannot_be_begun_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: Any, name: str, broken: Any
) -> None:
    monkeypatch.setattr(place, name, broken)
    with pytest.raises(Trouble):
        Session.begin(tmp_path, painting())
    assert not list(tmp_path.iterdir())


ANOTHER = """
import sys
from gesso.files.session import this_process
print(this_process(), flush=True)
sys.stdin.readline()
"""


def test_a_clock_that_is_set_makes_no_living_program_seem_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On Linux the moment in which a process began is told by how long ago that was."""
    journal = Session.begin(tmp_path, painting())
    with subprocess.Popen(
        [sys.executable, "-c", ANOTHER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        its = other.stdout.readline()
        if sys.platform.startswith("linux"):
            began = psutil._pslinux.boot_time()
            monkeypatch.setattr(psutil._pslinux, "boot_time", lambda: began + 3600)
        assert is_alive(its) and is_alive(this_process())
        assert not is_alive(f"{os.getpid()} {its.partition(' ')[2]}"), "an id alone says nothing"
        sweep(tmp_path)
        assert journal.path.exists() and not recoverable(tmp_path)
        other.kill()
    assert not is_alive(its)
    journal.end()


def test_a_file_whose_name_is_no_text_is_opened_saved_and_claimed(tmp_path: Path) -> None:
    """Names of old disks, in GBK or Latin-1."""
    name = "画.gesso".encode("gbk" if sys.platform.startswith("linux") else sys.getfilesystemencoding())
    path = tmp_path / os.fsdecode(name)  # everywhere else names are text
    p = painting()
    p.title = path.stem
    kept = Generations(tmp_path / "history")
    seal, note = kept.save(p, path)
    assert note is None and project.load(path).same_as(p) and len(kept.of(path)) == 1 and seal.state() == SAME
    journal = Session.begin(tmp_path / "sessions", p, path, is_unsaved=True)
    journal.history.apply(path.stem, SetProperty("two", "name", path.stem))
    journal.was_saved(path, 1)
    assert recover(journal.path).painting.same_as(p)
    journal.end()
    claims = Claims(tmp_path / "claims")
    assert claims.take(path) and not claims.is_elsewhere(path)
    claims.give_back(path)
    settings = Settings(tmp_path / "settings.json")
    settings.used(path)
    assert Settings.load(settings.file).recent == [str(path)]
