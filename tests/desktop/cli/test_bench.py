"""What the bench measures is what it says: the published network, its cost, and the rows of a run."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx.reference import ReferenceEvaluator

from gesso.cli import bench_files, bench_speed
from gesso.cli.bench_johnson import johnson
from gesso.cli.bench_memory import large_picture, measured
from gesso.engine import measure
from gesso.engine.protobuf_scan import scan
from gesso.files import paintings, pictures, project
from tests.desktop.cli.conftest import Answer, World
from tests.packages import convolution

Typed = Callable[..., Answer]


def test_the_published_network_is_sound_and_as_large_as_published() -> None:
    model, parameters = johnson()
    assert parameters == 1_679_235
    onnx.checker.check_model(onnx.load_model_from_string(model), full_check=True)
    assert {"Conv", "InstanceNormalization", "Resize", "Pad"} <= scan(model)
    held = onnx.load_model_from_string(model).graph.initializer
    assert sum(int(np.prod(t.dims)) for t in held if t.name.startswith("w") and t.data_type == 1) == parameters + 4 * 2


def test_the_published_network_paints_the_size_it_is_given() -> None:
    model, _ = johnson()
    picture = np.random.default_rng(1).random((1, 3, 24, 40), dtype=np.float32)
    [reference] = ReferenceEvaluator(onnx.load_model_from_string(model)).run(None, {"picture": picture})
    assert reference.shape == picture.shape and np.isfinite(reference).all()
    timing = measure.seconds(model, {"picture": picture}, "cpu", 1, 3)
    assert len(timing.seconds) == 3 and timing.median > 0 and timing.provider == "CPUExecutionProvider"


def test_what_a_graph_multiplies_is_counted() -> None:
    height, width = 20, 30
    model = convolution(3, 2, 2)  # 3 -> 4 -> 12 channels, 3 x 3
    picture = np.zeros((1, 3, height, width), np.float32)
    assert measure.flop(model, {"picture": picture}) == 2 * height * width * 9 * (3 * 4 + 4 * 12)
    published, _ = johnson()
    picture = np.zeros((1, 3, 64, 64), np.float32)
    layers = [
        (64, 3, 32, 9),
        (32, 32, 64, 3),
        *[(16, 64, 128, 3)],
        *[(16, 128, 128, 3)] * 10,
        (32, 128, 64, 3),
        (64, 64, 32, 3),
        (64, 32, 3, 9),
    ]
    assert measure.flop(published, {"picture": picture}) == sum(2 * s * s * a * b * k * k for s, a, b, k in layers)


def test_speed_is_told_in_one_run(gesso: Typed, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_speed, "SIDES", (64,))
    monkeypatch.setattr(bench_speed, "PICTURES", ((64, 48),))
    monkeypatch.setattr(bench_speed, "ENLARGED", ((50, 40),))
    monkeypatch.setattr(bench_speed, "REPEATS", 1)
    found = gesso("bench", "speed", "--json").json["speed"]
    rows = {(row["what"], row["size"]): row for row in found["rows"]}
    assert found["peak_gflops"] > 0
    for what in ("Johnson 2016", "stylise network", "stylise tool"):
        assert rows[what, "64x48"]["seconds"] > 0
    expected = 2 * 50 * 40 * 9 * (3 * 4 + 4 * 12) / 1e9
    assert rows["upscale-x2-best tool", "50x40"]["gflop"] == pytest.approx(expected, abs=0.001)
    assert "share of the peak" in gesso("bench", "speed").out


def test_memory_is_measured_with_the_workers(world: World) -> None:
    found = measured("painting.stylise", 700, 500)
    assert found["own_bytes"] == 2 * 700 * 500 * 3 and found["peak_bytes"] > found["own_bytes"]
    assert found["beyond_bytes"] < 2_000_000_000 and found["reports"] > 3
    assert threading.active_count() == 1
    assert large_picture(31, 7).colour.std() > 10


def test_memory_runs_as_a_process_of_its_own(world: World) -> None:
    command = [sys.executable, "-m", "gesso.cli.bench_memory", "painting.upscale", "300", "200"]
    done = subprocess.run(command, env=world.environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["model"] == "upscale-x2-fast 1.0.0" and float(done.stderr.split()[-1]) == 1.0


def test_starting_is_measured_from_outside(gesso: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gesso.cli.bench.STARTS", 1)
    found = gesso("bench", "startup", "--json").json["startup"]
    assert 0 < found["seconds"] < 60 and len(found["each"]) == 1


def test_a_window_that_does_not_start_is_said(gesso: Typed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "PySide6").mkdir()
    (tmp_path / "PySide6" / "__init__.py").write_text(
        "raise ImportError('libEGL.so.1: cannot open shared object file')"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    answer = gesso("bench", "startup")
    assert answer.code == 1 and "did not start" in answer.err


def test_the_canvas_is_measured_in_a_process_with_a_screen(gesso: Typed) -> None:
    rows = gesso("bench", "canvas", "--json").json["canvas"]["rows"]
    assert rows and all(row["what"] and row["milliseconds"] > 0 for row in rows)


def test_the_live_preview_is_measured_in_the_real_window(gesso: Typed) -> None:
    rows = gesso("bench", "preview", "--json").json["preview"]["rows"]
    assert [row["what"] for row in rows] == ["first preview", "preview"]
    assert all(row["milliseconds"] > 0 for row in rows)


def test_a_live_preview_that_does_not_come_is_said(
    gesso: Typed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GESSO_RESOURCES", str(tmp_path))
    answer = gesso("bench", "preview")
    assert answer.code == 1 and "could not be measured" in answer.err


def test_files_are_measured_beside_plain_libraries(tmp_path: Path) -> None:
    found = bench_files.measured(tmp_path, 70, 50, 3, 1, lambda at: None)
    rows = {row["what"]: row for row in found["rows"]}
    assert list(rows) == ["PNG", "JPEG", "TIFF 16", "Gesso", "OpenRaster", "PSD"]
    assert {rows[what]["beside"] for what in ("PNG", "JPEG")} == {"Pillow"} and rows["PSD"]["beside"] == "psd-tools"
    for row in rows.values():
        assert min(row["open_seconds"], row["save_seconds"], row["beside_open_seconds"], row["bytes"]) > 0
    assert np.array_equal(
        pictures.read(tmp_path / "ours.tif").picture.colour, bench_files._opencv_read(tmp_path / "theirs.tif")
    )
    made = bench_files.made_up_painting(70, 50, 3)
    assert project.load(tmp_path / "a.gesso").same_as(made)
    assert len(paintings.read(tmp_path / "a.psd").painting.layers()) == 3


def test_files_are_measured_in_a_process_that_leaves_nothing(
    gesso: Typed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    told = gesso("bench", "files", "--size", "70x50").out
    assert "psd-tools" in told and "70x50 x 10" in told and not list(folder.iterdir())


@pytest.mark.parametrize("size", ["70", "70x", "x50", "0x50", "-1x50", "70x50x2", "1e3x50"])
def test_a_size_that_is_none_is_said(gesso: Typed, size: str) -> None:
    answer = gesso("bench", "files", f"--size={size}")
    assert answer.code == 2 and size in answer.err
