"""Pixels go from process to process through memory that both see, arrive whole, and leave nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gesso.files import apart, lent, pictures, pictures_apart
from gesso.values import Picture, Progress, Trouble
from tests.desktop.files import painted

SIZES = (0, 1, 63, 65, 300_001, lent.SMALL_BYTES, lent.SMALL_BYTES + 1, lent.BLOCK_BYTES - 64, lent.BLOCK_BYTES + 1)


def made(sizes: tuple[int, ...], number: int) -> tuple[Any, ...]:
    """Words and arrays, other ones for each number."""
    return (f"词 {number}", *(np.arange(size, dtype=np.uint32).view(np.uint8)[:size] + number for size in sizes))


def told(path: Path, progress: Progress, sizes: tuple[int, ...], times: int) -> Iterator[tuple[Any, ...]]:
    for number in range(times):
        yield made(sizes, number)


def asked(sizes: tuple[int, ...], times: int = 1) -> list[tuple[Any, ...]]:
    ask = partial(told, sizes=sizes, times=times)
    return list(apart.stream(ask, Path("a"), 0, Progress.silent()))


def same(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    return one[0] == other[0] and all(map(np.array_equal, one[1:], other[1:])) and len(one) == len(other)


def is_there(name: str) -> bool:
    """Whether the system still knows memory of that name."""
    try:
        memory = SharedMemory(name)
    except FileNotFoundError:
        return False
    memory.close()
    return True


@pytest.fixture
def blocks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the memory that is made from now on."""
    found: list[str] = []
    real = lent.SharedMemory

    def made_or_found(*given: Any, **more: Any) -> SharedMemory:
        memory = real(*given, **more)
        found.append(memory.name)
        return memory

    apart.let_go()
    monkeypatch.setattr(lent, "SharedMemory", made_or_found)
    return found


@settings(deadline=None, max_examples=25)
@given(st.lists(st.sampled_from(SIZES), max_size=3).map(tuple), st.integers(1, 4))
def test_what_is_said_arrives_whole_however_large(sizes: tuple[int, ...], times: int) -> None:
    heard = asked(sizes, times)
    assert len(heard) == times and all(same(one, made(sizes, number)) for number, one in enumerate(heard))


def test_what_arrived_stays_and_may_be_changed() -> None:
    first, second = asked((1_000_000,), 2)
    assert first[1].flags.writeable and not np.array_equal(first[1], second[1])
    first[1][:] = 7
    assert same(second, made((1_000_000,), 1))


def test_large_parts_take_the_memory_and_small_ones_the_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    laid: list[lent.Laid] = []
    take = lent.Block.take
    monkeypatch.setattr(lent.Block, "take", lambda block, one: [laid.append(one), take(block, one)][1])
    asked((1_000_000, 500))
    asked((500,), 3)
    asked((lent.BLOCK_BYTES + 1,))
    assert [[length for _, length in one.places] for one in laid] == [[1_000_000, 500]]


def test_without_such_memory_everything_goes_through_the_pipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    apart.let_go()
    pixels = painted.pixels(700, 500)
    pictures.write(Picture.from_rgba(pixels), tmp_path / "a.png")
    monkeypatch.setattr(lent, "SharedMemory", none)
    assert np.array_equal(pictures_apart.read(tmp_path / "a.png").picture.rgba(), pixels)


def test_memory_that_is_not_there_is_refused_before_it_is_written(
    blocks: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    block = lent.Block()
    assert block.name == "" and len(blocks) == 1 and not is_there(blocks[0])
    block.free()


def test_its_name_is_gone_as_soon_as_both_have_it(blocks: list[str]) -> None:
    said = apart.stream(partial(told, sizes=(1_000_000,), times=2), Path("a"), 0, Progress.silent())
    next(said)
    assert len(blocks) == 1 and not is_there(blocks[0]), "a kill at this moment leaves nothing"
    assert len(list(said)) == 1
    assert same(asked((1_000_000,))[0], made((1_000_000,), 0)) and len(blocks) == 1, "one memory for many files"


def dies(path: Path, progress: Progress) -> Iterator[Any]:
    yield made((1_000_000,), 0)
    os.kill(os.getpid(), signal.SIGKILL)


def test_one_that_is_killed_over_it_leaves_nothing(blocks: list[str]) -> None:
    with pytest.raises(Trouble, match="came to a stop"):
        list(apart.stream(dies, Path("a"), 0, Progress.silent()))
    assert len(blocks) == 1 and not is_there(blocks[0])
    assert same(asked((1_000_000,))[0], made((1_000_000,), 0)) and len(blocks) == 2


def test_one_that_cannot_be_started_leaves_nothing(blocks: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(process: object) -> None:
        assert is_there(blocks[0])
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr("multiprocessing.process.BaseProcess.start", refused)
    with pytest.raises(Trouble, match="starts no process more"):
        asked((5,))
    assert not is_there(blocks[0])


READS = """
import os, signal, sys
from functools import partial
from pathlib import Path
from gesso.files import apart, lent
from gesso.values import Progress
from tests.desktop.files.test_lent import told

if __name__ == "__main__":
    block = lent.Block()
    lent.Block.__new__ = lambda kind: block
    lent.Block.__init__ = lambda self: None
    print(block.name, flush=True)
    if sys.argv[1] == "early":
        os.kill(os.getpid(), signal.SIGKILL)
    said = apart.stream(partial(told, sizes=(1_000_000,), times=9), Path("a"), 0, Progress.silent())
    next(said)
    if sys.argv[1] == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    list(said)
"""


@pytest.mark.parametrize("end", ["early", "kill", "end"])
def test_a_studio_that_ends_or_is_killed_leaves_nothing_and_says_nothing(end: str, tmp_path: Path) -> None:
    (tmp_path / "reads.py").write_text(READS)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    done = subprocess.run(
        [sys.executable, tmp_path / "reads.py", end], capture_output=True, text=True, env=environment, timeout=120
    )
    name = done.stdout.strip()
    assert done.returncode == (0 if end == "end" else -signal.SIGKILL) and name and "Traceback" not in done.stderr
    assert end == "early" or "leaked" not in done.stderr, done.stderr
    assert not is_there(name)
