"""Two windows on one file: the second one knows."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gesso.files.claims import Claims

ANOTHER = """
import sys
from pathlib import Path
from gesso.files.claims import Claims
print(Claims(Path(sys.argv[1])).take(Path(sys.argv[2])), flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def file(home: Path) -> Path:
    return home / "open.sqlite"


def another(file: Path, path: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", ANOTHER, str(file), str(path)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_a_file_that_another_process_has_open_cannot_be_claimed_until_that_is_gone(file: Path, tmp_path: Path) -> None:
    path = tmp_path / "画.gesso"
    with another(file, path) as other:
        assert other.stdout is not None and other.stdout.readline() == "True\n"
        mine = Claims(file)
        assert not mine.take(path) and mine.take(tmp_path / "other.gesso")
        other.kill()
    assert mine.take(path), "killed: its claim counts for nothing"
    with another(file, path) as late:
        assert late.stdout is not None and late.stdout.readline() == "False\n"
        late.kill()


def test_what_is_given_back_may_be_opened_elsewhere(file: Path, tmp_path: Path) -> None:
    path, mine = tmp_path / "a.gesso", Claims(file)
    assert mine.take(path) and mine.take(path), "this process may open it twice"
    mine.give_back(path)
    with another(file, path) as other:
        assert other.stdout is not None and other.stdout.readline() == "False\n"
        other.kill()
    mine.give_back(path)
    with another(file, path) as other:
        assert other.stdout is not None and other.stdout.readline() == "True\n"
        other.kill()


def test_the_same_file_by_another_way_is_the_same_file(file: Path, tmp_path: Path) -> None:
    path, link = tmp_path / "a.gesso", tmp_path / "link"
    os.symlink(tmp_path, link)
    with another(file, path) as other:
        assert other.stdout is not None and other.stdout.readline() == "True\n"
        assert not Claims(file).take(link / "a.gesso")
        other.kill()


def test_an_id_that_went_to_another_program_claims_nothing(file: Path, tmp_path: Path) -> None:
    mine, path = Claims(file), tmp_path / "a.gesso"
    with mine._open() as connection:  # our parent lives, but began at another time than the claim says
        connection.execute("INSERT INTO claims VALUES (?, ?)", (str(path), f"{os.getppid()} 1"))
    assert mine.take(path)


def test_a_list_that_cannot_be_kept_keeps_nobody_out(tmp_path: Path) -> None:
    (tmp_path / "list").write_bytes(b"no database" * 100)
    assert Claims(tmp_path / "list").take(tmp_path / "a.gesso")
    Claims(tmp_path / "list").give_back(tmp_path / "a.gesso")
