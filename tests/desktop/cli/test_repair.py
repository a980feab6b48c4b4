"""`gesso repair`: the good parts in a new file, the lost ones by name, the damaged file as it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from gesso.documents.painting import Painting
from gesso.files import project
from tests.desktop.cli.conftest import Answer

Gesso = Callable[..., Answer]


@pytest.fixture
def work(gesso: Gesso) -> Path:
    """A project of 36 tiles, where the shell stands."""
    path = Path("作品 一.gesso")
    pixels = np.random.default_rng(1).integers(0, 256, (1300, 1300, 4)).astype(np.uint8)
    project.save(Painting.from_array(pixels, "Sky", "work"), path)
    return path


def test_what_is_whole_needs_no_repair(gesso: Gesso, work: Path) -> None:
    answer = gesso("repair", work)
    assert (answer.code, answer.err) == (0, "") and "nothing to repair" in answer.out
    assert gesso("repair", work, "--json").json == {"file": str(work), "is_whole": True, "repaired": None, "lost": []}


def test_lost_tiles_are_named_and_the_rest_lies_beside(gesso: Gesso, work: Path) -> None:
    damaged = work.read_bytes()[:5_000_000]
    work.write_bytes(damaged)
    answer = gesso("repair", work)
    repaired = Path("作品 一 repaired.gesso")
    assert answer.code == 1 and "Sky: " in answer.out and str(repaired) in answer.out
    assert project.check(repaired) == [] and work.read_bytes() == damaged
    found = gesso("repair", work, "-o", "out.gesso", "--json")
    [lost] = found.json["lost"]
    assert (found.code, found.json["repaired"]) == (1, "out.gesso")
    assert (lost["part"], lost["layer"], lost["count"]) == ("pixels", "Sky", 36) and 0 < lost["missing"] < 36
    assert lost["sentence"] in answer.out
    in_chinese = gesso("repair", work, "-o", "three.gesso", "--lang", "zh_CN").out
    assert "现为透明" in in_chinese and "损坏的文件保持原样" in in_chinese


def test_a_torn_end_loses_nothing_and_is_a_success(gesso: Gesso, work: Path) -> None:
    work.write_bytes(work.read_bytes()[:-500])
    answer = gesso("repair", work, "-o", "out.gesso")
    assert answer.code == 0 and answer.out.startswith("Everything was recovered")


@pytest.mark.parametrize("content", [None, b"", b"no project at all" * 900])
def test_what_gives_nothing_is_one_sentence(gesso: Gesso, content: bytes | None) -> None:
    path = Path("a.gesso")
    if content is not None:
        path.write_bytes(content)
    answer = gesso("repair", path, "--json")
    assert answer.code == 1 and answer.json["trouble"] == answer.err.strip() and "\n" not in answer.err.strip()
    assert [file.name for file in Path().glob("*.gesso")] == ([] if content is None else ["a.gesso"])


def test_a_file_in_the_way_is_not_replaced(gesso: Gesso, work: Path) -> None:
    work.write_bytes(work.read_bytes()[:-500])
    Path("out.gesso").write_bytes(b"mine")
    assert gesso("repair", work, "-o", "out.gesso").code == 1 and Path("out.gesso").read_bytes() == b"mine"


def test_what_is_put_together_gets_the_name_of_a_project(gesso: Gesso, work: Path) -> None:
    work.write_bytes(work.read_bytes()[:5_000_000])
    answer = gesso("repair", work, "-o", "b.png")
    assert answer.code == 1 and "Choose a name that ends in .gesso." in answer.err and not Path("b.png").exists()
