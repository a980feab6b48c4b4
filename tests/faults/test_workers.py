"""A worker that is killed, hangs, lies or has no memory: the studio lives, and the result comes or one sentence does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gesso.engine import Crashed, Engine, OutOfMemory, Package, Shelf
from gesso.engine.link import Link
from gesso.values import Cancelled, Progress, Trouble
from tests.faults.conftest import Made
from tests.packages import convolution, picture_package, run_plain, tiling

GENEROUS_SECONDS = 20.0
"""The promise is half a second; a machine that is busy with something else decides no test. The faults last for 60."""


def a_picture(height: int = 700, width: int = 900) -> np.ndarray:
    return np.random.default_rng(1).random((height, width, 3), dtype=np.float32)


def is_right(found: np.ndarray, picture: np.ndarray) -> bool:
    expected = run_plain(convolution(3, 2), {"picture": picture.transpose(2, 0, 1)[None]})["result"][0]
    return bool(np.abs(found - expected.transpose(1, 2, 0)).max() < 1e-4)


class Listening:
    """Keeps the notes of a progress."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.progress = Progress(self._hear)

    def _hear(self, _: float, note: str) -> None:
        if note:
            self.notes.append(note)


# --- killed and hanging ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["SIGKILL", "SIGSEGV", "exit"])
def test_a_worker_that_dies_in_a_run_is_started_again_and_the_result_comes(
    engine_with: Made, package: Package, tmp_path: Path, how: str
) -> None:
    (tmp_path / "runs").mkdir()
    engine, heard = engine_with(f"struck:{how},1,{tmp_path / 'runs'}"), Listening()
    engine.probe(package)
    before = engine.worker_pids
    assert is_right(engine.picture(package, a_picture(), progress=heard.progress), a_picture())
    assert heard.notes == ["the part that runs models stopped and was started again"]
    assert engine.worker_pids != before and not psutil.pid_exists(before[0])


def test_a_worker_that_always_dies_is_one_sentence(engine_with: Made, package: Package, tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    engine = engine_with(f"struck:exit,2,{tmp_path / 'runs'}")
    with pytest.raises(Crashed, match=r"stopped \(code 3\).*Your work is as it was"):
        engine.picture(package, a_picture())
    assert is_right(engine.picture(package, a_picture()), a_picture()), "and the next run works"


def test_a_worker_that_the_system_kills_again_and_again_had_no_memory(
    engine_with: Made, package: Package, tmp_path: Path
) -> None:
    (tmp_path / "runs").mkdir()
    engine, heard = engine_with(f"struck:SIGKILL,2,{tmp_path / 'runs'}"), Listening()
    assert is_right(engine.picture(package, a_picture(), progress=heard.progress), a_picture())
    assert "too little memory: going on with smaller tiles" in heard.notes


def test_a_worker_that_gives_no_sign_of_life_is_ended(engine_with: Made, package: Package, tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    engine = engine_with(f"struck:SIGSTOP,1,{tmp_path / 'runs'}", silence_seconds=2.5)
    engine.probe(package)
    [hanging] = engine.worker_pids
    assert is_right(engine.picture(package, a_picture()), a_picture())
    assert not psutil.pid_exists(hanging)


def test_when_the_studio_is_gone_its_worker_goes(package: Package, tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "tests.faults.faulty", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=root) as studio:
        assert studio.stdout is not None
        worker = psutil.Process(int(studio.stdout.readline()))
        studio.kill()
    psutil.wait_procs([worker], timeout=10)
    assert not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE


def test_ctrl_c_in_the_terminal_is_the_studios_alone(package: Package) -> None:
    engine = Engine(device="cpu", threads=1)
    try:
        link = engine._link("cpu")
        link.start()
        assert link.pid is not None
        os.kill(link.pid, signal.SIGINT)  # while it is only loading
        engine.probe(package)
        before = engine.worker_pids
        os.kill(before[0], signal.SIGINT)
        assert is_right(engine.picture(package, a_picture(40, 50)), a_picture(40, 50))
        assert engine.worker_pids == before
    finally:
        engine.close()


# --- cancelled ---------------------------------------------------------------------------------------------------


def seconds_to_cancel(work: Callable[[Progress], object], began: Callable[[], bool]) -> float:
    """How long work went on after it was no longer wanted, asked as soon as `began`."""
    unwanted, ended = threading.Event(), []

    def run() -> None:
        with pytest.raises(Cancelled):
            work(Progress(None, unwanted.is_set))
        ended.append(time.monotonic())

    thread = threading.Thread(target=run)
    thread.start()
    deadline = time.monotonic() + 60
    while not began() and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.1)
    asked = time.monotonic()
    unwanted.set()
    thread.join(90)
    return ended[0] - asked


def test_cancelled_while_a_model_opens(engine_with: Made, package: Package) -> None:
    engine = engine_with("slow to open")
    taken = seconds_to_cancel(lambda progress: engine.probe(package, progress), lambda: bool(engine.worker_pids))
    assert taken < GENEROUS_SECONDS
    assert engine.worker_pids == [], "what could not be asked to stop was ended"


def test_cancelled_while_another_waits_for_the_model_to_open(engine_with: Made, package: Package) -> None:
    engine, unwanted = engine_with("slow to open"), threading.Event()

    def wait() -> None:
        with pytest.raises(Cancelled):
            engine.probe(package, Progress(None, unwanted.is_set))

    first = threading.Thread(target=wait)
    first.start()
    taken = seconds_to_cancel(lambda progress: engine.probe(package, progress), lambda: bool(engine.worker_pids))
    unwanted.set()
    first.join(90)
    assert taken < GENEROUS_SECONDS


@pytest.mark.parametrize("fault", ["none", "stuck"])
def test_cancelled_in_a_run(engine_with: Made, shelf: Shelf, private: Ed25519PrivateKey, fault: str) -> None:
    heavy = tiling(halo_px=42, tile_px=4096)
    picture_package(shelf.shipped, private, "heavy", model=convolution(15, 6), tiling=heavy)
    engine, heard, package = engine_with(fault), Listening(), shelf.open("heavy")
    engine.probe(package)
    [before] = (psutil.Process(engine.worker_pids[0]),)
    rested = before.memory_info().rss
    work = lambda progress: engine.picture(package, np.zeros((3000, 3000, 3), np.uint8), progress=progress)  # noqa: E731
    taken = seconds_to_cancel(work, lambda: before.cpu_percent(0.2) > 5 or fault == "stuck")
    assert taken < GENEROUS_SECONDS
    if before.is_running() and before.status() != psutil.STATUS_ZOMBIE:
        assert before.memory_info().rss < rested + 60_000_000, "memory comes back"
    assert heard.notes == []


def test_cancelled_between_tiles(engine_with: Made, package: Package) -> None:
    engine = engine_with("none")
    tiles: list[float] = []

    progress = Progress(lambda at, _: tiles.append(at), lambda: len(tiles) > 1)
    with pytest.raises(Cancelled):
        engine.picture(package, a_picture(), progress=progress)
    assert len(tiles) == 2
    assert is_right(engine.picture(package, a_picture()), a_picture())


# --- memory ------------------------------------------------------------------------------------------------------


def test_memory_comes_back_when_the_engine_is_closed(engine_with: Made, package: Package) -> None:
    engine = engine_with("none")
    engine.picture(package, a_picture())
    [worker] = engine.worker_pids
    block = engine._link("cpu")._block
    assert block is not None and Path("/dev/shm", block.name).exists() == sys.platform.startswith("linux")
    engine.close()
    assert not psutil.pid_exists(worker) and not Path("/dev/shm", block.name).exists()
    assert is_right(engine.picture(package, a_picture(30, 40)), a_picture(30, 40)), "and it starts again when asked"


def test_too_little_memory_is_answered_by_smaller_tiles(engine_with: Made, package: Package) -> None:
    engine, heard = engine_with(f"memory:{100_000},{100_000}"), Listening()
    assert is_right(engine.picture(package, a_picture(), progress=heard.progress), a_picture())
    assert heard.notes == ["too little memory: going on with smaller tiles"]
    assert engine.truth().reasons == []


def test_then_by_the_cpu_each_said_out_loud(engine_with: Made, package: Package) -> None:
    engine, heard = engine_with(f"memory:{3000},{1_000_000}", device="cuda"), Listening()
    assert engine.probe(package).held == "cuda"
    assert is_right(engine.picture(package, a_picture(), progress=heard.progress), a_picture())
    smaller, cpu = (
        "too little memory: going on with smaller tiles",
        "too little memory on the device: going on with the CPU",
    )
    assert heard.notes == [smaller, smaller, cpu]
    truth = engine.truth()
    assert truth.held == "cpu" and [str(reason) for reason in truth.barred.values()] == [
        "NVIDIA GPU: its memory did not suffice"
    ]


def test_then_by_one_sentence(engine_with: Made, package: Package) -> None:
    engine = engine_with("memory:3000,3000", device="cuda")
    with pytest.raises(OutOfMemory, match=r"not enough memory for this step\. Your work is as it was\."):
        engine.picture(package, a_picture())
    assert is_right(engine.picture(package, a_picture(40, 50)), a_picture(40, 50)), "and a smaller picture works"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="shared memory has a known size on Linux only")
