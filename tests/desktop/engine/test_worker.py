"""The worker process starts quickly and says nothing: what it does not need stays out of it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import gesso.engine
from gesso.engine.worker import preload
from gesso.values import Note

HEAVY = {"PIL", "PySide6", "appdirs", "cryptography", "cv2", "jsonschema", "psutil", "pypinyin", "sqlite3", "tifffile"}


def test_a_worker_loads_only_what_it_needs() -> None:
    code = "import gesso.engine.worker, json, sys; print(json.dumps(list(sys.modules)))"
    loaded = json.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
    assert "gesso.engine.worker" in loaded
    assert {module.partition(".")[0] for module in loaded} & HEAVY == set()
    assert "onnxruntime" not in loaded, "it is loaded with the first model"
    ours = {module for module in loaded if module.startswith("gesso.engine.")}
    assert ours == {"gesso.engine.worker"}


def test_what_the_room_offers_is_there() -> None:
    assert {getattr(gesso.engine, name).__name__ for name in gesso.engine.__all__} == set(gesso.engine.__all__)
    with pytest.raises(AttributeError, match="Easel"):
        gesso.engine.Easel  # noqa: B018


class Runtime:
    """Says what ONNX Runtime says when CUDA is not whole."""

    def preload_dlls(self) -> None:
        print("Failed to load libcublasLt.so.13: cannot open shared object file\nPlease follow https://onnxruntime.ai")


def test_a_library_that_is_missing_is_a_reason_and_no_noise(capsys: pytest.CaptureFixture[str]) -> None:
    reason = preload(Runtime())
    assert isinstance(reason, Note) and str(reason) == "the library libcublasLt.so.13 is missing"
    assert capsys.readouterr().out == ""
    assert preload(object()) is None
