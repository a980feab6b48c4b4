"""Weights added to a graph: the graph computes with the sums, the shared weights stay, and nothing else may be added."""

from __future__ import annotations

import io
from collections.abc import Mapping

import numpy as np
import onnx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from onnx import numpy_helper

from gesso.engine import Added, Engine, Package, Shelf
from gesso.engine.engine import MOST_ADAPTED
from gesso.values import Progress, Trouble
from tests import packages
from tests.desktop.engine.test_engine import opened

MODEL = packages.convolution(3, 2)


def weights(model: bytes) -> dict[str, np.ndarray]:
    return {t.name: numpy_helper.to_array(t) for t in onnx.load_model_from_string(model).graph.initializer}


def packed(arrays: Mapping[str, np.ndarray]) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


@given(st.integers(0, 1000), st.sets(st.sampled_from(sorted(weights(MODEL)))))
def test_what_is_added_is_added_and_nothing_else_is_touched(seed: int, chosen: set[str]) -> None:
    rng = np.random.default_rng(seed)
    before = weights(MODEL)
    added = Added({name: rng.normal(0, 1, before[name].shape).astype(np.float32) for name in chosen})
    after = weights(added.to(MODEL))
    for name, value in before.items():
        assert np.array_equal(after[name], value + added.arrays[name] if name in chosen else value)
    assert weights(MODEL).keys() == after.keys() and np.array_equal(weights(MODEL)["w0"], before["w0"])


@pytest.mark.parametrize(
    "wrong",
    [{"w9": np.zeros(3)}, {"w0": np.zeros((4, 3, 3))}, {"b0": np.full(4, np.nan)}, {"b0": np.full(4, np.inf)}],
)
def test_what_does_not_fit_is_refused(wrong: dict[str, np.ndarray]) -> None:
    with pytest.raises(Trouble, match=next(iter(wrong))):
        Added(wrong).to(MODEL)


def test_a_graph_that_holds_a_part_of_the_network_takes_its_part() -> None:
    added = Added({"b0": np.ones(4, np.float32), "elsewhere": np.ones(2, np.float32)})
    assert np.array_equal(weights(added.to(MODEL, partly=True))["b0"], weights(MODEL)["b0"] + 1)
    with pytest.raises(Trouble, match="b0"):
        Added({"b0": np.ones(5, np.float32)}).to(MODEL, partly=True)


def test_eight_bits_are_read_with_their_steps() -> None:
    whole = np.array([[1, -2], [3, 127]], np.int8)
    read = Added.read(packed({"w": whole, "w/step": np.array([0.5, 2], np.float32), "b": np.ones(2, np.float32)}))
    assert np.array_equal(read.arrays["w"], [[0.5, -1], [6, 254]]) and np.array_equal(read.arrays["b"], [1, 1])


def test_a_mixture_is_so_much_of_each() -> None:
    one, other = Added({"w": np.array([1.0, 2.0], np.float32)}), Added({"v": np.array([4.0], np.float32)})
    mixed = Added.mixed([(0.25, one), (0.5, other), (0.25, one)])
    assert mixed is not None
    assert np.array_equal(mixed.arrays["w"], [0.5, 1.0]) and np.array_equal(mixed.arrays["v"], [2.0])
    assert Added.mixed([]) is None
    again = Added.mixed([(0.25, one), (0.5, other), (0.25, one)])
    assert again is not None and again.mark == mixed.mark != one.mark != other.mark


def made(seed: int) -> Added:
    rng = np.random.default_rng(seed)
    return Added({name: rng.normal(0, 0.2, value.shape).astype(np.float32) for name, value in weights(MODEL).items()})


def expected(package: Package, added: Added, source: np.ndarray) -> np.ndarray:
    x = source.astype(np.float32).transpose(2, 0, 1)[None] / 255
    found = packages.run_plain(added.to(package.graph("model")), {"picture": x})["result"]
    return np.rint(found[0].transpose(1, 2, 0) * 255)


def test_pictures_come_out_by_the_weights_asked_for_and_by_the_shared_ones_again(
    engine: Engine, shelf: Shelf, private: Ed25519PrivateKey
) -> None:
    packages.picture_package(shelf.shipped, private, model=MODEL)
    package = opened(shelf)
    source = np.random.default_rng(1).integers(0, 255, (48, 56, 3), dtype=np.uint8)
    plain = engine.picture(package, source)
    inner = (slice(4, -4), slice(4, -4))
    for seed in (*range(MOST_ADAPTED + 2), 0):  # more than stay open, and the first again
        found = engine.picture(package, source, added=made(seed))
        wanted = expected(package, made(seed), source)
        assert np.abs(found[inner].astype(int) - wanted[inner]).max() <= 1
    assert np.array_equal(engine.picture(package, source), plain)


def test_a_killed_worker_has_the_weights_again(engine: Engine, shelf: Shelf, private: Ed25519PrivateKey) -> None:
    import psutil

    packages.picture_package(shelf.shipped, private, model=MODEL)
    package = opened(shelf)
    source = np.random.default_rng(2).integers(0, 255, (40, 40, 3), dtype=np.uint8)
    before = engine.picture(package, source, added=made(1))
    psutil.Process(engine.worker_pids[0]).kill()
    assert np.array_equal(engine.picture(package, source, added=made(1)), before)


def test_weights_that_give_no_picture_are_one_sentence(
    engine: Engine, shelf: Shelf, private: Ed25519PrivateKey
) -> None:
    model = packages.model_bytes(
        [onnx.helper.make_node("Mul", ["picture", "w"], ["m"]), onnx.helper.make_node("Exp", ["m"], ["result"])],
        {"picture": [1, 3, "h", "w"]}, {"result": [1, 3, "h", "w"]}, {"w": np.ones(1, np.float32)},
    )  # fmt: skip
    packages.picture_package(shelf.shipped, private, model=model)
    package = opened(shelf)
    with pytest.raises(Trouble, match="no picture"):
        engine.run(
            package, {"picture": packages.small_picture()}, Progress.silent(), added=Added({"w": np.full(1, 1e6)})
        )
