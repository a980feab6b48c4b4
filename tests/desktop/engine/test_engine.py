"""Pictures through a worker: no seam, any size, any depth; recurrent steps; devices that tell the truth."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from onnx import helper

from gesso.engine import Crashed, Engine, Package, Shelf
from gesso.values import Cancelled, Progress, Size, Trouble
from tests.packages import (
    card,
    convolution,
    model_bytes,
    picture_package,
    port,
    run_plain,
    small_picture,
    tiling,
    write_package,
)


def opened(shelf: Shelf, name: str = "tiny") -> Package:
    return shelf.open(name)


def test_a_picture_comes_out_as_the_reference_says(engine: Engine, shelf: Shelf, private: Ed25519PrivateKey) -> None:
    picture_package(shelf.shipped, private)
    picture = small_picture(40, 50)
    found = engine.picture(opened(shelf), picture[0].transpose(1, 2, 0))
    expected = run_plain(convolution(3, 2), {"picture": picture})["result"][0].transpose(1, 2, 0)
    assert np.abs(found - expected).max() < 1e-4


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_depth_survives(engine: Engine, shelf: Shelf, private: Ed25519PrivateKey, dtype: type) -> None:
    identity = model_bytes(
        [helper.make_node("Identity", ["picture"], ["result"])],
        {"picture": [1, 3, "h", "w"]},
        {"result": [1, 3, "h", "w"]},
    )
    picture_package(shelf.shipped, private, model=identity)
    picture = np.random.default_rng(4).integers(0, np.iinfo(dtype).max + 1, (37, 61, 3)).astype(dtype)
    assert np.array_equal(engine.picture(opened(shelf), picture), picture)


def test_global_statistics_are_measured_once_and_leave_no_seam(
    engine: Engine, shelf: Shelf, private: Ed25519PrivateKey
) -> None:
    measure = model_bytes(
        [helper.make_node("GlobalAveragePool", ["picture"], ["statistics"])],
        {"picture": [1, 3, "h", "w"]},
        {"statistics": [1, 3, 1, 1]},
    )
    apply = model_bytes(
        [helper.make_node("Sub", ["picture", "statistics"], ["d"]), helper.make_node("Sigmoid", ["d"], ["result"])],
        {"picture": [1, 3, "h", "w"], "statistics": [1, 3, 1, 1]},
        {"result": [1, 3, "h", "w"]},
    )
    vector = port("statistics", "vector", (1, 3, 1, 1))
    made = card(
        "global",
        graphs={
            "model": {"file": "model.onnx", "inputs": [port("picture"), vector], "outputs": [port("result")]},
            "measure": {"file": "measure.onnx", "inputs": [port("picture")], "outputs": [vector]},
        },
        tiling=tiling(
            tile_px=20, statistics={"graph": "measure", "input": "statistics", "output": "statistics", "from_px": 64}
        ),
    )
    small = small_picture()
    golden = {
        "model": {"picture": small, "statistics": np.full((1, 3, 1, 1), 0.5, np.float32)},
        "measure": {"picture": small},
    }
    write_package(shelf.shipped, made, {"model": apply, "measure": measure}, golden, private)
    picture = np.random.default_rng(2).random((64, 64, 3), dtype=np.float32)
    picture[:, 32:] *= 0.2  # tiles differ much in their own mean
    expected = 1 / (1 + np.exp(-(picture - picture.mean(axis=(0, 1)))))
    assert np.abs(engine.picture(opened(shelf, "global"), picture) - expected).max() < 1e-4


def test_the_truth_names_the_cpu_and_why(shelf: Shelf, private: Ed25519PrivateKey) -> None:
    picture_package(shelf.shipped, private)
    engine = Engine()
    try:
        truth = engine.probe(opened(shelf))
    finally:
        engine.close()
    assert truth.held in ("cpu", "cuda", "coreml", "directml")
    assert truth.held != "cpu" or truth.reasons, "a fallback has a reason"


def test_a_wrong_golden_sample_bars_the_model(engine: Engine, shelf: Shelf, private: Ed25519PrivateKey) -> None:
    graphs = {"model": {"file": "model.onnx", "inputs": [port("picture")], "outputs": [port("result")]}}
    wrong = {"model": {"result": np.zeros((1, 3, 12, 16), np.float32)}}
    write_package(
        shelf.shipped,
        card("wrong", graphs=graphs, tiling=tiling()),
        {"model": convolution(3, 1)},
        {"model": {"picture": small_picture()}},
        private,
        expected=wrong,
    )
    with pytest.raises(Trouble, match="wrong results"):
        engine.picture(opened(shelf, "wrong"), np.zeros((8, 8, 3), np.uint8))
    assert "wrong 1.0.0 came out wrong" in " ".join(str(reason) for reason in engine.truth().barred.values())


def gru_package(shelf: Shelf, private: Ed25519PrivateKey) -> None:
    rng = np.random.default_rng(5)
    weights = {
        "W": rng.normal(0, 0.5, (1, 12, 3)).astype(np.float32),
        "R": rng.normal(0, 0.5, (1, 12, 4)).astype(np.float32),
    }
    model = model_bytes(
        [helper.make_node("GRU", ["note", "W", "R", "", "", "memory"], ["said", "memory_out"], hidden_size=4)],
        {"note": [1, 1, 3], "memory": [1, 1, 4]},
        {"said": [1, 1, 1, 4], "memory_out": [1, 1, 4]},
        weights,
    )
    ports = {
        "file": "model.onnx",
        "inputs": [port("note", "vector", (1, 1, 3)), port("memory", "state", (1, 1, 4))],
        "outputs": [port("said", "vector", (1, 1, 1, 4)), port("memory_out", "state", (1, 1, 4))],
    }
    made = card(
        "gru",
        task="music.test",
        graphs={"model": ports},
        recurrent={"states": [{"input": "memory", "output": "memory_out", "shape": [1, 1, 4]}]},
    )
    golden = {"note": np.ones((1, 1, 3), np.float32), "memory": np.zeros((1, 1, 4), np.float32)}
    write_package(shelf.shipped, made, {"model": model}, {"model": golden}, private)


def test_recurrent_steps_keep_their_state_and_can_go_back(
    engine: Engine, shelf: Shelf, private: Ed25519PrivateKey
) -> None:
    gru_package(shelf, private)
    notes = np.random.default_rng(6).normal(0, 1, (5, 1, 1, 3)).astype(np.float32)
    stepper = engine.stepper(opened(shelf, "gru"))
    first = [stepper.step({"note": note})["said"] for note in notes[:2]]
    kept = stepper.state()
    rest = [stepper.step({"note": note})["said"] for note in notes[2:]]
    stepper.restore(kept)
    again = [stepper.step({"note": note})["said"] for note in notes[2:]]
    assert all(np.array_equal(a, b) for a, b in zip(rest, again, strict=True))
    assert not np.allclose(first[0], first[1])
    other = engine.stepper(opened(shelf, "gru"))
    assert np.array_equal(other.step({"note": notes[0]})["said"], first[0]), "every stepper begins afresh"


@pytest.mark.parametrize("at", [0, 2, 5])
def test_a_crash_changes_nothing_of_what_a_recurrent_network_says(
    engine: Engine, shelf: Shelf, private: Ed25519PrivateKey, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    monkeypatch.setattr("gesso.engine.engine.MOST_REPLAYED", 3)
    gru_package(shelf, private)
    notes = np.random.default_rng(7).normal(0, 1, (7, 1, 1, 3)).astype(np.float32)
    calm, shaken = (engine.stepper(opened(shelf, "gru")) for _ in range(2))
    expected = [calm.step({"note": note})["said"] for note in notes]
    found = []
    for number, note in enumerate(notes):
        if number == at:
            for pid in engine.worker_pids:
                psutil.Process(pid).kill()
        found.append(shaken.step({"note": note})["said"])
    assert all(np.array_equal(a, b) for a, b in zip(expected, found, strict=True))


def heavy(shelf: Shelf, private: Ed25519PrivateKey) -> Package:
    """A graph that takes long at full size and no time in its golden sample."""
    picture_package(shelf.shipped, private, "heavy", model=convolution(15, 6), tiling=tiling(halo_px=42, tile_px=4096))
    return shelf.open("heavy")


def test_cancel_comes_back_at_once_and_the_next_run_works(
    engine: Engine, shelf: Shelf, private: Ed25519PrivateKey
) -> None:
    package = heavy(shelf, private)
    asked = threading.Event()
    left: list[str] = []

    def cancelled() -> bool:
        return asked.is_set()

    def work() -> None:
        with pytest.raises(Cancelled):
            engine.picture(package, np.zeros((3000, 3000, 3), np.uint8), progress=Progress(None, cancelled))
        left.append("cancelled")

    engine.probe(package)
    thread = threading.Thread(target=work)
    thread.start()
    time.sleep(0.6)
    asked.set()
    thread.join(90)
    assert left == ["cancelled"], "how soon is measured in tests/faults"
    assert engine.picture(package, np.zeros((20, 20, 3), np.uint8)).shape == (20, 20, 3)


def test_a_killed_worker_is_started_again(engine: Engine, shelf: Shelf, private: Ed25519PrivateKey) -> None:
    picture_package(shelf.shipped, private)
    package = opened(shelf)
    before = engine.picture(package, np.full((30, 30, 3), 90, np.uint8))
    for pid in engine.worker_pids:
        psutil.Process(pid).kill()
    said: list[str] = []
    after = engine.picture(
        package, np.full((30, 30, 3), 90, np.uint8), progress=Progress(lambda _, note: said.append(note))
    )
    assert np.array_equal(before, after)


def test_a_frozen_worker_is_one_sentence(shelf: Shelf, private: Ed25519PrivateKey) -> None:
    picture_package(shelf.shipped, private)
    package = opened(shelf)
    engine = Engine(device="cpu", silence_seconds=2.0)
    try:
        engine.probe(package)
        psutil.Process(engine.worker_pids[0]).suspend()
        result = engine.picture(package, np.zeros((10, 10, 3), np.uint8))  # noticed, ended, started again, done
        assert result.shape == (10, 10, 3)
        assert "stopped" in str(Crashed("it gave no sign of life"))
    finally:
        engine.close()


def test_an_estimate_grows_with_the_picture(engine: Engine, shelf: Shelf, private: Ed25519PrivateKey) -> None:
    picture_package(shelf.shipped, private)
    package = opened(shelf)
    assert engine.estimate(package, Size(4000, 4000)).bytes > engine.estimate(package, Size(400, 400)).bytes


def test_results_go_into_a_memory_map(engine: Engine, shelf: Shelf, private: Ed25519PrivateKey, tmp_path: Path) -> None:
    picture_package(shelf.shipped, private)
    out = np.memmap(tmp_path / "结果.raw", np.uint8, "w+", shape=(70, 90, 3))
    picture = np.random.default_rng(1).integers(0, 256, (70, 90, 3)).astype(np.uint8)
    engine.picture(opened(shelf), picture, out=out)
    assert np.array_equal(np.asarray(out), engine.picture(opened(shelf), picture))
    out._mmap.close()