def test_shared_memory_that_is_not_there_is_refused_before_it_is_written() -> None:
    import shutil

    link = Link("cpu")
    with pytest.raises(OutOfMemory):
        link._room(shutil.disk_usage("/dev/shm").total + (1 << 20))
    assert link._block is None


# --- truth -------------------------------------------------------------------------------------------------------


def test_a_device_that_lies_is_barred(engine_with: Made, package: Package) -> None:
    engine = engine_with("lies", device="cuda")
    truth = engine.probe(package)
    assert truth.held == "cpu"
    assert [str(reason) for reason in truth.barred.values()] == ["NVIDIA GPU: tiny 1.0.0 came out wrong by 0.05"]
    assert is_right(engine.picture(package, a_picture(40, 50)), a_picture(40, 50))


def test_what_was_verified_is_what_runs(package: Package, shelf: Shelf) -> None:
    model = package.folder / "model.onnx"
    model.write_bytes(convolution(3, 2, seed=99))  # the disk changes after the check, and before the model opens
    engine = Engine(device="cpu", threads=1)
    try:
        assert is_right(engine.picture(package, a_picture(40, 50)), a_picture(40, 50))
        afresh = Shelf(shelf.shipped, shelf.installed, shelf.state, shelf.trust)
        with pytest.raises(Trouble, match=r"model\.onnx was altered"):
            afresh.open("tiny")
    finally:
        engine.close()


def test_a_computer_that_starts_no_process_more_is_one_sentence_and_tried_again(
    package: Package, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(process: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    engine, picture = Engine(device="cpu", threads=1), a_picture(60, 50)
    monkeypatch.setattr("multiprocessing.process.BaseProcess.start", refused)
    for _ in range(2):
        with pytest.raises(Crashed) as said:
            engine.picture(package, picture)
        assert "could not be started" in str(said.value)
    monkeypatch.undo()
    assert is_right(engine.picture(package, picture), picture)
    engine.close()
