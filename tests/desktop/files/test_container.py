"""The container: a kill in the middle of its writing is taken back, a file that lacks its end is not believed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gesso.files.container import Container, Damaged
from gesso.values import Trouble


def grown(path: Path) -> Path:
    """What a kill leaves that comes between the new count of pages and the last of them: the file and its journal."""
    container = Container.create(path)
    container.set_fact("work", "safe")
    container.connection.execute("PRAGMA cache_size=1")
    container.connection.execute("BEGIN IMMEDIATE")
    for number in range(200):  # more than the cache holds: some of it is in the file before the end
        container.connection.execute("INSERT INTO blobs VALUES (?, zeroblob(20000))", (str(number),))
    left = path.with_name("killed.gesso")
    for suffix in ("", "-journal"):
        shutil.copy(f"{path}{suffix}", f"{left}{suffix}")
    container.connection.execute("ROLLBACK")
    container.close()
    head = bytearray(left.read_bytes())
    pages = len(head) // int.from_bytes(head[16:18], "big") + 50
    counter = (int.from_bytes(head[24:28], "big") + 1).to_bytes(4, "big")
    head[24:28] = head[92:96] = counter
    head[28:32] = pages.to_bytes(4, "big")
    left.write_bytes(head)
    return left


def test_a_kill_before_the_last_new_page_is_taken_back(tmp_path: Path) -> None:
    killed = grown(tmp_path / "work.gesso")
    container = Container.open(killed)
    try:
        assert container.fact("work") == "safe" and container.faults() == []
        assert container.connection.execute("SELECT count(*) FROM blobs").fetchone() == (0,)
    finally:
        container.close()
    assert not killed.with_name(killed.name + "-journal").exists()


@pytest.mark.parametrize("journal", [None, b""])
def test_a_file_without_its_end_is_damaged(tmp_path: Path, journal: bytes | None) -> None:
    killed = grown(tmp_path / "work.gesso")
    beside = killed.with_name(killed.name + "-journal")
    beside.unlink()
    if journal is not None:
        beside.write_bytes(journal)
    with pytest.raises(Damaged, match="end is missing"):
        Container.open(killed)


def test_a_journal_that_takes_nothing_back_does_not_make_half_a_file_whole(tmp_path: Path) -> None:
    killed = grown(tmp_path / "work.gesso")
    killed.with_name(killed.name + "-journal").write_bytes(b"\0" * 600)
    with pytest.raises(Trouble):
        Container.open(killed)
